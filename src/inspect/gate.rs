//! The gate between a written package and its final name.

use super::describe::{Description, describe};
use super::error::Error;
use super::examine::examine;
use super::verdict::{Refusal, judge};
use crate::build::Interrupt;
use crate::lint::Levels;
use crate::package::Plan;
use crate::report::Sink;
use crate::rpm::openpgp::{SignatureCheck, check_file};
use crate::rpm::read::ReadRpm;
use crate::rpm::{self, Signer, Written};
use camino::Utf8PathBuf;
use std::io::{self, Read};

/// A package that was read back and passed its verdict. There is no other way to make one, and
/// nothing else can give a package its final name.
#[derive(Debug)]
pub struct VerifiedRpm {
    written: Written,
    description: Description,
    signatures: Vec<SignatureCheck>,
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
    interrupt: &Interrupt,
    sink: &dyn Sink,
) -> Result<VerifiedRpm, Error> {
    let file = plan.nevra.file_name();
    sink.status("Verifying", &file);
    let input = Interruptible {
        input: written.reopen()?,
        interrupt,
    };
    let examined = ReadRpm::parse(input, &file)
        .map_err(Error::from)
        .and_then(examine);
    // Asked once more here, right before the package may have its name.
    if let Some(signal) = interrupt.signal() {
        return Err(rpm::Error::Interrupted { signal }.into());
    }
    let examined = examined?;
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
        description,
        signatures,
    })
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

/// A file whose reading ends when a signal comes, at the next chunk.
struct Interruptible<'a, R> {
    input: R,
    interrupt: &'a Interrupt,
}

impl<R: Read> Read for Interruptible<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.interrupt.signal() {
            // Not `ErrorKind::Interrupted`, after which readers try again.
            Some(signal) => Err(io::Error::other(format!("interrupted by signal {signal}"))),
            None => self.input.read(buffer),
        }
    }
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
