//! `cargo xtask ci`: what has to pass before a merge.

use crate::step::{Failure, Step};
use crate::{machine, package, test};
use std::fs;
use std::path::{Path, PathBuf};

/// Format, lints, documentation, shell scripts, tests, booted machines; the quickest first.
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
        .args(["--shell=sh"])
        .args(scriptlets()?)
        .run()?;
    package::run(package::Effort::Try)?;
    test::run_all()
}

/// The templates of scriptlets. They are whole scripts as they stand, but for the frame that holds two
/// of them (`.sh.in`), which the tests run filled in: what is filled in stands
/// between quotes.
fn scriptlets() -> Result<Vec<PathBuf>, Failure> {
    let folder = PathBuf::from("templates/scriptlets");
    let unreadable = |error| Failure::new(format!("{} cannot be read: {error}", folder.display()));
    let mut scripts = Vec::new();
    for entry in fs::read_dir(crate::workspace().join(&folder)).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        if Path::new(&name)
            .extension()
            .is_some_and(|extension| extension == "sh")
        {
            scripts.push(folder.join(name));
        }
    }
    scripts.sort();
    Ok(scripts)
}
