//! What may stand before the program of a command line.

use super::history::History;
use super::table::rows;
use std::sync::LazyLock;

pub(super) const TABLE: &str = include_str!("data/exec_prefixes.tsv");

static PREFIXES: LazyLock<Vec<ExecPrefix>> = LazyLock::new(|| {
    let read = |[prefix, meaning, since, removed, note]: [&'static str; 5]| ExecPrefix {
        prefix,
        meaning,
        history: History::read(since, removed, ""),
        note,
    };
    rows(TABLE).map(read).collect()
});

/// A prefix of the program in `ExecStart=` and its kin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecPrefix {
    /// `@`, `-`, `+`, `!`, `!!`, `:` or `|`.
    pub prefix: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// Which versions know it.
    pub history: History,
    /// What else is to be said, or nothing.
    pub note: &'static str,
}

/// The prefix of this text, whichever version knows it.
pub fn exec_prefix(prefix: &str) -> Option<&'static ExecPrefix> {
    exec_prefixes().iter().find(|row| row.prefix == prefix)
}

/// All prefixes.
pub fn exec_prefixes() -> &'static [ExecPrefix] {
    &PREFIXES
}
