//! The payload, streamed once.

use super::digest::Check;
use super::package::{Metadata, error};
use super::walk::{self, Found, Walked};
use crate::rpm::{Error, hex, tag, visible};
use flate2::bufread::MultiGzDecoder;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, BufReader, Read};

/// What reading a package to its end tells.
#[derive(Clone, Debug)]
pub struct Verification {
    /// SHA-1 of the header, which rpm 4.11 checks.
    pub header_sha1: Check,
    /// SHA-256 of the header.
    pub header_sha256: Check,
    /// MD5 of header and payload, which is all that rpm 4.11 knows of the payload.
    pub md5: Check,
    /// SHA-256 of the compressed payload.
    pub payload_sha256: Check,
    /// SHA-256 of the raw payload.
    pub payload_alt_sha256: Check,
    /// Bytes of header and payload.
    pub size: Check,
    /// Bytes of the raw payload.
    pub archive_size: Check,
    /// Per file of the header, in its order: what the payload had for it, if anything.
    pub files: Vec<Option<Found>>,
    /// Where the payload and the file list disagree, or the payload is odd.
    pub problems: Vec<String>,
}

/// Reads a payload to its end.
pub(super) fn verify(metadata: &Metadata, input: impl Read) -> Result<Verification, Error> {
    let header = metadata.header();
    let format = header.text(tag::PAYLOAD_FORMAT);
    if format.as_deref().is_some_and(|format| format != "cpio") {
        return Err(unsupported(metadata, &format.unwrap_or_default()));
    }
    let compressor = metadata.compressor();
    if compressor != "gzip" {
        return Err(unsupported(metadata, &compressor));
    }
    let files = metadata.files()?;
    let algorithm = header.number(tag::FILE_DIGEST_ALGO).unwrap_or(1);
    let mut compressed = Compressed {
        input,
        md5: Md5::new().chain_update(header.bytes()),
        sha256: Sha256::new(),
        length: 0,
    };
    let failed = |problem| error(metadata.file(), problem);
    let decoder = Decoder::new(&mut compressed).map_err(|error| failed(error.into()))?;
    let walked = walk::run(decoder, &files, algorithm).map_err(failed)?;
    Ok(compressed.verdict(metadata, walked))
}

fn unsupported(metadata: &Metadata, what: &str) -> Error {
    Error::Unsupported {
        file: metadata.file().to_owned(),
        what: visible(what),
    }
}

/// The compressed payload on its way, counted and digested.
struct Compressed<R> {
    input: R,
    md5: Md5,
    sha256: Sha256,
    length: u64,
}

impl<R: Read> Read for Compressed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.md5.update(&buffer[..length]);
        self.sha256.update(&buffer[..length]);
        self.length += length as u64;
        Ok(length)
    }
}

impl<R> Compressed<R> {
    fn verdict(self, metadata: &Metadata, walked: Walked) -> Verification {
        let (signature, header) = (metadata.signature(), metadata.header());
        let size = header.bytes().len() as u64 + self.length;
        let number = |short, long| {
            let recorded = signature.number(short).or_else(|| signature.number(long));
            recorded.map(|number| number.to_string())
        };
        Verification {
            header_sha1: Check::of(
                signature.text(tag::SIG_SHA1),
                hex(&Sha1::digest(header.bytes())),
            ),
            header_sha256: Check::of(
                signature.text(tag::SIG_SHA256),
                hex(&Sha256::digest(header.bytes())),
            ),
            md5: Check::of(
                signature.binary(tag::SIG_MD5).map(hex),
                hex(&self.md5.finalize()),
            ),
            payload_sha256: Check::of(
                header.text(tag::PAYLOAD_DIGEST),
                hex(&self.sha256.finalize()),
            ),
            payload_alt_sha256: Check::of(header.text(tag::PAYLOAD_DIGEST_ALT), walked.sha256),
            size: Check::of(number(tag::SIG_SIZE, tag::SIG_LONG_SIZE), size.to_string()),
            archive_size: Check::of(
                number(tag::SIG_PAYLOAD_SIZE, tag::SIG_LONG_ARCHIVE_SIZE),
                walked.length.to_string(),
            ),
            files: walked.found,
            problems: walked.problems,
        }
    }
}

/// What a package without a compressor's name, or with gzip's, can hold: rpm reads it with zlib,
/// which hands on what is not compressed as it is.
enum Decoder<R> {
    Gzip(Box<MultiGzDecoder<BufReader<R>>>),
    Plain(BufReader<R>),
}

impl<R: Read> Decoder<R> {
    fn new(input: R) -> io::Result<Self> {
        let mut input = BufReader::with_capacity(64 << 10, input);
        let is_plain = input.fill_buf()?.starts_with(b"0707");
        Ok(if is_plain {
            Decoder::Plain(input)
        } else {
            Decoder::Gzip(Box::new(MultiGzDecoder::new(input)))
        })
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Gzip(input) => input.read(buffer),
            Decoder::Plain(input) => input.read(buffer),
        }
    }
}
