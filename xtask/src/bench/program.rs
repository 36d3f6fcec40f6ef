//! Our own program: where it is, and which flags it knows.

use super::tools::version_of;
use crate::step::{Failure, Step};
use std::path::{Path, PathBuf};

/// A cargo-ambot.
pub(super) struct Program {
    path: PathBuf,
    /// What `package --help` says.
    help: String,
}

impl Program {
    /// The given one, or one that is built in the release profile: a debug build measures nothing.
    ///
    /// # Errors
    /// When it cannot be built, or does not run.
    pub(super) fn find(given: Option<&Path>) -> Result<Self, Failure> {
        let path = match given {
            Some(path) => std::path::absolute(path)
                .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?,
            None => {
                Step::cargo("Building", "cargo-ambot")
                    .args(["build", "--release", "--locked", "--package", "cargo-ambot"])
                    .run()?;
                crate::target_dir().join("release/cargo-ambot")
            }
        };
        let help = Step::new("Asking", "cargo-ambot", &path)
            .args(["ambot", "package", "--help"])
            .quietly()?;
        Ok(Program { path, help })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Its name and version.
    pub(super) fn version(&self) -> String {
        format!("cargo-ambot {}", version_of(&self.path, Some("ambot")))
    }

    /// The flag with its value, if the program knows the flag.
    ///
    /// # Errors
    /// With why a row is not run.
    fn flag(&self, flag: &str, value: Option<&str>) -> Result<Vec<String>, String> {
        let known = self.help.split([' ', ',', '\n']).any(|word| word == flag);
        if !known {
            return Err(format!("this cargo-ambot has no {flag}"));
        }
        let words = std::iter::once(flag).chain(value);
        Ok(words.map(str::to_owned).collect())
    }

    /// What makes it compress so.
    ///
    /// # Errors
    /// With why a row is not run.
    pub(super) fn compress(&self, how: Compress) -> Result<Vec<String>, String> {
        match how {
            Compress::AsTheTarget => Ok(Vec::new()),
            Compress::Fast => self.flag("--fast", None),
            Compress::At(level) => match self.flag("--payload-compress", Some(level)) {
                // What it did before it could be told.
                Err(_) if level == "gzip:9" => Ok(Vec::new()),
                flags => flags,
            },
        }
    }

    /// What makes it package what did not change; a program without the flag always does.
    pub(super) fn force(&self) -> Vec<String> {
        self.flag("--force", None).unwrap_or_default()
    }

    /// What makes it lose the least time on compression.
    pub(super) fn quickest(&self) -> Vec<String> {
        self.compress(Compress::At("gzip:1")).unwrap_or_default()
    }
}

/// How a payload is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compress {
    /// As is the custom of the target.
    AsTheTarget,
    /// As quickly as the target can read it.
    Fast,
    /// With a kind and level, as `--payload-compress` takes them.
    At(&'static str),
}

#[cfg(test)]
mod tests {
    use super::{Compress, Program};

    #[test]
    fn a_flag_that_the_program_does_not_know_is_told() {
        let program = |help: &str| Program {
            path: "/p".into(),
            help: help.to_owned(),
        };
        let old = program("  --no-build\n      --faster\n");
        let new = program("  --payload-compress <KIND>\n      --fast\n  -f, --force\n");
        assert_eq!(
            old.compress(Compress::Fast).unwrap_err(),
            "this cargo-ambot has no --fast"
        );
        assert!(old.compress(Compress::At("xz:2")).is_err() && old.force().is_empty());
        assert!(old.compress(Compress::At("gzip:9")).unwrap().is_empty());
        assert_eq!(new.compress(Compress::Fast).unwrap(), ["--fast"]);
        assert_eq!(
            new.compress(Compress::At("gzip:9")).unwrap(),
            ["--payload-compress", "gzip:9"]
        );
        assert_eq!(new.force(), ["--force"]);
    }
}
