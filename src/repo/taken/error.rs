//! Why nobody knows what a repository holds.

use crate::report::{Diagnose, Diagnostic};
use camino::Utf8PathBuf;
use std::io;
use thiserror::Error;

/// A repository that was not looked into.
#[derive(Debug, Error)]
pub enum Error {
    /// An address that is none.
    #[error("`{text}` is no address of a repository: {why}")]
    Address {
        /// The address.
        text: String,
        /// Why.
        why: &'static str,
    },
    /// The network is not to be used.
    #[error("{address} was not looked into: offline")]
    Offline {
        /// The address.
        address: String,
    },
    /// Nobody answers.
    #[error("{address} cannot be reached: {why}")]
    Unreachable {
        /// The address.
        address: String,
        /// Why.
        why: String,
    },
    /// The answer is another than was hoped for.
    #[error("{address} answers {status}")]
    Status {
        /// The address of the file.
        address: String,
        /// The number.
        status: u16,
    },
    /// It ends before its end, or comes too slowly.
    #[error("{address} was not read to its end: {why}")]
    Unfinished {
        /// The address of the file.
        address: String,
        /// Why.
        why: String,
    },
    /// It changed while it was read, again and again.
    #[error("{address} changes while it is read")]
    Changing {
        /// The address.
        address: String,
    },
    /// What is there is not what it should be.
    #[error("{address} is damaged: {what}")]
    Damaged {
        /// The address of the file.
        address: String,
        /// What is wrong with it.
        what: String,
    },
    /// A file of a folder cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A proxy that is none.
    #[error("`{variable}` is no address of a proxy")]
    Proxy {
        /// The variable that names it.
        variable: &'static str,
    },
    /// The run was asked to end.
    #[error("interrupted by signal {signal}")]
    Interrupted {
        /// Its number.
        signal: i32,
    },
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            Error::Address { .. } => diagnostic
                .with_help("such as repos = [\"https://example.org/yum/el7\", \"/srv/yum/el7\"]"),
            Error::Status { status: 404, .. } => {
                diagnostic.with_help("name the folder that has `repodata` in it")
            }
            Error::Status {
                status: 401 | 403, ..
            } => {
                diagnostic.with_help("with a name and a password: https://NAME:PASSWORD@HOST/PATH")
            }
            Error::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => diagnostic
                .with_note(source.to_string())
                .with_help("name the folder that has `repodata` in it"),
            Error::Read { source, .. } => diagnostic.with_note(source.to_string()),
            Error::Proxy { .. } => diagnostic.with_help("such as http://proxy.example.org:3128"),
            _ => diagnostic,
        }
    }

    fn failure(&self) -> crate::report::Failure {
        match self {
            Error::Interrupted { signal } => crate::report::Failure::Signal(*signal),
            _ => crate::report::Failure::Project,
        }
    }
}
