//! The command lines of a unit, taken apart as the target's systemd does it.

use super::value::known;
use super::{Context, Effect, Finding, Rule};
use crate::report::Severity;
use crate::target::systemd::ValueKind;
use crate::unit::Directive;
use crate::unit::value::{
    Command, CommandLine, CommandProblem, Consequence, ExecPrefix, Reason, Version, command_line,
};

/// The value of an `ExecStart=` or its kin.
pub(super) struct Exec<'a> {
    /// The directive.
    pub(super) directive: &'a Directive,
    /// What is in it.
    pub(super) line: CommandLine<'a>,
}

/// The version that reads the unit.
pub(super) fn version(context: &Context<'_>) -> Version {
    Version::of(context.profile)
}

/// Every command line of the unit that the target looks at.
pub(super) fn execs<'a>(context: &Context<'a>) -> Vec<Exec<'a>> {
    let is_exec = |directive: &&Directive| {
        known(context, directive).is_some_and(|row| row.kind() == ValueKind::Command)
    };
    let read = |directive: &'a Directive| Exec {
        directive,
        line: command_line(&directive.value, version(context)),
    };
    context
        .directives()
        .iter()
        .filter(is_exec)
        .map(read)
        .collect()
}

/// The command lines of one key that hold: those after the last reset.
pub(super) fn held<'a>(context: &Context<'a>, key: &str) -> Vec<Exec<'a>> {
    let mut held = Vec::new();
    for exec in execs(context) {
        if !exec.directive.is("Service", key) {
            continue;
        }
        if exec.line.is_reset() {
            held.clear();
        } else {
            held.push(exec);
        }
    }
    held
}

impl<'a> Exec<'a> {
    /// The commands that no shell reads.
    pub(super) fn without_shell(&self) -> impl Iterator<Item = &Command<'a>> {
        let commands = self.line.commands.iter();
        commands.filter(|command| !is_shell(command))
    }
}

impl Exec<'_> {
    /// How many commands systemd takes from it.
    pub(super) fn taken(&self) -> usize {
        self.line
            .commands
            .iter()
            .filter(|command| command.taken)
            .count()
    }
}

/// What systemd makes of a problem.
fn effect(problem: &CommandProblem, version: Version) -> Option<Effect> {
    match problem.consequence {
        Consequence::Refused => Some(Effect::UnitRefused),
        Consequence::Dropped => Some(Effect::LineIgnored),
        // Since v225 it warns of an escape that it does not know.
        Consequence::Tolerated => {
            let is_escape = matches!(problem.invalid.reason, Reason::UnknownEscape(_));
            (is_escape && version.number() >= 225).then_some(Effect::Warned)
        }
    }
}

/// A finding for each problem of the unit's commands that a rule is about.
pub(super) fn report(
    rule: &'static Rule,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
    title: impl Fn(&CommandProblem, &str, &Directive) -> Option<String>,
    help: impl Fn(&CommandProblem) -> Option<String>,
) {
    let version = version(context);
    for Exec { directive, line } in execs(context) {
        for problem in &line.problems {
            let range = problem.invalid.range.clone();
            let part = directive.value.get(range.clone()).unwrap_or_default();
            let Some(title) = title(problem, part, directive) else {
                continue;
            };
            let effect = effect(problem, version);
            let label = match effect {
                Some(Effect::UnitRefused) => "systemd refuses the unit",
                Some(Effect::LineIgnored) => "the command is dropped there",
                _ => "",
            };
            let mut finding = Finding::new(rule, title)
                .at_value(context.unit, directive, range, label)
                .version_bound()
                .help_if(help(problem));
            finding.effect = effect;
            if problem.consequence == Consequence::Tolerated {
                finding = finding.severity(Severity::Warning);
            }
            findings.push(finding);
        }
    }
}

/// Whether a shell runs what it says.
pub(super) fn is_shell(command: &Command<'_>) -> bool {
    let name = command.executable.text.rsplit('/').next();
    let is_shell = name.is_some_and(|name| ["sh", "bash", "dash", "ksh", "zsh"].contains(&name));
    is_shell || command.has(ExecPrefix::Shell)
}
