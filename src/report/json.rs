//! JSON lines: one object a line, each with `reason` and `format-version`.

use super::diagnostic::Diagnostic;
use super::fix::Edit;
use super::source::Span;
use schemars::JsonSchema;
use serde::Serialize;
use std::io::{self, Write};

/// The version of the JSON lines; it goes up when a field changes its meaning or goes away.
pub const FORMAT_VERSION: u32 = 1;

/// One line, with `reason` and `format-version` before all else; written as it is made.
pub(super) fn write<L: JsonLine>(out: &mut impl Write, line: &L) -> io::Result<()> {
    let reason = L::REASON;
    let head = format!(r#"{{"reason":"{reason}","format-version":{FORMAT_VERSION}"#);
    out.write_all(head.as_bytes())?;
    let mut rest = AfterBrace {
        out: &mut *out,
        is_open: false,
    };
    serde_json::to_writer(&mut rest, line).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// Writes a comma in the place of the first brace.
struct AfterBrace<'a, W> {
    out: &'a mut W,
    is_open: bool,
}

impl<W: Write> Write for AfterBrace<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match bytes {
            [b'{', rest @ ..] if !self.is_open => {
                self.is_open = true;
                self.out.write_all(b",")?;
                self.out.write_all(rest)?;
                Ok(bytes.len())
            }
            _ => self.out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A line of JSON: what serialises as an object, and the reason that stands before its fields.
pub trait JsonLine: Serialize {
    /// `ambot-…`
    const REASON: &'static str;
}

/// A step of the run.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ProgressLine<'a> {
    /// What is done, in one word.
    step: String,
    /// With what.
    text: &'a str,
}

impl JsonLine for ProgressLine<'_> {
    const REASON: &'static str = "ambot-progress";
}

impl<'a> ProgressLine<'a> {
    pub(super) fn new(verb: &str, text: &'a str) -> Self {
        let step = verb.to_lowercase();
        ProgressLine { step, text }
    }
}

/// An error, a warning or a note.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FindingLine<'a> {
    /// `error`, `warning` or `note`.
    severity: &'static str,
    /// The rule of the check, where one found it.
    code: Option<&'a str>,
    /// What is wrong, in one line.
    title: &'a str,
    /// What `check --fix` would write, where it can mend it.
    fix: Option<FixLine<'a>>,
    /// The targets that it holds for; none where it is about no target.
    targets: &'a [String],
    /// Where, in your files.
    places: Vec<PlaceLine<'a>>,
    /// What else is to be known.
    notes: &'a [String],
    /// The ways out.
    help: &'a [String],
}

impl JsonLine for FindingLine<'_> {
    const REASON: &'static str = "ambot-finding";
}

/// A change that mends a finding.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct FixLine<'a> {
    /// What it does.
    what: &'a str,
    /// The places that are written anew.
    edits: Vec<EditLine<'a>>,
}

/// A place in a file and what is said of it. Lines and columns begin with 1; a column is a character.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct PlaceLine<'a> {
    /// The path as it was reached from the current folder.
    file: &'a str,
    /// The first line.
    line: usize,
    /// The first column.
    column: usize,
    /// The last line.
    end_line: usize,
    /// The column behind the last.
    end_column: usize,
    /// What is said of it.
    text: &'a str,
}

/// A place in a file and what is written there instead.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct EditLine<'a> {
    /// The path as it was reached from the current folder.
    file: &'a str,
    /// The first line.
    line: usize,
    /// The first column.
    column: usize,
    /// The last line.
    end_line: usize,
    /// The column behind the last.
    end_column: usize,
    /// The new text.
    replacement: &'a str,
}

impl<'a> FindingLine<'a> {
    pub(super) fn of(diagnostic: &'a Diagnostic) -> Self {
        let labels = diagnostic.labels.iter();
        FindingLine {
            severity: diagnostic.severity.as_str(),
            code: diagnostic.code,
            title: &diagnostic.title,
            fix: diagnostic.fix.as_ref().map(|fix| FixLine {
                what: &fix.what,
                edits: fix.edits.iter().map(edit).collect(),
            }),
            targets: &diagnostic.targets,
            places: labels
                .map(|label| place(&label.span, &label.text))
                .collect(),
            notes: &diagnostic.notes,
            help: &diagnostic.help,
        }
    }
}

fn place<'a>(span: &'a Span, text: &'a str) -> PlaceLine<'a> {
    let (line, column) = span.file().position(span.range().start);
    let (end_line, end_column) = span.file().position(span.range().end);
    PlaceLine {
        file: span.file().path().as_str(),
        line,
        column,
        end_line,
        end_column,
        text,
    }
}

fn edit(edit: &Edit) -> EditLine<'_> {
    let at = place(&edit.span, "");
    EditLine {
        file: at.file,
        line: at.line,
        column: at.column,
        end_line: at.end_line,
        end_column: at.end_column,
        replacement: &edit.replacement,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_object_with_its_reason_first() {
        let mut out = Vec::new();
        write(&mut out, &ProgressLine::new("Building", "a {b}")).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "{\"reason\":\"ambot-progress\",\"format-version\":1,\"step\":\"building\",\"text\":\"a {b}\"}\n"
        );
    }
}
