//! What becomes of services.

use super::handling::Handling;
use super::{About, Effects, restarts};
use crate::inspect::diff::unit_lists::Parting;
use crate::inspect::diff::{Difference, DirectiveChange, Relation, Side, UnitChange, UnitState};
use crate::rpm::visible;

/// Directives whose change an operator wants to be told, and not have to look for.
const TOLD: [&str; 7] = [
    "ExecStart",
    "User",
    "Group",
    "DynamicUser",
    "ListenStream",
    "ListenDatagram",
    "OnCalendar",
];

/// The two packages, and what their scriptlets do.
pub(super) struct Change<'a> {
    pub(super) old: &'a Side,
    pub(super) new: &'a Side,
    pub(super) before: Handling,
    pub(super) after: Handling,
    pub(super) difference: &'a Difference,
}

impl Change<'_> {
    pub(super) fn is_replacement(&self) -> bool {
        self.difference.relation == Relation::Replacement
    }
}

/// Units that come, go, change and run.
pub(super) fn tell(old: &Side, new: &Side, difference: &Difference, effects: &mut Effects) {
    let change = Change {
        old,
        new,
        before: Handling::of(old),
        after: Handling::of(new),
        difference,
    };
    let has = |state: Option<&UnitState>, unit: &UnitChange| {
        state.is_some_and(|state| state.has_unit(&unit.name))
    };
    let units = || difference.units.iter();
    let is_gone = |unit: &UnitChange| has(unit.old.as_ref(), unit) && !has(unit.new.as_ref(), unit);
    let is_any_gone = units().any(is_gone);
    for unit in units() {
        let was = has(unit.old.as_ref(), unit);
        match &unit.new {
            Some(state) if !was && state.has_unit(&unit.name) => {
                added(unit, state, &change, is_any_gone, effects);
            }
            _ if is_gone(unit) => gone(&unit.name, &change, effects),
            None => {
                let text = format!("the drop-ins for {} are gone", visible(&unit.name));
                effects.attention(About::Services, text);
            }
            Some(_) => changed(unit, effects),
        }
        requirements(unit, new, effects);
    }
    restarts::tell(&change, effects);
}

/// A unit that the new package does not have. The scriptlets of this program stop those in the list
/// of the version before; where a package of another name takes the place, the old one's %preun
/// runs as at an erasure. Nothing else does anything about what runs.
fn gone(name: &str, change: &Change<'_>, effects: &mut Effects) {
    let package = &change.new.description.identity.name;
    let list = change.old.unit_lists.get(package);
    let listed = list.and_then(|list| list.get(name));
    let listed = listed.filter(|_| change.after.ours.is_some());
    let is_erased = change.is_replacement();
    let is_stopped =
        listed == Some(&Parting::Stop) || (is_erased && change.before.stops.contains(name));
    let is_disabled = listed.is_some() || (is_erased && change.before.disables.contains(name));
    let what = match (is_stopped, is_disabled) {
        (true, true) => "it is stopped and disabled",
        (true, false) => "it is stopped, and where it was enabled it starts no more",
        (false, true) => "it is disabled, and what runs of it runs on without a unit",
        (false, false) => {
            "what runs of it runs on without a unit, and where it was enabled it starts no more"
        }
    };
    let text = format!("{} is gone: {what}", visible(name));
    effects.attention(About::Services, text);
}

/// The macros of distributions apply presets on the first install alone, which a replacement is; the
/// scriptlets of this program apply them to units that are new.
fn added(
    unit: &UnitChange,
    state: &UnitState,
    change: &Change<'_>,
    is_any_gone: bool,
    effects: &mut Effects,
) {
    let ours = change.after.ours.as_ref();
    let is_preset = change.is_replacement() && change.after.presets.contains(&unit.name);
    let wanted = state.preset == Some(true);
    let is_enabled = ours.is_some_and(|ours| ours.enables.contains(&unit.name)) || is_preset;
    let is_started = ours.is_some_and(|ours| ours.starts.contains(&unit.name));
    let (text, is_known) = match (wanted && is_enabled, is_started) {
        (true, true) => ("is new, enabled and started", true),
        (true, false) => ("is new, enabled and not started", false),
        (false, true) => ("is new and started, but not enabled", true),
        (false, false) if wanted => (
            "is new and neither enabled nor started: its preset enables it on a first install, an upgrade does so only if a scriptlet does",
            false,
        ),
        // It may be what takes the place of the one that goes.
        (false, false) => (
            "is new and not enabled",
            !(is_any_gone && state.has_install),
        ),
    };
    let text = format!("{} {text}", visible(&unit.name));
    match is_known {
        true => effects.note(About::Services, text),
        false => effects.attention(About::Services, text),
    }
}

fn changed(unit: &UnitChange, effects: &mut Effects) {
    let name = visible(&unit.name);
    if let (Some(old), Some(new)) = (&unit.old, &unit.new) {
        match (old.preset, new.preset) {
            (Some(true), Some(false) | None) => effects.attention(
                About::Services,
                format!("{name} is no longer enabled on a first install; where it is enabled it stays so"),
            ),
            (Some(false) | None, Some(true)) => effects.attention(
                About::Services,
                format!("{name} is enabled on a first install from now on; where it is installed it stays as it is"),
            ),
            _ => {}
        }
        if old.has_install && !new.has_install {
            let text = format!("{name} has no [Install] section any more: it cannot be enabled");
            effects.attention(About::Services, text);
        }
    }
    for change in &unit.directives {
        if TOLD.contains(&change.key.as_str()) {
            effects.attention(About::Services, format!("{name}: {}", directive(change)));
        }
    }
}

fn directive(change: &DirectiveChange) -> String {
    let values = |values: &[String]| match values {
        [] => "nothing".to_owned(),
        values => values
            .iter()
            .map(|value| visible(value))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let key = visible(&change.key);
    // A service that names no user runs as root.
    let (old, new) = match (change.section.as_str(), key.as_str()) {
        ("Service", "User") => {
            let user = |given: &[String]| match given {
                [] => "root".to_owned(),
                given => values(given),
            };
            (user(&change.old), user(&change.new))
        }
        _ => (values(&change.old), values(&change.new)),
    };
    format!("{key}= is {new} instead of {old}")
}

/// What a service did not need before in order to start.
fn requirements(unit: &UnitChange, new: &Side, effects: &mut Effects) {
    let name = visible(&unit.name);
    let in_service = unit
        .directives
        .iter()
        .filter(|one| one.section == "Service");
    for change in in_service {
        match change.key.as_str() {
            "EnvironmentFile" => {
                let values = change
                    .new
                    .iter()
                    .filter(|value| !change.old.contains(value));
                for value in values.filter(|value| is_missing(value, &unit.name, new)) {
                    let text = format!(
                        "{name}: EnvironmentFile={} is not in the package: the service does not start where the file is not there",
                        visible(value)
                    );
                    effects.attention(About::Services, text);
                }
            }
            "Type" if unit.old.is_some() => {
                let Some(new) = change.new.last() else {
                    continue;
                };
                let needed = match new.as_str() {
                    "notify" | "notify-reload" => "tell systemd that it is ready",
                    "forking" => "go to the background by itself",
                    "dbus" => "take its name on the bus",
                    _ => continue,
                };
                let old = change.old.last().map_or("simple", String::as_str);
                let text = format!(
                    "{name}: Type= is {new} instead of {}: the service fails to start if its program does not {needed}",
                    visible(old)
                );
                effects.attention(About::Services, text);
            }
            _ => {}
        }
    }
}

/// Whether a value of `EnvironmentFile=` names a file that must be there and that the package does
/// not ship. Of a pattern nothing is said.
fn is_missing(value: &str, unit: &str, new: &Side) -> bool {
    let path = value.trim_matches(['"', '\'']);
    if path.starts_with('-') || path.contains(['*', '?', '[']) {
        return false;
    }
    let files = new.named.get(unit);
    let file = files.and_then(|files| files.get(path));
    file.is_none_or(|file| file.is_ghost)
}
