//! From checked packages to RPMs, archives and sources under their final names.

use super::attest::{self, AttestRequest, attest};
use super::check::{Checked, CheckedPackage, CheckedTarget};
use super::claims::{claim, counts};
use super::output::{MadeFolders, Output};
use super::signing::{Keys, SignRequest};
use super::sources::Sources;
use super::unpublished::Unpublished;
use super::{Error, Format, Request, ahead, check, elsewhere, names};
use crate::attest::{BuildFacts, Surroundings};
use crate::build::{self, Interrupt};
use crate::package::{ManagedUnit, Nevra, Plan};
use crate::project;
use crate::report::{Diagnose, Failure, Held, Sink};
use crate::rpm::openpgp::{Signature, SignatureCheck};
use crate::rpm::{Input, Signer};
use crate::target::{GlibcVersion, TargetName};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use tracing::debug_span;

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
    /// Whether RPMs are made anew that are there and would become the same.
    pub force: bool,
    /// Whether what is wrong with one package keeps the others from being made.
    pub keep_going: bool,
    /// What is said of what is made.
    pub attest: AttestRequest,
    /// Whether RPMs are planned and not made: programs are built for it.
    pub dry_run: bool,
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was made.
    pub artifacts: Vec<Artifact>,
    /// The packages that were not, with how; why was said when it came up. None but with
    /// [`PackageRequest::keep_going`].
    pub failed: Vec<(String, Failure)>,
    /// What would be made, in a dry run.
    pub planned: Vec<PlannedRpm>,
    /// How programs were built.
    pub builds: Vec<BuildFacts>,
    /// What was found around the run, where that is asked for.
    pub surroundings: Option<Surroundings>,
}

/// An RPM that would be made.
#[derive(Clone, Debug)]
pub struct PlannedRpm {
    /// Where it would lie.
    pub path: Utf8PathBuf,
    /// All that would be in it.
    pub plan: Plan,
}

impl Outcome {
    /// Adds what was made of a package.
    pub(super) fn made(
        &mut self,
        package: &CheckedPackage,
        artifacts: impl IntoIterator<Item = Artifact>,
    ) {
        let name = &package.project.package.name;
        self.artifacts
            .extend(artifacts.into_iter().map(|made| Artifact {
                package: name.clone(),
                warnings: package.warnings(made.target),
                ..made
            }));
    }

    /// Goes on without a package, where that is asked for.
    ///
    /// # Errors
    /// What is wrong with the package, where it ends the run.
    pub(super) fn fail(
        &mut self,
        request: &PackageRequest,
        package: &CheckedPackage,
        error: Error,
        sink: &dyn Sink,
    ) -> Result<(), Error> {
        let failure = error.failure();
        if !request.keep_going || matches!(failure, Failure::Signal(_)) {
            return Err(error);
        }
        sink.diagnostic(&error.diagnostic());
        let name = &package.project.package.name;
        // One that fails in two forms fails once.
        if !self.failed.iter().any(|(known, _)| known == name) {
            self.failed.push((name.clone(), failure));
        }
        Ok(())
    }
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
    /// The package of cargo's that it is made of.
    pub package: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// The highest glibc that its programs ask for.
    pub glibc: Option<String>,
    /// How many warnings the check had of it.
    pub warnings: usize,
    /// The time that it is dated with, in seconds since 1970.
    pub time: u32,
    /// The files that an RPM was made from; programs as they were built. None of other forms.
    pub inputs: Vec<Input>,
    /// Its units.
    pub units: Vec<ManagedUnit>,
    /// Its signatures, verified where the public key is known.
    pub signatures: Vec<PackageSignature>,
    /// The files that were written beside it and that it needs, as a spec does.
    pub sources: Vec<Utf8PathBuf>,
    /// Whether it was there already, and making it anew would have made the same.
    pub fresh: bool,
    /// The file that says what it was made from, where one was asked for.
    pub provenance: Option<Utf8PathBuf>,
    /// The file that says which crates are in it, where one was asked for.
    pub sbom: Option<Utf8PathBuf>,
}

/// A signature of what was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageSignature {
    /// The tag that it stands under.
    pub tag: u32,
    /// The id of the key that made it, in hexadecimal.
    pub key_id: Option<String>,
    /// What the key's algorithm is called.
    pub algorithm: Option<String>,
    /// The hash: `SHA256`.
    pub hash: Option<String>,
    /// When it was made, in seconds since 1970.
    pub created: Option<u32>,
    /// Whether it was held against the public key, and is good.
    pub verified: bool,
}

impl PackageSignature {
    pub(super) fn of(check: &SignatureCheck) -> Self {
        let signature = check.signature.as_ref();
        PackageSignature {
            tag: check.tag,
            key_id: signature.and_then(Signature::key_id),
            algorithm: signature.map(Signature::algorithm_name),
            hash: signature.map(Signature::hash),
            created: signature.and_then(Signature::created),
            verified: check.result.is_good(),
        }
    }
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
) -> Result<Outcome, Error> {
    let epoch = request.source_date_epoch.as_deref();
    let epoch = epoch.map(project::source_date_epoch).transpose()?;
    elsewhere::check_signing(request, sink)?;
    let held = Held::new(sink);
    let sink: &dyn Sink = &held;
    let first_build = ahead::start(request, sink);
    if first_build.is_some() {
        held.hold();
    }
    let mut checked = check(&request.project, sink)?;
    elsewhere::check(&checked, request, sink)?;
    let arch = build::Arch::of_run(request.triple.as_deref())?;
    names::look(
        &mut checked,
        &request.project.names,
        Some(arch),
        interrupt,
        sink,
    )?;
    let mut outcome = Outcome::default();
    let mut sound = Vec::new();
    for package in checked.packages {
        match package.say(sink, false) {
            Ok(()) => sound.push(package),
            Err(error) => outcome.fail(request, &package, error, sink)?,
        }
    }
    checked.packages = sound;
    let output = Output::new(
        request.output.as_deref(),
        &checked.workspace.target_directory,
        &counts(&checked, &request.formats),
    )?;
    let paths = claim(&checked, &output, request)?;
    attest::check(&checked, request)?;
    let unpublished = Unpublished::of(&checked, request.sign.as_ref());
    unpublished.refuse_contents(&checked)?;
    let mut folders = MadeFolders::default();
    if !request.dry_run {
        folders.make(&paths)?;
    }
    // Before minutes of building, too: what a target does not verify is not signed with.
    let signers = signers(&checked, request, interrupt, sink)?;
    let run = Run {
        checked: &checked,
        request,
        output: &output,
        signers: &signers,
        unpublished: &unpublished,
        epoch,
        interrupt,
        sink: &held,
    };
    if request.formats.iter().any(|format| !format.is_built()) {
        run.sources(&mut outcome)?;
    }
    if request.formats.iter().any(|format| format.is_built()) {
        run.built(first_build, &mut outcome)?;
    }
    debug_span!("attest").in_scope(|| attest(&checked, request, &mut outcome))?;
    Ok(outcome)
}

/// What a run has in hand before anything is made.
pub(super) struct Run<'a> {
    pub(super) checked: &'a Checked,
    pub(super) request: &'a PackageRequest,
    pub(super) output: &'a Output,
    /// For each target of each package.
    pub(super) signers: &'a [Vec<Option<Signer>>],
    pub(super) unpublished: &'a Unpublished,
    pub(super) epoch: Option<u32>,
    pub(super) interrupt: &'a Interrupt,
    pub(super) sink: &'a Held<'a>,
}

impl Run<'_> {
    /// What others build from: the way ends before the build.
    fn sources(&self, outcome: &mut Outcome) -> Result<(), Error> {
        let mut sources = Sources::new(
            self.checked,
            self.request,
            self.output,
            self.epoch,
            self.interrupt,
            self.sink,
        )?;
        sources.refuse(self.unpublished)?;
        for (package, signers) in self.checked.packages.iter().zip(self.signers) {
            let targets = package.targets.iter().zip(signers);
            let made = targets
                .map(|(target, signer)| sources.make(package, target, signer.as_ref()))
                .collect::<Result<Vec<_>, _>>();
            match made {
                Ok(made) => outcome.made(package, made.into_iter().flatten()),
                Err(error) => outcome.fail(self.request, package, error, self.sink)?,
            }
        }
        Ok(())
    }
}

/// For each target of each package what signs it.
fn signers(
    checked: &Checked,
    request: &PackageRequest,
    interrupt: &Interrupt,
    sink: &dyn Sink,
) -> Result<Vec<Vec<Option<Signer>>>, Error> {
    let wanted = request.sign.as_ref().filter(|_| !request.dry_run);
    let mut keys = wanted.map(|sign| Keys::new(sign, interrupt));
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
            package: String::new(),
            sha256: String::new(),
            glibc: glibc(plan),
            warnings: 0,
            time: plan.time,
            inputs: Vec::new(),
            nevra: plan.nevra.clone(),
            suffix: plan.suffix.clone(),
            target: plan.target,
            size: 0,
            units: plan.units.clone(),
            signatures: Vec::new(),
            sources: Vec::new(),
            fresh: false,
            provenance: None,
            sbom: None,
        }
    }
}

/// The highest version of glibc's symbols that is required.
fn glibc(plan: &Plan) -> Option<String> {
    let names = plan
        .dependencies
        .requires
        .iter()
        .map(|one| one.name.as_str());
    let versions = names.filter_map(|name| name.split_once("(GLIBC_")?.1.split_once(')'));
    let versions = versions.filter_map(|(version, _)| version.parse::<GlibcVersion>().ok());
    versions.max().map(|version| version.to_string())
}

pub(super) fn file_name(path: &Utf8Path) -> &str {
    path.file_name().unwrap_or_default()
}
