//! What the target does not know becomes what does nearly the same, if anything does.

use crate::adapt::change::Effect;
use crate::adapt::draft::{Draft, Refusal};
use crate::adapt::tables::{Kin, LossKind, kin, loss};
use crate::target::systemd::{EnumValue, Enumeration, Form, Standing, directive};
use crate::unit::Entry;
use crate::unit::value::boolean;

pub(super) fn step(draft: &mut Draft<'_>) {
    for entry in draft.entries() {
        match draft.standing(&entry) {
            standing @ (Standing::TooNew { .. } | Standing::Obsolete { .. }) => {
                directives(draft, &entry, standing);
            }
            Standing::Known => values(draft, &entry),
            _ => {}
        }
    }
}

/// A directive that has a kin under another name.
fn directives(draft: &mut Draft<'_>, entry: &Entry, standing: Standing) {
    let Some(row) = kin(&entry.key, &entry.value).filter(|row| row.value.is_none()) else {
        return;
    };
    if draft.profile.directive(&entry.section, row.new_key) != Standing::Known {
        return;
    }
    let reason = reason(draft, &format!("{}=", entry.key), standing, row);
    let before = draft.assignments(&entry.section, row.new_key);
    // A condition comes before all preparation.
    match before.first().filter(|_| row.new_key == "ExecStartPre") {
        Some(first) => draft.rewrite_before(entry, first, row.new_key, row.effect, reason),
        None => draft.rewrite(entry, row.new_key, &entry.value, row.effect, reason),
    }
}

fn reason(draft: &Draft<'_>, what: &str, standing: Standing, row: &Kin) -> String {
    let unknown = draft.unknown(what, standing);
    match row.lost {
        "" => unknown,
        lost => format!("{unknown}; {lost}"),
    }
}

/// A word that the target does not know, of a directive that it knows.
fn values(draft: &mut Draft<'_>, entry: &Entry) {
    let Some(row) = directive(&entry.section, &entry.key) else {
        return;
    };
    // A condition with a word that the target does not know does not hold there, as it should be;
    // system calls have a step of their own.
    let is_own = row.name.starts_with("Condition") || row.name.starts_with("Assert");
    if is_own || row.name == "SystemCallFilter" || entry.value.is_empty() {
        return;
    }
    let (Some(all), Some(words)) = (row.enumeration(), draft.profile.enum_values(row)) else {
        return;
    };
    let is_boolean = all.takes(Form::Boolean) && boolean(&entry.value).is_ok();
    let is_number = all.takes(Form::Number) && entry.value.bytes().all(|b| b.is_ascii_digit());
    if is_boolean || is_number {
        return;
    }
    if all.takes(Form::List) {
        return list(draft, entry, all, &words);
    }
    let (word, argument) = match entry.value.split_once(':') {
        Some((word, argument)) => (word, Some(argument)),
        None => (entry.value.as_str(), None),
    };
    let standing = words.iter().find(|value| value.word.text == word);
    match standing.map(|value| value.standing) {
        None | Some(Standing::Known) => {}
        Some(standing) => scalar(draft, entry, word, argument, standing, &words),
    }
}

fn scalar(
    draft: &mut Draft<'_>,
    entry: &Entry,
    word: &str,
    argument: Option<&str>,
    standing: Standing,
    words: &[EnumValue],
) {
    let known = |text: &str| {
        boolean(text).is_ok()
            || words
                .iter()
                .any(|value| value.word.text == text && value.standing == Standing::Known)
    };
    let what = format!("{}={word}", entry.key);
    let row = kin(&entry.key, word).filter(|row| row.new_value.is_some_and(known));
    if let Some((row, new)) = row.and_then(|row| Some((row, row.new_value?))) {
        let reason = reason(draft, &what, standing, row);
        let value = match argument {
            Some(argument) => format!("{new}:{argument}"),
            None => new.to_owned(),
        };
        draft.rewrite(entry, row.new_key, &value, row.effect, reason);
        if word == "notify-reload" {
            reload_by_signal(draft, entry);
        }
        return;
    }
    if standing.works() {
        return;
    }
    let unknown = draft.unknown(&what, standing);
    lose(draft, entry, &unknown);
}

/// The line goes, with what that means for this directive.
fn lose(draft: &mut Draft<'_>, entry: &Entry, unknown: &str) {
    let row = loss(&entry.key);
    let reason = match row {
        Some(row) => format!("{unknown}; {}", row.lost),
        None => unknown.to_owned(),
    };
    match row.map(|row| row.kind) {
        Some(LossKind::Hardening) => draft.leave_out(entry, Effect::Hardening, reason),
        Some(LossKind::LeftOut) | None => draft.leave_out(entry, Effect::LeftOut, reason),
        Some(LossKind::Error | LossKind::Privilege) => {
            let is_output =
                entry.key.starts_with("StandardO") || entry.key.starts_with("StandardE");
            let help = is_output.then(|| {
                "log to the journal, which keeps it by unit, or let the program write the file itself".to_owned()
            });
            draft.refuse(entry, Refusal::WouldNotWork, reason, help);
        }
    }
}

/// `Type=notify-reload` sends `ReloadSignal=` for a reload (systemd.service(5)).
fn reload_by_signal(draft: &mut Draft<'_>, entry: &Entry) {
    if draft.last(&entry.section, "ExecReload").is_some() {
        return;
    }
    let signal = draft.last(&entry.section, "ReloadSignal");
    let signal = signal.as_deref().unwrap_or("SIGHUP");
    let signal = signal.strip_prefix("SIG").unwrap_or(signal);
    let command = format!("/bin/kill -s {signal} $MAINPID");
    let reason = "Type=notify-reload reloads by this signal";
    draft.add_after(entry, "ExecReload", &command, reason);
    for entry in draft.assignments(&entry.section, "ReloadSignal") {
        draft.leave_out(&entry, Effect::Same, "it is in ExecReload=");
    }
}

/// A list of words, of which the target may know some.
fn list(draft: &mut Draft<'_>, entry: &Entry, all: &Enumeration, words: &[EnumValue]) {
    let inverse = all.takes(Form::Inverse) && entry.value.starts_with('~');
    let text = entry
        .value
        .strip_prefix('~')
        .filter(|_| inverse)
        .unwrap_or(&entry.value);
    let is_unknown = |word: &&str| {
        words
            .iter()
            .any(|value| value.word.text == *word && value.standing.is_unknown())
    };
    let (unknown, known): (Vec<&str>, Vec<&str>) = text
        .split_ascii_whitespace()
        .partition(|word| is_unknown(word));
    if unknown.is_empty() {
        return;
    }
    let what = format!("{} in {}=", unknown.join(" "), entry.key);
    let why = draft.unknown(&what, Standing::Unknown);
    let mark = if inverse { "~" } else { "" };
    let value = format!("{mark}{}", known.join(" "));
    match loss(&entry.key).map(|row| row.kind) {
        _ if entry.key == "Delegate" && known.is_empty() => {
            let reason = format!("{why}; all controllers are left to the service");
            draft.rewrite(entry, &entry.key, "yes", Effect::Weaker, reason);
        }
        _ if known.is_empty() => lose(draft, entry, &why),
        Some(LossKind::Hardening) => {
            draft.rewrite(entry, &entry.key, &value, Effect::Hardening, why);
        }
        _ => draft.rewrite(entry, &entry.key, &value, Effect::Weaker, why),
    }
}
