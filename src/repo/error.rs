//! Names that two packages want.

use crate::report::{Diagnose, Diagnostic, Failure};
use camino::Utf8PathBuf;
use thiserror::Error;

/// Packages that cannot stand side by side.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// Two packages would be one RPM.
    #[error("{} and {} would both be the RPM `{name}`", owners[0], owners[1])]
    SameRpm {
        /// The name.
        name: String,
        /// Whose RPMs they are.
        owners: [String; 2],
    },
    /// Two packages ship one unit.
    #[error("{} and {} both ship {unit}", owners[0], owners[1])]
    SameUnit {
        /// The unit.
        unit: String,
        /// Whose RPMs they are.
        owners: [String; 2],
    },
    /// Two packages ship one binary.
    #[error("{} and {} both ship the binary `{bin}`", owners[0], owners[1])]
    SameBinary {
        /// The binary.
        bin: String,
        /// Whose RPMs they are.
        owners: [String; 2],
    },
    /// Two things that are made would be one file.
    #[error("two files of this run would be {path}")]
    SamePath {
        /// The file.
        path: Utf8PathBuf,
        /// The one.
        first: String,
        /// The other.
        second: String,
    },
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            Error::SameRpm { .. } => diagnostic
                .with_note("rpm can have only one of them installed")
                .with_help("give one of them another `name` in [package.metadata.ambot]"),
            Error::SameUnit { .. } => diagnostic
                .with_note("rpm refuses to install the second of two packages with one file")
                .with_help("rename the unit in one of them"),
            Error::SameBinary { .. } => diagnostic
                .with_note("rpm refuses to install the second of two packages with one file")
                .with_help("leave it out of `bins` of one of them"),
            Error::SamePath { first, second, .. } => diagnostic
                .with_note(format!("one is {first}, the other {second}"))
                .with_help("leave out `-o`: each target then has a folder of its own"),
        }
    }

    fn failure(&self) -> Failure {
        match self {
            Error::SamePath { .. } => Failure::Usage,
            _ => Failure::Project,
        }
    }
}
