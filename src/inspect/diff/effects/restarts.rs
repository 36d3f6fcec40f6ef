//! What becomes of units that both packages have while they run.

use super::services::Change;
use super::{About, Effects, listed};
use crate::inspect::DescribedUnit;
use crate::inspect::diff::{Aspect, DirectiveChange, Relation};
use crate::rpm::visible;
use crate::unit::{Document, boolean};
use std::collections::BTreeSet;

/// The most units that are told of.
const MAX_UNITS: usize = 1000;

/// What becomes of a unit that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Restarted,
    Reloaded,
    /// Stopped, disabled, or both, by the %preun of the package that is replaced.
    Erased {
        stopped: bool,
        disabled: bool,
    },
    /// Nothing that is known does anything about it.
    Left,
}

/// Tells it of the units that run on, or do not.
pub(super) fn tell(change: &Change<'_>, effects: &mut Effects) {
    let difference = change.difference;
    if difference.relation == Relation::SameVersion && difference.is_empty() {
        return;
    }
    let mut groups = Groups::default();
    let known: BTreeSet<&str> = names(&change.old.units).collect();
    let both = names(&change.new.units).filter(|name| known.contains(name));
    for unit in both.take(MAX_UNITS) {
        let is_service = unit.ends_with(".service");
        match fate(unit, change) {
            Fate::Erased { stopped, disabled } => {
                let what = match (stopped, disabled) {
                    (true, true) => "is stopped and disabled",
                    (true, false) => "is stopped",
                    (false, _) => "is disabled, and runs on with the old files",
                };
                let name = visible(unit);
                let text = format!(
                    "{name} {what}, by the %preun of the package that is replaced, and nothing that is known undoes that"
                );
                effects.attention(About::Services, text);
            }
            Fate::Restarted if is_service => groups.restarted.push(unit),
            Fate::Reloaded if is_service => groups.reloaded.push(unit),
            Fate::Left if is_service => groups.left(unit, change),
            _ => {}
        }
    }
    groups.tell(effects);
}

fn names(units: &[DescribedUnit]) -> impl Iterator<Item = &str> {
    let names = units.iter().map(|unit| unit.name.as_str());
    names.filter(|name| !name.contains('/'))
}

/// The scriptlets of this program in the new package restart, and bring back what those of the old
/// one stopped; those of the distributions' macros restart in the old one's %postun, which runs
/// after the files are new, and not where the old package is erased.
fn fate(unit: &str, change: &Change<'_>) -> Fate {
    let (before, after) = (&change.before, &change.after);
    let ours = after.ours.as_ref();
    let (mut restarted, mut reloaded) = (false, false);
    if let Some(ours) = ours {
        restarted = ours.restarts.contains(unit);
        reloaded = ours.reloads.contains(unit);
    }
    if change.is_replacement() {
        let (stopped, disabled) = (before.stops.contains(unit), before.disables.contains(unit));
        match ours.is_some_and(|ours| ours.units.contains(unit)) {
            true => restarted |= stopped,
            false if stopped || disabled => return Fate::Erased { stopped, disabled },
            false => {}
        }
    } else {
        restarted |= before.restarts.contains(unit);
        reloaded |= before.reloads.contains(unit);
    }
    match (restarted, reloaded) {
        (true, _) => Fate::Restarted,
        (false, true) => Fate::Reloaded,
        (false, false) => Fate::Left,
    }
}

/// Services by what is told of them.
#[derive(Default)]
struct Groups<'a> {
    restarted: Vec<&'a str>,
    reloaded: Vec<&'a str>,
    /// Left as they are, though what they run is not what it was.
    outdated: Vec<&'a str>,
    /// Left as they are, which they were not before.
    no_longer: Vec<&'a str>,
    left: Vec<&'a str>,
}

impl<'a> Groups<'a> {
    fn left(&mut self, unit: &'a str, change: &Change<'_>) {
        let ours = change.before.ours.as_ref();
        let was_restarted = ours.is_some_and(|ours| ours.restarts.contains(unit));
        let group = if ends_by_itself(unit, &change.new.units) {
            &mut self.left
        } else if is_outdated(unit, change) {
            &mut self.outdated
        } else if was_restarted {
            &mut self.no_longer
        } else {
            &mut self.left
        };
        group.push(unit);
    }

    fn tell(self, effects: &mut Effects) {
        let about = About::Services;
        for (units, text) in [
            (
                self.outdated,
                "not restarted by a scriptlet that is known, and its program or unit is another: what runs goes on with the old one until it is restarted",
            ),
            (
                self.no_longer,
                "no longer restarted: what runs goes on with the old files",
            ),
        ] {
            if !units.is_empty() {
                effects.attention(about, format!("{text}: {}", listed(&units)));
            }
        }
        for (units, text) in [
            (self.restarted, "restarted where running"),
            (self.reloaded, "told to reload where running"),
            (
                self.left,
                "not restarted by a scriptlet that is known: what runs goes on with the old files",
            ),
        ] {
            if !units.is_empty() {
                effects.note(about, format!("{text}: {}", listed(&units)));
            }
        }
    }
}

/// Whether it is a command that ends: the next run has the new files.
fn ends_by_itself(unit: &str, units: &[DescribedUnit]) -> bool {
    let drop_in = format!("{unit}.d/");
    let files = units.iter();
    let files = files.filter(|file| file.name == unit || file.name.starts_with(&drop_in));
    let (mut is_oneshot, mut remains) = (false, false);
    for file in files {
        let document = Document::parse(file.text.as_bytes());
        if let Some(kind) = document.last("Service", "Type") {
            is_oneshot = kind == "oneshot";
        }
        if let Some(value) = document.last("Service", "RemainAfterExit") {
            remains = boolean(value) == Some(true);
        }
    }
    is_oneshot && !remains
}

/// Whether what it runs, or how, is not what it was.
fn is_outdated(unit: &str, change: &Change<'_>) -> bool {
    let mut units = change.difference.units.iter();
    let is_other_unit = units.any(|one| one.name == unit && one.directives.iter().any(matters));
    is_other_unit || has_other_program(unit, change)
}

/// What is read when it is enabled, or by people, is nothing to restart for.
fn matters(change: &DirectiveChange) -> bool {
    let is_for_people = ["Description", "Documentation"].contains(&change.key.as_str());
    change.section != "Install" && !is_for_people
}

fn has_other_program(unit: &str, change: &Change<'_>) -> bool {
    let files = &change.difference.files;
    let (Some(old), Some(new)) = (change.old.named.get(unit), change.new.named.get(unit)) else {
        return false;
    };
    let programs = new.iter().filter(|(_, file)| !file.is_config);
    programs
        .into_iter()
        .any(|(path, file)| match old.get(path) {
            // The unit names another.
            None => true,
            Some(before) if before.path == file.path => files.changed.iter().any(|one| {
                one.new.path == file.path && (one.has(Aspect::Content) || one.has(Aspect::Kind))
            }),
            Some(before) => {
                let mut moved = files.moved.iter();
                !moved.any(|one| one.old.path == before.path && one.new.path == file.path)
            }
        })
}
