//! How the raw payload is cut into segments that are compressed apart.
//!
//! The rule looks at the plan and its files' sizes alone, never at threads or other targets: the
//! data of every file of [`LARGE`] bytes or more is cut into pieces of one length from the file's
//! beginning, as few as the compressor's blocks allow, and everything between is glue, cut at the
//! length of a block. So two packages that ship the same large file share its segments byte for
//! byte.

use super::Error;
use super::spool::KnownFile;

/// The size in bytes from which on a file has segments of its own.
pub(super) const LARGE: u64 = 256 << 10;
/// What the length of a file's pieces is a multiple of, in bytes.
const STEP: u64 = 4096;

/// A piece of the raw payload.
#[derive(Debug)]
pub(super) enum Segment {
    /// Bytes, and the file of the layout that they are all of, where it is a large one.
    Raw(Vec<u8>, Option<usize>),
    /// A whole large file whose blocks are there already.
    Known(usize, KnownFile),
}

type Emit<'e> = &'e mut dyn FnMut(Segment) -> Result<(), Error>;

/// Takes the raw payload in pieces of any length and hands out segments.
pub(super) struct Segmenter<'e> {
    block: usize,
    /// The length at which the buffer is handed out now.
    limit: usize,
    file: Option<usize>,
    buffer: Vec<u8>,
    length: u64,
    emit: Emit<'e>,
}

impl<'e> Segmenter<'e> {
    /// `block` is the longest segment in bytes.
    pub(super) fn new(block: usize, emit: Emit<'e>) -> Self {
        Segmenter {
            block,
            limit: block,
            file: None,
            buffer: Vec::new(),
            length: 0,
            emit,
        }
    }

    /// Begins a large file of the layout: what follows, up to [`Self::end_file`], is of it.
    pub(super) fn begin_file(&mut self, file: usize, size: u64) -> Result<(), Error> {
        self.cut()?;
        self.file = Some(file);
        self.limit = piece(size, self.block);
        Ok(())
    }

    /// Ends the file.
    pub(super) fn end_file(&mut self) -> Result<(), Error> {
        self.cut()?;
        self.file = None;
        self.limit = self.block;
        Ok(())
    }

    /// Appends a whole large file whose blocks are there already.
    pub(super) fn known_file(&mut self, file: usize, known: KnownFile) -> Result<(), Error> {
        self.cut()?;
        let lengths = known.blocks.iter();
        self.length += lengths
            .map(|stored| stored.block.raw_length as u64)
            .sum::<u64>();
        (self.emit)(Segment::Known(file, known))
    }

    /// Appends bytes.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            if self.buffer.capacity() == 0 && self.file.is_some() {
                self.buffer.reserve_exact(self.limit);
            }
            let (now, later) = bytes.split_at(bytes.len().min(self.limit - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == self.limit {
                self.cut()?;
            }
        }
        Ok(())
    }

    /// Ends a segment here.
    fn cut(&mut self) -> Result<(), Error> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        self.length += self.buffer.len() as u64;
        let bytes = std::mem::take(&mut self.buffer);
        (self.emit)(Segment::Raw(bytes, self.file))
    }

    /// Ends the payload: its length in bytes.
    pub(super) fn finish(mut self) -> Result<u64, Error> {
        self.cut()?;
        Ok(self.length)
    }
}

/// The length of the pieces of a file: equal ones, so that no core waits for a long last one.
fn piece(size: u64, block: usize) -> usize {
    let block = block as u64;
    let pieces = size.div_ceil(block).max(1);
    // At most a block, which is a usize.
    size.div_ceil(pieces).next_multiple_of(STEP).min(block) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BLOCK: usize = 1 << 20;

    fn segments(pieces: &[Vec<u8>], file: Option<u64>) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        let mut emit = |segment| {
            let Segment::Raw(bytes, of) = segment else {
                panic!("nothing is known");
            };
            assert_eq!(of.is_some(), file.is_some());
            all.push(bytes);
            Ok(())
        };
        let mut segmenter = Segmenter::new(BLOCK, &mut emit);
        if let Some(size) = file {
            segmenter.begin_file(7, size).unwrap();
        }
        for piece in pieces {
            segmenter.push(piece).unwrap();
        }
        let length = segmenter.finish().unwrap();
        assert_eq!(
            length,
            pieces.iter().map(|piece| piece.len() as u64).sum::<u64>()
        );
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn nothing_is_lost_and_the_lengths_of_pieces_do_not_matter(
            length in 0..3 * BLOCK, piece in 1000..BLOCK * 2, is_file in any::<bool>(),
        ) {
            let whole = vec![3_u8; length];
            let file = is_file.then_some(length as u64);
            let pieces: Vec<Vec<u8>> = whole.chunks(piece).map(<[u8]>::to_vec).collect();
            let cut = segments(&pieces, file);
            prop_assert!(cut.concat() == whole);
            prop_assert!(cut.iter().all(|s| !s.is_empty() && s.len() <= BLOCK));
            prop_assert!(cut == segments(&[whole], file));
            prop_assert_eq!(cut.len(), length.div_ceil(BLOCK));
        }
    }

    #[test]
    fn a_file_is_cut_into_equal_pieces() {
        assert_eq!(piece(300_000, BLOCK), 303_104);
        assert_eq!(piece(1 << 20, BLOCK), 1 << 20);
        assert_eq!(piece((1 << 20) + 1, BLOCK), 528_384);
        assert_eq!(piece(u64::from(u32::MAX), BLOCK), 1 << 20);
    }

    #[test]
    fn a_file_has_segments_of_its_own() {
        let mut lengths = Vec::new();
        let mut emit = |segment| {
            if let Segment::Raw(bytes, file) = segment {
                lengths.push((bytes.len(), file));
            }
            Ok(())
        };
        let mut segmenter = Segmenter::new(BLOCK, &mut emit);
        segmenter.push(&[1; 10]).unwrap();
        segmenter.begin_file(3, 20).unwrap();
        segmenter.push(&[2; 20]).unwrap();
        segmenter.end_file().unwrap();
        segmenter.push(&[3; 30]).unwrap();
        segmenter.finish().unwrap();
        assert_eq!(lengths, [(10, None), (20, Some(3)), (30, None)]);
    }
}
