//! Why a project is not started.

use crate::disk;
use crate::report::{Diagnose, Diagnostic, Failure, Span};
use camino::Utf8PathBuf;
use thiserror::Error;

/// Nothing was drafted.
#[derive(Debug, Error)]
pub enum Error {
    /// A file could not be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: Utf8PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Somebody else wrote a file at the same time.
    #[error("{path} was changed while this ran")]
    Changed {
        /// The file.
        path: Utf8PathBuf,
    },
    /// The manifest is not TOML.
    #[error("{path} is not valid TOML")]
    Toml {
        /// The file.
        path: Utf8PathBuf,
        /// What the parser says.
        message: String,
        /// Where.
        span: Option<Span>,
    },
    /// There is a configuration already.
    #[error("{path} has [package.metadata.ambot] already")]
    TableThere {
        /// The manifest.
        path: Utf8PathBuf,
        /// Where.
        span: Span,
    },
    /// There is such a file already.
    #[error("{path} is there already")]
    FileThere {
        /// The file.
        path: Utf8PathBuf,
    },
    /// Our table cannot be put in, or taken out.
    #[error("`{key}` cannot take a table of its own")]
    NoTable {
        /// What it was to be written below, or what is to be replaced.
        key: String,
        /// Where that is written.
        span: Option<Span>,
    },
    /// There is nothing to carry over.
    #[error("{path} has no [package.metadata.{table}]")]
    NothingToCarry {
        /// The manifest.
        path: Utf8PathBuf,
        /// The table.
        table: &'static str,
        /// The tables of other tools that it has.
        others: Vec<&'static str>,
    },
    /// A table of another tool is written wrongly.
    #[error("{what}")]
    Foreign {
        /// What is wrong.
        what: String,
        /// Where.
        span: Span,
    },
    /// A folder that no line of a pipeline can name.
    #[error("a pipeline cannot name the folder `{folder}`")]
    Unnamed {
        /// From the repository on.
        folder: Utf8PathBuf,
    },
    /// A template cannot be rendered.
    #[error("a template cannot be rendered: {0}")]
    Template(#[from] minijinja::Error),
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            Error::Read { source, .. } => diagnostic.with_note(source.to_string()),
            Error::Write { source, .. } => diagnostic
                .with_note(source.to_string())
                .with_help_if(disk::way_out(source)),
            Error::Changed { .. } => diagnostic.with_help("run it again"),
            Error::Toml { message, span, .. } => {
                diagnostic.at(span.as_ref(), message.trim().replace('\n', ", "))
            }
            Error::TableThere { span, .. } => diagnostic
                .at(Some(span), "")
                .with_help("`--dry-run --force` shows what `--force` would make of it")
                .with_help("`cargo ambot check` says what is wrong with it"),
            Error::FileThere { .. } => {
                diagnostic.with_help("`--dry-run --force` shows what `--force` would make of it")
            }
            Error::NoTable { key, span } => diagnostic
                .at(span.as_ref(), "written within another value")
                .with_help(format!("write [{key}] as a table with a header of its own")),
            Error::NothingToCarry { others, .. } if others.is_empty() => diagnostic.with_help(
                "`cargo ambot init` alone writes a configuration that is fitted to the project",
            ),
            Error::NothingToCarry { others, .. } => {
                let flags = others.iter().map(|other| format!("`--from {other}`"));
                let flags: Vec<String> = flags.collect();
                diagnostic.with_help(format!("it has what {} takes", flags.join(" and ")))
            }
            Error::Foreign { span, .. } => diagnostic
                .at(Some(span), "")
                .with_note("the tool that it is for would not take it either"),
            Error::Unnamed { .. } => diagnostic
                .with_note("it is read as YAML, by the forge and by a shell")
                .with_help("give it a name of letters, digits, blanks and `._+@-`"),
            Error::Template(_) => diagnostic,
        }
    }

    fn failure(&self) -> Failure {
        match self {
            Error::Template(_) => Failure::Bug,
            _ => Failure::Project,
        }
    }
}
