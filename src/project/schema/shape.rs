//! What schemas of TOML tables have in common: no `null`, and values of two kinds.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

/// A table, or a value of another kind. In one schema, so that what is wrong in the table is told
/// where it is.
pub(super) fn or_table<T: JsonSchema>(generator: &mut SchemaGenerator, other: &str) -> Schema {
    let mut schema = T::json_schema(generator);
    schema.insert("type".to_owned(), json!([other, "object"]));
    schema
}

/// As a schema says, or `false`.
pub(super) fn or_false(mut schema: Schema) -> Schema {
    let mut kinds = match schema.remove("type") {
        Some(Value::Array(kinds)) => kinds,
        kind => kind.into_iter().collect(),
    };
    kinds.push("boolean".into());
    schema.insert("type".to_owned(), kinds.into());
    schema.insert("not".to_owned(), json!({ "const": true }));
    schema
}

/// Draft 7, which every editor knows, without the `null` that TOML has not.
pub(super) fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft07().with_transform(NoNull);
    settings.into_generator()
}

/// A value of either kind.
pub(super) fn either<A: JsonSchema, B: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let (a, b) = (
        generator.subschema_for::<A>(),
        generator.subschema_for::<B>(),
    );
    json_schema!({ "anyOf": [a, b] })
}

/// An optional field is one that may be left out.
#[derive(Clone, Debug)]
struct NoNull;

impl Transform for NoNull {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if let Some(Value::Array(kinds)) = schema.get_mut("type") {
            kinds.retain(|kind| kind != "null");
            if let [kind] = kinds.as_slice() {
                let kind = kind.clone();
                schema.insert("type".to_owned(), kind);
            }
        }
        if let Some(Value::Array(kinds)) = schema.get_mut("anyOf") {
            kinds.retain(|kind| *kind != json!({ "type": "null" }));
            if let [Value::Object(kind)] = kinds.as_slice() {
                let kind = kind.clone();
                schema.remove("anyOf");
                // What is said of the field comes before what is said of its kind.
                for (key, value) in kind {
                    if schema.get(&key).is_none() {
                        schema.insert(key, value);
                    }
                }
            }
        }
    }
}
