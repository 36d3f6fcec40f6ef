//! What `cargo ambot generate` makes of a project.

use crate::support::project::Project;
use insta::assert_snapshot;
use std::fs;

/// The fixture service with another end of its manifest.
fn with_tables(tables: &str) -> Project {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let (package, _) = manifest.split_once("[package.metadata.ambot").unwrap();
    project.write("Cargo.toml", &format!("{package}{tables}"));
    project
}

fn generate(project: &Project, targets: &str) -> String {
    project.ambot(&["generate", "--target", targets]).snapshot()
}

#[test]
fn no_table_at_all_gives_the_service_of_the_only_binary() {
    assert_snapshot!(generate(&with_tables(""), "centos7,centos8"));
}

#[test]
fn a_target_has_directives_of_its_own_and_an_empty_array_takes_one_away() {
    let project = with_tables(
        "[package.metadata.ambot.services.hello.Service]\n\
         ExecStart = \"/usr/bin/hello\"\nLimitNOFILE = 1024\nUMask = 0o027\nPrivateTmp = true\n\
         Environment = [\"A=1\", \"B=2\"]\n\
         [package.metadata.ambot.target.el7.services.hello.Service]\n\
         LimitNOFILE = 65536\nPrivateTmp = []\n",
    );
    assert_snapshot!(generate(&project, "centos7,centos8"));
}

#[test]
fn a_timers_service_and_a_handler_are_not_enabled_and_it_is_said_why() {
    let project = with_tables("");
    for (name, text) in [
        (
            "hello.service",
            "[Unit]\nOnFailure=alert.service\n[Service]\nExecStart=/usr/bin/hello\n",
        ),
        (
            "alert.service",
            "[Service]\nType=oneshot\nExecStart=/usr/bin/hello --alert\n",
        ),
        (
            "tidy.service",
            "[Service]\nType=oneshot\nExecStart=/usr/bin/hello --tidy\n",
        ),
        ("tidy.timer", "[Timer]\nOnCalendar=daily\n"),
        (
            "worker@.service",
            "[Service]\nExecStart=/usr/bin/hello --worker %i\n",
        ),
    ] {
        project.write(&format!(".ambot/services/{name}"), text);
    }
    assert_snapshot!(generate(&project, "centos8"));
}

#[test]
fn a_table_without_sections_sets_the_policy_of_a_file() {
    let project = with_tables("[package.metadata.ambot.services.hello]\ninstall = false\n");
    project.write(
        ".ambot/services/hello.service",
        "[Service]\nExecStart=/usr/bin/hello\n",
    );
    assert_snapshot!(generate(&project, "centos7"));
}

#[test]
fn units_are_written_to_a_folder_for_each_target() {
    let project = with_tables("");
    let run = project.ambot(&["generate", "-t", "centos7,centos8", "-q", "-o", "units"]);
    assert_snapshot!(run.snapshot());
    assert!(
        project
            .path()
            .join("units/centos8/hello.service.d/10-ambot-install.conf")
            .is_file()
    );
}

#[test]
fn several_binaries_without_a_service_are_listed() {
    let project = with_tables("");
    project.write("src/bin/other.rs", "fn main() {}\n");
    assert_snapshot!(generate(&project, "centos7"));
}

#[test]
fn several_binaries_with_default_run_have_its_service() {
    let project = with_tables("");
    project.write("src/bin/other.rs", "fn main() {}\n");
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let manifest = manifest.replace(
        "name = \"hello\"",
        "name = \"hello\"\ndefault-run = \"other\"",
    );
    project.write("Cargo.toml", &manifest);
    assert_snapshot!(generate(&project, "centos7"));
}

#[test]
fn a_variable_and_a_flag_set_what_the_manifest_sets() {
    let project = with_tables("");
    let mut command =
        project.ambot_command(&["generate", "--set", "services.hello.Service.Nice=5"]);
    let run = project.run(command.env("CARGO_AMBOT_TARGETS", "rhel7"));
    assert_snapshot!(run.snapshot());
    let mut command = project.ambot_command(&["generate"]);
    let run = project.run(command.env("CARGO_AMBOT_TARGTS", "rhel7"));
    assert_snapshot!(run.snapshot());
}

/// The fixture with a unit of its own.
fn with_unit(settings: &str, text: &str) -> Project {
    let project = with_tables(&format!("[package.metadata.ambot]\n{settings}\n"));
    project.write(".ambot/services/hello.service", text);
    project
}

const NEW: &str = "\
[Unit]
Description=Hello
StartLimitIntervalSec=1min

[Service]
Type=exec
ExecStart=hello --greet=\"good day\"
User=hello
StateDirectory=hello
ProtectSystem=strict
PrivateUsers=yes

[Install]
WantedBy=multi-user.target
";

#[test]
fn a_diff_says_what_is_changed_for_a_target_and_why() {
    let project = with_unit("", NEW);
    let run = project.ambot(&["generate", "-q", "--diff", "--target", "centos7,el8"]);
    assert_snapshot!(run.stdout);
}

#[test]
fn units_stay_as_they_are_written_where_that_is_asked_for() {
    let text = "[Service]\nExecStart=/usr/bin/hello\nMemoryMax=1G\n[Install]\nWantedBy=multi-user.target\n";
    let project = with_unit("adapt = \"off\"", text);
    let run = project.ambot(&["generate", "-q", "--target", "centos7"]);
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.contains(text), "{}", run.stdout);
    let project = with_unit("adapt = \"on\"", text);
    let run = project.ambot(&["generate", "-q", "--target", "centos7"]);
    assert!(run.stdout.contains("\nMemoryLimit=1G\n"), "{}", run.stdout);
}

#[test]
fn a_unit_that_a_target_cannot_be_given_is_said_with_the_way_out() {
    let text = NEW.replace(
        "User=hello",
        "User=hello\nStandardOutput=append:/var/log/hello",
    );
    let project = with_unit("hardening = \"require\"", &text);
    let run = project.ambot(&["generate", "-q", "--diff", "--target", "centos7,el8"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    let errors = run.stderr.find("error: ").unwrap();
    assert_snapshot!(run.stderr[errors..]);
}
