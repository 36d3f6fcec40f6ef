//! Programs that ask for their folders in the environment are told.

use crate::adapt::draft::{Draft, TODAY};
use crate::adapt::folders::{FolderKind, LASTING, RUNTIME};
use crate::unit::Entry;
use crate::unit::value::{environment, quote_word};

pub(super) fn step(draft: &mut Draft<'_>) {
    if draft.profile.directory_variables.value {
        return;
    }
    let Some(section) = draft.own_section() else {
        return;
    };
    for kind in LASTING.into_iter().chain([RUNTIME]) {
        variable(draft, section, kind);
    }
}

fn variable(draft: &mut Draft<'_>, section: &str, kind: FolderKind) {
    let lines = kind.lines(draft, section);
    let Some(last) = lines.last() else { return };
    let given = draft.assignments(section, "Environment");
    if given.iter().any(|entry| assigns(entry, kind.variable)) {
        return;
    }
    let names = lines.iter().flat_map(|line| kind.names(line));
    // A folder may have a control character in its name, and no assignment may.
    let names = names.filter(|name| !name.contains(char::is_control));
    let paths: Vec<String> = names.map(|name| format!("{}/{name}", kind.root)).collect();
    if paths.is_empty() {
        return;
    }
    let value = quote_word(&format!("{}={}", kind.variable, paths.join(":")));
    let systemd = draft.systemd();
    let reason = format!("{systemd} sets no ${}, which came with 240", kind.variable);
    // A reset that follows would take it away.
    let reset = given.into_iter().rfind(|entry| entry.value.is_empty());
    let after = reset.filter(|reset| is_later(draft, reset, last));
    draft.add_after(
        after.as_ref().unwrap_or(last),
        "Environment",
        &value,
        reason,
    );
}

fn is_later(draft: &Draft<'_>, one: &Entry, other: &Entry) -> bool {
    let entries = draft.entries();
    let place = |entry: &Entry| entries.iter().position(|known| known.id == entry.id);
    place(one) > place(other)
}

fn assigns(entry: &Entry, variable: &str) -> bool {
    let assignments = environment(&entry.value, TODAY).items;
    assignments
        .iter()
        .any(|assignment| assignment.name == variable)
}
