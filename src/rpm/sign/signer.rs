//! What signs: a key of ours, or a program.

use super::SignError;
use super::program::Program;
use crate::build::Interrupt;
use crate::rpm::Error;
use crate::rpm::openpgp::{
    Certificate, Covers, KeyFacts, SecretKey, Signature, SigningKey, fits, misfit,
};
use crate::target::TargetName;
use std::io::{self, Read};
use std::time::{SystemTime, UNIX_EPOCH};

/// What signs packages for a target, judged for it.
#[derive(Debug)]
pub struct Signer {
    target: TargetName,
    with: With,
}

#[derive(Debug)]
enum With {
    Key(Box<SigningKey>),
    Program(Box<Program>),
}

/// The key of a file whose signatures the target's rpm verifies: the primary key where both it and
/// a subkey would do, because every rpm knows that one.
///
/// # Errors
/// When there is none, with the reason for each key.
pub fn choose_key(key: &SecretKey, target: TargetName) -> Result<KeyFacts, SignError> {
    let keys = key.certificate().keys();
    let mut good = fits(&keys, target.profile(), now()).peekable();
    if good.peek().is_none() {
        return Err(unfit(&keys, target));
    }
    let all: Vec<&KeyFacts> = good.collect();
    match all.iter().find(|facts| key.has(&facts.fingerprint)) {
        Some(facts) => Ok((*facts).clone()),
        None => Err(SignError::NoSecret {
            keys: all.iter().map(|facts| facts.id.clone()).collect(),
            target,
        }),
    }
}

impl Signer {
    /// A key that [`choose_key`] chose.
    pub fn with_key(key: SigningKey, target: TargetName) -> Self {
        Signer {
            target,
            with: With::Key(Box::new(key)),
        }
    }

    /// A program: a command line that gets the bytes on stdin and gives a detached signature on
    /// stdout. With the public key its signatures are verified; without it they are judged by what
    /// they say of themselves.
    ///
    /// # Errors
    /// When it is no command line, or no key of the certificate is one that the target's rpm
    /// verifies.
    pub fn with_program(
        command: &str,
        certificate: Option<Certificate>,
        target: TargetName,
    ) -> Result<Self, SignError> {
        if let Some(certificate) = &certificate {
            let keys = certificate.keys();
            if fits(&keys, target.profile(), now()).next().is_none() {
                return Err(unfit(&keys, target));
            }
        }
        Ok(Signer {
            target,
            with: With::Program(Box::new(Program::new(command, certificate)?)),
        })
    }

    /// The target that it signs for.
    pub fn target(&self) -> TargetName {
        self.target
    }

    /// The public key that its signatures are held against, where it is known.
    pub fn certificate(&self) -> Option<&Certificate> {
        match &self.with {
            With::Key(key) => Some(key.certificate()),
            With::Program(program) => program.certificate(),
        }
    }

    /// The id of the key that signs, or the program, for people.
    pub fn name(&self) -> String {
        match &self.with {
            With::Key(key) => format!("key {}", key.facts().id),
            With::Program(program) => format!("`{}`", program.name()),
        }
    }

    /// The fingerprint of the key that signs. Nobody but a program knows which key it signs with.
    pub fn fingerprint(&self) -> Option<&str> {
        match &self.with {
            With::Key(key) => Some(&key.facts().fingerprint),
            With::Program(_) => None,
        }
    }

    /// A detached signature over a file that is no package, armoured: repositories have one of
    /// `repomd.xml`. `time` is that of the signature, in seconds since 1970.
    ///
    /// # Errors
    /// When the key or the program does not sign.
    pub fn sign_detached(
        &self,
        file: &str,
        bytes: &[u8],
        time: u32,
        interrupt: &Interrupt,
    ) -> Result<String, Error> {
        let data = || -> io::Result<Box<dyn Read + Send>> {
            Ok(Box::new(io::Cursor::new(bytes.to_vec())))
        };
        let job = Job {
            file,
            signs: Signs::File,
            time,
            data: &data,
        };
        let signature = self.sign(&job, interrupt)?;
        if let Some(certificate) = self.certificate()
            && !signature.is_good(certificate, || Some(io::Cursor::new(bytes.to_vec())))
        {
            let file = file.to_owned();
            return Err(SignError::NotVerified { file }.into());
        }
        let armoured = signature.armoured();
        armoured.map_err(|what| Error::Internal { what })
    }

    /// Signs bytes, which are read as often as they are asked for; `time` is the build's.
    pub(super) fn sign(&self, job: &Job<'_>, interrupt: &Interrupt) -> Result<Signature, Error> {
        match &self.with {
            With::Key(key) => {
                let data = job.open()?;
                key.sign(data, job.time).map_err(|what| {
                    let id = key.facts().id.clone();
                    SignError::Key { id, what }.into()
                })
            }
            With::Program(program) => program.sign(job, self.target, interrupt),
        }
    }
}

/// What is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signs {
    /// A part of a package.
    Package(Covers),
    /// Another file, as a whole.
    File,
}

impl Signs {
    /// The word for a program that signs.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Signs::Package(Covers::Header) => "header",
            Signs::Package(Covers::HeaderAndPayload) => "header-and-payload",
            Signs::File => "file",
        }
    }
}

/// One thing to sign.
pub(super) struct Job<'a> {
    /// The file, for messages.
    pub(super) file: &'a str,
    /// What is signed.
    pub(super) signs: Signs,
    /// When the package was built, in seconds since 1970.
    pub(super) time: u32,
    /// The bytes, from the first one on each time.
    pub(super) data: &'a dyn Fn() -> io::Result<Box<dyn Read + Send>>,
}

impl Job<'_> {
    pub(super) fn open(&self) -> Result<Box<dyn Read + Send>, Error> {
        (self.data)().map_err(|source| Error::Read {
            file: self.file.to_owned(),
            source,
        })
    }
}

/// Why none of these keys will do.
pub(super) fn unfit(keys: &[KeyFacts], target: TargetName) -> SignError {
    let profile = target.profile();
    let reasons = keys.iter().filter_map(|key| {
        let why = misfit(key, profile, now())?;
        Some((key.id.clone(), why))
    });
    SignError::Unfit {
        target,
        reasons: reasons.collect(),
    }
}

/// Seconds since 1970: keys expire by the clock, whatever time a package is built for.
pub(super) fn now() -> u32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u32::try_from(since.as_secs()).unwrap_or(u32::MAX)
    })
}
