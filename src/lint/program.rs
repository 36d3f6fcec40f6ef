//! The programs that a service starts.

use super::Context;
use super::commands::execs;
use crate::unit::Directive;
use crate::unit::value::{Command, ExecPrefix};
use std::collections::BTreeMap;
use std::ops::Range;

/// The directives of `[Service]` whose values are command lines.
pub(super) const COMMANDS: [&str; 7] = [
    "ExecCondition",
    "ExecStartPre",
    "ExecStart",
    "ExecStartPost",
    "ExecReload",
    "ExecStop",
    "ExecStopPost",
];

/// A program of a command line.
#[derive(Clone, Debug)]
pub(super) struct Program<'a> {
    /// The line.
    pub(super) directive: &'a Directive,
    /// The program as it is written, quotes and prefixes taken off.
    pub(super) path: String,
    /// Where it stands in the value, in bytes.
    pub(super) range: Range<usize>,
    /// What it is given.
    pub(super) arguments: Vec<String>,
    /// Whether systemd goes on when it fails (`-`).
    pub(super) may_fail: bool,
}

impl Program<'_> {
    /// The name of the file.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// The programs of these directives that the target starts. What only systemd knows at run time,
/// because of a specifier or a variable, is left out.
pub(super) fn programs<'a>(context: &Context<'a>, keys: &[&str]) -> Vec<Program<'a>> {
    let mut found: BTreeMap<&str, Vec<Program<'a>>> = BTreeMap::new();
    for exec in execs(context) {
        let key = exec.directive.key.as_str();
        if exec.directive.section != "Service" || !keys.contains(&key) {
            continue;
        }
        let of_key = found.entry(key).or_default();
        if exec.line.is_reset() {
            of_key.clear();
        }
        let commands = exec.line.commands.iter().filter(|command| command.taken);
        of_key.extend(commands.filter_map(|command| program(exec.directive, command)));
    }
    found.into_values().flatten().collect()
}

fn program<'a>(directive: &'a Directive, command: &Command<'_>) -> Option<Program<'a>> {
    let path = command.executable.text.clone();
    if path.is_empty() || path.contains(['%', '$']) {
        return None;
    }
    let arguments = command.arguments.iter().map(|word| word.text.clone());
    Some(Program {
        directive,
        range: command.executable.source(0..path.len()),
        path,
        arguments: arguments.collect(),
        may_fail: command.has(ExecPrefix::IgnoreFailure),
    })
}
