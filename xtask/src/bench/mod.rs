//! `cargo xtask bench`: our program against others that make the same package.
//!
//! Payloads ([`payload`]) are shipped by a small project ([`project`]); our program ([`program`]) and
//! others ([`tools`]) package, compress and read them as a table of rows has it ([`rows`]), in rounds
//! of alternating order, each run measured by itself ([`measure`]). What the rounds come to
//! ([`figures`]) is shown ([`table`]) and held against limits ([`gates`]), most of them the time of
//! another program in the same rounds: seconds of one machine say nothing on another.

mod build_command;
mod figures;
mod gates;
mod host;
mod measure;
mod payload;
mod program;
mod project;
mod rows;
mod table;
mod tools;

use crate::say;
use crate::step::Failure;
use figures::Results;
use gates::Judged;
use host::Host;
use payload::Payload;
use program::Program;
use project::Project;
use rows::{Course, Gap, ROWS, Row};
use std::path::{Path, PathBuf};
use table::Report;
use tools::Tools;

/// What is measured, and how it is shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Rows, or what their names begin with; all where there are none.
    only: Vec<String>,
    payloads: Vec<Payload>,
    rounds: u32,
    /// A cargo-ambot that is there already.
    program: Option<PathBuf>,
    installs: bool,
    is_markdown: bool,
}

impl Choice {
    /// Reads the arguments of the chore.
    ///
    /// # Errors
    /// With what is wrong about them, for a person.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut choice = Choice {
            only: Vec::new(),
            payloads: Payload::ALL.to_vec(),
            rounds: 3,
            program: None,
            installs: false,
            is_markdown: false,
        };
        let mut arguments = arguments.iter();
        while let Some(flag) = arguments.next() {
            let mut value = || {
                let value = arguments.next().filter(|value| !value.is_empty());
                value.ok_or_else(|| format!("`{flag}` needs a value"))
            };
            match flag.as_str() {
                "--install" => choice.installs = true,
                "--markdown" => choice.is_markdown = true,
                "--only" => choice.only = value()?.split(',').map(str::to_owned).collect(),
                "--size" => choice.payloads = payloads(value()?)?,
                "--rounds" => {
                    let rounds = value()?.parse().ok().filter(|rounds| *rounds > 0);
                    choice.rounds = rounds.ok_or("`--rounds` needs a number above 0")?;
                }
                "--program" => choice.program = Some(PathBuf::from(value()?)),
                _ => return Err(format!("`bench` has no argument `{flag}`")),
            }
        }
        for word in &choice.only {
            if !ROWS.iter().any(|row| rows::is_meant_by(row.name, word)) {
                let names: Vec<_> = ROWS.iter().map(|row| row.name).collect();
                return Err(format!("no row is called `{word}`: {}", names.join(", ")));
            }
        }
        Ok(choice)
    }

    fn includes(&self, row: &Row) -> bool {
        let mut words = self.only.iter();
        self.only.is_empty() || words.any(|word| rows::is_meant_by(row.name, word))
    }

    /// How often a payload is measured; the largest, whose time is not judged, once.
    fn rounds(&self, payload: Payload) -> u32 {
        match payload {
            Payload::Elf2000 => 1,
            _ => self.rounds,
        }
    }
}

/// The payloads that are meant by names or sizes with commas between them.
fn payloads(list: &str) -> Result<Vec<Payload>, String> {
    for word in list.split(',') {
        if !Payload::ALL.iter().any(|payload| payload.is_meant_by(word)) {
            let names = Payload::ALL.map(Payload::name).join(", ");
            return Err(format!("no payload is called `{word}`: {names}"));
        }
    }
    let is_meant = |payload: &Payload| list.split(',').any(|word| payload.is_meant_by(word));
    Ok(Payload::ALL.into_iter().filter(is_meant).collect())
}

/// Measures, shows what came of it, and holds it against the limits.
///
/// # Errors
/// When nothing can be measured, a row fails, or a limit is missed.
pub(crate) fn run(choice: &Choice) -> Result<(), Failure> {
    let folder = crate::target_dir().join("bench");
    let tools = Tools::find(&folder.join("tools"), choice.installs)?;
    let program = Program::find(choice.program.as_deref())?;
    let host = Host::here(&program, &tools);
    let rows: Vec<&'static Row> = ROWS.iter().filter(|row| choice.includes(row)).collect();
    let mut results = Results::default();
    let mut measured = Vec::new();
    for payload in &choice.payloads {
        let of_payload = rows.iter().copied().filter(|row| row.on.contains(payload));
        let of_payload: Vec<&'static Row> = of_payload.collect();
        if of_payload.is_empty() {
            continue;
        }
        let project = ready(*payload, &folder, &program)?;
        let rounds = choice.rounds(*payload);
        race(
            &Course::new(&project, &program, &tools),
            &of_payload,
            rounds,
            &mut results,
        );
        let unreadable = |error| Failure::new(format!("{}: {error}", payload.name()));
        let (files, bytes) = project.extent().map_err(unreadable)?;
        measured.push((*payload, files, bytes, rounds));
    }
    let payloads: Vec<Payload> = measured.iter().map(|(payload, ..)| *payload).collect();
    let mut judged = gates::judge(&results, &payloads);
    judged.retain(|judged| rows.iter().any(|row| judged.gate.is_about(row.name)));
    let report = Report {
        host: &host,
        payloads: &measured,
        rows: &rows,
        results: &results,
        judged: &judged,
    };
    say::result(&if choice.is_markdown {
        report.markdown()
    } else {
        report.text()
    });
    conclude(&results, &judged)
}

/// A project that ships a payload, ready to be packaged.
fn ready(payload: Payload, folder: &Path, program: &Program) -> Result<Project, Failure> {
    // Others are not given the largest.
    let shared = payload != Payload::Elf2000;
    let project = Project::make(payload, folder, program, shared)?;
    project::say_ready(&project);
    Ok(project)
}

/// Runs rows in rounds, every other one backwards; a row that fails once is not tried again.
fn race(course: &Course<'_>, rows: &[&'static Row], rounds: u32, results: &mut Results) {
    let payload = course.project.payload();
    for round in 0..rounds {
        let mut order = rows.to_vec();
        if round % 2 == 1 {
            order.reverse();
        }
        let text = format!("{}, round {} of {rounds}", payload.name(), round + 1);
        say::status("Measuring", &text);
        for row in order {
            if results.gap(payload, row.name).is_some() {
                continue;
            }
            let run = course.run(row);
            if let Ok(run) = &run {
                let seconds = run.wall.as_secs_f64();
                say::status("Measured", &format!("{} in {seconds:.3} s", row.name));
            }
            results.add(payload, row.name, run);
        }
    }
}

/// Says what was not run, and fails with what failed or is past its limit.
fn conclude(results: &Results, judged: &[Judged]) -> Result<(), Failure> {
    let mut failures = Vec::new();
    let mut not_run = 0;
    for (payload, row, gap) in results.gaps() {
        let name = format!("{row} with {}", payload.name());
        match gap {
            Gap::NotRun(why) => {
                not_run += 1;
                say::status("Not run", &format!("{name}: not run: {why}"));
            }
            Gap::Failed(why) => failures.push(format!("{name}: {why}")),
        }
    }
    let not_judged = judged.iter();
    let not_judged =
        not_judged.filter(|judged| matches!(judged.verdict, gates::Verdict::NotJudged(_)));
    let not_judged = not_judged.count();
    if not_run + not_judged > 0 {
        let text = format!("{not_run} rows, and {not_judged} limits for want of them");
        say::status("Not run", &text);
    }
    for judged in judged.iter().filter(|judged| judged.verdict.is_missed()) {
        let [_, about, figures] = table::verdict(judged);
        failures.push(format!("{about}: {figures}"));
    }
    match failures.as_slice() {
        [] => Ok(()),
        _ => Err(Failure::new(format!(
            "not as it has to be:\n  {}",
            failures.join("\n  ")
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, Payload, conclude};
    use crate::bench::figures::Results;
    use crate::bench::gates::judge;
    use crate::bench::measure::Run;
    use crate::bench::rows::Gap;
    use std::time::Duration;

    fn parse(line: &str) -> Result<Choice, String> {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Choice::parse(&arguments)
    }

    #[test]
    fn rows_sizes_and_rounds_are_chosen() {
        let choice = parse("--only ambot,xz-2 --size 5MB,elf-200MB --rounds 1 --markdown").unwrap();
        assert_eq!(choice.payloads, [Payload::Elf5, Payload::Elf200]);
        assert_eq!((choice.rounds, choice.is_markdown), (1, true));
        assert_eq!(choice.only, ["ambot", "xz-2"]);
        let all = parse("--install --program p").unwrap();
        assert!(all.installs && all.payloads == Payload::ALL && all.rounds == 3);
        assert_eq!(all.rounds(Payload::Elf2000), 1);
        for (line, says) in [
            ("--only gz", "no row is called `gz`: ambot-gzip-4"),
            ("--size 5", "no payload is called `5`: elf-5MB"),
            ("--rounds 0", "a number above 0"),
            ("--program", "`--program` needs a value"),
            ("fast", "no argument `fast`"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn a_missed_limit_and_a_row_that_failed_are_listed_and_a_row_not_run_is_not() {
        let run = |seconds| Run {
            wall: Duration::from_secs(seconds),
            cpu: Duration::ZERO,
            peak: 1,
            size: 1,
        };
        let mut results = Results::default();
        let elf = Payload::Elf200;
        results.add(elf, "nfpm-zstd", Ok(run(2)));
        results.add(
            elf,
            "nfpm-xz",
            Err(Gap::NotRun("nfpm is not here".to_owned())),
        );
        results.add(elf, "ambot-fast", Ok(run(2)));
        assert!(conclude(&results, &judge(&results, &[elf])).is_ok());
        results.add(elf, "ambot-fast", Ok(run(10)));
        results.add(elf, "xz-2", Err(Gap::Failed("no space".to_owned())));
        let failure = conclude(&results, &judge(&results, &[elf])).unwrap_err();
        let lines: Vec<_> = failure.what.lines().skip(1).map(str::trim).collect();
        assert_eq!(lines[0], "xz-2 with elf-200MB: no space");
        assert!(lines[1].starts_with("elf-200MB: the fast level against nfpm's zstd: 3.00 ×"));
        assert_eq!(lines.len(), 2);
    }
}
