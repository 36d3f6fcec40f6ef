//! `cargo xtask package`: this program as RPMs for all targets, made by itself.

use crate::step::{Failure, Step};
use crate::{machine, say};
use std::path::Path;

/// Where manual pages and completions are written, as the settings in `Cargo.toml` have it.
const PAGES: &str = "target/pages";

/// How much the compiler is asked to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// All of it, for a release.
    Release,
    /// A fraction, to see that everything fits together.
    Try,
}

/// Writes the pages, packages the workspace's own program for every target of its settings, and holds
/// each RPM against its target once more.
pub(crate) fn run(effort: Effort) -> Result<(), Failure> {
    machine::provide(&[machine::TO_PACKAGE])?;
    Step::cargo("Building", "cargo-ambot")
        .args(["build", "--locked", "--package", "cargo-ambot"])
        .run()?;
    let program = crate::programs().join("cargo-ambot");
    Step::new("Writing", "manual pages and completions", &program)
        .args(["ambot", "pages", PAGES])
        .run()?;
    let mut packaging = Step::new("Packaging", "cargo-ambot for all targets", &program)
        .args(["ambot", "package", "--install-zig", "--locked"])
        .args(["--package", "cargo-ambot", "--format", "rpm,tar.gz"])
        .args(["--provenance", "--sbom"]);
    if effort == Effort::Try {
        packaging = packaging
            .env("CARGO_PROFILE_RELEASE_LTO", "false")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
    }
    let made = packaging.stdout()?;
    let packages: Vec<&str> = made.lines().filter(|path| path.ends_with(".rpm")).collect();
    if packages.is_empty() {
        return Err(Failure::new("no package was named on stdout"));
    }
    for package in packages {
        let target = target_of(Path::new(package));
        Step::new("Inspecting", package, &program)
            .args(["ambot", "inspect", package, "--target", &target])
            .stdout()?;
    }
    say::result(&made);
    Ok(())
}

/// The target that a package is for: its folder is named after it.
fn target_of(package: &Path) -> String {
    let folder = package.parent().and_then(Path::file_name);
    folder.unwrap_or_default().to_string_lossy().into_owned()
}
