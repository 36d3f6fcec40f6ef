//! `cargo ambot generate`

use super::args::GenerateArgs;
use super::init::FileLine;
use super::{Stop, environment, signals};
use crate::adapt;
use crate::build::Interrupt;
use crate::disk::{self, Readers};
use crate::pipeline::{self, CheckedTarget, CheckedUnit};
use crate::report::{JsonLine, Sink, Terminal, Verbosity};
use camino::Utf8Path;
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn run(args: &GenerateArgs, terminal: &Terminal) -> Result<(), Stop> {
    let request = environment::request(&args.project, &[], Vec::new())?;
    let checked = pipeline::check(&request, terminal)?;
    if args.output.is_some() {
        // In a folder, one of two units with one name would be lost.
        pipeline::check_names(&checked)?;
    }
    let interrupt = signals::watch();
    for package in &checked.packages {
        // A diff tells of the changes itself, with the reasons.
        package.say(terminal, args.diff)?;
        for target in &package.targets {
            for unit in target.units() {
                let changes = unit.adapted.changes.iter();
                let untold = |change: &&adapt::Change| {
                    // Of what means less, warnings tell.
                    !args.diff && change.effect == adapt::Effect::Same
                };
                for change in changes.filter(untold) {
                    terminal.status(
                        "Adapting",
                        &format!("{} for {}: {change}", unit.managed.name, target.target),
                    );
                    if terminal.verbosity() == Verbosity::Verbose {
                        terminal.status("", change.reason());
                    }
                }
            }
            match &args.output {
                _ if args.diff => print_diffs(target, terminal)?,
                Some(folder) => write(target, folder, &interrupt, terminal)?,
                None => print(target, terminal)?,
            }
        }
    }
    Ok(())
}

/// A file of a unit, as a target gets it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Unit", deny_unknown_fields)]
pub(super) struct UnitLine<'a> {
    /// The target.
    target: &'a str,
    /// The name of the file, or the drop-in's below the unit's folder.
    path: &'a str,
    /// Its text.
    text: &'a str,
}

impl JsonLine for UnitLine<'_> {
    const REASON: &'static str = "ambot-unit";
}

/// What is changed in a unit for a target.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UnitDiff", deny_unknown_fields)]
pub(super) struct UnitDiffLine<'a> {
    /// The target.
    target: &'a str,
    /// The unit.
    path: &'a str,
    /// A unified diff; empty where nothing is changed.
    diff: &'a str,
}

impl JsonLine for UnitDiffLine<'_> {
    const REASON: &'static str = "ambot-unit-diff";
}

/// The files of a unit: path beside the units, and text.
fn files(unit: &CheckedUnit) -> Vec<(String, &[u8])> {
    let mut files = vec![(unit.managed.name.to_string(), unit.adapted.bytes.as_slice())];
    files.extend(
        unit.adapted
            .drop_ins
            .iter()
            .map(|drop_in| (drop_in.path(), drop_in.bytes.as_slice())),
    );
    files
}

fn print(target: &CheckedTarget, terminal: &Terminal) -> Result<(), Stop> {
    for unit in target.units() {
        for (path, bytes) in files(unit) {
            if terminal.is_json() {
                let printed = terminal.print_json(&UnitLine {
                    target: target.target.as_str(),
                    path: &path,
                    text: &String::from_utf8_lossy(bytes),
                });
                printed.map_err(|error| Stop::stdout(&error))?;
                continue;
            }
            let head = anstyle::Style::new().bold();
            let mut text = format!("{head}# {}: {path}{head:#}\n", target.target);
            text.push_str(&String::from_utf8_lossy(bytes));
            if !text.ends_with('\n') {
                text.push('\n');
            }
            text.push('\n');
            terminal
                .print(&text)
                .map_err(|error| Stop::stdout(&error))?;
        }
    }
    Ok(())
}

/// What is changed in each unit; nothing of one that stays as it was written.
fn print_diffs(target: &CheckedTarget, terminal: &Terminal) -> Result<(), Stop> {
    for unit in target.units() {
        let diff = adapt::diff(&unit.file, &unit.adapted, target.target.as_str());
        if terminal.is_json() {
            let printed = terminal.print_json(&UnitDiffLine {
                target: target.target.as_str(),
                path: unit.managed.name.as_str(),
                diff: &diff,
            });
            printed.map_err(|error| Stop::stdout(&error))?;
            continue;
        }
        let lines: String = diff.lines().map(coloured).collect();
        terminal
            .print(&lines)
            .map_err(|error| Stop::stdout(&error))?;
    }
    Ok(())
}

/// A line of a diff in the colours of git's.
pub(super) fn coloured(line: &str) -> String {
    use anstyle::{AnsiColor, Style};
    let style = match line.as_bytes() {
        [b'-', b'-', b'-', ..] | [b'+', b'+', b'+', ..] => Style::new().bold(),
        [b'-', ..] => AnsiColor::Red.on_default(),
        [b'+', ..] => AnsiColor::Green.on_default(),
        [b'@', ..] | [b'#', ..] => AnsiColor::Cyan.on_default(),
        _ => return format!("{line}\n"),
    };
    format!("{style}{line}{style:#}\n")
}

/// One folder a target; the paths of what was written go to stdout.
fn write(
    target: &CheckedTarget,
    folder: &Utf8Path,
    interrupt: &Interrupt,
    terminal: &Terminal,
) -> Result<(), Stop> {
    for unit in target.units() {
        for (path, bytes) in files(unit) {
            signals::look_for(interrupt)?;
            let path = folder.join(target.target.as_str()).join(path);
            disk::write(&path, bytes, Readers::Umask)
                .map_err(|error| Stop::file("write", &path, &error))?;
            let printed = match terminal.is_json() {
                true => {
                    terminal.print_json(&FileLine::whole(&path, &String::from_utf8_lossy(bytes)))
                }
                false => terminal.print(&format!("{path}\n")),
            };
            printed.map_err(|error| Stop::stdout(&error))?;
        }
    }
    Ok(())
}
