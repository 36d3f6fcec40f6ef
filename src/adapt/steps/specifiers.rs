//! Specifiers that the target does not know, or takes for something else, become what they stand
//! for.

use crate::adapt::change::Effect;
use crate::adapt::draft::{Draft, Refusal};
use crate::target::systemd::{SpecifierContext, Standing, ValueKind, directive, specifier};
use crate::unit::Entry;
use crate::unit::value::specifiers_in;

/// Those that were about the user of `User=` once.
const OF_USER: [char; 4] = ['u', 'U', 'h', 's'];

/// The functions that resolve none in 219 (load-fragment.c), unlike those for other paths.
const UNRESOLVED: [&str; 2] = ["namespace_path_strv", "unit_mounts_for"];

/// Directives that are for people.
const TEXTS: [&str; 2] = ["Description", "Documentation"];

pub(super) fn step(draft: &mut Draft<'_>) {
    for entry in draft.entries() {
        let Some(row) = directive(&entry.section, &entry.key) else {
            continue;
        };
        let kind = row.kind();
        let context = match kind {
            _ if entry.section == "Install" => SpecifierContext::Install,
            ValueKind::UnitName | ValueKind::UnitList => SpecifierContext::UnitName,
            _ => SpecifierContext::Value,
        };
        let unresolved = UNRESOLVED.contains(&row.parser) && !draft.profile.has_full_paths();
        let is_wanted = |letter: char| is_wanted(draft, letter, context, unresolved);
        let Some((_, letter)) = specifiers_in(&entry.value)
            .into_iter()
            .find(|(_, letter)| is_wanted(*letter))
        else {
            continue;
        };
        match draft.specifiers().replace(&entry.value, is_wanted) {
            Ok(value) => {
                let reason = reason(draft, letter, context);
                draft.rewrite(&entry, &entry.key, &value, Effect::Same, reason);
            }
            // A mount below the path is waited for all the same, if there is one.
            Err(_) if entry.key == "RequiresMountsFor" => {}
            Err(letter) => not_known(draft, &entry, letter),
        }
    }
}

/// Whether a specifier has to be replaced.
fn is_wanted(draft: &Draft<'_>, letter: char, context: SpecifierContext, unresolved: bool) -> bool {
    let profile = draft.profile;
    let old_meaning = OF_USER.contains(&letter)
        && context == SpecifierContext::Value
        && !profile.resolves_to_manager();
    let too_new = matches!(profile.specifier(letter, context), Standing::TooNew { .. });
    // What no version knows is the developer's slip, and not ours to change.
    too_new || old_meaning || (unresolved && specifier(letter).is_some())
}

fn reason(draft: &Draft<'_>, letter: char, context: SpecifierContext) -> String {
    let standing = draft.profile.specifier(letter, context);
    match standing {
        Standing::TooNew { .. } => draft.unknown(&format!("%{letter}"), standing),
        _ if OF_USER.contains(&letter) => format!(
            "to {} %{letter} is about the user of User=, and to later ones about root",
            draft.systemd()
        ),
        _ => format!("{} resolves no specifiers there", draft.systemd()),
    }
}

/// A specifier that only the running system can replace.
fn not_known(draft: &mut Draft<'_>, entry: &Entry, letter: char) {
    let standing = draft.profile.specifier(letter, SpecifierContext::Value);
    let unknown = draft.unknown(&format!("%{letter}"), standing);
    let is_text = TEXTS.contains(&entry.key.as_str());
    match draft.profile.refuses_unknown_specifiers() {
        // It stays as it is written, which a reader can live with.
        false if is_text => {}
        true if is_text => draft.leave_out(entry, Effect::LeftOut, unknown),
        _ => draft.refuse(
            entry,
            Refusal::WouldNotWork,
            unknown,
            format!("write out what `%{letter}` stands for"),
        ),
    }
}
