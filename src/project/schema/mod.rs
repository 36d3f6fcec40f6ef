//! The shape of the tables as a JSON Schema, for editors, and as a page.
//!
//! In come the types of this folder, one field a key, whose comments are what editors and the page
//! of the configuration show; out goes a schema of draft 7. Nothing is read with it: the readers
//! beside it are, and a test holds the keys of both against each other. Which keys a subpackage or a
//! target's table has is worked out from the readers' own lists.
// The types describe tables; no value of them is ever made.
#![expect(dead_code)]

mod accounts;
mod files;
mod keys;
mod page;
mod scripts;
mod service;
mod shape;
mod words;

pub use page::settings_page;

use super::layers::FOR_ALL_TARGETS;
use super::settings::{OF_THE_PACKAGE, SHARED};
use crate::target::Heir;
use keys::{Bin, Keys};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The JSON Schema (draft 7) of a `Cargo.toml`, as far as it is ours; all else in it is left open.
/// `lints` are the rules of the check, code and what it finds, which this room does not know.
pub fn settings_schema(lints: &[(&str, String)]) -> Value {
    let mut schema = shape::generator()
        .into_root_schema_for::<Manifest>()
        .to_value();
    let tables = schema.get_mut("definitions").and_then(Value::as_object_mut);
    for table in tables.into_iter().flat_map(Map::values_mut) {
        name_lints(table, lints);
    }
    unwrap_texts(&mut schema);
    schema
}

/// The tables of a manifest that are ours.
struct Manifest;

impl JsonSchema for Manifest {
    fn schema_name() -> Cow<'static, str> {
        "Cargo.toml with settings of cargo ambot".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let ours = |table: Schema| {
            let metadata = json!({ "type": "object", "properties": { "ambot": table } });
            json!({ "type": "object", "properties": { "metadata": metadata } })
        };
        let package = ours(generator.subschema_for::<Keys>());
        let workspace = ours(generator.subschema_for::<Workspace>());
        json_schema!({
            "type": "object",
            "properties": { "package": package, "workspace": workspace },
        })
    }
}

/// Comments are wrapped for those who read the source.
fn unwrap_texts(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(text) if key == "description" => {
                        *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                    }
                    value => unwrap_texts(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(unwrap_texts),
        _ => {}
    }
}

/// Names the rules in the `lints` of a table.
fn name_lints(table: &mut Value, lints: &[(&str, String)]) {
    let Some(Value::Object(of)) = table.pointer_mut("/properties/lints") else {
        return;
    };
    let level = of.get("additionalProperties").cloned().unwrap_or(json!({}));
    let rule = |(code, title): &(&str, String)| {
        let named = json!({ "allOf": [level], "description": title });
        ((*code).to_owned(), named)
    };
    let rules: Map<String, Value> = lints.iter().map(rule).collect();
    of.insert("properties".to_owned(), Value::Object(rules));
}

/// What stands in the table of a target.
struct ForTarget;

impl JsonSchema for ForTarget {
    fn schema_name() -> Cow<'static, str> {
        "ForTarget".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Keys::json_schema(generator);
        without(&mut schema, &FOR_ALL_TARGETS);
        without(&mut schema, &["target", "required-version"]);
        said(&mut schema, "The keys of the main table, for one target.");
        schema
    }
}

/// What stands in the table of a subpackage.
struct Subpackage;

impl JsonSchema for Subpackage {
    fn schema_name() -> Cow<'static, str> {
        "Subpackage".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Keys::json_schema(generator);
        without(&mut schema, &SHARED);
        without(&mut schema, &OF_THE_PACKAGE);
        without(&mut schema, &["required-version"]);
        let bins = generator.subschema_for::<Vec<Bin>>();
        let own = [
            (
                "name",
                json!({ "type": "string", "description": "The name of the RPM: that of the main one, a hyphen and the suffix by default." }),
            ),
            (
                "summary",
                json!({ "type": "string", "description": "One line about it: the main one's with the suffix in brackets by default." }),
            ),
            (
                "skip",
                json!({ "type": "boolean", "description": "`true` leaves the RPM out, with all that was moved to it." }),
            ),
            (
                "arch",
                json!({ "const": "noarch", "description": "`\"noarch\"`: for any architecture." }),
            ),
            (
                "bins",
                json!({ "allOf": [bins], "description": "The binaries that it has in place of the main RPM." }),
            ),
            (
                "services",
                json!({
                    "type": "array",
                    "items": { "type": "string" },
                    "minItems": 1,
                    "description": "The units that it has in place of the main RPM: `\"hello\"`, `\"hello.timer\"`.",
                }),
            ),
        ];
        for (key, value) in own {
            insert(&mut schema, key, value);
        }
        said(&mut schema, "An RPM beside the main one.");
        schema
    }
}

/// What stands in the table of the workspace: the same, and targets of its own.
struct Workspace;

impl JsonSchema for Workspace {
    fn schema_name() -> Cow<'static, str> {
        "Workspace".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Keys::json_schema(generator);
        let mut profiles = generator.subschema_for::<BTreeMap<String, OwnTarget>>();
        let text = "Targets of the workspace's own, by name.";
        profiles.insert("description".to_owned(), text.into());
        insert(&mut schema, "profiles", profiles.to_value());
        said(&mut schema, "What holds for all packages of the workspace.");
        schema
    }
}

/// A target of the workspace's own.
struct OwnTarget;

impl JsonSchema for OwnTarget {
    fn schema_name() -> Cow<'static, str> {
        "Profile".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let target = generator.subschema_for::<words::TargetWord>();
        let mut properties = Map::from_iter([
            (
                "inherits".to_owned(),
                json!({ "allOf": [target], "description": "The target whose facts it has." }),
            ),
            (
                "title".to_owned(),
                json!({ "type": "string", "description": "What it is called in tables." }),
            ),
            (
                "aliases".to_owned(),
                json!({ "type": "array", "items": { "type": "string" }, "description": "Other names for it." }),
            ),
        ]);
        properties
            .extend(Heir::FACTS.map(|(fact, example)| (fact.to_owned(), fact_schema(example))));
        json_schema!({
            "description": "A target of the workspace's own: another one's facts, some of them changed.",
            "type": "object",
            "properties": properties,
            "required": ["inherits"],
            "additionalProperties": false,
        })
    }
}

/// The kind of value that an example in TOML is.
fn fact_schema(example: &str) -> Value {
    let parsed = toml::from_str::<Map<String, Value>>(&format!("fact = {example}"));
    let Some(value) = parsed.ok().and_then(|mut table| table.remove("fact")) else {
        return json!({});
    };
    let kind = match &value {
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) | Value::Null => "object",
    };
    json!({ "type": kind, "examples": [value] })
}

fn without(schema: &mut Schema, keys: &[&str]) {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.retain(|key, _| !keys.contains(&key.as_str()));
    }
}

fn insert(schema: &mut Schema, key: &str, value: Value) {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert(key.to_owned(), value);
    }
}

fn said(schema: &mut Schema, text: &str) {
    schema.insert("description".to_owned(), text.into());
}

#[cfg(test)]
mod tests;
