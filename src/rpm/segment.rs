//! How the raw payload is cut into segments that are compressed apart.
//!
//! The rule looks at the plan and its files' sizes alone, never at threads or other targets: the
//! data of every file of [`LARGE`] bytes or more is cut into blocks of [`BLOCK`] bytes from the
//! file's beginning, and everything between is glue, cut at the same length. So two packages that
//! ship the same large file share its segments byte for byte.

use super::Error;
use sha2::{Digest, Sha256};

/// The longest segment in bytes.
pub(super) const BLOCK: usize = 1 << 20;
/// The size in bytes from which on a file has segments of its own.
pub(super) const LARGE: u32 = 256 << 10;

/// Takes the raw payload in pieces of any length and hands out segments.
pub(super) struct Segmenter<'e> {
    buffer: Vec<u8>,
    digest: Sha256,
    length: u64,
    emit: &'e mut dyn FnMut(Vec<u8>) -> Result<(), Error>,
}

impl<'e> Segmenter<'e> {
    pub(super) fn new(emit: &'e mut dyn FnMut(Vec<u8>) -> Result<(), Error>) -> Self {
        Segmenter {
            buffer: Vec::new(),
            digest: Sha256::new(),
            length: 0,
            emit,
        }
    }

    /// Appends bytes.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == BLOCK {
                self.cut()?;
            }
        }
        Ok(())
    }

    /// Ends a segment here.
    pub(super) fn cut(&mut self) -> Result<(), Error> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        self.digest.update(&self.buffer);
        self.length += self.buffer.len() as u64;
        let next = Vec::with_capacity(self.buffer.capacity());
        (self.emit)(std::mem::replace(&mut self.buffer, next))
    }

    /// Ends the payload: its SHA-256 and its length in bytes.
    pub(super) fn finish(mut self) -> Result<([u8; 32], u64), Error> {
        self.cut()?;
        Ok((self.digest.finalize().into(), self.length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn segments(pieces: &[Vec<u8>], cut_after: usize) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        let mut emit = |segment| {
            all.push(segment);
            Ok(())
        };
        let mut segmenter = Segmenter::new(&mut emit);
        for (index, piece) in pieces.iter().enumerate() {
            segmenter.push(piece).unwrap();
            if index == cut_after {
                segmenter.cut().unwrap();
            }
        }
        segmenter.finish().unwrap();
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn nothing_is_lost_and_the_lengths_of_pieces_do_not_matter(
            length in 0..3 * BLOCK, piece in 1000..BLOCK * 2,
        ) {
            let whole = vec![3_u8; length];
            let pieces: Vec<Vec<u8>> = whole.chunks(piece).map(<[u8]>::to_vec).collect();
            let cut = segments(&pieces, usize::MAX);
            prop_assert!(cut.concat() == whole);
            prop_assert!(cut.iter().all(|s| !s.is_empty() && s.len() <= BLOCK));
            prop_assert!(cut == segments(&[whole], usize::MAX));
        }
    }

    #[test]
    fn a_cut_ends_a_segment() {
        let cut = segments(&[vec![1; 10], vec![2; 10]], 0);
        assert_eq!(cut, [vec![1; 10], vec![2; 10]]);
    }
}
