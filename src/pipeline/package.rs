//! From checked packages to RPMs, archives and sources under their final names.

use super::check::{Checked, CheckedPackage, CheckedTarget};
use super::claims::{claim, counts};
use super::debuginfo::Workshop;
use super::output::{MadeFolders, Output};
use super::plans::{Making, build_request, parts};
use super::press::{Batch, Press};
use super::signing::{Keys, SignRequest};
use super::sources::Sources;
use super::{Error, Format, Request, check, elsewhere, tarball};
use crate::build::{self, Interrupt};
use crate::lint::Levels;
use crate::package::{Caretaker, ManagedUnit, Nevra, Plan, assemble_all};
use crate::project;
use crate::report::Sink;
use crate::rpm::Signer;
use crate::rpm::openpgp::SignatureCheck;
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
            let mut batches = Vec::new();
            let mut archives = Vec::new();
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
                let plans = |caretaker| assemble_all(parts.clone(), caretaker);
                if self.makes(Format::Rpm) {
                    batches.push(Batch {
                        plans: plans(Caretaker::Scriptlets)?,
                        levels: Levels::new(&target.parts[0].settings.lints)?,
                        signer: signer.as_ref(),
                    });
                }
                if self.makes(Format::TarGz) {
                    archives.push(plans(Caretaker::Other)?);
                }
            }
            let mut rpms = self.press().write(&batches)?.into_iter();
            let mut archives = archives.iter();
            // As they were asked for, target by target.
            for _ in &package.targets {
                for format in &self.request.formats {
                    match format {
                        Format::Rpm => artifacts.extend(rpms.next().unwrap_or_default()),
                        Format::TarGz => {
                            let (output, interrupt) = (self.output, self.interrupt);
                            if let Some(plans) = archives.next() {
                                let made = tarball::make(plans, output, interrupt, self.sink)?;
                                artifacts.extend(made);
                            }
                        }
                        Format::Spec | Format::Srpm => {}
                    }
                }
            }
        }
        Ok(artifacts)
    }

    fn makes(&self, format: Format) -> bool {
        self.request.formats.contains(&format)
    }

    fn press(&self) -> Press<'_> {
        Press {
            output: self.output,
            interrupt: self.interrupt,
            sink: self.sink,
        }
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
