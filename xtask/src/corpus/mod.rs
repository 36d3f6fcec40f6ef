//! `cargo xtask corpus`: packages of real crates, held against rpm, rpmbuild and rpmlint.
//!
//! Each crate of [`crates::ALL`] is fetched, built and packaged by our own program as a user would,
//! twice, signed and unsigned. Every package is then checked by programs that know nothing of ours;
//! the outcome is a table with a row for each crate and target. `cargo xtask test` does the same
//! with the fixture alone.

mod checks;
mod crates;
mod dependencies;
mod explained;
mod key;
mod made;
mod programs;
mod table;

use crate::step::{Failure, Step};
use crate::{machine, say};
use crates::Crate;
use explained::Explained;
use key::Key;
use made::Made;
use programs::Rpm;
use std::path::PathBuf;
use std::time::Instant;
use table::Table;

const LEGEND: &str = "
rpmbuild    requires + provides: as many as rpmbuild finds in the same files, and the same
rpmlint     errors and warnings without a reason (those that have one are listed below)
rpm -K      RPMs, unsigned and signed, with every digest and signature OK
installed   files that were there, that rpm -V found as they should be, and that were erased
build id    programs whose debug information was found by build id alone
two builds  RPMs, unsigned and signed, of two builds that are the same byte for byte
rpms        versions of rpm that said so

";

/// What is checked, and what becomes of a check that this machine cannot run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    crates: Vec<&'static Crate>,
    targets: Vec<String>,
    allows_not_run: bool,
}

impl Choice {
    /// The fixture alone, for the tests; they count what is not run.
    pub(crate) fn fixture() -> Self {
        Choice {
            crates: crates::ALL.iter().filter(|one| one.is_fixture()).collect(),
            targets: words("centos7,centos8"),
            allows_not_run: true,
        }
    }

    /// Reads the arguments of the chore.
    ///
    /// # Errors
    /// With what is wrong about them, for a person.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut choice = Choice {
            crates: crates::ALL.iter().collect(),
            targets: words("centos7,centos8,el9,el10"),
            allows_not_run: false,
        };
        let mut arguments = arguments.iter();
        while let Some(flag) = arguments.next() {
            if flag == "--allow-not-run" {
                choice.allows_not_run = true;
                continue;
            }
            if !["--only", "--target"].contains(&flag.as_str()) {
                return Err(format!("`corpus` has no argument `{flag}`"));
            }
            let list = arguments.next().map(|list| words(list)).unwrap_or_default();
            if list.is_empty() {
                return Err(format!("`{flag}` needs names with commas between them"));
            }
            if flag == "--only" {
                let crates: Result<_, _> = list.iter().map(|name| crates::named(name)).collect();
                choice.crates = crates?;
            } else {
                choice.targets = list;
            }
        }
        Ok(choice)
    }
}

fn words(list: &str) -> Vec<String> {
    let words = list.split(',').filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// Runs the checks, prints the table, and returns what could not be run.
///
/// # Errors
/// When a crate cannot be packaged, a check fails, or one could not be run and that is not allowed.
pub(crate) fn run(choice: &Choice) -> Result<Vec<String>, Failure> {
    machine::provide(&[machine::TO_PACKAGE, machine::TO_COMPARE])?;
    Step::cargo("Building", "cargo-ambot")
        .args(["build", "--locked", "--package", "cargo-ambot"])
        .run()?;
    let ground = Ground {
        folder: crate::target_dir().join("corpus"),
        rpms: Rpm::all()?,
    };
    let key = Key::make(&ground.folder)?;
    let mut table = Table::default();
    let mut explained = Explained::default();
    for one in &choice.crates {
        let start = Instant::now();
        let made = Made::new(one, &choice.targets, &key, &ground.folder)?;
        say::status(
            "Packaged",
            &format!("{one} in {} s", start.elapsed().as_secs()),
        );
        for target in &choice.targets {
            say::status("Checking", &format!("{one} for {target}"));
            let row = checks::all(&ground, &made.for_target(target)?, &key, &mut explained)?;
            table.add(&one.to_string(), target, row);
        }
    }
    let rpms: Vec<_> = ground.rpms.iter().map(Rpm::version).collect();
    say::result(&format!(
        "{table}{LEGEND}run with rpm and rpmbuild {}; {}\n{explained}",
        rpms.join(", "),
        programs::rpmlint_version()?,
    ));
    let not_run = table.not_run();
    match table.failures() {
        [] if not_run.is_empty() || choice.allows_not_run => Ok(not_run),
        [] => Err(Failure::new(format!(
            "{}; `--allow-not-run` accepts that",
            not_run.join("; ")
        ))),
        failures => Err(Failure::new(failures.join("\n\n"))),
    }
}

/// Where the checks take place, and with what.
struct Ground {
    folder: PathBuf,
    rpms: Vec<Rpm>,
}

#[cfg(test)]
mod tests {
    use super::Choice;

    fn parse(line: &str) -> Result<Choice, String> {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Choice::parse(&arguments)
    }

    #[test]
    fn crates_and_targets_are_chosen_by_name() {
        let choice = parse("--only hello --target el9,centos7").unwrap();
        assert_eq!(choice.crates, Choice::fixture().crates);
        assert_eq!(choice.targets, ["el9", "centos7"]);
        assert!(!choice.allows_not_run && parse("--allow-not-run").unwrap().allows_not_run);
        for (line, says) in [
            ("--only hallo", "hello"),
            ("--only", "`--only` needs names"),
            ("--target ,", "`--target` needs names"),
            ("hello", "no argument `hello`"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
