//! What keeps an attestation from being made.

use crate::report::{Diagnose, Diagnostic, Failure};
use thiserror::Error;

/// An attestation that could not be made.
#[derive(Debug, Error)]
pub enum Error {
    /// The form refuses what is said in it.
    #[error("the bill of materials of {file} is not of its form")]
    Form {
        /// What it is about.
        file: String,
        /// What is wrong.
        what: String,
    },
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        match self {
            Error::Form { what, .. } => Diagnostic::error(self.to_string()).with_note(what.clone()),
        }
    }

    fn failure(&self) -> Failure {
        Failure::Bug
    }
}
