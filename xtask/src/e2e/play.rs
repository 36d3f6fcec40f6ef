//! Plays one row on one machine and says where it went otherwise than the table has it.

use super::machine::{Machine, Said};
use super::packages::Shelf;
use super::rows::{Action, Expectation, Facts, Row, Step};
use super::state::{UnitState, observe};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::thread;
use std::time::{Duration, Instant};

/// Seconds that rpm may take where the table has nothing about it: the 30 that a scriptlet waits, and
/// rpm's own.
const AT_MOST: RangeInclusive<u64> = 0..=33;
/// The journal is written by another process, and a service that fails does so after its start.
const SETTLE: Duration = Duration::from_millis(500);
/// A machine that is busy is looked at again before a difference is believed.
const SETTLE_AGAIN: Duration = Duration::from_millis(2500);

/// What Debian's rpm says of itself whenever it installs.
const OF_DEBIAN: [&str; 2] = [
    "RPM should not be used directly install RPM packages",
    "However assuming you know what you are doing",
];

/// The links that units are enabled through.
const LINKS: &str = "cd /etc/systemd/system && find . -type l -printf '%P\\n'; \
                     cd /run/systemd/system && find . -type l -printf '%P\\n'; true";

/// All files, but what rpm, systemd and the user database keep of their own.
const FILES: &str = "find /etc /usr /opt /srv /var/lib /run/systemd/system -xdev \
    ! -path '/var/lib/rpm/*' ! -path '/usr/lib/sysimage/rpm/*' ! -path '/var/lib/systemd/*' \
    ! -path '/etc/.pwd.lock' ! -path '/etc/*-' ! -path '/var/lib/rpm' -print";

/// A machine with what has to be known to compare.
struct Stage<'a> {
    machine: &'a Machine,
    facts: &'a Facts,
    shelf: &'a Shelf,
    /// What was there before the first action.
    links: BTreeSet<String>,
    files: BTreeSet<String>,
    failed: BTreeSet<String>,
}

/// Plays a row; what is returned is empty where all was as the table has it.
///
/// # Errors
/// When the machine does not answer.
pub(super) fn play(
    row: &Row,
    machine: &Machine,
    facts: &Facts,
    shelf: &Shelf,
) -> Result<Vec<String>, String> {
    let asks_for_files = row.asks_for_files();
    let stage = Stage {
        machine,
        facts,
        shelf,
        links: lines(&machine.run(LINKS)?.stdout),
        files: if asks_for_files {
            lines(&machine.run(FILES)?.stdout)
        } else {
            BTreeSet::new()
        },
        failed: failed(machine)?,
    };
    let mut differences = Vec::new();
    for (number, step) in row.steps.iter().enumerate() {
        for difference in stage.step(step)? {
            let (Action::Shell(line) | Action::Rpm(line)) = &step.action;
            differences.push(format!("step {} `{line}`: {difference}", number + 1));
        }
    }
    Ok(differences)
}

fn lines(text: &str) -> BTreeSet<String> {
    text.lines().map(str::to_owned).collect()
}

fn failed(machine: &Machine) -> Result<BTreeSet<String>, String> {
    let list = "systemctl list-units --all --full --plain --no-legend --state=failed";
    let said = machine.run(list)?;
    let units = said.stdout.lines();
    Ok(units
        .filter_map(|line| {
            // 252 puts a mark before units that failed.
            let mut words = line.split_whitespace();
            words.find(|word| word.contains('.')).map(str::to_owned)
        })
        .collect())
}

impl Stage<'_> {
    fn step(&self, step: &Step) -> Result<Vec<String>, String> {
        let expected: Vec<&Expectation> = step.expectations(self.facts).collect();
        let units: Vec<(&str, &UnitState)> = expected
            .iter()
            .filter_map(|what| match what {
                Expectation::Unit(name, state) => Some((name.as_str(), state)),
                _ => None,
            })
            .collect();
        let names: Vec<&str> = units.iter().map(|(name, _)| *name).collect();
        let before = observe(self.machine, &names)?;
        let mut found = match &step.action {
            Action::Shell(line) => self.shell(line, &expected)?,
            Action::Rpm(line) => self.rpm(line, &expected)?,
        };
        if units.is_empty() && matches!(step.action, Action::Shell(_)) {
            found.extend(self.left(&expected)?);
            return Ok(found);
        }
        thread::sleep(SETTLE);
        let mut after = self.compare(&units, &before, &step.action, &expected)?;
        if !after.is_empty() {
            thread::sleep(SETTLE_AGAIN);
            after = self.compare(&units, &before, &step.action, &expected)?;
        }
        found.extend(after);
        Ok(found)
    }

    fn shell(&self, line: &str, expected: &[&Expectation]) -> Result<Vec<String>, String> {
        let said = self.machine.run(line)?;
        let mut found = Vec::new();
        if said.code != 0 {
            found.push(format!("exit code {}: {}", said.code, said.stderr.trim()));
        }
        for what in expected {
            if let Expectation::Prints(wanted) = what {
                let is = said.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
                if is != *wanted {
                    found.push(format!("printed `{is}`, not `{wanted}`"));
                }
            }
        }
        Ok(found)
    }

    fn rpm(&self, line: &str, expected: &[&Expectation]) -> Result<Vec<String>, String> {
        let mut words = Vec::new();
        for word in line.split(' ') {
            words.push(
                self.shelf
                    .path(self.facts.style, word, self.facts.by)
                    .unwrap_or(word.to_owned()),
            );
        }
        let start = Instant::now();
        let said = self.machine.run(&words.join(" "))?;
        let seconds = start.elapsed().as_secs();
        let mut found = Vec::new();
        if said.code != 0 {
            found.push(format!("exit code {}", said.code));
        }
        let mut wanted = Vec::new();
        let mut takes = &AT_MOST;
        for what in expected {
            match what {
                Expectation::Says(line) => wanted.push(line.as_str()),
                Expectation::Takes(seconds) => takes = seconds,
                _ => {}
            }
        }
        let is = told(&said);
        if is != wanted {
            found.push(format!("rpm said {is:?}, not {wanted:?}"));
        }
        if !takes.contains(&seconds) {
            let (from, to) = (takes.start(), takes.end());
            found.push(format!("took {seconds} s, not {from} to {to}"));
        }
        Ok(found)
    }

    fn compare(
        &self,
        units: &[(&str, &UnitState)],
        before: &BTreeMap<String, super::state::Observed>,
        action: &Action,
        expected: &[&Expectation],
    ) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        let names: Vec<&str> = units.iter().map(|(name, _)| *name).collect();
        let now = observe(self.machine, &names)?;
        for (name, state) in units {
            let (Some(before), Some(now)) = (before.get(*name), now.get(*name)) else {
                return Err(format!("the machine does not tell of {name}"));
            };
            let differences = state.differences(before, now);
            found.extend(differences.iter().map(|what| format!("{name}: {what}")));
        }
        found.extend(self.left(expected)?);
        if matches!(action, Action::Rpm(_)) {
            found.extend(self.quiet(units)?);
        }
        Ok(found)
    }

    /// The links and files that are there beside those of the start.
    fn left(&self, expected: &[&Expectation]) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        for what in expected {
            let (kind, command, start, wanted) = match what {
                Expectation::Links(wanted) => ("links", LINKS, &self.links, wanted),
                Expectation::Remains(wanted) => ("files", FILES, &self.files, wanted),
                _ => continue,
            };
            let now = lines(&self.machine.run(command)?.stdout);
            let is: Vec<_> = now.difference(start).collect();
            if is != wanted.iter().collect::<Vec<_>>() {
                found.push(format!("{kind} are {is:?}, not {wanted:?}"));
            }
            let gone: Vec<_> = start.difference(&now).collect();
            if !gone.is_empty() {
                found.push(format!("{kind} are gone: {gone:?}"));
            }
        }
        Ok(found)
    }

    /// What has to be so after each transaction.
    fn quiet(&self, units: &[(&str, &UnitState)]) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        let wanted: BTreeSet<String> = units
            .iter()
            .filter(|(_, state)| state.is_failed())
            .map(|(name, _)| (*name).to_owned())
            .collect();
        let is = failed(self.machine)?;
        let others: Vec<_> = is.difference(&self.failed).collect();
        let others: Vec<_> = others
            .iter()
            .filter(|unit| !wanted.contains(**unit))
            .collect();
        if !others.is_empty() {
            found.push(format!("failed units: {others:?}"));
        }
        let jobs = self.machine.run("systemctl list-jobs --no-legend")?.stdout;
        let is_job = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit() || c == ' ');
        let jobs: Vec<&str> = jobs.lines().filter(is_job).collect();
        if !jobs.is_empty() && !units.iter().any(|(_, state)| state.busy) {
            found.push(format!("jobs wait: {jobs:?}"));
        }
        let record = self
            .machine
            .run("ls -A /var/lib/rpm-state/ambot 2>/dev/null")?;
        if !record.stdout.is_empty() {
            found.push(format!("the record is left: {}", record.stdout.trim()));
        }
        Ok(found)
    }
}

/// The lines that rpm and its scriptlets printed.
fn told(said: &Said) -> Vec<&str> {
    let lines = said.stdout.lines().chain(said.stderr.lines());
    lines
        .filter(|line| !OF_DEBIAN.iter().any(|text| line.contains(text)))
        .collect()
}
