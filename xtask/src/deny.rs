//! `cargo xtask deny`: what is among the dependencies is what deny.toml lets be there.

use crate::machine;
use crate::step::{Failure, Step};
use std::path::PathBuf;

/// The version that deny.toml is written for.
const VERSION: &str = "0.20.2";

/// What needs no network but for the crates themselves.
const OF_THE_TREE: [&str; 3] = ["licenses", "bans", "sources"];

/// Checks licences, duplicates and sources, and known vulnerabilities where their database can be had;
/// returns what could not be checked.
pub(crate) fn run() -> Result<Vec<String>, Failure> {
    let program = match machine::find("cargo-deny") {
        Some(program) => program,
        None => installed()?,
    };
    let deny = |verb, text: &str| Step::new(verb, text, &program);
    deny(
        "Checking",
        "licences, duplicates and sources of dependencies",
    )
    .args(["--locked", "check", "--deny", "warnings"])
    .args(OF_THE_TREE)
    .run()?;
    let fetched = deny("Fetching", "known vulnerabilities").args(["fetch", "db"]);
    if !fetched.attempt()?.status.success() {
        return Ok(vec![
            "known vulnerabilities of dependencies: not run: their database cannot be fetched"
                .to_owned(),
        ]);
    }
    deny("Checking", "known vulnerabilities of dependencies")
        .args(["--locked", "check", "--disable-fetch", "advisories"])
        .run()?;
    Ok(Vec::new())
}

/// The program, in a folder of the workspace's own. Without optimisation, because it is built more
/// slowly than it runs.
fn installed() -> Result<PathBuf, Failure> {
    let folder = crate::target_dir().join("ambot-deny");
    let program = folder.join("bin/cargo-deny");
    if !program.is_file() {
        Step::cargo("Installing", format!("cargo-deny {VERSION}"))
            .args(["install", "--quiet", "--locked", "--debug", "cargo-deny"])
            .args(["--no-default-features", "--version", VERSION, "--root"])
            .args([folder.as_os_str()])
            .run()?;
    }
    Ok(program)
}
