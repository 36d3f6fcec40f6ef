//! `cargo xtask fuzz`: the properties of `fuzz/` under libFuzzer, on the one stable toolchain.
//!
//! The targets are built with the coverage that libFuzzer steers by, which stable compilers can add
//! too ([`build`]), and run side by side for some seconds each ([`target`]), from the seeds in the
//! repository, from those that the target makes, and from what earlier runs found below cargo's build
//! folder. What breaks a property is kept there, and the chore fails.

mod build;
mod target;

pub(crate) use build::as_compiler;

use crate::say;
use crate::step::Failure;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::{fs, thread};
use target::{Outcome, Target};

/// How long each target runs where nobody says how long.
const SECONDS: u32 = 60;

/// How long each runs before a merge.
const BRIEF_SECONDS: u32 = 8;

/// What is run, and for how long.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Targets; all where there are none.
    names: Vec<String>,
    /// Seconds for each.
    seconds: u32,
    /// How many run at once.
    jobs: usize,
    /// What chance starts from; the time where there is none.
    seed: Option<u32>,
}

impl Choice {
    /// All targets, as long as a merge can wait. Chance is the same each time: what it finds in one
    /// change is not a fault of the next.
    pub(crate) fn brief() -> Self {
        Choice {
            names: Vec::new(),
            seconds: BRIEF_SECONDS,
            jobs: cores(),
            seed: Some(1),
        }
    }

    /// Reads the arguments of the chore.
    ///
    /// # Errors
    /// With what is wrong about them, for a person.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut choice = Choice {
            seconds: SECONDS,
            seed: None,
            ..Choice::brief()
        };
        let mut arguments = arguments.iter();
        while let Some(word) = arguments.next() {
            let mut number = || {
                let value = arguments.next().and_then(|value| value.parse().ok());
                let value = value.filter(|value: &u32| *value > 0);
                value.ok_or_else(|| format!("`{word}` needs a number above 0"))
            };
            match word.as_str() {
                "--seconds" => choice.seconds = number()?,
                "--jobs" => choice.jobs = number()? as usize,
                flag if flag.starts_with('-') => {
                    return Err(format!("`fuzz` has no argument `{flag}`"));
                }
                name => choice.names.push(name.to_owned()),
            }
        }
        Ok(choice)
    }
}

fn cores() -> usize {
    thread::available_parallelism().map_or(2, usize::from)
}

/// The names of all targets, in order.
fn known() -> Result<Vec<String>, Failure> {
    let folder = crate::workspace().join("fuzz/fuzz_targets");
    let unreadable = |error| Failure::new(format!("{} cannot be read: {error}", folder.display()));
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

/// Builds the targets and runs them.
///
/// # Errors
/// When one cannot be built or run, or a property does not hold.
pub(crate) fn run(choice: &Choice) -> Result<(), Failure> {
    let known = known()?;
    if let Some(name) = choice.names.iter().find(|name| !known.contains(name)) {
        let known = known.join(", ");
        return Err(Failure::new(format!(
            "no target is called `{name}`: {known}"
        )));
    }
    let names = match choice.names.is_empty() {
        true => known,
        false => choice.names.clone(),
    };
    let programs = build::run(&names)?;
    let queue: Mutex<VecDeque<Target>> = Mutex::new(
        names
            .iter()
            .map(|name| Target::new(name, &programs))
            .collect(),
    );
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..choice.jobs.min(names.len()) {
            scope.spawn(|| {
                while let Some(target) = next(&queue) {
                    let outcome = target.run(choice.seconds, choice.seed);
                    say::status("Fuzzed", &told(&target, &outcome));
                    if let Err(failure) = outcome {
                        locked(&found).push(failure);
                    }
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap_or_default();
    match found.len() {
        0 => Ok(()),
        1 => Err(found.remove(0)),
        count => {
            found.iter().for_each(say::failure);
            Err(Failure::new(format!("{count} properties do not hold")))
        }
    }
}

fn next(queue: &Mutex<VecDeque<Target>>) -> Option<Target> {
    locked(queue).pop_front()
}

/// What a mutex guards, also after a thread that held it panicked: no value here is half changed.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn told(target: &Target, outcome: &Result<Outcome, Failure>) -> String {
    match outcome {
        Ok(outcome) => format!("{}: {outcome}", target.name),
        Err(_) => format!("{}: it does not hold", target.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Choice, String> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        Choice::parse(&arguments)
    }

    #[test]
    fn targets_and_numbers_are_told_apart() {
        let choice = parse(&["fixes", "--seconds", "5", "keys", "--jobs", "3"]).unwrap();
        assert_eq!(choice.names, ["fixes", "keys"]);
        assert_eq!((choice.seconds, choice.jobs), (5, 3));
        let usual = parse(&[]).unwrap();
        assert_eq!((usual.seconds, usual.seed), (SECONDS, None));
    }

    #[test]
    fn what_is_no_number_and_no_argument_is_said() {
        let wrong = |arguments: &[&str]| parse(arguments).unwrap_err();
        assert_eq!(wrong(&["--seconds"]), "`--seconds` needs a number above 0");
        assert_eq!(wrong(&["--jobs", "0"]), "`--jobs` needs a number above 0");
        assert_eq!(wrong(&["--runs"]), "`fuzz` has no argument `--runs`");
    }

    #[test]
    fn the_targets_are_found() {
        let known = known().unwrap();
        assert!(known.contains(&"unit_document".to_owned()), "{known:?}");
    }
}
