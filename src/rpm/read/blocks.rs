//! The payload of a package that was just written, block by block on all cores.
//!
//! The writer says where its blocks lie; nothing of that is believed. Each block is unpacked alone,
//! must be whole and as long as was said; what stands around the blocks is held against what was
//! unpacked; and the bytes of all must be the whole payload. So what comes out is what a reader of
//! the whole stream gets. A block whose very bytes were unpacked before in the run is not unpacked
//! again.

use super::around::Around;
use super::proven::Proven;
use super::unpack::Unpacker;
use super::walk::Input;
use crate::build::Interrupt;
use crate::rpm::{Placed, hex};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Scope;

/// A payload in blocks.
#[derive(Clone, Copy)]
pub(super) struct Payload<'a> {
    pub(super) file: &'a File,
    /// Where it begins and ends in the file.
    pub(super) start: u64,
    pub(super) end: u64,
    /// `PAYLOADCOMPRESSOR`
    pub(super) compressor: &'a str,
    pub(super) blocks: &'a [Placed],
    pub(super) proven: Option<&'a Proven>,
    pub(super) interrupt: &'a Interrupt,
}

/// What became of a block.
pub(super) struct Piece {
    /// The raw bytes; none where the block is one that was unpacked before.
    raw: Option<Vec<u8>>,
    /// What the container says of it.
    pub(super) facts: Facts,
}

/// What a container says of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) raw_length: u64,
    /// CRC-32 of the raw bytes.
    pub(super) crc: u32,
    /// Bytes without padding.
    pub(super) unpadded: u64,
}

/// The raw payload on its way out of the blocks.
pub(super) struct Blocks<'a> {
    payload: Payload<'a>,
    around: Around,
    /// One a worker: the blocks go round.
    pieces: Vec<Receiver<io::Result<Piece>>>,
    /// The block that comes next.
    next: usize,
    current: Vec<u8>,
    at: usize,
    /// Large files that need not be unpacked, by their first block: all blocks, and the digest.
    known: HashMap<usize, (Range<usize>, String)>,
    offsets: Vec<u64>,
    tail: Vec<u8>,
}

pub(super) fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

impl<'a> Blocks<'a> {
    /// Begins to unpack on threads of the scope.
    pub(super) fn start<'s>(
        scope: &'s Scope<'s, 'a>,
        payload: Payload<'a>,
        threads: usize,
    ) -> io::Result<Self> {
        let around = Around::of(payload.compressor)?;
        let mut head = vec![0; around.head_length()];
        payload.file.read_exact_at(&mut head, payload.start)?;
        around.check_head(&head)?;
        let mut offsets = Vec::with_capacity(payload.blocks.len());
        let mut at = payload.start + head.len() as u64;
        for block in payload.blocks {
            offsets.push(at);
            at += block.length as u64;
        }
        let tail = payload.end.checked_sub(at);
        let tail = tail.and_then(|length| usize::try_from(length).ok());
        let Some(tail) = tail.filter(|length| *length <= around.longest_tail(offsets.len())) else {
            return Err(damaged("the payload is longer or shorter than its blocks"));
        };
        let mut tail = vec![0; tail];
        payload.file.read_exact_at(&mut tail, at)?;
        let known = known_files(payload);
        let mut flags = vec![false; offsets.len()];
        for (range, _) in known.values() {
            flags[range.clone()].fill(true);
        }
        let mut pieces = Vec::with_capacity(threads);
        for worker in 0..threads {
            // One that is ready, while the next is under way.
            let (send, receive) = sync_channel(1);
            pieces.push(receive);
            let mine: Vec<(usize, u64, bool)> = (worker..offsets.len())
                .step_by(threads)
                .map(|index| (index, offsets[index], flags[index]))
                .collect();
            let mut unpacker = Unpacker::of(payload.compressor)?;
            scope.spawn(move || unpack_all(payload, &mine, &mut unpacker, &send));
        }
        Ok(Blocks {
            payload,
            around,
            pieces,
            next: 0,
            current: Vec::new(),
            at: 0,
            known,
            offsets,
            tail,
        })
    }

    /// Unpacks the block that was just passed over.
    fn unpack_again(&self) -> io::Result<Vec<u8>> {
        let index = self.next - 1;
        let block = &self.payload.blocks[index];
        let mut unpacker = Unpacker::of(self.payload.compressor)?;
        let at = (self.offsets[index], false);
        let piece = unpack(self.payload, block, at, &mut unpacker)?;
        piece.raw.ok_or_else(|| damaged("a block has no content"))
    }

    fn piece(&mut self) -> io::Result<Option<Piece>> {
        if self.next == self.payload.blocks.len() {
            return Ok(None);
        }
        if let Some(signal) = self.payload.interrupt.signal() {
            // Not `ErrorKind::Interrupted`, after which readers try again.
            return Err(io::Error::other(format!("interrupted by signal {signal}")));
        }
        let from = &self.pieces[self.next % self.pieces.len()];
        let piece = from
            .recv()
            .map_err(|_| io::Error::other("a thread that unpacks ended"))??;
        self.next += 1;
        self.around.join(piece.facts);
        Ok(Some(piece))
    }
}

impl Read for Blocks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.current.len() {
            let Some(piece) = self.piece()? else {
                return Ok(0);
            };
            let raw = match piece.raw {
                Some(raw) => raw,
                // It is known, but what was seen of it then is not what is asked for now.
                None => self.unpack_again()?,
            };
            (self.current, self.at) = (raw, 0);
        }
        let length = buffer.len().min(self.current.len() - self.at);
        buffer[..length].copy_from_slice(&self.current[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

impl Input for Blocks<'_> {
    fn finish(&mut self) -> io::Result<bool> {
        self.around.check_tail(&self.tail)?;
        Ok(false)
    }

    fn early_end(&mut self) -> io::Error {
        io::ErrorKind::UnexpectedEof.into()
    }

    fn known_file(&self, size: u64) -> Option<String> {
        if self.at < self.current.len() {
            return None;
        }
        let (range, digest) = self.known.get(&self.next)?;
        let blocks = &self.payload.blocks[range.clone()];
        (raw_length(blocks) == size).then(|| digest.clone())
    }

    fn pass_file(&mut self) -> io::Result<()> {
        let blocks = self.known.get(&self.next);
        let blocks = blocks.map_or(0, |(range, _)| range.len());
        for _ in 0..blocks {
            self.piece()?;
        }
        Ok(())
    }

    fn read_file(&mut self, size: u64, digest: &str) {
        let Some(proven) = self.payload.proven else {
            return;
        };
        // The blocks of the file that just ended, if it had blocks of its own.
        let all = &self.payload.blocks[..self.next];
        let Some(file) = all.last().and_then(|block| block.file) else {
            return;
        };
        if self.at < self.current.len() {
            return;
        }
        let first = all.iter().rposition(|block| block.file != Some(file));
        let blocks = &all[first.map_or(0, |index| index + 1)..];
        if raw_length(blocks) == size
            && let Some(digests) = digests(blocks)
        {
            proven.keep_file(digests, digest);
        }
    }
}

/// The raw bytes of blocks.
fn raw_length(blocks: &[Placed]) -> u64 {
    blocks.iter().map(|block| block.raw_length as u64).sum()
}

/// The digests of the compressed bytes, if all have one.
fn digests(blocks: &[Placed]) -> Option<Vec<[u8; 32]>> {
    blocks.iter().map(|block| block.digest).collect()
}

/// The large files all of whose blocks were unpacked before in the run.
fn known_files(payload: Payload<'_>) -> HashMap<usize, (Range<usize>, String)> {
    let Some(proven) = payload.proven else {
        return HashMap::new();
    };
    let mut known = HashMap::new();
    let mut start = 0;
    for group in payload.blocks.chunk_by(|a, b| a.file == b.file) {
        let range = start..start + group.len();
        start = range.end;
        if group[0].file.is_some()
            && let Some(digest) = digests(group).and_then(|digests| proven.file(&digests))
        {
            known.insert(range.start, (range, digest));
        }
    }
    known
}

/// Unpacks blocks, each with its number, its first byte and whether it is known.
fn unpack_all(
    payload: Payload<'_>,
    blocks: &[(usize, u64, bool)],
    unpacker: &mut Unpacker,
    send: &SyncSender<io::Result<Piece>>,
) {
    for (index, at, is_known) in blocks {
        let block = &payload.blocks[*index];
        let piece = unpack(payload, block, (*at, *is_known), unpacker);
        let is_last = piece.is_err();
        if send.send(piece).is_err() || is_last {
            return;
        }
    }
}

fn unpack(
    payload: Payload<'_>,
    block: &Placed,
    (at, is_known): (u64, bool),
    unpacker: &mut Unpacker,
) -> io::Result<Piece> {
    let mut bytes = vec![0; block.length];
    payload.file.read_exact_at(&mut bytes, at)?;
    let proven = payload.proven.zip(block.digest);
    if let Some((_, digest)) = proven
        && <[u8; 32]>::from(Sha256::digest(&bytes)) != digest
    {
        return Err(damaged("a block is not the one that was written"));
    }
    if let Some((proven, digest)) = proven.filter(|_| is_known)
        && let Some(facts) = proven.block(&digest)
    {
        return Ok(Piece { raw: None, facts });
    }
    let (raw, unpadded) = unpacker.unpack(&bytes, block.raw_length)?;
    if raw.len() != block.raw_length {
        return Err(damaged("a block is longer or shorter than it was written"));
    }
    let facts = Facts {
        raw_length: raw.len() as u64,
        crc: crc32fast::hash(&raw),
        unpadded,
    };
    if let Some((proven, digest)) = proven {
        proven.keep_block(digest, facts);
    }
    Ok(Piece {
        raw: Some(raw),
        facts,
    })
}

/// A digest of all compressed bytes, in hexadecimal.
pub(super) fn digest<D: Digest>(payload: &Payload<'_>, mut digest: D) -> io::Result<String> {
    let mut chunk = vec![0; 256 << 10];
    let mut at = payload.start;
    while at < payload.end {
        if payload.interrupt.signal().is_some() {
            // The walk says so.
            break;
        }
        let left = usize::try_from(payload.end - at).unwrap_or(usize::MAX);
        let want = chunk.len().min(left);
        payload.file.read_exact_at(&mut chunk[..want], at)?;
        digest.update(&chunk[..want]);
        at += want as u64;
    }
    Ok(hex(&digest.finalize()))
}
