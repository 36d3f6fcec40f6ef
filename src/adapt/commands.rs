//! The command lines of a unit.

use super::draft::{Draft, TODAY};
use crate::target::systemd::{ValueKind, directive};
use crate::unit::Entry;
use crate::unit::value::{CommandLine, command_line};
use std::ops::Range;

/// The lines with commands, in the order of the file.
pub(super) fn lines(draft: &Draft<'_>) -> Vec<Entry> {
    let mut entries = draft.entries();
    entries.retain(|entry| {
        let row = directive(&entry.section, &entry.key);
        row.is_some_and(|row| row.kind() == ValueKind::Command)
            && draft.profile.directive(&entry.section, &entry.key).works()
    });
    entries
}

/// The commands of a line as today's systemd reads them.
pub(super) fn read(entry: &Entry) -> CommandLine<'_> {
    command_line(&entry.value, TODAY)
}

/// The value with parts of it replaced.
pub(super) fn splice(value: &str, mut parts: Vec<(Range<usize>, String)>) -> String {
    parts.sort_by_key(|(range, _)| range.start);
    let mut text = value.to_owned();
    for (range, new) in parts.into_iter().rev() {
        text.replace_range(range, &new);
    }
    text
}
