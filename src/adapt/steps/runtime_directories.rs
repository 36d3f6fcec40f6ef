//! Folders below `/run` that the target does not make as they are asked for are made at boot.

use crate::adapt::change::Effect;
use crate::adapt::draft::{Draft, Refusal};
use crate::adapt::folders::RUNTIME;
use crate::unit::Entry;
use crate::unit::value::{Reason, directory_list};

const PRESERVE: &str = "RuntimeDirectoryPreserve";

pub(super) fn step(draft: &mut Draft<'_>) {
    let Some(section) = draft.own_section() else {
        return;
    };
    let preserve = draft.last(section, PRESERVE);
    let is_unknown = draft.profile.directive(section, PRESERVE).is_unknown();
    let stays = is_unknown
        && preserve.is_some_and(|value| crate::unit::value::boolean(&value) != Ok(false));
    let mut is_made = false;
    for entry in draft.assignments(section, RUNTIME.key) {
        is_made |= line(draft, section, &entry, stays);
    }
    if is_made && stays {
        for entry in draft.assignments(section, PRESERVE) {
            let reason = "a folder that is made at boot stays when the service stops";
            draft.leave_out(&entry, Effect::Same, reason);
        }
    }
}

/// Sees to the folders of one line, and says whether there was something to do.
fn line(draft: &mut Draft<'_>, section: &str, entry: &Entry, stays: bool) -> bool {
    let read = directory_list(&entry.value, draft.version());
    let is_nested =
        |problem: &crate::unit::value::Invalid| problem.reason == Reason::NestedDirectory;
    let nested = read.problems.iter().any(is_nested);
    let names = RUNTIME.names(entry);
    if names.is_empty() || !(nested || stays) {
        return false;
    }
    let (made, kept): (Vec<String>, Vec<String>) = names
        .into_iter()
        .partition(|name| stays || name.contains('/'));
    for name in &made {
        match RUNTIME.directory(draft, section, name) {
            Ok(directory) => draft.needs.runtime_directories.push(directory),
            Err(why) => {
                let why = format!("{} makes no folder {name}, and {why}", draft.systemd());
                let help = "write RuntimeDirectory= with one plain name".to_owned();
                draft.refuse(entry, Refusal::WouldNotWork, why, help);
                return false;
            }
        }
    }
    let paths: Vec<String> = made.iter().map(|name| format!("/run/{name}")).collect();
    let into = format!("{} made at boot", paths.join(", "));
    let (effect, reason) = match stays {
        true => (
            Effect::Same,
            format!("{} does not know {PRESERVE}=", draft.systemd()),
        ),
        false => {
            let systemd = draft.systemd();
            let reason = format!(
                "{systemd} makes no folder within another; it stays when the service stops"
            );
            (Effect::Weaker, reason)
        }
    };
    if kept.is_empty() {
        draft.package(entry, into, effect, reason);
    } else {
        draft.rewrite(
            entry,
            RUNTIME.key,
            &kept.join(" "),
            effect,
            format!("{reason} ({into})"),
        );
    }
    true
}
