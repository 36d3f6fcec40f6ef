//! The table of what two units do to each other, side by side for each kind of relation.

use crate::target::systemd::{MEASURED_ON, Measured, Outcome, RELATIONS, RelationCase, relations};

/// The cases in the order in which they are shown, each with whether `After=B` is there too.
const ROWS: [(RelationCase, bool, &str); 20] = [
    (RelationCase::StartA, false, "start A → B"),
    (RelationCase::StopA, false, "stop A → B"),
    (RelationCase::RestartA, false, "restart A → B"),
    (RelationCase::ACrashes, false, "A crashes → B"),
    (RelationCase::StartB, false, "start B → A"),
    (RelationCase::StopB, false, "stop B → A"),
    (RelationCase::RestartB, false, "restart B → A"),
    (RelationCase::BCrashes, false, "B crashes → A"),
    (RelationCase::BEnds, false, "B ends well → A"),
    (RelationCase::BComesBack, false, "B comes back → A"),
    (RelationCase::BCannotStart, false, "B can't start → A"),
    (RelationCase::BCannotStart, true, "  and After=B"),
    (RelationCase::BIsSkipped, false, "B is skipped → A"),
    (RelationCase::BIsSkipped, true, "  and After=B"),
    (RelationCase::BIsMissing, false, "B is missing → A"),
    (RelationCase::BIsMasked, false, "B is masked → A"),
    (RelationCase::StartBoth, false, "start both"),
    (RelationCase::StartBoth, true, "  and After=B"),
    (RelationCase::StopBoth, false, "stop both"),
    (RelationCase::StopBoth, true, "  and After=B"),
];

/// The table as it is shown.
#[derive(Debug)]
pub(super) struct RelationTable {
    /// The relation that is asked about.
    pub(super) about: &'static str,
    /// What happens, and a cell for each of [`RELATIONS`].
    pub(super) rows: Vec<RelationRow>,
    /// What is different on single versions, for the marks in the cells.
    pub(super) notes: Vec<String>,
}

/// A row of the table.
#[derive(Debug)]
pub(super) struct RelationRow {
    /// The case, in the words of the table of the facts.
    pub(super) case: RelationCase,
    /// Whether `A` has `After=B` too.
    pub(super) with_after: bool,
    /// What is written before the row.
    pub(super) label: &'static str,
    /// What becomes of the unit after the arrow: a word, perhaps with the mark of a note.
    pub(super) cells: Vec<String>,
    /// What was measured, for programs; none where it was not.
    pub(super) measured: Vec<Option<&'static Measured>>,
}

impl RelationTable {
    pub(super) fn about(about: &'static str) -> Self {
        let mut notes = Vec::new();
        let rows = ROWS
            .into_iter()
            .map(|(case, with_after, label)| row(case, with_after, label, &mut notes))
            .collect();
        RelationTable { about, rows, notes }
    }
}

fn row(
    case: RelationCase,
    with_after: bool,
    label: &'static str,
    notes: &mut Vec<String>,
) -> RelationRow {
    let measured: Vec<_> = RELATIONS
        .iter()
        .map(|relation| {
            let is = |row: &&Measured| {
                row.case == case && row.with_after == with_after && row.relation == *relation
            };
            relations().iter().find(is)
        })
        .collect();
    RelationRow {
        case,
        with_after,
        label,
        cells: measured.iter().map(|found| cell(*found, notes)).collect(),
        measured,
    }
}

/// What the newest version does, with a mark where the others differ.
fn cell(measured: Option<&Measured>, notes: &mut Vec<String>) -> String {
    let Some(measured) = measured else {
        return String::new();
    };
    let outcomes = measured.outcomes;
    let newest = outcomes[outcomes.len() - 1];
    let word = shown(newest);
    let others: Vec<String> = MEASURED_ON
        .iter()
        .zip(outcomes)
        .filter(|(_, outcome)| *outcome != newest)
        .map(|(version, outcome)| format!("{} on {version}", shown(outcome)))
        .collect();
    if others.is_empty() {
        return word.to_owned();
    }
    let note = others.join(", ");
    let index = notes
        .iter()
        .position(|known| *known == note)
        .unwrap_or_else(|| {
            notes.push(note);
            notes.len() - 1
        });
    format!("{word}{}", mark(index))
}

fn shown(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Unchanged => "–",
        other => other.word(),
    }
}

/// `¹`, `²` …
pub(super) fn mark(index: usize) -> char {
    ['¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹']
        .get(index)
        .copied()
        .unwrap_or('*')
}
