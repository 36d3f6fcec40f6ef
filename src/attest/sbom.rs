//! A bill of materials: the crates that are in an artifact (CycloneDX 1.5).

use super::{Error, OURS, Subject};
use crate::build::{Resolved, ResolvedCrate};
use cyclonedx_bom::models::bom::{Bom, UrnUuid};
use cyclonedx_bom::models::component::{Classification, Component, Components, Scope};
use cyclonedx_bom::models::dependency::{Dependencies, Dependency};
use cyclonedx_bom::models::hash::{Hash, HashAlgorithm, HashValue, Hashes};
use cyclonedx_bom::models::license::{LicenseChoice, Licenses};
use cyclonedx_bom::models::metadata::Metadata;
use cyclonedx_bom::models::tool::{Tool, Tools};
use cyclonedx_bom::prelude::{NormalizedString, Purl, SpdxExpression, SpecVersion, Validate};
use std::collections::BTreeMap;

/// The checksum of each crate of a registry, by name and version, as `Cargo.lock` has it.
pub type Checksums = BTreeMap<(String, String), String>;

/// The bill of materials of an artifact, as JSON. Crates that only run during the build are in it as
/// `excluded`.
///
/// # Errors
/// When the form refuses it, which is a defect.
pub fn sbom(
    subject: &Subject<'_>,
    resolved: &Resolved,
    checksums: &Checksums,
) -> Result<Vec<u8>, Error> {
    let wrong = |what: String| Error::Form {
        file: subject.file_name.to_owned(),
        what,
    };
    let crates = &resolved.crates;
    let components = crates.iter().enumerate();
    let components = components.map(|(at, one)| component(at, one, resolved, checksums));
    let mut dependencies: Vec<Dependency> = vec![Dependency {
        dependency_ref: own_reference(subject),
        dependencies: resolved
            .roots
            .iter()
            .map(|at| reference(&crates[*at]))
            .collect(),
    }];
    dependencies.extend(crates.iter().map(|one| Dependency {
        dependency_ref: reference(one),
        dependencies: one.needs.iter().map(|at| reference(&crates[*at])).collect(),
    }));
    let bom = Bom {
        version: 1,
        serial_number: Some(serial_number(subject.sha256).map_err(&wrong)?),
        metadata: Some(Metadata {
            tools: Some(Tools::List(vec![Tool {
                vendor: None,
                ..Tool::new("", "cargo-ambot", OURS)
            }])),
            component: Some(own_component(subject)),
            ..Metadata::default()
        }),
        components: Some(Components(components.collect())),
        dependencies: Some(Dependencies(dependencies)),
        spec_version: SpecVersion::V1_5,
        ..Bom::default()
    };
    let validated = bom.validate_version(SpecVersion::V1_5);
    if !validated.passed() {
        return Err(wrong(format!("{validated:?}")));
    }
    let mut text = Vec::new();
    bom.output_as_json_v1_5(&mut text)
        .map_err(|error| wrong(error.to_string()))?;
    text.push(b'\n');
    Ok(text)
}

/// The artifact itself.
fn own_component(subject: &Subject<'_>) -> Component {
    let nevra = subject.nevra;
    let version = nevra.evr.to_string();
    let reference = Some(own_reference(subject));
    let name = nevra.name.as_str();
    Component {
        purl: own_reference(subject).parse().ok(),
        hashes: Some(sha256(subject.sha256)),
        ..Component::new(Classification::Application, name, &version, reference)
    }
}

/// The package URL of an RPM (purl-spec, `rpm`): the architecture and the epoch are qualifiers.
fn own_reference(subject: &Subject<'_>) -> String {
    let nevra = subject.nevra;
    let epoch = nevra.evr.epoch.map(|epoch| format!("&epoch={epoch}"));
    format!(
        "pkg:rpm/{}@{}-{}?arch={}{}",
        nevra.name,
        nevra.evr.version,
        nevra.evr.release,
        nevra.arch,
        epoch.unwrap_or_default()
    )
}

fn component(
    at: usize,
    one: &ResolvedCrate,
    resolved: &Resolved,
    checksums: &Checksums,
) -> Component {
    let kind = match resolved.roots.contains(&at) {
        true => Classification::Application,
        false => Classification::Library,
    };
    let checksum = checksums.get(&(one.name.clone(), one.version.clone()));
    let expression = one
        .license
        .as_ref()
        .map(|license| license.replace('/', " OR "));
    let license = expression.and_then(|text| SpdxExpression::try_from(text).ok());
    Component {
        scope: Some(match one.is_linked {
            true => Scope::Required,
            false => Scope::Excluded,
        }),
        purl: Purl::new("cargo", &one.name, &one.version).ok(),
        hashes: checksum
            .filter(|_| one.source.is_some())
            .map(|checksum| sha256(checksum)),
        licenses: license.map(|license| Licenses(vec![LicenseChoice::Expression(license)])),
        description: one
            .description
            .as_deref()
            .map(|text| NormalizedString::new(text.trim())),
        ..Component::new(kind, &one.name, &one.version, Some(reference(one)))
    }
}

/// What tells a crate from all others; two sources may have one of a name and version.
fn reference(one: &ResolvedCrate) -> String {
    let source = one.source.as_deref().unwrap_or("workspace");
    format!("{source}#{}@{}", one.name, one.version)
}

fn sha256(digest: &str) -> Hashes {
    Hashes(vec![Hash {
        alg: HashAlgorithm::SHA_256,
        content: HashValue(digest.to_owned()),
    }])
}

/// A UUID of the artifact's own: one of version 8 (RFC 9562), out of its digest, so that the same
/// artifact has the same.
fn serial_number(sha256: &str) -> Result<UrnUuid, String> {
    let digits: String = sha256.chars().take(32).collect();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let text = format!(
        "urn:uuid:{}-{}-8{}-8{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    );
    UrnUuid::new(text).map_err(|error| format!("{error:?}"))
}
