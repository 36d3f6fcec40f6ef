//! What was made, as JSON lines.

use crate::attest::{BuildFacts, Surroundings};
use crate::package::ManagedUnit;
use crate::pipeline::{Artifact, Outcome, PackageSignature};
use crate::project::{RemovePolicy, UpgradePolicy};
use crate::report::JsonLine;
use crate::rpm::Input;
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
    /// The package of cargo's that it is made of.
    package: &'a str,
    /// In bytes.
    size: u64,
    /// Its digests.
    digests: Digests<'a>,
    /// The highest glibc that its programs ask for.
    glibc: Option<&'a str>,
    /// How many warnings the check had of it.
    warnings: usize,
    /// The time that it is dated with, in seconds since 1970.
    time: u32,
    /// Whether it was there already, and would have become the same.
    fresh: bool,
    /// Its units, and what is done with them.
    units: Vec<UnitLine<'a>>,
    /// The signatures that it was given.
    signatures: Vec<SignatureLine<'a>>,
    /// The files that an RPM was made from; programs as they were built.
    inputs: Vec<InputLine<'a>>,
    /// The file that says what it was made from, with `--provenance`.
    provenance: Option<&'a str>,
    /// The file that says which crates are in it, with `--sbom`.
    sbom: Option<&'a str>,
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
    /// How programs were built.
    builds: Vec<BuildLine<'a>>,
    /// What the run found around it.
    inputs: Option<SurroundingsLine<'a>>,
}

impl JsonLine for ManifestLine<'_> {
    const REASON: &'static str = "ambot-manifest";
}

/// Digests of a file.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Digests<'a> {
    /// In hexadecimal digits.
    sha256: &'a str,
}

/// A file that a package was made from.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Input", deny_unknown_fields)]
struct InputLine<'a> {
    /// Where it lies.
    path: &'a str,
    /// In hexadecimal digits; null of one that was looked at and not read.
    sha256: Option<&'a str>,
}

/// How the programs of a package were built.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Build", deny_unknown_fields)]
struct BuildLine<'a> {
    /// The package of cargo's.
    package: &'a str,
    /// Its version.
    version: &'a str,
    /// The binaries.
    binaries: &'a [String],
    /// The targets that they serve.
    targets: &'a [String],
    /// The Rust triple.
    triple: &'a str,
    /// The glibc that they were built against, where that was chosen here.
    glibc: Option<&'a str>,
    /// cargo's profile.
    profile: &'a str,
    /// What was said of features, as flags.
    features: &'a [String],
    /// `cargo`, `command` (one in its place) or `before` (`--no-build`).
    built_by: &'static str,
}

/// What a run found around it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Surroundings", deny_unknown_fields)]
struct SurroundingsLine<'a> {
    /// The version of cargo ambot.
    cargo_ambot: &'static str,
    /// What cargo says of its version.
    cargo: Option<&'a str>,
    /// What rustc says of its version.
    rustc: Option<&'a str>,
    /// SHA-256 of `Cargo.lock`, if there is one.
    lockfile_sha256: Option<&'a str>,
    /// The commit of git's that the workspace is at.
    commit: Option<&'a str>,
    /// Whether the files that git knows are as they are in it.
    commit_is_clean: Option<bool>,
}

/// A unit, and what is done with it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "PackagedUnit", deny_unknown_fields)]
pub(super) struct UnitLine<'a> {
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
            package: &artifact.package,
            size: artifact.size,
            digests: Digests {
                sha256: &artifact.sha256,
            },
            glibc: artifact.glibc.as_deref(),
            warnings: artifact.warnings,
            time: artifact.time,
            inputs: artifact.inputs.iter().map(input).collect(),
            provenance: artifact.provenance.as_ref().map(|path| path.as_str()),
            sbom: artifact.sbom.as_ref().map(|path| path.as_str()),
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
            builds: outcome.builds.iter().map(build).collect(),
            inputs: outcome.surroundings.as_ref().map(surroundings),
        }
    }
}

fn input(input: &Input) -> InputLine<'_> {
    InputLine {
        path: input.path.as_str(),
        sha256: input.sha256.as_deref(),
    }
}

fn build(build: &BuildFacts) -> BuildLine<'_> {
    BuildLine {
        package: &build.package,
        version: &build.version,
        binaries: &build.binaries,
        targets: &build.targets,
        triple: &build.triple,
        glibc: build.glibc.as_deref(),
        profile: &build.profile,
        features: &build.features,
        built_by: build.builder.as_str(),
    }
}

fn surroundings(found: &Surroundings) -> SurroundingsLine<'_> {
    let commit = found.commit.as_ref();
    SurroundingsLine {
        cargo_ambot: env!("CARGO_PKG_VERSION"),
        cargo: found.toolchain.cargo.as_deref(),
        rustc: found.toolchain.rustc.as_deref(),
        lockfile_sha256: found.lockfile.as_deref(),
        commit: commit.map(|commit| commit.id.as_str()),
        commit_is_clean: commit.map(|commit| commit.is_clean),
    }
}

pub(super) fn unit(unit: &ManagedUnit) -> UnitLine<'_> {
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
