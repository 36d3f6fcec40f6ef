//! Compressors, seen as blocks: each block is compressed alone, on any thread, and the blocks are
//! joined in order into one stream that every rpm reads.
//!
//! A compressor is an [`Encoder`], which knows one block, and a [`Container`], which knows what
//! comes before, between and after them. Neither knows files, threads or the other blocks' bytes.

mod deflate;
mod gzip;
mod xz;
mod zstd;

use super::Error;
use crate::package::Compression;

/// A compressed block and what its container needs to know of it.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    pub(super) raw_length: usize,
    /// CRC-32 of the raw bytes.
    crc: u32,
    /// Bytes without the padding at the end, which the containers of xz count apart.
    unpadded: usize,
}

impl Block {
    fn new(bytes: Vec<u8>, raw: &[u8]) -> Self {
        Block {
            unpadded: bytes.len(),
            bytes,
            raw_length: raw.len(),
            crc: crc32fast::hash(raw),
        }
    }
}

/// Compresses blocks, each without knowledge of those before: the same bytes in, the same out.
pub(super) trait Encoder: Send {
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

/// The longest block in bytes. The longer, the smaller the payload, and the more memory it takes
/// and the fewer cores have something to do.
pub(super) fn block_size(compression: Compression) -> usize {
    match compression {
        Compression::Gzip(_) => gzip::BLOCK,
        Compression::Xz(level) => xz::block_size(level),
        Compression::Zstd(level) => zstd::block_size(level),
    }
}

pub(super) fn encoder(compression: Compression) -> Result<Box<dyn Encoder>, Error> {
    Ok(match compression {
        Compression::Gzip(level) => Box::new(gzip::GzipEncoder::new(level)),
        Compression::Xz(level) => Box::new(xz::XzEncoder::new(level)),
        Compression::Zstd(level) => Box::new(zstd::ZstdEncoder::new(level)?),
    })
}

pub(super) fn container(compression: Compression) -> Box<dyn Container> {
    match compression {
        Compression::Gzip(level) => Box::new(gzip::GzipContainer::new(level)),
        Compression::Xz(_) => Box::new(xz::XzContainer::default()),
        Compression::Zstd(_) => Box::new(zstd::ZstdContainer),
    }
}

fn internal(what: impl std::fmt::Display) -> Error {
    Error::Internal {
        what: format!("compressing: {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpm::fixture::noise;
    use std::io::Read;

    const ALL: [Compression; 9] = [
        Compression::Gzip(1),
        Compression::Gzip(6),
        Compression::Gzip(9),
        Compression::Xz(0),
        Compression::Xz(2),
        Compression::Xz(6),
        Compression::Zstd(1),
        Compression::Zstd(3),
        Compression::Zstd(19),
    ];

    /// Joins blocks and gives the stream.
    fn stream(compression: Compression, blocks: &[&[u8]]) -> Vec<u8> {
        let mut container = container(compression);
        let mut encoder = encoder(compression).unwrap();
        let mut stream = container.head();
        for raw in blocks {
            let block = encoder.encode(raw).unwrap();
            assert_eq!(block.raw_length, raw.len());
            container.join(&block);
            stream.extend(block.bytes);
        }
        stream.extend(container.tail());
        stream
    }

    /// Reads one stream, and no second behind it.
    fn unpacked(compression: Compression, stream: &[u8]) -> Vec<u8> {
        let mut back = Vec::new();
        match compression {
            Compression::Gzip(_) => {
                let mut decoder = flate2::bufread::GzDecoder::new(stream);
                decoder.read_to_end(&mut back).unwrap();
                assert!(decoder.into_inner().is_empty(), "bytes after the member");
            }
            Compression::Xz(_) => {
                let mut decoder = liblzma::bufread::XzDecoder::new(stream);
                decoder.read_to_end(&mut back).unwrap();
                assert!(decoder.into_inner().is_empty(), "bytes after the stream");
            }
            Compression::Zstd(_) => back = ::zstd::decode_all(stream).unwrap(),
        }
        back
    }

    #[test]
    fn blocks_join_to_one_stream_that_a_plain_reader_takes_whole() {
        let data = noise(300_000);
        for compression in ALL {
            let stream = stream(compression, &[&data[..100_000], &[7], &data[100_000..]]);
            assert!(
                unpacked(compression, &stream) == data_with(&data),
                "{compression}"
            );
            // No frame at all is nothing to zstd, and no payload is empty.
            if compression.kind() != "zstd" {
                assert!(unpacked(compression, &self::stream(compression, &[])).is_empty());
            }
        }
    }

    fn data_with(data: &[u8]) -> Vec<u8> {
        [&data[..100_000], &[7], &data[100_000..]].concat()
    }

    #[test]
    fn a_block_is_the_same_whatever_was_compressed_before() {
        let (a, b) = (noise(70_000), vec![7; 70_000]);
        for compression in ALL {
            let mut used = encoder(compression).unwrap();
            used.encode(&b).unwrap();
            let after = used.encode(&a).unwrap().bytes;
            let fresh = encoder(compression).unwrap().encode(&a).unwrap().bytes;
            assert!(after == fresh, "{compression}");
        }
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
        for compression in ALL {
            let stream = stream(compression, &[&random]);
            // The fastest gzip has one code for all, whatever the bytes are.
            let part = if compression == Compression::Gzip(1) {
                15
            } else {
                100
            };
            assert!(
                stream.len() < random.len() + random.len() / part,
                "{compression}"
            );
            assert!(unpacked(compression, &stream) == random, "{compression}");
        }
    }

    #[test]
    fn what_is_long_and_empty_needs_large_numbers() {
        let zeroes = vec![0; 3 << 20];
        for compression in ALL {
            let stream = stream(compression, &[&zeroes, &zeroes[..1]]);
            assert_eq!(unpacked(compression, &stream).len(), zeroes.len() + 1);
        }
    }
}
