//! The inputs of a payload, each read once, as segments.

use super::layout::{Laid, Layout, input};
use super::segment::{LARGE, Segment, Segmenter};
use super::spool::Spool;
use super::stamp::Stamp;
use super::{Error, cpio};
use crate::package::{Compression, FileKind, Source};
use camino::Utf8Path;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Read;

/// What was seen of one file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// SHA-256, of regular files alone.
    pub(super) digest: Option<[u8; 32]>,
    /// The first bytes: ELF's magic and class.
    pub(super) magic: [u8; 5],
}

/// Reads the inputs of one payload.
pub(super) struct Inputs<'a> {
    pub(super) layout: &'a Layout<'a>,
    pub(super) compression: Compression,
    /// The longest segment in bytes.
    pub(super) block: usize,
    pub(super) spool: Option<&'a Spool>,
}

impl Inputs<'_> {
    /// Makes the raw payload, segment by segment: what was seen of each file.
    pub(super) fn read(
        &self,
        emit: &mut dyn FnMut(Segment) -> Result<(), Error>,
    ) -> Result<Vec<Seen>, Error> {
        let mut out = Segmenter::new(self.block, emit);
        let mut chunk = vec![0; 128 << 10];
        let mut files = Vec::with_capacity(self.layout.files.len());
        let mut bytes = Vec::new();
        for (at, laid) in self.layout.files.iter().enumerate() {
            let mut seen = Seen::default();
            if laid.is_shipped() {
                bytes.clear();
                laid.write_entry(self.layout.form, &mut bytes);
                out.push(&bytes)?;
                seen = match laid.is_regular() && laid.size >= LARGE {
                    true => self.large(at, laid, &mut out, &mut chunk)?,
                    false => read_body(laid, &mut out, &mut chunk)?,
                };
                out.push(&[0; 4][..cpio::padding(laid.size)])?;
            }
            files.push(seen);
        }
        bytes.clear();
        cpio::write_trailer(&mut bytes);
        out.push(&bytes)?;
        let length = out.finish()?;
        let expected = self.layout.archive_size;
        if length != expected {
            let what = format!("{length} bytes of payload where {expected} were laid out");
            return Err(Error::Internal { what });
        }
        Ok(files)
    }

    /// A file with segments of its own; one that another RPM of the run has is not read again.
    fn large(
        &self,
        at: usize,
        laid: &Laid<'_>,
        out: &mut Segmenter<'_>,
        chunk: &mut [u8],
    ) -> Result<Seen, Error> {
        let known = self
            .spool
            .zip(laid.file_key(self.compression))
            .and_then(|(spool, key)| spool.file(&key));
        if let Some(known) = known {
            let seen = known.seen;
            out.known_file(at, known)?;
            return Ok(seen);
        }
        out.begin_file(at, laid.size)?;
        let seen = read_body(laid, out, chunk)?;
        out.end_file()?;
        Ok(seen)
    }
}

fn read_body(laid: &Laid<'_>, out: &mut Segmenter<'_>, chunk: &mut [u8]) -> Result<Seen, Error> {
    match &laid.planned.kind {
        FileKind::Directory => Ok(Seen::default()),
        FileKind::Symlink(target) => {
            out.push(target.as_bytes())?;
            Ok(Seen::default())
        }
        FileKind::Regular(Source::Bytes(bytes)) => {
            out.push(bytes)?;
            let mut seen = Seen::default();
            seen.note_magic(bytes);
            seen.digest = Some(Sha256::digest(bytes).into());
            Ok(seen)
        }
        FileKind::Regular(Source::Path(path)) => read_file(path, laid, out, chunk),
    }
}

/// Reads a file once, from its first byte to the size that was laid out, and holds it to that.
fn read_file(
    path: &Utf8Path,
    laid: &Laid<'_>,
    out: &mut Segmenter<'_>,
    chunk: &mut [u8],
) -> Result<Seen, Error> {
    let failed = |source| input(path, laid.planned, source);
    let changed = || Error::Changed {
        path: path.to_owned(),
    };
    let mut file = File::open(path).map_err(failed)?;
    let unchanged = |file: &File| -> Result<bool, Error> {
        let now = Stamp::of(&file.metadata().map_err(failed)?);
        Ok(laid.stamp == Some(now))
    };
    if !unchanged(&file)? {
        return Err(changed());
    }
    let mut seen = Seen::default();
    let mut digest = Sha256::new();
    let mut left = laid.size;
    while left > 0 {
        let want = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let got = match file.read(&mut chunk[..want]) {
            Ok(0) => return Err(changed()),
            Ok(got) => got,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(error)),
        };
        if left == laid.size {
            seen.note_magic(&chunk[..got]);
        }
        digest.update(&chunk[..got]);
        out.push(&chunk[..got])?;
        left -= got as u64;
    }
    if !unchanged(&file)? {
        return Err(changed());
    }
    seen.digest = Some(digest.finalize().into());
    Ok(seen)
}

impl Seen {
    fn note_magic(&mut self, bytes: &[u8]) {
        let length = bytes.len().min(self.magic.len());
        self.magic[..length].copy_from_slice(&bytes[..length]);
    }

    /// `FILECOLORS`: rpm's mark of a 32-bit (1) or 64-bit (2) ELF file.
    pub(super) fn color(&self) -> u32 {
        match &self.magic {
            b"\x7fELF\x01" => 1,
            b"\x7fELF\x02" => 2,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_an_elf_file_gives_its_colour() {
        let color = |bytes: &[u8]| {
            let mut seen = Seen::default();
            seen.note_magic(bytes);
            seen.color()
        };
        assert_eq!(color(b"\x7fELF\x02\x01\x01"), 2);
        assert_eq!(color(b"\x7fELF\x01\x01\x01"), 1);
        assert_eq!(color(b"\x7fELF"), 0);
        assert_eq!(color(b""), 0);
    }
}
