//! The changelog of an RPM, beside the one that rpmbuild writes.

use crate::parts::{packages, query, with_subpackages};
use crate::support::ground::for_each_rpm;
use crate::support::project::{Project, Target};
use insta::assert_snapshot;
use std::fs;
use std::process::Command;

const CHANGELOG: &str = "\
# Changelog

## [Unreleased]

### Added

- Not yet

## [1.0.0] - 2026-01-31

### Added

- Grüße from [the web](https://example.com), in a line that is long enough to be wrapped when it
  is shown
- \\* and - within

### Fixed

- `--flag`
  - below it

## 0.9.0

- No date

## 0.8.0 - 2024-02-29 [YANKED]
";

/// What rpmbuild is given for the same.
const RPMBUILDS: &str = "\
* Sat Jan 31 2026 Anna Böhm <anna@example.com> - 1.0.0-1
- Added: Grüße from the web, in a line that is long enough to be wrapped when
  it is shown
- Added: * and - within
- Fixed: `--flag`
  - below it

* Thu Feb 29 2024 Anna Böhm <anna@example.com> - 0.8.0
- This release was yanked
";

fn with_changelog() -> Project {
    let project = Project::hello();
    project.write("CHANGELOG.md", CHANGELOG);
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let authors = "authors = [\"Anna Böhm <anna@example.com>\"]\nlicense =";
    project.write("Cargo.toml", &manifest.replacen("license =", authors, 1));
    project
}

#[test]
fn the_changelog_is_the_one_that_rpmbuild_writes_of_the_same_entries() {
    let project = with_changelog();
    let spec = format!(
        "Name: hello\nVersion: 1.0.0\nRelease: 1\nSummary: A test\nLicense: MIT\nBuildArch: noarch\n\
         %description\nA test\n%files\n%changelog\n{RPMBUILDS}"
    );
    project.write("hello.spec", &spec);
    let built = Command::new("rpmbuild")
        .args(["-bb", "--quiet", "--define", "_changelog_trimtime 0"])
        .args(["--define", &format!("_topdir {}", project.path().display())])
        .arg(project.path().join("hello.spec"))
        .output()
        .unwrap();
    assert!(built.status.success(), "{built:?}");
    let theirs = project.path().join("RPMS/noarch/hello-1.0.0-1.noarch.rpm");
    let format = "[%{CHANGELOGTIME}|%{CHANGELOGNAME}|%{CHANGELOGTEXT}|\n]";
    let ours = project.package(Target::CentOs7, &[]);
    similar_asserts::assert_eq!(query(&theirs, format), query(&ours, format));
}

#[test]
fn every_rpm_shows_the_changelog() {
    let project = with_changelog();
    let package = project.package(Target::CentOs7, &[]);
    for_each_rpm(Target::CentOs7, |root| {
        root.install(&package);
        let output = root.rpm(&["-q", "--changelog", "hello"].map(AsRef::as_ref));
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said.trim_end(), RPMBUILDS.trim_end());
    });
}

#[test]
fn what_is_left_out_of_the_changelog_is_said_and_inspect_shows_the_rest() {
    let project = with_changelog();
    project.place_binary();
    let run = project.ambot(&["package", "--no-build", "-t", "centos8"]);
    let (note, _) = run.stderr.split_once("      Taking").unwrap();
    assert_snapshot!(note, @"
    note: without a date, left out of the RPM's changelog: 0.9.0
    --> Cargo.toml
     = help: write the day of the release in CHANGELOG.md: 2026-01-31
    ");
    let inspected = project.ambot(&["inspect", run.stdout.trim()]);
    let (_, changes) = inspected.stdout.split_once("\nchangelog\n").unwrap();
    assert!(
        changes.contains("Anna Böhm <anna@example.com> - 1.0.0-1\n"),
        "{changes}"
    );
    let off = project.package(Target::CentOs8, &["--set", "changelog=false"]);
    assert_eq!(query(&off, "[%{CHANGELOGNAME}]"), "");
}

#[test]
fn entries_can_be_given_and_a_subpackage_has_them_too() {
    let project = with_subpackages("");
    let given = "targets = [\"centos8\"]\npackager = \"Ops <ops@example.com>\"\nchangelog = [\n\
         { version = \"0.9.0\", date = \"2025-01-01\", changes = [\"First\"] },\n\
         { version = \"1.0.0\", date = \"2026-01-31\", author = \"A <a@b.example>\", changes = [\"* One\", \"Two\"] },\n]";
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let targets = "targets = [\"centos7\", \"centos8\"]";
    project.write("Cargo.toml", &manifest.replace(targets, given));
    let rpms = packages(&project, Target::CentOs8, &[]);
    let format = "[%{CHANGELOGTIME:day} %{CHANGELOGNAME}\n%{CHANGELOGTEXT}\n]";
    assert_snapshot!(query(&rpms["hello-devel"], format), @"
    Sat Jan 31 2026 A <a@b.example> - 1.0.0-1
    - One
    - Two
    Wed Jan 01 2025 Ops <ops@example.com> - 0.9.0
    - First
    ");
}

#[test]
fn mistakes_of_a_changelog_are_told() {
    for (name, value) in [
        (
            "no_date",
            "[{version=\"1.0.0\", date=\"2026-02-30\", changes=[\"a\"]}]",
        ),
        ("no_file", "\"CHANGES.md\""),
        ("outside", "\"../../../etc/passwd\""),
        ("no_release", "\"README.md\""),
    ] {
        let project = Project::hello();
        let set = format!("changelog={value}");
        let run = project.ambot(&["check", "-t", "centos8", "--set", &set]);
        assert_snapshot!(format!("mistake_{name}"), run.snapshot());
    }
}
