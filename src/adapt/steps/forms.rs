//! Times and statuses are written in the forms that the target reads.

use crate::adapt::change::Effect;
use crate::adapt::draft::{Draft, TODAY};
use crate::target::systemd::{ValueKind, directive};
use crate::unit::Entry;
use crate::unit::value::{ExitStatus, Invalid, TimeSpan, Version, exit_statuses, time_span};

/// More passes than a value has parts that go wrong.
const PASSES: usize = 20;

/// Timeouts that `0` turns off on 219.
const TURNED_OFF_BY_ZERO: [&str; 5] = [
    "TimeoutSec",
    "TimeoutStartSec",
    "TimeoutStopSec",
    "JobTimeoutSec",
    "WatchdogSec",
];

/// What `infinity` would overflow on 219, written as a time that no machine sees the end of.
const FOR_EVER: &str = "100y";

pub(super) fn step(draft: &mut Draft<'_>) {
    for entry in draft.entries() {
        let Some(row) = directive(&entry.section, &entry.key) else {
            continue;
        };
        if !draft.standing(&entry).works() || entry.value.is_empty() {
            continue;
        }
        match row.kind() {
            ValueKind::TimeSpan => span(draft, &entry),
            ValueKind::ExitStatusList => respell(draft, &entry, statuses),
            _ => {}
        }
        if entry.key == "PIDFile" {
            pid_file(draft, &entry);
        }
    }
}

fn span(draft: &mut Draft<'_>, entry: &Entry) {
    if entry.value == "infinity" && !draft.profile.has_infinite_timeouts() {
        let reason = format!("to {} it is over at once", draft.systemd());
        let value = match TURNED_OFF_BY_ZERO.contains(&entry.key.as_str()) {
            true => "0",
            false => FOR_EVER,
        };
        return draft.rewrite(entry, &entry.key, value, Effect::Same, reason);
    }
    let version = draft.version();
    let meant = time_span(&entry.value, TODAY);
    if let (Err(_), Ok(TimeSpan::Microseconds(n))) = (time_span(&entry.value, version), meant) {
        let reason = format!(
            "{} does not read the time as it is written",
            draft.systemd()
        );
        let second = 1_000_000;
        let value = match n % second {
            0 => format!("{}s", n / second),
            _ => format!("{n}us"),
        };
        draft.rewrite(entry, &entry.key, &value, Effect::Same, reason);
    }
}

fn statuses(value: &str, version: Version) -> Result<Vec<ExitStatus>, Invalid> {
    let list = exit_statuses(value, version);
    match list.problems.into_iter().next() {
        Some(problem) => Err(problem),
        None => Ok(list.items),
    }
}

/// Writes a value as the parser for the target proposes, where that means the same.
fn respell<T: PartialEq>(
    draft: &mut Draft<'_>,
    entry: &Entry,
    parse: fn(&str, Version) -> Result<T, Invalid>,
) {
    let version = draft.version();
    let Ok(meant) = parse(&entry.value, TODAY) else {
        return;
    };
    let mut value = entry.value.clone();
    for _ in 0..PASSES {
        match parse(&value, version) {
            Ok(_) => break,
            Err(Invalid {
                range,
                instead: Some(instead),
                ..
            }) => value.replace_range(range, &instead),
            Err(_) => return,
        }
    }
    let is_same = |version| parse(&value, version).is_ok_and(|read| read == meant);
    if value != entry.value && is_same(version) && is_same(TODAY) {
        let reason = format!("{} does not read it as it is written", draft.systemd());
        draft.rewrite(entry, &entry.key, &value, Effect::Same, reason);
    }
}

fn pid_file(draft: &mut Draft<'_>, entry: &Entry) {
    if draft.profile.has_relative_pid_files() || entry.value.starts_with(['/', '%']) {
        return;
    }
    let value = format!("/run/{}", entry.value);
    let reason = format!("{} takes no path that is not absolute", draft.systemd());
    draft.rewrite(entry, &entry.key, &value, Effect::Same, reason);
}
