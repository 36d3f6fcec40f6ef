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
    #[error("{path} has {what}, which the source package would publish")]
    Secret {
        /// The file.
        path: Utf8PathBuf,
        /// What.
        what: String,
    },
    /// cargo's configuration cannot be understood.
    #[error("{path} cannot be understood: {message}")]
    Config {
        /// The file.
        path: Utf8PathBuf,
        /// What the parser says.
        message: String,
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
    /// A line of a script that rpmbuild would act on.
    #[error("a script has the line `{line}`, which rpmbuild takes for its own in a spec file")]
    Line {
        /// The line.
        line: String,
    },
    /// An interpreter that a spec file cannot name.
    #[error("a spec file cannot name the interpreter `{interpreter}`")]
    Words {
        /// Its words.
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
    Template(#[from] minijinja::Error),
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
            Error::Secret { .. } => diagnostic
                .with_help("keep it in the configuration of cargo's home folder, where `cargo login` writes too")
                .with_help("a file that git does not know stays out once git ignores it"),
            Error::Config { .. } => diagnostic,
            Error::Interpreter { .. } => diagnostic.with_help(
                "write it for /bin/sh, or ship your program as a file and call it from there",
            ),
            Error::Line { .. } => diagnostic
                .with_note("it does so at the beginning of any line, and no quoting prevents it")
                .with_help("put something before it on the line"),
            Error::Words { .. } => {
                diagnostic.with_help("write its words without blanks, quotes and backslashes")
            }
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
