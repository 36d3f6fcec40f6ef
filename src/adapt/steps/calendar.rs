//! Calendar times are written out for a target that does not read them as they are.

use crate::adapt::change::Effect;
use crate::adapt::draft::{Draft, Refusal, TODAY};
use crate::target::systemd::{ValueKind, directive};
use crate::unit::Entry;
use crate::unit::value::{Calendar, Component, calendar};

const SECOND: u32 = 1_000_000;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

pub(super) fn step(draft: &mut Draft<'_>) {
    for entry in draft.entries() {
        let row = directive(&entry.section, &entry.key);
        if row.is_some_and(|row| row.kind() == ValueKind::Calendar) && !entry.value.is_empty() {
            one(draft, &entry);
        }
    }
}

fn one(draft: &mut Draft<'_>, entry: &Entry) {
    let version = draft.version();
    let Ok(meant) = calendar(&entry.value, TODAY) else {
        return;
    };
    let Err(problem) = calendar(&entry.value, version) else {
        return;
    };
    let why = format!("{} does not read it: {problem}", draft.systemd());
    let plain = plain(&meant).filter(|text| {
        let read = calendar(text, version);
        read.is_ok_and(|read| expanded(&read) == expanded(&meant))
    });
    match plain {
        Some(text) => draft.rewrite(entry, &entry.key, &text, Effect::Same, why),
        None => {
            let help = "write it in the time of the machine, without what is special".to_owned();
            draft.refuse(entry, Refusal::WouldNotWork, why, help);
        }
    }
}

/// The time with nothing but lists and repetitions, which every version reads; nothing where it
/// needs more.
fn plain(calendar: &Calendar) -> Option<String> {
    let needs_more = calendar.end_of_month
        || calendar.timestamp.is_some()
        || calendar.timezone.is_some()
        || calendar.years.iter().any(|part| part.stop.is_some());
    let whole =
        |part: &Component| part.start.is_multiple_of(SECOND) && part.step.is_multiple_of(SECOND);
    if needs_more || !calendar.microseconds.iter().all(whole) {
        return None;
    }
    let days = calendar.weekdays.map(|days| {
        let names = (0..7).filter(|day| days.contains(*day));
        let names: Vec<&str> = names.map(|day| DAYS[usize::from(day)]).collect();
        names.join(",") + " "
    });
    let seconds: Vec<Component> = calendar.microseconds.iter().map(in_seconds).collect();
    let date = [&calendar.years, &calendar.months, &calendar.days].map(|parts| list(parts));
    let time = [&calendar.hours, &calendar.minutes, &seconds].map(|parts| list(parts));
    Some(format!(
        "{}{} {}",
        days.unwrap_or_default(),
        date.join("-"),
        time.join(":")
    ))
}

fn in_seconds(part: &Component) -> Component {
    Component {
        start: part.start / SECOND,
        stop: part.stop.map(|stop| stop / SECOND),
        step: part.step / SECOND,
    }
}

fn list(parts: &[Component]) -> String {
    if parts.is_empty() {
        return "*".to_owned();
    }
    let numbers = parts.iter().flat_map(|part| match (part.stop, part.step) {
        (None, 0) => vec![part.start.to_string()],
        (None, step) => vec![format!("{}/{step}", part.start)],
        (Some(_), _) => numbers(part).map(|number| number.to_string()).collect(),
    });
    numbers.collect::<Vec<String>>().join(",")
}

/// The numbers of a range.
fn numbers(part: &Component) -> impl Iterator<Item = u32> {
    let step = usize::try_from(part.step.max(1)).unwrap_or(1);
    (part.start..=part.stop.unwrap_or(part.start)).step_by(step)
}

/// The time with every range written out, so that two can be compared.
fn expanded(calendar: &Calendar) -> Calendar {
    let mut calendar = calendar.clone();
    for parts in [
        &mut calendar.months,
        &mut calendar.days,
        &mut calendar.hours,
        &mut calendar.minutes,
    ] {
        expand(parts, 1);
    }
    expand(&mut calendar.microseconds, SECOND);
    calendar
}

fn expand(parts: &mut Vec<Component>, unit: u32) {
    let mut all: Vec<Component> = Vec::new();
    for part in parts.drain(..) {
        match part.stop {
            Some(stop) => {
                let step = usize::try_from(part.step.max(unit)).unwrap_or(1);
                all.extend((part.start..=stop).step_by(step).map(Component::single));
            }
            None => all.push(part),
        }
    }
    all.sort();
    all.dedup();
    *parts = all;
}
