//! What packages and their inputs are known again by.

use super::hex;
use super::stamp::Stamp;
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};

/// A file that a package was made from, as it was when it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Where it lies.
    pub path: Utf8PathBuf,
    /// What the disk told of it.
    pub stamp: Stamp,
    /// SHA-256 in hexadecimal; none of a file that was looked at and not read.
    pub sha256: Option<String>,
}

impl Input {
    /// A file as it is now, read whole.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(path: &Utf8Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        // Taken first: what is written from here on shows.
        let stamp = Stamp::of(&file.metadata()?);
        let sha256 = Some(sha256(&mut file, u64::MAX)?);
        Ok(Input {
            path: path.to_owned(),
            stamp,
            sha256,
        })
    }
}

/// The bytes of a package: lead and headers, and the payload, whose digest its writer knows anyway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imprint {
    /// The first byte of the payload.
    pub(super) payload_at: u64,
    /// SHA-256 of all before it, in hexadecimal.
    pub(super) front: String,
    /// SHA-256 of the compressed payload, in hexadecimal.
    pub(super) payload: String,
}

impl Imprint {
    /// Whether a file has these bytes.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn is_of(&self, path: &Utf8Path) -> io::Result<bool> {
        let mut file = File::open(path)?;
        Ok(sha256(&mut file, self.payload_at)? == self.front
            && sha256(&mut file, u64::MAX)? == self.payload)
    }
}

/// SHA-256 of the next bytes, `limit` at most.
pub(super) fn sha256(input: &mut impl Read, limit: u64) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut chunk = vec![0; 256 << 10];
    let mut input = input.take(limit);
    loop {
        match input.read(&mut chunk) {
            Ok(0) => return Ok(hex(&digest.finalize())),
            Ok(got) => digest.update(&chunk[..got]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
