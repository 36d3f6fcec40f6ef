//! Folders and files that may not be written to, and a thing of another kind in the way.

use super::scene::{Scene, case, command};
use crate::support::ground::is_root;
use crate::support::project::{Project, Run, started_by};
use crate::support::{find_program, not_run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whom nothing belongs to.
const NOBODY: u32 = 65534;

fn give(path: &Path, user: u32) {
    let owner = Command::new("chown")
        .args(["-R", "-h", &format!("{user}:{user}")])
        .arg(path)
        .status();
    assert!(owner.unwrap().success());
}

/// Runs words in a project that belongs to nobody, but for these paths, which are root's and may be
/// read by root alone. Nothing where that cannot be done.
pub(super) fn as_nobody(project: &Project, words: &str, roots: &[PathBuf]) -> Option<Run> {
    find_program("setpriv")?;
    let plain = command(project, words);
    give(project.path(), NOBODY);
    for path in roots {
        give(path, 0);
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    // cargo is root's own, and nobody else may look there: what it would say is said for it.
    let user = format!("--reuid={NOBODY}");
    let group = format!("--regid={NOBODY}");
    let mut command = started_by(&["setpriv", &user, &group, "--clear-groups"], &plain);
    command.env("CARGO_HOME", project.path().join(".home"));
    let metadata = [
        "metadata",
        "--no-deps",
        "--format-version",
        "1",
        "--offline",
    ];
    command.env("CARGO", saying(project, "CARGO", "cargo", &metadata));
    command.env("RUSTC", saying(project, "RUSTC", "rustc", &["-vV"]));
    let run = project.run(&mut command);
    give(project.path(), 0);
    Some(run)
}

/// A program that says for all what another one says for us.
fn saying(project: &Project, variable: &str, name: &str, arguments: &[&str]) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let program = std::env::var_os(variable).unwrap_or_else(|| name.into());
    let output = Command::new(program)
        .args(arguments)
        .current_dir(project.path())
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .unwrap();
    let answer = project.path().join(format!("target/{name}.txt"));
    fs::write(&answer, output.stdout).unwrap();
    let program = project.path().join("target").join(name);
    fs::write(&program, format!("#!/bin/sh\ncat '{}'\n", answer.display())).unwrap();
    for path in [project.path(), &program] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    program
}

/// A folder that nobody, not even root, can write to, for as long as it lives.
struct ReadOnly(PathBuf);

impl ReadOnly {
    fn mount(folder: &Path) -> Option<Self> {
        let mount = |options: &[&str]| {
            let status = Command::new("mount").args(options).arg(folder).status();
            status.is_ok_and(|status| status.success())
        };
        let source = folder.to_str().unwrap();
        if !mount(&["--bind", source]) {
            return None;
        }
        let mounted = ReadOnly(folder.to_owned());
        mount(&["-o", "remount,bind,ro"]).then_some(mounted)
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// What each case writes to.
const FOLDERS: [(&str, &str); 9] = [
    ("package", "out"),
    ("generate", "units"),
    ("init", "."),
    ("init of a unit file", "."),
    ("check with fixes", "."),
    ("sign", "."),
    ("repo add, one more", "repo"),
    ("repo remove", "repo"),
    ("repo prune", "repo"),
];

#[test]
fn a_read_only_folder_is_an_error_and_nothing_in_it_changes() {
    if !is_root() {
        return not_run::note("read-only folder: not run: a bind mount needs root");
    }
    for (name, folder) in FOLDERS {
        let scene = Scene::new(case(name));
        let before = scene.tree();
        let mut command = scene.command();
        let Some(mounted) = ReadOnly::mount(&scene.project.path().join(folder)) else {
            return not_run::note("read-only folder: not run: nothing can be mounted here");
        };
        let run = scene.project.run(&mut command);
        drop(mounted);
        assert_eq!(run.code, Some(3), "{name}\n{}", run.snapshot());
        assert!(
            run.stderr.contains("Read-only file system"),
            "{name}\n{}",
            run.snapshot()
        );
        assert!(scene.tree() == before, "{name}\n{}", run.snapshot());
        assert_eq!(scene.left_behind(), [] as [PathBuf; 0]);
    }
}

#[test]
fn a_folder_in_place_of_a_file_is_an_error_and_stays() {
    for (name, path) in [
        ("package", "out/hello-1.0.0-1.el7.x86_64.rpm"),
        ("generate", "units/centos8/hello.service"),
        ("init of a pipeline", ".github/workflows/package.yml"),
        ("repo add, the first", "repo/repodata/repomd.xml"),
    ] {
        let scene = Scene::new(case(name));
        let path = scene.project.path().join(path);
        fs::create_dir_all(path.join("inside")).unwrap();
        let run = scene.run();
        let is_refused = matches!(run.code, Some(3));
        let is_elsewhere = name.starts_with("init") && run.code == Some(0);
        assert!(is_refused || is_elsewhere, "{name}\n{}", run.snapshot());
        assert!(path.join("inside").is_dir(), "{name}");
        assert_eq!(scene.left_behind(), [] as [PathBuf; 0], "{name}");
    }
}

#[test]
fn a_file_in_place_of_a_folder_is_an_error_and_stays() {
    for (name, path) in [
        ("package", "out"),
        ("package in its own folder", "target/ambot"),
        ("generate", "units"),
        ("inspect with files unpacked", "files"),
        ("repo add, the first", "repo"),
        ("pages", "pages"),
    ] {
        let scene = Scene::new(case(name));
        let path = scene.project.path().join(path);
        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap();
        }
        fs::write(&path, "a file").unwrap();
        let run = scene.run();
        assert_eq!(run.code, Some(3), "{name}\n{}", run.snapshot());
        assert_eq!(fs::read(&path).unwrap(), b"a file", "{name}");
        assert_eq!(scene.left_behind(), [] as [PathBuf; 0], "{name}");
    }
}
