//! The command of a build, and builds that are started before everything is known.

use super::process::Running;
use crate::report::Sink;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::process::Command;

/// The verb of a build.
pub(super) const BUILDING: &str = "Building";

/// A command as it can be written down: its program, its arguments, and the variables in which it
/// differs from ours, those that are unset without a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandLine {
    program: String,
    arguments: Vec<String>,
    variables: Vec<(String, Option<String>)>,
    /// What it does, for people.
    description: String,
}

impl CommandLine {
    /// Nothing where a part of it is not UTF-8.
    pub(super) fn of(command: &Command, description: &str) -> Option<Self> {
        let text = |text: &OsStr| text.to_str().map(str::to_owned);
        let variable = |(name, value): (&OsStr, Option<&OsStr>)| {
            let value = value.map(|value| text(value).ok_or(())).transpose();
            Some((text(name)?, value.ok()?))
        };
        Some(CommandLine {
            program: text(command.get_program())?,
            arguments: command.get_args().map(text).collect::<Option<_>>()?,
            variables: command.get_envs().map(variable).collect::<Option<_>>()?,
            description: description.to_owned(),
        })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }
}

/// A build that runs while it is still found out whether it is the right one; ended when dropped.
pub struct HeadStart {
    line: CommandLine,
    running: Running,
}

impl HeadStart {
    /// Starts a command, and says so; nothing where it cannot be started, which is told later by
    /// whoever does it for good.
    pub fn start(line: CommandLine, sink: &dyn Sink) -> Option<Self> {
        let running = Running::start(&mut line.command()).ok()?;
        sink.status(BUILDING, &line.description);
        Some(HeadStart { line, running })
    }

    /// What runs, where it is this very command.
    pub(super) fn running(self, line: &CommandLine) -> Option<Running> {
        (self.line == *line).then_some(self.running)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::Interrupt;
    use crate::report::Quiet;

    fn line(script: &str) -> CommandLine {
        let mut command = Command::new("sh");
        command.args(["-c", script]).env("B", "2").env_remove("A");
        CommandLine::of(&command, "it").unwrap()
    }

    #[test]
    fn a_command_that_was_written_down_does_the_same() {
        let written = serde_json::to_string(&line("echo $B; echo ${A-unset}")).unwrap();
        let read: CommandLine = serde_json::from_str(&written).unwrap();
        assert_eq!(read, line("echo $B; echo ${A-unset}"));
        let ahead = HeadStart::start(read.clone(), &Quiet).unwrap();
        let mut said = Vec::new();
        let status = ahead
            .running(&read)
            .unwrap()
            .finish(&Interrupt::new(), |text| said.push(text.to_owned()));
        assert!(status.unwrap().success());
        assert_eq!(said, ["2", "unset"]);
    }

    #[test]
    fn another_command_does_not_go_on_with_it() {
        let ahead = HeadStart::start(line("sleep 60"), &Quiet).unwrap();
        assert!(ahead.running(&line("sleep 61")).is_none());
    }

    #[test]
    fn what_is_not_there_gives_no_head_start() {
        let mut line = line("");
        line.program = "/no/such/program".to_owned();
        assert!(HeadStart::start(line, &Quiet).is_none());
    }
}
