//! What the start, the stop and the failure of one unit do to another that depends on it.
//!
//! `data/relations.tsv` holds what was measured on booted systems: five runs of `systemctl start`,
//! `stop`, `restart` and `kill` for each case. Unit `A` has `RELATION=B`, and nothing else ties the
//! two together.

use super::table::rows;
use std::sync::LazyLock;

pub(super) const TABLE: &str = include_str!("data/relations.tsv");

/// The versions of systemd that the table was measured on, in the order of
/// [`Measured::outcomes`]: 219 of Red Hat's 7.9, 239 of Red Hat's 8.10, 252 of Debian 12.
pub const MEASURED_ON: [u16; 3] = [219, 239, 252];

/// The directives that were measured.
pub const RELATIONS: [&str; 7] = [
    "Wants",
    "Requires",
    "Requisite",
    "BindsTo",
    "PartOf",
    "Before",
    "After",
];

static MEASURED: LazyLock<Vec<Measured>> = LazyLock::new(|| rows(TABLE).filter_map(read).collect());

/// One case for one kind of relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// What happens.
    pub case: RelationCase,
    /// The directive of `A`.
    pub relation: &'static str,
    /// Whether `A` has `After=B` too.
    pub with_after: bool,
    /// What becomes of the unit that the case asks about, on each of [`MEASURED_ON`].
    pub outcomes: [Outcome; 3],
}

/// What happens to one of the two. `A` depends on `B`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationCase {
    /// `A` is started; what becomes of `B`?
    StartA,
    /// `B` is started; what becomes of `A`?
    StartB,
    /// `A` is stopped by hand; what becomes of `B`?
    StopA,
    /// `B` is stopped by hand; what becomes of `A`?
    StopB,
    /// `A` is restarted by hand; what becomes of `B`?
    RestartA,
    /// `B` is restarted by hand; what becomes of `A`?
    RestartB,
    /// `A` is killed; what becomes of `B`?
    ACrashes,
    /// `B` is killed; what becomes of `A`?
    BCrashes,
    /// `B` ends by itself and well; what becomes of `A`?
    BEnds,
    /// `B` is killed and its own `Restart=` brings it back; what becomes of `A`?
    BComesBack,
    /// `A` is started and `B` fails to start; what becomes of `A`?
    BCannotStart,
    /// `A` is started and a condition of `B` is not met; what becomes of `A`?
    BIsSkipped,
    /// `A` is started and there is no `B`; what becomes of `A`?
    BIsMissing,
    /// `A` is started and `B` is masked; what becomes of `A`?
    BIsMasked,
    /// Both are started by a third unit: which is first?
    StartBoth,
    /// Both are stopped by a third unit: which is first?
    StopBoth,
}

/// What was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It stays as it was, running or not.
    Unchanged,
    /// It starts.
    Starts,
    /// It stops, or ends before it has served.
    Stops,
    /// It stops and starts again.
    Restarts,
    /// `A` does not start, or stops again at once.
    Fails,
    /// `A` is finished before `B` begins.
    AFirst,
    /// `B` is finished before `A` begins.
    BFirst,
    /// Neither waits.
    AtOnce,
    /// Not the same each time.
    Either,
}

/// All that was measured.
pub fn relations() -> &'static [Measured] {
    &MEASURED
}

impl RelationCase {
    const NAMES: [(&'static str, RelationCase); 16] = [
        ("start-a", RelationCase::StartA),
        ("start-b", RelationCase::StartB),
        ("stop-a", RelationCase::StopA),
        ("stop-b", RelationCase::StopB),
        ("restart-a", RelationCase::RestartA),
        ("restart-b", RelationCase::RestartB),
        ("a-crashes", RelationCase::ACrashes),
        ("b-crashes", RelationCase::BCrashes),
        ("b-ends", RelationCase::BEnds),
        ("b-comes-back", RelationCase::BComesBack),
        ("b-cannot-start", RelationCase::BCannotStart),
        ("b-is-skipped", RelationCase::BIsSkipped),
        ("b-is-missing", RelationCase::BIsMissing),
        ("b-is-masked", RelationCase::BIsMasked),
        ("start-both", RelationCase::StartBoth),
        ("stop-both", RelationCase::StopBoth),
    ];

    /// Its name in the table.
    pub fn name(self) -> &'static str {
        let found = Self::NAMES.iter().find(|(_, case)| *case == self);
        found.map_or("", |(name, _)| name)
    }

    fn read(word: &str) -> Option<Self> {
        let found = Self::NAMES.iter().find(|(name, _)| *name == word);
        found.map(|(_, case)| *case)
    }
}

impl Outcome {
    /// A word or two for it.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Unchanged => "-",
            Outcome::Starts => "starts",
            Outcome::Stops => "stops",
            Outcome::Restarts => "restarts",
            Outcome::Fails => "fails",
            Outcome::AFirst => "A first",
            Outcome::BFirst => "B first",
            Outcome::AtOnce => "at once",
            Outcome::Either => "either",
        }
    }

    fn read(word: &str) -> Option<Self> {
        let all = [
            Outcome::Unchanged,
            Outcome::Starts,
            Outcome::Stops,
            Outcome::Restarts,
            Outcome::Fails,
            Outcome::AFirst,
            Outcome::BFirst,
            Outcome::AtOnce,
            Outcome::Either,
        ];
        all.into_iter().find(|outcome| outcome.word() == word)
    }
}

fn read(row: [&'static str; 5]) -> Option<Measured> {
    let [case, relation, v219, v239, v252] = row;
    let (name, with_after) = match relation.strip_suffix("+After") {
        Some(name) => (name, true),
        None => (relation, false),
    };
    Some(Measured {
        case: RelationCase::read(case)?,
        relation: RELATIONS.into_iter().find(|known| *known == name)?,
        with_after,
        outcomes: [
            Outcome::read(v219)?,
            Outcome::read(v239)?,
            Outcome::read(v252)?,
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::super::table::lines;
    use super::*;

    fn outcomes(case: RelationCase, relation: &str) -> [Outcome; 3] {
        let is = |row: &&Measured| row.case == case && row.relation == relation && !row.with_after;
        relations().iter().find(is).unwrap().outcomes
    }

    #[test]
    fn every_row_is_read_and_every_case_has_every_relation_once() {
        assert_eq!(relations().len(), lines(TABLE));
        for (_, case) in RelationCase::NAMES {
            for relation in RELATIONS {
                let rows = relations()
                    .iter()
                    .filter(|row| row.case == case && row.relation == relation && !row.with_after);
                assert_eq!(rows.count(), 1, "{} {relation}", case.name());
            }
        }
    }

    #[test]
    fn what_guides_get_wrong_is_as_it_was_measured() {
        use Outcome::{Restarts, Starts, Stops, Unchanged};
        assert_eq!(outcomes(RelationCase::StartA, "BindsTo"), [Starts; 3]);
        assert_eq!(outcomes(RelationCase::BCrashes, "Requires"), [Unchanged; 3]);
        assert_eq!(outcomes(RelationCase::BCrashes, "BindsTo"), [Stops; 3]);
        assert_eq!(outcomes(RelationCase::BComesBack, "PartOf"), [Restarts; 3]);
        assert_eq!(outcomes(RelationCase::StartA, "PartOf"), [Unchanged; 3]);
    }
}
