//! Compressors, seen as blocks: each block is compressed alone, on any thread, and the blocks are
//! joined in order into one stream that every rpm reads.
//!
//! A compressor is an [`Encoder`], which knows one block, and a [`Container`], which knows what
//! comes before, between and after them. Neither knows files, threads or the other blocks' bytes.

use super::Error;
use crate::package::Compression;
use crc32fast::Hasher as Crc32;
use flate2::{Compress, FlushCompress, Status};

/// A compressed block and what its container needs to know of it.
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    pub(super) raw_length: usize,
    /// CRC-32 of the raw bytes.
    crc: Crc32,
}

/// Compresses blocks, each without knowledge of those before: the same bytes in, the same out.
pub(super) trait Encoder {
    fn encode(&mut self, raw: &[u8]) -> Result<Block, Error>;
}

/// Joins blocks in order.
pub(super) trait Container {
    /// What comes before the first block.
    fn head(&self) -> Vec<u8>;
    /// Takes note of a block that is written next.
    fn join(&mut self, block: &Block);
    /// What comes after the last block.
    fn tail(&self) -> Vec<u8>;
}

/// `PAYLOADCOMPRESSOR` and `PAYLOADFLAGS`.
pub(super) fn tags(compression: Compression) -> (&'static str, String) {
    match compression {
        Compression::Gzip(level) => ("gzip", level.to_string()),
    }
}

pub(super) fn encoder(compression: Compression) -> Box<dyn Encoder> {
    match compression {
        Compression::Gzip(level) => Box::new(GzipEncoder::new(level)),
    }
}

pub(super) fn container(compression: Compression) -> Box<dyn Container> {
    match compression {
        Compression::Gzip(level) => Box::new(GzipContainer {
            level,
            crc: Crc32::new(),
            raw_length: 0,
        }),
    }
}

/// Raw deflate, each block ended by a full flush, which ends at a byte and forgets the window.
struct GzipEncoder {
    deflate: Compress,
}

impl GzipEncoder {
    fn new(level: u8) -> Self {
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
        let mut crc = Crc32::new();
        crc.update(raw);
        Ok(Block {
            bytes,
            raw_length: raw.len(),
            crc,
        })
    }
}

/// One gzip member (RFC 1952) around all blocks.
struct GzipContainer {
    level: u8,
    crc: Crc32,
    raw_length: u64,
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
        self.crc.combine(&block.crc);
        self.raw_length += block.raw_length as u64;
    }

    fn tail(&self) -> Vec<u8> {
        // An empty block with fixed codes and the mark of the last one (RFC 1951, 3.2.3).
        const LAST_BLOCK: [u8; 2] = [0x03, 0x00];
        let length_modulo_4_gib = self.raw_length as u32;
        [
            &LAST_BLOCK[..],
            &self.crc.clone().finalize().to_le_bytes(),
            &length_modulo_4_gib.to_le_bytes(),
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpm::fixture::noise;
    use flate2::read::GzDecoder;
    use std::io::Read;

    /// Joins blocks of `raw` and gives the stream.
    fn gzip(level: u8, blocks: &[&[u8]]) -> Vec<u8> {
        let compression = Compression::Gzip(level);
        let mut container = container(compression);
        let mut encoder = encoder(compression);
        let mut stream = container.head();
        for raw in blocks {
            let block = encoder.encode(raw).unwrap();
            container.join(&block);
            stream.extend(block.bytes);
        }
        stream.extend(container.tail());
        stream
    }

    #[test]
    fn blocks_join_to_one_member_that_a_plain_reader_takes_whole() {
        let data = noise(300_000);
        for level in [1, 6, 9] {
            let stream = gzip(level, &[&data[..100_000], b"", &data[100_000..]]);
            let mut back = Vec::new();
            let mut decoder = GzDecoder::new(stream.as_slice());
            decoder.read_to_end(&mut back).unwrap();
            assert!(back == data, "level {level}");
            assert!(decoder.into_inner().is_empty(), "bytes after the member");
        }
        assert!(!gzip(9, &[]).is_empty());
    }

    #[test]
    fn a_block_is_the_same_whatever_was_compressed_before() {
        let (a, b) = (noise(70_000), vec![7; 70_000]);
        let mut used = encoder(Compression::Gzip(9));
        used.encode(&b).unwrap();
        let after = used.encode(&a).unwrap().bytes;
        let fresh = encoder(Compression::Gzip(9)).encode(&a).unwrap().bytes;
        assert!(after == fresh);
    }

    #[test]
    fn bytes_that_do_not_compress_grow_by_little() {
        let mut state = 1_u64;
        let random: Vec<u8> = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        })
        .take(1 << 20)
        .collect();
        let bytes = encoder(Compression::Gzip(9)).encode(&random).unwrap().bytes;
        assert!(bytes.len() < random.len() + random.len() / 100);
    }
}
