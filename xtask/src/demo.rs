//! `cargo xtask demo`: the main job, from nothing, on the fixture service.

use crate::step::{Failure, Step};
use crate::{machine, say};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Packages the fixture service for two targets and shows what is inside the packages.
pub(crate) fn run() -> Result<(), Failure> {
    machine::provide(&[machine::TO_PACKAGE])?;
    Step::cargo("Building", "cargo-ambot")
        .args(["build", "--locked", "--package", "cargo-ambot"])
        .run()?;
    let program = crate::programs().join("cargo-ambot");
    let project = copy_fixture()?;
    let packages = Step::new("Packaging", "hello for centos7 and centos8", &program)
        .args(["ambot", "package", "--install-zig"])
        .args(["--target", "centos7,centos8"])
        // The demonstration builds into the project's own folder, wherever our own build goes.
        .args(["--target-dir", "target"])
        .in_folder(&project)
        .stdout()?;
    if packages.lines().next().is_none() {
        return Err(Failure::new("no package was named on stdout"));
    }
    for package in packages.lines() {
        let inside = Step::new("Inspecting", package, &program)
            .args(["ambot", "inspect", package])
            .in_folder(&project)
            .stdout()?;
        say::result(&inside);
    }
    Ok(())
}

/// A fresh copy of the fixture under the build folder; what an earlier run built there stays.
fn copy_fixture() -> Result<PathBuf, Failure> {
    let project = crate::target_dir().join("demo/hello");
    let fixture = crate::workspace().join("tests/fixtures/hello");
    copy(&fixture, &project).map_err(|error| {
        Failure::new(format!(
            "the fixture could not be copied to {}: {error}",
            project.display()
        ))
    })?;
    Ok(project)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let destination = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &destination)?;
        } else {
            fs::copy(entry.path(), destination)?;
        }
    }
    Ok(())
}
