//! What a user gets to see for each kind of bad input: one clear error, the exit code of its kind,
//! nothing lost.

use crate::support::ground::is_root;
use crate::support::not_run;
use crate::support::project::{Project, Run, started_by};
use insta::assert_snapshot;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The fixture service with another text in the place of one in its manifest.
fn with_manifest(from: &str, to: &str) -> Project {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    assert!(manifest.contains(from), "the fixture has changed");
    project.write("Cargo.toml", &manifest.replacen(from, to, 1));
    project
}

fn generate(project: &Project) -> Run {
    project.ambot(&["generate", "--target", "centos7"])
}

fn package(project: &Project, more: &[&str]) -> Run {
    let mut arguments = vec!["package", "--no-build", "--target", "centos7"];
    arguments.extend_from_slice(more);
    project.ambot(&arguments)
}

#[test]
fn broken_toml() {
    let project = with_manifest(
        "targets = [\"centos7\", \"centos8\"]",
        "targets = [\"centos7\", \"centos8\"",
    );
    assert_snapshot!(generate(&project).snapshot());
}

#[test]
fn unknown_key() {
    let project = with_manifest(
        "[package.metadata.ambot]\n",
        "[package.metadata.ambot]\nreleas = \"2\"\n",
    );
    assert_snapshot!(generate(&project).snapshot());
}

#[test]
fn a_package_without_a_binary() {
    let project = Project::hello();
    fs::rename(
        project.path().join("src/main.rs"),
        project.path().join("src/lib.rs"),
    )
    .unwrap();
    assert_snapshot!(generate(&project).snapshot());
}

#[test]
fn a_binary_that_is_not_built() {
    assert_snapshot!(package(&Project::hello(), &[]).snapshot());
}

#[test]
fn a_binary_that_does_not_exist() {
    assert_snapshot!(package(&Project::hello(), &["--bin", "helo"]).snapshot());
}

#[test]
fn a_unit_that_is_not_utf8() {
    let project = Project::with_unit("");
    let unit = project.path().join(".ambot/services/hello.service");
    fs::write(unit, b"[Unit]\nDescription=Gr\xfc\xdfe\n").unwrap();
    assert_snapshot!(generate(&project).snapshot());
}

#[test]
fn an_empty_unit_file() {
    assert_snapshot!(generate(&Project::with_unit("\n\n")).snapshot());
}

#[test]
fn a_unit_name_with_a_slash() {
    let project = with_manifest("services.hello.Unit]", "services.\"a/b\".Unit]");
    assert_snapshot!(generate(&project).snapshot());
}

#[test]
fn a_unit_file_with_a_space_in_its_name() {
    let project = Project::with_unit("[Service]\nExecStart=/usr/bin/hello\n");
    let folder = project.path().join(".ambot/services");
    fs::rename(
        folder.join("hello.service"),
        folder.join("hello world.service"),
    )
    .unwrap();
    assert_snapshot!(generate(&project).snapshot());
}

#[test]
fn the_same_unit_twice() {
    let project = Project::hello();
    project.write(
        ".ambot/services/hello.service",
        "[Service]\nExecStart=/usr/bin/hello\n",
    );
    assert_snapshot!(generate(&project).snapshot());
}

#[test]
fn two_packages_with_one_rpm_name() {
    let project = Project::hello();
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"2\"\n",
    );
    fs::remove_file(project.path().join("Cargo.lock")).unwrap();
    for name in ["a", "b"] {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\n[package.metadata.ambot]\nname = \"hello\"\n"
        );
        project.write(&format!("{name}/Cargo.toml"), &manifest);
        project.write(&format!("{name}/src/main.rs"), "fn main() {}\n");
    }
    assert_snapshot!(package(&project, &["--workspace"]).snapshot());
}

#[test]
fn a_triple_given_to_target() {
    let run = Project::hello().ambot(&["package", "--target", "x86_64-unknown-linux-gnu"]);
    assert_snapshot!(run.snapshot());
}

#[test]
fn an_unknown_target() {
    assert_snapshot!(
        Project::hello()
            .ambot(&["package", "--target", "cenots7"])
            .snapshot()
    );
}

#[test]
fn a_target_that_is_known_and_refused() {
    assert_snapshot!(
        Project::hello()
            .ambot(&["package", "--target", "el6"])
            .snapshot()
    );
}

#[test]
fn a_variable_that_is_not_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let project = Project::hello();
    let mut command = project.ambot_command(&["generate", "-t", "centos7"]);
    command.env("CARGO_AMBOT_RELEASE", std::ffi::OsStr::from_bytes(b"\xff"));
    assert_snapshot!(project.run(&mut command).snapshot(), @"
    exit code: 2
    --- stderr
    error: the value of `CARGO_AMBOT_RELEASE` is not UTF-8
    ");
}

#[test]
fn the_root_of_the_file_system_as_a_source() {
    let project = Project::hello();
    project.set("files = [{ source = \"/\", dest = \"/usr/share/x\" }]");
    let run = project.ambot(&["check", "-t", "centos7"]);
    assert_snapshot!(run.snapshot(), @r#"
    exit code: 3
    --- stderr
    error: / lies outside the project
      --> Cargo.toml:14:21
       |
    14 | files = [{ source = "/", dest = "/usr/share/x" }]
       |                     ^^^ asked for here
       |
       = help: copy it into the project, so that the package is made of the
               project alone; or write `outside-project = true` in `files`
    "#);
}

#[test]
fn no_target_at_all() {
    let project = with_manifest("targets = [\"centos7\", \"centos8\"]", "");
    assert_snapshot!(project.ambot(&["package"]).snapshot());
}

#[test]
fn an_argument_of_the_build_that_is_ours() {
    let run = Project::hello().ambot(&[
        "package",
        "-t",
        "centos7",
        "--",
        "--target",
        "x86_64-unknown-linux-gnu",
    ]);
    assert_snapshot!(run.snapshot());
}

#[test]
fn two_targets_with_one_file_name() {
    let project = Project::hello();
    let run = project.ambot(&["package", "--no-build", "-t", "el8,centos8", "-o", "out"]);
    assert_snapshot!(run.snapshot());
}

#[test]
fn an_unwritable_output_folder() {
    // A folder that not even root can write to.
    let run = package(&Project::hello(), &["-o", "/proc/ambot"]);
    assert_snapshot!(run.snapshot());
}

/// A file system of a few kilobytes, for as long as it lives.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"])
            .arg(folder)
            .status()
            .is_ok_and(|status| status.success());
        mounted.then(|| SmallDisk(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_keeps_the_old_package_and_leaves_no_half_one() {
    let project = Project::hello();
    let name = project.package(crate::support::project::Target::CentOs7, &[]);
    let name = name.file_name().unwrap();
    let folder = project.path().join("small");
    if !is_root() {
        return not_run::note("full disk: not run: a small file system needs root");
    }
    let Some(disk) = SmallDisk::mount(&folder) else {
        return not_run::note("full disk: not run: tmpfs cannot be mounted here");
    };
    fs::write(folder.join(name), "the old package").unwrap();
    // Quietly, because progress tells the age of the binary.
    let run = package(&project, &["-q", "-o", "small"]);
    assert_snapshot!(run.snapshot());
    assert_eq!(
        fs::read_to_string(folder.join(name)).unwrap(),
        "the old package"
    );
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        1,
        "a temporary file is left"
    );
    drop(disk);
}

/// The fixture service with a build that says that it has begun and then takes a minute.
fn slow_project() -> (Project, PathBuf) {
    let project = Project::hello();
    let begun = project.path().join("begun");
    project.write(
        "build.rs",
        "fn main() {\n    let dir = std::env::var(\"CARGO_MANIFEST_DIR\").unwrap();\n    \
         std::fs::write(format!(\"{dir}/begun\"), std::process::id().to_string()).unwrap();\n    \
         std::thread::sleep(std::time::Duration::from_secs(60));\n}\n",
    );
    (project, begun)
}

fn wait_for(what: &str, mut there: impl FnMut() -> bool) {
    let start = Instant::now();
    while !there() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "waited too long for {what}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Starts a slow build in a process group of its own, as a shell does, and waits until it is under
/// way. Built by plain cargo, so that it needs no zig.
fn start_slow_build(project: &Project, begun: &Path) -> Child {
    start(&mut slow_build(project), begun)
}

fn slow_build(project: &Project) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let build = format!("{cargo} build --offline");
    project.ambot_command(&["package", "-t", "centos7", "--cargo-build", &build])
}

fn start(command: &mut Command, begun: &Path) -> Child {
    use std::os::unix::process::CommandExt;
    let child = command
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for("the build script", || {
        fs::read_to_string(begun).is_ok_and(|text| !text.is_empty())
    });
    child
}

fn finish(project: &Project, child: Child) -> Run {
    let output = child.wait_with_output().unwrap();
    assert!(
        !project
            .path()
            .join("target/ambot/centos7/hello-1.0.0-1.el7.x86_64.rpm")
            .exists()
    );
    project.ran(&output)
}

fn is_gone(process: &str) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // A zombie that nobody has asked for yet has ended all the same.
    stat.is_empty() || stat.contains(") Z ")
}

#[test]
fn ctrl_c_during_the_build() {
    let (project, begun) = slow_project();
    let child = start_slow_build(&project, &begun);
    // The terminal sends it to the whole group.
    kill_process_group(Pid::from_child(&child), Signal::INT).unwrap();
    let run = finish(&project, child);
    assert_eq!(run.code, Some(130), "{}", run.snapshot());
    let said: Vec<&str> = run
        .stderr
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    assert_eq!(said, ["error: interrupted (Ctrl-C)"], "{}", run.snapshot());
    assert_eq!(run.stdout, "");
}

#[test]
fn termination_during_the_build_ends_the_child_first() {
    let (project, begun) = slow_project();
    let child = start_slow_build(&project, &begun);
    // A supervisor sends it to the one process that it knows.
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let run = finish(&project, child);
    assert_eq!(run.code, Some(143), "{}", run.snapshot());
    let build_script = fs::read_to_string(begun).unwrap();
    wait_for("the build to end", || is_gone(&build_script));
}

#[test]
fn a_hangup_during_the_build_ends_it() {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = u64::from_str_radix(ignored.unwrap().trim(), 16).unwrap();
    // The lowest bit is SIGHUP. It is inherited, and no program can tell who asked for it.
    if ignored & 1 == 1 {
        return not_run::note("hangup: not run: the tests themselves are run by nohup");
    }
    let (project, begun) = slow_project();
    let child = start_slow_build(&project, &begun);
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    let run = finish(&project, child);
    assert_eq!(run.code, Some(129), "{}", run.snapshot());
}

#[test]
fn a_build_under_nohup_outlives_a_hangup() {
    let (project, begun) = slow_project();
    let mut command = started_by(&["nohup"], &slow_build(&project));
    let mut child = start(&mut command, &begun);
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(child.try_wait().unwrap(), None, "nohup was not heeded");
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let run = finish(&project, child);
    assert_eq!(run.code, Some(143), "{}", run.snapshot());
}
