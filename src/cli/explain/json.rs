//! An explanation as one JSON object.

use super::explanation::Explanation;
use super::relations::RelationTable;
use crate::target::systemd::{MEASURED_ON, RELATIONS};
use serde_json::{Map, Value, json};

pub(super) fn object(explanation: &Explanation) -> Map<String, Value> {
    let words = explanation
        .words
        .iter()
        .map(|line| json!({ "word": line.word, "text": line.text, "not-on": line.missing }));
    let targets = explanation.targets.iter().flat_map(|line| {
        let of = |target: &String| {
            json!({ "target": target, "state": line.state, "becomes": line.becomes })
        };
        line.targets.iter().map(of)
    });
    let example = explanation.example.as_ref();
    let lists = explanation.lists.iter();
    let rules = explanation.rules.iter();
    let fields = [
        ("kind", json!(explanation.kind)),
        ("title", json!(explanation.title)),
        ("facts", json!(explanation.facts)),
        ("text", json!(explanation.text)),
        ("trap", json!(explanation.trap)),
        ("values", json!(explanation.values)),
        ("words", words.collect()),
        ("default", json!(explanation.default)),
        ("targets", targets.collect()),
        (
            "example",
            example.map_or(
                Value::Null,
                |(bad, good)| json!({ "bad": bad, "good": good }),
            ),
        ),
        (
            "relations",
            explanation
                .relations
                .as_ref()
                .map_or(Value::Null, relations),
        ),
        (
            "lists",
            lists
                .map(|(heading, names)| json!({ "heading": heading, "items": names }))
                .collect(),
        ),
        (
            "rules",
            rules
                .map(|(code, summary)| json!({ "code": code, "summary": summary }))
                .collect(),
        ),
        ("see-also", json!(explanation.see_also)),
    ];
    fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

/// Every cell with what each version does.
fn relations(table: &RelationTable) -> Value {
    let rows = table.rows.iter().map(|row| {
        let cells = RELATIONS
            .iter()
            .zip(&row.measured)
            .filter_map(|(name, measured)| {
                let outcomes = measured.as_ref()?.outcomes;
                let by_version = MEASURED_ON.iter().zip(outcomes);
                let outcomes = by_version
                    .map(|(version, outcome)| (version.to_string(), json!(outcome.word())));
                Some(((*name).to_owned(), Value::Object(outcomes.collect())))
            });
        json!({
            "case": row.case.name(),
            "with-after": row.with_after,
            "outcomes": Value::Object(cells.collect()),
        })
    });
    json!({ "measured-on": MEASURED_ON, "rows": rows.collect::<Vec<Value>>() })
}
