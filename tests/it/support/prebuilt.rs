//! The fixture's binary, built once for all tests: with zig as the program does it, else static.
//!
//! A plain build needs the glibc of the machine, which is newer than CentOS 7's, and is refused
//! as it should be; a static one needs none.

use super::not_run;
use super::project::Project;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The Rust triple of this machine.
fn triple() -> String {
    format!("{}-unknown-linux-gnu", std::env::consts::ARCH)
}

/// The binary that both targets take.
pub(crate) fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let project = Project::hello();
        if let Err(reason) = build_with_zig(&project) {
            not_run::note(&format!("zig: not run: {reason}"));
            build_static(&project);
        }
        let kept = super::shared().join("hello");
        fs::copy(built_in(&project), &kept).unwrap();
        kept
    })
}

/// Where cargo leaves the binary of a project.
pub(crate) fn built_in(project: &Project) -> PathBuf {
    let target = project.path().join("target").join(triple());
    target.join("release/hello")
}

/// Builds as a user would, with the user's own cache, so that zig is fetched once and not by
/// every run of the tests.
///
/// Only what the environment lacks (exit code 3) is a reason to go on without; anything else is
/// for the tests to find.
fn build_with_zig(project: &Project) -> Result<(), String> {
    let arguments = ["package", "--target", "centos7", "--install-zig"];
    let mut command = project.ambot_command(&arguments);
    command.envs(std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        // What this test run told cargo about our own build is not the fixture's.
        !name.starts_with("CARGO") && !name.starts_with("RUST")
    }));
    let run = project.run(&mut command);
    match run.code {
        Some(0) if built_in(project).is_file() => Ok(()),
        Some(3) => {
            let first = run.stderr.lines().find(|line| line.starts_with("error"));
            Err(first.unwrap_or("exit code 3").to_owned())
        }
        _ => panic!("the fixture was not built\n{}", run.snapshot()),
    }
}

fn build_static(project: &Project) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--release", "--locked", "--offline", "--target"])
        .arg(triple())
        .arg("--target-dir")
        .arg(project.path().join("target"))
        .current_dir(project.path())
        .env("RUSTFLAGS", "-C target-feature=+crt-static")
        .output()
        .unwrap();
    super::succeed("the static build of the fixture", &output);
}
