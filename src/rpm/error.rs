//! What can go wrong with an RPM file.

use crate::disk;
use crate::report::{Diagnose, Diagnostic, Failure};
use camino::Utf8PathBuf;
use std::io;
use thiserror::Error;

/// An RPM that could not be written or read.
#[derive(Debug, Error)]
pub enum Error {
    /// A file of the payload cannot be read.
    #[error("cannot read {path}, which belongs into the package as {dest}")]
    Input {
        /// The file.
        path: Utf8PathBuf,
        /// Where it is installed.
        dest: String,
        /// Why.
        source: io::Error,
    },
    /// What should be a file of the payload is something else.
    #[error("{path} is not a regular file, and belongs into the package as {dest}")]
    NotAFile {
        /// The path.
        path: Utf8PathBuf,
        /// Where it is installed.
        dest: String,
    },
    /// A file of the payload changed while it was read.
    #[error("{path} changed while it was packaged")]
    Changed {
        /// The file.
        path: Utf8PathBuf,
    },
    /// A file is larger than the target's rpm reads.
    #[error("{dest} has {size} bytes, and the rpm of {target} reads files of less than 4 GiB")]
    FileTooLarge {
        /// Where it is installed.
        dest: String,
        /// Its size in bytes.
        size: u64,
        /// The target.
        target: String,
    },
    /// The package is larger than the target's rpm reads.
    #[error("the package has {size} bytes, and the rpm of {target} reads less than 4 GiB")]
    PackageTooLarge {
        /// The size in bytes.
        size: u64,
        /// The target.
        target: String,
    },
    /// A text that rpm cannot hold.
    #[error("the {what} has a NUL byte in it")]
    Nul {
        /// Which.
        what: &'static str,
    },
    /// The disk of the output folder is full.
    #[error("the disk is full: no space left to write the package in {folder}")]
    DiskFull {
        /// The folder.
        folder: Utf8PathBuf,
    },
    /// The output folder cannot be written to.
    #[error("cannot write the package in {folder}")]
    Output {
        /// The folder.
        folder: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A finished package cannot be moved to its final name.
    #[error("cannot move the finished package to {path}")]
    Publish {
        /// The final name.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The run was asked to end.
    #[error("interrupted by signal {signal}")]
    Interrupted {
        /// Its number.
        signal: i32,
    },
    /// A part of ours broke its promise.
    #[error("the package could not be encoded: {what}")]
    Internal {
        /// What happened.
        what: String,
    },
    /// It cannot be signed.
    #[error(transparent)]
    Sign(#[from] super::SignError),
    /// An RPM file cannot be read at all.
    #[error("cannot read {file}")]
    Read {
        /// The file.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// A file is no RPM, or a damaged one.
    #[error("{file} is not a sound RPM file: {what}")]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong with it.
        what: String,
    },
    /// A payload that no rpm unpacks.
    #[error("{file} cannot be unpacked: {what}")]
    Unpackable {
        /// The file.
        file: String,
        /// What is wrong with its payload.
        what: String,
        /// The way out.
        help: &'static str,
    },
    /// A file of public keys that holds none.
    #[error("{file} is no file of public keys: {what}")]
    Keys {
        /// The file.
        file: String,
        /// What it is instead.
        what: String,
    },
    /// A difference between two packages.
    #[error("{file} is a delta RPM: it holds the difference to an older package alone")]
    Delta {
        /// The file.
        file: String,
    },
    /// A payload that we have no reader for.
    #[error("{file} has a payload of the kind `{what}`, which no rpm is known to read")]
    Unsupported {
        /// The file.
        file: String,
        /// The compressor or format.
        what: String,
    },
}

impl Error {
    /// What an error of writing in the output folder means.
    pub(super) fn output(folder: &camino::Utf8Path, source: io::Error) -> Self {
        let folder = folder.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::DiskFull { folder },
            _ => Error::Output { folder, source },
        }
    }

    fn cause(&self) -> Option<&io::Error> {
        match self {
            Error::Input { source, .. }
            | Error::Output { source, .. }
            | Error::Publish { source, .. }
            | Error::Read { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        if let Error::Sign(error) = self {
            return error.diagnostic();
        }
        let mut diagnostic = Diagnostic::error(self.to_string());
        if let Some(cause) = self.cause() {
            diagnostic = diagnostic.with_note(cause.to_string());
        }
        match self {
            Error::Input { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                diagnostic.with_help("build or create it first, or take it out of the package")
            }
            Error::Changed { .. } => {
                diagnostic.with_help("let the build finish, then package again")
            }
            Error::FileTooLarge { .. } | Error::PackageTooLarge { .. } => {
                diagnostic.with_help("ship large data apart from the package")
            }
            Error::DiskFull { .. } => diagnostic
                .with_help("free some space there, or choose another folder with `-o DIR`"),
            Error::Output { source, .. } | Error::Publish { source, .. } => {
                let usual = "choose a folder that you may write to with `-o DIR`";
                diagnostic.with_help(disk::way_out(source).unwrap_or_else(|| usual.to_owned()))
            }
            Error::Unpackable { help, .. } => diagnostic.with_help(*help),
            Error::Delta { .. } => diagnostic
                .with_help("`applydeltarpm` makes the whole package of both; inspect that"),
            _ => diagnostic,
        }
    }

    fn failure(&self) -> Failure {
        match self {
            Error::Sign(error) => error.failure(),
            Error::Internal { .. } => Failure::Bug,
            Error::Interrupted { signal } => Failure::Signal(*signal),
            _ => Failure::Project,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use camino::Utf8Path;

    #[test]
    fn a_full_disk_is_told_from_a_folder_that_cannot_be_written_to() {
        let folder = Utf8Path::new("target/ambot/centos7");
        let message = |kind| {
            let diagnostic = Error::output(folder, io::Error::from(kind)).diagnostic();
            format!(
                "{}\n{:?}\n{:?}",
                diagnostic.title, diagnostic.notes, diagnostic.help
            )
        };
        insta::assert_snapshot!(message(io::ErrorKind::StorageFull), @r#"
        the disk is full: no space left to write the package in target/ambot/centos7
        []
        ["free some space there, or choose another folder with `-o DIR`"]
        "#);
        insta::assert_snapshot!(message(io::ErrorKind::PermissionDenied), @r#"
        cannot write the package in target/ambot/centos7
        ["permission denied"]
        ["choose a folder that you may write to with `-o DIR`"]
        "#);
    }
}
