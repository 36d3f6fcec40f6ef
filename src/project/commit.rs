//! The commit that a project is at.

use super::secrets::without_secrets;
use camino::Utf8Path;
use std::process::{Command, Stdio};

/// A commit of git's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id in hexadecimal.
    pub id: String,
    /// Whether the files that git knows are as they are in it.
    pub is_clean: bool,
}

/// The commit that a folder is at; nothing outside a repository, or without git.
pub fn commit(directory: &Utf8Path) -> Option<Commit> {
    let id = git(directory, &["rev-parse", "--verify", "HEAD"])?;
    let changed = git(
        directory,
        &["status", "--porcelain", "--untracked-files=no"],
    )?;
    Some(Commit {
        id: id.trim().to_owned(),
        is_clean: changed.trim().is_empty(),
    })
}

/// What git says; nothing where it fails.
pub(super) fn git(directory: &Utf8Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command
        // A repository's own configuration may name programs to run, for `status` this one.
        .args(["-c", "core.fsmonitor=false", "--no-optional-locks"])
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    let output = without_secrets(&mut command).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then_some(text)
}
