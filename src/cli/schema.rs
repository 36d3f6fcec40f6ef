//! `cargo ambot schema`: what the settings and the output look like, for editors and programs.

use super::Stop;
use super::{diff, explain, generate, init, inspect, package, repo, sign, targets};
use crate::lint;
use crate::project::settings_schema;
use crate::report::{FORMAT_VERSION, FindingLine, JsonLine, ProgressLine, Terminal};
use clap::{Args, ValueEnum};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

/// What a schema is printed of.
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// What it describes
    #[arg(value_name = "WHAT", value_enum)]
    what: What,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// Our tables in a Cargo.toml
    Settings,
    /// A line of what `--message-format json` prints
    Output,
}

pub(super) fn run(args: &SchemaArgs, terminal: &Terminal) -> Result<(), Stop> {
    let schema = match args.what {
        What::Settings => settings_schema(&rules()),
        What::Output => output_schema(),
    };
    terminal
        .print(&format!("{schema:#}\n"))
        .map_err(|error| Stop::stdout(&error))
}

/// The rules of the check: code, and what it finds.
fn rules() -> Vec<(&'static str, String)> {
    let rules = lint::all().iter();
    rules
        .map(|rule| (rule.code, format!("{}: {}", rule.name, rule.summary)))
        .collect()
}

/// The JSON Schema (draft 7) of a line of the output, whatever its reason.
fn output_schema() -> Value {
    let settings = SchemaSettings::draft07().for_serialize();
    let mut generator = settings.into_generator();
    let lines = [
        line::<ProgressLine<'_>>(&mut generator),
        line::<FindingLine<'_>>(&mut generator),
        line::<package::json::ArtifactLine<'_>>(&mut generator),
        line::<package::plan::PlanLine<'_>>(&mut generator),
        line::<package::json::ManifestLine<'_>>(&mut generator),
        line::<generate::UnitLine<'_>>(&mut generator),
        line::<generate::UnitDiffLine<'_>>(&mut generator),
        line::<inspect::json::Line<'_>>(&mut generator),
        line::<diff::json::Line<'_>>(&mut generator),
        line::<sign::SignedLine<'_>>(&mut generator),
        line::<targets::TargetLine<'_>>(&mut generator),
        line::<repo::json::RepositoryLine<'_>>(&mut generator),
        line::<repo::json::ChangeLine<'_>>(&mut generator),
        line::<repo::json::NamesLine<'_>>(&mut generator),
        line::<init::FileLine<'_>>(&mut generator),
        line::<explain::json::Line<'_>>(&mut generator),
    ];
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A line of `cargo ambot --message-format json`",
        "oneOf": lines,
        "definitions": generator.take_definitions(true),
    })
}

/// A kind of line, with the two fields that stand before its own.
fn line<L: JsonLine + JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    let mut schema = L::json_schema(generator).to_value();
    schema["title"] = json!(L::REASON);
    schema["properties"]["reason"] = json!({ "const": L::REASON });
    schema["properties"]["format-version"] = json!({ "const": FORMAT_VERSION });
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.extend(["reason".into(), "format-version".into()]);
    }
    schema
}
