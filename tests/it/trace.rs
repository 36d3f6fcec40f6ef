//! The trace of a run: each stage with its time, on stderr, and nothing that its user wrote.

use crate::support::project::{Project, started_by};
use crate::support::{find_program, not_run, succeed};
use std::fs;
use std::process::Command;

/// The names of the stages that a trace says to have ended, each with those around it.
fn stages(stderr: &str) -> Vec<String> {
    let lines = stderr.lines().filter_map(|line| line.split_once("s "));
    let ended = lines.filter_map(|(since, line)| {
        since.trim().parse::<f64>().ok()?;
        let (trail, took) = line.split_once(": took ")?;
        assert!(took.ends_with(" ms") || took.ends_with(" s"), "{line}");
        Some(trail.to_owned())
    });
    ended.collect()
}

#[test]
fn twice_verbose_traces_each_stage_with_its_time() {
    let project = Project::hello();
    project.place_binary();
    let run = project.ambot(&["package", "--no-build", "-t", "el8", "-vv", "--color=never"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert_eq!(
        stages(&run.stderr),
        [
            "project",
            "check target=el8 > contents",
            "check target=el8 > unit",
            "check target=el8 > adapt units=1",
            "check target=el8 > lint units=1",
            "check target=el8",
            "toolchain",
            "build",
            "package target=el8",
            "record",
            "rpm target=el8",
            "inspect target=el8",
            "attest",
        ]
    );
    // What is made stands on stdout alone, as ever.
    assert_eq!(run.stdout.lines().count(), 1);
    assert!(run.stdout.ends_with(".rpm\n"));
    for told in [
        "makes the RPM anew: none is recorded",
        "scriptlets pre+post",
    ] {
        assert!(run.stderr.contains(told), "{told}: {}", run.stderr);
    }
}

#[test]
fn rust_log_is_heard_with_every_form_of_output() {
    let project = Project::hello();
    let traced = |level: &str, arguments: &[&str]| {
        let mut command = project.ambot_command(arguments);
        project.run(command.env("RUST_LOG", level))
    };
    let check = ["check", "-t", "el8", "--message-format=json"];
    let run = traced("cargo_ambot=debug", &check);
    assert!(stages(&run.stderr).contains(&"check target=el8".to_owned()));
    assert!(run.stdout.lines().all(|line| line.starts_with('{')));
    let silent = traced("warn,hyper=trace", &check);
    assert_eq!(silent.stderr, "");
    assert_eq!(silent.stdout, run.stdout);
    let begins = traced("trace", &check);
    assert!(
        begins
            .stderr
            .contains("check target=el8 > lint units=1: begins")
    );
    let wrong = traced("cargo_ambot=loud", &["check", "-t", "el8"]);
    assert_eq!(wrong.code, run.code);
    insta::assert_snapshot!(wrong.stderr.lines().take(4).collect::<Vec<_>>().join("\n"), @r#"
    warning: RUST_LOG is not understood
     |
     = note: error parsing level filter: expected one of "off", "error", "warn",
             "info", "debug", "trace", or a number 0-5
    "#);
}

#[test]
fn a_wish_that_nobody_hears_is_told() {
    let project = Project::hello();
    let warned = |wish: &str| {
        let mut command = project.ambot_command(&["check", "-t", "el8", "--message-format=json"]);
        let run = project.run(command.env("RUST_LOG", wish));
        (run.stdout.contains("RUST_LOG is not understood"), run)
    };
    for wish in ["debg", "cargo-ambot=debug", "debug/regex", "=", ",,,"] {
        assert!(warned(wish).0, "{wish}");
    }
    for wish in ["web_service=debug", "off", "error"] {
        let (warned, run) = warned(wish);
        assert!(!warned && run.stderr.is_empty(), "{wish}");
    }
    let mut command = project.ambot_command(&["check", "-t", "el8"]);
    let run = project.run(command.env("RUST_LOG", "cargo-ambot=debug"));
    insta::assert_snapshot!(run.stderr.lines().take(5).collect::<Vec<_>>().join("\n"), @"
    warning: RUST_LOG is not understood
     |
     = note: `cargo-ambot=debug` asks for nothing that cargo ambot has
     = help: for the stages of cargo ambot: RUST_LOG=cargo_ambot=debug, or -vv
    note[AMB070]: nothing in hello.service lets it be enabled
    ");
}

#[test]
fn every_program_that_is_run_is_told() {
    let (Some(strace), Some(git)) = (find_program("strace"), find_program("git")) else {
        return not_run::note("strace, git: not run");
    };
    let project = Project::hello();
    project.place_binary();
    for words in [
        &["init", "-q"][..],
        &["add", "Cargo.toml"],
        &[
            "-c",
            "user.name=a",
            "-c",
            "user.email=a",
            "commit",
            "-qm",
            "a",
        ],
    ] {
        let mut command = Command::new(&git);
        let output = command.args(words).current_dir(project.path()).output();
        succeed("git", &output.unwrap());
    }
    let log = project.path().join("strace.log");
    let watching = [
        strace.to_str().unwrap(),
        "-f",
        "-qq",
        "--signal=none",
        "-e",
        "trace=execve",
        "-o",
        log.to_str().unwrap(),
    ];
    let arguments = ["package", "--no-build", "-t", "el8", "-vv", "--color=never"];
    let more = ["--provenance", "--sbom"];
    let command = project.ambot_command(&[&arguments[..], &more].concat());
    let output = started_by(&watching, &command).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let text = fs::read_to_string(&log).unwrap();
    // rustup starts the toolchain's own by their paths.
    let run = |name: &str| {
        let begins = format!(", [\"{name}\", ");
        let is_it = |line: &&str| line.contains(&begins) && line.ends_with(" = 0");
        text.lines().filter(is_it).count()
    };
    let told = |name: &str| said.matches(&format!("runs {name} ")).count();
    for name in ["cargo", "git"] {
        assert_eq!(told(name), run(name), "{name}: {said}{text}");
    }
    for words in [
        "cargo -vV",
        "cargo metadata",
        "getconf GNU_LIBC_VERSION",
        "git log",
        "git rev-parse",
        "git status",
    ] {
        assert!(said.contains(&format!("runs {words}")), "{words}: {said}");
    }
    let last = said.lines().rfind(|line| line.contains(" took ")).unwrap();
    assert!(last.ends_with(" in all"), "{last}");
}

#[test]
fn a_trace_holds_no_value_of_the_settings_and_no_argument() {
    let project = Project::hello();
    project.set("summary = \"canary-2\"");
    project.place_binary();
    let environment = "services.hello.Service.Environment=\"TOKEN=canary-1\"";
    let arguments = ["package", "--no-build", "-t", "el8", "--set", environment];
    let mut command = project.ambot_command(&arguments);
    let run = project.run(command.env("RUST_LOG", "trace"));
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert!(stages(&run.stderr).len() > 10);
    assert!(!run.stderr.contains("canary"), "{}", run.stderr);
}
