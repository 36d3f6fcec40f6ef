//! Several RPMs of one package, and binaries of other members.

use crate::support::ground::for_each_rpm;
use crate::support::project::{Project, Target};
use insta::assert_snapshot;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const LINK: &str = "/etc/systemd/system/multi-user.target.wants/hello-agent.service";

const SUBPACKAGES: &str = r#"
[package.metadata.ambot.services.hello-agent.Service]
ExecStart = "/usr/bin/hello-agent"

[package.metadata.ambot.subpackages.agent]
bins = ["hello-agent"]
services = ["hello-agent"]
requires = { hello = "= 1.0.0" }

[package.metadata.ambot.subpackages.devel]
arch = "noarch"
summary = "Headers of hello"
files = [{ source = "include/hello.h", dest = "/usr/share/hello-devel/" }]
"#;

/// The fixture with a second binary, a second service and two subpackages.
pub(crate) fn with_subpackages(more: &str) -> Project {
    let project = Project::hello();
    project.write("src/bin/hello-agent.rs", "fn main() {}\n");
    project.write("include/hello.h", "#define HELLO 1\n");
    add(&project, &format!("{SUBPACKAGES}{more}"));
    place(&project);
    project
}

/// Adds tables to the manifest.
fn add(project: &Project, tables: &str) {
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    project.write("Cargo.toml", &format!("{manifest}{tables}"));
}

/// Puts both binaries where a build would have left them.
fn place(project: &Project) {
    project.place_binary();
    let folder = format!(
        "target/{}-unknown-linux-gnu/release",
        std::env::consts::ARCH
    );
    let folder = project.path().join(folder);
    fs::copy(folder.join("hello"), folder.join("hello-agent")).unwrap();
}

/// Packages for a target; the RPMs by name.
#[track_caller]
pub(crate) fn packages(
    project: &Project,
    target: Target,
    more: &[&str],
) -> BTreeMap<String, PathBuf> {
    let arguments = ["package", "--no-build", "-q", "-t", target.name()];
    let run = project.ambot(&[&arguments, more].concat());
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let paths = run.stdout.lines().map(|line| project.path().join(line));
    paths.map(|path| (query(&path, "%{NAME}"), path)).collect()
}

#[track_caller]
pub(crate) fn query(package: &Path, format: &str) -> String {
    let output = Command::new("rpm")
        .args(["-qp", "--qf", format])
        .arg(package)
        .output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn one_run_makes_the_main_rpm_and_the_others() {
    let project = with_subpackages("");
    let rpms = packages(&project, Target::CentOs8, &[]);
    // Build ids are the compiler's.
    let list = |name: &str| {
        let all = query(&rpms[name], "[%{FILENAMES}\n]");
        let lines = all.split_inclusive('\n');
        lines
            .filter(|line| !line.contains("build-id"))
            .collect::<String>()
    };
    assert_snapshot!(list("hello"), @"
    /usr/bin/hello
    /usr/lib/ambot
    /usr/lib/ambot/hello.units
    /usr/lib/systemd/system-preset/98-ambot-hello.preset
    /usr/lib/systemd/system/hello.service
    /usr/lib/systemd/system/hello.service.d
    /usr/lib/systemd/system/hello.service.d/10-ambot-install.conf
    /usr/share/doc/hello
    /usr/share/doc/hello/README.md
    /usr/share/licenses/hello
    /usr/share/licenses/hello/LICENSE
    ");
    // It needs the main RPM, which has the licence.
    assert_snapshot!(list("hello-agent"), @"
    /usr/bin/hello-agent
    /usr/lib/ambot
    /usr/lib/ambot/hello-agent.units
    /usr/lib/systemd/system-preset/98-ambot-hello-agent.preset
    /usr/lib/systemd/system/hello-agent.service
    /usr/lib/systemd/system/hello-agent.service.d
    /usr/lib/systemd/system/hello-agent.service.d/10-ambot-install.conf
    ");
    assert_snapshot!(list("hello-devel"), @"
    /usr/share/hello-devel
    /usr/share/hello-devel/hello.h
    /usr/share/licenses/hello-devel
    /usr/share/licenses/hello-devel/LICENSE
    ");
    let facts = "%{NEVR} %{SOURCERPM} %{LICENSE} %{URL}\n%{SUMMARY}\n%{DESCRIPTION}\n";
    let facts: String = rpms.values().map(|rpm| query(rpm, facts)).collect();
    assert_snapshot!(facts, @"
    hello-1.0.0-1.el8 hello-1.0.0-1.el8.src.rpm MIT https://example.com/hello
    Answers GET / with its name and version
    Answers GET / with its name and version
    hello-agent-1.0.0-1.el8 hello-1.0.0-1.el8.src.rpm MIT https://example.com/hello
    Answers GET / with its name and version (agent)
    Answers GET / with its name and version (agent)
    hello-devel-1.0.0-1.el8 hello-1.0.0-1.el8.src.rpm MIT https://example.com/hello
    Headers of hello
    Headers of hello
    ");
    assert_eq!(query(&rpms["hello-devel"], "%{ARCH}"), "noarch");
    let provided = query(&rpms["hello-devel"], "[%{PROVIDES} ]");
    assert_eq!(provided.trim(), "hello-devel");
}

#[test]
fn each_rpm_is_installed_upgraded_and_erased_by_itself() {
    let project = with_subpackages("");
    for target in Target::ALL {
        let first = packages(&project, target, &[]);
        let second = packages(&project, target, &["--rpm-release", "2"]);
        for_each_rpm(target, |root| {
            let names = ["hello", "hello-agent", "hello-devel"];
            for name in names {
                root.provide_for(&first[name]);
                root.provide_for(&second[name]);
            }
            let before = root.listing();
            let enabled = || root.path(LINK).is_symlink();
            root.install(&first["hello"]);
            assert!(!enabled());
            root.install(&first["hello-agent"]);
            root.install(&first["hello-devel"]);
            assert!(enabled());
            root.shell("systemctl disable hello-agent.service");
            for name in names {
                root.install(&second[name]);
                assert_eq!(root.verify(name), "", "{name}");
            }
            assert!(!enabled(), "what was disabled stays so");
            // The folder that both own goes with the last of them.
            root.erase("hello-agent");
            assert!(root.path("/usr/lib/ambot/hello.units").exists());
            root.erase("hello");
            root.erase("hello-devel");
            similar_asserts::assert_eq!(before, root.listing());
        });
    }
}

#[test]
fn a_unit_that_moves_to_a_subpackage_stays_enabled() {
    let project = with_subpackages("");
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    for target in Target::ALL {
        let (before, _) = manifest
            .split_once("[package.metadata.ambot.subpackages")
            .unwrap();
        project.write("Cargo.toml", before);
        let whole = packages(&project, target, &[]);
        project.write("Cargo.toml", &manifest);
        let split = packages(&project, target, &["--rpm-release", "2"]);
        for_each_rpm(target, |root| {
            root.install(&whole["hello"]);
            assert!(root.path(LINK).is_symlink());
            for name in ["hello", "hello-agent"] {
                root.provide_for(&split[name]);
            }
            root.install_all(&[&split["hello"], &split["hello-agent"]]);
            assert!(root.path(LINK).is_symlink());
        });
    }
}

#[test]
fn json_says_which_rpm_is_which() {
    let project = with_subpackages("");
    let arguments = [
        "package",
        "--no-build",
        "-t",
        "centos7",
        "--message-format",
        "json",
    ];
    let run = project.ambot(&arguments);
    let lines = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let lines: Vec<serde_json::Value> = lines.collect();
    let artifacts = lines
        .iter()
        .filter(|line| line["reason"] == "ambot-artifact");
    let shown: Vec<String> = artifacts
        .map(|line| {
            let units = line["units"].as_array().unwrap().iter();
            let units: Vec<_> = units.map(|unit| unit["name"].as_str().unwrap()).collect();
            let (name, arch) = (&line["name"], &line["arch"]);
            format!("{} {name} {arch} {units:?}", line["subpackage"])
        })
        .map(|line| line.replace(std::env::consts::ARCH, "[ARCH]"))
        .collect();
    assert_snapshot!(shown.join("\n"), @r#"
    null "hello" "[ARCH]" ["hello.service"]
    "agent" "hello-agent" "[ARCH]" ["hello-agent.service"]
    "devel" "hello-devel" "noarch" []
    "#);
}

#[test]
fn a_subpackage_can_be_left_out_for_a_target_and_has_files_of_its_own_there() {
    let project = with_subpackages(
        "[package.metadata.ambot.target.centos7.subpackages.agent]\nskip = true\n\
         [package.metadata.ambot.target.centos7.subpackages.devel]\nname = \"hello-headers\"\n\
         files = [{ source = \"include/hello.h\", dest = \"/usr/share/hello7.h\" }]\n",
    );
    let names = |target| {
        packages(&project, target, &[])
            .into_keys()
            .collect::<Vec<_>>()
    };
    assert_eq!(names(Target::CentOs7), ["hello", "hello-headers"]);
    assert_eq!(
        names(Target::CentOs8),
        ["hello", "hello-agent", "hello-devel"]
    );
    let seven = packages(&project, Target::CentOs7, &[]);
    let headers = query(&seven["hello-headers"], "[%{FILENAMES}\n]");
    assert!(
        headers.contains("/usr/share/hello-devel/hello.h\n/usr/share/hello7.h\n"),
        "{headers}"
    );
    let main = query(&seven["hello"], "[%{FILENAMES}\n]");
    assert!(!main.contains("agent"), "{main}");
}

#[test]
fn a_binary_of_the_command_line_leaves_out_the_subpackages_of_others() {
    let project = with_subpackages("");
    let rpms = packages(&project, Target::CentOs8, &["--bin", "hello"]);
    assert_eq!(
        rpms.into_keys().collect::<Vec<_>>(),
        ["hello", "hello-devel"]
    );
}

#[test]
fn mistakes_in_subpackages_are_told_before_the_build() {
    for (name, tables) in [
        (
            "same_path",
            "files = [{ source = \"include/hello.h\", dest = \"/usr/share/hello-devel/hello.h\" }]",
        ),
        ("same_unit", "services = [\"hello-agent\"]"),
        ("same_binary", "bins = [\"hello-agent\"]"),
        ("no_such_unit", "services = [\"helo\"]"),
        ("no_such_binary", "bins = [\"helo\"]"),
        (
            "same_name",
            "name = \"hello-devel\"\nrequires = { curl = \"*\" }",
        ),
        ("nothing", "summary = \"More\""),
        (
            "elf",
            "arch = \"noarch\"\nfiles = [{ source = \"lib.so\", dest = \"/usr/lib64/lib.so\" }]",
        ),
    ] {
        let tables = format!("\n[package.metadata.ambot.subpackages.more]\n{tables}\n");
        let project = with_subpackages(&tables);
        project.write("lib.so", "\x7fELF and more");
        let run = project.ambot(&["package", "--no-build", "-t", "centos8"]);
        assert_snapshot!(format!("mistake_{name}"), run.snapshot());
    }
}

#[test]
fn several_rpms_are_not_one_file() {
    let project = with_subpackages("");
    let run = project.ambot(&["package", "--no-build", "-t", "centos8", "-o", "x.rpm"]);
    assert_snapshot!(run.snapshot());
}

/// A workspace of a service and its tools.
fn workspace(bins: &str) -> Project {
    let project = Project::hello();
    for file in ["Cargo.lock", "src/main.rs"] {
        fs::remove_file(project.path().join(file)).unwrap();
    }
    let head =
        "version = \"1.0.0\"\nedition = \"2021\"\ndescription = \"A test\"\nlicense = \"MIT\"\n";
    for (name, more) in [
        ("hello", format!("[package.metadata.ambot]\n{bins}\n")),
        ("tools", "[[bin]]\nname = \"helper-tool\"\npath = \"src/main.rs\"\n[[bin]]\nname = \"dump\"\npath = \"src/main.rs\"\n".to_owned()),
        ("other", "[[bin]]\nname = \"dump\"\npath = \"src/main.rs\"\n".to_owned()),
    ] {
        let manifest = format!("[package]\nname = \"{name}\"\n{head}\n{more}");
        project.write(&format!("{name}/Cargo.toml"), &manifest);
        project.write(&format!("{name}/src/main.rs"), "fn main() {}\n");
    }
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"hello\", \"tools\", \"other\"]\nresolver = \"2\"\n",
    );
    project
}

#[test]
fn binaries_of_other_members_are_built_in_the_same_run_and_packaged() {
    let project = workspace("bins = [\"hello\", \"helper-tool\"]");
    // A target whose glibc is not older than this machine's needs no zig.
    let run = project.ambot(&["package", "-p", "hello", "-t", "fedora", "--offline", "-q"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let rpm = project.path().join(run.stdout.trim());
    let listed = query(&rpm, "[%{FILENAMES}\n]");
    for path in [
        "/usr/bin/hello",
        "/usr/bin/helper-tool",
        "/usr/lib/systemd/system/hello.service",
    ] {
        assert!(listed.lines().any(|line| line == path), "{path}\n{listed}");
    }
    let run = project.ambot(&["package", "--workspace", "-t", "fedora", "--no-build", "-q"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
}

#[test]
fn a_binary_that_no_member_or_more_than_one_has_is_an_error() {
    for (name, bins) in [
        ("unknown", "bins = [\"hello\", \"helper-tol\"]"),
        ("ambiguous", "bins = [\"hello\", \"dump\"]"),
        (
            "no_package",
            "bins = [{ package = \"tool\", bin = \"dump\" }]",
        ),
        (
            "not_in_package",
            "bins = [{ package = \"other\", bin = \"helper-tool\" }]",
        ),
        (
            "one_file",
            "bins = [\"helper-tool\", { package = \"other\", bin = \"dump\" }]",
        ),
    ] {
        let run = workspace(bins).ambot(&["package", "-p", "hello", "-t", "centos8"]);
        assert_snapshot!(format!("member_{name}"), run.snapshot());
    }
}

#[test]
fn two_packages_of_a_workspace_do_not_ship_one_binary() {
    let project = workspace("bins = [\"hello\", \"helper-tool\"]");
    let tools = fs::read_to_string(project.path().join("tools/Cargo.toml")).unwrap();
    let table = "[package.metadata.ambot]\nbins = [\"helper-tool\"]\n";
    project.write("tools/Cargo.toml", &format!("{tools}{table}"));
    let run = project.ambot(&["package", "--workspace", "-t", "centos8"]);
    assert_snapshot!(run.snapshot());
}
