//! A repository as a line of JSON.

use crate::pipeline::{Owner, RepositoryOutcome};
use crate::repo::folder::{Outcome, What};
use crate::repo::{Entry, Repodata};
use crate::report::JsonLine;
use crate::unit::UnitName;
use camino::Utf8Path;
use schemars::JsonSchema;
use serde::Serialize;

/// What is in a repository.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Repository", deny_unknown_fields)]
pub(in crate::cli) struct RepositoryLine<'a> {
    /// Its folder.
    path: &'a str,
    /// The revision of its metadata, where it has one.
    revision: Option<&'a str>,
    /// Whether its metadata is signed.
    signed: bool,
    /// Its packages.
    packages: Vec<PackageLine<'a>>,
}

impl JsonLine for RepositoryLine<'_> {
    const REASON: &'static str = "ambot-repository";
}

/// What became of a repository.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "RepositoryChange", deny_unknown_fields)]
pub(in crate::cli) struct ChangeLine<'a> {
    /// Its folder.
    path: &'a str,
    /// The revision of its metadata, where it has one.
    revision: Option<&'a str>,
    /// Whether its metadata is signed.
    signed: bool,
    /// Whether it is only said what would become of it.
    dry_run: bool,
    /// Whether anything was written.
    changed: bool,
    /// How many packages are there then.
    count: usize,
    /// What became of the packages that it was about.
    changes: Vec<ChangedPackage<'a>>,
}

impl JsonLine for ChangeLine<'_> {
    const REASON: &'static str = "ambot-repository-change";
}

/// What became of a package.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ChangedPackage<'a> {
    /// `added`, `removed` …
    change: &'static str,
    /// The package; without a path where it is not there any more.
    package: PackageLine<'a>,
}

/// A package of a repository.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RepositoryPackage", deny_unknown_fields)]
struct PackageLine<'a> {
    /// `name-[epoch:]version-release.arch`
    nevra: String,
    /// Its name.
    name: &'a str,
    /// Its epoch, where it has one.
    epoch: Option<u32>,
    /// Its version.
    version: &'a str,
    /// Its release.
    release: &'a str,
    /// Its architecture.
    arch: &'a str,
    /// Where it lies.
    path: Option<String>,
    /// In bytes.
    size: u64,
    /// Kind and digits of its digest: `sha256:…`
    digest: String,
    /// The units that it ships.
    units: Vec<&'a str>,
}

/// Which package ships which unit.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Names", deny_unknown_fields)]
pub(in crate::cli) struct NamesLine<'a> {
    /// A unit each, in the order of their names.
    units: Vec<OwnerLine<'a>>,
}

impl JsonLine for NamesLine<'_> {
    const REASON: &'static str = "ambot-names";
}

/// A unit and the package that ships it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Owner", deny_unknown_fields)]
struct OwnerLine<'a> {
    /// The unit.
    unit: &'a str,
    /// The package.
    nevra: String,
    /// Its name.
    name: &'a str,
    /// Its version.
    version: &'a str,
    /// Its architecture.
    arch: &'a str,
    /// The repository.
    repository: &'a str,
}

impl<'a> RepositoryLine<'a> {
    pub(super) fn of(folder: &'a Utf8Path, data: &'a Repodata) -> Self {
        let packages = data.entries.iter();
        RepositoryLine {
            path: folder.as_str(),
            revision: data.repomd.revision.as_deref(),
            signed: folder.join("repodata/repomd.xml.asc").exists(),
            packages: packages.map(|entry| package(folder, entry)).collect(),
        }
    }
}

impl<'a> ChangeLine<'a> {
    pub(super) fn of(folder: &'a Utf8Path, outcome: &'a RepositoryOutcome, dry_run: bool) -> Self {
        let published = &outcome.published;
        let changes = outcome.outcomes.iter();
        ChangeLine {
            path: folder.as_str(),
            revision: published.revision.as_deref(),
            signed: published.is_signed,
            dry_run,
            changed: published.is_changed,
            count: outcome.entries.len(),
            changes: changes.map(|one| changed(folder, one)).collect(),
        }
    }
}

impl<'a> NamesLine<'a> {
    pub(super) fn of(owners: &'a [Owner]) -> Self {
        let one = |owner: &'a Owner| OwnerLine {
            unit: &owner.unit,
            nevra: owner.package.nevra(),
            name: &owner.package.name,
            version: &owner.package.version,
            arch: &owner.package.arch,
            repository: &owner.repository,
        };
        NamesLine {
            units: owners.iter().map(one).collect(),
        }
    }
}

fn changed<'a>(folder: &Utf8Path, outcome: &'a Outcome) -> ChangedPackage<'a> {
    let mut package = package(folder, &outcome.entry);
    if matches!(outcome.what, What::Removed | What::Vanished) {
        package.path = None;
    }
    ChangedPackage {
        change: outcome.what.as_str(),
        package,
    }
}

fn package<'a>(folder: &Utf8Path, entry: &'a Entry) -> PackageLine<'a> {
    let identity = &entry.identity;
    let base = entry.base.as_deref().unwrap_or_default();
    PackageLine {
        nevra: entry.nevra(),
        name: &identity.name,
        epoch: identity.epoch.filter(|epoch| *epoch > 0),
        version: &identity.version,
        release: &identity.release,
        arch: &identity.arch,
        path: Some(match entry.is_within() {
            true => folder.join(&entry.href).into_string(),
            false => format!("{base}{}", entry.href),
        }),
        size: entry.size,
        digest: format!("{}:{}", entry.digest.0, entry.digest.1),
        units: entry.units.iter().map(UnitName::as_str).collect(),
    }
}
