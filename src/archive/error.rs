//! What keeps an archive from being written.

use crate::disk;
use crate::package::Phase;
use crate::report::{Diagnose, Diagnostic, Failure};
use camino::Utf8PathBuf;
use std::io;
use thiserror::Error;

/// An archive that could not be made.
#[derive(Debug, Error)]
pub enum Error {
    /// A file that belongs into it cannot be read.
    #[error("cannot read {path}, which belongs into {archive}")]
    Input {
        /// The file.
        path: Utf8PathBuf,
        /// The archive.
        archive: String,
        /// Why.
        source: io::Error,
    },
    /// It cannot be written.
    #[error("cannot write {archive} in {folder}")]
    Output {
        /// The archive.
        archive: String,
        /// The folder.
        folder: Utf8PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A path that the install script cannot read from its list.
    #[error("{path:?} has a tab or a backslash in it, which the install script cannot read")]
    Path {
        /// The path.
        path: String,
    },
    /// A script that the install script cannot run.
    #[error(
        "%{phase} is for `{interpreter}`, and the install script runs scripts for the shell alone"
    )]
    Interpreter {
        /// When it runs.
        phase: Phase,
        /// What runs it.
        interpreter: String,
    },
    /// A template of ours cannot be rendered.
    #[error("a template cannot be rendered: {0}")]
    Template(#[from] minijinja::Error),
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
            Error::Input { source, .. } => diagnostic
                .with_note(source.to_string())
                .with_help("build or create it first, or take it out of the package"),
            Error::Output { source, .. } => diagnostic.with_note(source.to_string()).with_help(
                disk::way_out(source).unwrap_or_else(|| {
                    "choose a folder that you may write to with `-o DIR`".to_owned()
                }),
            ),
            Error::Path { .. } => diagnostic.with_help("give it another `dest`"),
            Error::Interpreter { .. } => {
                diagnostic.with_help("write it for /bin/sh, or make RPMs alone for this target")
            }
            Error::Template(_) => {
                diagnostic.with_help("this is a defect of cargo ambot; please report it")
            }
            Error::Interrupted { .. } => diagnostic,
        }
    }

    fn failure(&self) -> Failure {
        match self {
            Error::Template(_) => Failure::Bug,
            Error::Interrupted { signal } => Failure::Signal(*signal),
            _ => Failure::Project,
        }
    }
}
