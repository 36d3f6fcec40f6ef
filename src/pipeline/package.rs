//! From checked packages to RPMs under their final names.

use super::check::{Checked, CheckedPackage, CheckedTarget};
use super::debuginfo::{Programs, Workshop};
use super::output::{MadeFolders, Output, folder_of};
use super::signing::{Keys, SignRequest};
use super::{CheckedPart, Error, Request, check};
use crate::build::elf::ReadError;
use crate::build::{self, Arch, Built, Capabilities, Interrupt};
use crate::contents::{Entry, FileKind, generated};
use crate::inspect::{self, VerifiedRpm};
use crate::lint::Levels;
use crate::package::{
    BIN_DIR, Found, ManagedUnit, NOARCH, Nevra, PackagedUnit, Part, Plan, PlanSet, assemble_all,
    changes, nevra,
};
use crate::project;
use crate::repo::{Claim, check_claims};
use crate::report::{Diagnostic, Sink};
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
    /// What stands behind the main RPM's name; none for the main RPM itself.
    pub suffix: Option<String>,
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
        package.say(sink, false)?;
    }
    let targets = checked.packages.iter().flat_map(|package| &package.targets);
    let count = targets.map(|target| target.parts.len()).sum();
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
    let mut workshop = Workshop::new(&checked.workspace.target_directory);
    let mut artifacts = Vec::new();
    for package in &checked.packages {
        let built = build::run(&build_request(package, &checked, request), interrupt, sink)?;
        for (target, built) in package.targets.iter().zip(&built) {
            let programs = workshop.part(built, &target.parts[0].settings, sink)?;
            let root = &checked.workspace.root;
            let parts = parts(package, target, built, &programs, root, epoch, sink)?;
            let plans = assemble_all(parts)?;
            let signer = signers.next().flatten();
            let signer = signer.as_ref();
            artifacts.extend(make(&plans, target, &output, signer, interrupt, sink)?);
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
                Some(keys) => Some(keys.signer(
                    &target.parts[0].settings.sign,
                    &folders,
                    target.target,
                    sink,
                )?),
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
    for (package, target, part) in all_parts(checked) {
        let file_name = identity(package, target, part, arch).file_name();
        let path = output.path(&target.target, &file_name, part.suffix.is_none());
        claims.push(claim_of(package, target, part, Some(path)));
    }
    check_claims(&claims)?;
    Ok(claims.into_iter().filter_map(|claim| claim.path).collect())
}

/// Whether the packages of a run can stand side by side, as far as their names, units and binaries
/// tell.
///
/// # Errors
/// When two of them have one name, or ship one unit or binary.
pub fn check_names(checked: &Checked) -> Result<(), Error> {
    let claims: Vec<Claim> = all_parts(checked)
        .map(|(package, target, part)| claim_of(package, target, part, None))
        .collect();
    Ok(check_claims(&claims)?)
}

fn all_parts(
    checked: &Checked,
) -> impl Iterator<Item = (&CheckedPackage, &CheckedTarget, &CheckedPart)> {
    checked.packages.iter().flat_map(|package| {
        package
            .targets
            .iter()
            .flat_map(move |target| target.parts.iter().map(move |part| (package, target, part)))
    })
}

fn claim_of(
    package: &CheckedPackage,
    target: &CheckedTarget,
    part: &CheckedPart,
    path: Option<Utf8PathBuf>,
) -> Claim {
    let units = part.units.iter();
    Claim {
        package: package.project.package.name.clone(),
        suffix: part.suffix.clone(),
        target: target.target,
        rpm_name: part.rpm_name.to_string(),
        path,
        units: units.map(|unit| unit.managed.name.clone()).collect(),
        bins: part.bins.iter().map(|bin| bin.name.clone()).collect(),
    }
}

/// The identity of an RPM; version and release are those of the main one.
fn identity(
    package: &CheckedPackage,
    target: &CheckedTarget,
    part: &CheckedPart,
    arch: &str,
) -> Nevra {
    nevra(
        part.rpm_name.clone(),
        &package.project.package,
        &target.parts[0].settings,
        target.target.profile(),
        if part.noarch { NOARCH } else { arch },
    )
}

fn build_request(
    package: &CheckedPackage,
    checked: &Checked,
    request: &PackageRequest,
) -> build::Request {
    build::Request {
        manifest_path: package.project.package.manifest_path.clone(),
        package: package.project.package.name.clone(),
        members: members(package),
        bins: package.bins.iter().map(|bin| bin.name.clone()).collect(),
        target_directory: checked.workspace.target_directory.clone(),
        current_dir: request.project.cargo.current_dir.clone(),
        targets: package.targets.iter().map(|target| target.target).collect(),
        triple: request.triple.clone(),
        source: request.source.clone(),
        line_tables: package
            .targets
            .iter()
            .any(|target| target.parts[0].settings.debuginfo == Some(true)),
        cargo: request.cargo.clone(),
    }
}

/// The packages that have the binaries, each once.
fn members(package: &CheckedPackage) -> Vec<String> {
    let mut members: Vec<String> = Vec::new();
    for bin in &package.bins {
        if !members.contains(&bin.package) {
            members.push(bin.package.clone());
        }
    }
    members
}

/// The RPMs of a package for a target, the main one first, that with debug information last.
fn parts<'a>(
    package: &'a CheckedPackage,
    target: &'a CheckedTarget,
    built: &Built,
    programs: &Programs,
    root: &Utf8Path,
    epoch: Option<u32>,
    sink: &dyn Sink,
) -> Result<Vec<Part<'a>>, Error> {
    let project = &package.project;
    let contents: Vec<Vec<Entry>> = target
        .parts
        .iter()
        .map(|part| contents(package, target, part, built, root))
        .collect::<Result<_, _>>()?;
    let files = contents.iter().flatten().filter_map(Entry::source_path);
    let files: Vec<&Utf8Path> = files.collect();
    let time = project::source_date(epoch, &project.package, &project.unit_files, &files);
    let main = &target.parts[0];
    let changelog = changes(
        &target.changelog,
        &project.package,
        &main.settings,
        &main.texts,
    );
    let part = |(part, contents): (&'a CheckedPart, Vec<Entry>)| Part {
        suffix: part.suffix.clone(),
        nevra: identity(package, target, part, built.arch.rpm_name()),
        source: main.rpm_name.clone(),
        texts: part.texts.clone(),
        changelog: changelog.clone(),
        target: &target.target,
        settings: &part.settings,
        time,
        contents,
        units: part.units.iter().map(packaged_unit).collect(),
        needs: part.needs.clone(),
        accounts: part.accounts.clone(),
        tmpfiles: part.tmpfiles.clone(),
        scripts: &part.scripts,
        binaries: programs.of(part),
        found: found(part, built, sink),
        provides: Vec::new(),
    };
    let mut parts: Vec<Part<'a>> = target.parts.iter().zip(contents).map(part).collect();
    let contents = programs.debug_contents(target)?;
    if !contents.is_empty() {
        let provides = programs.debug_provides(target);
        parts.push(parts[0].debuginfo(contents, provides)?);
    }
    Ok(parts)
}

/// The built binaries that an RPM has.
fn own_binaries<'a>(
    part: &'a CheckedPart,
    built: &'a Built,
) -> impl Iterator<Item = &'a build::Binary> {
    let is_own = |binary: &&build::Binary| part.bins.iter().any(|bin| bin.name == binary.name);
    built.binaries.iter().filter(is_own)
}

/// What rpm's generators would find in the binaries and the declared files.
fn found(part: &CheckedPart, built: &Built, sink: &dyn Sink) -> Vec<Found> {
    let mut all = Vec::new();
    for binary in own_binaries(part, built) {
        let path = format!("{BIN_DIR}/{}", binary.name);
        let capabilities = Capabilities::of_elf(&binary.facts, &path, 0o755);
        all.push(found_in(path, capabilities));
    }
    for entry in &part.contents {
        let FileKind::Regular(source) = &entry.kind else {
            continue;
        };
        if entry.flags.ghost {
            continue;
        }
        match Capabilities::of_file(entry.path.as_str(), entry.mode, source) {
            Ok(capabilities) => all.push(found_in(entry.path.to_string(), capabilities)),
            // That it cannot be read is told where it is packaged.
            Err(ReadError::Io(_)) => {}
            Err(error) => sink.diagnostic(
                &Diagnostic::warning(format!("nobody can tell what {} needs", entry.path))
                    .at(entry.span.as_ref(), "asked for here")
                    .with_note(format!("as an ELF file it is damaged or odd: {error}"))
                    .with_help("what it needs can be named in `requires`"),
            ),
        }
    }
    all
}

fn found_in(path: String, capabilities: Capabilities) -> Found {
    Found {
        path,
        requires: capabilities.requires,
        provides: capabilities.provides,
    }
}

/// What an RPM ships, with what the package's build script wrote for its binaries.
fn contents(
    package: &CheckedPackage,
    target: &CheckedTarget,
    part: &CheckedPart,
    built: &Built,
    root: &Utf8Path,
) -> Result<Vec<Entry>, Error> {
    let mut contents = part.contents.clone();
    for folder in &built.out_dirs {
        let asked = part.asked(&package.project.package, root, target.target.profile());
        contents.extend(generated(&asked, folder, &contents)?);
    }
    Ok(contents)
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

/// Writes the RPMs, signs each, has it judged, and only then gives them their names: all or none, but for a
/// disk that fails in between.
fn make(
    plans: &PlanSet,
    target: &CheckedTarget,
    output: &Output,
    signer: Option<&Signer>,
    interrupt: &Interrupt,
    sink: &dyn Sink,
) -> Result<Vec<Artifact>, Error> {
    let levels = Levels::new(&target.parts[0].settings.lints)?;
    let mut verified = Vec::new();
    for plan in plans.iter() {
        let is_main = plan.suffix.is_none();
        let path = output.path(&target.target, &plan.nevra.file_name(), is_main);
        let folder = folder_of(&path);
        let mut written = rpm::write(plan, &folder, &rpm::Options::new(interrupt), sink)?;
        if let Some(signer) = signer {
            let what = format!("{} with {}", plan.nevra.file_name(), signer.name());
            sink.status("Signing", &what);
            written.sign(signer, interrupt)?;
        }
        let judged = inspect::verify(written, plan, &levels, signer, interrupt, sink)?;
        verified.push((plan, path, judged));
    }
    let publish = |(plan, path, verified): (&Plan, Utf8PathBuf, VerifiedRpm)| {
        let size = verified.size();
        let signatures = verified.signatures().to_vec();
        Ok(Artifact {
            path: verified.publish_as(file_name(&path))?,
            nevra: plan.nevra.clone(),
            suffix: plan.suffix.clone(),
            target: target.target,
            size,
            units: plan.units.clone(),
            signatures,
        })
    };
    verified.into_iter().map(publish).collect()
}

fn file_name(path: &Utf8Path) -> &str {
    path.file_name().unwrap_or_default()
}
