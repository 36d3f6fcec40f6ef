//! What would be written.

use super::{Asked, Error};
use crate::disk::{self, Readers};
use crate::project::input;
use crate::report::Diagnostic;
use camino::{Utf8Path, Utf8PathBuf};

/// The files of a package to write, and what is to be said of them.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The package.
    pub package: String,
    /// The files; one that depends on another comes after it.
    pub files: Vec<DraftFile>,
    /// What was found in the project, and what becomes of it.
    pub found: Vec<String>,
    /// What could not be carried over, and what is different now.
    pub remarks: Vec<Diagnostic>,
}

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftFile {
    /// Where it lies.
    pub path: Utf8PathBuf,
    /// The same as people see it.
    pub shown: Utf8PathBuf,
    /// What is there now, if anything is.
    pub before: Option<Vec<u8>>,
    /// What it becomes.
    pub after: Vec<u8>,
    /// What is put into it, where that is not the whole of it: `[package.metadata.ambot]`.
    pub part: Option<&'static str>,
}

impl DraftFile {
    /// A file of its own. What is there already stays, unless the run was told otherwise.
    pub(super) fn whole(asked: &Asked<'_>, path: &Utf8Path, after: Vec<u8>) -> Result<Self, Error> {
        let path = asked.package.directory.join(path);
        let shown = asked.workspace.shown(&path);
        Self::at(path, shown, after, asked.force)
    }

    /// The same, anywhere.
    pub(super) fn at(
        path: Utf8PathBuf,
        shown: Utf8PathBuf,
        after: Vec<u8>,
        force: bool,
    ) -> Result<Self, Error> {
        let before = match input::read(&path, input::MAX_TEXT) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(source) => {
                return Err(Error::Read {
                    path: shown,
                    source,
                });
            }
        };
        if !force && before.as_ref().is_some_and(|before| *before != after) {
            return Err(Error::FileThere { path: shown });
        }
        Ok(DraftFile {
            path,
            shown,
            before,
            after,
            part: None,
        })
    }

    /// Writes it, whole or not at all; the folders above it are made. What is there keeps its
    /// permissions, and a link stays a link.
    ///
    /// # Errors
    /// When it cannot be written, or was changed since it was read.
    pub fn write(&self) -> Result<(), Error> {
        let failed = |source| Error::Write {
            path: self.shown.clone(),
            source,
        };
        if self.is_same() {
            return Ok(());
        }
        let real = self.path.canonicalize_utf8();
        let path = real.unwrap_or_else(|_| self.path.clone());
        let there = input::read(&path, input::MAX_TEXT).ok();
        if there != self.before {
            return Err(Error::Changed {
                path: self.shown.clone(),
            });
        }
        disk::write(&path, &self.after, Readers::Umask).map_err(failed)
    }

    /// Whether it is there as it should be.
    pub fn is_same(&self) -> bool {
        self.before.as_ref() == Some(&self.after)
    }
}
