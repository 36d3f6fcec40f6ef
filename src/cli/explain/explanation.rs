//! What is known of a subject, ready to be shown.

use super::relations::RelationTable;

/// An explanation.
#[derive(Debug, Default)]
pub(super) struct Explanation {
    /// What kind of thing it is: `directive`, `value`, `section` …
    pub(super) kind: &'static str,
    /// How it is written.
    pub(super) title: String,
    /// Where it stands, since when, who documents it: a few short pieces.
    pub(super) facts: Vec<String>,
    /// What it does.
    pub(super) text: Vec<String>,
    /// What people fall into.
    pub(super) trap: Option<String>,
    /// What it takes, where that is no list of words.
    pub(super) values: Option<String>,
    /// The words that it takes.
    pub(super) words: Vec<WordLine>,
    /// What holds without it.
    pub(super) default: Option<String>,
    /// What the targets make of it.
    pub(super) targets: Vec<TargetLine>,
    /// What it looks like, wrong and right.
    pub(super) example: Option<(String, String)>,
    /// What units of this relation do to each other.
    pub(super) relations: Option<RelationTable>,
    /// Lists with a heading: the directives of a section, what a target does not know.
    pub(super) lists: Vec<(String, Vec<String>)>,
    /// The rules about it: code and summary.
    pub(super) rules: Vec<(&'static str, &'static str)>,
    /// What else can be explained.
    pub(super) see_also: Vec<String>,
}

/// A word that a directive takes.
#[derive(Debug)]
pub(super) struct WordLine {
    /// The word.
    pub(super) word: String,
    /// What it means.
    pub(super) text: String,
    /// The targets that do not know it.
    pub(super) missing: Vec<String>,
}

/// What targets make of a thing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TargetLine {
    /// `works`, `ignored` or `unknown`.
    pub(super) state: &'static str,
    /// The targets of which it is true.
    pub(super) targets: Vec<String>,
    /// What becomes of the line there; empty where it simply works.
    pub(super) becomes: String,
}
