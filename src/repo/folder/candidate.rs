//! An RPM that is to be in a repository, read to its end.

use super::Error;
use crate::build::Interrupt;
use crate::inspect;
use crate::repo::regular;
use crate::repo::repodata::{Entry, FileFacts, describe};
use crate::rpm::read::{Identity, Metadata, ReadRpm};
use crate::rpm::{hex, visible};
use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Write};
use std::time::{SystemTime, UNIX_EPOCH};

/// A file that was found to be a sound RPM.
#[derive(Debug)]
pub struct Candidate {
    /// Where it lies now.
    pub path: Utf8PathBuf,
    /// SHA-256 of the whole file in hexadecimal.
    pub digest: String,
    size: u64,
    modified: SystemTime,
    metadata: Metadata,
}

impl Candidate {
    /// Reads a file to its end and judges it as `inspect` does.
    ///
    /// # Errors
    /// When it cannot be read, is no RPM or a damaged one, or is called by what can be no file name.
    pub fn read(path: &Utf8Path) -> Result<Self, Error> {
        let unreadable = |source| Error::Read {
            path: path.to_owned(),
            source,
        };
        let file = regular::open(path).map_err(unreadable)?;
        let facts = file.metadata().map_err(unreadable)?;
        // What is judged has this digest, whatever becomes of the file meanwhile.
        let mut input = Digested::new(file);
        let rpm = ReadRpm::parse(&mut input, path.as_str())?;
        inspect::whole(rpm.metadata(), facts.len())?;
        let examined = inspect::examine(rpm)?;
        if let Some(refusal) = inspect::soundness(&examined).into_iter().next() {
            return Err(Error::DamagedRpm {
                path: path.to_owned(),
                what: refusal.text,
                help: refusal.help,
            });
        }
        let (digest, size) = input.finish().map_err(unreadable)?;
        if size != facts.len() {
            return Err(Error::Changed {
                path: path.to_owned(),
            });
        }
        let candidate = Candidate {
            path: path.to_owned(),
            digest,
            size,
            modified: facts.modified().map_err(unreadable)?,
            metadata: examined.metadata,
        };
        match file_name_problem(&candidate.identity()) {
            Some(what) => Err(candidate.undescribed(what)),
            None => Ok(candidate),
        }
    }

    /// What it is called.
    pub fn identity(&self) -> Identity {
        self.metadata.identity()
    }

    /// When the file was last changed; a copy keeps it.
    pub(super) fn modified(&self) -> SystemTime {
        self.modified
    }

    /// The name of the file in a repository.
    pub(super) fn file_name(&self) -> String {
        let Identity {
            name,
            version,
            release,
            arch,
            ..
        } = self.identity();
        format!("{name}-{version}-{release}.{arch}.rpm")
    }

    /// As the metadata have it, where it is to lie.
    pub(super) fn entry(&self, href: &str) -> Result<Entry, Error> {
        let facts = FileFacts {
            digest: self.digest.clone(),
            size: self.size,
            time: seconds(self.modified),
            href: href.to_owned(),
        };
        describe(&self.metadata, &facts).map_err(|what| self.undescribed(what))
    }

    fn undescribed(&self, what: String) -> Error {
        Error::Undescribed {
            path: self.path.clone(),
            what,
        }
    }
}

/// A file, and the digest of what was read of it.
struct Digested {
    file: File,
    digest: Sha256,
    length: u64,
}

impl Digested {
    fn new(file: File) -> Self {
        Digested {
            file,
            digest: Sha256::new(),
            length: 0,
        }
    }

    /// Reads what is left; SHA-256 of all in hexadecimal, and how many bytes it was.
    fn finish(mut self) -> io::Result<(String, u64)> {
        io::copy(&mut self, &mut io::sink())?;
        Ok((hex(&self.digest.finalize()), self.length))
    }
}

impl Read for Digested {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.digest.update(&buffer[..length]);
        self.length += length as u64;
        Ok(length)
    }
}

/// Seconds since 1970.
pub(super) fn seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// Why a package cannot give its file a name; anyone may have made it.
fn file_name_problem(identity: &Identity) -> Option<String> {
    let Identity {
        name,
        version,
        release,
        arch,
        ..
    } = identity;
    let parts = [
        ("name", name),
        ("version", version),
        ("release", release),
        ("architecture", arch),
    ];
    let bad = |text: &str| {
        let is_bad = |character: char| character == '/' || character.is_control();
        text.is_empty() || text.starts_with('.') || text.contains(is_bad)
    };
    let (what, text) = parts.into_iter().find(|(_, text)| bad(text))?;
    Some(format!("its {what} is `{}`", visible(text)))
}

/// The SHA-256 of all that is left of a file, which is copied on the way.
pub(super) fn digest_of(
    mut file: impl Read,
    copy: &mut dyn Write,
    interrupt: Option<&Interrupt>,
) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        if interrupt.is_some_and(|interrupt| interrupt.signal().is_some()) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hex(&digest.finalize())),
            Ok(length) => {
                digest.update(&buffer[..length]);
                copy.write_all(&buffer[..length])?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
