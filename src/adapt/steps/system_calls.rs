//! Filters of system calls lose the words that the target does not know.
//!
//! The first line of a filter says what it is: a list of what is allowed, or with `~` of what is
//! not (systemd.exec(5)). systemd 219 passes over an unknown word; in a list of what is allowed
//! this takes away calls that the program needs (`config_parse_syscall_filter()`), so such a list
//! goes as a whole.

use crate::adapt::change::Effect;
use crate::adapt::draft::Draft;
use crate::target::systemd::directive;
use crate::unit::Entry;

const KEY: &str = "SystemCallFilter";

pub(super) fn step(draft: &mut Draft<'_>) {
    let Some(section) = draft.own_section() else {
        return;
    };
    let entries = draft.assignments(section, KEY);
    for filter in entries.split(|entry| entry.value.is_empty()) {
        one(draft, filter);
    }
}

/// What is left of a line.
struct Left<'e> {
    entry: &'e Entry,
    words: Vec<String>,
    unknown: Vec<String>,
}

impl Left<'_> {
    fn denies(&self) -> bool {
        self.entry.value.starts_with('~')
    }
}

fn one(draft: &mut Draft<'_>, filter: &[Entry]) {
    let lines: Vec<Left<'_>> = filter.iter().map(|entry| left(draft, entry)).collect();
    if lines.iter().all(|line| line.unknown.is_empty()) {
        return;
    }
    let allows = lines.first().is_some_and(|line| !line.denies());
    let is_whole = |line: &Left<'_>| line.unknown.is_empty();
    // Without its first line the rest would be a filter of the other kind.
    let allowed_go = match allows {
        true => !lines.iter().filter(|line| !line.denies()).all(is_whole),
        false => lines.first().is_some_and(|line| line.words.is_empty()),
    };
    for line in &lines {
        let systemd = draft.systemd();
        let reason = match line.unknown.is_empty() {
            true => "without the line before it, it would be a filter of its own".to_owned(),
            false => format!("{systemd} does not know {}", line.unknown.join(" ")),
        };
        match line.denies() {
            false if allowed_go => draft.leave_out(line.entry, Effect::Hardening, reason),
            true if line.words.is_empty() => {
                draft.leave_out(line.entry, Effect::Hardening, reason);
            }
            _ if is_whole(line) => {}
            denies => {
                let mark = if denies { "~" } else { "" };
                let value = format!("{mark}{}", line.words.join(" "));
                draft.rewrite(line.entry, KEY, &value, Effect::Hardening, reason);
            }
        }
    }
}

fn left<'e>(draft: &Draft<'_>, entry: &'e Entry) -> Left<'e> {
    let row = directive(&entry.section, KEY);
    let groups = row.and_then(|row| draft.profile.enum_values(row));
    let groups = groups.unwrap_or_default();
    let text = entry.value.strip_prefix('~').unwrap_or(&entry.value);
    let is_unknown = |word: &str| {
        let (name, error) = match word.split_once(':') {
            Some((name, error)) => (name, Some(error)),
            None => (word, None),
        };
        let group = groups.iter().find(|value| value.word.text == name);
        group.is_some_and(|value| value.standing.is_unknown())
            || (error.is_some() && !draft.profile.has_errors_of_calls())
    };
    let (unknown, words) = text
        .split_ascii_whitespace()
        .map(str::to_owned)
        .partition(|word| is_unknown(word));
    Left {
        entry,
        words,
        unknown,
    }
}
