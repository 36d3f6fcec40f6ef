//! One run of a program: how long it took, what it used, what it left.
//!
//! GNU time runs it and says afterwards what the kernel counted for it and its children: `wait4`
//! gives that to a parent alone, and calling it takes code that is not safe. Looking into `/proc`
//! now and then would miss a peak. The peak is that of the largest single process, never of a sum.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program to run, ready but for what measures it.
#[derive(Clone, Debug)]
pub(super) struct Job {
    program: PathBuf,
    arguments: Vec<OsString>,
    folder: PathBuf,
    /// What it reads on stdin; nothing where there is none.
    stdin: Option<PathBuf>,
    /// The file that its stdout goes to; nowhere where there is none.
    stdout: Option<PathBuf>,
    /// All variables of its environment, where it does not have ours.
    variables: Option<Vec<(OsString, OsString)>>,
}

impl Job {
    /// `program`, run in a folder.
    pub(super) fn new(program: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        Job {
            program: program.into(),
            arguments: Vec::new(),
            folder: folder.into(),
            stdin: None,
            stdout: None,
            variables: None,
        }
    }

    /// Adds arguments.
    pub(super) fn args(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Reads a file on stdin.
    pub(super) fn from(mut self, file: impl Into<PathBuf>) -> Self {
        self.stdin = Some(file.into());
        self
    }

    /// Writes its stdout into a file.
    pub(super) fn to(mut self, file: impl Into<PathBuf>) -> Self {
        self.stdout = Some(file.into());
        self
    }

    /// Runs with these variables and no others.
    pub(super) fn with_variables(mut self, variables: Vec<(OsString, OsString)>) -> Self {
        self.variables = Some(variables);
        self
    }

    /// Runs it; `notes` is a folder for what it says.
    ///
    /// # Errors
    /// With what it said, where it could not be run or failed.
    pub(super) fn measure(&self, notes: &Path) -> Result<Run, String> {
        let (said, used) = (notes.join("said.txt"), notes.join("used.txt"));
        let mut command = Command::new("time");
        command
            .args(["--quiet", "--format=%U %S %M", "--output"])
            .arg(&used)
            .arg(&self.program)
            .args(&self.arguments)
            .current_dir(&self.folder);
        if let Some(variables) = &self.variables {
            command.env_clear().envs(variables.iter().cloned());
        }
        let unusable = |error: io::Error| format!("{}: {error}", self.program.display());
        let stdin = match &self.stdin {
            Some(file) => Stdio::from(File::open(file).map_err(unusable)?),
            None => Stdio::null(),
        };
        let stdout = match &self.stdout {
            Some(file) => Stdio::from(File::create(file).map_err(unusable)?),
            None => Stdio::null(),
        };
        let stderr = File::create(&said).map_err(unusable)?;
        command.stdin(stdin).stdout(stdout).stderr(stderr);
        let start = Instant::now();
        let status = command.status().map_err(unusable)?;
        let wall = start.elapsed();
        if !status.success() {
            let said = fs::read_to_string(&said).unwrap_or_default();
            return Err(format!("failed with {status}: {}", last_lines(&said)));
        }
        let used = fs::read_to_string(&used).map_err(unusable)?;
        let (cpu, peak) = parse(&used)
            .ok_or_else(|| format!("GNU time said what is not understood: {used:?}"))?;
        Ok(Run {
            wall,
            cpu,
            peak,
            size: 0,
        })
    }
}

/// What a run came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// By the clock.
    pub(super) wall: Duration,
    /// Of all processors, in programs and in the kernel.
    pub(super) cpu: Duration,
    /// The most memory that one process had resident, in bytes.
    pub(super) peak: u64,
    /// What it wrote, in bytes.
    pub(super) size: u64,
}

/// Processor time and peak memory from `USER SYSTEM KIB`.
fn parse(used: &str) -> Option<(Duration, u64)> {
    let mut words = used.split_whitespace();
    let mut seconds = || words.next()?.parse::<f64>().ok();
    let cpu = Duration::try_from_secs_f64(seconds()? + seconds()?).ok()?;
    let kib: u64 = words.next()?.parse().ok()?;
    Some((cpu, kib * 1024))
}

/// The end of what a program said, as one line.
fn last_lines(said: &str) -> String {
    let lines: Vec<&str> = said.lines().map(str::trim).collect();
    let mut lines: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    let last = lines.split_off(lines.len().saturating_sub(4));
    last.join(" | ")
}

#[cfg(test)]
mod tests {
    use super::{Job, last_lines, parse};
    use std::time::Duration;

    #[test]
    fn what_gnu_time_says_is_read() {
        assert_eq!(
            parse("1.50 0.25 2048\n"),
            Some((Duration::from_millis(1750), 2 * 1024 * 1024))
        );
        for line in ["", "1.5 0.2", "1.5 x 3", "-1 0 3"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }

    #[test]
    fn a_program_that_fails_is_quoted_and_one_that_does_not_is_measured() {
        if crate::machine::find("time").is_none() {
            return;
        }
        let notes = std::env::temp_dir().join(format!("xtask-measure-{}", std::process::id()));
        std::fs::create_dir_all(&notes).unwrap();
        let shell = |script: &str| Job::new("sh", "/").args(["-c", script]);
        let error = shell("echo no such level >&2; exit 3").measure(&notes);
        assert!(error.unwrap_err().contains("no such level"));
        let file = notes.join("out");
        let job = shell("echo $A; sleep 0.05").to(&file);
        let job = job.with_variables(vec![("A".into(), "b".into()), ("PATH".into(), path())]);
        let run = job.measure(&notes).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "b\n");
        assert!(run.wall >= Duration::from_millis(50) && run.peak > 100 * 1024);
        std::fs::remove_dir_all(notes).unwrap();
    }

    fn path() -> std::ffi::OsString {
        std::env::var_os("PATH").unwrap()
    }

    #[test]
    fn the_end_of_what_was_said_is_one_line() {
        assert_eq!(last_lines("a\n\nb\n c\nd\ne\n"), "b | c | d | e");
        assert_eq!(last_lines(""), "");
    }
}
