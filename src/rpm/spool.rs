//! The spool of a run: blocks that several RPMs have in common, compressed once and written to each.
//!
//! A block is known by the SHA-256 of its raw bytes, the compressor and the level. It lies in the
//! first RPM that it was written to; the handle of that file stays open, whatever becomes of its
//! name. A file that is cut into blocks of its own is known by its path and its stamp, so that the
//! next RPM with the same compressor need not read it at all.

use super::compress::Block;
use super::inputs::Seen;
use super::stamp::Stamp;
use crate::package::Compression;
use camino::Utf8PathBuf;
use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The blocks and files of a run, for the RPMs that are still to come.
#[derive(Debug, Default)]
pub struct Spool {
    blocks: Mutex<HashMap<([u8; 32], Compression), Stored>>,
    files: Mutex<HashMap<FileKey, KnownFile>>,
    compressed: AtomicUsize,
    reused: AtomicUsize,
}

/// A compressed block that lies in an RPM.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) file: Arc<File>,
    /// Its first byte there.
    pub(super) at: u64,
    /// SHA-256 of its compressed bytes.
    pub(super) digest: [u8; 32],
    /// All but its bytes.
    pub(super) block: Block,
    pub(super) length: usize,
}

/// What tells one input of a run from all others, and how it is compressed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct FileKey {
    pub(super) path: Utf8PathBuf,
    pub(super) stamp: Stamp,
    pub(super) compression: Compression,
}

/// A file all of whose blocks are stored.
#[derive(Clone, Debug)]
pub(super) struct KnownFile {
    pub(super) seen: Seen,
    pub(super) blocks: Vec<Stored>,
}

impl Stored {
    /// The compressed bytes.
    pub(super) fn read(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; self.length];
        self.file.read_exact_at(&mut bytes, self.at)?;
        Ok(bytes)
    }
}

impl Spool {
    /// How many blocks were compressed so far, and how many were taken from an RPM of the run.
    pub fn counts(&self) -> (usize, usize) {
        let of = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        (of(&self.compressed), of(&self.reused))
    }

    pub(super) fn block(&self, raw: [u8; 32], compression: Compression) -> Option<Stored> {
        let stored = locked(&self.blocks).get(&(raw, compression)).cloned();
        let counter = match &stored {
            Some(_) => &self.reused,
            None => &self.compressed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        stored
    }

    pub(super) fn keep_block(&self, raw: [u8; 32], compression: Compression, stored: Stored) {
        locked(&self.blocks).insert((raw, compression), stored);
    }

    pub(super) fn file(&self, key: &FileKey) -> Option<KnownFile> {
        let known = locked(&self.files).get(key).cloned();
        if let Some(known) = &known {
            self.reused.fetch_add(known.blocks.len(), Ordering::Relaxed);
        }
        known
    }

    pub(super) fn keep_file(&self, key: FileKey, file: KnownFile) {
        locked(&self.files).insert(key, file);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
