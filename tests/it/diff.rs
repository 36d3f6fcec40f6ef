//! `cargo ambot diff` on packages of real rpmbuild and of this program, held against what rpm does
//! when one takes the place of the other.

use crate::support::ground::{Program, for_each_rpm, rpms};
use crate::support::not_run;
use crate::support::project::{Project, Run, Target, ambot};
use serde_json::Value;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn diff(old: &Path, new: &Path, more: &[&str]) -> Run {
    let mut arguments = vec!["diff"];
    arguments.extend(more);
    arguments.extend([old.to_str().unwrap(), new.to_str().unwrap()]);
    ambot(&arguments)
}

fn json(old: &Path, new: &Path) -> Value {
    let run = diff(old, new, &["--message-format", "json"]);
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.snapshot()))
}

/// The effects, a line each.
fn effects(difference: &Value) -> String {
    let effects = difference["effects"].as_array().unwrap();
    let line = |effect: &Value| {
        let (weight, text) = (&effect["weight"], &effect["text"]);
        format!("{}: {}", weight.as_str().unwrap(), text.as_str().unwrap())
    };
    effects.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What stands in the spec of one version beside the version.
struct Version<'a> {
    version: &'a str,
    head: &'a str,
    install: &'a str,
    files: &'a str,
    scripts: &'a str,
}

/// Builds a version by the rpmbuild beside an rpm.
fn build(rpm: &Path, folder: &Path, of: &Version<'_>) -> PathBuf {
    let Version {
        version,
        head,
        install,
        files,
        scripts,
    } = of;
    let top = folder.join("top");
    fs::create_dir_all(&top).unwrap();
    let spec = top.join(format!("odd-{version}.spec"));
    let text = format!(
        "Name: odd\nVersion: {version}\nRelease: 1\nSummary: Odd\nLicense: MIT\n{head}\
         %description\nOdd.\n%install\nmkdir -p %{{buildroot}}/etc %{{buildroot}}/opt \
         %{{buildroot}}/usr/lib/systemd/system\n{install}%files\n{files}{scripts}"
    );
    fs::write(&spec, text).unwrap();
    let output = Command::new(rpm.with_file_name("rpmbuild"))
        .args(["-bb", "--target", "noarch-linux", "--nodeps"])
        .args(["--define", &format!("_topdir {}", top.display())])
        .args(["--define", "_binary_payload w9.gzdio"])
        .args(["--define", "_buildhost builder.example"])
        .args(["--define", "__os_install_post %{nil}"])
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .arg(&spec)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    top.join(format!("RPMS/noarch/odd-{version}-1.noarch.rpm"))
}

const OLD: Version<'_> = Version {
    version: "1.0",
    head: "Provides: strange\n",
    install: "printf 'port = 1\\n' > %{buildroot}/etc/odd.conf\n\
        printf 'a = 1\\n' > %{buildroot}/etc/odd.extra\n\
        mkdir %{buildroot}/opt/odd\n\
        printf '[Service]\\nExecStart=/bin/true\\nUser=oddly\\n[Install]\\nWantedBy=multi-user.target\\n' > %{buildroot}/usr/lib/systemd/system/odd.service\n",
    files: "%config(noreplace) /etc/odd.conf\n%config /etc/odd.extra\n/opt/odd\n/usr/lib/systemd/system/odd.service\n",
    scripts: "%postun\nif [ $1 -ge 1 ]; then\n  systemctl try-restart odd.service || :\nfi\n\
        %changelog\n* Sat Jan 31 2026 A Packager <a@example.org> - 1.0-1\n- First\n",
};

const NEW: Version<'_> = Version {
    version: "1.1",
    head: "Requires: curl >= 7.29\n",
    install: "printf 'port = 2\\n' > %{buildroot}/etc/odd.conf\n\
        printf 'a = 1\\n' > %{buildroot}/etc/odd.extra\n\
        ln -s /srv/odd %{buildroot}/opt/odd\n\
        printf '[Service]\\nExecStart=/bin/false\\n[Install]\\nWantedBy=multi-user.target\\n' > %{buildroot}/usr/lib/systemd/system/odd.service\n",
    files: "%config(noreplace) /etc/odd.conf\n/etc/odd.extra\n/opt/odd\n/usr/lib/systemd/system/odd.service\n",
    scripts: "%post\necho post\n\
        %changelog\n* Sun Feb 01 2026 A Packager <a@example.org> - 1.1-1\n- Odder\n\
        * Sat Jan 31 2026 A Packager <a@example.org> - 1.0-1\n- First\n",
};

/// The same without what rpm refuses.
fn installable() -> Version<'static> {
    Version {
        version: "1.2",
        install: "printf 'port = 2\\n' > %{buildroot}/etc/odd.conf\n\
            printf 'a = 1\\n' > %{buildroot}/etc/odd.extra\n\
            printf '[Service]\\nExecStart=/bin/false\\n' > %{buildroot}/usr/lib/systemd/system/odd.service\n",
        files: "%config(noreplace) /etc/odd.conf\n/etc/odd.extra\n/usr/lib/systemd/system/odd.service\n",
        scripts: "",
        ..NEW
    }
}

/// Whether rpmbuild lies beside this rpm.
fn builds(rpm: &Program) -> bool {
    let is_there = rpm.path.with_file_name("rpmbuild").exists();
    if !is_there {
        not_run::note(&format!("rpmbuild {}: not run", rpm.version));
    }
    is_there
}

#[test]
fn two_packages_of_rpmbuild_are_told_apart_for_an_operator() {
    let folder = tempfile::tempdir().unwrap();
    let rpms = rpms(Target::CentOs7);
    let Some(rpm) = rpms.iter().find(|rpm| builds(rpm)) else {
        return;
    };
    let old = build(&rpm.path, folder.path(), &OLD);
    let new = build(&rpm.path, folder.path(), &NEW);
    let run = diff(&old, &new, &["-v"]);
    assert_eq!(run.code, Some(0));
    for line in run.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    // Old rpmbuilds take the time of the clock, and do not count links as installed.
    let lines = run
        .stdout
        .lines()
        .filter(|line| !line.contains("build-time") && !line.contains("  installed "));
    insta::assert_snapshot!("rpmbuild", lines.collect::<Vec<_>>().join("\n"));
    let run = diff(&old, &new, &["--exit-code"]);
    assert_eq!(run.code, Some(1));
    let coloured = diff(&old, &new, &["--color", "always"]);
    assert!(
        coloured.stdout.starts_with("\u{1b}["),
        "{}",
        coloured.stdout
    );
    assert_eq!(
        anstream::adapter::strip_str(&coloured.stdout).to_string(),
        run.stdout
    );
}

#[test]
fn rpm_does_what_was_told_of_edited_files_and_of_folders() {
    let folder = tempfile::tempdir().unwrap();
    let rpms = rpms(Target::CentOs7);
    let Some(rpm) = rpms.iter().find(|rpm| builds(rpm)) else {
        return;
    };
    let [old, refused, new] =
        [&OLD, &NEW, &installable()].map(|version| build(&rpm.path, folder.path(), version));
    assert_eq!(json(&old, &refused)["weight"], "refused");
    let told = effects(&json(&old, &new));
    for part in [
        "/etc/odd.conf has a new default: where it was edited it stays, and the new one is put beside it as /etc/odd.conf.rpmnew",
        "/etc/odd.extra is no longer config: where it was edited it is kept as /etc/odd.extra.rpmsave and replaced",
    ] {
        assert!(told.contains(part), "{told}");
    }
    for_each_rpm(Target::CentOs7, |root| {
        let upgrade = |package: &Path| {
            let arguments = [
                "-U",
                "--nodeps",
                "--noscripts",
                "--ignoreos",
                "--ignorearch",
            ];
            let mut arguments: Vec<_> = arguments.iter().map(OsStr::new).collect();
            arguments.push(package.as_os_str());
            root.force(&arguments)
        };
        assert!(upgrade(&old).status.success());
        let said = upgrade(&refused);
        assert!(!said.status.success(), "it was told that rpm refuses this");
        root.write("/etc/odd.conf", "port = 7\n");
        root.write("/etc/odd.extra", "a = 7\n");
        let said = upgrade(&new);
        assert!(
            said.status.success(),
            "{}",
            String::from_utf8_lossy(&said.stderr)
        );
        let text = |path: &str| fs::read_to_string(root.path(path)).unwrap();
        assert_eq!(text("/etc/odd.conf"), "port = 7\n");
        assert_eq!(text("/etc/odd.conf.rpmnew"), "port = 2\n");
        // rpm 4.11 leaves one whose default is the same.
        if text("/etc/odd.extra") == "a = 1\n" {
            assert_eq!(text("/etc/odd.extra.rpmsave"), "a = 7\n");
        } else {
            assert_eq!(text("/etc/odd.extra"), "a = 7\n");
        }
    });
}

#[test]
fn a_package_of_ours_does_not_differ_from_itself() {
    let project = Project::hello();
    let package = project.package(Target::CentOs8, &[]);
    let run = diff(&package, &package, &["--exit-code"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    insta::assert_snapshot!(run.stdout, @r"
    same version: no difference
      hello-1.0.0-1.el8.x86_64
    ");
    let difference = json(&package, &package);
    assert_eq!(difference["reason"], "ambot-diff");
    assert_eq!(difference["format-version"], 1);
    assert_eq!(difference["differs"], false);
    assert_eq!(difference["weight"], "none");
}

#[test]
fn two_packages_of_one_project_with_a_change() {
    let project = Project::hello();
    let package = |set: &[&str]| {
        let made = project.package(Target::CentOs7, set);
        let kept = made.with_file_name(format!("kept-{}.rpm", set.len()));
        fs::copy(made, &kept).unwrap();
        kept
    };
    let old = package(&[]);
    let new = package(&[
        "--rpm-release",
        "2",
        "--set",
        "services.hello.Service.User=\"nobody\"",
        "--set",
        "services.hello.on-upgrade=\"none\"",
    ]);
    let difference = json(&old, &new);
    assert_eq!(difference["relation"], "upgrade");
    insta::assert_snapshot!(effects(&difference), @r"
    attention: hello.service: User= is nobody instead of root
    attention: not restarted by a scriptlet that is known, and its program or unit is another: what runs goes on with the old one until it is restarted: hello.service
    note: %posttrans is another script
    ");
    let directives = &difference["units"][0]["directives"];
    assert_eq!(directives[0]["key"], "User");
    assert_eq!(directives[0]["new"][0], "nobody");
}

#[test]
fn what_is_no_rpm_ends_with_3_and_a_missing_word_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.rpm");
    fs::write(&text, "no rpm at all").unwrap();
    let run = diff(&text, &text, &[]);
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    assert_eq!(run.stdout, "");
    let run = ambot(&["diff", text.to_str().unwrap()]);
    assert_eq!(run.code, Some(2), "{}", run.snapshot());
}

#[test]
fn each_command_offers_the_forms_that_it_knows_and_names_itself_where_it_does_not() {
    for command in ["diff", "inspect", "sign", "package", "targets"] {
        let help = ambot(&[command, "--help"]).stdout;
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains("[possible values: human, json]"), "{help}");
        for words in [
            [command, "--message-format", "sarif"],
            ["--message-format", "short", command],
        ] {
            let files = match command {
                "diff" | "inspect" | "sign" => ["a.rpm", "b.rpm"].as_slice(),
                _ => &[],
            };
            let run = ambot(&[words.as_slice(), files].concat());
            assert_eq!(run.code, Some(2), "{}", run.snapshot());
            assert_eq!(run.stdout, "");
            let usage = format!("Usage: cargo ambot {command} ");
            assert!(run.stderr.contains(&usage), "{}", run.snapshot());
        }
    }
    let help = ambot(&["check", "--help"]).stdout;
    assert!(help.contains("sarif"), "{help}");
    let run = ambot(&["--message-format", "github", "diff", "a.rpm", "b.rpm"]);
    insta::assert_snapshot!(run.stderr, @r"
    error: `--message-format github` is for `cargo ambot check`; `diff` knows human and json

    Usage: cargo ambot diff [OPTIONS] <OLD> <NEW>

    For more information, try '--help'.
    ");
}
