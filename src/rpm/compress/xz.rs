//! xz: one stream of blocks with one Index (The .xz File Format, 1.2.1: <https://tukaani.org/xz/xz-file-format.txt>).
//!
//! liblzma makes a stream of one block; the block's data is taken out of it and gets a header that
//! says both of its sizes, as those of `xz -T` do, so that a reader with threads can use them. rpm
//! reads one stream and no second (rpm 4.11.3 and 4.14.3, `rpmio/rpmio.c`).

use super::{Block, Container, Encoder, internal};
use crate::rpm::Error;
use liblzma::stream::{Action, Check, Status, Stream};

const MAGIC: [u8; 6] = [0xfd, b'7', b'z', b'X', b'Z', 0];
const FOOTER_MAGIC: [u8; 2] = *b"YZ";
/// CRC-32 over the raw bytes of each block (2.1.1.2); RPM has digests of its own.
const FLAGS: [u8; 2] = [0, 1];
const CHECK_LENGTH: usize = 4;
/// The lengths of a stream's header and of its footer.
const EDGE: usize = 12;
const LZMA2: u8 = 0x21;
/// Both sizes are there, and one filter (3.1.2).
const BOTH_SIZES: u8 = 0xc0;

/// Three dictionaries, as `xz -T` has it, at least 1 and at most 64 MiB. The dictionaries of the
/// presets are those of xz(1).
pub(super) fn block_size(preset: u8) -> usize {
    let dictionary_log = match preset {
        0 => 18,
        1 => 20,
        2 => 21,
        3 | 4 => 22,
        5 | 6 => 23,
        7 => 24,
        8 => 25,
        _ => 26,
    };
    (3_usize << dictionary_log).clamp(1 << 20, 64 << 20)
}

pub(super) struct XzEncoder {
    preset: u32,
}

impl XzEncoder {
    pub(super) fn new(preset: u8) -> Self {
        XzEncoder {
            preset: u32::from(preset),
        }
    }
}

impl Encoder for XzEncoder {
    fn encode(&mut self, raw: &[u8]) -> Result<Block, Error> {
        let stream = stream(self.preset, raw)?;
        let (properties, data) = data_of(&stream).ok_or_else(|| internal("no block of xz"))?;
        let mut bytes = header(properties, data.len(), raw.len());
        bytes.extend_from_slice(data);
        // The check comes last, behind the padding of the data, which it does not count.
        let unpadded = bytes.len() + CHECK_LENGTH;
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        let crc = crc32fast::hash(raw);
        bytes.extend_from_slice(&crc.to_le_bytes());
        Ok(Block {
            bytes,
            raw_length: raw.len(),
            crc,
            unpadded,
        })
    }
}

/// A whole stream of one block.
fn stream(preset: u32, raw: &[u8]) -> Result<Vec<u8>, Error> {
    let mut stream = Stream::new_easy_encoder(preset, Check::None).map_err(internal)?;
    let mut bytes = Vec::with_capacity(raw.len() / 2 + 1024);
    loop {
        // Never beyond raw.len(), which is a usize.
        let rest = &raw[stream.total_in() as usize..];
        let status = stream
            .process_vec(rest, &mut bytes, Action::Finish)
            .map_err(internal)?;
        if status == Status::StreamEnd {
            return Ok(bytes);
        }
        bytes.reserve(raw.len() / 4 + 1024);
    }
}

/// The properties of the filter and the compressed data of a stream of one block without a check.
fn data_of(stream: &[u8]) -> Option<(u8, &[u8])> {
    // Two numbers in the header: the filter and the length of its properties (3.1.5, 5.3.1).
    let block = stream.get(EDGE..)?;
    let [size, 0, LZMA2, 1, properties, ..] = *block else {
        return None;
    };
    let header = (usize::from(size) + 1) * 4;
    let footer = stream.get(stream.len().checked_sub(EDGE)?..)?;
    let backward = u32::from_le_bytes(footer.get(4..8)?.try_into().ok()?);
    let index_length = (usize::try_from(backward).ok()? + 1) * 4;
    let index_start = stream.len().checked_sub(EDGE + index_length)?;
    // The Index: its mark, one record, the unpadded length of the block (4.1 to 4.3).
    let [0, 1, ref record @ ..] = *stream.get(index_start..)? else {
        return None;
    };
    let unpadded = usize::try_from(read_number(record)?).ok()?;
    Some((properties, block.get(header..unpadded)?))
}

/// A block's header (3.1).
fn header(properties: u8, compressed: usize, raw: usize) -> Vec<u8> {
    let mut header = vec![0, BOTH_SIZES];
    write_number(compressed as u64, &mut header);
    write_number(raw as u64, &mut header);
    header.extend([LZMA2, 1, properties]);
    header.resize(header.len().next_multiple_of(4), 0);
    // In units of four bytes, the CRC among them; far below 256.
    header[0] = (header.len() / 4) as u8;
    let crc = crc32fast::hash(&header);
    header.extend(crc.to_le_bytes());
    header
}

/// A number of seven bits a byte, the lowest first (1.2).
fn write_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn read_number(bytes: &[u8]) -> Option<u64> {
    let mut number = 0;
    for (at, byte) in bytes.iter().take(9).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// A stream around blocks.
#[derive(Default)]
pub(super) struct XzContainer {
    /// Per block: its unpadded length and the length of its raw bytes.
    records: Vec<(u64, u64)>,
}

impl Container for XzContainer {
    fn head(&self) -> Vec<u8> {
        let crc = crc32fast::hash(&FLAGS).to_le_bytes();
        [&MAGIC[..], &FLAGS, &crc].concat()
    }

    fn join(&mut self, block: &Block) {
        let record = (block.unpadded as u64, block.raw_length as u64);
        self.records.push(record);
    }

    fn tail(&self) -> Vec<u8> {
        let mut index = index(&self.records);
        // In units of four bytes, less one.
        let backward = (index.len() / 4 - 1) as u32;
        let mut footer = backward.to_le_bytes().to_vec();
        footer.extend(FLAGS);
        let crc = crc32fast::hash(&footer).to_le_bytes();
        index.extend(crc);
        index.extend(footer);
        index.extend(FOOTER_MAGIC);
        index
    }
}

/// The Index of blocks (4), each with its unpadded length and the length of its raw bytes.
fn index(records: &[(u64, u64)]) -> Vec<u8> {
    let mut index = vec![0];
    write_number(records.len() as u64, &mut index);
    for (unpadded, raw) in records {
        write_number(*unpadded, &mut index);
        write_number(*raw, &mut index);
    }
    index.resize(index.len().next_multiple_of(4), 0);
    let crc = crc32fast::hash(&index).to_le_bytes();
    index.extend(crc);
    index
}
