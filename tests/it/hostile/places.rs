//! The places of the settings that take a text, out of the schema that the program prints: a new key
//! is among them at once.

use serde_json::Value;
use std::fmt;

/// A step on the way into a table.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A key that the schema names.
    Key(String),
    /// Any key of a table whose keys are names.
    Any,
    /// An item of an array.
    Item,
}

/// A place in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    steps: Vec<Step>,
    /// Whether the text is the key of a table, whose keys are names.
    is_key: bool,
    /// Whether it is below `workspace.metadata.ambot.profiles.NAME`.
    is_profile: bool,
}

/// `requires.*.version`, a key as `users.<key>`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = self.steps.iter().map(|step| match step {
            Step::Key(key) => key.as_str(),
            Step::Any => "*",
            Step::Item => "[]",
        });
        let mut words: Vec<&str> = self.is_profile.then_some("profiles").into_iter().collect();
        words.extend(steps);
        words.extend(self.is_key.then_some("<key>"));
        f.write_str(&words.join("."))
    }
}

/// All of them: those of a package, those of a subpackage where they are others, and those of a target
/// of the workspace's own.
pub(super) fn all(schema: &Value) -> Vec<Place> {
    let mut walk = Walk {
        definitions: &schema["definitions"],
        found: Vec::new(),
    };
    walk.schema(&schema["definitions"]["Package"], &mut Vec::new(), false);
    walk.schema(&schema["definitions"]["Profile"], &mut Vec::new(), true);
    walk.found
}

struct Walk<'a> {
    definitions: &'a Value,
    found: Vec<Place>,
}

impl Walk<'_> {
    fn add(&mut self, steps: &[Step], is_key: bool, is_profile: bool) {
        let place = Place {
            steps: steps.to_vec(),
            is_key,
            is_profile,
        };
        if !self.found.contains(&place) {
            self.found.push(place);
        }
    }

    fn schema(&mut self, schema: &Value, steps: &mut Vec<Step>, is_profile: bool) {
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.rsplit('/').next().unwrap();
            // The same keys once more.
            if name != "ForTarget" {
                self.schema(&self.definitions[name], steps, is_profile);
            }
        }
        for several in ["anyOf", "allOf", "oneOf"] {
            for one in schema[several].as_array().into_iter().flatten() {
                self.schema(one, steps, is_profile);
            }
        }
        let kinds = &schema["type"];
        let is_text = *kinds == "string"
            || kinds
                .as_array()
                .is_some_and(|k| k.contains(&"string".into()));
        let is_word = schema.get("enum").or(schema.get("const")).is_some();
        if is_text && !is_word {
            self.add(steps, false, is_profile);
        }
        for (key, value) in schema["properties"].as_object().into_iter().flatten() {
            self.below(Step::Key(key.clone()), value, steps, is_profile);
        }
        if schema["additionalProperties"].is_object() {
            self.add(steps, true, is_profile);
            self.below(
                Step::Any,
                &schema["additionalProperties"],
                steps,
                is_profile,
            );
        }
        if schema["items"].is_object() {
            self.below(Step::Item, &schema["items"], steps, is_profile);
        }
    }

    fn below(&mut self, step: Step, schema: &Value, steps: &mut Vec<Step>, is_profile: bool) {
        steps.push(step);
        self.schema(schema, steps, is_profile);
        steps.pop();
    }
}

/// What stands beside a text where a table must have more than that.
fn beside(table: &str) -> Value {
    match table {
        "files" => {
            serde_json::json!({ "source": "extra.txt", "dest": "/usr/share/hello/extra.txt" })
        }
        "dirs" => serde_json::json!({ "dest": "/var/lib/hello" }),
        "symlinks" => serde_json::json!({ "dest": "/usr/share/hello/link", "target": "extra.txt" }),
        "ghosts" => serde_json::json!({ "dest": "/var/log/hello.log" }),
        "changelog" => {
            serde_json::json!({ "version": "1.0.0", "date": "2024-01-01", "changes": ["a"] })
        }
        "triggers" => serde_json::json!({ "on": "in", "name": "curl", "script": "true" }),
        _ => serde_json::json!({}),
    }
}

/// A name for a table of this kind.
fn name_in(table: &str) -> &'static str {
    match table {
        "users" | "groups" | "services" | "bin-caps" => "hello",
        "subpackages" => "tools",
        "lints" => "AMB011",
        _ => "curl",
    }
}

/// A value for a name in a table of this kind.
fn value_in(table: &str) -> Value {
    match table {
        "users" | "groups" => serde_json::json!({}),
        "services" => serde_json::json!({ "Service": { "ExecStart": "/usr/bin/hello" } }),
        "subpackages" => serde_json::json!({ "files": [beside("files")] }),
        "bin-caps" => "cap_net_bind_service=ep".into(),
        "lints" => "warn".into(),
        _ => "*".into(),
    }
}

impl Place {
    /// Whether it is a directive of a unit.
    pub(super) fn is_directive(&self) -> bool {
        let is_section =
            |step: &Step| matches!(step, Step::Key(key) if key.starts_with(char::is_uppercase));
        self.steps.iter().any(is_section)
    }

    /// Whether it is in a subpackage.
    pub(super) fn is_in_subpackage(&self) -> bool {
        self.steps.len() > 1 && self.steps[0] == Step::Key("subpackages".to_owned())
    }

    /// Whether what stands there is a script, which is to run.
    pub(super) fn is_script(&self) -> bool {
        let is = |step: &Step, key: &str| matches!(step, Step::Key(known) if known == key);
        let in_scripts = self
            .steps
            .iter()
            .any(|step| is(step, "scriptlets") || is(step, "triggers"));
        let last = self.steps.last();
        let is_text = last.is_some_and(|step| is(step, "script"))
            || self.steps.len() > 1 && is(&self.steps[self.steps.len() - 2], "scriptlets");
        in_scripts && is_text
    }

    /// The manifest of a service with a text in this place, and the target that it is for.
    pub(super) fn manifest(&self, text: &str) -> (String, &'static str) {
        let value = self.value(&self.steps, "", text);
        let mut table = serde_json::json!({
            "users": { "hello": {} },
            "services": { "hello": {
                "Unit": { "Description": "Hello" },
                "Service": { "ExecStart": "/usr/bin/hello" },
            } },
        });
        let mut profile = serde_json::json!({ "inherits": "el8" });
        match self.is_profile {
            true => merge(&mut profile, value),
            false => merge(&mut table, value),
        }
        let profiles = serde_json::json!({ "own": profile });
        let metadata = |table: Value| serde_json::json!({ "metadata": { "ambot": table } });
        let mut package = serde_json::json!({
            "name": "hello", "version": "1.0.0", "edition": "2021",
            "description": "Hello", "license": "MIT",
        });
        merge(&mut package, metadata(table));
        let workspace = match self.is_profile {
            true => metadata(serde_json::json!({ "profiles": profiles })),
            false => serde_json::json!({}),
        };
        let manifest = serde_json::json!({ "package": package, "workspace": workspace });
        let manifest = toml::to_string(&manifest).unwrap();
        (manifest, if self.is_profile { "own" } else { "el8" })
    }

    fn value(&self, steps: &[Step], table: &str, text: &str) -> Value {
        let Some((step, rest)) = steps.split_first() else {
            return match self.is_key {
                true => serde_json::json!({ text: value_in(table) }),
                false => text.into(),
            };
        };
        match step {
            Step::Key(key) => serde_json::json!({ key: self.value(rest, key, text) }),
            Step::Any => serde_json::json!({ name_in(table): self.value(rest, "", text) }),
            Step::Item => {
                let mut item = self.value(rest, "", text);
                if item.is_object() {
                    let mut whole = beside(table);
                    if item.get("paths").is_some() {
                        whole = serde_json::json!({ "on": "file-in", "script": "true" });
                    }
                    if item.get("file").is_some() {
                        whole.as_object_mut().unwrap().remove("script");
                    }
                    merge(&mut whole, item);
                    item = whole;
                }
                serde_json::json!([item])
            }
        }
    }
}

/// Tables key by key, all else as a whole.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}
