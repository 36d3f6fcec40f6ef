//! `services.NAME`: the policy, and the sections with every directive that systemd knows.

use crate::target::systemd::{Directive, directives_in, section_text};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// What is done with a unit, and the unit itself where it is written as tables.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ServiceTable {
    /// Whether it is enabled on first install, through a preset: `true` by default.
    enable: Option<bool>,
    /// Whether it is started on first install: `false` by default.
    start: Option<bool>,
    /// What an upgrade does to it where it runs: `"restart"` by default.
    on_upgrade: Option<OnUpgrade>,
    /// What a removal does to it where it runs: `"stop"` by default.
    on_remove: Option<OnRemove>,
    /// Whether a missing `[Install]` is put in: `true` by default.
    install: Option<bool>,
    /// The instances of a template that are units of the package.
    #[schemars(example = ["a", "b"])]
    instances: Option<Vec<String>>,
    #[schemars(rename = "Unit")]
    unit: Option<UnitSection>,
    #[schemars(rename = "Service")]
    service: Option<ServiceSection>,
    #[schemars(rename = "Timer")]
    timer: Option<TimerSection>,
    #[schemars(rename = "Socket")]
    socket: Option<SocketSection>,
    #[schemars(rename = "Path")]
    path: Option<PathSection>,
    #[schemars(rename = "Install")]
    install_section: Option<InstallSection>,
}

/// What an upgrade does to a running unit.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum OnUpgrade {
    Restart,
    Reload,
    None,
}

/// What a removal does to a running unit.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum OnRemove {
    Stop,
    Leave,
}

/// Sections have the directives that any version of systemd knows. Others are no mistake here: the
/// check knows more of them, and says it for each target.
macro_rules! section {
    ($kind:ident, $name:literal) => {
        struct $kind;

        impl JsonSchema for $kind {
            fn schema_name() -> Cow<'static, str> {
                stringify!($kind).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                section($name, generator)
            }
        }
    };
}

section!(UnitSection, "Unit");
section!(ServiceSection, "Service");
section!(TimerSection, "Timer");
section!(SocketSection, "Socket");
section!(PathSection, "Path");
section!(InstallSection, "Install");

fn section(name: &str, generator: &mut SchemaGenerator) -> Schema {
    let any = generator.subschema_for::<DirectiveValue>().to_value();
    let directives = directives_in(name).iter();
    let properties: Map<String, Value> = directives
        .map(|directive| (directive.name.to_owned(), property(directive, &any)))
        .collect();
    json_schema!({
        "description": section_text(name),
        "type": "object",
        "properties": properties,
        "additionalProperties": any,
    })
}

fn property(directive: &Directive, any: &Value) -> Value {
    let mut text = Vec::new();
    text.extend(directive.text().map(|text| text.text.clone()));
    // The oldest target has 219.
    let since = directive.history.since.filter(|since| *since > 219);
    text.extend(since.map(|since| format!("Since systemd {since}.")));
    text.extend(directive.man_page.map(|page| format!("See {page}(5).")));
    let text = text.join(" ");
    match words(directive) {
        none if none.is_empty() => json!({ "allOf": [any], "description": text }),
        // They are an offer; what else systemd takes, it takes here too.
        words => json!({ "anyOf": [{ "enum": words }, any], "description": text }),
    }
}

/// The words that it takes today, where it takes words.
fn words(directive: &Directive) -> Vec<&'static str> {
    let words = directive.enumeration().map(|list| list.words.iter());
    let words = words.into_iter().flatten();
    let words = words.filter(|word| !word.is_of_the_past());
    words.map(|word| word.text).collect()
}

/// A value of a directive: of a list each is a line, and an empty list removes what is below.
struct DirectiveValue;

impl JsonSchema for DirectiveValue {
    fn schema_name() -> Cow<'static, str> {
        "DirectiveValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = json!(["string", "integer", "number", "boolean"]);
        json_schema!({ "anyOf": [{ "type": one }, { "type": "array", "items": { "type": one } }] })
    }
}
