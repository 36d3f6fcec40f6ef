//! `cargo ambot init`: what it writes is right at once, and nothing else is touched.

use crate::support::project::Project;
use insta::assert_snapshot;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// The fixture service before it heard of us.
fn bare() -> Project {
    let project = Project::hello();
    let manifest = read(&project, "Cargo.toml");
    let (package, _) = manifest.split_once("[package.metadata.ambot").unwrap();
    project.write("Cargo.toml", package.trim_end());
    project
}

fn read(project: &Project, path: &str) -> String {
    fs::read_to_string(project.path().join(path)).unwrap()
}

/// Checks the project for every target that it names.
#[track_caller]
fn has_nothing_to_say(project: &Project) {
    let run = project.ambot(&["check"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert!(
        run.stderr.contains("0 errors, 0 warnings, 0 notes"),
        "{}",
        run.snapshot()
    );
}

#[test]
fn tables_are_fitted_to_the_project_and_the_check_has_nothing_to_say() {
    let project = bare();
    project.write("etc/hello.toml", "port = 80\n");
    project.write("config/routes.yaml.example", "a: b\n");
    project.write(".env.example", "RUST_LOG=info\n");
    let before = read(&project, "Cargo.toml");
    let run = project.ambot(&["init"]);
    let after = read(&project, "Cargo.toml");
    assert!(after.starts_with(&before), "{after}");
    assert_snapshot!(format!(
        "{}--- Cargo.toml{}",
        run.snapshot(),
        &after[before.len()..]
    ));
    has_nothing_to_say(&project);
}

#[test]
fn a_unit_file_is_written_in_place_of_tables_and_the_check_has_nothing_to_say() {
    let project = bare();
    let run = project.ambot(&["init", "--service", "-t", "centos7,el8,el9"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert_eq!(run.stdout, ".ambot/services/hello.service\nCargo.toml\n");
    assert_snapshot!(read(&project, ".ambot/services/hello.service"));
    has_nothing_to_say(&project);
    let run = project.ambot(&["init", "--service"]);
    assert_eq!(run.code, Some(0), "the same again: {}", run.snapshot());
    project.write(
        ".ambot/services/hello.service",
        "[Service]\nExecStart=/usr/bin/hello\n",
    );
    let run = project.ambot(&["init", "--service"]);
    assert_snapshot!(run.snapshot());
}

#[test]
fn one_unit_is_not_written_in_two_places() {
    let project = bare();
    assert_eq!(project.ambot(&["init"]).code, Some(0));
    let run = project.ambot(&["init", "--service"]);
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    assert!(!project.path().join(".ambot").exists());
    let run = project.ambot(&["init", "--service", "--force"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    has_nothing_to_say(&project);
    let run = project.ambot(&["init", "--force"]);
    assert_eq!(run.code, Some(0), "the unit file stays: {}", run.snapshot());
    has_nothing_to_say(&project);
}

#[test]
fn nothing_is_overwritten_unless_it_is_asked_for() {
    let project = Project::hello();
    let before = read(&project, "Cargo.toml");
    assert_snapshot!(project.ambot(&["init"]).snapshot());
    assert_eq!(read(&project, "Cargo.toml"), before);
    let manifest = project.path().join("Cargo.toml");
    fs::set_permissions(&manifest, fs::Permissions::from_mode(0o640)).unwrap();
    let windows = format!("{before}\n# of the lints\n[lints]\n").replace('\n', "\r\n");
    fs::write(&manifest, &windows).unwrap();
    let run = project.ambot(&["init", "--force"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let after = read(&project, "Cargo.toml");
    let (ours, _) = windows.split_once("[package.metadata.ambot]").unwrap();
    assert!(after.starts_with(ours), "{after}");
    assert!(
        after.ends_with("\r\n\r\n# of the lints\r\n[lints]\r\n"),
        "{after}"
    );
    assert_eq!(after.matches('\n').count(), after.matches("\r\n").count());
    assert_eq!(after.matches("[package.metadata.ambot]").count(), 1);
    let mode = fs::metadata(&manifest).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o640);
    has_nothing_to_say(&project);
}

#[test]
fn a_dry_run_shows_the_difference_and_writes_nothing() {
    let project = bare();
    let before = read(&project, "Cargo.toml");
    let run = project.ambot(&["init", "--dry-run", "--service"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert!(
        run.stdout
            .starts_with("--- /dev/null\n+++ b/.ambot/services/hello.service\n")
    );
    assert!(
        run.stdout.contains("\n+[package.metadata.ambot]\n"),
        "{}",
        run.stdout
    );
    assert_eq!(read(&project, "Cargo.toml"), before);
    assert!(!project.path().join(".ambot").exists());
}

#[test]
fn each_member_of_a_workspace_gets_tables_of_its_own_and_a_tool_no_service() {
    let project = bare();
    let root =
        read(&project, "Cargo.toml").replace("[workspace]", "[workspace]\nmembers = [\"*-*\"]");
    project.write("Cargo.toml", &root);
    for (name, more) in [
        ("a-service", ""),
        ("a-tool", "categories = [\"command-line-utilities\"]\n"),
        ("a-library", ""),
    ] {
        let manifest =
            format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n{more}");
        project.write(&format!("{name}/Cargo.toml"), &manifest);
        let source = if name == "a-library" { "lib" } else { "main" };
        project.write(&format!("{name}/src/{source}.rs"), "fn main() {}\n");
    }
    let run = project.ambot(&["init", "-p", "a-library"]);
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    let run = project.ambot(&["init", "--workspace", "--exclude", "hello"]);
    assert_snapshot!(run.snapshot());
    assert!(read(&project, "a-tool/Cargo.toml").contains("\nservices = false\n"));
    assert_eq!(read(&project, "Cargo.toml"), root);
    let run = project.ambot(&["check", "--workspace"]);
    assert!(
        run.stderr.contains("0 errors, 0 warnings, 0 notes"),
        "{}",
        run.snapshot()
    );
}
