//! `cargo xtask test`: all tests, the fixture's packages against rpmbuild and rpmlint, and at the end
//! the checks that could not be run.
//!
//! A check that lacks something (an rpm of another version, root) is not silently left out: the
//! tests append a line to the file that `AMBOT_TEST_NOT_RUN` names, and the lines are counted
//! here.

use crate::step::{Failure, Step};
use crate::{corpus, deny, e2e, machine, python, say};
use std::collections::BTreeMap;
use std::fs;

/// Runs all tests, and without arguments the corpus of the fixture; `arguments` go to `cargo test`.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    run_with(arguments, &[])
}

/// Runs all that [`run`] does, looks at the dependencies, and plays services on booted machines.
pub(crate) fn run_all() -> Result<(), Failure> {
    run_with(
        &[],
        &[
            ("deny", &deny::run),
            ("e2e", &|| e2e::run(&e2e::Choice::brief())),
        ],
    )
}

/// A chore that returns what it could not run.
type Check<'a> = (&'a str, &'a dyn Fn() -> Result<Vec<String>, Failure>);

fn run_with(arguments: &[String], more: &[Check<'_>]) -> Result<(), Failure> {
    machine::provide(&[machine::TO_PACKAGE, machine::TO_TEST, machine::TO_COMPARE])?;
    let not_run = crate::target_dir().join("ambot-not-run.txt");
    // Lines of an earlier run would be counted again.
    fs::write(&not_run, "")
        .map_err(|error| Failure::new(format!("{}: {error}", not_run.display())))?;
    let outcome = Step::cargo("Testing", "the workspace")
        .args(["test", "--workspace", "--locked", "--no-fail-fast"])
        .args(arguments)
        .env("AMBOT_TEST_NOT_RUN", &not_run)
        .env("PATH", python::path())
        .run_for_result();
    let mut lines = fs::read_to_string(&not_run)
        .map_err(|error| Failure::new(format!("{}: {error}", not_run.display())))?;
    // Whoever chose tests by name wants these alone.
    let fixture = || corpus::run(&corpus::Choice::fixture());
    let corpus: &[Check<'_>] = if arguments.is_empty() {
        &[("corpus", &fixture)]
    } else {
        &[]
    };
    let mut outcome = outcome;
    for (name, check) in corpus.iter().chain(more) {
        outcome = with(outcome, name, check(), &mut lines);
    }
    for line in summary(&lines) {
        say::status("Not run", &line);
    }
    if lacks_a_version(&lines) {
        say::status(
            "Hint",
            "set AMBOT_TEST_RPMS and AMBOT_TEST_SYSTEMCTLS to run them",
        );
    }
    outcome
}

/// The first failure of those before and of this check; what it could not run is added.
fn with(
    before: Result<(), Failure>,
    name: &str,
    outcome: Result<Vec<String>, Failure>,
    not_run: &mut String,
) -> Result<(), Failure> {
    match outcome {
        Ok(reasons) => {
            for reason in reasons {
                not_run.push_str(&format!("{reason}\t{name}\n"));
            }
            before
        }
        Err(failure) if before.is_err() => {
            say::failure(&failure);
            before
        }
        Err(failure) => Err(failure),
    }
}

/// The lines `REASON<tab>TEST` counted by reason, and the total.
fn summary(lines: &str) -> Vec<String> {
    let mut reasons: BTreeMap<&str, u32> = BTreeMap::new();
    for line in lines.lines() {
        let reason = line.split_once('\t').map_or(line, |(reason, _)| reason);
        *reasons.entry(reason).or_default() += 1;
    }
    let total: u32 = reasons.values().sum();
    let mut said: Vec<_> = reasons
        .iter()
        .map(|(reason, count)| format!("{reason} ({})", checks(*count)))
        .collect();
    said.push(format!("{} in all", checks(total)));
    said
}

/// Whether some reason is that a version of rpm or systemctl is not there (`rpm 4.11.3: not run`).
fn lacks_a_version(lines: &str) -> bool {
    lines.lines().any(|line| {
        let version = ["rpm ", "systemctl "].map(|program| line.strip_prefix(program));
        let mut version = version.into_iter().flatten();
        version.any(|version| version.starts_with(|c: char| c.is_ascii_digit()))
    })
}

fn checks(count: u32) -> String {
    match count {
        1 => "1 check".to_owned(),
        _ => format!("{count} checks"),
    }
}

#[cfg(test)]
mod tests {
    use super::{lacks_a_version, summary};

    #[test]
    fn reasons_are_counted_and_nothing_is_said_twice() {
        let lines = "rpm 4.11.3: not run\tinstall\nzig: not run: offline\tinstall\n\
                     rpm 4.11.3: not run\terase\n";
        assert_eq!(
            summary(lines),
            [
                "rpm 4.11.3: not run (2 checks)",
                "zig: not run: offline (1 check)",
                "3 checks in all",
            ]
        );
        assert_eq!(summary(""), ["0 checks in all"]);
    }

    #[test]
    fn what_another_rpm_would_run_is_told_from_the_rest() {
        assert!(lacks_a_version(
            "zig: not run\tinstall\nrpm 4.11.3: not run\tinstall\n"
        ));
        assert!(lacks_a_version("systemctl 219: not run\tinstall\n"));
        assert!(!lacks_a_version(
            "rpm of this system: not run\tinstall\nzig: not run\tinstall\n"
        ));
    }
}
