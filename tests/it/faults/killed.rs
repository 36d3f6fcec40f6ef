//! Runs that are ended from outside, at any moment.

use super::scene::{CASES, Case, Scene, Tree, assert_readable, assert_whole, case, undisturbed};
use super::{Random, rounds};
use crate::support::project::Run;
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// The longest that any of them takes on a machine that does other things, too.
const LONG: Duration = Duration::from_secs(120);

/// What a case makes of its project, and how long it takes.
struct Measured {
    case: Case,
    before: Tree,
    after: Tree,
    took: Duration,
}

impl Measured {
    fn new(case: Case) -> Self {
        let (before, after) = undisturbed(case);
        let scene = Scene::new(case);
        let start = Instant::now();
        assert_eq!(scene.run().code, Some(0));
        Measured {
            case,
            before,
            after,
            took: start.elapsed(),
        }
    }

    /// A moment of a run, a bit after its end among them.
    fn moment(&self, random: &mut Random) -> Duration {
        let most = self.took.as_micros() as u64;
        Duration::from_micros(random.below(most + most / 10))
    }

    /// Starts the case, sends it a signal after a while, and waits for its end.
    fn end(&self, scene: &Scene, after: Duration, signal: Signal) -> Output {
        let mut command = scene.command();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(after);
        // It may have ended.
        if child.try_wait().unwrap().is_none() {
            kill_process(Pid::from_child(&child), signal).unwrap();
        }
        let start = Instant::now();
        while child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < LONG, "{} does not end", self.case.name);
            std::thread::sleep(Duration::from_millis(1));
        }
        child.wait_with_output().unwrap()
    }

    /// Nothing is cut or lost, and the next run comes to the end that an undisturbed one has.
    #[track_caller]
    fn hold(&self, scene: &Scene, told: &str) {
        let mut now = scene.tree();
        if self.case.name.starts_with("inspect") {
            // What is unpacked lies under its names while it grows, as tar has it; a folder with
            // something in it is not unpacked into again.
            now.retain(|path, _| !path.starts_with("files"));
        }
        assert_whole(&now, &self.before, &self.after, told);
        let now = scene.tree();
        assert_readable(&scene.project, told);
        let again = scene.run();
        self.assert_done(scene, &now, &again, told);
    }

    #[track_caller]
    fn assert_done(&self, scene: &Scene, found: &Tree, again: &Run, told: &str) {
        // What is there already is not made, unpacked or taken away a second time.
        let refuses = ["init", "inspect", "repo remove"];
        let has_begun = *found != self.before;
        if has_begun && refuses.iter().any(|word| self.case.name.starts_with(word)) {
            assert!(
                matches!(again.code, Some(0 | 3)),
                "{told}\n{}",
                again.snapshot()
            );
            return;
        }
        assert_eq!(again.code, Some(0), "{told}\n{}", again.snapshot());
        let end = scene.tree();
        assert_readable(&scene.project, told);
        for (path, bytes) in &self.after {
            if !path.starts_with("repo/repodata") {
                assert_eq!(end.get(path), Some(bytes), "{}\n{told}", path.display());
            }
        }
    }
}

fn said(output: &Output) -> String {
    format!(
        "{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn a_killed_run_loses_nothing_and_the_next_one_comes_to_the_same_end() {
    let mut random = Random(0x0005_EED0_F0A8);
    let each = rounds(1);
    for measured in CASES.map(Measured::new) {
        for _ in 0..each {
            let scene = Scene::new(measured.case);
            let moment = measured.moment(&mut random);
            let output = measured.end(&scene, moment, Signal::KILL);
            let name = measured.case.name;
            let told = format!("{name} killed after {moment:?}: {}", said(&output));
            measured.hold(&scene, &told);
        }
    }
}

/// Whether a run was stopped by this signal, as a shell sees it: by its exit code, or ended by it
/// before there was anything to clean up.
fn is_stopped_by(status: ExitStatus, signal: Signal) -> bool {
    let number = signal.as_raw();
    status.code() == Some(128 + number) || status.signal() == Some(number)
}

#[test]
fn a_run_that_is_told_to_stop_leaves_nothing_behind() {
    let mut random = Random(0x0057_0BB1);
    let names = [
        "package",
        "package as an archive, a spec file and a source package",
        "generate",
        "check with fixes",
        "sign",
        "inspect with files unpacked",
        "repo add, one more",
    ];
    for measured in names.map(|name| Measured::new(case(name))) {
        for round in 0..rounds(2) {
            let signal = [Signal::INT, Signal::TERM][round % 2];
            let scene = Scene::new(measured.case);
            let moment = measured.moment(&mut random);
            let output = measured.end(&scene, moment, signal);
            let name = measured.case.name;
            let told = format!("{name} stopped after {moment:?}: {}", said(&output));
            let is_done = output.status.success();
            assert!(is_done || is_stopped_by(output.status, signal), "{told}");
            assert_eq!(scene.left_behind(), [] as [PathBuf; 0], "{told}");
            let unpacked = scene.project.path().join("files");
            assert!(is_done || !unpacked.exists(), "half a package: {told}");
            measured.hold(&scene, &told);
        }
    }
}

/// Nobody ever writes to the pipe.
#[test]
fn what_waits_for_a_pipe_ends_with_the_first_signal() {
    let scene = Scene::new(case("sign"));
    let outside = tempfile::tempdir().unwrap();
    let pipe = outside.path().join("pipe").display().to_string();
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let before = scene.tree();
    let cases = [
        "sign el8.rpm --sign-key PIPE",
        "sign el8.rpm --sign-command cat --sign-public-key PIPE",
        "package --no-build -t el8 --sign-key PIPE",
        "repo add repo el8.rpm --sign-key PIPE",
        "inspect el8.rpm --key PIPE --extract files",
        "inspect PIPE --extract files",
    ];
    let signals = [Signal::INT, Signal::TERM, Signal::HUP];
    for (words, signal) in cases.iter().zip(signals.into_iter().cycle()) {
        let words = words.replace("PIPE", &pipe);
        let words: Vec<&str> = words.split(' ').collect();
        let mut command = scene.project.ambot_command(&words);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        // Until it has come to the pipe.
        std::thread::sleep(Duration::from_millis(700));
        assert!(child.try_wait().unwrap().is_none(), "{words:?} waits");
        kill_process(Pid::from_child(&child), signal).unwrap();
        let start = Instant::now();
        while child.try_wait().unwrap().is_none() && start.elapsed() < LONG {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = child.kill();
        let output = child.wait_with_output().unwrap();
        let told = format!("{words:?}: {}", said(&output));
        assert_eq!(output.status.code(), Some(128 + signal.as_raw()), "{told}");
        assert!(start.elapsed() < Duration::from_secs(10), "{told}");
        assert_eq!(scene.left_behind(), [] as [PathBuf; 0], "{told}");
    }
    let after = scene.tree();
    assert_whole(&after, &before, &before, "stopped at a pipe");
}
