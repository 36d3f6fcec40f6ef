//! What was done to a unit, as values.

use crate::unit::{BootTarget, Directive, RespellingKind};
use std::fmt;
use std::ops::Range;

/// The longest pair of lines that is shown whole, in characters; of longer ones only the words that
/// differ are.
const LONGEST: usize = 80;

/// One thing that was done to a unit for a target.
///
/// Shown, it says what was done; [`Change::reason`] says why. Of two long lines only the words that
/// differ are shown.
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
        match &self.action {
            Action::Rewritten { from, to } => {
                let (from_text, to_text) = differing(&from.to_string(), &to.to_string());
                match from.section == to.section {
                    true => write!(f, "{from_text} → {to_text}"),
                    false => write!(f, "{from_text} → [{}] {to_text}", to.section),
                }
            }
            Action::Added { line } => write!(f, "added {line}"),
            Action::LeftOut { from } => write!(f, "left out {from}"),
            Action::Packaged { from, into } => write!(f, "{from} → {into}"),
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

/// Two lines as they are where they are short, else without the words that both end with or have in
/// the middle of what they begin with: `ExecStart=hello … → ExecStart=/usr/bin/hello …`.
fn differing(from: &str, to: &str) -> (String, String) {
    let whole = (from.to_owned(), to.to_owned());
    if from.chars().count() + to.chars().count() <= LONGEST {
        return whole;
    }
    let (from, to): (Vec<&str>, Vec<&str>) = (from.split(' ').collect(), to.split(' ').collect());
    let shorter = from.len().min(to.len());
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let start = from.iter().zip(&to).take_while(same).count();
    if start == from.len() && start == to.len() {
        return whole;
    }
    let end = from.iter().rev().zip(to.iter().rev()).take_while(same);
    // The first word holds the key, and stays.
    let end = end
        .count()
        .min(shorter - start)
        .min(shorter.saturating_sub(1));
    let cut = |words: &[&str]| {
        let mut shown: Vec<&str> = Vec::new();
        if start > 0 {
            shown.extend(words.first());
        }
        if start > 1 {
            shown.push("…");
        }
        shown.extend(words.get(start..words.len() - end).unwrap_or_default());
        if end > 0 && shown.last() != Some(&"…") {
            shown.push("…");
        }
        shown.join(" ")
    };
    (cut(&from), cut(&to))
}

#[cfg(test)]
mod tests {
    use super::differing;

    #[test]
    fn of_long_lines_the_words_that_differ_are_shown() {
        let shown = |from: &str, to: &str| {
            let (from, to) = differing(from, to);
            format!("{from} → {to}")
        };
        let (a, b) = ("Nice=1", "Nice=2");
        assert_eq!(shown(a, b), "Nice=1 → Nice=2");
        let long = "--config /etc/demo/demo.conf --listen 127.0.0.1:8080";
        insta::assert_snapshot!([
            shown(&format!("ExecStart=demo {long}"), &format!("ExecStart=/usr/bin/demo {long}")),
            shown(&format!("ExecStart=demo {long} $A"), &format!("ExecStart=demo {long} ${{A}}")),
            shown(&format!("ExecStart=demo {long} $A b"), &format!("ExecStart=demo {long} b")),
            shown(&format!("A={long}"), &format!("B={long}")),
        ].join("\n"), @"
        ExecStart=demo … → ExecStart=/usr/bin/demo …
        ExecStart=demo … $A → ExecStart=demo … ${A}
        ExecStart=demo … $A … → ExecStart=demo …
        A=--config … → B=--config …
        ");
    }
}
