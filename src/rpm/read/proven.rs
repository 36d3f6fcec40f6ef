//! What was unpacked in this run, so that it need not be unpacked again.

use super::blocks::Facts;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Blocks that were unpacked, by the SHA-256 of their compressed bytes, and files that were read
/// from them.
#[derive(Debug, Default)]
pub struct Proven {
    blocks: Mutex<HashMap<[u8; 32], Facts>>,
    /// By the digests of its blocks: the SHA-256 of a file.
    files: Mutex<HashMap<Vec<[u8; 32]>, String>>,
    unpacked: AtomicUsize,
}

impl Proven {
    /// How many blocks were unpacked.
    pub fn unpacked(&self) -> usize {
        self.unpacked.load(Ordering::Relaxed)
    }

    pub(super) fn block(&self, digest: &[u8; 32]) -> Option<Facts> {
        locked(&self.blocks).get(digest).copied()
    }

    pub(super) fn keep_block(&self, digest: [u8; 32], facts: Facts) {
        self.unpacked.fetch_add(1, Ordering::Relaxed);
        locked(&self.blocks).insert(digest, facts);
    }

    pub(super) fn file(&self, blocks: &[[u8; 32]]) -> Option<String> {
        locked(&self.files).get(blocks).cloned()
    }

    pub(super) fn keep_file(&self, blocks: Vec<[u8; 32]>, digest: &str) {
        locked(&self.files).insert(blocks, digest.to_owned());
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
