//! What a source package takes from cargo: the files of packages, and their dependencies.

use super::process::{Running, ending};
use super::{Error, Interrupt};
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::process::Command;

/// How cargo is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The cargo program.
    pub cargo: PathBuf,
    /// The folder that it runs in, where it finds its configuration.
    pub current_dir: Utf8PathBuf,
    /// Flags that are handed on as they are: `--offline`, `--config X`.
    pub flags: Vec<String>,
}

impl Asked {
    fn unstarted(&self, source: std::io::Error) -> Error {
        Error::Start {
            program: self.cargo.display().to_string(),
            source,
        }
    }
}

/// What `cargo package` writes itself and no folder has.
const MADE_BY_CARGO: [&str; 2] = ["Cargo.toml.orig", ".cargo_vcs_info.json"];

/// The files of a package that `cargo package` would take, relative to its folder. `Cargo.lock` is
/// left as it is: one that does not fit the manifests is an error.
///
/// # Errors
/// When cargo cannot be started or cannot tell, or a signal comes.
pub fn package_files(
    asked: &Asked,
    manifest_path: &Utf8Path,
    interrupt: &Interrupt,
) -> Result<Vec<Utf8PathBuf>, Error> {
    let mut said = said(asked)?;
    let mut command = Command::new(&asked.cargo);
    command
        .stderr(said.try_clone().map_err(|source| asked.unstarted(source))?)
        .args(["package", "--list", "--locked", "--allow-dirty", "--quiet"])
        .arg("--color=never")
        .arg(format!("--manifest-path={manifest_path}"))
        .args(&asked.flags)
        .current_dir(&asked.current_dir);
    let mut files = Vec::new();
    let status = Running::start(&mut command)?.finish(interrupt, |line| {
        if !line.is_empty() && !MADE_BY_CARGO.contains(&line) {
            files.push(Utf8PathBuf::from(line));
        }
    })?;
    if !status.success() {
        return Err(Error::List {
            manifest: manifest_path.to_owned(),
            status: ending(status),
            said: end_of(&mut said),
        });
    }
    Ok(files)
}

/// Copies all dependencies of a workspace into a folder, as its `Cargo.lock` has them.
///
/// What is given back is the configuration by which cargo takes them from there: its `directory` is
/// `name`, relative to where the folder lies.
///
/// # Errors
/// When cargo cannot be started, a dependency cannot be had, or a signal comes.
pub fn vendor(
    asked: &Asked,
    manifest_path: &Utf8Path,
    folder: &Utf8Path,
    name: &str,
    interrupt: &Interrupt,
) -> Result<String, Error> {
    // It names every crate, and with `--quiet` it keeps the configuration to itself too.
    let mut said = said(asked)?;
    let mut command = Command::new(&asked.cargo);
    command
        .stderr(said.try_clone().map_err(|source| asked.unstarted(source))?)
        // The project's own mirrors count.
        .args([
            "vendor",
            "--locked",
            "--color=never",
            "--respect-source-config",
        ])
        .arg(format!("--manifest-path={manifest_path}"))
        .args(&asked.flags)
        .arg(folder)
        .current_dir(&asked.current_dir);
    let mut config = String::new();
    let status = Running::start(&mut command)?.finish(interrupt, |line| {
        config.push_str(line);
        config.push('\n');
    })?;
    if !status.success() {
        return Err(Error::Vendor {
            status: ending(status),
            said: end_of(&mut said),
        });
    }
    Ok(config.replace(folder.as_str(), name))
}

/// A file for what cargo says on stderr.
fn said(asked: &Asked) -> Result<File, Error> {
    tempfile::tempfile().map_err(|source| asked.unstarted(source))
}

/// The last lines of what a program wrote; nothing where they cannot be read.
fn end_of(file: &mut File) -> String {
    let mut bytes = Vec::new();
    if file.seek(SeekFrom::Start(0)).is_err() || file.read_to_end(&mut bytes).is_err() {
        return String::new();
    }
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text
        .trim()
        .lines()
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
