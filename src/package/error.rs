//! What keeps a plan from being complete.

use super::{InstallPath, PackageName};
use crate::contents;
use crate::report::{Diagnose, Diagnostic, Failure, Span};
use thiserror::Error;

/// A path that two RPMs of one package want.
#[derive(Debug)]
pub struct InTwoRpms {
    /// The path.
    pub path: InstallPath,
    /// The RPMs.
    pub rpms: [String; 2],
    /// Why it is in each.
    pub reasons: [String; 2],
    /// Where it was asked for, where it was.
    pub spans: [Option<Span>; 2],
}

/// A plan that cannot be.
#[derive(Debug, Error)]
pub enum Error {
    /// The package's name is none.
    #[error("`{name}` cannot be the name of an RPM")]
    Name {
        /// The name.
        name: String,
        /// Where it was written.
        span: Option<Span>,
    },
    /// A path of the package cannot be one.
    #[error(transparent)]
    Contents(#[from] contents::Error),
    /// A dependency, scriptlet or trigger of the manifest that cannot be.
    #[error("{what}")]
    Declared {
        /// What is wrong.
        what: String,
        /// Where.
        span: Option<Span>,
        /// The way out.
        help: String,
    },
    /// A payload that the target's rpm does not read.
    #[error("the rpm of {target} ({rpm}) does not read payloads of {kind}")]
    Payload {
        /// The compressor.
        kind: &'static str,
        /// The target.
        target: String,
        /// The version of its rpm.
        rpm: String,
        /// What it reads of what we write.
        kinds: String,
        /// Where it was asked for.
        span: Option<Span>,
    },
    /// A template of ours cannot be rendered.
    #[error("a template cannot be rendered: {0}")]
    Template(#[from] minijinja::Error),
    /// Two files want the same path.
    #[error("two files of the package want the path {path}")]
    Twice {
        /// The path.
        path: InstallPath,
        /// Why the one is there.
        first: String,
        /// Why the other is there.
        second: String,
    },
    /// Two RPMs of one package want the same path.
    #[error("{} and {} would both ship {}", .0.rpms[0], .0.rpms[1], .0.path)]
    InTwoRpms(Box<InTwoRpms>),
    /// A program in an RPM that is for any architecture.
    #[error("{rpm} is for any architecture, and {path} is for one")]
    NotForAnyArch {
        /// The program or library.
        path: InstallPath,
        /// The RPM.
        rpm: String,
        /// Where it was asked for.
        span: Option<Span>,
    },
    /// Two RPMs of one package have one name.
    #[error("two RPMs of the package would be called {name}")]
    SameName {
        /// The name.
        name: PackageName,
        /// Where the second was named.
        span: Option<Span>,
    },
    /// A mode has bits that no file has.
    #[error("mode {mode:#o} of {path} has bits beyond 07777")]
    Mode {
        /// The file.
        path: InstallPath,
        /// The mode.
        mode: u16,
    },
    /// A text that must be one line has several.
    #[error("the {what} has more than one line")]
    SeveralLines {
        /// Which.
        what: &'static str,
    },
}

impl Error {
    /// Adds the place where a name was written.
    pub(super) fn at(mut self, place: Option<&Span>) -> Self {
        if let Error::Name { span, .. } = &mut self {
            *span = place.cloned();
        }
        self
    }
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            Error::Contents(error) => error.diagnostic(),
            Error::Declared { span, help, .. } => diagnostic.at(span.as_ref(), "").with_help(help),
            Error::Payload { kinds, span, target, .. } => diagnostic
                .at(span.as_ref(), "")
                .with_help(format!(
                    "it reads {kinds}; `payload-compress` below `target.{target}` is for this target alone"
                )),
            Error::Template(_) => diagnostic.with_help("this is a defect of cargo ambot; please report it"),
            Error::Name { span, .. } => diagnostic.at(span.as_ref(), "").with_help(
                "use letters, digits and `._+-`, the first a letter, a digit or `_`: `name = \"…\"` in [package.metadata.ambot]",
            ),
            Error::Twice { first, second, .. } => diagnostic
                .with_note(format!("the first is {first}"))
                .with_note(format!("the second is {second}"))
                .with_help("give one of them another `dest`"),
            Error::InTwoRpms(both) => {
                let [first, second] = &both.rpms;
                diagnostic
                    .at(both.spans[1].as_ref(), format!("in {second}"))
                    .at(both.spans[0].as_ref(), format!("in {first}"))
                    .with_note(format!("in {first}: {}", both.reasons[0]))
                    .with_note(format!("in {second}: {}", both.reasons[1]))
                    .with_help("give one of them another `dest`, or leave it out of one")
            }
            Error::NotForAnyArch { span, .. } => diagnostic
                .at(span.as_ref(), "an ELF file")
                .with_help("leave out `arch = \"noarch\"`, or ship the file in another RPM"),
            Error::SameName { span, .. } => diagnostic
                .at(span.as_ref(), "")
                .with_help("give one of them another `name`"),
            Error::Mode { .. } => diagnostic.with_help("write at most four octal digits, such as \"0640\""),
            Error::SeveralLines { what } => diagnostic.with_help(format!("write the {what} on one line")),
        }
    }

    fn failure(&self) -> Failure {
        match self {
            Error::Template(_) => Failure::Bug,
            _ => Failure::Project,
        }
    }
}
