//! What keeps a unit from being adapted to a target.

use super::change::Change;
use crate::report::{Diagnose, Diagnostic, Span};
use crate::unit::UnitName;
use thiserror::Error;

/// A line that a target cannot be given, not even in a weaker form.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// The service would not start, or not do what it is for.
    #[error("{line} does not work on {target}: {why}")]
    WouldNotWork {
        /// Where and what.
        about: About,
        /// The line.
        line: String,
        /// The target.
        target: String,
        /// What would go wrong.
        why: String,
    },
    /// The service would be somebody else, or could do more than it is meant to.
    #[error("{line} does not work on {target}: {why}")]
    Privilege {
        /// Where and what.
        about: About,
        /// The line.
        line: String,
        /// The target.
        target: String,
        /// What would become of it.
        why: String,
    },
    /// Sandboxing is lost, and the settings require it.
    #[error("{line} is lost on {target}: {why}")]
    Hardening {
        /// Where and what.
        about: About,
        /// The line.
        line: String,
        /// The target.
        target: String,
        /// What is lost.
        why: String,
    },
}

/// What all errors have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The unit.
    pub unit: UnitName,
    /// Where the line was written.
    pub span: Option<Span>,
    /// Whether the unit is written as tables.
    pub is_table: bool,
    /// The line of the unit, from 1.
    pub line: Option<usize>,
    /// The way out that is special to it.
    pub help: Option<String>,
}

/// A unit that cannot be adapted: everything that is in the way.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{unit} cannot be adapted to {target}")]
pub struct Refused {
    /// The unit.
    pub unit: UnitName,
    /// The target.
    pub target: String,
    /// Why; at least one.
    pub errors: Vec<Error>,
    /// What could be done about the other lines.
    pub changes: Vec<Change>,
}

impl Error {
    /// The line of the unit that is in the way, from 1.
    pub fn line(&self) -> Option<usize> {
        self.about().line
    }

    /// What would go wrong.
    pub fn why(&self) -> &str {
        match self {
            Error::WouldNotWork { why, .. }
            | Error::Privilege { why, .. }
            | Error::Hardening { why, .. } => why,
        }
    }

    fn about(&self) -> &About {
        match self {
            Error::WouldNotWork { about, .. }
            | Error::Privilege { about, .. }
            | Error::Hardening { about, .. } => about,
        }
    }

    fn target(&self) -> &str {
        match self {
            Error::WouldNotWork { target, .. }
            | Error::Privilege { target, .. }
            | Error::Hardening { target, .. } => target,
        }
    }
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let About {
            unit,
            span,
            help,
            is_table,
            ..
        } = self.about();
        let target = self.target();
        let stem = unit.as_str();
        let stem = stem.strip_suffix(".service").unwrap_or(stem);
        let diagnostic = Diagnostic::error(self.to_string())
            .at(span.as_ref(), "")
            .with_help_if(help.clone());
        let diagnostic = match span {
            Some(_) => diagnostic,
            None => diagnostic.with_note(format!("the unit is {unit}")),
        };
        match self {
            Error::Hardening { .. } => diagnostic.with_help(
                "take the line out for this target, or write `hardening = \"best-effort\"` in [package.metadata.ambot]",
            ),
            Error::WouldNotWork { .. } | Error::Privilege { .. } => {
                let how = match is_table {
                    true => "write this line",
                    false => "write the unit as tables, and this line",
                };
                diagnostic.with_help(format!(
                    "{how} in another way under [package.metadata.ambot.target.{target}.services.{}]",
                    table_key(stem)
                ))
            }
        }
    }
}

impl Diagnose for Refused {
    fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.to_string());
        let errors = self.errors.iter();
        errors.fold(diagnostic, |diagnostic, error| {
            diagnostic.with_note(error.to_string())
        })
    }
}

/// The name as a key of TOML.
fn table_key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.chars().all(bare) {
        name.to_owned()
    } else {
        format!("\"{name}\"")
    }
}
