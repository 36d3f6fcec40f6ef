//! Directives that the target knows by another name or in another section get that name.

use crate::adapt::change::{Effect, Line};
use crate::adapt::draft::Draft;
use crate::target::systemd::{Directive, Rewrite, ValueChange, ValueKind, directive};
use crate::unit::Entry;
use crate::unit::value::memory_limit;
use std::collections::BTreeSet;

pub(super) fn step(draft: &mut Draft<'_>) {
    let entries = draft.entries();
    let there: BTreeSet<(String, String)> = entries
        .iter()
        .map(|entry| (entry.section.clone(), entry.key.clone()))
        .collect();
    for entry in entries {
        let Some(rewrite) = draft.profile.rewrite(&entry.section, &entry.key) else {
            continue;
        };
        // A timer has no [Service] that its start limits could go to.
        let is_own =
            rewrite.section == entry.section || Some(rewrite.section) == draft.own_section();
        // Weights have a step of their own.
        if !is_own || rewrite.value != ValueChange::Same {
            continue;
        }
        let already = there.contains(&(rewrite.section.to_owned(), rewrite.name.to_owned()));
        one(draft, &entry, &rewrite, already);
    }
}

fn one(draft: &mut Draft<'_>, entry: &Entry, rewrite: &Rewrite, already: bool) {
    let Rewrite { section, name, .. } = rewrite;
    let what = match rewrite.section == entry.section {
        true => format!("{}=", entry.key),
        false => format!("{}= in [{}]", entry.key, entry.section),
    };
    let unknown = draft.unknown(&what, draft.standing(entry));
    let kind = directive(section, name).map(Directive::kind);
    // Who writes both names wrote the old one for old versions. Lists of paths add up.
    if already && kind != Some(ValueKind::PathList) {
        let reason = format!("{unknown}, and {name}= is there for it");
        return draft.leave_out(entry, Effect::Same, reason);
    }
    if kind == Some(ValueKind::MemoryLimit) && memory_limit(&entry.value, draft.version()).is_err()
    {
        let reason = format!("{unknown}, and its {name}= takes no percentages");
        return draft.leave_out(entry, Effect::LeftOut, reason);
    }
    let reason = match rewrite.section == entry.section {
        true => format!("{unknown}; {name}= is the same by its other name"),
        false => format!("{unknown}; it stands in [{section}] there"),
    };
    if rewrite.section == entry.section {
        draft.rewrite(entry, name, &entry.value, Effect::Same, reason);
    } else {
        let to = Line::new(section, name, &entry.value);
        draft.relocate(entry, &to, Effect::Same, reason);
    }
}
