//! What stands around the blocks of a payload: the head of the stream, and the tail that says what
//! the blocks were.

use super::blocks::{Facts, damaged};
use crc32fast::Hasher as Crc32;
use std::io;

/// A stream's header with CRC-32 as check (The .xz File Format, 2.1.1).
pub(super) const XZ_HEAD: [u8; 12] = [
    0xfd, b'7', b'z', b'X', b'Z', 0, 0, 1, 0x69, 0x22, 0xde, 0x36,
];

/// The container of one kind, with what it was told of the blocks.
pub(super) enum Around {
    Gzip { crc: Crc32, length: u64 },
    Xz(Vec<Facts>),
    Zstd,
}

impl Around {
    /// For a `PAYLOADCOMPRESSOR`.
    pub(super) fn of(compressor: &str) -> io::Result<Self> {
        match compressor {
            "gzip" => Ok(Around::Gzip {
                crc: Crc32::new(),
                length: 0,
            }),
            "xz" => Ok(Around::Xz(Vec::new())),
            "zstd" => Ok(Around::Zstd),
            other => Err(damaged(&format!("{other} has no blocks"))),
        }
    }

    pub(super) fn head_length(&self) -> usize {
        match self {
            Around::Gzip { .. } => 10,
            Around::Xz(_) => XZ_HEAD.len(),
            Around::Zstd => 0,
        }
    }

    /// The most bytes after so many blocks.
    pub(super) fn longest_tail(&self, blocks: usize) -> usize {
        match self {
            Around::Gzip { .. } => 10,
            // Two numbers of nine bytes a block; the rest is far less than 64.
            Around::Xz(_) => blocks * 18 + 64,
            Around::Zstd => 0,
        }
    }

    pub(super) fn check_head(&self, head: &[u8]) -> io::Result<()> {
        let is_good = match self {
            // Deflate, and no name, comment or checksum behind (RFC 1952, 2.3).
            Around::Gzip { .. } => head.starts_with(&[0x1f, 0x8b, 8, 0]),
            Around::Xz(_) => *head == XZ_HEAD,
            Around::Zstd => head.is_empty(),
        };
        match is_good {
            true => Ok(()),
            false => Err(damaged("the payload does not begin as it should")),
        }
    }

    /// Takes note of the next block.
    pub(super) fn join(&mut self, facts: Facts) {
        match self {
            Around::Gzip { crc, length } => {
                crc.combine(&Crc32::new_with_initial_len(facts.crc, facts.raw_length));
                *length += facts.raw_length;
            }
            Around::Xz(all) => all.push(facts),
            Around::Zstd => {}
        }
    }

    /// Holds the tail against the blocks.
    pub(super) fn check_tail(&self, tail: &[u8]) -> io::Result<()> {
        let is_good = match self {
            Around::Gzip { crc, length } => {
                let crc = crc.clone().finalize().to_le_bytes();
                // Modulo 4 GiB.
                let length = (*length as u32).to_le_bytes();
                *tail == *[&[0x03, 0x00][..], &crc, &length].concat()
            }
            Around::Xz(all) => is_index(tail, all).is_some(),
            Around::Zstd => tail.is_empty(),
        };
        match is_good {
            true => Ok(()),
            false => Err(damaged("the payload does not end as its blocks have it")),
        }
    }
}

/// Whether a tail is the Index of these blocks and the stream's footer (4 and 2.1.2).
fn is_index(tail: &[u8], blocks: &[Facts]) -> Option<()> {
    let (index, footer) = tail.split_at_checked(tail.len().checked_sub(12)?)?;
    let (records, crc) = index.split_at_checked(index.len().checked_sub(4)?)?;
    let [0, rest @ ..] = records else {
        return None;
    };
    let (count, mut rest) = number(rest)?;
    let mut is_good = count == blocks.len() as u64;
    for block in blocks {
        let (unpadded, after) = number(rest)?;
        let (raw, after) = number(after)?;
        is_good &= unpadded == block.unpadded && raw == block.raw_length;
        rest = after;
    }
    is_good &= rest.len() < 4 && rest.iter().all(|byte| *byte == 0);
    is_good &= records.len().is_multiple_of(4);
    is_good &= *crc == crc32fast::hash(records).to_le_bytes();
    let backward = u32::try_from(index.len() / 4 - 1).ok()?.to_le_bytes();
    let flags = [0, 1];
    let covered = [&backward[..], &flags].concat();
    let crc = crc32fast::hash(&covered).to_le_bytes();
    is_good &= *footer == *[&crc[..], &covered, b"YZ"].concat();
    is_good.then_some(())
}

/// A number of seven bits a byte (1.2), and what follows it.
pub(super) fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0;
    for (at, byte) in bytes.iter().take(9).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((number, &bytes[at + 1..]));
        }
    }
    None
}
