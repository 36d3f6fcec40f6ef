//! A machine: a root booted with systemd-nspawn, in which commands run.

use super::keeper;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long a machine may take to come up.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a command may take in it, in seconds: longer than anything that is allowed to be slow.
const TIMEOUT: &str = "180";
/// The beginning of the names of our machines, cgroups and folders.
const PREFIX: &str = "ambot-e2e";

/// A running machine; it is gone when dropped.
pub(super) struct Machine {
    keeper: Child,
    /// The machine's first process, as the host counts.
    leader: u32,
}

impl Machine {
    /// Boots a copy of a root that lasts as long as the machine; `binds` (`OUTSIDE:INSIDE`) are
    /// shown in it read-only.
    ///
    /// # Errors
    /// With what it said, for a person, when it does not come up.
    pub(super) fn boot(root: &Path, folder: &Path, binds: &[String]) -> Result<Self, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}-{}-{count}", std::process::id());
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let keeper = Command::new(own)
            .args([keeper::ARGUMENT, &name])
            .args([root, folder])
            .args(binds)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // What ends the chore at a terminal shall not end what cleans up after it.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("the keeper could not be started: {error}"))?;
        let mut machine = Machine { keeper, leader: 0 };
        let console = keeper::console(&folder.join(&name));
        machine.wait_until_up().map_err(|error| {
            let said = fs::read_to_string(console).unwrap_or_default();
            format!("{} did not boot: {error}\n{said}", root.display())
        })?;
        Ok(machine)
    }

    fn wait_until_up(&mut self) -> Result<(), String> {
        let first = self.first_process()?;
        let end = Instant::now() + PATIENCE;
        let mut state = "no process".to_owned();
        while Instant::now() < end {
            if !Path::new(&format!("/proc/{first}")).exists() {
                return Err("systemd-nspawn ended".to_owned());
            }
            match leader(first) {
                Some(leader) => {
                    self.leader = leader;
                    let said = self.run("systemctl is-system-running")?;
                    said.stdout.trim().clone_into(&mut state);
                    // It is degraded where a unit of the root failed: rows say which may have.
                    if ["running", "degraded"].contains(&state.as_str()) {
                        return Ok(());
                    }
                }
                None => state = "no process".to_owned(),
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(format!("after {} s: {state}", PATIENCE.as_secs()))
    }

    /// What the keeper says it started.
    fn first_process(&mut self) -> Result<u32, String> {
        let mut line = String::new();
        if let Some(stdout) = self.keeper.stdout.as_mut() {
            let _ = BufReader::new(stdout).read_line(&mut line);
        }
        line.trim().parse().map_err(|_| {
            let mut said = String::new();
            if let Some(stderr) = self.keeper.stderr.as_mut() {
                let _ = stderr.read_to_string(&mut said);
            }
            said
        })
    }

    /// Runs a line of shell in the machine, as its root.
    ///
    /// # Errors
    /// When it could not be started.
    pub(super) fn run(&self, line: &str) -> Result<Said, String> {
        let output = Command::new("nsenter")
            .args(["--target", &self.leader.to_string()])
            .args(["--mount", "--uts", "--ipc", "--net", "--pid"])
            .args(["--root", "--wd", "--", "/usr/bin/env", "-i"])
            .args(["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"])
            .args(["HOME=/root", "LC_ALL=C.UTF-8", "SYSTEMD_PAGER="])
            .args(["timeout", "--kill-after=5", TIMEOUT, "sh", "-c", line])
            .stdin(Stdio::null())
            .output();
        output
            .map(|output| Said::new(&output))
            .map_err(|error| format!("`nsenter` could not be started: {error}"))
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // The end of its stdin tells it to clean up.
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// What a command in a machine came to.
#[derive(Debug)]
pub(super) struct Said {
    /// The exit code.
    pub(super) code: i32,
    /// What it printed on stdout.
    pub(super) stdout: String,
    /// What it printed on stderr.
    pub(super) stderr: String,
}

impl Said {
    fn new(output: &Output) -> Self {
        Said {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The first process of the machine: the child of systemd-nspawn, the child of `first`, that is
/// another program already.
fn leader(first: u32) -> Option<u32> {
    let nspawn = children(first).into_iter().next()?;
    children(nspawn).into_iter().find(|child| {
        let status = fs::read_to_string(format!("/proc/{child}/status")).unwrap_or_default();
        let is_first = status.lines().any(|line| {
            line.strip_prefix("NSpid:")
                .is_some_and(|pids| pids.split_whitespace().last() == Some("1"))
        });
        is_first && !status.starts_with("Name:\tsystemd-nspawn")
    })
}

/// The children of a process. `/proc/PID/task/PID/children` is not in every kernel.
fn children(parent: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_child = |pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // The name, in brackets, may hold anything.
        let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        after_name.split(' ').nth(1) == Some(&parent.to_string())
    };
    pids.filter(is_child).collect()
}

/// Removes what keepers that were killed left: cgroups and folders of chores that run no more.
pub(super) fn sweep(folder: &Path) {
    let cgroups = fs::read_dir("/sys/fs/cgroup")
        .into_iter()
        .flatten()
        .flatten();
    let places = cgroups.map(|entry| entry.path());
    for place in places.chain([PathBuf::from("/sys/fs/cgroup"), folder.to_owned()]) {
        for entry in fs::read_dir(place).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let pid = name.to_str().and_then(|name| {
                let rest = name.strip_prefix(PREFIX)?.strip_prefix('-')?;
                rest.split('-').next()?.parse::<u32>().ok()
            });
            if pid.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
                let _ = fs::remove_file(entry.path());
                let _ = keeper::remove(&entry.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::children;
    use std::process::Command;

    #[test]
    fn a_process_that_was_started_here_is_found() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let found = children(std::process::id());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(found.contains(&child.id()));
    }
}
