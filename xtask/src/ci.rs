//! `cargo xtask ci`: what has to pass before a merge.

use crate::step::{Failure, Step};
use crate::{fuzz, machine, package, test};
use std::fs;
use std::path::{Path, PathBuf};

/// Format, lints, documentation, shell scripts, tests, booted machines, libFuzzer; the quickest first.
pub(crate) fn run() -> Result<(), Failure> {
    Step::cargo("Checking", "the format")
        .args(["fmt", "--all", "--check"])
        .run()?;
    Step::cargo("Checking", "the lints")
        .args(["clippy", "--workspace", "--all-targets", "--locked"])
        .args(["--", "--deny", "warnings"])
        .run()?;
    Step::cargo("Checking", "the documentation")
        .args(["doc", "--workspace", "--no-deps", "--locked"])
        .env("RUSTDOCFLAGS", "--deny warnings")
        .run()?;
    machine::provide(&[machine::TO_PACKAGE, machine::TO_TEST, machine::TO_COMPARE])?;
    Step::new("Checking", "our own shell scripts", "shellcheck")
        .args([".ci/run"])
        .run()?;
    Step::new("Checking", "the scriptlets", "shellcheck")
        // A variable may be set in the one file and used in the other.
        .args(["--shell=sh", "--exclude=SC2034,SC2154"])
        .args(scriptlets()?)
        .run()?;
    package::run(package::Effort::Try)?;
    test::run_all()?;
    fuzz::run(&fuzz::Choice::brief())
}

/// The templates of scriptlets and the functions that they share. They are scripts as they stand, but
/// for the frame that holds two of them (`.sh.in`): what is filled in stands between quotes. The
/// tests give each scriptlet and each script of an archive to shellcheck whole.
fn scriptlets() -> Result<Vec<PathBuf>, Failure> {
    let mut scripts = Vec::new();
    for folder in ["templates/functions", "templates/scriptlets"].map(Path::new) {
        let unreadable =
            |error| Failure::new(format!("{} cannot be read: {error}", folder.display()));
        for entry in fs::read_dir(crate::workspace().join(folder)).map_err(unreadable)? {
            let path = folder.join(entry.map_err(unreadable)?.file_name());
            if path.extension().is_some_and(|extension| extension == "sh") {
                scripts.push(path);
            }
        }
    }
    scripts.sort();
    Ok(scripts)
}
