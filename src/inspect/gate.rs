//! The gate between a written package and its final name.

use super::contents::{Collector, Seen};
use super::describe::{Description, describe};
use super::error::Error;
use super::examine::{Examined, examined};
use super::verdict::{Refusal, judge};
use crate::build::Interrupt;
use crate::lint::Levels;
use crate::package::Plan;
use crate::rpm::openpgp::{SignatureCheck, check_file};
use crate::rpm::read::{self, Blocks, ReadRpm};
use crate::rpm::{self, Signer, Written};
use camino::Utf8PathBuf;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

/// A package that was read back and passed its verdict. There is no other way to make one, and
/// nothing else can give a package its final name.
#[derive(Debug)]
pub struct VerifiedRpm {
    written: Written,
    sha256: String,
    description: Description,
    signatures: Vec<SignatureCheck>,
}

/// What was unpacked in this run and what was seen of it, so that what several packages have in common
/// is looked at once.
#[derive(Debug, Default)]
pub struct Proven {
    blocks: read::Proven,
    seen: Arc<Seen>,
}

impl Proven {
    /// How many blocks were unpacked.
    pub fn unpacked(&self) -> usize {
        self.blocks.unpacked()
    }
}

/// How a package is read back.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// How many threads unpack.
    pub threads: NonZeroUsize,
    /// What was proven before; none where there is but one package.
    pub proven: Option<&'a Proven>,
    /// Set from outside to stop the work.
    pub interrupt: &'a Interrupt,
}

impl<'a> Options<'a> {
    /// All cores, and nothing proven before.
    pub fn new(interrupt: &'a Interrupt) -> Self {
        Options {
            threads: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            proven: None,
            interrupt,
        }
    }
}

/// Reads a written package back and judges it against its plan and its plan's target; `levels` say
/// how much each rule about units matters to the user. Where it was signed, its signatures are held
/// against the signer's public key.
///
/// # Errors
/// When it cannot be read back or is refused, or when a signal comes; the file is removed then.
pub fn verify(
    written: Written,
    plan: &Plan,
    levels: &Levels,
    signer: Option<&Signer>,
    options: &Options<'_>,
) -> Result<VerifiedRpm, Error> {
    let file = plan.nevra.file_name();
    let interrupt = options.interrupt;
    // The disk takes it while it is read back.
    let examined = thread::scope(|scope| {
        let synced = scope.spawn(|| written.sync());
        let examined = read_back(&written, &file, options);
        match synced.join() {
            Ok(Ok(sha256)) => examined.map(|examined| (examined, sha256)),
            Ok(Err(error)) => Err(examined.err().unwrap_or(error.into())),
            Err(_) => Err(examined.err().unwrap_or_else(|| {
                let what = "the thread that waits for the disk panicked".into();
                rpm::Error::Internal { what }.into()
            })),
        }
    });
    // Asked once more here, right before the package may have its name.
    if let Some(signal) = interrupt.signal() {
        return Err(rpm::Error::Interrupted { signal }.into());
    }
    let (examined, sha256) = examined?;
    let mut verdict = judge(&examined, plan.target.profile(), Some(plan), levels)?;
    let mut signatures = Vec::new();
    if let Some(signer) = signer {
        let keys = signer.certificate();
        let keys = keys.map_or(&[][..], std::slice::from_ref);
        signatures = check_file(&examined.metadata, &written.reopen()?, keys);
        verdict.refusals.extend(unsigned(&signatures, signer));
    }
    if !verdict.refusals.is_empty() {
        return Err(Error::Refused {
            file,
            target: plan.target.to_string(),
            refusals: verdict.refusals,
        });
    }
    let description = describe(&examined.metadata)?;
    Ok(VerifiedRpm {
        written,
        sha256,
        description,
        signatures,
    })
}

fn read_back(written: &Written, file: &str, options: &Options<'_>) -> Result<Examined, Error> {
    let blocks = Blocks {
        blocks: written.blocks(),
        proven: options.proven.map(|proven| &proven.blocks),
        threads: options.threads,
        interrupt: options.interrupt,
    };
    let seen = options.proven.map(|proven| Arc::clone(&proven.seen));
    let mut collector = Collector::with(seen);
    let rpm = ReadRpm::parse(written.reopen()?, file)?;
    let (metadata, payload) = rpm.verify_blocks(blocks, &mut collector);
    examined(metadata, payload, collector)
}

/// What is wrong with the signatures of a package that was signed.
fn unsigned(checks: &[SignatureCheck], signer: &Signer) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if checks.is_empty() {
        refusals.push(Refusal::not_as_planned(
            "it was signed, and has no signature",
        ));
    }
    if signer.certificate().is_some() {
        let bad = checks.iter().filter(|check| !check.result.is_good());
        refusals.extend(bad.map(|check| {
            Refusal::not_as_planned(format!(
                "the signature under its tag {} is not good",
                check.tag
            ))
        }));
    }
    refusals
}

impl VerifiedRpm {
    /// What is in it, as it was read back.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Its signatures; of a package that was signed with a known key, good ones.
    pub fn signatures(&self) -> &[SignatureCheck] {
        &self.signatures
    }

    /// The package as it was written.
    pub fn written(&self) -> &Written {
        &self.written
    }

    /// SHA-256 of the file in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The file's size in bytes.
    pub fn size(&self) -> u64 {
        self.written.size()
    }

    /// Gives the package a file name in the folder that it was written in, and gives back the path.
    /// A file of that name is replaced whole or not at all.
    ///
    /// # Errors
    /// When it cannot be renamed; the file is removed then.
    pub fn publish_as(self, file_name: &str) -> Result<Utf8PathBuf, Error> {
        Ok(self.written.persist(file_name)?)
    }
}
