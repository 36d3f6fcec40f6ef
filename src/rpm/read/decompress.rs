//! The payload's compression, undone the way rpm does it: with its limits, and stopping where it
//! stops.

use super::header::Problem;
use super::walk::Input;
use bzip2::bufread::BzDecoder;
use flate2::bufread::MultiGzDecoder;
use liblzma::stream::{Action, Error as XzError, Status, Stream};
use std::io::{self, BufRead, BufReader, Read};

/// The memory that unpacking xz and lzma may take; rpm's own limit (rpm 4.11.3 and 4.14.3,
/// `rpmio/rpmio.c`, `lzopen_internal`: `100<<20` where `%_xz_memlimit` says nothing else).
pub(super) const XZ_MEMORY: u64 = 100 << 20;
/// The largest zstd window, as a power of two; what zstd allows where nobody asks for more
/// (`ZSTD_WINDOWLOG_LIMIT_DEFAULT`), and rpm does not.
const ZSTD_WINDOW: u32 = 27;

/// A payload that no rpm can unpack, with the way out. It travels inside an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub(super) struct Unpackable {
    pub(super) what: String,
    pub(super) help: &'static str,
}

impl Unpackable {
    pub(super) fn error(what: impl Into<String>, help: &'static str) -> io::Error {
        let what = what.into();
        io::Error::other(Unpackable { what, help })
    }
}

/// What is in a payload, uncompressed.
pub(super) enum Decoder<R> {
    Gzip(Box<MultiGzDecoder<BufReader<R>>>),
    /// rpm reads gzip with zlib, which hands on what is not compressed as it is.
    Plain(BufReader<R>),
    Lzma(Box<Lzma<BufReader<R>>>),
    Bzip2(Box<BzDecoder<BufReader<R>>>),
    Zstd(Box<zstd::Decoder<'static, BufReader<R>>>),
}

impl<R: Read> Decoder<R> {
    /// The decoder for a `PAYLOADCOMPRESSOR`.
    pub(super) fn new(compressor: &str, input: R) -> Result<Self, Problem> {
        let mut input = BufReader::with_capacity(64 << 10, input);
        Ok(match compressor {
            "gzip" if input.fill_buf()?.starts_with(b"0707") => Decoder::Plain(input),
            "gzip" => Decoder::Gzip(Box::new(MultiGzDecoder::new(input))),
            "xz" | "lzma" => Decoder::Lzma(Box::new(Lzma::new(input)?)),
            "bzip2" => Decoder::Bzip2(Box::new(BzDecoder::new(input))),
            "zstd" => {
                let mut decoder = zstd::Decoder::with_buffer(input)?;
                decoder.window_log_max(ZSTD_WINDOW)?;
                Decoder::Zstd(Box::new(decoder))
            }
            other => return Err(Problem::Unsupported(other.to_owned())),
        })
    }

    fn input(&mut self) -> &mut BufReader<R> {
        match self {
            Decoder::Gzip(decoder) => decoder.get_mut(),
            Decoder::Plain(input) => input,
            Decoder::Lzma(decoder) => &mut decoder.input,
            Decoder::Bzip2(decoder) => decoder.get_mut(),
            Decoder::Zstd(decoder) => decoder.get_mut(),
        }
    }
}

impl<R: Read> Input for Decoder<R> {
    /// What is left of the file is read, so that its digests see it.
    fn finish(&mut self) -> io::Result<bool> {
        Ok(io::copy(self.input(), &mut io::sink())? > 0)
    }

    /// rpm stops after the first stream of xz and bzip2.
    fn early_end(&mut self) -> io::Error {
        let goes_on = self.input().fill_buf().is_ok_and(|rest| !rest.is_empty());
        match self {
            Decoder::Lzma(_) | Decoder::Bzip2(_) if goes_on => Unpackable::error(
                "its payload goes on after its first compressed stream, where every rpm stops reading: installing it fails with `cpio: read failed`",
                "compress the payload as one stream: `xz` without concatenating its outputs",
            ),
            _ => io::Error::from(io::ErrorKind::UnexpectedEof),
        }
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Gzip(input) => input.read(buffer),
            Decoder::Plain(input) => input.read(buffer),
            Decoder::Lzma(input) => input.read(buffer),
            Decoder::Bzip2(input) => input.read(buffer),
            Decoder::Zstd(input) => input.read(buffer).map_err(zstd_error),
        }
    }
}

/// zstd tells everything in words alone.
fn zstd_error(error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::Other {
        return error;
    }
    let text = error.to_string();
    if text.contains("too much memory") {
        return Unpackable::error(
            "its zstd payload asks for a window above 128 MiB, which no rpm allows",
            "compress the payload without `--ultra --long=28` or above",
        );
    }
    if text.contains("Unknown frame") || text.contains("orrupt") || text.contains("checksum") {
        return io::Error::new(io::ErrorKind::InvalidData, text);
    }
    error
}

/// One stream of xz or of the older lzma: rpm asks liblzma to find out which, and for no second.
pub(super) struct Lzma<R> {
    input: R,
    stream: Stream,
    ended: bool,
}

impl<R: BufRead> Lzma<R> {
    fn new(input: R) -> io::Result<Self> {
        Ok(Lzma {
            input,
            stream: Stream::new_auto_decoder(XZ_MEMORY, 0)?,
            ended: false,
        })
    }
}

impl<R: BufRead> Read for Lzma<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !buffer.is_empty() {
            let input = self.input.fill_buf()?;
            let is_last = input.is_empty();
            let (taken, made) = (self.stream.total_in(), self.stream.total_out());
            let action = if is_last { Action::Finish } else { Action::Run };
            let status = self.stream.process(input, buffer, action);
            // Less than the lengths of the two slices.
            let taken = (self.stream.total_in() - taken) as usize;
            let made = (self.stream.total_out() - made) as usize;
            self.input.consume(taken);
            match status {
                Ok(Status::StreamEnd) => self.ended = true,
                Ok(_) => {}
                Err(XzError::MemLimit) => {
                    return Err(Unpackable::error(
                        "its payload needs more than 100 MiB of memory to unpack, the limit of every rpm for xz: its dictionary is too large",
                        "compress the payload with `xz -9` or less, whose dictionary has 64 MiB",
                    ));
                }
                Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
            }
            if made > 0 {
                return Ok(made);
            }
            if is_last && !self.ended {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(0)
    }
}
