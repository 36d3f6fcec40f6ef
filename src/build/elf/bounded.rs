//! A file that is read in pieces, with a bound on what is kept of it in memory.
//!
//! `object` takes what it is given by reference, and a damaged file can make it ask for the whole of
//! a large file many times over. So the pieces are kept here, and counted.

use object::read::ReadRef;
use std::cell::{Cell, OnceCell, RefCell};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

/// Bytes that are kept of a file; dynamic symbols and strings of the largest programs take a few
/// million.
const MAX_BYTES: u64 = 24 << 20;
/// Pieces that are kept of a file.
const MAX_PIECES: usize = 1 << 16;
/// The longest name, as everywhere in this module.
const MAX_NAME: u64 = 4096;

/// The file and what was read of it.
pub(super) struct Bounded<R> {
    input: RefCell<R>,
    length: u64,
    pieces: Vec<OnceCell<Box<[u8]>>>,
    next: Cell<usize>,
    left: Cell<u64>,
}

impl<R: Read + Seek> Bounded<R> {
    pub(super) fn new(mut input: R) -> io::Result<Self> {
        Ok(Bounded {
            length: input.seek(SeekFrom::End(0))?,
            input: RefCell::new(input),
            pieces: (0..MAX_PIECES).map(|_| OnceCell::new()).collect(),
            next: Cell::new(0),
            left: Cell::new(MAX_BYTES),
        })
    }

    fn piece(&self, offset: u64, size: u64) -> Option<&[u8]> {
        let end = offset.checked_add(size)?;
        if size == 0 {
            return Some(&[]);
        }
        if end > self.length || size > self.left.get() {
            return None;
        }
        let mut bytes = vec![0; usize::try_from(size).ok()?];
        let mut input = self.input.borrow_mut();
        input.seek(SeekFrom::Start(offset)).ok()?;
        input.read_exact(&mut bytes).ok()?;
        self.keep(bytes)
    }

    fn keep(&self, bytes: Vec<u8>) -> Option<&[u8]> {
        let slot = self.pieces.get(self.next.get())?;
        self.next.set(self.next.get() + 1);
        self.left
            .set(self.left.get().checked_sub(bytes.len() as u64)?);
        Some(slot.get_or_init(|| bytes.into_boxed_slice()))
    }
}

impl<'a, R: Read + Seek> ReadRef<'a> for &'a Bounded<R> {
    fn len(self) -> Result<u64, ()> {
        Ok(self.length)
    }

    fn read_bytes_at(self, offset: u64, size: u64) -> Result<&'a [u8], ()> {
        self.piece(offset, size).ok_or(())
    }

    fn read_bytes_at_until(self, range: Range<u64>, delimiter: u8) -> Result<&'a [u8], ()> {
        let end = range.end.min(self.length);
        let size = end.checked_sub(range.start).ok_or(())?.min(MAX_NAME);
        let mut bytes = vec![0; usize::try_from(size).map_err(drop)?];
        {
            let mut input = self.input.borrow_mut();
            input.seek(SeekFrom::Start(range.start)).map_err(drop)?;
            input.read_exact(&mut bytes).map_err(drop)?;
        }
        let at = bytes.iter().position(|byte| *byte == delimiter).ok_or(())?;
        bytes.truncate(at);
        self.keep(bytes).ok_or(())
    }
}
