//! Who looks at a payload while it streams by.

use super::FileEntry;
use std::io;

/// Sees the content of the regular files that it asks for, in the order of the payload. An error
/// ends the reading.
pub trait Visit {
    /// A file begins, of this many bytes; whether its content is wanted. `at` is its place in the
    /// file list.
    fn begin(&mut self, at: usize, file: &FileEntry<'_>, size: u64) -> bool;

    /// The next bytes of the file.
    ///
    /// # Errors
    /// When they cannot be kept.
    fn content(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// The file is whole; its SHA-256, where that is the digest of the package's files.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn end(&mut self, sha256: Option<&str>) -> io::Result<()>;

    /// In the place of all of these: a file of this digest was read before in the run. Whether
    /// what was seen of it then is known.
    fn known(&mut self, _at: usize, _file: &FileEntry<'_>, _size: u64, _sha256: &str) -> bool {
        false
    }
}

/// Wants nothing.
pub(super) struct Nobody;

impl Visit for Nobody {
    fn begin(&mut self, _: usize, _: &FileEntry<'_>, _: u64) -> bool {
        false
    }

    fn content(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self, _: Option<&str>) -> io::Result<()> {
        Ok(())
    }
}
