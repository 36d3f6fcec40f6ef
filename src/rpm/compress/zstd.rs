//! Zstandard: a frame a block, one behind the other (RFC 8878, 3: "Zstandard compressed data is made
//! of one or more frames").

use super::{Block, Container, Encoder, internal};
use crate::rpm::Error;
use zstd::bulk::Compressor;

/// Twice to four times the window of a level, so that little is lost where a block begins.
pub(super) fn block_size(level: u8) -> usize {
    match level {
        0..=2 => 2 << 20,
        3..=9 => 4 << 20,
        10..=15 => 16 << 20,
        16..=19 => 24 << 20,
        // Windows of 32 to 128 MiB.
        _ => 64 << 20,
    }
}

pub(super) struct ZstdEncoder(Compressor<'static>);

impl ZstdEncoder {
    pub(super) fn new(level: u8) -> Result<Self, Error> {
        let compressor = Compressor::new(i32::from(level)).map_err(internal)?;
        Ok(ZstdEncoder(compressor))
    }
}

impl Encoder for ZstdEncoder {
    fn encode(&mut self, raw: &[u8]) -> Result<Block, Error> {
        let bytes = self.0.compress(raw).map_err(internal)?;
        Ok(Block::new(bytes, raw))
    }
}

/// Frames need nothing around them.
pub(super) struct ZstdContainer;

impl Container for ZstdContainer {
    fn head(&self) -> Vec<u8> {
        Vec::new()
    }

    fn join(&mut self, _: &Block) {}

    fn tail(&self) -> Vec<u8> {
        Vec::new()
    }
}
