//! Dependencies, scriptlets and triggers.

use super::shape::{either, or_false, or_table};
use crate::project::settings::{Phase, TriggerEvent};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Lines.
pub(super) type Texts = Vec<String>;

/// Names with their versions.
pub(super) type Dependencies = BTreeMap<String, Version>;

/// `"*"`, comparisons such as `">= 7.29, < 8"`, a table, or `false`, which takes away what a lower
/// layer declares.
pub(super) struct Version;

impl JsonSchema for Version {
    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        or_false(or_table::<VersionTable>(generator, "string"))
    }
}

/// A version, and what it is needed for.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct VersionTable {
    /// `"*"`, the default, or comparisons.
    version: Option<String>,
    /// The scriptlets that need it, as `Requires(post)` in a spec file; for `requires` alone.
    when: Option<Phases>,
}

/// One moment, or several.
struct Phases;

impl JsonSchema for Phases {
    fn schema_name() -> Cow<'static, str> {
        "Phases".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        either::<PhaseWord, Vec<PhaseWord>>(generator)
    }
}

/// A moment of a transaction.
struct PhaseWord;

impl JsonSchema for PhaseWord {
    fn schema_name() -> Cow<'static, str> {
        "Phase".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = Phase::ALL.map(|(word, _)| word);
        json_schema!({ "enum": words })
    }
}

/// Your own scriptlets.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Scriptlets {
    /// Before the whole transaction that installs the package.
    pretrans: Option<Scriptlet>,
    /// Before its files are unpacked.
    pre: Option<Scriptlet>,
    /// After its files are unpacked.
    post: Option<Scriptlet>,
    /// Before its files are removed.
    preun: Option<Scriptlet>,
    /// After its files are removed.
    postun: Option<Scriptlet>,
    /// After the whole transaction that installed it.
    posttrans: Option<Scriptlet>,
    /// Before the whole transaction that removes it; since rpm 4.19.
    preuntrans: Option<Scriptlet>,
    /// After the whole transaction that removed it; since rpm 4.19.
    postuntrans: Option<Scriptlet>,
    /// When the package is verified.
    verify: Option<Scriptlet>,
}

/// The text of a scriptlet, or a table.
pub(super) struct Scriptlet;

impl JsonSchema for Scriptlet {
    fn schema_name() -> Cow<'static, str> {
        "Scriptlet".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        or_table::<ScriptletTable>(generator, "string")
    }
}

/// A scriptlet.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ScriptletTable {
    /// Its text.
    script: Option<String>,
    /// The file of the project that has its text.
    file: Option<String>,
    /// What runs it: a full path, a list with arguments, or `"<lua>"`. By default what the first
    /// line asks for, else `/bin/sh`.
    interpreter: Option<Interpreter>,
    /// Whether it comes before or after what cargo ambot does in the same scriptlet: after in
    /// `pretrans`, `pre` and `post`, before in the others, by default.
    order: Option<Order>,
}

/// Seen from what cargo ambot does.
#[derive(JsonSchema)]
#[schemars(rename_all = "kebab-case")]
enum Order {
    Before,
    After,
}

/// A program, or a program with arguments.
struct Interpreter;

impl JsonSchema for Interpreter {
    fn schema_name() -> Cow<'static, str> {
        "Interpreter".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        either::<String, Vec<String>>(generator)
    }
}

/// A trigger: of a package (`name`), or of files (`paths`).
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Trigger {
    /// What sets it off; those of files since rpm 4.13.
    on: Event,
    /// The other package.
    name: Option<String>,
    /// Which versions of it.
    version: Option<String>,
    /// Beginnings of the paths of files.
    #[schemars(length(min = 1))]
    paths: Option<Texts>,
    /// Its text.
    script: Option<String>,
    /// The file of the project that has its text.
    file: Option<String>,
    /// What runs it, without arguments.
    interpreter: Option<Interpreter>,
    /// Triggers of files run in this order, the highest first: 1000000 by default.
    priority: Option<u32>,
}

/// What sets off a trigger.
struct Event;

impl JsonSchema for Event {
    fn schema_name() -> Cow<'static, str> {
        "TriggerEvent".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = TriggerEvent::ALL.map(|(word, _)| word);
        json_schema!({ "enum": words })
    }
}
