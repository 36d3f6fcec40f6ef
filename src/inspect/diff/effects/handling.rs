//! What the scriptlets of a package do with units, as far as they are known: those of this program,
//! which name the units in lists, and those of systemd's macros. What others do is not guessed.

use crate::inspect::diff::Side;
use std::collections::BTreeSet;

/// The most words of all lists that are read of a scriptlet.
const MAX_WORDS: usize = 1000;

type Units = BTreeSet<String>;

/// What one package's scriptlets do.
pub(super) struct Handling {
    /// The lists of this program's scriptlets; nothing of others.
    pub(super) ours: Option<Ours>,
    /// What the macros in its %post apply presets to, where $1 is 1.
    pub(super) presets: Units,
    /// What the macros in its %postun restart, where the next version takes its place.
    pub(super) restarts: Units,
    /// What they tell to reload.
    pub(super) reloads: Units,
    /// What its %preun stops, where it is erased: also where a package of another name replaces it.
    pub(super) stops: Units,
    /// What its %preun disables there.
    pub(super) disables: Units,
}

/// The lists of this program's scriptlets.
pub(super) struct Ours {
    /// What they look after: a unit that another package's scriptlets stop and disable in the same
    /// transaction is enabled and started again.
    pub(super) units: Units,
    /// What is enabled where it is new, unless a preset of the administrator's is against it.
    pub(super) enables: Units,
    /// What is started where it is new.
    pub(super) starts: Units,
    /// What is restarted where it runs.
    pub(super) restarts: Units,
    /// What is told to reload where it runs.
    pub(super) reloads: Units,
}

impl Handling {
    /// Reads the scriptlets of a package.
    pub(super) fn of(side: &Side) -> Self {
        let called = |phase, verbs: &[&str]| called(side, phase, verbs);
        // `disable --now` stops, too (systemd 220).
        let mut stops = called("preun", &[" stop ", "disable --now", "remove-system-units"]);
        let mut disables = called("preun", &[" disable ", "remove-system-units"]);
        let (units, left) = (
            assigned(side, "preun", "units"),
            assigned(side, "preun", "leave_units"),
        );
        stops.extend(units.difference(&left).cloned());
        disables.extend(units);
        Handling {
            ours: Ours::of(side),
            presets: called("post", &[" preset ", "install-system-units"]),
            restarts: called("postun", &["try-restart", "mark-restart-system-units"]),
            reloads: called("postun", &["mark-reload-system-units"]),
            stops,
            disables,
        }
    }
}

impl Ours {
    fn of(side: &Side) -> Option<Self> {
        let list = |name| assigned(side, "posttrans", name);
        let mut texts = texts(side, "posttrans");
        let is_ours =
            texts.any(|text| text.lines().any(|line| line.starts_with("restart_units='")));
        is_ours.then(|| Ours {
            units: list("units"),
            enables: assigned(side, "post", "enable_units"),
            starts: list("start_units"),
            restarts: list("restart_units"),
            reloads: list("reload_units"),
        })
    }
}

fn texts<'a>(side: &'a Side, phase: &'a str) -> impl Iterator<Item = &'a str> {
    let scriptlets = side.description.scriptlets.iter();
    let of_phase = scriptlets.filter(move |one| one.phase == phase);
    of_phase.map(|one| one.text.as_str())
}

/// The words of `NAME='…'` in a scriptlet of this program.
fn assigned(side: &Side, phase: &str, name: &str) -> Units {
    let lines = texts(side, phase).flat_map(str::lines);
    let lists = lines.filter_map(|line| {
        let list = line.strip_prefix(name)?.strip_prefix("='")?;
        list.strip_suffix('\'')
    });
    words(lists)
}

/// What follows a verb of systemctl, or of the helper that systemd's macros call since 250.
fn called(side: &Side, phase: &str, verbs: &[&str]) -> Units {
    let lines = texts(side, phase).flat_map(str::lines);
    let calls = lines.filter_map(|line| {
        let found = verbs.iter().find_map(|verb| line.split_once(verb));
        let (before, units) = found?;
        let is_call = before.contains("systemctl") || before.contains("systemd-update-helper");
        is_call.then_some(units)
    });
    words(calls)
}

/// The names of units in these lists: what has no dot is an option or part of the shell's syntax.
fn words<'a>(lists: impl Iterator<Item = &'a str>) -> Units {
    let words = lists.flat_map(str::split_ascii_whitespace).take(MAX_WORDS);
    let units = words.filter(|word| word.contains('.') && !word.starts_with('-'));
    units.map(str::to_owned).collect()
}
