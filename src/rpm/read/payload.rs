//! The payload, streamed once.

use super::blocks::{self, Blocks};
use super::decompress::Decoder;
use super::digest::Check;
use super::files::FileEntry;
use super::header::Problem;
use super::hooks::Visit;
use super::package::{Metadata, error};
use super::raw::{Compressed, Computed, Raw};
use super::walk::{self, Found, Walked};
use crate::rpm::{Error, hex, tag, visible};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;
use std::thread;

/// What reading a package to its end tells.
#[derive(Clone, Debug)]
pub struct Verification {
    /// SHA-1 of the header, which rpm 4.11 checks.
    pub header_sha1: Check,
    /// SHA-256 of the header.
    pub header_sha256: Check,
    /// SHA3-256 of the header, which rpm 6 writes.
    pub header_sha3: Check,
    /// MD5 of header and payload, which is all that rpm 4.11 knows of the payload.
    pub md5: Check,
    /// SHA-256 of the compressed payload.
    pub payload_sha256: Check,
    /// SHA-256 of the raw payload.
    pub payload_alt_sha256: Check,
    /// Further digests of the payload, by name; packages of rpm 6 have them.
    pub payload_others: Vec<(&'static str, Check)>,
    /// Bytes of header and payload.
    pub size: Check,
    /// Bytes of the raw payload.
    pub archive_size: Check,
    /// Per file of the header, in its order: what the payload had for it, if anything.
    pub files: Vec<Option<Found>>,
    /// Where the payload and the file list disagree, or the payload is odd.
    pub problems: Vec<String>,
}

impl Verification {
    /// Every digest and size that is known here, with what it covers; those that are not recorded
    /// too.
    pub fn checks(&self) -> impl Iterator<Item = (&'static str, &Check)> {
        [
            ("SHA-1 of the header", &self.header_sha1),
            ("SHA-256 of the header", &self.header_sha256),
            ("SHA3-256 of the header", &self.header_sha3),
            ("MD5 of header and payload", &self.md5),
            ("SHA-256 of the payload", &self.payload_sha256),
            ("SHA-256 of the raw payload", &self.payload_alt_sha256),
            ("size of header and payload", &self.size),
            ("size of the raw payload", &self.archive_size),
        ]
        .into_iter()
        .chain(
            self.payload_others
                .iter()
                .map(|(what, check)| (*what, check)),
        )
    }
}

/// What the header says of the raw payload.
struct Listed<'a> {
    files: Vec<FileEntry<'a>>,
    /// Bytes of all files.
    size: u64,
    /// OpenPGP's number of the algorithm of their digests.
    algorithm: u64,
    /// Whether the SHA-256 of the raw payload is recorded, and the digests of rpm 6.
    digests: (bool, bool),
}

impl<'a> Listed<'a> {
    fn of(metadata: &'a Metadata) -> Result<Self, Error> {
        let header = metadata.header();
        let files = metadata.files()?;
        let sizes = files.iter().map(|file| file.size);
        Ok(Listed {
            size: sizes.fold(0_u64, u64::saturating_add),
            files,
            algorithm: header.number(tag::FILE_DIGEST_ALGO).unwrap_or(1),
            digests: (
                header.has(tag::PAYLOAD_DIGEST_ALT),
                header.has(tag::RPM_FORMAT),
            ),
        })
    }

    /// Reads what is unpacked to its end; `counter` counts the compressed bytes that were taken.
    fn walk(
        &self,
        unpacked: impl walk::Input,
        counter: Rc<Cell<u64>>,
        visit: &mut dyn Visit,
    ) -> Result<Walked, Problem> {
        let most = (self.size, self.files.len());
        let raw = Raw::new(unpacked, most, counter, self.digests);
        walk::run(raw, &self.files, self.algorithm, visit)
    }
}

/// Reads a payload to its end.
pub(super) fn verify(
    metadata: &Metadata,
    input: impl Read,
    visit: &mut dyn Visit,
) -> Result<Verification, Error> {
    let header = metadata.header();
    let format = header.text(tag::PAYLOAD_FORMAT);
    if format.as_deref().is_some_and(|format| format != "cpio") {
        return Err(Error::Unsupported {
            file: metadata.file().to_owned(),
            what: visible(&format.unwrap_or_default()),
        });
    }
    let listed = Listed::of(metadata)?;
    let is_v6 = header.has(tag::RPM_FORMAT);
    let mut compressed = Compressed::new(input, header.bytes(), is_v6);
    let counter = compressed.counter();
    let failed = |problem| error(metadata.file(), problem);
    let decoder = Decoder::new(&metadata.compressor(), &mut compressed).map_err(failed)?;
    let walked = listed.walk(decoder, counter, visit).map_err(failed)?;
    Ok(verdict(metadata, compressed.finish(), walked))
}

/// The same of a package that was just written, block by block on all cores.
pub(super) fn verify_blocks(
    metadata: &Metadata,
    payload: &blocks::Payload<'_>,
    threads: usize,
    visit: &mut dyn Visit,
) -> Result<Verification, Error> {
    let listed = Listed::of(metadata)?;
    let failed = |problem| error(metadata.file(), problem);
    let length = payload.end - payload.start;
    thread::scope(|scope| {
        let md5 = Md5::new().chain_update(metadata.header().bytes());
        let md5 = scope.spawn(|| blocks::digest(payload, md5));
        let sha256 = scope.spawn(|| blocks::digest(payload, Sha256::new()));
        let blocks = Blocks::start(scope, *payload, threads);
        let walked = blocks.map_err(Problem::from).and_then(|blocks| {
            // The blocks are as long as was said, so nothing grows beyond measure.
            listed.walk(blocks, Rc::new(Cell::new(length)), visit)
        });
        let panicked = |_| io::Error::other("a thread that reads panicked");
        let md5 = md5.join().map_err(panicked).and_then(|digest| digest);
        let sha256 = sha256.join().map_err(panicked).and_then(|digest| digest);
        let walked = walked.map_err(failed)?;
        let computed = Computed {
            sha256: sha256.map_err(|error| failed(error.into()))?,
            newer: None,
        };
        let md5 = md5.map_err(|error| failed(error.into()))?;
        Ok(verdict(metadata, (md5, computed, length), walked))
    })
}

/// `compressed`: MD5, the other digests and the bytes of the compressed payload.
fn verdict(
    metadata: &Metadata,
    compressed: (String, Computed, u64),
    walked: Walked,
) -> Verification {
    let (signature, header) = (metadata.signature(), metadata.header());
    let (md5, digests, length) = compressed;
    let bytes = header.bytes();
    let number = |short, long, of_v6| {
        let recorded = signature.number(short).or_else(|| signature.number(long));
        let recorded = recorded.or_else(|| header.number(of_v6).filter(|_| of_v6 != 0));
        recorded.map(|number| number.to_string())
    };
    Verification {
        header_sha1: Check::of(signature.text(tag::SIG_SHA1), hex(&Sha1::digest(bytes))),
        header_sha256: Check::of(signature.text(tag::SIG_SHA256), hex(&Sha256::digest(bytes))),
        header_sha3: Check::of(
            signature.text(tag::SIG_SHA3_256),
            hex(&<sha3::Sha3_256 as sha3::Digest>::digest(bytes)),
        ),
        md5: Check::of(signature.binary(tag::SIG_MD5).map(hex), md5),
        payload_others: others(metadata, &digests, &walked.digests),
        payload_sha256: Check::of(header.text(tag::PAYLOAD_DIGEST), digests.sha256),
        payload_alt_sha256: Check::of(header.text(tag::PAYLOAD_DIGEST_ALT), walked.digests.sha256),
        size: Check::of(
            number(tag::SIG_SIZE, tag::SIG_LONG_SIZE, 0),
            (bytes.len() as u64 + length).to_string(),
        ),
        archive_size: Check::of(
            number(
                tag::SIG_PAYLOAD_SIZE,
                tag::SIG_LONG_ARCHIVE_SIZE,
                tag::PAYLOAD_SIZE_ALT,
            ),
            walked.length.to_string(),
        ),
        files: walked.found,
        problems: walked.problems,
    }
}

/// The digests that rpm 6 writes besides.
fn others(
    metadata: &Metadata,
    compressed: &Computed,
    raw: &Computed,
) -> Vec<(&'static str, Check)> {
    let (Some(compressed), Some(raw)) = (&compressed.newer, &raw.newer) else {
        return Vec::new();
    };
    [
        ("SHA-512 of the payload", tag::PAYLOAD_SHA512, &compressed.0),
        (
            "SHA3-256 of the payload",
            tag::PAYLOAD_SHA3_256,
            &compressed.1,
        ),
        (
            "SHA-512 of the raw payload",
            tag::PAYLOAD_SHA512_ALT,
            &raw.0,
        ),
        (
            "SHA3-256 of the raw payload",
            tag::PAYLOAD_SHA3_256_ALT,
            &raw.1,
        ),
    ]
    .into_iter()
    .map(|(what, tag, computed)| {
        let recorded = metadata.header().text(tag);
        (what, Check::of(recorded, computed.as_str()))
    })
    .collect()
}
