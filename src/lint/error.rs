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
    /// What the rule finds cannot be packaged, whatever the settings say.
    #[error("{code} cannot be allowed")]
    Final {
        /// The code.
        code: &'static str,
        /// Where it was written.
        span: Option<Span>,
    },
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let (code, span) = match self {
            Error::UnknownRule { code, span } => (code, span),
            Error::Final { span, .. } => {
                return Diagnostic::error(self.to_string())
                    .at(span.as_ref(), "")
                    .with_help(
                        "leave the target out, or write the unit's line in another way for it",
                    );
            }
        };
        let names = all().iter().flat_map(|rule| [rule.code, rule.name]);
        let near = nearest(code, names);
        Diagnostic::error(self.to_string())
            .at(span.as_ref(), "unknown")
            .with_help_if(near.map(|near| format!("did you mean `{near}`?")))
            .with_help(
                "rules are named by their codes, such as AMB011, or by names such as shell-syntax",
            )
            .with_help("`cargo ambot explain AMB011` explains one")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_is_not_there_is_told_with_where_rules_are_explained() {
        let unknown = Error::UnknownRule {
            code: "shel-syntax".to_owned(),
            span: None,
        };
        insta::assert_snapshot!(unknown.diagnostic().help.join("\n"), @"
        did you mean `shell-syntax`?
        rules are named by their codes, such as AMB011, or by names such as shell-syntax
        `cargo ambot explain AMB011` explains one
        ");
    }
}
