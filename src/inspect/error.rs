//! What keeps a package from its final name.

use super::verdict::{Fault, Refusal};
use crate::disk;
use crate::report::{Diagnose, Diagnostic, Failure};
use crate::rpm;
use camino::Utf8PathBuf;
use thiserror::Error;

/// A package that cannot be read, or fails the verdict.
#[derive(Debug, Error)]
pub enum Error {
    /// It cannot be read, or cannot get its final name.
    #[error(transparent)]
    Rpm(#[from] rpm::Error),
    /// The folder to unpack into has something in it.
    #[error("{folder} is not empty, and nothing is unpacked over what is there")]
    NotEmpty {
        /// The folder.
        folder: Utf8PathBuf,
    },
    /// A file of the package lies outside the folder that it is unpacked into.
    #[error("the package has a file `{path}`, which leads out of the folder it is unpacked into")]
    Outside {
        /// The path.
        path: String,
    },
    /// A file cannot be unpacked.
    #[error("cannot unpack {path}")]
    Extract {
        /// Where it should lie.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It has so much in its headers that two of its kind cannot be held at once.
    #[error("{file} is too large to be compared: its list of files takes more than 40 MiB")]
    TooLarge {
        /// The package.
        file: String,
    },
    /// It was read and refused.
    #[error("{file} failed its check for {target} and was not kept")]
    Refused {
        /// The package.
        file: String,
        /// The target.
        target: String,
        /// Why; never empty.
        refusals: Vec<Refusal>,
    },
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        match self {
            Error::Rpm(error) => error.diagnostic(),
            Error::NotEmpty { .. } => {
                Diagnostic::error(self.to_string()).with_help("name a folder that is not there yet")
            }
            Error::Outside { .. } => Diagnostic::error(self.to_string())
                .with_help("no packager writes such a path: do not install the package"),
            Error::TooLarge { .. } => Diagnostic::error(self.to_string())
                .with_help("compare what `cargo ambot inspect --message-format json` says of each"),
            Error::Extract { source, .. } => {
                let diagnostic = Diagnostic::error(self.to_string());
                let diagnostic = diagnostic.with_note(source.to_string());
                diagnostic.with_help_if(disk::way_out(source))
            }
            Error::Refused { refusals, .. } => {
                let mut diagnostic = Diagnostic::error(self.to_string());
                for refusal in refusals {
                    diagnostic = diagnostic.with_note(refusal.text.clone());
                    diagnostic = diagnostic.with_help_if(refusal.help.clone());
                }
                if self.failure() == Failure::Bug {
                    diagnostic = diagnostic.with_help(
                        "this is a defect of cargo ambot or of the disk: please report it",
                    );
                }
                diagnostic
            }
        }
    }

    fn failure(&self) -> Failure {
        match self {
            Error::Rpm(error) => error.failure(),
            Error::NotEmpty { .. }
            | Error::Outside { .. }
            | Error::Extract { .. }
            | Error::TooLarge { .. } => Failure::Project,
            Error::Refused { refusals, .. } => {
                let ours = |refusal: &Refusal| refusal.fault == Fault::NotAsPlanned;
                if refusals.iter().any(ours) {
                    Failure::Bug
                } else {
                    Failure::Project
                }
            }
        }
    }
}
