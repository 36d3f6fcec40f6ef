//! What lies in a tree and is no file: loops, pipes, sockets, devices, depths.

use crate::support::ground::is_root;
use crate::support::not_run;
use crate::support::project::{Project, Run};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn with_data() -> (Project, PathBuf) {
    let project = Project::hello();
    project.set("files = [{ source = \"data\", dest = \"/usr/share/hello/data\" }]");
    project.place_binary();
    let data = project.path().join("data");
    fs::create_dir(&data).unwrap();
    (project, data)
}

fn package(project: &Project) -> Run {
    project.ambot(&["package", "--no-build", "-q", "-t", "centos8", "-o", "out"])
}

fn make(path: &Path, kind: FileType) -> bool {
    let device = rustix::fs::makedev(1, 3);
    mknodat(CWD, path, kind, Mode::from_raw_mode(0o666), device).is_ok()
}

#[test]
fn links_in_a_ring_are_shipped_as_links_and_followed_by_nobody() {
    let (project, data) = with_data();
    symlink("b", data.join("a")).unwrap();
    symlink("a", data.join("b")).unwrap();
    symlink(".", data.join("self")).unwrap();
    let run = package(&project);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    // As a source by itself it leads nowhere.
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    project.write("Cargo.toml", &manifest.replace("\"data\"", "\"data/a\""));
    let run = package(&project);
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    assert!(
        run.stderr.contains("Too many levels of symbolic links"),
        "{}",
        run.snapshot()
    );
}

#[test]
fn what_is_no_file_is_named_and_not_waited_for() {
    let (project, data) = with_data();
    let refused = |what: &str| {
        let start = Instant::now();
        let run = package(&project);
        assert_eq!(run.code, Some(3), "{}", run.snapshot());
        assert!(run.stderr.contains(what), "{}", run.snapshot());
        assert!(
            run.stderr.contains("help: take it out"),
            "{}",
            run.snapshot()
        );
        assert!(start.elapsed() < Duration::from_secs(60));
        assert!(!project.path().join("out").exists());
    };
    assert!(make(&data.join("pipe"), FileType::Fifo));
    refused("data/pipe is a pipe");
    fs::remove_file(data.join("pipe")).unwrap();
    let socket = UnixListener::bind(data.join("socket")).unwrap();
    refused("data/socket is a socket");
    drop(socket);
    fs::remove_file(data.join("socket")).unwrap();
    if !make(&data.join("null"), FileType::CharacterDevice) {
        return not_run::note("a device in a tree: not run: none can be made here");
    }
    refused("data/null is a device");
}

#[test]
fn a_unit_a_licence_and_a_readme_that_are_pipes_are_not_waited_for() {
    let (project, _) = with_data();
    project.write(".ambot/services/other.service", "");
    for name in ["LICENSE", "README.md", ".ambot/services/other.service"] {
        let path = project.path().join(name);
        fs::remove_file(&path).unwrap();
        assert!(make(&path, FileType::Fifo));
    }
    let run = package(&project);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert!(
        run.stderr.contains("other.service is not packaged"),
        "{}",
        run.snapshot()
    );
}

#[test]
fn a_tree_of_a_thousand_folders_within_each_other_is_packaged() {
    let (project, data) = with_data();
    let mut deep = data.clone();
    deep.extend(vec!["d"; 1000]);
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("file"), "x").unwrap();
    let start = Instant::now();
    let run = package(&project);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert!(
        start.elapsed() < Duration::from_secs(60),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn a_file_that_may_not_be_read_is_named() {
    if !is_root() {
        return not_run::note("a file of another user: not run: not root");
    }
    let (project, data) = with_data();
    fs::write(data.join("secret"), "x").unwrap();
    let path = data.join("secret");
    let run =
        super::read_only::as_nobody(&project, "package --no-build -q -t centos8 -o out", &[path]);
    let Some(run) = run else {
        return not_run::note("a file of another user: not run: there is no setpriv");
    };
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    assert!(run.stderr.contains("data/secret"), "{}", run.snapshot());
    assert!(
        run.stderr.contains("Permission denied"),
        "{}",
        run.snapshot()
    );
}
