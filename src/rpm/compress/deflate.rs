//! Where the blocks of a deflate stream end (RFC 1951), so that streams can be joined to one.
//!
//! A compressor that is given a piece as a whole marks the last block of its stream as the last one
//! of all. The mark is a bit at the head of that block, and only who has followed every code before
//! it knows where that is. Nothing is decoded here but lengths: no byte of output is made. The stream
//! comes from a compressor of ours; one that is none is an error all the same, and never a panic.

/// Takes the mark of the last block away and appends an empty stored one, which ends at a byte: what
/// a full flush of the whole piece would have given.
///
/// # Errors
/// What is wrong with the stream, which then is none.
pub(super) fn open_end(stream: &mut Vec<u8>) -> Result<(), &'static str> {
    let (head, end) = last_block(stream)?;
    stream[head / 8] &= !(1 << (head % 8));
    stream.truncate(end.div_ceil(8));
    // The three bits of a stored block's head are zeros, as the rest of a last byte is.
    if end % 8 == 0 || end % 8 > 5 {
        stream.push(0);
    }
    stream.extend([0, 0, 0xff, 0xff]);
    Ok(())
}

/// The bit at which the last block begins, and the bit behind it.
fn last_block(stream: &[u8]) -> Result<(usize, usize), &'static str> {
    let mut bits = Bits {
        bytes: stream,
        next: 0,
        buffer: 0,
        count: 0,
    };
    let mut tables = Tables::default();
    loop {
        let head = bits.place();
        bits.refill();
        let is_last = bits.take(1) == 1;
        match bits.take(2) {
            0 => bits.skip_stored()?,
            1 => {
                tables.fix()?;
                tables.follow(&mut bits)?;
            }
            2 => {
                tables.read(&mut bits)?;
                tables.follow(&mut bits)?;
            }
            _ => return Err("a block of no known kind"),
        }
        if bits.place() > stream.len() * 8 {
            return Err("a stream that ends in the middle");
        }
        if is_last {
            return Ok((head, bits.place()));
        }
    }
}

/// Bits, the lowest of each byte first. Behind the end there are zeros; who asks for the place sees
/// that it lies beyond.
struct Bits<'a> {
    bytes: &'a [u8],
    /// The first byte that is not in the buffer.
    next: usize,
    buffer: u64,
    /// Bits in the buffer.
    count: u32,
}

impl Bits<'_> {
    /// The bit that comes next.
    fn place(&self) -> usize {
        self.next * 8 - self.count as usize
    }

    /// At least 56 bits in the buffer.
    fn refill(&mut self) {
        let word = match self.bytes.get(self.next..self.next + 8) {
            Some(bytes) => bytes.try_into().map(u64::from_le_bytes).unwrap_or(0),
            None => {
                let mut padded = [0; 8];
                let left = self.bytes.get(self.next..).unwrap_or_default();
                padded[..left.len()].copy_from_slice(left);
                u64::from_le_bytes(padded)
            }
        };
        self.buffer |= word << self.count;
        let whole = (63 - self.count) / 8;
        self.next += whole as usize;
        self.count += whole * 8;
    }

    /// The next bits, of which a refill has seen to it that there are enough.
    fn take(&mut self, count: u32) -> usize {
        let bits = self.buffer & ((1 << count) - 1);
        self.skip(count);
        bits as usize
    }

    fn skip(&mut self, count: impl Into<u32>) {
        let count = count.into();
        self.buffer >>= count;
        self.count -= count;
    }

    /// A stored block from behind its head on: padding, its length twice, its bytes.
    fn skip_stored(&mut self) -> Result<(), &'static str> {
        let at = self.place().div_ceil(8);
        let Some(&[low, high, ..]) = self.bytes.get(at..at + 4) else {
            return Err("a stored block without a length");
        };
        let length = usize::from(u16::from_le_bytes([low, high]));
        (self.next, self.buffer, self.count) = (at + 4 + length, 0, 0);
        Ok(())
    }
}

/// The longest code of a symbol, in bits.
const LONGEST: usize = 15;
/// Where literals end: the end of a block, and from there on lengths.
const END_OF_BLOCK: usize = 256;
/// The extra bits of each length from 257 on.
const LENGTH_BITS: [u8; 29] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
/// The extra bits of each distance.
const DISTANCE_BITS: [u8; 30] = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
];
/// The order in which the lengths of the codes for lengths come.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// What a code stands for, as far as it bears on what comes next.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    /// No code.
    #[default]
    None,
    Literal,
    End,
    Match,
}

#[derive(Clone, Copy, Default)]
struct Entry {
    kind: Kind,
    /// Bits of the code and behind it.
    bits: u8,
}

/// The codes of a block, looked up by as many bits as the longest has.
#[derive(Default)]
struct Tables {
    symbols: Table,
    distances: Table,
}

impl Tables {
    /// The fixed codes.
    fn fix(&mut self) -> Result<(), &'static str> {
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        self.symbols.fill(&lengths, symbol)?;
        self.distances.fill(&[5; 30], distance)
    }

    /// The codes that stand at the head of a block.
    fn read(&mut self, bits: &mut Bits<'_>) -> Result<(), &'static str> {
        bits.refill();
        let symbols = bits.take(5) + 257;
        let distances = bits.take(5) + 1;
        let mut lengths = [0; ORDER.len()];
        let given = bits.take(4) + 4;
        for place in &ORDER[..given] {
            bits.refill();
            lengths[*place] = bits.take(3) as u8;
        }
        let codes = Codes::of(&lengths)?;
        let mut lengths = [0; 286 + 2 + 32];
        let mut at = 0;
        while at < symbols + distances {
            bits.refill();
            let (symbol, length) = codes.find(bits.buffer).ok_or("no code for a length")?;
            bits.skip(length);
            let (value, times) = match symbol {
                16 if at == 0 => return Err("a length that repeats none"),
                16 => (lengths[at - 1], 3 + bits.take(2)),
                17 => (0, 3 + bits.take(3)),
                18 => (0, 11 + bits.take(7)),
                length => (length as u8, 1),
            };
            let run = lengths.get_mut(at..at + times).ok_or("too many lengths")?;
            run.fill(value);
            at += times;
        }
        self.symbols.fill(&lengths[..symbols], symbol)?;
        let distances = &lengths[symbols..symbols + distances];
        self.distances.fill(distances, distance)
    }

    /// Goes to the end of a block.
    fn follow(&self, bits: &mut Bits<'_>) -> Result<(), &'static str> {
        // Behind the end there are zeros, which may be codes too.
        let end = bits.bytes.len() + 16;
        while bits.next <= end {
            bits.refill();
            let mut entry = self.symbols.at(bits.buffer);
            bits.skip(entry.bits);
            // Most symbols are literals, and three of the longest fit.
            for _ in 0..2 {
                if entry.kind == Kind::Literal {
                    entry = self.symbols.at(bits.buffer);
                    bits.skip(entry.bits);
                }
            }
            match entry.kind {
                Kind::Literal => {}
                Kind::Match => {
                    bits.refill();
                    let distance = self.distances.at(bits.buffer);
                    if distance.kind == Kind::None {
                        return Err("no code for a distance");
                    }
                    bits.skip(distance.bits);
                }
                Kind::End => return Ok(()),
                Kind::None => return Err("no code for a symbol"),
            }
        }
        Err("a stream that ends in the middle")
    }
}

fn symbol(symbol: usize) -> (Kind, u8) {
    match symbol {
        0..END_OF_BLOCK => (Kind::Literal, 0),
        END_OF_BLOCK => (Kind::End, 0),
        length => match LENGTH_BITS.get(length - END_OF_BLOCK - 1) {
            Some(extra) => (Kind::Match, *extra),
            None => (Kind::None, 0),
        },
    }
}

fn distance(distance: usize) -> (Kind, u8) {
    match DISTANCE_BITS.get(distance) {
        Some(extra) => (Kind::Match, *extra),
        None => (Kind::None, 0),
    }
}

/// What each sequence of bits begins with.
struct Table {
    /// As many as the longest code needs; of a constant length, so that no look into them is checked.
    entries: Box<[Entry; 1 << LONGEST]>,
    mask: usize,
}

impl Default for Table {
    fn default() -> Self {
        Table {
            entries: Box::new([Entry::default(); 1 << LONGEST]),
            mask: 0,
        }
    }
}

impl Table {
    fn at(&self, bits: u64) -> Entry {
        self.entries[bits as usize & self.mask & ((1 << LONGEST) - 1)]
    }

    fn fill(&mut self, lengths: &[u8], of: fn(usize) -> (Kind, u8)) -> Result<(), &'static str> {
        let mut next = first_codes(lengths)?;
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let size = 1 << longest;
        self.mask = size - 1;
        self.entries[..size].fill(Entry::default());
        for (symbol, &length) in lengths
            .iter()
            .enumerate()
            .filter(|(_, length)| **length > 0)
        {
            let code = next[usize::from(length)];
            next[usize::from(length)] += 1;
            let (kind, extra) = of(symbol);
            let entry = Entry {
                kind,
                bits: length + extra,
            };
            let first = reversed(code, length);
            for at in (first..size).step_by(1 << length) {
                self.entries[at] = entry;
            }
        }
        Ok(())
    }
}

/// The few codes by which lengths are written, the shortest first.
struct Codes(Vec<(u8, usize, usize)>);

impl Codes {
    fn of(lengths: &[u8]) -> Result<Self, &'static str> {
        let mut next = first_codes(lengths)?;
        let mut codes = Vec::new();
        for (symbol, &length) in lengths
            .iter()
            .enumerate()
            .filter(|(_, length)| **length > 0)
        {
            codes.push((length, reversed(next[usize::from(length)], length), symbol));
            next[usize::from(length)] += 1;
        }
        codes.sort_unstable();
        Ok(Codes(codes))
    }

    /// The symbol that bits begin with, and the length of its code.
    fn find(&self, bits: u64) -> Option<(usize, u8)> {
        let begins =
            |(length, code, _): &&(u8, usize, usize)| bits as usize & ((1 << length) - 1) == *code;
        let found = self.0.iter().find(begins)?;
        Some((found.2, found.0))
    }
}

/// The first code of each length (RFC 1951, 3.2.2).
fn first_codes(lengths: &[u8]) -> Result<[usize; LONGEST + 1], &'static str> {
    let mut counts = [0; LONGEST + 1];
    for &length in lengths.iter().filter(|length| **length > 0) {
        *counts
            .get_mut(usize::from(length))
            .ok_or("too long a code")? += 1;
    }
    let mut next = [0; LONGEST + 1];
    let mut code = 0;
    for length in 1..=LONGEST {
        code = (code + counts[length - 1]) << 1;
        next[length] = code;
        if code + counts[length] > 1 << length {
            return Err("more codes than there are");
        }
    }
    Ok(next)
}

/// A code as it stands in the stream: from its highest bit on.
fn reversed(code: usize, length: u8) -> usize {
    code.reverse_bits() >> (usize::BITS - u32::from(length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compress, Decompress, FlushCompress, FlushDecompress};
    use proptest::prelude::*;

    /// What is unpacked from several streams and the end of all.
    fn unpacked(streams: &[Vec<u8>], length: usize) -> Vec<u8> {
        let joined = [&streams.concat()[..], &[3, 0]].concat();
        let mut out = Vec::with_capacity(length + 1);
        let mut inflate = Decompress::new(false);
        let status = inflate.decompress_vec(&joined, &mut out, FlushDecompress::Finish);
        assert_eq!(status.unwrap(), flate2::Status::StreamEnd);
        assert_eq!(inflate.total_in() as usize, joined.len());
        out
    }

    /// Bytes as files have them: runs of the same, of text, and of noise.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..3000),
            prop::collection::vec(97_u8..105, 0..20_000),
            (any::<u8>(), 0_usize..70_000).prop_map(|(byte, length)| vec![byte; length]),
        ];
        prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]
        /// Two compressors that know nothing of each other, and a third that unpacks.
        #[test]
        fn streams_are_joined_to_one(all in prop::collection::vec(bytes(), 1..4), level in 1..=12) {
            let level = libdeflater::CompressionLvl::new(level).unwrap();
            let mut compressor = libdeflater::Compressor::new(level);
            let mut streams = Vec::new();
            for raw in &all {
                let mut stream = vec![0; compressor.deflate_compress_bound(raw.len())];
                let length = compressor.deflate_compress(raw, &mut stream).unwrap();
                stream.truncate(length);
                open_end(&mut stream).unwrap();
                streams.push(stream);
                let mut theirs = Vec::with_capacity(raw.len() * 2 + 1000);
                Compress::new(flate2::Compression::new(6), false)
                    .compress_vec(raw, &mut theirs, FlushCompress::Finish)
                    .unwrap();
                open_end(&mut theirs).unwrap();
                streams.push(theirs);
            }
            let twice: Vec<u8> = all.iter().flat_map(|raw| [&raw[..], raw].concat()).collect();
            prop_assert!(unpacked(&streams, twice.len()) == twice);
        }

        #[test]
        fn what_is_no_stream_is_an_error_or_opened_and_no_panic(
            mut bytes in prop::collection::vec(any::<u8>(), 0..400),
        ) {
            let _ = open_end(&mut bytes);
        }
    }

    #[test]
    fn a_stream_that_is_cut_is_an_error() {
        let raw: Vec<u8> = (0..20_000_u32)
            .flat_map(|n| (n * n).to_le_bytes())
            .collect();
        let level = libdeflater::CompressionLvl::new(6).unwrap();
        let mut compressor = libdeflater::Compressor::new(level);
        let mut stream = vec![0; compressor.deflate_compress_bound(raw.len())];
        let length = compressor.deflate_compress(&raw, &mut stream).unwrap();
        stream.truncate(length / 2);
        assert!(open_end(&mut stream).is_err());
    }
}
