//! What `cargo ambot check` says of files, and in which form.

use crate::support::project::{Project, Run};
use insta::assert_snapshot;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::process::Stdio;

const SERVICE: &str = "[Unit]\nDescription=Demo\n\n[Service]\nUser=demo\nExecStart=/usr/bin/demo\n\
    Restart=On-Failure\nRestartSec=5 # five\n\n[Install]\nWantedBy=multi-user.target\n";

/// A project beside which a unit lies.
fn with_file(text: &str) -> Project {
    let project = Project::hello();
    project.write("demo.service", text);
    project
}

/// Runs the check with a unit on standard input.
fn piped(project: &Project, arguments: &[&str], text: &str) -> Run {
    let mut command = project.ambot_command(arguments);
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    project.ran(&child.wait_with_output().unwrap())
}

#[test]
fn findings_stand_in_the_order_of_the_lines_with_what_can_be_mended() {
    let project = with_file(SERVICE);
    let run = project.ambot(&["check", "demo.service", "./demo.service"]);
    assert_snapshot!(run.snapshot());
}

#[test]
fn fixes_keep_all_other_bytes_and_a_second_run_has_nothing_to_do() {
    let project = with_file(SERVICE);
    let run = project.ambot(&["check", "demo.service", "--fix"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let mended = SERVICE
        .replace("On-Failure", "on-failure")
        .replace("RestartSec=5 # five", "# five\nRestartSec=5");
    let written = fs::read_to_string(project.path().join("demo.service")).unwrap();
    assert_eq!(written, mended);
    let again = project.ambot(&["check", "demo.service", "--fix"]);
    assert!(again.stderr.contains("Fixed nothing"), "{}", again.stderr);
}

#[test]
fn a_file_that_is_missing_does_not_keep_the_others_from_being_checked() {
    let project = with_file(SERVICE);
    let arguments = [
        "check",
        "nosuch.service",
        "demo.service",
        "--message-format",
    ];
    let run = |format: &str| {
        let run = project.ambot(&[&arguments[..], &[format]].concat());
        assert_eq!(run.code, Some(3), "{}", run.snapshot());
        run.stdout
    };
    assert_snapshot!(run("short"));
    let sarif: Value = serde_json::from_str(&run("sarif")).unwrap();
    let sarif = &sarif["runs"][0];
    assert_eq!(sarif["invocations"][0]["executionSuccessful"], false);
    let notifications = &sarif["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(
        notifications[0]["message"]["text"]
            .as_str()
            .unwrap()
            .lines()
            .next(),
        Some("cannot read nosuch.service")
    );
    let results = sarif["results"].as_array().unwrap();
    assert_eq!(results.len(), 2);
    for result in results {
        assert!(result["locations"][0]["physicalLocation"]["region"]["startLine"].is_u64());
        assert!(result["fixes"][0]["artifactChanges"][0]["replacements"].is_array());
        assert!(result["properties"]["targets"].as_array().unwrap().len() > 5);
    }
}

#[test]
fn without_a_project_sarif_is_valid_all_the_same() {
    let project = Project::hello();
    fs::remove_file(project.path().join("Cargo.toml")).unwrap();
    let run = project.ambot(&["check", "--message-format", "sarif"]);
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    let sarif: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        sarif["runs"][0]["invocations"][0]["executionSuccessful"],
        false
    );
}

#[test]
fn standard_input_is_the_unit_that_its_sections_or_its_name_say() {
    let project = Project::hello();
    let timer = "[Timer]\nOnCalendar=daily\n\n[Install]\nWantedBy=timers.target\n";
    let run = piped(
        &project,
        &["check", "-", "--message-format", "short"],
        timer,
    );
    assert_snapshot!(run.stdout, @"<stdin>:1:2: note[AMB066]: stdin.timer starts stdin.service, which is not among the files");
    for format in ["short", "github"] {
        let quiet = ["check", "-", "-q", "--message-format", format];
        assert_eq!(piped(&project, &quiet, timer).stdout, "", "{format}");
    }
    let arguments = [
        "check",
        "-",
        "--stdin-name",
        "sshd.timer",
        "--message-format",
        "short",
    ];
    assert_snapshot!(piped(&project, &arguments, timer).stdout, @"sshd.timer:1:2: note[AMB066]: sshd.timer starts sshd.service, which is not among the files");
}

#[test]
fn what_does_not_go_together_is_a_usage_error() {
    let project = with_file(SERVICE);
    let mut said = String::new();
    for arguments in [
        &["-", "-"][..],
        &["-", "demo.service"],
        &["-", "--fix"],
        &["demo.service", "--set", "release=2"],
        &["demo.service", "-p", "hello"],
        &["demo.service", "--stdin-name", "a.timer"],
        &["--stdin-name", "a.timer"],
    ] {
        let run = project.ambot(&[&["check"], arguments].concat());
        assert_eq!(run.code, Some(2), "{}", run.snapshot());
        said += run.stderr.lines().next().unwrap();
        said += "\n";
    }
    assert_snapshot!(said, @"
    error: `-` stands for standard input, and is given twice
    error: `-` stands for standard input, and is given beside files
    error: `--fix` writes to files, and standard input is none
    error: `--set` is for a project, and FILE belongs to none
    error: `--package` is for a project, and FILE belongs to none
    error: `--stdin-name` is for a unit on standard input: `check -`
    error: `--stdin-name` is for a unit on standard input: `check -`
    ");
}

#[test]
fn other_kinds_of_unit_are_named_and_drop_ins_are_checked_as_such() {
    let project = Project::hello();
    project.write("x.mount", "[Mount]\nWhat=/a\nWhere=/b\n");
    project.write(
        "x.service.d/limits.conf",
        "[Service]\nMemryMax=1G\nRestartSec=5\n",
    );
    let run = project.ambot(&["check", "x.mount", "x.service.d/limits.conf"]);
    assert_snapshot!(run.snapshot());
}

#[test]
fn the_targets_of_a_project_are_known_for_files_in_it_and_each_counts_once() {
    let project = with_file(SERVICE);
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let profile = "[workspace.metadata.ambot.profiles.mycorp7]\ninherits = \"centos7\"\n";
    project.write("Cargo.toml", &format!("{manifest}\n{profile}"));
    let run = project.ambot(&["check", "demo.service", "-t", "mycorp7,el7,centos7,mycorp7"]);
    assert!(
        run.stderr.contains("1 unit for mycorp7, centos7:"),
        "{}",
        run.stderr
    );
}
