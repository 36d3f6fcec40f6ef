//! What the last runs made, so that a run that has nothing to do is quick.
//!
//! Of every RPM is kept, in cargo's folder for what it builds: a digest of the program that made it
//! and of the whole plan, with the target's profile and what signed it; a stamp and the SHA-256 of
//! each file that went into it; and what the RPM itself is known by. Where all of this is as it was,
//! another run would make the same bytes, and what is there was judged when it was made.

use super::debuginfo::Workshop;
use super::package::{Artifact, PackageSignature};
use super::press::{Batch, Pressed};
use crate::disk::{self, Readers};
use crate::package::Plan;
use crate::rpm::{Imprint, Input, Signer, Stamp, hex};
use camino::{Utf8Path, Utf8PathBuf};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::{Duration, SystemTime};
use tracing::debug;

/// From when on before a record a file must have been left alone for its stamp to tell that it is
/// unchanged: as long as a tick of the coarsest clock that stamps files (FAT's).
const SETTLED: Duration = Duration::from_secs(2);

/// What is kept of an RPM.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    /// SHA-256 of all that decides on its bytes but the bytes of its inputs.
    decided: String,
    /// The moment before the first of the files was looked at.
    written: SystemTime,
    inputs: Vec<Input>,
    /// The RPM as it lay there.
    stamp: Stamp,
    imprint: Imprint,
    /// SHA-256 of the whole of it, signatures too.
    sha256: String,
    signatures: Vec<PackageSignature>,
}

/// The records of a workspace.
#[derive(Debug)]
pub(super) struct Records {
    folder: Utf8PathBuf,
    /// The program that makes the packages.
    program: String,
    /// Whether everything is made anew, whatever is there.
    anew: bool,
}

/// Where records lie below cargo's folder for what it builds.
pub(super) fn folder(target_directory: &Utf8Path) -> Utf8PathBuf {
    target_directory.join("ambot/record")
}

impl Records {
    pub(super) fn new(target_directory: &Utf8Path, anew: bool) -> Self {
        Records {
            folder: folder(target_directory),
            program: program(),
            anew,
        }
    }

    /// The RPMs of a batch as they lie there, where none has to be made anew.
    pub(super) fn fresh(
        &self,
        batch: &Batch<'_>,
        workshop: &Workshop,
        path_of: impl Fn(&Plan) -> Utf8PathBuf,
    ) -> Option<Vec<Artifact>> {
        let may_sign_otherwise = |signer: &Signer| signer.fingerprint().is_none();
        if self.anew || batch.signer.is_some_and(may_sign_otherwise) {
            return None;
        }
        let plans = batch.plans.iter();
        let fresh = plans.map(|plan| self.fresh_one(batch, plan, workshop, path_of(plan)));
        fresh.collect()
    }

    fn fresh_one(
        &self,
        batch: &Batch<'_>,
        plan: &Plan,
        workshop: &Workshop,
        path: Utf8PathBuf,
    ) -> Option<Artifact> {
        let anew = |why: &str| debug!(target = %plan.target, "makes the RPM anew: {why}");
        let file = self.file(&path)?;
        let Some(record) = read::<Record>(&file) else {
            anew("none is recorded");
            return None;
        };
        if record.decided != self.decided(batch, plan, workshop) {
            anew("its plan, what signs it or this program is another");
            return None;
        }
        let seen = match record.look_again(&path) {
            Ok(seen) => seen,
            Err(changed) => {
                anew(&format!("{changed} has changed"));
                return None;
            }
        };
        if seen != record {
            kept(&file, &seen);
        }
        Some(Artifact {
            size: seen.stamp.size(),
            sha256: seen.sha256,
            inputs: seen.inputs,
            path,
            signatures: seen.signatures,
            fresh: true,
            ..Artifact::of(super::Format::Rpm, plan)
        })
    }

    /// Keeps what was made from files that were looked at from `since` on. Where that fails, the next
    /// run only has more to do.
    pub(super) fn keep(
        &self,
        batch: &Batch<'_>,
        workshop: &Workshop,
        pressed: &[Pressed],
        since: SystemTime,
    ) {
        for (plan, pressed) in batch.plans.iter().zip(pressed) {
            let file = self.file(&pressed.artifact.path);
            let (Some(stamp), Some(file)) = (pressed.stamp, file) else {
                continue;
            };
            let record = Record {
                decided: self.decided(batch, plan, workshop),
                written: since,
                inputs: workshop.origins(&pressed.inputs),
                stamp,
                imprint: pressed.imprint.clone(),
                sha256: pressed.artifact.sha256.clone(),
                signatures: pressed.artifact.signatures.clone(),
            };
            kept(&file, &record);
        }
    }

    /// Where the record of an RPM lies: by the RPM's path, so that two of one name that lie in two
    /// folders have two.
    fn file(&self, rpm: &Utf8Path) -> Option<Utf8PathBuf> {
        let folder = super::output::folder_of(rpm).canonicalize_utf8().ok()?;
        let name = rpm.file_name()?;
        let path = short_digest(folder.join(name).as_str());
        Some(self.folder.join(format!("{name}-{path}.json")))
    }

    /// SHA-256 of all that decides on the bytes of an RPM but the bytes of its inputs, and on whether
    /// it may have its name.
    fn decided(&self, batch: &Batch<'_>, plan: &Plan, workshop: &Workshop) -> String {
        let signer = batch.signer.map(Signer::fingerprint);
        let text = format!(
            "{} {plan:?} {:?} {:?} {signer:?} {:?}",
            self.program,
            plan.target.profile(),
            batch.levels,
            workshop.parted(),
        );
        digest(&workshop.without_folder(text))
    }
}

impl Record {
    /// The record as it would be written now.
    ///
    /// # Errors
    /// The first file that has changed or is gone.
    fn look_again<'a>(&'a self, rpm: &'a Utf8Path) -> Result<Self, &'a Utf8Path> {
        let now = SystemTime::now();
        let mut seen = self.clone();
        for (input, recorded) in seen.inputs.iter_mut().zip(&self.inputs) {
            match self.look(&recorded.path, recorded.stamp) {
                Look::Unchanged => continue,
                Look::Gone => return Err(&recorded.path),
                // Of one that was not read the size is all that went into the RPM.
                Look::ReadAgain(stamp) if recorded.sha256.is_none() => input.stamp = stamp,
                Look::ReadAgain(_) => {
                    *input = Input::read(&recorded.path).map_err(|_| &*recorded.path)?;
                    if input.sha256 != recorded.sha256 {
                        return Err(&recorded.path);
                    }
                }
            }
            seen.written = now;
        }
        match self.look(rpm, self.stamp) {
            Look::Unchanged => {}
            Look::Gone => return Err(rpm),
            Look::ReadAgain(stamp) => {
                if !self.imprint.is_of(rpm).unwrap_or(false) {
                    return Err(rpm);
                }
                (seen.stamp, seen.written) = (stamp, now);
            }
        }
        Ok(seen)
    }

    fn look(&self, path: &Utf8Path, stamp: Stamp) -> Look {
        let Ok(now) = Stamp::read(path) else {
            return Look::Gone;
        };
        match now {
            _ if now.size() != stamp.size() => Look::Gone,
            _ if now == stamp && stamp.is_older(self.written, SETTLED) => Look::Unchanged,
            _ => Look::ReadAgain(now),
        }
    }
}

/// What the disk tells of a file that went into a record.
enum Look {
    Unchanged,
    /// It may be unchanged; this is its stamp now.
    ReadAgain(Stamp),
    /// It is not what it was.
    Gone,
}

/// The program by its version and, as one that is still being worked on keeps its version, by the
/// file that runs.
fn program() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let file = std::env::current_exe().and_then(Stamp::read);
    format!("{version} {:?}", file.ok())
}

/// What was kept in a file, where it is there and of this version.
pub(super) fn read<T: DeserializeOwned>(file: &Utf8Path) -> Option<T> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

/// Keeps something in a file, whole or not at all, for its owner alone. A record that cannot be kept
/// makes the next run slower and nothing else, so nobody is told.
pub(super) fn kept(file: &Utf8Path, value: &impl Serialize) {
    let keep = || disk::write(file, &serde_json::to_vec(value)?, Readers::Owner);
    let _ = keep();
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// Enough of a digest to tell a few names apart.
pub(super) fn short_digest(text: &str) -> String {
    digest(text).chars().take(16).collect()
}
