//! Nobody is connected to who was not named: every command is watched by strace, which sees each
//! `connect` of the program and of all that it starts.

use crate::support::project::{Project, Target, started_by};
use crate::support::{find_program, not_run};
use std::fs;
use std::path::Path;

/// The addresses of other machines that a command connects to.
fn connections(strace: &Path, project: &Project, arguments: &[&str]) -> Vec<String> {
    let log = project.path().join("strace.log");
    let (strace, file) = (strace.to_str().unwrap(), log.to_str().unwrap());
    let watching = [
        strace,
        "-f",
        "-qq",
        "-e",
        "trace=connect,sendto",
        "-o",
        file,
    ];
    let mut command = started_by(&watching, &project.ambot_command(arguments));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code().is_some_and(|code| code < 4),
        "{arguments:?}: {said}"
    );
    let text = fs::read_to_string(log).unwrap();
    let far = text.lines().filter(|line| line.contains("AF_INET"));
    far.map(str::to_owned).collect()
}

#[test]
fn nobody_is_connected_to_who_was_not_named() {
    let Some(strace) = find_program("strace") else {
        return not_run::note("strace: not run");
    };
    let project = Project::hello();
    let package = project.package(Target::CentOs8, &[]);
    let package = package.to_str().unwrap();
    // Where the cache is empty the names of units are not looked for, either.
    project.set("repos = [\"http://127.0.0.1:9/yum\"]");
    let every = "rpm,spec,srpm,tar.gz";
    for arguments in [
        &[
            "package",
            "--no-build",
            "-t",
            "el8",
            "--format",
            every,
            "--provenance",
            "--sbom",
            "--names=off",
        ][..],
        &[
            "package",
            "--no-build",
            "-t",
            "el7",
            "--dry-run",
            "--names=cached",
        ],
        &["generate", "-t", "el7,el8"],
        &["check", "-t", "el7,el8"],
        &["explain", "ProtectSystem"],
        &["targets"],
        &["schema", "settings"],
        &["inspect", package],
        &["diff", package, package],
        &["init", "--ci", "github"],
        &["repo", "add", "yum", package],
        &["repo", "list", "yum"],
    ] {
        let seen = connections(&strace, &project, arguments);
        assert_eq!(seen, Vec::<String>::new(), "{arguments:?}");
    }
    // Who was named is connected to, and seen to be, unless that is forbidden.
    let asked = ["check", "-t", "el8", "--names"];
    assert!(!connections(&strace, &project, &asked).is_empty());
    let offline = [&asked[..], &["--offline"]].concat();
    assert_eq!(
        connections(&strace, &project, &offline),
        Vec::<String>::new()
    );
}

/// What a program that was built before was made from is not resolved anew.
#[test]
fn a_bill_of_materials_asks_nobody_and_writes_no_lock_file() {
    let Some(strace) = find_program("strace") else {
        return not_run::note("strace: not run");
    };
    let project = Project::hello();
    project.place_binary();
    let manifest = project.path().join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    project.write(
        "Cargo.toml",
        &format!("{text}\n[dependencies]\nitoa = \"1\"\n"),
    );
    let lock = project.path().join("Cargo.lock");
    let before = fs::read(&lock).unwrap();
    let arguments = [
        "package",
        "--no-build",
        "-t",
        "el8",
        "--sbom",
        "--names=off",
    ];
    let run = || {
        let log = project.path().join("strace.log");
        let watching = [
            strace.to_str().unwrap(),
            "-f",
            "-qq",
            "-e",
            "trace=connect,sendto",
            "-o",
        ];
        let watching = [&watching[..], &[log.to_str().unwrap()]].concat();
        let mut command = started_by(&watching, &project.ambot_command(&arguments));
        command.env("CARGO_HOME", project.path().join("empty"));
        let run = project.ran(&command.output().unwrap());
        let text = fs::read_to_string(log).unwrap();
        let far: Vec<&str> = text
            .lines()
            .filter(|line| line.contains("AF_INET"))
            .collect();
        assert_eq!(far, Vec::<&str>::new());
        assert!(matches!(run.code, Some(3 | 101)), "{}", run.snapshot());
        run.snapshot()
    };
    let help = |said: &str| {
        let help = said.find("= help:").map(|at| said[at..].to_owned());
        help.unwrap_or_else(|| said.to_owned())
    };
    // It does not fit.
    insta::assert_snapshot!(help(&run()), @"
    = help: it needs the network or what cargo fetched before: run
             `cargo fetch --locked` where there is a network
    ");
    assert_eq!(fs::read(&lock).unwrap(), before);
    // There is none.
    fs::remove_file(&lock).unwrap();
    let said = run();
    let from = said.find("error:").unwrap();
    insta::assert_snapshot!(said[from..], @"
    error: there is no [PROJECT]/Cargo.lock, which says what a bill of
           materials lists
     |
     = help: run `cargo generate-lockfile` and commit it, before the program is
             built
    ");
    assert!(!lock.exists());
    // It names a crate that was never fetched.
    let text = String::from_utf8(before).unwrap();
    let own = text.replace(
        "name = \"hello\"\nversion = \"1.0.0\"\n",
        "name = \"hello\"\nversion = \"1.0.0\"\ndependencies = [\n \"itoa\",\n]\n",
    );
    assert_ne!(own, text);
    let itoa = "\n[[package]]\nname = \"itoa\"\nversion = \"1.0.15\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"4a5f13b858c8d314ee3e8f639011f7ccefe71f97f96e50151fb991f267928e2c\"\n";
    project.write("Cargo.lock", &format!("{own}{itoa}"));
    insta::assert_snapshot!(help(&run()), @"
    = help: it needs the network or what cargo fetched before: run
             `cargo fetch --locked` where there is a network
    ");
}
