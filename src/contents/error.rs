//! What is wrong with something that the package should ship.

use crate::report::{Diagnose, Diagnostic, Failure, Span};
use camino::Utf8PathBuf;
use thiserror::Error;

/// Contents that cannot be.
#[derive(Debug, Error)]
pub enum Error {
    /// A destination is none that a package can have.
    #[error("`{path}` cannot be installed: {problem}")]
    Path {
        /// The path.
        path: String,
        /// What is wrong with it.
        problem: &'static str,
        /// Where it was written.
        span: Option<Span>,
    },
    /// A source is not there.
    #[error("cannot read {path}, which the package should ship")]
    Missing {
        /// The file.
        path: Utf8PathBuf,
        /// Where it was asked for.
        span: Option<Span>,
        /// Why.
        source: std::io::Error,
    },
    /// A source is not a plain file.
    #[error("{path} is not a plain file")]
    NotAFile {
        /// What it is.
        path: Utf8PathBuf,
        /// Where it was asked for.
        span: Option<Span>,
    },
    /// Two files are to be installed as one.
    #[error("two `files` are installed as {path}")]
    Twice {
        /// The path.
        path: String,
        /// Where they were asked for.
        spans: Box<[Option<Span>; 2]>,
    },
    /// A source lies outside the project.
    #[error("{path} lies outside the project")]
    Outside {
        /// The file.
        path: Utf8PathBuf,
        /// Where it was asked for.
        span: Option<Span>,
    },
    /// A line for systemd-tmpfiles that the target's does not take.
    #[error("`{line}` is no line for systemd-tmpfiles: {problem}")]
    Tmpfiles {
        /// The line.
        line: String,
        /// What is wrong with it.
        problem: String,
        /// Where it was written.
        span: Option<Span>,
    },
}

impl Error {
    /// Adds the place where it was written, where it is not known yet.
    #[must_use]
    pub fn at(mut self, place: Option<&Span>) -> Self {
        let (Error::Path { span, .. }
        | Error::Missing { span, .. }
        | Error::NotAFile { span, .. }
        | Error::Outside { span, .. }) = &mut self
        else {
            return self;
        };
        if span.is_none() {
            *span = place.cloned();
        }
        self
    }
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            Error::Path { span, .. } => diagnostic
                .at(span.as_ref(), "")
                .with_help("write the full path on the target, such as /usr/share/hello/logo.png"),
            Error::Missing { span, source, .. } => diagnostic
                .at(span.as_ref(), "asked for here")
                .with_note(source.to_string())
                .with_help("a source is a path within the package's own folder"),
            Error::NotAFile { span, .. } => diagnostic
                .at(span.as_ref(), "asked for here")
                .with_help("name each file by itself"),
            Error::Tmpfiles { span, .. } => diagnostic.at(span.as_ref(), "").with_help(
                "write type, path, mode, user, group, age and argument, `-` for none: \"d /run/hello 0750 hello hello -\"",
            ),
            Error::Twice { spans, .. } => diagnostic
                .at(spans[1].as_ref(), "the second")
                .at(spans[0].as_ref(), "the first")
                .with_help("give one of them another `dest`"),
            Error::Outside { span, .. } => {
                diagnostic.at(span.as_ref(), "asked for here").with_help(
                    "copy it into the project, so that the package is made of the project alone",
                )
            }
        }
    }

    fn failure(&self) -> Failure {
        Failure::Project
    }
}
