//! What was made, as JSON lines.

use crate::package::ManagedUnit;
use crate::pipeline::{Artifact, Outcome, PackageSignature};
use crate::project::{RemovePolicy, UpgradePolicy};
use crate::report::JsonLine;
use schemars::JsonSchema;
use serde::Serialize;

/// Something that was made.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Artifact", deny_unknown_fields)]
pub(in crate::cli) struct ArtifactLine<'a> {
    /// The file.
    path: &'a str,
    /// `rpm`, `srpm`, `spec` or `tar.gz`.
    format: &'static str,
    /// What it is made for.
    target: &'static str,
    /// What stands behind the main RPM's name; null for the main RPM itself.
    subpackage: Option<&'a str>,
    /// `name-[epoch:]version-release.arch`
    nevra: String,
    /// The name of the package.
    name: &'a str,
    /// Its epoch, where it has one.
    epoch: Option<u32>,
    /// Its version.
    version: &'a str,
    /// Its release, with the dist tag.
    release: &'a str,
    /// Its architecture.
    arch: &'a str,
    /// In bytes.
    size: u64,
    /// Whether it was there already, and would have become the same.
    fresh: bool,
    /// Its units, and what is done with them.
    units: Vec<UnitLine<'a>>,
    /// The signatures that it was given.
    signatures: Vec<SignatureLine<'a>>,
    /// Files that lie beside it and belong to it: the sources of a spec file.
    sources: Vec<&'a str>,
}

impl JsonLine for ArtifactLine<'_> {
    const REASON: &'static str = "ambot-artifact";
}

/// All that a run made, after everything was made.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Manifest", deny_unknown_fields)]
pub(in crate::cli) struct ManifestLine<'a> {
    /// What was made.
    artifacts: Vec<ArtifactLine<'a>>,
    /// The packages that could not be made.
    failed: Vec<&'a str>,
}

impl JsonLine for ManifestLine<'_> {
    const REASON: &'static str = "ambot-manifest";
}

/// A unit, and what is done with it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "PackagedUnit", deny_unknown_fields)]
struct UnitLine<'a> {
    /// Its name.
    name: &'a str,
    /// Whether it is enabled on first install.
    enable: bool,
    /// Whether it is started on first install.
    start: bool,
    /// What an upgrade does to it: `restart`, `reload` or `none`.
    on_upgrade: &'static str,
    /// What a removal does to it: `stop` or `leave`.
    on_remove: &'static str,
}

/// A signature of a package.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "PackageSignature", deny_unknown_fields)]
struct SignatureLine<'a> {
    /// The number of the tag that it stands under.
    tag: u32,
    /// The key, in hexadecimal digits; null where a program signed and does not say.
    key_id: Option<&'a str>,
    /// The public-key algorithm.
    algorithm: Option<&'a str>,
    /// The hash algorithm.
    hash: Option<&'a str>,
    /// When it was made, in seconds since 1970.
    created: Option<u32>,
    /// Whether it was held against the public key.
    verified: bool,
}

impl<'a> ArtifactLine<'a> {
    pub(super) fn of(artifact: &'a Artifact) -> Self {
        let nevra = &artifact.nevra;
        let sources = artifact.sources.iter();
        ArtifactLine {
            path: artifact.path.as_str(),
            format: artifact.format.as_str(),
            target: artifact.target.as_str(),
            subpackage: artifact.suffix.as_deref(),
            nevra: nevra.to_string(),
            name: nevra.name.as_str(),
            epoch: nevra.evr.epoch,
            version: &nevra.evr.version,
            release: &nevra.evr.release,
            arch: &nevra.arch,
            size: artifact.size,
            fresh: artifact.fresh,
            units: artifact.units.iter().map(unit).collect(),
            signatures: artifact.signatures.iter().map(signature).collect(),
            sources: sources.map(|path| path.as_str()).collect(),
        }
    }
}

impl<'a> ManifestLine<'a> {
    pub(super) fn of(outcome: &'a Outcome) -> Self {
        let failed = outcome.failed.iter();
        ManifestLine {
            artifacts: outcome.artifacts.iter().map(ArtifactLine::of).collect(),
            failed: failed.map(|(name, _)| name.as_str()).collect(),
        }
    }
}

fn unit(unit: &ManagedUnit) -> UnitLine<'_> {
    UnitLine {
        name: unit.name.as_str(),
        enable: unit.policy.enable,
        start: unit.policy.start,
        on_upgrade: match unit.policy.on_upgrade {
            UpgradePolicy::Restart => "restart",
            UpgradePolicy::Reload => "reload",
            UpgradePolicy::None => "none",
        },
        on_remove: match unit.policy.on_remove {
            RemovePolicy::Stop => "stop",
            RemovePolicy::Leave => "leave",
        },
    }
}

fn signature(signature: &PackageSignature) -> SignatureLine<'_> {
    SignatureLine {
        tag: signature.tag,
        key_id: signature.key_id.as_deref(),
        algorithm: signature.algorithm.as_deref(),
        hash: signature.hash.as_deref(),
        created: signature.created,
        verified: signature.verified,
    }
}
