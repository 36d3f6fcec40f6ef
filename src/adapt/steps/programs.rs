//! Programs get the paths that the target needs.

use crate::adapt::change::Effect;
use crate::adapt::commands::{lines, read, splice};
use crate::adapt::draft::{Draft, Refusal};
use crate::target::base_system;
use crate::unit::Entry;
use crate::unit::value::{Word, specifiers_in};

pub(super) fn step(draft: &mut Draft<'_>) {
    for entry in lines(draft) {
        one(draft, &entry);
    }
}

fn one(draft: &mut Draft<'_>, entry: &Entry) {
    let mut parts = Vec::new();
    let mut reason = String::new();
    for command in read(entry).commands {
        let program = &command.executable;
        match path(draft, program) {
            Ok(None) => {}
            Ok(Some((path, why))) => {
                parts.push((program.source(0..program.text.len()), path));
                reason = why;
            }
            Err((why, help)) => return draft.refuse(entry, Refusal::WouldNotWork, why, help),
        }
    }
    if !parts.is_empty() {
        let value = splice(&entry.value, parts);
        draft.rewrite(entry, &entry.key, &value, Effect::Same, reason);
    }
}

/// The path to write instead, and why; nothing where the target takes it as it is.
fn path(
    draft: &Draft<'_>,
    program: &Word<'_>,
) -> Result<Option<(String, String)>, (String, String)> {
    let text = program.text.as_str();
    let systemd = draft.systemd();
    if !specifiers_in(text).is_empty() && !draft.profile.resolves_programs() {
        let why = format!("{systemd} resolves no specifiers in the path of a program");
        return match draft.specifiers().resolve(text) {
            Ok(path) => Ok(Some((path, why))),
            Err(letter) => Err((why, format!("write out what `%{letter}` stands for"))),
        };
    }
    let is_name = !text.is_empty() && !text.contains(['/', '$']);
    if !is_name || draft.profile.finds_programs() {
        return Ok(None);
    }
    let why = format!("{systemd} takes no program without its folder");
    if let Some(path) = (draft.programs)(text) {
        return Ok(Some((path, why)));
    }
    match base_system::program_path(text) {
        Some(path) => Ok(Some((path, format!("{why}; the base system has it there")))),
        None => Err((
            format!("{why}, and neither the package nor the base system has a `{text}`"),
            format!("write its full path, such as /usr/bin/{text}"),
        )),
    }
}
