//! What was moved, renamed, replaced or dropped in the history of systemd.

use super::directive::{Context, directive};
use super::history::Standing;
use super::table::{rows, version};
use super::tree::Tree;
use std::sync::LazyLock;

pub(super) const TABLE: &str = include_str!("data/moves.tsv");

static MOVES: LazyLock<Vec<Move>> = LazyLock::new(|| rows(TABLE).filter_map(read).collect());

/// A directive or a value that got another place, another name or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// What happened.
    pub kind: MoveKind,
    /// How it was called. Rows of `[Service]` hold for the other sections that have the directive
    /// from a family (systemd.exec(5), systemd.resource-control(5)) as well.
    pub old: Place,
    /// How it is called since, if there is anything for it.
    pub new: Option<Place>,
    /// The release of upstream that did it.
    pub since: u16,
    /// What the value needs where one name is written for the other.
    pub value: ValueChange,
    /// What else is to be said, or nothing.
    pub note: &'static str,
}

/// What happened to a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveKind {
    /// It went to another section.
    Move,
    /// It got another name.
    Rename,
    /// Both.
    MoveAndRename,
    /// Something else does its work, in another way.
    Replace,
    /// Nothing does its work.
    Drop,
    /// One of its values was renamed or dropped.
    Value,
}

/// What the value needs where one name of a directive is written for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueChange {
    /// Nothing: it means the same.
    Same,
    /// Its scale is another.
    Scale,
    /// There is no rule: the two mean different things.
    NoRule,
}

/// A directive in a section, perhaps with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The section, without brackets.
    pub section: &'static str,
    /// The directive.
    pub name: &'static str,
    /// The value, or how it starts, where only that is meant.
    pub value: Option<&'static str>,
}

/// How a directive is written for a target that does not know it as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// The section to write it in.
    pub section: &'static str,
    /// The name that works there.
    pub name: &'static str,
    /// What the value needs.
    pub value: ValueChange,
    /// The moves between the two, from the one to the other.
    pub moves: Vec<&'static Move>,
}

/// All moves.
pub fn moves() -> &'static [Move] {
    &MOVES
}

/// The name of the same directive that works on a tree, where this one does not.
///
/// Only moves that keep the meaning are followed, in both directions and over several steps:
/// `[Unit] StartLimitInterval` leads to `[Unit] StartLimitIntervalSec` and on to
/// `[Service] StartLimitInterval`.
pub(super) fn rewrite(section: &str, name: &str, tree: Tree) -> Option<Rewrite> {
    let start = directive(section, name)?;
    let mut paths = vec![Rewrite {
        section: start.section,
        name: start.name,
        value: ValueChange::Same,
        moves: Vec::new(),
    }];
    let mut next = 0;
    while let Some(path) = paths.get(next).cloned() {
        next += 1;
        let steps = moves()
            .iter()
            .filter(|row| row.keeps_meaning() && !path.moves.contains(row));
        for row in steps {
            let Some((section, name)) = row.other_end(path.section, path.name) else {
                continue;
            };
            let mut longer = path.clone();
            (longer.section, longer.name) = (section, name);
            longer.moves.push(row);
            if row.value != ValueChange::Same {
                longer.value = row.value;
            }
            let works = directive(section, name)
                .is_some_and(|row| row.history.standing(tree) == Standing::Known);
            if works {
                return Some(longer);
            }
            paths.push(longer);
        }
    }
    None
}

impl Move {
    /// Whether the two names stand for the same directive.
    pub fn keeps_meaning(&self) -> bool {
        match self.kind {
            MoveKind::Move | MoveKind::Rename | MoveKind::MoveAndRename => true,
            MoveKind::Replace | MoveKind::Drop | MoveKind::Value => false,
        }
    }

    /// The other of the two names, with the section.
    fn other_end(&self, section: &str, name: &str) -> Option<(&'static str, &'static str)> {
        let new = self.new.as_ref()?;
        for (here, there) in [(&self.old, new), (new, &self.old)] {
            if here.name != name {
                continue;
            }
            if here.section == section {
                return Some((there.section, there.name));
            }
            // A family's directive, written for [Service] in the table, in another section.
            let family = directive(section, name).filter(|row| row.context != Context::Own);
            if here.section == "Service"
                && there.section == "Service"
                && let Some(row) = family
            {
                return Some((row.section, there.name));
            }
        }
        None
    }
}

fn read(row: [&'static str; 8]) -> Option<Move> {
    let [kind, old_section, old, new_section, new, since, value, note] = row;
    Some(Move {
        kind: match kind {
            "move" => MoveKind::Move,
            "rename" => MoveKind::Rename,
            "move+rename" => MoveKind::MoveAndRename,
            "replace" => MoveKind::Replace,
            "drop" => MoveKind::Drop,
            "value" => MoveKind::Value,
            _ => return None,
        },
        old: Place::read(old_section, old),
        new: (!new.is_empty()).then(|| Place::read(new_section, new)),
        since: version(since)?,
        value: match value {
            "same" => ValueChange::Same,
            "scale" => ValueChange::Scale,
            _ => ValueChange::NoRule,
        },
        note,
    })
}

impl Place {
    fn read(section: &'static str, text: &'static str) -> Self {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        Place {
            section,
            name,
            value,
        }
    }
}
