//! What was done to a unit, as values.

use crate::unit::{BootTarget, Directive, RespellingKind};
use std::fmt;
use std::ops::Range;

/// The longest text of a change, in characters.
const LONGEST: usize = 60;

/// One thing that was done to a unit for a target.
///
/// Shown, it is a line of at most 60 characters that says what was done; [`Change::reason`] says
/// why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What was done.
    pub action: Action,
    /// What became of the meaning.
    pub effect: Effect,
    /// The line of the unit as it was written that it is about; nothing where it is about no one
    /// line.
    pub place: Option<Place>,
    pub(super) reason: String,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A line became another one.
    Rewritten {
        /// The line before.
        from: Line,
        /// The line after.
        to: Line,
    },
    /// A line was added.
    Added {
        /// The line.
        line: Line,
    },
    /// A line was left out.
    LeftOut {
        /// The line.
        from: Line,
    },
    /// A line became something that the package does.
    Packaged {
        /// The line.
        from: Line,
        /// What the package does.
        into: String,
    },
    /// A line is written in another way and reads the same.
    Respelled {
        /// What was in the way.
        kind: RespellingKind,
        /// The number of the line, from 1.
        line: usize,
    },
    /// `WantedBy=` was put into the packaged unit file.
    InstallInFile {
        /// The value.
        wanted_by: BootTarget,
    },
    /// `WantedBy=` was put into a drop-in.
    InstallInDropIn {
        /// The value.
        wanted_by: BootTarget,
        /// The drop-in, `NAME.d/FILE`.
        path: String,
    },
}

/// What became of the meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It is the same.
    Same,
    /// It is weaker; the reason says what is lost.
    Weaker,
    /// It is gone.
    LeftOut,
    /// Sandboxing is weaker or gone.
    Hardening,
}

/// A line `Key=Value` in a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The section.
    pub section: String,
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

/// A directive in the unit as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The section.
    pub section: String,
    /// The key.
    pub key: String,
    /// The number of its first line, from 1.
    pub line: usize,
    /// All its lines, in bytes of the file.
    pub range: Range<usize>,
}

impl Change {
    /// Why it was done, in a sentence without its full stop.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl Line {
    /// A line.
    pub(super) fn new(section: &str, key: &str, value: &str) -> Self {
        Line {
            section: section.to_owned(),
            key: key.to_owned(),
            value: value.to_owned(),
        }
    }
}

impl Place {
    pub(super) fn of(directive: &Directive) -> Self {
        Place {
            section: directive.section.clone(),
            key: directive.key.clone(),
            line: directive.line,
            range: directive.range.clone(),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.key, self.value)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = LONGEST / 2;
        match &self.action {
            Action::Rewritten { from, to } if from.section != to.section => {
                let to = format!("[{}] {to}", to.section);
                write!(
                    f,
                    "{} → {}",
                    short(&from.to_string(), half - 3),
                    short(&to, half)
                )
            }
            Action::Rewritten { from, to } => {
                let to = short(&to.to_string(), half);
                write!(f, "{} → {to}", short(&from.to_string(), half - 3))
            }
            Action::Added { line } => write!(f, "added {}", short(&line.to_string(), LONGEST - 6)),
            Action::LeftOut { from } => {
                write!(f, "left out {}", short(&from.to_string(), LONGEST - 9))
            }
            Action::Packaged { from, into } => {
                let from = short(&from.to_string(), half - 3);
                write!(f, "{from} → {}", short(into, half))
            }
            Action::Respelled { kind, line } => write!(
                f,
                "line {line}: {}",
                match kind {
                    RespellingKind::CommentInValue => "the comment goes before the value",
                    RespellingKind::CommentContinues => "a blank after the `\\` of the comment",
                    RespellingKind::LineEnd => "a plain line end",
                    RespellingKind::OpenEnd => "a blank line after the `\\`",
                }
            ),
            Action::InstallInFile { wanted_by } => write!(f, "WantedBy={wanted_by} in the file"),
            Action::InstallInDropIn { wanted_by, .. } => {
                write!(f, "WantedBy={wanted_by} in a drop-in")
            }
        }
    }
}

/// The text, cut to so many characters.
fn short(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let head: String = text.chars().take(longest - 1).collect();
    head + "…"
}
