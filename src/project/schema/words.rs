//! Values that are words or have a form of their own.

use crate::target::Targets;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// The name of a target, or another name for it. A workspace can have targets of its own, so other
/// words are taken too.
pub(super) struct TargetWord;

impl JsonSchema for TargetWord {
    fn schema_name() -> Cow<'static, str> {
        "Target".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let targets = Targets::default();
        let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
        json_schema!({ "anyOf": [{ "enum": names }, { "type": "string" }] })
    }
}

/// A kind, a kind and its level, or `"fast"`.
pub(super) struct CompressionText;

impl JsonSchema for CompressionText {
    fn schema_name() -> Cow<'static, str> {
        "Compression".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "examples": ["gzip:9", "xz:2", "zstd:19", "fast"],
        })
    }
}
