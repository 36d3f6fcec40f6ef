//! What becomes of services, accounts, and what runs as root.

use super::{About, Effects, listed};
use crate::inspect::diff::{Difference, DirectiveChange, Relation, Side, UnitChange};
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

/// Units and accounts.
pub(super) fn tell(old: &Side, new: &Side, difference: &Difference, effects: &mut Effects) {
    for unit in &difference.units {
        match (&unit.old, &unit.new) {
            (Some(_), None) => effects.attention(
                About::Services,
                format!(
                    "{} is gone: where it was enabled it starts no more",
                    visible(&unit.name)
                ),
            ),
            (None, Some(state)) => added(unit, state.preset, new, effects),
            _ => changed(unit, effects),
        }
    }
    restarts(old, new, difference, effects);
    for account in &difference.accounts.old {
        let kind = if account.is_user { "user" } else { "group" };
        let name = visible(&account.name);
        effects.attention(
            About::Accounts,
            format!(
                "the {kind} {name} is no longer made by the package; rpm leaves it where it is"
            ),
        );
    }
    for account in &difference.accounts.new {
        let kind = if account.is_user { "user" } else { "group" };
        let text = format!("the {kind} {} is made", visible(&account.name));
        effects.note(About::Accounts, text);
    }
}

/// The macros of distributions apply presets on the first install alone; the scriptlets of this
/// program apply them to units that are new.
fn added(unit: &UnitChange, preset: Option<bool>, new: &Side, effects: &mut Effects) {
    let name = visible(&unit.name);
    let is_enabled = assigned(new, "post", "enable_units").contains(&unit.name);
    let text = match (preset, is_enabled) {
        (Some(true), true) => format!("{name} is new and enabled"),
        (Some(true), false) => format!(
            "{name} is new; its preset enables it on a first install, an upgrade does so only if a scriptlet does"
        ),
        _ => format!("{name} is new and not enabled"),
    };
    effects.note(About::Services, text);
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

/// Which units of both packages the scriptlets restart: those of this program in the new package,
/// those of the distributions' macros in the old one, whose %postun runs after the files are new.
fn restarts(old: &Side, new: &Side, difference: &Difference, effects: &mut Effects) {
    if difference.relation == Relation::SameVersion && difference.is_empty() {
        return;
    }
    let mut restarted = assigned(new, "posttrans", "restart_units");
    let mut reloaded = assigned(new, "posttrans", "reload_units");
    restarted.extend(named_after(old, "try-restart"));
    restarted.extend(named_after(old, "mark-restart-system-units"));
    reloaded.extend(named_after(old, "mark-reload-system-units"));
    let runs: Vec<&str> = new
        .units
        .iter()
        .filter(|unit| unit.name.ends_with(".service") && !unit.name.contains('/'))
        .filter(|unit| old.units.iter().any(|before| before.name == unit.name))
        .map(|unit| unit.name.as_str())
        .collect();
    let (mut restart, mut reload, mut neither) = (Vec::new(), Vec::new(), Vec::new());
    for unit in runs.into_iter().take(1000) {
        let has = |list: &[String]| list.iter().any(|name| name == unit);
        match (has(&restarted), has(&reloaded)) {
            (true, _) => restart.push(unit),
            (false, true) => reload.push(unit),
            (false, false) => neither.push(unit),
        }
    }
    for (units, text) in [
        (restart, "restarted where running"),
        (reload, "told to reload where running"),
        (
            neither,
            "not restarted by a scriptlet that is known: what runs goes on with the old files",
        ),
    ] {
        if !units.is_empty() {
            effects.note(About::Services, format!("{text}: {}", listed(&units)));
        }
    }
}

/// The words of `NAME='…'` in a scriptlet of this program.
fn assigned(side: &Side, phase: &str, name: &str) -> Vec<String> {
    let scriptlets = side.description.scriptlets.iter();
    let text = scriptlets
        .filter(|one| one.phase == phase)
        .map(|one| &one.text);
    let lists = text.flat_map(|text| text.lines()).filter_map(|line| {
        let list = line.strip_prefix(name)?.strip_prefix("='")?;
        list.strip_suffix('\'')
    });
    words(lists)
}

/// What follows a verb in the %postun of systemd's macros (`%systemd_postun_with_restart`).
fn named_after(side: &Side, verb: &str) -> Vec<String> {
    let scriptlets = side.description.scriptlets.iter();
    let text = scriptlets
        .filter(|one| one.phase == "postun")
        .map(|one| &one.text);
    let calls = text.flat_map(|text| text.lines()).filter_map(|line| {
        let (before, units) = line.split_once(verb)?;
        let is_call = before.contains("systemctl") || before.contains("systemd-update-helper");
        is_call.then_some(units)
    });
    words(calls)
}

fn words<'a>(lists: impl Iterator<Item = &'a str>) -> Vec<String> {
    let words = lists.flat_map(str::split_ascii_whitespace).take(1000);
    words.map(str::to_owned).collect()
}

/// Scripts that come, go and change.
pub(super) fn scripts(difference: &Difference, effects: &mut Effects) {
    for script in &difference.scripts {
        let name = visible(&script.name);
        let by = |state: &crate::inspect::diff::ScriptState| {
            let words: Vec<String> = state.interpreter.iter().map(|word| visible(word)).collect();
            words.join(" ")
        };
        match (&script.old, &script.new) {
            (None, Some(new)) => effects.attention(
                About::Scripts,
                format!("a new script runs as root: %{name} ({})", by(new)),
            ),
            (Some(old), Some(new)) if old.interpreter != new.interpreter => effects.attention(
                About::Scripts,
                format!("%{name} is run by {} instead of {}", by(new), by(old)),
            ),
            (Some(_), Some(_)) => {
                effects.note(About::Scripts, format!("%{name} is another script"));
            }
            _ => effects.note(About::Scripts, format!("%{name} is gone")),
        }
    }
}
