//! The check says of each line what the real systemd says of it.
//!
//! `tests/fixtures/verify` and `tests/fixtures/values` hold small units and what `systemd-analyze
//! verify` of 219, 239 and 252 said of each; their READMEs say where that was seen. What the rules of systemd report for the
//! target of that version has to be the same, line by line. Rules of our own are left out.

// A test may panic and print, in what it calls too.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use cargo_ambot::lint::{self, Context, Effect, Levels, Origin, UnitSet};
use cargo_ambot::target;
use cargo_ambot::unit::{Dialect, UnitFile, UnitName};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The records, and the target whose systemd each is of.
const RECORDS: [(&str, &str); 7] = [
    ("verify/systemd-219.txt", "centos7"),
    ("verify/systemd-239-el8.5.txt", "centos8"),
    ("verify/systemd-239-el8.10.txt", "el8"),
    ("verify/systemd-252.txt", "el9"),
    ("values/systemd-219.txt", "centos7"),
    ("values/systemd-239-el8.10.txt", "el8"),
    ("values/systemd-252.txt", "el9"),
];

/// What a message without the number of a line means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// The unit is refused.
    Refused,
    /// It follows from a message before it.
    Echo,
    /// Something is missing on the machine, which no unit file tells.
    Machine,
}

const MESSAGES: [(&str, Meaning); 13] = [
    // A path that is not normal.
    ("Access denied", Meaning::Refused),
    ("/start: Operation not permitted", Meaning::Echo),
    ("Refusing.", Meaning::Refused),
    ("Unit is not loaded properly", Meaning::Refused),
    ("has a bad unit file setting.", Meaning::Refused),
    ("failed to loaded properly", Meaning::Refused),
    (
        "has fatal error, unit will not be started",
        Meaning::Refused,
    ),
    ("/start: Invalid argument", Meaning::Echo),
    ("/start: Bad message", Meaning::Echo),
    // The units that dep.service requires, and the programs of absmissing.service and
    // relmissing.service, are not there.
    ("Unit not found.", Meaning::Machine),
    ("/start: No such file or directory", Meaning::Machine),
    ("Unit nosuch.service not found", Meaning::Machine),
    (
        "is not executable: No such file or directory",
        Meaning::Machine,
    ),
];

/// A message with the number of a line that is about the machine all the same.
const NOT_FOUND_IN_PATH: &str = "not found in path";

/// Where the check rightly says something else than the record: the unit's file, the target, the
/// line and why.
const ACCEPTED: [(&str, &str, usize, &str); 3] = [
    (
        "a.service",
        "el9",
        86,
        "RestartMode= is in Red Hat's 252, and the record is of Debian's",
    ),
    (
        "type-notifyreload.service",
        "el9",
        5,
        "Type=notify-reload is in Red Hat's 252, and the record is of Debian's",
    ),
    (
        "dep2.service",
        "el9",
        4,
        "the record of 252 leaves out what names another unit; run by hand, 252 warns of the line",
    ),
];

/// What is said of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Verdict {
    /// Lines that are ignored, in whole or in part, or warned of.
    lines: BTreeSet<usize>,
    /// Lines that are the reason of a refusal; the record does not tell them from the others.
    fatal: BTreeSet<usize>,
    refused: bool,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// A unit that a record is about.
fn bytes_of(record: &str, file: &str) -> Vec<u8> {
    fs::read(units_of(record).join(file)).unwrap()
}

/// The folder of the units that a record is about.
fn units_of(record: &str) -> PathBuf {
    let (folder, _) = record.split_once('/').unwrap();
    fixtures().join(folder).join("units")
}

/// The verdicts of a record by file; a file of a drop-in has one of its own.
fn recorded(record: &str) -> BTreeMap<String, Verdict> {
    let text = fs::read_to_string(fixtures().join(record)).unwrap();
    let mut verdicts: BTreeMap<String, Verdict> = BTreeMap::new();
    let mut unit = String::new();
    let mut by_machine = BTreeSet::new();
    for message in text.lines() {
        if let Some(head) = message.strip_prefix("== ") {
            unit = head.split(' ').next().unwrap().to_owned();
            verdicts.entry(unit.clone()).or_default();
            continue;
        }
        if message.contains(NOT_FOUND_IN_PATH) {
            by_machine.insert(unit.clone());
        } else if let Some((file, line)) = place(message) {
            verdicts.entry(file).or_default().lines.insert(line);
        } else {
            let known = MESSAGES.iter().find(|(part, _)| message.contains(part));
            let Some((_, meaning)) = known else {
                panic!("{record}: what does this mean? {message}");
            };
            if *meaning == Meaning::Machine {
                by_machine.insert(unit.clone());
            }
            verdicts.get_mut(&unit).unwrap().refused |= *meaning == Meaning::Refused;
        }
    }
    for unit in by_machine {
        verdicts.get_mut(&unit).unwrap().refused = false;
    }
    verdicts
}

/// `[FILE:LINE] …` of 219, `FILE:LINE: …` of later versions.
fn place(message: &str) -> Option<(String, usize)> {
    let message = message.strip_prefix('[').unwrap_or(message);
    let (file, rest) = message.split_once(':')?;
    let end = rest.find([']', ':'])?;
    Some((file.to_owned(), rest[..end].parse().ok()?))
}

/// Before 240 systemd counts lines after continued ones were joined.
fn physical(text: &[u8], logical: usize, dialect: Dialect) -> usize {
    if dialect >= Dialect::V240 {
        return logical;
    }
    let mut seen = 0;
    let mut goes_on = false;
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        seen += usize::from(!goes_on);
        if seen == logical {
            return index + 1;
        }
        goes_on = line.ends_with(b"\\");
    }
    panic!("there is no line {logical}");
}

/// What the check says of a file for a target. A drop-in is read as a unit of its own, without what
/// is said of the whole.
fn checked(record: &str, file: &str, target: &str) -> Verdict {
    let bytes = bytes_of(record, file);
    let (unit, is_drop_in) = match file.split_once(".d/") {
        Some((unit, _)) => (unit, true),
        None => (file, false),
    };
    let profile = target::find(target).unwrap().profile();
    let unit = UnitFile::read(UnitName::parse(unit).unwrap(), file.into(), &bytes)
        .as_read_by(Dialect::of(profile));
    let units = UnitSet::new(vec![unit], profile);
    let context = Context {
        profile,
        unit: &units[0],
        units: &units,
        decision: None,
        package: None,
    };
    let mut verdict = Verdict::default();
    for finding in lint::check(&context, &Levels::default()) {
        let Some(effect) = finding.effect else {
            continue;
        };
        assert_eq!(
            finding.rule.origin,
            Origin::Systemd,
            "{}",
            finding.rule.code
        );
        let is_fatal = effect == Effect::UnitRefused;
        verdict.refused |= is_fatal && !is_drop_in;
        match is_fatal {
            true => verdict.fatal.extend(finding.line),
            false => verdict.lines.extend(finding.line),
        }
    }
    verdict
}

/// Where two verdicts differ, line 0 being the whole unit.
fn differences(real: &Verdict, ours: &Verdict) -> BTreeSet<usize> {
    let said = |line: &usize| ours.lines.contains(line) || ours.fatal.contains(line);
    let missed = real.lines.iter().filter(|line| !said(line));
    let invented = ours.lines.difference(&real.lines);
    let whole = (real.refused != ours.refused).then_some(0);
    missed.chain(invented).copied().chain(whole).collect()
}

#[test]
fn every_line_is_judged_as_the_real_systemd_does() {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for (record, target) in RECORDS {
        let verdicts = recorded(record);
        let dialect = Dialect::of(target::find(target).unwrap().profile());
        let (mut lines, mut said, mut refused) = (0, 0, 0);
        for (file, real) in &verdicts {
            let bytes = bytes_of(record, file);
            let real = Verdict {
                lines: real
                    .lines
                    .iter()
                    .map(|line| physical(&bytes, *line, dialect))
                    .collect(),
                ..real.clone()
            };
            lines += bytes
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
                .count();
            said += real.lines.len();
            refused += usize::from(real.refused);
            for line in differences(&real, &checked(record, file, target)) {
                let is_accepted = |row: &&(&str, &str, usize, &str)| {
                    (row.0, row.1, row.2) == (file.as_str(), target, line)
                };
                match ACCEPTED.iter().find(is_accepted) {
                    Some(row) => drop(used.insert(row.3)),
                    None => wrong.push(format!("{target}: {file}:{line}")),
                }
            }
        }
        println!(
            "{record}, {target}: {} files, {lines} lines, {said} of them reported, {refused} units refused",
            verdicts.len()
        );
    }
    assert!(wrong.is_empty(), "judged otherwise:\n{}", wrong.join("\n"));
    for (file, target, line, why) in ACCEPTED {
        assert!(
            used.contains(why),
            "{target} {file}:{line} is no difference any more"
        );
    }
}

#[test]
fn every_unit_has_a_record() {
    for (record, _) in RECORDS {
        let entries = fs::read_dir(units_of(record)).unwrap();
        let units: BTreeSet<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.ends_with(".d"))
            // A template is nothing that can be verified without an instance.
            .filter(|name| name != "tmpl@.service")
            .collect();
        let verdicts = recorded(record).into_keys();
        let of_units: BTreeSet<String> = verdicts.filter(|name| !name.contains('/')).collect();
        assert_eq!(of_units, units, "{record}");
    }
}
