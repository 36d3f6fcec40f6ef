//! A step of a chore: one command, shown before it runs and repeatable after it failed.

use crate::say;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Why a chore ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    /// What went wrong.
    pub(crate) what: String,
    /// The shell command that does the failed step again.
    pub(crate) repeat: Option<String>,
}

impl Failure {
    /// A failure that no command repeats.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Failure {
            what: what.into(),
            repeat: None,
        }
    }
}

/// One command.
#[derive(Debug)]
pub(crate) struct Step {
    verb: &'static str,
    text: String,
    program: OsString,
    arguments: Vec<OsString>,
    variables: Vec<(&'static str, OsString)>,
    folder: PathBuf,
}

impl Step {
    /// A step that says `verb text` and runs `program` in the folder of the workspace.
    pub(crate) fn new(
        verb: &'static str,
        text: impl Into<String>,
        program: impl Into<OsString>,
    ) -> Self {
        Step {
            verb,
            text: text.into(),
            program: program.into(),
            arguments: Vec::new(),
            variables: Vec::new(),
            folder: crate::workspace(),
        }
    }

    /// A step that runs cargo: the one in `PATH`, which rustup makes the toolchain of this run.
    pub(crate) fn cargo(verb: &'static str, text: impl Into<String>) -> Self {
        Step::new(verb, text, "cargo")
    }

    /// Adds arguments.
    pub(crate) fn args(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets a variable of the environment.
    pub(crate) fn env(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// Runs in this folder instead.
    pub(crate) fn in_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// Runs it; what it prints goes to stderr, because stdout is for the chore's own result.
    pub(crate) fn run(self) -> Result<(), Failure> {
        say::status(self.verb, &self.text);
        self.finish(Stdio::from(std::io::stderr()))
    }

    /// Runs it; what it prints is the chore's result.
    pub(crate) fn run_for_result(self) -> Result<(), Failure> {
        say::status(self.verb, &self.text);
        self.finish(Stdio::inherit())
    }

    /// Runs it and returns what it printed on stdout; stderr goes where ours goes.
    pub(crate) fn stdout(self) -> Result<String, Failure> {
        say::status(self.verb, &self.text);
        self.output()
    }

    /// Runs it without a word and returns what it printed on stdout; a failure holds what it said.
    pub(crate) fn quietly(self) -> Result<String, Failure> {
        let output = self.attempt()?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let mut failure = self.failure(&format!("failed with {}", output.status));
        for said in [&output.stdout, &output.stderr] {
            let said = String::from_utf8_lossy(said);
            failure.what += &format!("\n{}", said.trim_end());
        }
        Err(failure)
    }

    /// Runs it without a word, whatever comes of it.
    pub(crate) fn attempt(&self) -> Result<Output, Failure> {
        let output = self.command().output();
        output.map_err(|error| self.failure(&format!("could not be started: {error}")))
    }

    fn finish(&self, stdout: Stdio) -> Result<(), Failure> {
        match self.command().stdout(stdout).status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(self.failure(&format!("failed with {status}"))),
            Err(error) => Err(self.failure(&format!("could not be started: {error}"))),
        }
    }

    fn output(&self) -> Result<String, Failure> {
        match self.command().stderr(Stdio::inherit()).output() {
            Ok(output) if output.status.success() => {
                Ok(String::from_utf8_lossy(&output.stdout).into_owned())
            }
            Ok(output) => Err(self.failure(&format!("failed with {}", output.status))),
            Err(error) => Err(self.failure(&format!("could not be started: {error}"))),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .envs(self.variables.iter().map(|(name, value)| (*name, value)))
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        command
    }

    fn failure(&self, how: &str) -> Failure {
        let program = Path::new(&self.program);
        let name = program.file_name().unwrap_or(program.as_os_str());
        Failure {
            what: format!(
                "{} {}: `{}` {how}",
                self.verb.to_lowercase(),
                self.text,
                name.to_string_lossy()
            ),
            repeat: Some(self.shell_line()),
        }
    }

    /// The step as a line for a shell.
    fn shell_line(&self) -> String {
        let mut words = Vec::new();
        for (name, value) in &self.variables {
            words.push(format!("{name}={}", quoted(value)));
        }
        words.push(quoted(&self.program));
        words.extend(self.arguments.iter().map(|word| quoted(word)));
        format!(
            "(cd {} && {})",
            quoted(self.folder.as_os_str()),
            words.join(" ")
        )
    }
}

/// A word as a shell reads it back.
pub(crate) fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,=+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Step, quoted};
    use std::process::Stdio;

    #[test]
    fn a_shell_reads_back_what_was_quoted() {
        for word in ["plain", "", "two words", "it's", "$HOME `x` \"y\" \\"] {
            let step = Step::new("Reading", word, "sh")
                .args(["-c", &format!("printf %s {}", quoted(word.as_ref()))]);
            assert_eq!(step.output().unwrap(), word);
        }
    }

    #[test]
    fn a_failing_step_names_the_command_that_repeats_it() {
        let step = Step::new("Testing", "failure", "sh")
            .args(["-c", "exit 3"])
            .env("COLUMNS", "80")
            .in_folder("/");
        let failure = step.finish(Stdio::null()).unwrap_err();
        assert_eq!(
            failure.what,
            "testing failure: `sh` failed with exit status: 3"
        );
        assert_eq!(
            failure.repeat.as_deref(),
            Some("(cd / && COLUMNS=80 sh -c 'exit 3')")
        );
    }
}
