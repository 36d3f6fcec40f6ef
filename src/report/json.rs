//! JSON lines: one object a line, each with `reason` and `format-version`.

use super::diagnostic::Diagnostic;
use super::fix::{Edit, Fix};
use super::source::Span;
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// The version of the JSON lines; it goes up when a field changes its meaning or goes away.
pub const FORMAT_VERSION: u32 = 1;

/// One line, with `reason` and `format-version` before all else.
pub(super) fn line(reason: &str, value: Map<String, Value>) -> String {
    let mut object = Map::new();
    object.insert("reason".into(), reason.into());
    object.insert("format-version".into(), FORMAT_VERSION.into());
    object.extend(value);
    Value::Object(object).to_string()
}

/// The same of a value that serialises as an object with fields, written as it is made.
pub(super) fn stream(
    out: &mut impl Write,
    reason: &str,
    value: &impl serde::Serialize,
) -> io::Result<()> {
    let head = line(reason, Map::new());
    out.write_all(head.trim_end_matches('}').as_bytes())?;
    let mut rest = AfterBrace {
        out: &mut *out,
        is_open: false,
    };
    serde_json::to_writer(&mut rest, value).map_err(io::Error::from)?;
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

pub(super) fn progress(verb: &str, text: &str) -> Map<String, Value> {
    Map::from_iter([
        ("step".to_owned(), verb.to_lowercase().into()),
        ("text".to_owned(), text.into()),
    ])
}

pub(super) fn finding(diagnostic: &Diagnostic) -> Map<String, Value> {
    let labels = diagnostic.labels.iter().map(|label| {
        let mut place = place(&label.span);
        place.insert("text".into(), label.text.as_str().into());
        Value::Object(place)
    });
    Map::from_iter([
        ("severity".to_owned(), diagnostic.severity.as_str().into()),
        ("code".to_owned(), diagnostic.code.into()),
        ("title".to_owned(), diagnostic.title.as_str().into()),
        ("fix".to_owned(), diagnostic.fix.as_ref().map(fix).into()),
        ("targets".to_owned(), diagnostic.targets.clone().into()),
        ("places".to_owned(), labels.collect()),
        ("notes".to_owned(), diagnostic.notes.clone().into()),
        ("help".to_owned(), diagnostic.help.clone().into()),
    ])
}

fn fix(fix: &Fix) -> Value {
    let edit = |edit: &Edit| {
        let mut place = place(&edit.span);
        place.insert("replacement".into(), edit.replacement.as_str().into());
        Value::Object(place)
    };
    let edits: Vec<Value> = fix.edits.iter().map(edit).collect();
    json!({ "what": fix.what, "edits": edits })
}

fn place(span: &Span) -> Map<String, Value> {
    let (line, column) = span.file().position(span.range().start);
    let (end_line, end_column) = span.file().position(span.range().end);
    Map::from_iter([
        ("file".to_owned(), json!(span.file().path())),
        ("line".to_owned(), line.into()),
        ("column".to_owned(), column.into()),
        ("end-line".to_owned(), end_line.into()),
        ("end-column".to_owned(), end_column.into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_streamed_line_is_one_object_with_its_reason_first() {
        let mut out = Vec::new();
        stream(&mut out, "ambot-test", &json!({ "a": { "b": 1 } })).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "{\"reason\":\"ambot-test\",\"format-version\":1,\"a\":{\"b\":1}}\n"
        );
    }
}
