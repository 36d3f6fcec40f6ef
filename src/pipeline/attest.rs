//! What is said of artifacts beside them, and of the run in its manifest.

use super::check::{Checked, CheckedPackage};
use super::package::{Artifact, Outcome, PackageRequest};
use super::sources::{asked, write_file};
use super::{Error, plans};
use crate::attest::{
    BuildFacts, Builder, Checksums, ProgramBuilder, Subject, Surroundings, provenance, sbom,
};
use crate::build::{self, Built, Resolved, Source, Toolchain};
use crate::project::{self, Workspace};
use crate::rpm::Input;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;

/// What is to be said.
#[derive(Clone, Debug, Default)]
pub struct AttestRequest {
    /// A provenance beside each artifact.
    pub provenance: bool,
    /// A bill of materials beside each artifact.
    pub sbom: bool,
    /// What the run finds around it, for its manifest.
    pub surroundings: bool,
    /// Who runs it.
    pub builder: Builder,
}

/// How the programs of a package were built.
pub(super) fn facts(
    package: &CheckedPackage,
    built: &[Built],
    request: &PackageRequest,
) -> Vec<BuildFacts> {
    let mut facts: Vec<BuildFacts> = Vec::new();
    for built in built {
        let glibc = built.glibc.map(|version| version.to_string());
        let target = built.target.to_string();
        if let Some(known) = facts.iter_mut().find(|known| known.glibc == glibc) {
            known.targets.push(target);
            continue;
        }
        let cargo = &package.project.package;
        facts.push(BuildFacts {
            package: cargo.name.clone(),
            version: cargo.version.to_string(),
            binaries: package.bins.iter().map(|bin| bin.name.clone()).collect(),
            targets: vec![target],
            triple: built.triple.clone(),
            glibc,
            profile: request.cargo.profile().to_owned(),
            features: features(request),
            builder: match request.source {
                Source::Cargo { .. } => ProgramBuilder::Cargo,
                Source::Command { .. } => ProgramBuilder::Command,
                Source::Existing => ProgramBuilder::Before,
            },
        });
    }
    facts
}

fn features(request: &PackageRequest) -> Vec<String> {
    let options = &request.cargo;
    let named = options.features.iter();
    let mut flags: Vec<String> = named.map(|name| format!("--features={name}")).collect();
    flags.extend(options.all_features.then(|| "--all-features".to_owned()));
    flags.extend(
        options
            .no_default_features
            .then(|| "--no-default-features".to_owned()),
    );
    flags
}

/// Finds out what is asked for, and writes it beside the artifacts.
pub(super) fn attest(
    checked: &Checked,
    request: &PackageRequest,
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let wanted = &request.attest;
    if !wanted.provenance && !wanted.sbom && !wanted.surroundings {
        return Ok(());
    }
    let surroundings = surroundings(checked, request);
    let mut bills = Bills::new(checked, request);
    for artifact in &mut outcome.artifacts {
        let mine = |facts: &&BuildFacts| {
            facts.package == artifact.package
                && facts
                    .targets
                    .iter()
                    .any(|name| name == artifact.target.as_str())
        };
        let builds: Vec<BuildFacts> = outcome.builds.iter().filter(mine).cloned().collect();
        let subject = subject(artifact, &checked.workspace);
        let mut said = (None, None);
        if wanted.provenance {
            let text = provenance(&subject, &builds, &surroundings, &wanted.builder);
            said.0 = Some(beside(&artifact.path, "provenance.json", text.as_bytes())?);
        }
        if wanted.sbom
            && let Some(resolved) = bills.of(&artifact.package, &builds)?
        {
            let text = sbom(&subject, &resolved, &bills.checksums)?;
            said.1 = Some(beside(&artifact.path, "cdx.json", &text)?);
        }
        (artifact.provenance, artifact.sbom) = said;
    }
    outcome.surroundings = Some(surroundings);
    Ok(())
}

/// Looks, before anything is made, for what a bill of materials goes by. A build that comes first
/// writes it.
///
/// # Errors
/// When it is not there.
pub(super) fn check(checked: &Checked, request: &PackageRequest) -> Result<(), Error> {
    let has_programs = checked.packages.iter().any(|one| !one.bins.is_empty());
    let is_told = request.attest.sbom && request.formats.iter().any(|format| format.is_built());
    let is_by_itself = matches!(request.source, Source::Existing);
    match is_told && is_by_itself && has_programs {
        true => refuse_without(&lockfile(checked)),
        false => Ok(()),
    }
}

fn lockfile(checked: &Checked) -> Utf8PathBuf {
    checked.workspace.root.join("Cargo.lock")
}

fn refuse_without(lockfile: &Utf8Path) -> Result<(), Error> {
    match lockfile.exists() {
        true => Ok(()),
        false => Err(build::Error::NoLockfile {
            lockfile: lockfile.to_owned(),
        }
        .into()),
    }
}

fn beside(artifact: &Utf8Path, suffix: &str, text: &[u8]) -> Result<Utf8PathBuf, Error> {
    let path = Utf8PathBuf::from(format!("{artifact}.{suffix}"));
    write_file(&path, text)?;
    Ok(path)
}

fn subject<'a>(artifact: &'a Artifact, workspace: &Workspace) -> Subject<'a> {
    let inputs = artifact.inputs.iter().filter_map(|input| {
        // Where cargo's folder lies is a matter of the machine.
        let built = input.path.strip_prefix(&workspace.target_directory);
        let path = match (built, input.path.strip_prefix(&workspace.root)) {
            (Ok(path), _) => format!("target/{path}"),
            (_, Ok(path)) => path.to_string(),
            _ => input.path.to_string(),
        };
        Some((path, input.sha256.clone()?))
    });
    Subject {
        file_name: artifact.path.file_name().unwrap_or_default(),
        sha256: &artifact.sha256,
        nevra: &artifact.nevra,
        target: artifact.target.as_str(),
        time: artifact.time,
        inputs: inputs.collect(),
    }
}

fn surroundings(checked: &Checked, request: &PackageRequest) -> Surroundings {
    let lockfile = Input::read(&lockfile(checked));
    let cargo = &request.project.cargo;
    Surroundings {
        toolchain: Toolchain::ask(&cargo.cargo, &cargo.current_dir),
        lockfile: lockfile.ok().and_then(|input| input.sha256),
        commit: project::commit(&checked.workspace.root),
    }
}

/// What cargo resolved, asked once for each package.
struct Bills<'a> {
    checked: &'a Checked,
    request: &'a PackageRequest,
    checksums: Checksums,
    resolved: BTreeMap<(String, String), Resolved>,
}

impl<'a> Bills<'a> {
    fn new(checked: &'a Checked, request: &'a PackageRequest) -> Self {
        Bills {
            checksums: checksums(&lockfile(checked)),
            checked,
            request,
            resolved: BTreeMap::new(),
        }
    }

    /// The crates of a package's programs; nothing of one that has none.
    fn of(&mut self, name: &str, builds: &[BuildFacts]) -> Result<Option<Resolved>, Error> {
        let mut packages = self.checked.packages.iter();
        let package = packages.find(|package| package.project.package.name == name);
        let (Some(package), Some(build)) = (package, builds.first()) else {
            return Ok(None);
        };
        let key = (name.to_owned(), build.triple.clone());
        if let Some(known) = self.resolved.get(&key) {
            return Ok(Some(known.clone()));
        }
        let members = plans::members(package);
        let members: Vec<&str> = members.iter().map(String::as_str).collect();
        let manifest = &package.project.package.manifest_path;
        refuse_without(&lockfile(self.checked))?;
        let mut asked = asked(self.request);
        // Where nothing is built, nobody asked for the network.
        if matches!(self.request.source, Source::Existing) {
            asked.flags.push("--offline".to_owned());
            asked.flags.dedup();
        }
        let resolved = build::resolved(&asked, manifest, &members, &build.triple, &build.features)?;
        self.resolved.insert(key, resolved.clone());
        Ok(Some(resolved))
    }
}

/// The checksums that a `Cargo.lock` has; none where it cannot be read, which cargo has told by then.
fn checksums(lockfile: &Utf8Path) -> Checksums {
    let text = project::input::read_text(lockfile, project::input::MAX_TEXT).unwrap_or_default();
    let table: toml::Table = toml::from_str(&text).unwrap_or_default();
    let packages = table.get("package").and_then(toml::Value::as_array);
    let of = |package: &toml::Value| {
        let text = |key: &str| package.get(key)?.as_str().map(str::to_owned);
        Some(((text("name")?, text("version")?), text("checksum")?))
    };
    packages.into_iter().flatten().filter_map(of).collect()
}
