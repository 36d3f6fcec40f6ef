//! The payload on its way, compressed and raw: counted, digested, and ended where it grows beyond
//! all measure.

use super::decompress::Unpackable;
use crate::rpm::hex;
use md5::Md5;
use sha2::{Digest as _, Sha256, Sha512};
use sha3::Sha3_256;
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// What the raw payload may have beyond the files that the header lists: what follows the last
/// entry, and entries that nobody listed.
const SLACK: u64 = 16 << 20;
/// The most that one entry takes beside its body: its header, the longest name, padding.
const ENTRY: u64 = 4224;
/// From this size on a payload may unpack to [`MAX_RATIO`] times its own size at most. gzip and xz
/// stay below even on zeroes; a long run of them in zstd or bzip2 would take hours to read.
const LARGE: u64 = 1 << 30;
const MAX_RATIO: u64 = 10_000;

/// The digests of a stream, those of rpm 6 only where it is a package of its form.
pub(super) struct Digests {
    sha256: Option<Sha256>,
    newer: Option<(Sha512, Sha3_256)>,
}

/// The same, computed.
pub(super) struct Computed {
    pub(super) sha256: String,
    /// SHA-512 and SHA3-256.
    pub(super) newer: Option<(String, String)>,
}

impl Digests {
    /// `wanted`: whether SHA-256 is, and those of rpm 6.
    fn new((sha256, is_v6): (bool, bool)) -> Self {
        Digests {
            sha256: sha256.then(Sha256::new),
            newer: is_v6.then(|| (Sha512::new(), Sha3_256::default())),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(bytes);
        }
        if let Some((sha512, sha3)) = &mut self.newer {
            sha512.update(bytes);
            sha3::Digest::update(sha3, bytes);
        }
    }

    fn finish(self) -> Computed {
        let newer = self.newer.map(|(sha512, sha3)| {
            let sha3 = sha3::Digest::finalize(sha3);
            (hex(&sha512.finalize()), hex(&sha3))
        });
        Computed {
            sha256: self
                .sha256
                .map_or_else(String::new, |sha256| hex(&sha256.finalize())),
            newer,
        }
    }
}

/// The compressed payload on its way into the decoder.
pub(super) struct Compressed<R> {
    input: R,
    md5: Md5,
    digests: Digests,
    length: Rc<Cell<u64>>,
}

impl<R> Compressed<R> {
    /// `header` comes before it in what the MD5 covers.
    pub(super) fn new(input: R, header: &[u8], is_v6: bool) -> Self {
        Compressed {
            input,
            md5: Md5::new().chain_update(header),
            digests: Digests::new((true, is_v6)),
            length: Rc::default(),
        }
    }

    /// MD5, the other digests, and the bytes read so far.
    pub(super) fn finish(self) -> (String, Computed, u64) {
        let md5 = hex(&self.md5.finalize());
        (md5, self.digests.finish(), self.length.get())
    }
}

impl<R: Read> Read for Compressed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.md5.update(&buffer[..length]);
        self.digests.update(&buffer[..length]);
        self.length.set(self.length.get() + length as u64);
        Ok(length)
    }
}

/// The raw payload on its way out of the decoder.
pub(super) struct Raw<R> {
    pub(super) input: R,
    digests: Digests,
    length: u64,
    most: u64,
    compressed: Rc<Cell<u64>>,
}

impl<R> Raw<R> {
    /// `listed` are the bytes of all files of the header, of which there are `files`; `compressed`
    /// counts what the decoder has taken.
    pub(super) fn new(
        input: R,
        (listed, files): (u64, usize),
        compressed: Rc<Cell<u64>>,
        wanted: (bool, bool),
    ) -> Self {
        let entries = (files as u64).saturating_mul(ENTRY);
        Raw {
            input,
            digests: Digests::new(wanted),
            length: 0,
            most: listed.saturating_add(entries).saturating_add(SLACK),
            compressed,
        }
    }

    /// The digests and the bytes read so far.
    pub(super) fn finish(self) -> (Computed, u64) {
        (self.digests.finish(), self.length)
    }

    /// Passes over a file that is known.
    pub(super) fn pass_file(&mut self, size: u64) -> io::Result<()>
    where
        R: super::walk::Input,
    {
        self.input.pass_file()?;
        self.length += size;
        Ok(())
    }

    fn is_beyond_measure(&self) -> bool {
        let is_bomb = self.length > LARGE && self.length / MAX_RATIO > self.compressed.get();
        self.length > self.most || is_bomb
    }
}

impl<R> Compressed<R> {
    /// Counts what was read so far.
    pub(super) fn counter(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.length)
    }
}

impl<R: Read> Read for Raw<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.digests.update(&buffer[..length]);
        self.length += length as u64;
        if self.is_beyond_measure() {
            return Err(Unpackable::error(
                "its payload unpacks to far more than a package of its size can hold",
                "do not install it; ask who made it",
            ));
        }
        Ok(length)
    }
}
