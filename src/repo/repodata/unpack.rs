//! Metadata as it lies in a file: compressed in one of the ways that others use, and of any size.

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use liblzma::bufread::XzDecoder;
use liblzma::stream::{CONCATENATED, Stream};
use std::io::{self, BufRead, BufReader, Read};

/// The memory that unpacking xz may take: that of `xz -9`, which needs 65 MiB, and some.
const XZ_MEMORY: u64 = 100 << 20;
/// The largest zstd window, as a power of two: what zstd allows where nobody asks for more.
const ZSTD_WINDOW: u32 = 27;
/// The most bytes of an uncompressed file of metadata. The filelists of Fedora's Everything, the
/// largest that are known, have some 800 MiB.
const MAX_UNPACKED: u64 = 2 << 30;
/// The most bytes of one piece, which is what is held in memory at once. The filelists of a kernel
/// package have some 3 MiB.
const MAX_PIECE: u64 = 64 << 20;

/// The uncompressed bytes of a file; what it is compressed with, its first bytes tell.
pub(super) fn unpacked<'a>(input: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let mut input = BufReader::with_capacity(64 << 10, input);
    let start = input.fill_buf()?;
    Ok(match start {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(input)),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => {
            let stream = Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED)?;
            Box::new(XzDecoder::new_stream(input, stream))
        }
        [b'B', b'Z', b'h', ..] => Box::new(MultiBzDecoder::new(input)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let mut decoder = zstd::Decoder::with_buffer(input)?;
            decoder.window_log_max(ZSTD_WINDOW)?;
            Box::new(decoder)
        }
        _ => Box::new(input),
    })
}

/// A reader that ends in an error where there is more than anyone needs.
pub(super) struct Bounded<R> {
    input: BufReader<R>,
    left: u64,
    left_of_piece: u64,
}

impl<R: Read> Bounded<R> {
    pub(super) fn new(input: R) -> Self {
        Bounded {
            input: BufReader::with_capacity(64 << 10, input),
            left: MAX_UNPACKED,
            left_of_piece: MAX_PIECE,
        }
    }

    /// What follows is another piece.
    pub(super) fn next_piece(&mut self) {
        self.left_of_piece = MAX_PIECE;
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(buffer.len());
        buffer[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

impl<R: Read> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let limit = self.left.min(self.left_of_piece);
        let available = self.input.fill_buf()?;
        if limit == 0 && !available.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "it is larger than metadata ever is",
            ));
        }
        let length =
            usize::try_from(limit).map_or(available.len(), |limit| available.len().min(limit));
        Ok(&available[..length])
    }

    fn consume(&mut self, amount: usize) {
        self.input.consume(amount);
        let amount = amount as u64;
        self.left = self.left.saturating_sub(amount);
        self.left_of_piece = self.left_of_piece.saturating_sub(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::{Bounded, MAX_PIECE, unpacked};
    use std::io::{self, Read, Write};

    #[test]
    fn every_compression_is_undone() {
        let text = b"<metadata/>".repeat(1000);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
        gzip.write_all(&text).unwrap();
        let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 2);
        xz.write_all(&text).unwrap();
        let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::new(6));
        bzip2.write_all(&text).unwrap();
        for packed in [
            text.clone(),
            gzip.finish().unwrap(),
            xz.finish().unwrap(),
            bzip2.finish().unwrap(),
            zstd::encode_all(&text[..], 3).unwrap(),
        ] {
            let mut read = Vec::new();
            unpacked(&packed[..])
                .unwrap()
                .read_to_end(&mut read)
                .unwrap();
            assert!(read == text, "{:x?}", &packed[..4]);
        }
    }

    #[test]
    fn a_piece_has_its_limit_and_the_next_one_too() {
        let mut input = Bounded::new(io::repeat(b' ').take(MAX_PIECE + 10));
        let copied = io::copy(&mut (&mut input).take(MAX_PIECE), &mut io::sink());
        assert_eq!(copied.unwrap(), MAX_PIECE);
        let over = io::copy(&mut input, &mut io::sink()).unwrap_err();
        assert_eq!(over.kind(), io::ErrorKind::InvalidData);
        input.next_piece();
        assert_eq!(io::copy(&mut input, &mut io::sink()).unwrap(), 10);
    }
}
