//! Signing with a program: a command line that gets the bytes on stdin and answers with a detached
//! OpenPGP signature on stdout, which is judged before it gets anywhere.

use super::SignError;
use super::signer::{Job, now, unfit};
use crate::build::{Interrupt, ending, run_filter};
use crate::project::shown_program;
use crate::rpm::Error;
use crate::rpm::openpgp::{Certificate, Signature, misfit};
use crate::target::TargetName;
use std::fmt;
use std::process::Command;

/// The hashes that every rpm knows and every policy takes.
const HASHES: [&str; 2] = ["SHA256", "SHA512"];

/// A program that signs.
pub(super) struct Program {
    program: String,
    arguments: Vec<String>,
    certificate: Option<Certificate>,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Program({}, …)", self.name())
    }
}

impl Program {
    /// Splits a command line as a shell does; no shell runs it.
    pub(super) fn new(command: &str, certificate: Option<Certificate>) -> Result<Self, SignError> {
        let mut words = shlex::split(command).unwrap_or_default().into_iter();
        let Some(program) = words.next() else {
            return Err(SignError::CommandSyntax);
        };
        Ok(Program {
            program,
            arguments: words.collect(),
            certificate,
        })
    }

    /// The program, for people.
    pub(super) fn name(&self) -> String {
        shown_program(self.program.as_ref())
    }

    pub(super) fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// Runs it once.
    pub(super) fn sign(
        &self,
        job: &Job<'_>,
        target: TargetName,
        interrupt: &Interrupt,
    ) -> Result<Signature, Error> {
        let failed = |what: String| SignError::Program {
            program: self.name(),
            what,
        };
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env("AMBOT_TARGET", target.as_str())
            .env("AMBOT_RPM", job.file)
            .env("AMBOT_SIGNS", job.signs.as_str());
        let ran = run_filter(&mut command, job.open()?, interrupt);
        let (status, said) = ran.map_err(|error| match error {
            crate::build::Error::Interrupted { signal } => Error::Interrupted { signal },
            crate::build::Error::Start { source, .. } => {
                failed(format!("cannot be started: {source}")).into()
            }
            other => failed(format!("failed: {other}")).into(),
        })?;
        if !status.success() {
            return Err(failed(format!("ended with {}", ending(status))).into());
        }
        let read = Signature::read(&said);
        let signature = read.map_err(|what| failed(format!("gave {what} on stdout")))?;
        self.judge(&signature, target)?;
        let is_good = |certificate| signature.is_good(certificate, || job.open().ok());
        if !self.certificate.as_ref().is_none_or(is_good) {
            let what = "gave a signature that is not over the bytes it was given".to_owned();
            return Err(failed(what).into());
        }
        Ok(signature)
    }

    /// Whether the target's rpm would call it good, as far as can be known.
    fn judge(&self, signature: &Signature, target: TargetName) -> Result<(), SignError> {
        let profile = target.profile();
        let refused = |what: String| {
            Err(SignError::Program {
                program: self.name(),
                what,
            })
        };
        let Some(id) = signature.key_id() else {
            return refused("gave a signature that names no key".to_owned());
        };
        if !signature.is_binary() || !signature.is_v4() {
            return refused(
                "gave a signature of another kind than rpm reads (version 4, of binary data)"
                    .to_owned(),
            );
        }
        let hash = signature.hash();
        if !HASHES.contains(&hash.as_str()) {
            return refused(format!(
                "gave a signature with {hash}, and only SHA-256 and SHA-512 are good everywhere"
            ));
        }
        let known = &profile.signature_algorithms.value;
        if !signature
            .algorithm()
            .is_some_and(|own| known.contains(&own))
        {
            return refused(format!(
                "gave a signature of {}, which rpm {} of {} does not verify",
                signature.algorithm_name(),
                profile.rpm.value,
                profile.title
            ));
        }
        let Some(certificate) = &self.certificate else {
            return Ok(());
        };
        let keys = certificate.keys();
        let Some(key) = keys.iter().find(|key| key.id == id) else {
            return refused(format!(
                "signed with key {id}, which the public key does not have"
            ));
        };
        if misfit(key, profile, now()).is_some() {
            return Err(unfit(std::slice::from_ref(key), target));
        }
        Ok(())
    }
}
