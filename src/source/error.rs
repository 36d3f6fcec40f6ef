//! What keeps a package from having a source package.

use crate::package::Phase;
use crate::report::{Diagnose, Diagnostic, Failure};
use crate::{contents, package};
use camino::Utf8PathBuf;
use thiserror::Error;

/// A source package that cannot be made.
#[derive(Debug, Error)]
pub enum Error {
    /// The target's distribution cannot build it.
    #[error("{title} has no Rust that is new enough to build a source package")]
    TooOld {
        /// The target, for people.
        title: String,
    },
    /// There is no `Cargo.lock`.
    #[error(
        "{path} is not there, and what is built elsewhere must be built from the same dependencies"
    )]
    NoLock {
        /// Where it should be.
        path: Utf8PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// `Cargo.lock` is not what cargo writes.
    #[error("{path} cannot be understood: {message}")]
    Lock {
        /// The file.
        path: Utf8PathBuf,
        /// What the parser says.
        message: String,
    },
    /// A dependency lies in a folder outside the workspace.
    #[error(
        "the dependency `{name}` is a folder outside the workspace, which no source package has"
    )]
    Outside {
        /// The dependency.
        name: String,
    },
    /// cargo's configuration has a secret in it.
    #[error("{path} has a token in it, which the source package would publish")]
    Token {
        /// The file.
        path: Utf8PathBuf,
    },
    /// A phase has scripts for two interpreters.
    #[error(
        "%{phase} is a script for the shell in a spec file, with the macros that look after units, and `{interpreter}` cannot run it"
    )]
    Interpreter {
        /// The phase.
        phase: Phase,
        /// What runs the user's.
        interpreter: String,
    },
    /// The plan of the source package.
    #[error(transparent)]
    Package(#[from] package::Error),
    /// The name of a source.
    #[error(transparent)]
    Contents(#[from] contents::Error),
    /// A template of ours cannot be rendered.
    #[error("a template cannot be rendered: {0}")]
    Template(String),
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            Error::Package(error) => error.diagnostic(),
            Error::Contents(error) => error.diagnostic(),
            Error::TooOld { .. } => diagnostic
                .with_help("make the RPM here: `--format rpm` builds for its glibc on this machine")
                .with_help("or give `--format srpm` targets from el8 on"),
            Error::NoLock { .. } => diagnostic.with_help("run `cargo generate-lockfile`"),
            Error::Read { source, .. } => diagnostic.with_note(source.to_string()),
            Error::Lock { .. } => {
                diagnostic.with_help("let cargo write it: `cargo generate-lockfile`")
            }
            Error::Outside { name } => diagnostic.with_help(format!(
                "move `{name}` into the workspace, or depend on it by git or from a registry"
            )),
            Error::Token { .. } => diagnostic
                .with_help("let cargo keep it: `cargo login` writes it into its home folder"),
            Error::Interpreter { .. } => diagnostic.with_help(
                "write it for /bin/sh, or ship your program as a file and call it from there",
            ),
            Error::Template(_) => {
                diagnostic.with_help("this is a defect of cargo ambot; please report it")
            }
        }
    }

    fn failure(&self) -> Failure {
        match self {
            Error::Template(_) => Failure::Bug,
            Error::TooOld { .. } => Failure::Usage,
            Error::Package(error) => error.failure(),
            Error::Contents(error) => error.failure(),
            _ => Failure::Project,
        }
    }
}
