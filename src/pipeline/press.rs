//! From plans to RPMs under their final names: while one is written, the one before is read back.

use super::output::{Output, folder_of};
use super::package::{Artifact, PackageSignature, file_name};
use super::{Error, Format};
use crate::build::Interrupt;
use crate::inspect::{self, Proven, VerifiedRpm};
use crate::lint::Levels;
use crate::package::{Compression, PackageKind, Plan, PlanSet};
use crate::report::Sink;
use crate::rpm::{self, Imprint, Input, Signer, Spool, Stamp, Written};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::HashSet;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use tracing::{Span, debug, debug_span};

/// The RPMs of one package for one target, which get their names together.
pub(super) struct Batch<'a> {
    pub(super) plans: PlanSet,
    pub(super) levels: Levels,
    pub(super) signer: Option<&'a Signer>,
}

/// An RPM that has its name, and what the next run knows it by.
pub(super) struct Pressed {
    pub(super) artifact: Artifact,
    /// The files that it was made from.
    pub(super) inputs: Vec<Input>,
    pub(super) imprint: Imprint,
    /// What the disk tells of it; nothing where it is gone already.
    pub(super) stamp: Option<Stamp>,
}

/// What writes RPMs.
#[derive(Clone, Copy)]
pub(super) struct Press<'a> {
    pub(super) output: &'a Output,
    pub(super) interrupt: &'a Interrupt,
    pub(super) sink: &'a dyn Sink,
}

impl Press<'_> {
    /// Writes RPMs, signs each, has it judged, and only then gives those of a batch their names: all
    /// or none, but for a disk that fails in between. What several have in common is compressed and
    /// looked at once.
    pub(super) fn write(&self, batches: &[&Batch<'_>]) -> Result<Vec<Vec<Pressed>>, Error> {
        let (spool, proven) = (Spool::default(), Proven::default());
        let has_common = have_common_files(batches);
        let options = rpm::Options {
            spool: has_common.then_some(&spool),
            ..rpm::Options::new(self.interrupt)
        };
        let judging = inspect::Options {
            threads: options.threads,
            proven: has_common.then_some(&proven),
            interrupt: self.interrupt,
        };
        // One waits while another is judged, so few files are open at a time.
        let (send, written) = sync_channel(1);
        let around = Span::current();
        thread::scope(|scope| {
            let judged = scope.spawn(move || {
                let _around = around.entered();
                self.judge_all(batches, &written, &judging)
            });
            let sent = self.write_all(batches, &options, &send);
            drop(send);
            let judged = judged.join().map_err(|_| {
                Error::from(rpm::Error::Internal {
                    what: "the thread that reads packages back panicked".into(),
                })
            })?;
            // What was wrong with an earlier package comes first.
            judged.and_then(|pressed| sent.map(|()| pressed))
        })
    }

    fn write_all(
        &self,
        batches: &[&Batch<'_>],
        options: &rpm::Options<'_>,
        send: &SyncSender<Written>,
    ) -> Result<(), Error> {
        for batch in batches {
            for plan in batch.plans.iter() {
                let folder = folder_of(&self.output.path_of(plan));
                let (target, shape) = (&plan.target, plan.redacted());
                let _rpm = debug_span!("rpm", %target, plan = %shape).entered();
                debug!("{shape}");
                let mut written = rpm::write(plan, &folder, options, self.sink)?;
                let file = plan.nevra.file_name();
                if let Some(signer) = batch.signer {
                    let what = format!("{file} with {}", signer.name());
                    self.sink.status("Signing", &what);
                    debug_span!("sign").in_scope(|| written.sign(signer, self.interrupt))?;
                }
                self.sink.status("Verifying", &file);
                if send.send(written).is_err() {
                    // It is told by whoever listens no more.
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn judge_all(
        &self,
        batches: &[&Batch<'_>],
        written: &Receiver<Written>,
        options: &inspect::Options<'_>,
    ) -> Result<Vec<Vec<Pressed>>, Error> {
        let mut all = Vec::new();
        for batch in batches {
            let mut verified = Vec::new();
            for plan in batch.plans.iter() {
                let Ok(written) = written.recv() else {
                    // It is told by whoever sends no more.
                    return Ok(all);
                };
                let (levels, signer) = (&batch.levels, batch.signer);
                let (target, shape) = (&plan.target, plan.redacted());
                let _inspect = debug_span!("inspect", %target, plan = %shape).entered();
                let judged = inspect::verify(written, plan, levels, signer, options)?;
                verified.push((plan, judged));
            }
            let named = verified
                .into_iter()
                .map(|(plan, verified)| publish(plan, self.output.path_of(plan), verified));
            all.push(named.collect::<Result<_, _>>()?);
        }
        Ok(all)
    }
}

fn publish(plan: &Plan, path: Utf8PathBuf, verified: VerifiedRpm) -> Result<Pressed, Error> {
    let signatures = verified.signatures().iter().map(PackageSignature::of);
    let signatures = signatures.collect();
    let format = match plan.kind {
        PackageKind::Binary => Format::Rpm,
        PackageKind::Source { .. } => Format::Srpm,
    };
    let size = verified.size();
    let inputs = verified.written().inputs().to_vec();
    let sha256 = verified.sha256().to_owned();
    let imprint = verified.written().imprint()?;
    verified.publish_as(file_name(&path))?;
    Ok(Pressed {
        inputs,
        imprint,
        stamp: Stamp::read(&path).ok(),
        artifact: Artifact {
            size,
            sha256,
            path,
            signatures,
            ..Artifact::of(format, plan)
        },
    })
}

/// Whether two RPMs ship the same file, compressed in the same way.
fn have_common_files(batches: &[&Batch<'_>]) -> bool {
    let mut seen: HashSet<(Compression, &Utf8Path)> = HashSet::new();
    let plans = batches.iter().flat_map(|batch| batch.plans.iter());
    let mut files = plans.flat_map(|plan| plan.files.iter().map(move |file| (plan, file)));
    files.any(|(plan, file)| {
        let path = file.kind.source_path();
        path.is_some_and(|path| !seen.insert((plan.compression, path)))
    })
}
