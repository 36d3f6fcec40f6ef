//! gzip: one member (RFC 1952) whose blocks end at a byte and know nothing of each other.

use super::{Block, Container, Encoder};
use crate::rpm::Error;
use crc32fast::Hasher as Crc32;
use flate2::{Compress, FlushCompress, Status};

/// Bytes that a block costs less than a fifth of a hundredth of at level 9, on ELF files.
pub(super) const BLOCK: usize = 1 << 20;
/// An empty block with fixed codes and the mark of the last one (RFC 1951, 3.2.3).
const LAST_BLOCK: [u8; 2] = [0x03, 0x00];

/// Raw deflate, each block ended by a full flush, which ends at a byte and forgets the window.
pub(super) struct GzipEncoder {
    deflate: Compress,
}

impl GzipEncoder {
    pub(super) fn new(level: u8) -> Self {
        let level = flate2::Compression::new(u32::from(level.clamp(1, 9)));
        GzipEncoder {
            deflate: Compress::new(level, false),
        }
    }
}

impl Encoder for GzipEncoder {
    fn encode(&mut self, raw: &[u8]) -> Result<Block, Error> {
        self.deflate.reset();
        // Bytes that do not compress are stored, with five bytes more for every 16 KiB.
        let mut bytes = Vec::with_capacity(raw.len() / 2 + 1024);
        loop {
            // Never beyond raw.len(), which is a usize.
            let done = self.deflate.total_in() as usize;
            let status = self
                .deflate
                .compress_vec(&raw[done..], &mut bytes, FlushCompress::Full)
                .map_err(|error| Error::Internal {
                    what: format!("deflate: {error}"),
                })?;
            let all_in = self.deflate.total_in() as usize == raw.len();
            if all_in && bytes.len() < bytes.capacity() {
                break;
            }
            if status == Status::StreamEnd {
                return Err(Error::Internal {
                    what: "deflate ended before its input did".into(),
                });
            }
            bytes.reserve(raw.len() / 4 + 1024);
        }
        Ok(Block::new(bytes, raw))
    }
}

/// One gzip member (RFC 1952) around all blocks.
pub(super) struct GzipContainer {
    level: u8,
    crc: Crc32,
    raw_length: u64,
}

impl GzipContainer {
    pub(super) fn new(level: u8) -> Self {
        GzipContainer {
            level,
            crc: Crc32::new(),
            raw_length: 0,
        }
    }
}

impl Container for GzipContainer {
    fn head(&self) -> Vec<u8> {
        let slowest_or_fastest = match self.level {
            9.. => 2,
            0..=1 => 4,
            _ => 0,
        };
        const DEFLATE: u8 = 8;
        const UNIX: u8 = 3;
        let no_mtime = [0; 4];
        [
            &[0x1f, 0x8b, DEFLATE, 0][..],
            &no_mtime,
            &[slowest_or_fastest, UNIX],
        ]
        .concat()
    }

    fn join(&mut self, block: &Block) {
        let length = block.raw_length as u64;
        let crc = Crc32::new_with_initial_len(block.crc, length);
        self.crc.combine(&crc);
        self.raw_length += length;
    }

    fn tail(&self) -> Vec<u8> {
        let length_modulo_4_gib = self.raw_length as u32;
        [
            &LAST_BLOCK[..],
            &self.crc.clone().finalize().to_le_bytes(),
            &length_modulo_4_gib.to_le_bytes(),
        ]
        .concat()
    }
}
