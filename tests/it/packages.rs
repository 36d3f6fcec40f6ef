//! The RPM itself, as rpm and the program's own JSON show it.

use crate::support::ground::for_each_rpm;
use crate::support::project::{Project, Target};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

pub(crate) fn query(package: &Path, arguments: &[&str]) -> String {
    let output = Command::new("rpm")
        .arg("-qp")
        .args(arguments)
        .arg(package)
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn with_version(version: &str) -> Project {
    let project = Project::hello();
    for file in ["Cargo.toml", "Cargo.lock"] {
        let text = fs::read_to_string(project.path().join(file)).unwrap();
        project.write(
            file,
            &text.replace("version = \"1.0.0\"", &format!("version = \"{version}\"")),
        );
    }
    project
}

#[test]
fn two_runs_give_the_same_bytes() {
    for target in Target::ALL {
        let packages = [Project::hello(), Project::hello()].map(|project| {
            let mut command =
                project.ambot_command(&["package", "--no-build", "-q", "-t", target.name()]);
            project.place_binary();
            let run = project.run(command.env("SOURCE_DATE_EPOCH", "1700000000"));
            assert_eq!(run.code, Some(0), "{}", run.snapshot());
            fs::read(project.path().join(run.stdout.trim())).unwrap()
        });
        assert!(packages[0] == packages[1], "{target:?}");
    }
}

#[test]
fn the_date_is_that_of_the_variable() {
    let project = Project::hello();
    project.place_binary();
    let mut command = project.ambot_command(&["package", "--no-build", "-t", "centos8"]);
    let run = project.run(command.env("SOURCE_DATE_EPOCH", "1700000000"));
    let package = project.path().join(run.stdout.trim());
    assert_eq!(
        query(&package, &["--qf", "%{BUILDTIME} [%{FILEMTIMES}\n]"])
            .lines()
            .next(),
        Some("1700000000 1700000000")
    );
}

#[test]
fn a_pre_release_sorts_before_the_release_for_rpm() {
    let project = with_version("1.2.0-rc.1+build.5");
    let package = project.package(Target::CentOs7, &[]);
    assert_eq!(
        query(&package, &["--qf", "%{EVR}"]),
        "1.2.0~rc.1+build.5-1.el7"
    );
    assert!(query(&package, &["--requires"]).contains("rpmlib(TildeInVersions) <= 4.10.0-1"));
    let lua = "print(rpm.vercmp('1.2.0~rc.1+build.5-1', '1.2.0-1'), rpm.vercmp('1.2.0~rc.1-1', '1.2.0~rc.1+build.5-1'))";
    let output = Command::new("rpm")
        .args(["--eval", &format!("%{{lua:{lua}}}")])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        said.split_whitespace().collect::<Vec<_>>(),
        ["-1", "-1"],
        "rpm's own comparison"
    );
}

#[test]
fn a_pre_release_that_rpm_sorts_otherwise_is_warned_of() {
    let project = with_version("1.0.0-rc9");
    insta::assert_snapshot!(
        project
            .ambot(&["generate", "-t", "centos7", "-q"])
            .snapshot()
    );
}

#[test]
fn declared_files_have_the_owner_mode_and_flags_that_were_asked_for() {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let files = "targets = [\"centos7\"]\nfiles = [\n  { source = \"etc/hello.toml\", dest = \"/etc/hello/\", \
                 mode = \"0640\", group = \"adm\" },\n  { source = \"run.sh\", dest = \"/usr/libexec/hello/run\" },\n]\n\
                 requires = { curl = \">= 7.29\" }";
    project.write(
        "Cargo.toml",
        &manifest.replace("targets = [\"centos7\", \"centos8\"]", files),
    );
    project.write("etc/hello.toml", "listen = \"127.0.0.1:1\"\n");
    project.write("run.sh", "#!/bin/sh\n");
    let package = project.package(Target::CentOs7, &[]);
    let format =
        "[%{FILENAMES} %{FILEMODES:perms} %{FILEUSERNAME} %{FILEGROUPNAME} %{FILEFLAGS:fflags}\n]";
    let listed = query(&package, &["--qf", format]);
    for line in [
        "/etc/hello/hello.toml -rw-r----- root adm cn",
        "/usr/libexec/hello/run -rw-r--r-- root root ",
        "/usr/bin/hello -rwxr-xr-x root root ",
        "/usr/share/licenses/hello/LICENSE -rw-r--r-- root root l",
        "/usr/share/doc/hello/README.md -rw-r--r-- root root d",
    ] {
        assert!(
            listed.lines().any(|listed| listed == line),
            "{line}\nis not in\n{listed}"
        );
    }
    assert!(query(&package, &["--requires"]).contains("curl >= 7.29\n"));
    assert!(query(&package, &["--provides"]).contains("config(hello) = 1.0.0-1.el7\n"));
}

#[test]
fn the_shell_of_a_scriptlet_is_required_once_for_each() {
    let project = Project::hello();
    let package = project.package(Target::CentOs8, &[]);
    let required = query(&package, &["--qf", "[%{REQUIRENAME} %{REQUIREFLAGS}\n]"]);
    let shells: Vec<&str> = required
        .lines()
        .filter(|line| line.starts_with("/bin/sh "))
        .collect();
    let mut once = shells.clone();
    once.dedup();
    assert_eq!(shells, once);
    assert_eq!(shells.len(), 5, "{required}");
}

#[test]
fn json_lines_tell_each_package_and_all_of_them_at_the_end() {
    let project = Project::hello();
    project.place_binary();
    let run = project.ambot(&["package", "--no-build", "--message-format", "json"]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (Some(0), ""),
        "{}",
        run.snapshot()
    );
    let lines: Vec<serde_json::Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &lines {
        assert_eq!(line["format-version"], 1);
        *counts.entry(line["reason"].as_str().unwrap()).or_default() += 1;
    }
    assert_eq!((counts["ambot-artifact"], counts["ambot-manifest"]), (2, 1));
    let manifest = lines.last().unwrap();
    for artifact in manifest["artifacts"].as_array().unwrap() {
        let path = artifact["path"].as_str().unwrap();
        let size = fs::metadata(path).unwrap().len();
        assert_eq!(artifact["size"].as_u64(), Some(size));
        assert_eq!(
            artifact["nevra"].as_str(),
            Some(query(path.as_ref(), &["--qf", "%{NEVRA}"]).as_str())
        );
    }
}

#[test]
fn an_error_is_a_json_line_too() {
    let run = Project::hello().ambot(&["package", "-t", "cenots7", "--message-format", "json"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(2), ""));
    let line: serde_json::Value = serde_json::from_str(run.stdout.trim()).unwrap();
    assert_eq!(
        (line["reason"].as_str(), line["severity"].as_str()),
        (Some("ambot-finding"), Some("error"))
    );
}

#[test]
fn one_package_can_be_given_the_name_of_its_file() {
    let project = Project::hello();
    project.place_binary();
    let run = project.ambot(&[
        "package",
        "--no-build",
        "-t",
        "centos7",
        "-o",
        "out/mine.rpm",
    ]);
    assert_eq!(run.stdout, "out/mine.rpm\n", "{}", run.snapshot());
    let run = project.ambot(&["package", "--no-build", "-o", "out/mine.rpm"]);
    insta::assert_snapshot!(run.snapshot());
    assert_eq!(fs::read_dir(project.path().join("out")).unwrap().count(), 1);
}

#[test]
fn inspect_judges_for_a_target() {
    let project = Project::hello();
    let package = project.package(Target::CentOs8, &[]);
    let run = project.ambot(&["inspect", "-t", "centos8,el9", package.to_str().unwrap()]);
    assert_eq!(run.code, Some(0));
    let works =
        "  centos8       nothing found against it\n  el9           nothing found against it\n";
    assert!(run.stdout.contains(works), "{}", run.stdout);
    // It installs there, and its service would never start by itself: systemd 219 reads no
    // [Install] from a drop-in.
    let run = project.ambot(&["inspect", "-t", "centos7", package.to_str().unwrap()]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("reads no [Install]"), "{}", run.stdout);
    let whole = fs::read(&package).unwrap();
    fs::write(&package, &whole[..whole.len() - 1]).unwrap();
    let run = project.ambot(&["inspect", package.to_str().unwrap()]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""));
    assert!(run.stderr.contains("it ends too early"), "{}", run.stderr);
    let mut bytes = whole;
    let middle = bytes.len() - 1000;
    bytes[middle] ^= 1;
    fs::write(&package, bytes).unwrap();
    let run = project.ambot(&["inspect", "-t", "centos7", package.to_str().unwrap()]);
    assert_ne!(run.code, Some(0), "a damaged payload: {}", run.snapshot());
}

#[test]
fn a_package_has_what_its_unit_asks_of_a_newer_systemd() {
    let project = Project::with_unit(
        "[Service]\nExecStart=/usr/bin/hello\nDynamicUser=yes\nStateDirectory=hello/db\nStateDirectoryMode=0750\n\
         RuntimeDirectory=hello/run\n[Install]\nWantedBy=multi-user.target\n",
    );
    let listed = "[%{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILENAMES}\n]";
    let package = project.package(Target::CentOs7, &[]);
    let files = query(&package, &["--qf", listed]);
    for line in [
        "drwxr-xr-x root:root /var/lib/hello",
        "drwxr-x--- hello:hello /var/lib/hello/db",
        "-rw-r--r-- root:root /usr/lib/tmpfiles.d/hello.conf",
        "-rw-r--r-- root:root /usr/lib/sysusers.d/hello.conf",
    ] {
        assert!(files.lines().any(|known| known == line), "{line}: {files}");
    }
    let scripts = query(&package, &["--qf", "%{PREIN}%{POSTIN}"]);
    assert!(
        scripts.contains("user:hello::hello:/:/sbin/nologin:hello'")
            && scripts.contains("useradd -r -M -g")
            && scripts.contains("tmpfiles.d/hello.conf")
    );
    let requires = query(&package, &["--requires"]);
    assert!(requires.lines().any(|line| line == "shadow-utils"));
    let package = project.package(Target::CentOs8, &[]);
    let files = query(&package, &["--qf", listed]);
    assert!(
        !files.contains("/var/lib/hello"),
        "systemd 239 makes it itself: {files}"
    );
}

#[test]
fn a_tool_is_packaged_without_a_unit() {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let (head, _) = manifest
        .split_once("[package.metadata.ambot.services")
        .unwrap();
    project.write("Cargo.toml", &format!("{head}services = false\n"));
    // Neither is one that lies there.
    project.write(".ambot/services/other.timer", "[Timer]\nOnCalendar=daily\n");
    for target in Target::ALL {
        let package = project.package(target, &[]);
        let list = query(&package, &["--list"]);
        assert!(
            list.contains("/usr/bin/hello\n") && !list.contains("systemd"),
            "{list}"
        );
        assert_eq!(query(&package, &["--scripts"]), "");
        for_each_rpm(target, |root| {
            let before = root.listing();
            root.install(&package);
            assert_eq!(root.verify("hello"), "");
            root.erase("hello");
            similar_asserts::assert_eq!(before, root.listing());
        });
    }
    let run = project.ambot(&["check", "--set", "services=true"]);
    assert_eq!(run.code, Some(2), "{}", run.snapshot());
    assert!(
        run.stderr.contains("such as services = false"),
        "{}",
        run.snapshot()
    );
}
