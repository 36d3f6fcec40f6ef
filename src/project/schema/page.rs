//! The page of the configuration, written from the schema.

use super::settings_schema;
use serde_json::{Map, Value};
use std::fmt::Write;

/// What stands above the tables.
const HEAD: &str = include_str!("../../../templates/docs/configuration.md");

/// The table that most is written in; that of the workspace has the same keys, and one more.
const MAIN: &str = "Workspace";

/// The tables of the page: the heading, where in the schema the table is, and what is said of it.
const TABLES: [(&str, &str); 18] = [
    ("The main table", MAIN),
    ("`files`", "FileTable"),
    ("`dirs`", "DirectoryTable"),
    ("`symlinks`", "LinkTable"),
    ("`ghosts`", "GhostTable"),
    ("`users.NAME`", "UserTable"),
    ("`groups.NAME`", "GroupTable"),
    ("`requires.NAME` and its kin", "Version"),
    ("`bins`", "Bin"),
    ("`auto-requires`, `auto-provides`", "Automatic"),
    ("`services.NAME`", "ServiceTable"),
    ("`scriptlets`", "Scriptlets"),
    ("`scriptlets.PHASE`", "Scriptlet"),
    ("`triggers`", "Trigger"),
    ("`changelog`", "Release"),
    ("`sign`", "Sign"),
    ("`subpackages.NAME`", "Subpackage"),
    ("`profiles.NAME` of the workspace", "Profile"),
];

/// `docs/configuration.md`: every key of every table.
pub fn settings_page() -> String {
    let schema = settings_schema(&[]);
    let mut page = HEAD.to_owned();
    for (heading, name) in TABLES {
        let table = &schema["definitions"][name];
        // Writing to a String cannot fail.
        let _ = write!(page, "\n## {heading}\n\n");
        if let Some(text) = table["description"].as_str().filter(|_| name != MAIN) {
            let _ = write!(page, "{text}\n\n");
        }
        page.push_str(&keys(table, &schema["definitions"][MAIN], &schema));
    }
    page
}

/// The keys of a table; those that are the same as in the main one only by name.
fn keys(table: &Value, main: &Value, schema: &Value) -> String {
    let none = Map::new();
    let properties = table["properties"].as_object().unwrap_or(&none);
    let mut text = "| key | value | meaning |\n|---|---|---|\n".to_owned();
    let mut same = Vec::new();
    for (key, property) in properties {
        if !std::ptr::eq(table, main) && main["properties"].get(key) == Some(property) {
            same.push(format!("`{key}`"));
            continue;
        }
        let own = property["description"].as_str();
        let meaning = own.or_else(|| resolved(property, schema)["description"].as_str());
        let mut meaning = meaning.unwrap_or_default().to_owned();
        let is_required = table["required"]
            .as_array()
            .is_some_and(|keys| keys.iter().any(|required| required == key));
        if is_required {
            meaning.push_str(" Required.");
        }
        if let Some(example) = example(property, schema) {
            let _ = write!(meaning, " Such as `{example}`.");
        }
        let kind = kind(property, schema);
        let _ = writeln!(
            text,
            "| `{key}` | {} | {} |",
            escaped(&kind),
            escaped(meaning.trim())
        );
    }
    if !same.is_empty() {
        let _ = write!(text, "\nAs in the main table: {}.\n", same.join(", "));
    }
    text
}

/// What a value is, in words.
fn kind(property: &Value, schema: &Value) -> String {
    if let Some(first) = property["allOf"].as_array().and_then(|all| all.first()) {
        return kind(first, schema);
    }
    if let Some(name) = reference(property) {
        let behind = &schema["definitions"][name];
        return match behind["type"].as_str() {
            Some("object") => "table".to_owned(),
            _ => kind(behind, schema),
        };
    }
    if let Some(words) = property["enum"].as_array() {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        return words.join(", ");
    }
    if let Some(word) = property.get("const") {
        return format!("`{word}`");
    }
    for of in ["anyOf", "oneOf"] {
        if let Some(kinds) = property[of].as_array() {
            let mut known: Vec<String> = Vec::new();
            for kind in kinds.iter().map(|one| kind(one, schema)) {
                if !known.contains(&kind) {
                    known.push(kind);
                }
            }
            // Any text is taken, and the words are those that are known.
            let is_text = known.iter().any(|kind| kind == "text");
            known.retain(|kind| !is_text || !kind.starts_with('`') || kind == "`false`");
            if let [one, list] = known.as_slice()
                && *list == format!("list of {one}")
            {
                return format!("{one}, or a list");
            }
            return known.join(" or ");
        }
    }
    if let Some(kinds) = property["type"].as_array() {
        let kinds = kinds.iter().map(|kind| match kind.as_str() {
            // The one that is left where `true` is none.
            Some("boolean") if property.get("not").is_some() => "`false`".to_owned(),
            Some("object") => "table".to_owned(),
            Some(kind) => self::kind(&serde_json::json!({ "type": kind }), schema),
            None => String::new(),
        });
        return kinds.collect::<Vec<_>>().join(" or ");
    }
    match property["type"].as_str() {
        Some("array") => format!("list of {}", kind(&property["items"], schema)),
        Some("object") if property.get("properties").is_none() => {
            let values = property.get("additionalProperties");
            values.map_or("table".to_owned(), |values| {
                format!("table, each {}", kind(values, schema))
            })
        }
        Some("object") => "table".to_owned(),
        Some("string") => "text".to_owned(),
        Some("integer") => "number".to_owned(),
        Some(other) => other.to_owned(),
        None => "any".to_owned(),
    }
}

fn example(property: &Value, schema: &Value) -> Option<String> {
    let own = property.get("examples");
    let examples = own.or_else(|| resolved(property, schema).get("examples"));
    let value = examples?.as_array()?.first()?;
    toml(value)
}

/// A value as it is written in a manifest.
fn toml(value: &Value) -> Option<String> {
    Some(match value {
        Value::Object(table) => {
            let entries: Option<Vec<String>> = table
                .iter()
                .map(|(key, value)| Some(format!("{key} = {}", toml(value)?)))
                .collect();
            format!("{{ {} }}", entries?.join(", "))
        }
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(toml).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::Null => return None,
        plain => plain.to_string(),
    })
}

fn reference(property: &Value) -> Option<&str> {
    property["$ref"].as_str()?.strip_prefix("#/definitions/")
}

fn resolved<'a>(property: &'a Value, schema: &'a Value) -> &'a Value {
    let first = property["allOf"].as_array().and_then(|all| all.first());
    match reference(first.unwrap_or(property)) {
        Some(name) => &schema["definitions"][name],
        None => property,
    }
}

/// A bar would end the cell.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|")
}
