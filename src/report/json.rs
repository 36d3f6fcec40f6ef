//! JSON lines: one object a line, each with `reason` and `format-version`.

use super::diagnostic::Diagnostic;
use super::source::Span;
use serde_json::{Map, Value, json};

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
        ("targets".to_owned(), diagnostic.targets.clone().into()),
        ("places".to_owned(), labels.collect()),
        ("notes".to_owned(), diagnostic.notes.clone().into()),
        ("help".to_owned(), diagnostic.help.clone().into()),
    ])
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
