//! What is wrong with what the user says of rules.

use super::all;
use crate::report::{Diagnose, Diagnostic, Span, nearest};
use thiserror::Error;

/// Settings of the check that cannot be.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// No rule has this code.
    #[error("there is no rule `{code}`")]
    UnknownRule {
        /// The code.
        code: String,
        /// Where it was written.
        span: Option<Span>,
    },
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let Error::UnknownRule { code, span } = self;
        let names = all().iter().flat_map(|rule| [rule.code, rule.name]);
        let near = nearest(code, names);
        Diagnostic::error(self.to_string())
            .at(span.as_ref(), "unknown")
            .with_help_if(near.map(|near| format!("did you mean `{near}`?")))
            .with_help("rules are named by their codes, such as AMB011; docs/rules.md lists them")
    }
}
