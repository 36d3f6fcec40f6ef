//! What holds the binaries: one build for all targets of a package, and the next package's build
//! while this one's RPMs are written.

use super::attest::facts;
use super::check::CheckedPackage;
use super::debuginfo::Workshop;
use super::package::{Outcome, Run};
use super::plans::{Making, build_request, parts};
use super::press::{Batch, Press};
use super::record::Records;
use super::{Artifact, Error, Format, PlannedRpm, ahead, tarball};
use crate::build::{self, Built, HeadStart, Started};
use crate::lint::Levels;
use crate::package::{Caretaker, PlanSet, assemble_all};
use crate::report::{Plain, Sink};
use crate::rpm::Signer;
use camino::{Utf8Path, Utf8PathBuf};
use std::time::SystemTime;
use tracing::debug_span;

/// What is made of one package, planned.
#[derive(Default)]
struct Planned<'a> {
    rpms: Vec<Batch<'a>>,
    archives: Vec<PlanSet>,
}

impl Run<'_> {
    /// Builds and packages; `first` is a build that was started before all of this was known.
    pub(super) fn built(
        &self,
        mut first: Option<HeadStart>,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let packages = &self.checked.packages;
        let requests: Vec<build::Request> = packages
            .iter()
            .enumerate()
            .map(|(at, package)| build::Request {
                beside: at > 0,
                ..build_request(package, self.checked, self.request)
            })
            .collect();
        let target_directory = &self.checked.workspace.target_directory;
        let mut workshop = Workshop::new(target_directory);
        let records = Records::new(target_directory, self.request.force);
        let mut start = |at: usize| -> Option<Result<Started<'_>, build::Error>> {
            let request = requests.get(at)?;
            let _toolchain = debug_span!("toolchain").entered();
            Some(build::start(
                request,
                first.take(),
                self.interrupt,
                self.sink,
            ))
        };
        let mut next = start(0);
        for (at, package) in packages.iter().enumerate() {
            let Some(started) = next.take().or_else(|| start(at)) else {
                break;
            };
            let made = self.wait(at, started).and_then(|built| {
                outcome.builds.extend(facts(package, &built, self.request));
                let planned = self.plan(package, &self.signers[at], &built, &mut workshop)?;
                let apart = |other: &&build::Request| are_apart(&requests[at], other);
                let is_free = requests.get(at + 1).filter(apart).is_some()
                    && self.is_safe_from_builds(&planned, &built, &workshop);
                // Its error, if it has one, is told when it is its turn.
                if is_free {
                    next = start(at + 1);
                }
                if self.request.dry_run {
                    outcome.planned.extend(self.preview(&planned));
                    return Ok(Vec::new());
                }
                self.press(package, &planned, &mut workshop, &records, next.is_some())
            });
            match made {
                Ok(artifacts) => outcome.made(package, artifacts),
                Err(error) => outcome.fail(self.request, package, error, self.sink)?,
            }
        }
        Ok(())
    }

    /// Waits for a build.
    fn wait(
        &self,
        at: usize,
        started: Result<Started<'_>, build::Error>,
    ) -> Result<Vec<Built>, Error> {
        let started = started?;
        if at == 0 {
            ahead::keep(self.request, self.checked, started.command_line());
        }
        if !started.was_ahead() {
            self.sink.release();
        }
        let built = debug_span!("build").in_scope(|| started.finish());
        self.sink.release();
        Ok(built?)
    }

    /// Whether a build may run while these plans are packaged: it writes to none of their files but,
    /// maybe, the programs, and to no terminal on which a program asks for a passphrase.
    fn is_safe_from_builds(
        &self,
        planned: &Planned<'_>,
        built: &[Built],
        workshop: &Workshop,
    ) -> bool {
        let folders = built.iter().flat_map(|built| &built.out_dirs);
        let folders = folders.chain([&self.checked.workspace.target_directory]);
        let folders: Vec<&Utf8PathBuf> = folders.collect();
        let programs = built.iter().flat_map(|built| &built.binaries);
        let programs: Vec<&Utf8Path> = programs.map(|binary| binary.path.as_path()).collect();
        let may_be_written = |path: &Utf8Path| {
            !programs.contains(&path)
                && !workshop.has(path)
                && folders.iter().any(|folder| path.starts_with(folder))
        };
        let sets = planned.rpms.iter().map(|batch| &batch.plans);
        let plans = sets.chain(&planned.archives).flat_map(|set| set.iter());
        let mut files = plans.flat_map(|plan| &plan.files);
        let is_written = files.any(|file| file.kind.source_path().is_some_and(may_be_written));
        let mut signers = planned.rpms.iter().filter_map(|batch| batch.signer);
        !is_written && signers.all(|signer| signer.fingerprint().is_some())
    }

    /// What would be made.
    fn preview(&self, planned: &Planned<'_>) -> Vec<PlannedRpm> {
        let plans = planned.rpms.iter().flat_map(|batch| batch.plans.iter());
        let plans = plans.map(|plan| PlannedRpm {
            path: self.output.path_of(plan),
            plan: plan.clone(),
        });
        plans.collect()
    }

    /// The plans of a package for its targets.
    fn plan<'a>(
        &'a self,
        package: &CheckedPackage,
        signers: &'a [Option<Signer>],
        built: &[Built],
        workshop: &mut Workshop,
    ) -> Result<Planned<'a>, Error> {
        let mut planned = Planned::default();
        for ((target, built), signer) in package.targets.iter().zip(built).zip(signers) {
            let _plan = debug_span!("package", target = %target.target).entered();
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
                planned.rpms.push(Batch {
                    plans: plans(Caretaker::Scriptlets)?,
                    levels: Levels::new(&target.parts[0].settings.lints)?,
                    signer: signer.as_ref(),
                });
            }
            if self.makes(Format::TarGz) {
                planned.archives.push(plans(Caretaker::Other)?);
            }
        }
        Ok(planned)
    }

    /// Makes what is planned of a package and is not there yet. With `beside` a build runs meanwhile.
    fn press(
        &self,
        package: &CheckedPackage,
        planned: &Planned<'_>,
        workshop: &mut Workshop,
        records: &Records,
        beside: bool,
    ) -> Result<Vec<Artifact>, Error> {
        let plain = Plain(self.sink);
        let sink: &dyn Sink = if beside { &plain } else { self.sink };
        let press = Press {
            output: self.output,
            interrupt: self.interrupt,
            sink,
        };
        // Before the first file is looked at.
        let since = SystemTime::now();
        let fresh = |batch| records.fresh(batch, workshop, |plan| self.output.path_of(plan));
        let fresh: Vec<Option<Vec<Artifact>>> =
            debug_span!("record").in_scope(|| planned.rpms.iter().map(fresh).collect());
        let batches = planned.rpms.iter().zip(&fresh);
        let stale: Vec<&Batch<'_>> = batches
            .filter(|(_, fresh)| fresh.is_none())
            .map(|(batch, _)| batch)
            .collect();
        if !stale.is_empty() || !planned.archives.is_empty() {
            workshop.make()?;
        }
        let pressed = press.write(&stale)?;
        for (batch, pressed) in stale.iter().zip(&pressed) {
            records.keep(batch, workshop, pressed, since);
        }
        let mut pressed = pressed.into_iter().map(|rpms| {
            let artifacts = rpms.into_iter().map(|rpm| Artifact {
                inputs: workshop.origins(&rpm.inputs),
                ..rpm.artifact
            });
            artifacts.collect::<Vec<_>>()
        });
        let mut rpms = fresh
            .into_iter()
            .map(|fresh| fresh.or_else(|| pressed.next()).unwrap_or_default());
        let mut archives = planned.archives.iter();
        let mut artifacts = Vec::new();
        // As they were asked for, target by target.
        for _ in &package.targets {
            for format in &self.request.formats {
                match format {
                    Format::Rpm => artifacts.extend(rpms.next().unwrap_or_default()),
                    Format::TarGz => {
                        if let Some(plans) = archives.next() {
                            let made = tarball::make(plans, self.output, self.interrupt, sink)?;
                            artifacts.extend(made);
                        }
                    }
                    Format::Spec | Format::Srpm => {}
                }
            }
        }
        Ok(artifacts)
    }

    fn makes(&self, format: Format) -> bool {
        self.request.formats.contains(&format)
    }
}

/// Whether one build leaves alone what another has made, so that this can be read meanwhile.
fn are_apart(one: &build::Request, other: &build::Request) -> bool {
    let shared = |bin| other.bins.contains(bin);
    !one.bins.iter().any(shared)
}
