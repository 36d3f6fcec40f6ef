//! gzip: one member (RFC 1952) whose blocks end at a byte and know nothing of each other.

use super::{Block, Container, Encoder, deflate, internal};
use crate::rpm::Error;
use crc32fast::Hasher as Crc32;
use libdeflater::{CompressionLvl, Compressor};

/// Bytes that a block costs less than a fifth of a hundredth of at level 9, on ELF files.
pub(super) const BLOCK: usize = 1 << 20;
/// An empty block with fixed codes and the mark of the last one (RFC 1951, 3.2.3).
const LAST_BLOCK: [u8; 2] = [0x03, 0x00];

/// Raw deflate, each block a stream of its own whose end is opened for the next.
pub(super) struct GzipEncoder {
    deflate: Compressor,
}

impl GzipEncoder {
    /// A level gives about the size that gzip(1) gives at it, or less, in a third of its time.
    pub(super) fn new(level: u8) -> Self {
        let level = CompressionLvl::new(i32::from(level.clamp(1, 9)));
        GzipEncoder {
            deflate: Compressor::new(level.unwrap_or_default()),
        }
    }
}

impl Encoder for GzipEncoder {
    fn encode(&mut self, raw: &[u8]) -> Result<Block, Error> {
        let mut bytes = vec![0; self.deflate.deflate_compress_bound(raw.len())];
        let length = self.deflate.deflate_compress(raw, &mut bytes);
        bytes.truncate(length.map_err(internal)?);
        deflate::open_end(&mut bytes).map_err(internal)?;
        bytes.shrink_to_fit();
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
