//! One block of a payload, unpacked alone.

use super::around::XZ_HEAD;
use super::blocks::damaged;
use super::decompress::XZ_MEMORY;
use flate2::{Decompress, FlushDecompress, Status};
use liblzma::stream::{Action, Stream};
use std::io;
use zstd::bulk::Decompressor;

/// An empty last block of deflate (RFC 1951, 3.2.3): where a block has ended, it ends the stream.
const LAST_BLOCK: [u8; 2] = [0x03, 0x00];

/// Unpacks the blocks of one kind.
pub(super) enum Unpacker {
    Gzip(Decompress),
    Xz,
    Zstd(Box<Decompressor<'static>>),
}

impl Unpacker {
    /// For a `PAYLOADCOMPRESSOR`.
    pub(super) fn of(compressor: &str) -> io::Result<Self> {
        match compressor {
            "gzip" => Ok(Unpacker::Gzip(Decompress::new(false))),
            "xz" => Ok(Unpacker::Xz),
            "zstd" => Ok(Unpacker::Zstd(Box::new(Decompressor::new()?))),
            other => Err(damaged(&format!("{other} has no blocks"))),
        }
    }

    /// The raw bytes, and how many bytes of the block are no padding. `raw_length` is what is
    /// expected, and no more is unpacked.
    pub(super) fn unpack(&mut self, bytes: &[u8], raw_length: usize) -> io::Result<(Vec<u8>, u64)> {
        match self {
            Unpacker::Gzip(inflate) => {
                let raw = gzip(inflate, bytes, raw_length)?;
                Ok((raw, bytes.len() as u64))
            }
            Unpacker::Xz => xz(bytes, raw_length),
            Unpacker::Zstd(decoder) => {
                let raw = decoder
                    .decompress(bytes, raw_length)
                    .map_err(|error| damaged(&error.to_string()))?;
                Ok((raw, bytes.len() as u64))
            }
        }
    }
}

/// A block that needs nothing of those before it and ends at a byte.
fn gzip(inflate: &mut Decompress, bytes: &[u8], raw_length: usize) -> io::Result<Vec<u8>> {
    inflate.reset(false);
    // Some room at the end, so that a stream that goes on is seen to.
    let mut raw = Vec::with_capacity(raw_length + 64);
    let mut step = |input: &[u8], raw: &mut Vec<u8>, flush| -> io::Result<Status> {
        let before = inflate.total_in();
        let status = inflate.decompress_vec(input, raw, flush);
        let status = status.map_err(|error| damaged(&error.to_string()))?;
        // Less than the length of the input.
        match (inflate.total_in() - before) as usize == input.len() {
            true => Ok(status),
            false => Err(damaged("a block goes on after its end")),
        }
    };
    if step(bytes, &mut raw, FlushDecompress::Sync)? == Status::StreamEnd {
        return Err(damaged("the stream ends within a block"));
    }
    match step(&LAST_BLOCK, &mut raw, FlushDecompress::Finish)? {
        Status::StreamEnd => Ok(raw),
        _ => Err(damaged("a block ends too early")),
    }
}

/// A block whose header says both of its sizes, which liblzma then holds it to.
fn xz(bytes: &[u8], raw_length: usize) -> io::Result<(Vec<u8>, u64)> {
    let failed = |error: liblzma::stream::Error| damaged(&error.to_string());
    let unpadded = unpadded(bytes).ok_or_else(|| damaged("the header of a block is no such"))?;
    let mut stream = Stream::new_stream_decoder(XZ_MEMORY, 0).map_err(failed)?;
    let mut raw = Vec::with_capacity(raw_length + 64);
    for input in [&XZ_HEAD[..], bytes] {
        let start = stream.total_in();
        loop {
            // Less than the length of the input.
            let done = (stream.total_in() - start) as usize;
            if done == input.len() {
                break;
            }
            let made = stream.total_out();
            stream
                .process_vec(&input[done..], &mut raw, Action::Run)
                .map_err(failed)?;
            let is_stuck =
                (stream.total_in() - start) as usize == done && stream.total_out() == made;
            if is_stuck {
                return Err(damaged("a block is longer than it was written"));
            }
        }
    }
    Ok((raw, unpadded))
}

/// The length of a block without its padding, from its header (The .xz File Format, 3.1).
fn unpadded(bytes: &[u8]) -> Option<u64> {
    const BOTH_SIZES: u8 = 0xc0;
    const CHECK: u64 = 4;
    let [size, BOTH_SIZES, rest @ ..] = bytes else {
        return None;
    };
    let (compressed, _) = super::around::number(rest)?;
    let header = (u64::from(*size) + 1) * 4;
    let unpadded = header.checked_add(compressed)?.checked_add(CHECK)?;
    (unpadded.next_multiple_of(4) == bytes.len() as u64).then_some(unpadded)
}
