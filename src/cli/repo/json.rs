//! A repository as a line of JSON.

use crate::pipeline::{Owner, RepositoryOutcome};
use crate::repo::folder::{Outcome, What};
use crate::repo::{Entry, Repodata};
use camino::Utf8Path;
use serde_json::{Map, Value, json};

/// What is there.
pub(super) fn listed(folder: &Utf8Path, data: &Repodata) -> Map<String, Value> {
    let is_signed = folder.join("repodata/repomd.xml.asc").exists();
    let packages = data.entries.iter().map(|entry| package(folder, entry));
    fields([
        ("path", json!(folder)),
        ("revision", json!(data.repomd.revision)),
        ("signed", json!(is_signed)),
        ("packages", packages.map(Value::Object).collect()),
    ])
}

/// What became of it.
pub(super) fn changed(folder: &Utf8Path, outcome: &RepositoryOutcome) -> Map<String, Value> {
    let changes = outcome.outcomes.iter().map(|one| told(folder, one));
    let published = &outcome.published;
    fields([
        ("path", json!(folder)),
        ("revision", json!(published.revision)),
        ("signed", json!(published.is_signed)),
        ("changed", json!(published.is_changed)),
        ("count", json!(outcome.entries.len())),
        ("changes", changes.collect()),
    ])
}

/// Which package ships which unit.
pub(super) fn owners(owners: &[Owner]) -> Map<String, Value> {
    let one = |owner: &Owner| {
        json!({
            "unit": owner.unit,
            "nevra": owner.package.nevra(),
            "name": owner.package.name,
            "version": owner.package.version,
            "arch": owner.package.arch,
            "repository": owner.repository,
        })
    };
    fields([("units", owners.iter().map(one).collect())])
}

fn told(folder: &Utf8Path, outcome: &Outcome) -> Value {
    let mut told = fields([("change", json!(outcome.what.as_str()))]);
    let mut package = package(folder, &outcome.entry);
    if matches!(outcome.what, What::Removed | What::Vanished) {
        // It is not there any more.
        package.remove("path");
    }
    told.extend(package);
    Value::Object(told)
}

fn package(folder: &Utf8Path, entry: &Entry) -> Map<String, Value> {
    let identity = &entry.identity;
    let units = entry.units.iter().map(|unit| json!(unit.as_str()));
    let path = match entry.is_within() {
        true => folder.join(&entry.href).into_string(),
        false => format!(
            "{}{}",
            entry.base.as_deref().unwrap_or_default(),
            entry.href
        ),
    };
    fields([
        ("nevra", json!(entry.nevra())),
        ("name", json!(identity.name)),
        ("epoch", json!(identity.epoch.filter(|epoch| *epoch > 0))),
        ("version", json!(identity.version)),
        ("release", json!(identity.release)),
        ("arch", json!(identity.arch)),
        ("path", json!(path)),
        ("size", json!(entry.size)),
        (
            "digest",
            json!(format!("{}:{}", entry.digest.0, entry.digest.1)),
        ),
        ("units", units.collect()),
    ])
}

fn fields<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    let fields = fields.map(|(key, value)| (key.to_owned(), value));
    Map::from_iter(fields)
}
