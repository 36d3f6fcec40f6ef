//! An explanation as one JSON object.

use super::explanation::{Explanation, WordLine};
use super::relations::{RelationRow, RelationTable};
use crate::report::JsonLine;
use crate::target::systemd::{MEASURED_ON, RELATIONS};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// What is known of a subject.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Explanation", deny_unknown_fields)]
pub(in crate::cli) struct Line<'a> {
    /// What kind of thing it is: `directive`, `value`, `section`, `rule` …
    kind: &'static str,
    /// How it is written.
    title: &'a str,
    /// Where it stands, since when, who documents it.
    facts: &'a [String],
    /// What it does.
    text: &'a [String],
    /// What people fall into.
    trap: Option<&'a str>,
    /// What it takes, where that is no list of words.
    values: Option<&'a str>,
    /// The words that it takes.
    words: Vec<Word<'a>>,
    /// What holds without it.
    default: Option<&'a str>,
    /// What each target makes of it.
    targets: Vec<OnTarget<'a>>,
    /// What it looks like.
    example: Option<Example<'a>>,
    /// What units of this relation do to each other.
    relations: Option<Relations>,
    /// Lists with a heading.
    lists: Vec<List<'a>>,
    /// The rules about it.
    rules: Vec<Rule>,
    /// What else can be explained.
    see_also: &'a [String],
}

impl JsonLine for Line<'_> {
    const REASON: &'static str = "ambot-explanation";
}

/// A word that a directive takes.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct Word<'a> {
    /// The word.
    word: &'a str,
    /// What it means.
    text: &'a str,
    /// The targets that do not know it.
    not_on: &'a [String],
}

/// What a target makes of a thing.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct OnTarget<'a> {
    /// The target.
    target: &'a str,
    /// `works`, `ignored`, `unknown` …
    state: &'static str,
    /// What becomes of the line there; empty where it simply works.
    becomes: &'a str,
}

/// What it looks like, wrong and right.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Example<'a> {
    /// Wrong.
    bad: &'a str,
    /// Right.
    good: &'a str,
}

/// What one unit does to another, as it was measured.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct Relations {
    /// The versions of systemd.
    measured_on: Vec<u16>,
    /// A case each.
    rows: Vec<Case>,
}

/// What happens to the other unit in one case.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct Case {
    /// The case.
    case: &'static str,
    /// Whether the unit has `After=` too.
    with_after: bool,
    /// The outcome by relation and version of systemd.
    outcomes: BTreeMap<&'static str, BTreeMap<String, &'static str>>,
}

/// A list with a heading.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct List<'a> {
    /// The heading.
    heading: &'a str,
    /// What is in it.
    items: &'a [String],
}

/// A rule of the check.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Rule {
    /// Its code.
    code: &'static str,
    /// What it finds.
    summary: &'static str,
}

impl<'a> Line<'a> {
    pub(super) fn of(explanation: &'a Explanation) -> Self {
        let targets = explanation.targets.iter().flat_map(|line| {
            line.targets.iter().map(|target| OnTarget {
                target,
                state: line.state,
                becomes: &line.becomes,
            })
        });
        let example = explanation.example.as_ref();
        let lists = explanation.lists.iter();
        let rules = explanation.rules.iter();
        Line {
            kind: explanation.kind,
            title: &explanation.title,
            facts: &explanation.facts,
            text: &explanation.text,
            trap: explanation.trap.as_deref(),
            values: explanation.values.as_deref(),
            words: explanation.words.iter().map(word).collect(),
            default: explanation.default.as_deref(),
            targets: targets.collect(),
            example: example.map(|(bad, good)| Example { bad, good }),
            relations: explanation.relations.as_ref().map(relations),
            lists: lists
                .map(|(heading, items)| List { heading, items })
                .collect(),
            rules: rules
                .map(|&(code, summary)| Rule { code, summary })
                .collect(),
            see_also: &explanation.see_also,
        }
    }
}

fn word(line: &WordLine) -> Word<'_> {
    Word {
        word: &line.word,
        text: &line.text,
        not_on: &line.missing,
    }
}

/// Every cell with what each version does.
fn relations(table: &RelationTable) -> Relations {
    let case = |row: &RelationRow| {
        let cells = RELATIONS.iter().zip(&row.measured);
        let cells = cells.filter_map(|(name, measured)| {
            let outcomes = measured.as_ref()?.outcomes;
            let by_version = MEASURED_ON.iter().zip(outcomes);
            let by_version =
                by_version.map(|(version, outcome)| (version.to_string(), outcome.word()));
            Some((*name, by_version.collect()))
        });
        Case {
            case: row.case.name(),
            with_after: row.with_after,
            outcomes: cells.collect(),
        }
    };
    Relations {
        measured_on: MEASURED_ON.to_vec(),
        rows: table.rows.iter().map(case).collect(),
    }
}
