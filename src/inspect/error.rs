//! What keeps a package from its final name.

use super::verdict::{Fault, Refusal};
use crate::report::{Diagnose, Diagnostic, Failure};
use crate::rpm;
use thiserror::Error;

/// A package that cannot be read, or fails the verdict.
#[derive(Debug, Error)]
pub enum Error {
    /// It cannot be read, or cannot get its final name.
    #[error(transparent)]
    Rpm(#[from] rpm::Error),
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
            Error::Refused { refusals, .. } => {
                let mut diagnostic = Diagnostic::error(self.to_string());
                for refusal in refusals {
                    diagnostic = diagnostic.with_note(refusal.text.clone());
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
