//! What keeps a unit from being one.

use super::name::NameProblem;
use crate::report::{Diagnose, Diagnostic, Span};
use thiserror::Error;

/// A unit that cannot be.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// The name is none.
    #[error("`{name}` cannot be the name of a unit: {problem}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        problem: NameProblem,
    },
    /// A section's name cannot stand between brackets.
    #[error("`{section}` cannot be the name of a section")]
    Section {
        /// The name.
        section: String,
    },
    /// A key cannot stand before a `=`.
    #[error("`{key}` in [{section}] cannot be the name of a directive")]
    Key {
        /// The section.
        section: String,
        /// The key.
        key: String,
    },
    /// A value cannot be written on one line.
    #[error("the value of {key}= in [{section}] {problem}")]
    Value {
        /// The section.
        section: String,
        /// The key.
        key: String,
        /// What is wrong with it.
        problem: ValueProblem,
    },
    /// Another error of this list, in a file.
    #[error("{error}")]
    InFile {
        /// The error.
        error: Box<Error>,
        /// The file.
        path: String,
    },
    /// Another error of this list, where it was written.
    #[error("{error}")]
    Written {
        /// The error.
        error: Box<Error>,
        /// The place.
        span: Span,
    },
    /// One unit is written twice.
    #[error("{name} is written twice")]
    Twice {
        /// The unit.
        name: String,
        /// The places, the later one first.
        spans: Vec<Span>,
    },
    /// Several binaries, and nothing says which of them is the service.
    #[error("package `{package}` has several binaries, and none is said to be the service")]
    WhichBinary {
        /// The package.
        package: String,
        /// Its binaries.
        bins: Vec<String>,
    },
    /// A table says what is done with a unit that is not there.
    #[error("`services.{written}` is neither a unit file nor a packaged binary")]
    NoSuchUnit {
        /// The name of the table.
        written: String,
        /// The unit's name.
        file: String,
        /// The nearest name that there is.
        near: Option<String>,
        /// Whether it is a binary that is not packaged.
        left_out: bool,
        /// Where it was named.
        span: Option<Span>,
    },
    /// A timer, socket or path without what it starts.
    #[error("{unit} starts {starts}, which the package does not have")]
    StartsNothing {
        /// The unit.
        unit: String,
        /// What it starts.
        starts: String,
        /// Where it was written.
        span: Option<Span>,
    },
    /// A service runs a binary that is not packaged.
    #[error("{unit} runs the binary `{bin}`, which is not packaged")]
    LeftOut {
        /// The unit.
        unit: String,
        /// The binary.
        bin: String,
        /// Where it was written.
        span: Option<Span>,
    },
    /// A unit is to be reloaded and cannot be.
    #[error("{unit} is to be reloaded on upgrades, and has no ExecReload=")]
    NoReload {
        /// The unit.
        unit: String,
        /// Where it was asked for.
        span: Option<Span>,
    },
    /// Instances of a unit that is no template.
    #[error("{unit} is no template, so it has no instances")]
    NoTemplate {
        /// The unit.
        unit: String,
        /// What a template would be called.
        template: String,
        /// Where they were asked for.
        span: Option<Span>,
    },
    /// A service without a command line.
    #[error("nothing says what {name} runs")]
    NothingToRun {
        /// The unit.
        name: String,
        /// The binaries of the package.
        bins: Vec<String>,
        /// Where it was named.
        span: Option<Span>,
    },
}

impl Error {
    /// The section and key that it is about, for who knows where they were written.
    pub fn directive(&self) -> Option<(&str, &str)> {
        match self {
            Error::Key { section, key } | Error::Value { section, key, .. } => Some((section, key)),
            _ => None,
        }
    }
}

/// What keeps a value from being written on one line.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ValueProblem {
    /// A line feed or a carriage return: what follows would be a directive of its own.
    #[error("has more than one line")]
    SeveralLines,
    /// A NUL, which ends a line for systemd.
    #[error("contains a NUL")]
    Nul,
    /// A `\` that would make the next directive a part of the value.
    #[error("ends in a `\\`, which would join the next line to it")]
    Continues,
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            Error::InFile { error, path } => error.diagnostic().with_note(format!("the file is {path}")),
            Error::Written { error, span } => error.diagnostic().at(Some(span), ""),
            Error::Twice { spans, .. } => spans
                .iter()
                .zip(["here", "and here"])
                .fold(diagnostic, |diagnostic, (span, text)| diagnostic.at(Some(span), text))
                .with_help("keep one of them; a table that only sets `enable`, `start` and the like goes with a file"),
            Error::WhichBinary { bins, .. } => diagnostic
                .with_note(format!("the binaries are {}", bins.join(", ")))
                .with_help(format!(
                    "name it with `default-run = \"{0}\"` in [package], or write [package.metadata.ambot.services.{0}]",
                    bins.first().map_or("NAME", String::as_str)
                )),
            Error::NoSuchUnit { written, file, near, left_out, span } => {
                let diagnostic = diagnostic.at(span.as_ref(), "");
                let diagnostic = if *left_out {
                    diagnostic.with_note("the binary of that name is not among the packaged ones (`bins`, `--bin`)")
                } else {
                    diagnostic
                };
                let key = if written.contains('.') { format!("\"{written}\"") } else { written.clone() };
                let section = match file.rsplit_once('.') {
                    Some((_, "timer")) => "Timer",
                    Some((_, "socket")) => "Socket",
                    Some((_, "path")) => "Path",
                    Some((_, "target")) => "Unit",
                    _ => "Service",
                };
                diagnostic
                    .with_help_if(near.as_ref().map(|near| format!("did you mean `{near}`?")))
                    .with_help(format!(
                        "for a unit of that name write the file .ambot/services/{file}, or the table [package.metadata.ambot.services.{key}.{section}]"
                    ))
            }
            Error::StartsNothing { starts, span, .. } => diagnostic
                .at(span.as_ref(), "")
                .with_help(format!("write .ambot/services/{starts}, or name another unit with `Unit=` (`Service=` of a socket)")),
            Error::LeftOut { bin, span, .. } => diagnostic
                .at(span.as_ref(), "")
                .with_help(format!("package it too (`bins`, `--bin {bin}`), or leave the unit out")),
            Error::NoReload { span, .. } => diagnostic
                .at(span.as_ref(), "")
                .with_help("write how in its Service table, such as `ExecReload = \"/bin/kill -HUP $MAINPID\"`, or set on-upgrade = \"restart\""),
            Error::NoTemplate { template, span, .. } => diagnostic
                .at(span.as_ref(), "")
                .with_help(format!("name the unit `{template}`, and use %i where the instance differs")),
            Error::NothingToRun { bins, span, .. } => diagnostic
                .at(span.as_ref(), "")
                .with_note(format!("the binaries are {}", bins.join(", ")))
                .with_help("write `ExecStart` in its Service table, or name it after a binary"),
            Error::Name { problem, .. } => diagnostic.with_help(match problem {
                NameProblem::NoSuffix | NameProblem::Suffix(_) => {
                    "a unit's name ends in its kind, such as `hello.service` or `hello.timer`"
                }
                NameProblem::TooLong(_) => "choose a shorter name",
                _ => {
                    "use ASCII letters, digits and `-`; systemd takes `:`, `_`, `.` and `\\` too, and one `@` makes a template"
                }
            }),
            Error::Section { .. } => diagnostic.with_help(
                "use letters, digits and `-`, such as `Unit`, `Service`, `Install` or `X-Hello`",
            ),
            Error::Key { .. } => {
                diagnostic.with_help("use letters, digits and `-`, such as `ExecStart` or `X-Note`")
            }
            Error::Value { problem, .. } => diagnostic.with_help(match problem {
                ValueProblem::SeveralLines => {
                    "write it on one line; in TOML, a `\\` at a line's end within \"\"\" continues it; for several values use an array"
                }
                ValueProblem::Nul => "take the NUL out",
                ValueProblem::Continues => "take the `\\` away, or double it where it is meant",
            }),
        }
    }
}
