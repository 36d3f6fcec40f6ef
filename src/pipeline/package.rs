//! From checked packages to RPMs, archives and sources under their final names.

use super::check::{Checked, CheckedPackage, CheckedTarget};
use super::claims::{claim, counts};
use super::debuginfo::Workshop;
use super::output::{MadeFolders, Output, folder_of};
use super::plans::{Making, build_request, parts};
use super::signing::{Keys, SignRequest};
use super::sources::Sources;
use super::{Error, Format, Request, check, elsewhere, tarball};
use crate::build::{self, Interrupt};
use crate::inspect::{self, VerifiedRpm};
use crate::lint::Levels;
use crate::package::{Caretaker, ManagedUnit, Nevra, PackageKind, Part, Plan, assemble_all};
use crate::project;
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
    /// What is made, each once.
    pub formats: Vec<Format>,
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

/// What was made; an RPM was read back and judged.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// What it is.
    pub format: Format,
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
    /// The files that were written beside it and that it needs, as a spec does.
    pub sources: Vec<Utf8PathBuf>,
}

/// Makes what is asked for.
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
    elsewhere::check_signing(request, sink)?;
    let checked = check(&request.project, sink)?;
    elsewhere::check(&checked, request, sink)?;
    for package in &checked.packages {
        package.say(sink, false)?;
    }
    let output = Output::new(
        request.output.as_deref(),
        &checked.workspace.target_directory,
        &counts(&checked, &request.formats),
    )?;
    let paths = claim(&checked, &output, request)?;
    let mut folders = MadeFolders::default();
    folders.make(&paths)?;
    // Before minutes of building, too: what a target does not verify is not signed with.
    let signers = signers(&checked, request, sink)?;
    let run = Run {
        checked: &checked,
        request,
        output: &output,
        signers: &signers,
        epoch,
        interrupt,
        sink,
    };
    let mut artifacts = Vec::new();
    if request.formats.iter().any(|format| !format.is_built()) {
        artifacts.extend(run.sources()?);
    }
    if request.formats.iter().any(|format| format.is_built()) {
        artifacts.extend(run.built()?);
    }
    Ok(artifacts)
}

/// What a run has in hand before anything is made.
struct Run<'a> {
    checked: &'a Checked,
    request: &'a PackageRequest,
    output: &'a Output,
    /// For each target of each package.
    signers: &'a [Vec<Option<Signer>>],
    epoch: Option<u32>,
    interrupt: &'a Interrupt,
    sink: &'a dyn Sink,
}

impl Run<'_> {
    /// What others build from: the way ends before the build.
    fn sources(&self) -> Result<Vec<Artifact>, Error> {
        let mut sources = Sources::new(
            self.checked,
            self.request,
            self.output,
            self.epoch,
            self.interrupt,
            self.sink,
        )?;
        let mut artifacts = Vec::new();
        for (package, signers) in self.checked.packages.iter().zip(self.signers) {
            for (target, signer) in package.targets.iter().zip(signers) {
                artifacts.extend(sources.make(package, target, signer.as_ref())?);
            }
        }
        Ok(artifacts)
    }

    /// What holds the binaries: one build for all targets of a package.
    fn built(&self) -> Result<Vec<Artifact>, Error> {
        let mut workshop = Workshop::new(&self.checked.workspace.target_directory);
        let mut artifacts = Vec::new();
        for (package, signers) in self.checked.packages.iter().zip(self.signers) {
            let request = build_request(package, self.checked, self.request);
            let built = build::run(&request, self.interrupt, self.sink)?;
            for ((target, built), signer) in package.targets.iter().zip(&built).zip(signers) {
                let programs = workshop.part(built, &target.parts[0].settings, self.sink)?;
                let making = Making {
                    arch: built.arch.rpm_name(),
                    built: Some((built, &programs)),
                    root: &self.checked.workspace.root,
                    epoch: self.epoch,
                    sink: self.sink,
                };
                let parts = parts(package, target, &making)?;
                artifacts.extend(self.formats(target, &parts, signer.as_ref())?);
            }
        }
        Ok(artifacts)
    }

    fn formats(
        &self,
        target: &CheckedTarget,
        parts: &[Part<'_>],
        signer: Option<&Signer>,
    ) -> Result<Vec<Artifact>, Error> {
        let (output, interrupt, sink) = (self.output, self.interrupt, self.sink);
        let mut artifacts = Vec::new();
        for format in &self.request.formats {
            let plans = |caretaker| assemble_all(parts.to_vec(), caretaker);
            artifacts.extend(match format {
                Format::Rpm => {
                    let levels = Levels::new(&target.parts[0].settings.lints)?;
                    let plans = plans(Caretaker::Scriptlets)?;
                    write_rpms(&plans, &levels, output, signer, interrupt, sink)?
                }
                Format::TarGz => tarball::make(&plans(Caretaker::Other)?, output, interrupt, sink)?,
                Format::Spec | Format::Srpm => Vec::new(),
            });
        }
        Ok(artifacts)
    }
}

/// For each target of each package what signs it.
fn signers(
    checked: &Checked,
    request: &PackageRequest,
    sink: &dyn Sink,
) -> Result<Vec<Vec<Option<Signer>>>, Error> {
    let mut keys = request.sign.as_ref().map(Keys::new);
    let mut signer = |package: &CheckedPackage, target: &CheckedTarget| {
        let folders = [&package.project.package.directory, &checked.workspace.root];
        let settings = &target.parts[0].settings.sign;
        match &mut keys {
            Some(keys) => keys
                .signer(settings, &folders, target.target, sink)
                .map(Some),
            None => Ok(None),
        }
    };
    let packages = checked.packages.iter();
    packages
        .map(|package| {
            let targets = package.targets.iter();
            targets.map(|target| signer(package, target)).collect()
        })
        .collect()
}

/// Writes RPMs, signs each, has it judged, and only then gives them their names: all or none, but
/// for a disk that fails in between.
pub(super) fn write_rpms(
    plans: &[Plan],
    levels: &Levels,
    output: &Output,
    signer: Option<&Signer>,
    interrupt: &Interrupt,
    sink: &dyn Sink,
) -> Result<Vec<Artifact>, Error> {
    let mut verified = Vec::new();
    for plan in plans {
        let is_main = plan.suffix.is_none();
        let path = output.path(&plan.target, &plan.nevra.file_name(), is_main);
        let folder = folder_of(&path);
        let mut written = rpm::write(plan, &folder, &rpm::Options::new(interrupt), sink)?;
        if let Some(signer) = signer {
            let what = format!("{} with {}", plan.nevra.file_name(), signer.name());
            sink.status("Signing", &what);
            written.sign(signer, interrupt)?;
        }
        let judged = inspect::verify(written, plan, levels, signer, interrupt, sink)?;
        verified.push((plan, path, judged));
    }
    let publish = |(plan, path, verified): (&Plan, Utf8PathBuf, VerifiedRpm)| {
        let signatures = verified.signatures().to_vec();
        let format = match plan.kind {
            PackageKind::Binary => Format::Rpm,
            PackageKind::Source { .. } => Format::Srpm,
        };
        Ok(Artifact {
            size: verified.size(),
            path: verified.publish_as(file_name(&path))?,
            signatures,
            ..Artifact::of(format, plan)
        })
    };
    verified.into_iter().map(publish).collect()
}

impl Artifact {
    /// What a plan says of what is made from it; path and size are still to come.
    pub(super) fn of(format: Format, plan: &Plan) -> Self {
        Artifact {
            format,
            path: Utf8PathBuf::new(),
            nevra: plan.nevra.clone(),
            suffix: plan.suffix.clone(),
            target: plan.target,
            size: 0,
            units: plan.units.clone(),
            signatures: Vec::new(),
            sources: Vec::new(),
        }
    }
}

pub(super) fn file_name(path: &Utf8Path) -> &str {
    path.file_name().unwrap_or_default()
}
