//! The package of the fixture service, installed by real rpm with real systemctl.
//!
//! No test here calls `enable` or `preset`: what is enabled was enabled by the package.

use crate::support::ground::for_each_rpm;
use crate::support::not_run;
use crate::support::project::{Project, Target};
use crate::support::root::Root;
use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

/// A unit as developers write them: with a comment, odd spaces and no way to enable it.
const UNIT: &str = "\
# hello.service, kept by the team
[Unit]
Description = Hello web server
After=network.target

[Service]
ExecStart=/usr/bin/hello
Restart=on-failure
";

const UNIT_PATH: &str = "/usr/lib/systemd/system/hello.service";
const LINK: &str = "/etc/systemd/system/multi-user.target.wants/hello.service";

/// Whether the service would start at the next boot.
fn is_enabled(root: &Root) -> bool {
    let Ok(unit) = fs::read_link(root.path(LINK)) else {
        return false;
    };
    // Debian's systemctl writes /lib, which is a link to /usr/lib.
    let found = fs::canonicalize(root.path(&unit.display().to_string()));
    let shipped = fs::canonicalize(root.path(UNIT_PATH));
    assert_eq!(found.unwrap(), shipped.unwrap(), "the link goes elsewhere");
    true
}

#[test]
fn first_install_enables_the_service() {
    let project = Project::hello();
    for target in Target::ALL {
        let package = project.package(target, &[]);
        for_each_rpm(target, |root| {
            root.install(&package);
            assert!(is_enabled(root));
        });
    }
}

#[test]
fn installed_files_verify() {
    let project = Project::hello();
    for target in Target::ALL {
        let package = project.package(target, &[]);
        for_each_rpm(target, |root| {
            root.install(&package);
            assert_eq!(root.verify("hello"), "");
        });
    }
}

#[test]
fn installed_binary_runs() {
    let project = Project::hello();
    for target in Target::ALL {
        let package = project.package(target, &[]);
        for_each_rpm(target, |root| {
            root.install(&package);
            // An address that does not exist ends it at once, with its own words.
            root.write("/etc/hello.toml", "listen = nowhere\n");
            let said = root.shell("/usr/bin/hello /etc/hello.toml 2>&1 || true");
            assert!(said.contains("invalid socket address"), "{said}");
        });
    }
}

#[test]
fn centos8_leaves_a_hand_written_unit_byte_for_byte() {
    let project = Project::with_unit(UNIT);
    let package = project.package(Target::CentOs8, &[]);
    for_each_rpm(Target::CentOs8, |root| {
        root.install(&package);
        assert_eq!(fs::read_to_string(root.path(UNIT_PATH)).unwrap(), UNIT);
        assert!(is_enabled(root));
    });
}

#[test]
fn centos7_adds_an_install_section_to_a_hand_written_unit_and_nothing_else() {
    let project = Project::with_unit(UNIT);
    let package = project.package(Target::CentOs7, &[]);
    for_each_rpm(Target::CentOs7, |root| {
        root.install(&package);
        let installed = fs::read_to_string(root.path(UNIT_PATH)).unwrap();
        let injected = installed.strip_prefix(UNIT).expect("the source is kept");
        let lines: Vec<_> = injected
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect();
        assert_eq!(lines, ["[Install]", "WantedBy=multi-user.target"]);
        assert!(is_enabled(root));
    });
}

#[test]
fn upgrade_keeps_what_an_administrator_disabled() {
    let project = Project::hello();
    for target in Target::ALL {
        let first = project.package(target, &[]);
        let second = project.package(target, &["--rpm-release", "2"]);
        for_each_rpm(target, |root| {
            root.install(&first);
            assert!(is_enabled(root));
            root.shell("systemctl disable hello.service");
            assert!(!is_enabled(root));
            root.install(&second);
            assert!(!is_enabled(root));
            let installed = root.rpm(&["-q", "--qf", "%{RELEASE} ", "hello"].map(AsRef::as_ref));
            let installed = String::from_utf8_lossy(&installed.stdout).into_owned();
            assert!(installed.starts_with('2'), "not upgraded: {installed}");
        });
    }
}

#[test]
fn upgrade_keeps_an_enabled_service_enabled() {
    let project = Project::hello();
    for target in Target::ALL {
        let first = project.package(target, &[]);
        let second = project.package(target, &["--rpm-release", "2"]);
        for_each_rpm(target, |root| {
            root.install(&first);
            root.install(&second);
            assert!(is_enabled(root));
            assert_eq!(root.verify("hello"), "");
        });
    }
}

#[test]
fn a_fleet_preset_wins_over_the_packages_own() {
    let project = Project::hello();
    for target in Target::ALL {
        let package = project.package(target, &[]);
        for_each_rpm(target, |root| {
            root.write("/etc/systemd/system-preset/80-fleet.preset", "disable *\n");
            root.install(&package);
            assert!(!is_enabled(root));
        });
    }
}

#[test]
fn erase_leaves_nothing() {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let files = "[package.metadata.ambot]\nfiles = [\n  { source = \"README.md\", dest = \"/etc/hello/conf.d/\" },\n  \
                 { source = \"README.md\", dest = \"/usr/share/hello/\" },\n]\n";
    let manifest = manifest.replacen("[package.metadata.ambot]\n", files, 1);
    project.write("Cargo.toml", &manifest);
    for target in Target::ALL {
        let package = project.package(target, &[]);
        for_each_rpm(target, |root| {
            root.provide_for(&package);
            let before = root.listing();
            root.install(&package);
            assert_ne!(root.listing(), before);
            root.erase("hello");
            similar_asserts::assert_eq!(root.listing(), before);
        });
    }
}

#[test]
fn scriptlets_are_clean_shell() {
    let project = Project::hello();
    for target in Target::ALL {
        let package = project.package(target, &[]);
        for_each_rpm(target, |root| {
            for tag in ["PREIN", "POSTIN", "PREUN", "POSTUN", "POSTTRANS"] {
                let query = format!("%{{{tag}}}");
                let arguments = [
                    "-qp".as_ref(),
                    "--qf".as_ref(),
                    query.as_ref(),
                    package.as_os_str(),
                ];
                let scriptlet = root.rpm(&arguments).stdout;
                if scriptlet != b"(none)" {
                    check_shell(tag, &scriptlet);
                }
            }
        });
    }
}

/// Gives a scriptlet to shellcheck, as POSIX sh.
pub(crate) fn check_shell(tag: &str, scriptlet: &[u8]) {
    let checker = Command::new("shellcheck")
        .args(["--shell=sh", "--color=never", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut checker) = checker else {
        not_run::note("shellcheck: not run");
        return;
    };
    checker.stdin.take().unwrap().write_all(scriptlet).unwrap();
    let output = checker.wait_with_output().unwrap();
    let found = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{tag}:\n{found}");
}
