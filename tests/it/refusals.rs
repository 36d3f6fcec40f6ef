//! Mistakes of a configuration that are told instead of being packaged, and early.

use crate::support::project::{Project, Run};
use insta::assert_snapshot;
use std::fs;
use std::process::Stdio;

/// The fixture service with another end of its manifest.
fn with_tables(tables: &str) -> Project {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let (package, _) = manifest.split_once("[package.metadata.ambot").unwrap();
    project.write("Cargo.toml", &format!("{package}{tables}"));
    project
}

fn generate(project: &Project) -> String {
    project
        .ambot(&["generate", "-q", "-t", "centos8"])
        .snapshot()
}

/// Without a built binary, so that whatever is told is told before a build.
fn package(project: &Project, more: &[&str]) -> Run {
    let mut arguments = vec!["package", "--no-build", "-q", "-t", "centos8"];
    arguments.extend_from_slice(more);
    project.ambot(&arguments)
}

#[test]
fn a_build_that_fails_in_silence_is_told() {
    let project = Project::hello();
    let arguments = ["package", "-q", "-t", "centos8", "--cargo-build", "false"];
    assert_snapshot!(project.ambot(&arguments).snapshot());
    let json = project.ambot(&[&arguments[..], &["--message-format", "json"]].concat());
    assert_eq!(json.code, Some(101));
    assert!(
        json.stdout.contains("`false` ended with exit code 1"),
        "{}",
        json.snapshot()
    );
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    for arguments in [
        &["targets"][..],
        &["targets", "--message-format", "json"],
        &["generate", "-t", "centos8", "--message-format", "json"],
    ] {
        let project = Project::hello();
        let mut command = project.ambot_command(arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let run = project.ran(&child.wait_with_output().unwrap());
        assert_eq!(run.code, Some(0), "{arguments:?} {}", run.snapshot());
    }
}

#[test]
fn a_misspelt_service_is_no_second_service() {
    let project = with_tables("[package.metadata.ambot.services.helo]\nstart = true\n");
    assert_snapshot!("misspelt_without_a_unit_file", generate(&project));
    project.write(
        ".ambot/services/hello.service",
        "[Service]\nExecStart=/usr/bin/hello\n",
    );
    assert_snapshot!("misspelt_with_a_unit_file", generate(&project));
}

#[test]
fn a_service_of_another_name_has_a_service_table() {
    let project =
        with_tables("[package.metadata.ambot.services.web.Service]\nEnvironment = [\"A=1\"]\n");
    assert_snapshot!(generate(&project));
}

#[test]
fn defaults_stay_where_a_target_adds_a_directive_and_an_empty_array_takes_them_away() {
    let project = with_tables(
        "[package.metadata.ambot.target.el8.services.hello.Service]\nLimitNOFILE = 65536\n\
         [package.metadata.ambot.target.centos8.services.hello.Service]\nRestart = []\n\
         [package.metadata.ambot.target.centos8.services.hello.Unit]\nDocumentation = []\n",
    );
    let run = project.ambot(&["generate", "-q", "-t", "el8,centos8"]);
    assert_snapshot!(run.snapshot());
}

#[test]
fn a_oneshot_is_not_restarted_by_default() {
    let project =
        with_tables("[package.metadata.ambot.services.hello.Service]\nType = \"oneshot\"\n");
    assert_snapshot!(generate(&project));
}

#[test]
fn a_timer_alone_has_the_service_of_its_binary() {
    let project = with_tables("");
    project.write(
        ".ambot/services/hello.timer",
        "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n",
    );
    assert_snapshot!(generate(&project));
}

#[test]
fn a_timer_that_starts_nothing_is_refused() {
    let project = with_tables("");
    project.write(
        ".ambot/services/hello.service",
        "[Service]\nExecStart=/usr/bin/hello\n",
    );
    project.write(".ambot/services/tidy.timer", "[Timer]\nOnCalendar=daily\n");
    assert_snapshot!(generate(&project));
}

#[test]
fn a_service_of_a_binary_that_is_left_out_is_refused() {
    let project = with_tables(
        "[package.metadata.ambot]\nbins = [\"hello\"]\n\
         [package.metadata.ambot.services.hello.Service]\nExecStart = \"/usr/bin/other --x\"\n",
    );
    project.write("src/bin/other.rs", "fn main() {}\n");
    assert_snapshot!("left_out_and_named_by_a_command", generate(&project));
    let project = with_tables("[package.metadata.ambot.services.other]\nstart = true\n");
    project.write("src/bin/other.rs", "fn main() {}\n");
    assert_snapshot!(
        "left_out_and_named_by_a_table",
        package(&project, &["--bin", "hello"]).snapshot()
    );
}

#[test]
fn a_unit_that_the_bus_starts_is_not_enabled() {
    let project = with_tables(
        "[package.metadata.ambot]\nfiles = [{ source = \"dbus.service\", \
         dest = \"/usr/share/dbus-1/system-services/org.example.Hello.service\" }]\n",
    );
    project.write(
        "dbus.service",
        "[D-BUS Service]\nName=org.example.Hello\nExec=/usr/bin/hello\nSystemdService=hello.service\n",
    );
    let run = project.ambot(&["generate", "-t", "centos8"]);
    assert_snapshot!(run.snapshot());
}

#[test]
fn what_is_the_same_for_all_targets_is_refused_for_one() {
    let project = with_tables("[package.metadata.ambot.target.centos8]\nbins = [\"hello\"]\n");
    assert_snapshot!(generate(&project));
}

#[test]
fn binaries_that_are_not_there_are_shown_where_they_were_named() {
    let project = with_tables("[package.metadata.ambot]\nbins = [\"helo\"]\n");
    assert_snapshot!("bins_unknown", generate(&project));
    let project = with_tables("[package.metadata.ambot]\nbins = []\n");
    assert_snapshot!("bins_none", generate(&project));
}

#[test]
fn mistakes_in_the_contents_are_told_before_the_build() {
    let project = with_tables("[package.metadata.ambot.requires]\ncurl = \"7.29\"\n");
    assert_snapshot!("contents_requirement", package(&project, &[]).snapshot());
    let project = with_tables(
        "[package.metadata.ambot]\nfiles = [\n  { source = \"README.md\", dest = \"/etc/hello/\" },\n  \
         { source = \"LICENSE\", dest = \"/etc/hello/README.md\" },\n]\n",
    );
    assert_snapshot!("contents_two_files", package(&project, &[]).snapshot());
    let project = with_tables(
        "[package.metadata.ambot]\nfiles = [{ source = \"README.md\", dest = \"/usr/bin/hello\" }]\n",
    );
    assert_snapshot!("contents_binary", package(&project, &[]).snapshot());
}

#[test]
fn mistakes_on_the_command_line_are_usage_errors() {
    let project = with_tables("");
    for (name, arguments) in [
        ("usage_key", &["--set", "relase=7"][..]),
        (
            "usage_required_version",
            &["--set", "required-version=>=0.1"],
        ),
        ("usage_value", &["--set", "services.hello.start=7"]),
        ("usage_release", &["--rpm-release", "a"]),
        ("usage_requirement", &["--set", "requires.curl=7.29"]),
        ("usage_binary", &["--set", "bins=[\"helo\"]"]),
        ("usage_architecture", &["--arch", "arm64"]),
        ("usage_empty_output", &["-o", ""]),
        ("usage_stdout_as_output", &["-o", "-"]),
    ] {
        let run = package(&project, arguments);
        assert_eq!(run.code, Some(2), "{}", run.snapshot());
        assert_snapshot!(name, run.snapshot());
    }
    let mut command = project.ambot_command(&["package", "-q", "-t", "centos8"]);
    let run = project.run(command.env("CARGO_AMBOT_RELEASE", "x"));
    assert_snapshot!("usage_variable", run.snapshot());
    let mut command = project.ambot_command(&["package", "-q", "-t", "centos8"]);
    let run = project.run(command.env("SOURCE_DATE_EPOCH", "abc"));
    assert_snapshot!("usage_date", run.snapshot());
}

#[test]
fn a_subcommand_that_the_help_does_not_show_is_no_advice() {
    let run = with_tables("").ambot(&["pakage"]);
    assert_snapshot!(run.snapshot());
}

#[test]
fn a_mode_with_a_leading_zero_is_told_to_be_a_string() {
    let project = with_tables(
        "[package.metadata.ambot]\nfiles = [{ source = \"README.md\", dest = \"/etc/a\", mode = 0640 }]\n",
    );
    assert_snapshot!(generate(&project));
}

#[test]
fn a_run_that_fails_leaves_no_folder() {
    let project = with_tables("");
    let run = package(&project, &["-o", "out/deep"]);
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    assert!(!project.path().join("out").exists());
    assert!(!project.path().join("target").exists());
}

#[test]
fn a_reload_needs_a_way_to_reload() {
    let project = with_tables("[package.metadata.ambot.services.hello]\non-upgrade = \"reload\"\n");
    assert_snapshot!(generate(&project));
}

#[test]
fn an_owner_that_nothing_creates_is_warned_of() {
    let project = with_tables(
        "[package.metadata.ambot]\nfiles = [{ source = \"README.md\", dest = \"/etc/a\", \
         group = \"hello\", user = \"nobody\" }]\n",
    );
    let run = project.ambot(&["generate", "-q", "-t", "centos8"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert_snapshot!(run.stderr);
}

#[test]
fn what_lies_beside_the_units_is_named() {
    let project = with_tables("");
    project.write(".ambot/services/data.mount", "[Mount]\nWhat=/dev/sda\n");
    project.write(".ambot/services/hello.service.d/a.conf", "[Service]\n");
    assert_snapshot!(generate(&project));
}

#[test]
fn help_knows_the_commands() {
    let run = Project::hello().ambot(&["help", "package"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert!(
        run.stdout
            .starts_with("Make RPMs, or what others build or install them from")
    );
}
