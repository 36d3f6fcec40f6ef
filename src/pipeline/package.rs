//! From checked packages to RPMs under their final names.

use super::check::{Checked, CheckedPackage, CheckedTarget};
use super::output::{MadeFolders, Output, folder_of};
use super::signing::{Keys, SignRequest};
use super::{Error, Request, check};
use crate::build::{self, Arch, Built, Interrupt};
use crate::inspect;
use crate::package::{Binary, ManagedUnit, Nevra, PackagedUnit, Parts, Plan, assemble, nevra};
use crate::project;
use crate::repo::{Claim, check_claims};
use crate::report::Sink;
use crate::rpm::openpgp::SignatureCheck;
use crate::rpm::{self, Signer};
use crate::target::TargetName;
use camino::{Utf8Path, Utf8PathBuf};

/// What `package` needs beyond the project.
#[derive(Clone, Debug)]
pub struct PackageRequest {
    /// The project.
    pub project: Request,
    /// The Rust triple, where one is asked for.
    pub triple: Option<String>,
    /// Where binaries come from.
    pub source: build::Source,
    /// What goes to cargo.
    pub cargo: build::CargoOptions,
    /// `-o`
    pub output: Option<Utf8PathBuf>,
    /// `SOURCE_DATE_EPOCH`
    pub source_date_epoch: Option<String>,
    /// What to sign with, where packages are to be signed.
    pub sign: Option<SignRequest>,
}

/// An RPM that was made, read back and judged.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Where it is.
    pub path: Utf8PathBuf,
    /// Its identity.
    pub nevra: Nevra,
    /// What it is for.
    pub target: TargetName,
    /// Its size in bytes.
    pub size: u64,
    /// Its units.
    pub units: Vec<ManagedUnit>,
    /// Its signatures, verified where the public key is known.
    pub signatures: Vec<SignatureCheck>,
}

/// Makes the RPMs.
///
/// # Errors
/// The error of the first room that cannot go on; no half file is left, and none that was there
/// before is damaged.
pub fn package(
    request: &PackageRequest,
    interrupt: &Interrupt,
    sink: &dyn Sink,
) -> Result<Vec<Artifact>, Error> {
    let epoch = request.source_date_epoch.as_deref();
    let epoch = epoch.map(project::source_date_epoch).transpose()?;
    let checked = check(&request.project, sink)?;
    for package in &checked.packages {
        package.say(sink)?;
    }
    let count = checked
        .packages
        .iter()
        .map(|package| package.targets.len())
        .sum();
    let output = Output::new(
        request.output.as_deref(),
        &checked.workspace.target_directory,
        count,
    )?;
    let paths = claim(&checked, &output, request.triple.as_deref())?;
    let mut folders = MadeFolders::default();
    folders.make(&paths)?;
    // Before minutes of building, too: what a target does not verify is not signed with.
    let mut signers = signers(&checked, request, sink)?.into_iter();
    let mut artifacts = Vec::new();
    for package in &checked.packages {
        let built = build::run(&build_request(package, &checked, request), interrupt, sink)?;
        for (target, built) in package.targets.iter().zip(&built) {
            let plan = plan(package, target, built, epoch)?;
            let signer = signers.next().flatten();
            artifacts.push(make(
                &plan,
                target,
                &output,
                signer.as_ref(),
                interrupt,
                sink,
            )?);
        }
    }
    Ok(artifacts)
}

/// For each target of each package what signs it, in the order of the packages.
fn signers(
    checked: &Checked,
    request: &PackageRequest,
    sink: &dyn Sink,
) -> Result<Vec<Option<Signer>>, Error> {
    let mut keys = request.sign.as_ref().map(Keys::new);
    let mut signers = Vec::new();
    for package in &checked.packages {
        for target in &package.targets {
            let folders = [&package.project.package.directory, &checked.workspace.root];
            signers.push(match &mut keys {
                Some(keys) => {
                    Some(keys.signer(&target.settings.sign, &folders, target.target, sink)?)
                }
                None => None,
            });
        }
    }
    Ok(signers)
}

/// Before minutes of building: can the packages stand side by side? Where they will lie.
fn claim(
    checked: &Checked,
    output: &Output,
    triple: Option<&str>,
) -> Result<Vec<Utf8PathBuf>, Error> {
    let arch = Arch::of_run(triple)?.rpm_name();
    let mut claims = Vec::new();
    for package in &checked.packages {
        for target in &package.targets {
            let nevra = nevra(
                &package.project.package,
                &target.settings,
                target.target.profile(),
                arch,
            )?;
            let path = output.path(&target.target, &nevra.file_name());
            claims.push(claim_of(package, target, Some(path)));
        }
    }
    check_claims(&claims)?;
    Ok(claims.into_iter().filter_map(|claim| claim.path).collect())
}

/// Whether the packages of a run can stand side by side, as far as their names and units tell.
///
/// # Errors
/// When two of them have one name, or ship one unit.
pub fn check_names(checked: &Checked) -> Result<(), Error> {
    let mut claims = Vec::new();
    for package in &checked.packages {
        let targets = package.targets.iter();
        claims.extend(targets.map(|target| claim_of(package, target, None)));
    }
    Ok(check_claims(&claims)?)
}

fn claim_of(package: &CheckedPackage, target: &CheckedTarget, path: Option<Utf8PathBuf>) -> Claim {
    let units = target.units.iter();
    Claim {
        package: package.project.package.name.clone(),
        target: target.target,
        rpm_name: target.rpm_name.to_string(),
        path,
        units: units.map(|unit| unit.managed.name.clone()).collect(),
    }
}

fn build_request(
    package: &CheckedPackage,
    checked: &Checked,
    request: &PackageRequest,
) -> build::Request {
    build::Request {
        manifest_path: package.project.package.manifest_path.clone(),
        package: package.project.package.name.clone(),
        bins: package.bins.clone(),
        target_directory: checked.workspace.target_directory.clone(),
        current_dir: request.project.cargo.current_dir.clone(),
        targets: package.targets.iter().map(|target| target.target).collect(),
        triple: request.triple.clone(),
        source: request.source.clone(),
        cargo: request.cargo.clone(),
    }
}

fn plan(
    package: &CheckedPackage,
    target: &CheckedTarget,
    built: &Built,
    epoch: Option<u32>,
) -> Result<Plan, Error> {
    let project = &package.project;
    let time = project::source_date(
        epoch,
        &project.package,
        &project.unit_files,
        &target.settings,
    );
    Ok(assemble(Parts {
        package: &project.package,
        settings: &target.settings,
        target: &target.target,
        arch: built.arch.rpm_name(),
        time,
        contents: target.contents.clone(),
        units: target.units.iter().map(packaged_unit).collect(),
        needs: target.needs.clone(),
        accounts: target.accounts.clone(),
        tmpfiles: target.tmpfiles.clone(),
        binaries: built.binaries.iter().map(binary).collect(),
    })?)
}

fn packaged_unit(unit: &super::CheckedUnit) -> PackagedUnit {
    let drop_ins = unit.adapted.drop_ins.iter();
    PackagedUnit {
        managed: unit.managed.clone(),
        bytes: unit.adapted.bytes.clone(),
        drop_ins: drop_ins
            .map(|drop_in| (drop_in.file_name.to_owned(), drop_in.bytes.clone()))
            .collect(),
        origin: unit.origin.clone(),
    }
}

fn binary(binary: &build::Binary) -> Binary {
    Binary {
        name: binary.name.clone(),
        path: binary.path.clone(),
        requires: build::elf::requires(&binary.facts),
    }
}

/// Writes the RPM, signs it, has it judged, and only then gives it its name.
fn make(
    plan: &Plan,
    target: &CheckedTarget,
    output: &Output,
    signer: Option<&Signer>,
    interrupt: &Interrupt,
    sink: &dyn Sink,
) -> Result<Artifact, Error> {
    let path = output.path(&target.target, &plan.nevra.file_name());
    let folder = folder_of(&path);
    let mut written = rpm::write(plan, &folder, &rpm::Options::new(interrupt), sink)?;
    if let Some(signer) = signer {
        sink.status(
            "Signing",
            &format!("{} with {}", plan.nevra.file_name(), signer.name()),
        );
        written.sign(signer, interrupt)?;
    }
    let verified = inspect::verify(written, plan, signer, interrupt, sink)?;
    let size = verified.size();
    let signatures = verified.signatures().to_vec();
    let path = verified.publish_as(file_name(&path))?;
    Ok(Artifact {
        path,
        nevra: plan.nevra.clone(),
        target: target.target,
        size,
        units: target
            .units
            .iter()
            .map(|unit| unit.managed.clone())
            .collect(),
        signatures,
    })
}

fn file_name(path: &Utf8Path) -> &str {
    path.file_name().unwrap_or_default()
}
