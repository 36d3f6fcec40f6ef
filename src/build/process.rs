//! Child processes: their lines read while a signal is watched for, and none left behind.
//!
//! A child stays in our process group, so that Ctrl-C and Ctrl-Z reach it as they reach us and
//! that it may ask for a passphrase. A signal sent to us alone does not reach it, and cargo does
//! not hand one on to the compilers that it started; so the whole family is ended, the child and
//! all below it as `/proc` knows them.

use super::Error;
use super::interrupt::Interrupt;
use crate::project::{shown_program, without_secrets};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How often a signal is looked for.
const TICK: Duration = Duration::from_millis(50);
/// How long a child may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(5);
/// How long the output of a child that has ended is waited for, where something it left running
/// (a compiler cache's server) holds the pipe open.
const DRAIN: Duration = Duration::from_millis(500);
/// The most bytes that are taken from a filter.
const MAX_OUTPUT: u64 = 1 << 20;
/// `SIGINT` and `SIGTERM`, the same on every Linux (signal(7)).
const SIGNALS_OF_THE_USER: [i32; 2] = [2, 15];

/// A command under way whose stdout is read; ended, with all below it, when dropped.
pub(super) struct Running {
    /// The name of the program, without its folder.
    program: String,
    family: Family,
    lines: Option<Receiver<String>>,
}

impl Running {
    /// Starts a command; stdin and stderr stay ours.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn start(command: &mut Command) -> Result<Self, Error> {
        command.stdin(Stdio::inherit()).stdout(Stdio::piped());
        let mut family = Family::start(command)?;
        let lines = family.child.stdout.take().map(lines_of);
        let program = Path::new(command.get_program());
        let name = program.file_name().unwrap_or(command.get_program());
        Ok(Running {
            program: name.to_string_lossy().into_owned(),
            family,
            lines,
        })
    }

    /// The name of the program, without its folder.
    pub(super) fn program(&self) -> String {
        self.program.clone()
    }

    /// Waits for its end and hands each line of its stdout on, those too that came before.
    ///
    /// # Errors
    /// When a signal comes: then it was ended first.
    pub(super) fn finish(
        mut self,
        interrupt: &Interrupt,
        mut line: impl FnMut(&str),
    ) -> Result<ExitStatus, Error> {
        let lines = self.lines.take();
        let status = self.family.watch(lines.as_ref(), interrupt, &mut line)?;
        interrupted(status, interrupt)?;
        Ok(status)
    }
}

/// Runs a command to its end, silently; returns how it ended and the end of what it said on
/// stderr.
///
/// # Errors
/// When it cannot be started, or when a signal comes: then it was ended first.
pub(crate) fn run_quietly(
    command: &mut Command,
    interrupt: &Interrupt,
) -> Result<(ExitStatus, String), Error> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut family = Family::start(command)?;
    let lines = family.child.stderr.take().map(lines_of);
    let mut said: Vec<String> = Vec::new();
    let status = family.watch(lines.as_ref(), interrupt, &mut |line| {
        if said.len() == 20 {
            said.remove(0);
        }
        said.push(line.to_owned());
    })?;
    interrupted(status, interrupt)?;
    Ok((status, said.join("\n")))
}

/// Runs a command to its end with what is read on its stdin; returns how it ended and what it said on
/// stdout. Stderr stays ours, and so does the terminal.
///
/// # Errors
/// As [`run_quietly`].
pub(crate) fn run_filter(
    command: &mut Command,
    mut input: impl Read + Send + 'static,
    interrupt: &Interrupt,
) -> Result<(ExitStatus, Vec<u8>), Error> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut family = Family::start(command)?;
    if let Some(mut pipe) = family.child.stdin.take() {
        // A child that reads no further closes the pipe, and its exit code says what came of it.
        std::thread::spawn(move || std::io::copy(&mut input, &mut pipe));
    }
    let (sender, said) = channel();
    if let Some(pipe) = family.child.stdout.take() {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            // One that never stops is stopped by the pipe that closes.
            let _ = pipe.take(MAX_OUTPUT).read_to_end(&mut bytes);
            let _ = sender.send(bytes);
        });
    }
    let status = family.watch(None, interrupt, &mut |_| ())?;
    interrupted(status, interrupt)?;
    Ok((status, said.recv_timeout(DRAIN).unwrap_or_default()))
}

/// What a short command prints on stdout, if it ends well.
pub(super) fn output_of(command: &mut Command) -> Option<String> {
    let output = without_secrets(command)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// A child that Ctrl-C ended may be seen before the signal thread has told us of it; a shell
/// tells of such an end by its exit code.
fn interrupted(status: ExitStatus, interrupt: &Interrupt) -> Result<(), Error> {
    let ended_by = SIGNALS_OF_THE_USER
        .into_iter()
        .find(|signal| status.signal() == Some(*signal) || status.code() == Some(128 + signal));
    match interrupt.signal().or(ended_by) {
        Some(signal) => Err(Error::Interrupted { signal }),
        None => Ok(()),
    }
}

/// How a command ended, in words that follow `ended with`.
pub(crate) fn ending(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => status.to_string(),
    }
}

/// Reads lines on a thread of their own, so that the reader can look at other things too.
fn lines_of(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            if sender.send(line).is_err() {
                return;
            }
            bytes.clear();
        }
    });
    receiver
}

/// A child and all below it; ended when dropped.
struct Family {
    child: Child,
    ended: bool,
}

impl Family {
    fn start(command: &mut Command) -> Result<Self, Error> {
        let program = shown_program(command.get_program());
        let child = without_secrets(command)
            .spawn()
            .map_err(|source| Error::Start { program, source })?;
        Ok(Family {
            child,
            ended: false,
        })
    }

    fn watch(
        &mut self,
        lines: Option<&Receiver<String>>,
        interrupt: &Interrupt,
        line: &mut dyn FnMut(&str),
    ) -> Result<ExitStatus, Error> {
        let mut open = lines;
        let mut ended: Option<(ExitStatus, Instant)> = None;
        loop {
            if let Some(signal) = interrupt.signal() {
                self.end();
                return Err(Error::Interrupted { signal });
            }
            match open.map(|lines| lines.recv_timeout(TICK)) {
                Some(Ok(text)) => {
                    line(&text);
                    continue;
                }
                Some(Err(RecvTimeoutError::Disconnected)) => open = None,
                Some(Err(RecvTimeoutError::Timeout)) => {}
                None if ended.is_none() => std::thread::sleep(TICK.min(Duration::from_millis(5))),
                None => {}
            }
            if ended.is_none() {
                let status = self.child.try_wait().map_err(Error::Wait)?;
                ended = status.map(|status| (status, Instant::now()));
                self.ended = ended.is_some();
            }
            match ended {
                Some((status, _)) if open.is_none() => return Ok(status),
                Some((status, since)) if since.elapsed() > DRAIN => return Ok(status),
                _ => {}
            }
        }
    }

    /// Asks the family to end, waits a while, then does not ask any more.
    fn end(&mut self) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let mut members = descendants(self.child.id());
        send(&members, Signal::TERM);
        let since = Instant::now();
        let mut killed = false;
        loop {
            // Reaps the child, so that it does not count as alive.
            let child_ended = !matches!(self.child.try_wait(), Ok(None));
            members.extend(descendants(self.child.id()));
            members.retain(|pid, start| start_time(*pid) == Some(*start));
            if child_ended && members.is_empty() {
                return;
            }
            if since.elapsed() > GRACE {
                if killed && since.elapsed() > GRACE * 2 {
                    return;
                }
                killed = true;
                let _ = self.child.kill();
                send(&members, Signal::KILL);
            }
            std::thread::sleep(TICK);
        }
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        self.end();
    }
}

/// Processes by id, with the time when each started: an id alone may be given to another.
type Members = BTreeMap<u32, u64>;

fn send(members: &Members, signal: Signal) {
    for (pid, start) in members {
        let same = start_time(*pid) == Some(*start);
        let pid = i32::try_from(*pid).ok().and_then(Pid::from_raw);
        if let (true, Some(pid)) = (same, pid) {
            // It may have ended meanwhile.
            let _ = kill_process(pid, signal);
        }
    }
}

/// A process and all below it.
fn descendants(root: u32) -> Members {
    let mut all: Vec<(u32, u32, u64)> = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let pid = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        if let Some((pid, (parent, start))) = pid.and_then(|pid| Some((pid, stat(pid)?))) {
            all.push((pid, parent, start));
        }
    }
    let mut found: Members = all
        .iter()
        .filter(|(pid, ..)| *pid == root)
        .map(|(pid, _, start)| (*pid, *start))
        .collect();
    loop {
        let before = found.len();
        for (pid, parent, start) in &all {
            if found.contains_key(parent) {
                found.insert(*pid, *start);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

fn start_time(pid: u32) -> Option<u64> {
    stat(pid).map(|(_, start)| start)
}

/// The parent and the start time of a process that is not a zombie (proc(5), fields 3, 4, 22).
fn stat(pid: u32) -> Option<(u32, u64)> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before the last `)` may hold anything.
    let (_, fields) = text.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    if fields.first() == Some(&"Z") {
        return None;
    }
    Some((fields.get(1)?.parse().ok()?, fields.get(19)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn run_lines(
        command: &mut Command,
        interrupt: &Interrupt,
        line: impl FnMut(&str),
    ) -> Result<ExitStatus, Error> {
        Running::start(command)?.finish(interrupt, line)
    }

    #[test]
    fn lines_and_status_come_back() {
        let mut lines = Vec::new();
        let mut push = |line: &str| lines.push(line.to_owned());
        let status = run_lines(
            &mut sh("echo a; printf b; exit 3"),
            &Interrupt::new(),
            &mut push,
        );
        assert_eq!(status.unwrap().code(), Some(3));
        assert_eq!(lines, ["a", "b"]);
    }

    #[test]
    fn a_signal_ends_the_grandchildren_too() {
        let interrupt = Interrupt::new();
        let mut pid = None;
        let script = "sh -c 'sleep 60 & echo $!; wait' & wait";
        let since = Instant::now();
        let result = run_lines(&mut sh(script), &interrupt, |line| {
            pid = line.parse::<u32>().ok();
            interrupt.raise(15);
        });
        assert!(matches!(result, Err(Error::Interrupted { signal: 15 })));
        assert_eq!(start_time(pid.unwrap()), None);
        assert!(since.elapsed() < GRACE);
    }

    #[test]
    fn a_pipe_held_open_by_a_server_does_not_hang_us() {
        let since = Instant::now();
        let script = "sleep 20 & echo $!";
        let mut server = None;
        let status = run_lines(&mut sh(script), &Interrupt::new(), |line| {
            server = line.parse::<u32>().ok();
        });
        assert!(status.unwrap().success());
        assert!(since.elapsed() < Duration::from_secs(10));
        let server = server.unwrap();
        send(
            &Members::from([(server, start_time(server).unwrap())]),
            Signal::KILL,
        );
    }

    #[test]
    fn a_child_ended_by_ctrl_c_is_an_interruption() {
        let result = run_lines(&mut sh("exit 130"), &Interrupt::new(), |_| ());
        assert!(matches!(result, Err(Error::Interrupted { signal: 2 })));
        // Not by a real signal: where the tests run with SIGINT ignored (a background job of a
        // script), a shell can neither be ended by it nor stop ignoring it.
        let ended = ExitStatus::from_raw(2);
        assert_eq!(ended.signal(), Some(2));
        let result = interrupted(ended, &Interrupt::new());
        assert!(matches!(result, Err(Error::Interrupted { signal: 2 })));
    }

    #[test]
    fn what_is_dropped_while_it_runs_is_ended() {
        let running = Running::start(&mut sh("sleep 60")).unwrap();
        let pid = running.family.child.id();
        assert!(start_time(pid).is_some());
        drop(running);
        assert_eq!(start_time(pid), None);
    }

    #[test]
    fn what_was_said_on_stderr_is_kept() {
        let (status, said) =
            run_quietly(&mut sh("echo no >&2; exit 1"), &Interrupt::new()).unwrap();
        assert!(!status.success());
        assert_eq!(said, "no");
    }
}
