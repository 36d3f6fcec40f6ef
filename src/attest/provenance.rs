//! SLSA provenance 1.0 (<https://slsa.dev/spec/v1.0/provenance>) in a statement of in-toto 1.0.

use super::{BuildFacts, Builder, OURS, ProgramBuilder, Subject, Surroundings};
use serde_json::{Value, json};

/// What kind of build it is: the name under which the parameters mean what they do.
const BUILD_TYPE: &str = "urn:cargo-ambot:package:1";

/// Who builds where no pipeline says so.
const UNNAMED: &str = "urn:cargo-ambot:unnamed-builder";

/// The provenance of an artifact, as text. Nothing in it tells a machine from another: paths are those
/// of the workspace, and no time is in it but the artifact's own.
pub fn provenance(
    subject: &Subject<'_>,
    builds: &[BuildFacts],
    surroundings: &Surroundings,
    builder: &Builder,
) -> String {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": subject.file_name, "digest": { "sha256": subject.sha256 } }],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {
                    "target": subject.target,
                    "builds": builds.iter().map(build).collect::<Vec<_>>(),
                },
                "internalParameters": {
                    "nevra": subject.nevra.to_string(),
                    "source-date-epoch": subject.time,
                },
                "resolvedDependencies": dependencies(subject, surroundings, builder),
            },
            "runDetails": {
                "builder": {
                    "id": builder.id.as_deref().unwrap_or(UNNAMED),
                    "version": versions(builds, surroundings),
                },
                "metadata": { "invocationId": builder.invocation },
            },
        },
    });
    format!("{:#}\n", without_null(statement))
}

fn build(build: &BuildFacts) -> Value {
    // Of what was built before, nobody here knows how.
    let is_known = build.builder != ProgramBuilder::Before;
    json!({
        "package": build.package,
        "version": build.version,
        "binaries": build.binaries,
        "triple": build.triple,
        "glibc": build.glibc,
        "profile": is_known.then_some(&build.profile),
        "features": is_known.then_some(&build.features),
        "built-by": build.builder.as_str(),
    })
}

fn dependencies(
    subject: &Subject<'_>,
    surroundings: &Surroundings,
    builder: &Builder,
) -> Vec<Value> {
    let mut all = Vec::new();
    if let Some(commit) = &surroundings.commit {
        let repository = builder.repository.as_deref();
        all.push(json!({
            "name": "source",
            "uri": repository.map(|url| format!("git+{url}@{}", commit.id)),
            "digest": { "gitCommit": commit.id },
            "annotations": { "clean": commit.is_clean },
        }));
    }
    if let Some(sha256) = &surroundings.lockfile {
        all.push(json!({ "name": "Cargo.lock", "digest": { "sha256": sha256 } }));
    }
    let inputs = subject.inputs.iter();
    all.extend(
        inputs.map(|(path, sha256)| json!({ "name": path, "digest": { "sha256": sha256 } })),
    );
    all
}

fn versions(builds: &[BuildFacts], surroundings: &Surroundings) -> Value {
    let is_built = builds
        .iter()
        .any(|build| build.builder == ProgramBuilder::Cargo);
    let toolchain = Some(&surroundings.toolchain).filter(|_| is_built);
    json!({
        "cargo-ambot": OURS,
        "cargo": toolchain.map(|toolchain| &toolchain.cargo),
        "rustc": toolchain.map(|toolchain| &toolchain.rustc),
    })
}

/// The form has fields that may be left out, and none that is null.
fn without_null(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(
                kept.map(|(key, value)| (key, without_null(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.into_iter().map(without_null).collect(),
        plain => plain,
    }
}
