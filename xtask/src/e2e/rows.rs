//! The table: what is done on a machine, and what has to be so afterwards.
//!
//! It is data, in `rows/*.rows`, for people to read:
//!
//! ```text
//! [name systemd>=239 style=el8] what the row is about
//! $ systemctl stop hello                    a line of shell, as the administrator; it must succeed
//!     prints: text                          what it prints, lines with a space between them
//! rpm -U v2                                 words that name a package stand for its file
//!     hello.service: enabled active …       the state of a unit afterwards, see `UnitState`
//!     links: multi-user.target.wants/x      the links in systemd's folders, beside those of the root
//!     remains: /etc/hello.conf.rpmsave      files that are there now and were not at the start
//!     says: hello: hello.service …          a line that rpm prints; there are no others
//!     takes: 4..12                          seconds; without it at most 33
//!     {rpm<4.14} …                          a line for some machines alone
//! ```
//!
//! A row whose header has the word `both` is played twice: with our packages, and as `name/macros`
//! with those that have the scriptlets of the distribution's macros. What stands there without a
//! condition is the same for both; `{by=ours}` and `{by=macros}` are the differences.
//!
//! After each call of rpm it also has to be so that rpm ended with 0, that no other unit failed, that
//! no job waits (but where a unit is `busy`), and that our record of the transaction is gone.

use super::foreign;
use super::state::UnitState;
use std::ops::RangeInclusive;

/// The tables, in the order in which they are shown.
const TABLES: [&str; 7] = [
    include_str!("rows/install.rows"),
    include_str!("rows/upgrade.rows"),
    include_str!("rows/trouble.rows"),
    include_str!("rows/units.rows"),
    include_str!("rows/operator.rows"),
    include_str!("rows/macros.rows"),
    include_str!("rows/places.rows"),
];

/// One row of the table.
#[derive(Debug)]
pub(super) struct Row {
    /// A short name, to choose it by.
    pub(super) name: String,
    /// What it shows.
    pub(super) title: String,
    /// Who made the packages that its words name.
    pub(super) by: By,
    only: Vec<Condition>,
    /// What is done, in order.
    pub(super) steps: Vec<Step>,
}

/// Something that is done, and what has to be so afterwards.
#[derive(Debug)]
pub(super) struct Step {
    /// What is done.
    pub(super) action: Action,
    expectations: Vec<(Vec<Condition>, Expectation)>,
}

/// Something that is done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// A line of shell.
    Shell(String),
    /// A call of rpm, whose words may name packages.
    Rpm(String),
}

/// Something that has to be so.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expectation {
    /// A unit is in a state.
    Unit(String, UnitState),
    /// The command printed this.
    Prints(String),
    /// The links in systemd's folders.
    Links(Vec<String>),
    /// The files that came since the start.
    Remains(Vec<String>),
    /// A line that rpm printed.
    Says(String),
    /// Seconds.
    Takes(RangeInclusive<u64>),
}

/// Who made packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The project, in its own rows and in those of both.
    Ours,
    /// The macros of the distribution.
    Macros,
}

impl By {
    fn name(self) -> &'static str {
        match self {
            By::Ours => "ours",
            By::Macros => "macros",
        }
    }
}

/// The facts about a machine and a row that a condition may ask for.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// The scriptlet style of the packages.
    pub(super) style: &'static str,
    /// The version of systemd.
    pub(super) systemd: Vec<u32>,
    /// The version of rpm.
    pub(super) rpm: Vec<u32>,
    /// Who made the packages.
    pub(super) by: By,
}

/// `style=el7`, `systemd>=239`, `rpm<4.14`.
#[derive(Debug, PartialEq, Eq)]
struct Condition {
    what: String,
    comparison: &'static str,
    value: String,
}

impl Row {
    /// Whether it goes by this name, which is that of a row of both makers too.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name == name || self.name.strip_suffix("/macros") == Some(name)
    }

    /// Whether the row is for such a machine.
    pub(super) fn is_for(&self, facts: &Facts) -> bool {
        self.only.iter().all(|condition| condition.holds(facts))
    }

    /// Whether it is about scriptlets that are others in each style: those of another tool's packages.
    /// Ours differ in what they are told alone.
    pub(super) fn differs_by_style(&self) -> bool {
        let has_foreign = |step: &Step| {
            let (Action::Shell(line) | Action::Rpm(line)) = &step.action;
            line.split(' ').any(foreign::is_word)
        };
        self.by == By::Macros || self.steps.iter().any(has_foreign)
    }

    /// Seconds that it takes at least.
    pub(super) fn seconds(&self) -> u64 {
        let all = self.steps.iter().flat_map(|step| &step.expectations);
        let least = all.map(|(_, what)| match what {
            Expectation::Takes(seconds) => *seconds.start(),
            _ => 0,
        });
        least.sum()
    }

    /// Whether a step asks for the files that remain.
    pub(super) fn asks_for_files(&self) -> bool {
        let all = self.steps.iter().flat_map(|step| &step.expectations);
        all.map(|(_, what)| what)
            .any(|what| matches!(what, Expectation::Remains(_)))
    }
}

impl Step {
    /// What has to be so on such a machine.
    pub(super) fn expectations(&self, facts: &Facts) -> impl Iterator<Item = &Expectation> {
        self.expectations
            .iter()
            .filter(|(only, _)| only.iter().all(|condition| condition.holds(facts)))
            .map(|(_, what)| what)
    }
}

impl Condition {
    fn parse(word: &str) -> Result<Self, String> {
        for comparison in [">=", "<", "="] {
            if let Some((what, value)) = word.split_once(comparison)
                && ["style", "systemd", "rpm", "by"].contains(&what)
            {
                return Ok(Condition {
                    what: what.to_owned(),
                    comparison,
                    value: value.to_owned(),
                });
            }
        }
        Err(format!("`{word}` is no condition"))
    }

    fn holds(&self, facts: &Facts) -> bool {
        let version = match self.what.as_str() {
            "systemd" => &facts.systemd,
            "rpm" => &facts.rpm,
            "by" => return self.value == facts.by.name(),
            _ => return self.value == facts.style,
        };
        let wanted = numbers(&self.value);
        match self.comparison {
            ">=" => *version >= wanted,
            "<" => *version < wanted,
            _ => *version == wanted,
        }
    }
}

/// The numbers of a version, which compare as it does.
pub(super) fn numbers(version: &str) -> Vec<u32> {
    version
        .split(['.', '-', '~'])
        .map_while(|number| number.parse().ok())
        .collect()
}

/// All rows.
///
/// # Errors
/// With the line that cannot be read.
pub(super) fn all() -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for table in TABLES {
        rows.extend(parse(table, By::Ours)?);
        rows.extend(parse(table, By::Macros)?);
    }
    Ok(rows)
}

/// The rows of one maker.
fn parse(table: &str, by: By) -> Result<Vec<Row>, String> {
    let mut rows: Vec<Row> = Vec::new();
    for line in table.lines() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let bad = |what: &str| format!("{what}: {line}");
        let row = rows.last_mut();
        if let Some(header) = line.strip_prefix('[') {
            rows.push(parse_header(header, by).map_err(|what| bad(&what))?);
        } else if line.starts_with(' ') {
            let step = row.and_then(|row| row.steps.last_mut());
            let step = step.ok_or_else(|| bad("no action is above"))?;
            let expectation = parse_expectation(line.trim(), &step.action);
            step.expectations
                .push(expectation.map_err(|what| bad(&what))?);
        } else {
            let action = match line.strip_prefix("$ ") {
                Some(shell) => Action::Shell(shell.to_owned()),
                None if line.split(' ').any(|word| word == "rpm") => Action::Rpm(line.to_owned()),
                None => return Err(bad("neither `$ …` nor a call of rpm")),
            };
            let row = row.ok_or_else(|| bad("no row is above"))?;
            row.steps.push(Step {
                action,
                expectations: Vec::new(),
            });
        }
    }
    rows.retain(|row| row.by == by);
    Ok(rows)
}

fn parse_header(header: &str, by: By) -> Result<Row, String> {
    let (head, title) = header.split_once("] ").ok_or("no `] TITLE`")?;
    let mut words: Vec<&str> = head.split_whitespace().collect();
    let count = words.len();
    words.retain(|word| *word != "both");
    let (name, by) = match (words.first(), by) {
        (None, _) => return Err("no name".to_owned()),
        (Some(name), By::Macros) if words.len() < count => (format!("{name}/macros"), by),
        (Some(name), _) => ((*name).to_owned(), By::Ours),
    };
    let only = words.into_iter().skip(1).map(Condition::parse);
    Ok(Row {
        name,
        title: title.to_owned(),
        by,
        only: only.collect::<Result<_, _>>()?,
        steps: Vec::new(),
    })
}

fn parse_expectation(line: &str, action: &Action) -> Result<(Vec<Condition>, Expectation), String> {
    let (only, line) = match line
        .strip_prefix('{')
        .and_then(|line| line.split_once("} "))
    {
        Some((conditions, line)) => {
            let conditions = conditions.split_whitespace().map(Condition::parse);
            (conditions.collect::<Result<_, _>>()?, line)
        }
        None => (Vec::new(), line),
    };
    let (what, value) = line.split_once(':').ok_or("no `WHAT:`")?;
    let value = value.trim();
    let list = || {
        let mut list: Vec<_> = value.split_whitespace().map(str::to_owned).collect();
        list.retain(|word| word != "none");
        list.sort();
        list
    };
    let expectation = match (what, action) {
        ("prints", Action::Shell(_)) => Expectation::Prints(value.to_owned()),
        ("says", Action::Rpm(_)) => Expectation::Says(value.to_owned()),
        ("takes", Action::Rpm(_)) => {
            let bounds = value.split_once("..").ok_or("no `FROM..TO`")?;
            let bounds = (bounds.0.parse(), bounds.1.parse());
            let (Ok(from), Ok(to)) = bounds else {
                return Err("no seconds".to_owned());
            };
            Expectation::Takes(from..=to)
        }
        ("links", _) => Expectation::Links(list()),
        ("remains", _) => Expectation::Remains(list()),
        (unit, _) if unit.contains('.') => {
            Expectation::Unit(unit.to_owned(), UnitState::parse(value)?)
        }
        _ => return Err(format!("`{what}` cannot stand here")),
    };
    Ok((only, expectation))
}

#[cfg(test)]
mod tests {
    use super::{Action, By, Expectation, Facts, all, parse};
    use std::collections::BTreeSet;

    fn facts(style: &'static str, systemd: u32, rpm: &[u32]) -> Facts {
        Facts {
            style,
            systemd: vec![systemd],
            rpm: rpm.to_vec(),
            by: By::Ours,
        }
    }

    #[test]
    fn the_table_can_be_read_and_no_name_stands_twice() {
        let rows = all().unwrap();
        let names: BTreeSet<_> = rows.iter().map(|row| &row.name).collect();
        assert_eq!(names.len(), rows.len());
        for row in &rows {
            let any = row.steps.iter().any(|step| !step.expectations.is_empty());
            assert!(any, "{} expects nothing", row.name);
        }
    }

    #[test]
    fn a_line_can_be_for_some_machines_alone() {
        let table = "[a systemd>=239] A row\nrpm -U v1\n    {rpm<4.14} says: old\n    \
                     {style=el8 rpm>=4.14} says: new\n$ true\n    prints:\n";
        let rows = parse(table, By::Ours).unwrap();
        let said = |facts: &Facts| {
            let step = rows[0].steps.first().unwrap();
            let all = step.expectations(facts).map(|what| format!("{what:?}"));
            all.collect::<Vec<_>>()
        };
        assert!(!rows[0].is_for(&facts("el7", 219, &[4, 11, 3])));
        let el8 = facts("el8", 239, &[4, 14, 3]);
        assert!(rows[0].is_for(&el8));
        assert_eq!(said(&el8), ["Says(\"new\")"]);
        assert_eq!(said(&facts("el8", 239, &[4, 11, 3])), ["Says(\"old\")"]);
        assert_eq!(rows[0].steps[1].action, Action::Shell("true".to_owned()));
        let printed = rows[0].steps[1].expectations(&el8).next();
        assert_eq!(printed, Some(&Expectation::Prints(String::new())));
    }

    #[test]
    fn a_row_of_both_makers_is_two() {
        let table = "[a] Ours\n[b both style=el8] Both\nrpm -U v1\n    {by=ours} says: one\n    \
                     {by=macros} says: two\n";
        let names = |by| {
            let rows = parse(table, by).unwrap();
            rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
        };
        assert_eq!(names(By::Ours), ["a", "b"]);
        assert_eq!(names(By::Macros), ["b/macros"]);
        let row = parse(table, By::Macros).unwrap().pop().unwrap();
        assert!(row.is_called("b") && row.is_called("b/macros") && !row.is_called("a"));
        let mut el8 = facts("el8", 239, &[4, 14, 3]);
        el8.by = row.by;
        let said: Vec<_> = row.steps[0].expectations(&el8).collect();
        assert_eq!(said, [&Expectation::Says("two".to_owned())]);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        for (table, says) in [
            ("rpm -U v1\n", "no row is above: rpm -U v1"),
            (
                "[a] A\nsleep 1\n",
                "neither `$ …` nor a call of rpm: sleep 1",
            ),
            (
                "[a] A\n$ true\n  says: x\n",
                "`says` cannot stand here:   says: x",
            ),
            ("[a el7] A\n", "`el7` is no condition: [a el7] A"),
        ] {
            assert_eq!(parse(table, By::Ours).unwrap_err(), says);
        }
    }
}
