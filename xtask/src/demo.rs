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

/// A copy of the fixture under the build folder. What an earlier run built there stays, and so does
/// a file that has not changed: cargo would build again for its new time.
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

/// Copies a folder; a file that is there with the same bytes keeps its time.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let destination = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &destination)?;
        } else if fs::read(&destination).ok() != Some(fs::read(entry.path())?) {
            fs::copy(entry.path(), destination)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::copy;
    use std::fs::{self, File};
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_file_that_has_not_changed_keeps_its_time() {
        let folder = std::env::temp_dir().join(format!("xtask-demo-{}", std::process::id()));
        let (from, to) = (folder.join("from/src"), folder.join("to/src"));
        fs::create_dir_all(&from).unwrap();
        for name in ["same", "changed"] {
            fs::write(from.join(name), "first").unwrap();
        }
        copy(&folder.join("from"), &folder.join("to")).unwrap();
        let then = SystemTime::now() - Duration::from_secs(3600);
        for name in ["same", "changed"] {
            let file = File::options().write(true).open(to.join(name)).unwrap();
            file.set_modified(then).unwrap();
        }
        fs::write(from.join("changed"), "second").unwrap();
        copy(&folder.join("from"), &folder.join("to")).unwrap();
        let modified = |name| fs::metadata(to.join(name)).unwrap().modified().unwrap();
        assert_eq!(modified("same"), then);
        assert_ne!(modified("changed"), then);
        assert_eq!(fs::read_to_string(to.join("changed")).unwrap(), "second");
        fs::remove_dir_all(folder).unwrap();
    }
}
