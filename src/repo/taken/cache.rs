//! What was found before, in a file for each repository.
//!
//! A file that cannot be read, or is of another version, is as good as none; one that cannot be
//! written is done without.

use super::http::Validators;
use super::{Shipped, Web};
use crate::disk::{self, Readers};
use crate::rpm::hex;
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;

const VERSION: u32 = 1;
/// The most bytes that are read of one; one of EPEL has some 100 KiB.
const MAX_SIZE: u64 = 64 << 20;

/// What is kept of a repository.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Kept {
    version: u32,
    /// The address, for people.
    url: String,
    etag: Option<String>,
    last_modified: Option<String>,
    /// When it was last known to be so, in seconds since 1970.
    pub(super) seen: u64,
    /// The filelists that it was found in: what `repomd.xml` called it.
    pub(super) filelists: String,
    pub(super) packages: Vec<Shipped>,
}

impl Kept {
    pub(super) fn new(
        url: &Web,
        validators: Validators,
        seen: u64,
        filelists: String,
        packages: Vec<Shipped>,
    ) -> Self {
        Kept {
            version: VERSION,
            // Who reads the file learns no password.
            url: url.to_string(),
            etag: validators.etag,
            last_modified: validators.last_modified,
            seen,
            filelists,
            packages,
        }
    }

    pub(super) fn validators(&self) -> Validators {
        Validators {
            etag: self.etag.clone(),
            last_modified: self.last_modified.clone(),
        }
    }

    pub(super) fn read(folder: &Utf8Path, url: &Web) -> Option<Self> {
        let path = path(folder, url);
        if fs::metadata(&path).ok()?.len() > MAX_SIZE {
            return None;
        }
        let kept: Kept = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        (kept.version == VERSION).then_some(kept)
    }

    pub(super) fn write(&self, folder: &Utf8Path, url: &Web) {
        let written = || {
            let bytes = serde_json::to_vec(self)?;
            disk::write(&path(folder, url), &bytes, Readers::Owner)
        };
        // Without it the next look fetches everything again.
        let _ = written();
    }
}

fn path(folder: &Utf8Path, url: &Web) -> Utf8PathBuf {
    let digest = hex(&Sha256::digest(url.secret()));
    folder.join(format!("{digest}.json"))
}
