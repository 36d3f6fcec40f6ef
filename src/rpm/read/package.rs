//! A package: lead, signature header, header; the payload waits to be streamed.

use super::blocks;
use super::decompress::Unpackable;
use super::files::{self, FileEntry};
use super::header::{Header, Kind, Problem};
use super::hooks::{Nobody, Visit};
use super::payload::{self, Verification};
use super::proven::Proven;
use crate::build::Interrupt;
use crate::rpm::{Error, Placed, tag};
use camino::Utf8Path;
use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::num::NonZeroUsize;

pub(in crate::rpm) const LEAD: usize = 96;
const LEAD_MAGIC: [u8; 4] = [0xed, 0xab, 0xee, 0xdb];

/// Lead and headers of a package, every entry within bounds.
#[derive(Debug)]
pub struct Metadata {
    name: String,
    is_source: bool,
    signature: Header,
    header: Header,
}

/// A package whose lead and headers are read and whose payload is not yet.
#[derive(Debug)]
pub struct ReadRpm<R> {
    metadata: Metadata,
    input: R,
}

/// Name, epoch, version, release, architecture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The name.
    pub name: String,
    /// The epoch, where there is one.
    pub epoch: Option<u32>,
    /// The version.
    pub version: String,
    /// The release.
    pub release: String,
    /// The architecture, `src` for a source package.
    pub arch: String,
}

impl ReadRpm<File> {
    /// Opens a file and reads lead and headers.
    ///
    /// # Errors
    /// When it cannot be read or is no sound RPM.
    pub fn open(path: &Utf8Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(|source| Error::Read {
            file: path.to_string(),
            source,
        })?;
        ReadRpm::parse(file, path.as_str())
    }
}

impl ReadRpm<File> {
    /// As [`Self::verify_with`], of a package that was just written: its blocks are unpacked on all
    /// cores, and those that were unpacked before in the run are not.
    pub(crate) fn verify_blocks(
        self,
        written: Blocks<'_>,
        visit: &mut dyn Visit,
    ) -> (Metadata, Result<Verification, Error>) {
        let verification = self.file_length().and_then(|end| {
            let compressor = self.metadata.compressor();
            let payload = blocks::Payload {
                file: &self.input,
                start: self.metadata.payload_start(),
                end: end.max(self.metadata.payload_start()),
                compressor: &compressor,
                blocks: written.blocks,
                proven: written.proven,
                interrupt: written.interrupt,
            };
            payload::verify_blocks(&self.metadata, &payload, written.threads.get(), visit)
        });
        (self.metadata, verification)
    }

    fn file_length(&self) -> Result<u64, Error> {
        let facts = self.input.metadata();
        facts
            .map(|facts| facts.len())
            .map_err(|source| Error::Read {
                file: self.metadata.name.clone(),
                source,
            })
    }
}

/// How a package was written, and how it is read back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Blocks<'a> {
    /// Where its blocks lie, as the writer has it.
    pub(crate) blocks: &'a [Placed],
    /// What was unpacked before in the run.
    pub(crate) proven: Option<&'a Proven>,
    /// How many threads unpack.
    pub(crate) threads: NonZeroUsize,
    /// Set from outside to stop the work.
    pub(crate) interrupt: &'a Interrupt,
}

impl<R: Read> ReadRpm<R> {
    /// Reads lead and headers; `name` is what messages call the file.
    ///
    /// # Errors
    /// When it cannot be read or is no sound RPM.
    pub fn parse(mut input: R, name: &str) -> Result<Self, Error> {
        let named = |problem: Problem| error(name, problem);
        let is_source = read_lead(&mut input).map_err(named)?;
        let signature = Header::read(&mut input, Kind::Signature).map_err(named)?;
        let header = Header::read(&mut input, Kind::Main).map_err(named)?;
        if header.text(tag::PAYLOAD_FORMAT).as_deref() == Some("drpm") {
            return Err(Error::Delta {
                file: name.to_owned(),
            });
        }
        let metadata = Metadata {
            name: name.to_owned(),
            is_source,
            signature,
            header,
        };
        Ok(ReadRpm { metadata, input })
    }

    /// Lead and headers.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Lead and headers alone, the payload unread.
    pub fn into_metadata(self) -> Metadata {
        self.metadata
    }

    /// Streams the payload once: computes every digest and size anew and holds the payload
    /// against the file list.
    ///
    /// What is wrong but leaves the payload readable is told in the result.
    ///
    /// # Errors
    /// When the payload cannot be read to its end, or its kind is not known to us.
    pub fn verify(self) -> Result<(Metadata, Verification), Error> {
        let (metadata, verification) = self.verify_with(&mut Nobody);
        Ok((metadata, verification?))
    }

    /// The same, with somebody who looks at the files on the way. The headers are given back
    /// whatever becomes of the payload.
    pub fn verify_with(self, visit: &mut dyn Visit) -> (Metadata, Result<Verification, Error>) {
        let verification = payload::verify(&self.metadata, self.input, visit);
        (self.metadata, verification)
    }
}

fn read_lead(input: &mut impl Read) -> Result<bool, Problem> {
    let mut lead = [0; LEAD];
    input.read_exact(&mut lead)?;
    if lead[..4] != LEAD_MAGIC {
        return Err("it does not begin as RPM files do".to_owned().into());
    }
    let signature_type = u16::from_be_bytes([lead[78], lead[79]]);
    if !(3..=4).contains(&lead[4]) || signature_type != 5 {
        return Err("it has a form of RPM that is no longer in use"
            .to_owned()
            .into());
    }
    Ok(u16::from_be_bytes([lead[6], lead[7]]) == 1)
}

pub(super) fn error(name: &str, problem: Problem) -> Error {
    let file = name.to_owned();
    match problem {
        Problem::Malformed(what) => Error::Malformed { file, what },
        Problem::Unsupported(what) => Error::Unsupported {
            file,
            what: crate::rpm::visible(&what),
        },
        Problem::Io(source) if unpackable(&source).is_some() => {
            let (what, help) = unpackable(&source).unwrap_or_default();
            Error::Unpackable { file, what, help }
        }
        Problem::Io(source) if source.kind() == std::io::ErrorKind::UnexpectedEof => {
            Error::Malformed {
                file,
                what: "it ends too early".into(),
            }
        }
        // What a decompressor finds wrong comes as these kinds.
        Problem::Io(source)
            if matches!(
                source.kind(),
                std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput
            ) =>
        {
            Error::Malformed {
                file,
                what: format!("its payload is damaged: {source}"),
            }
        }
        Problem::Io(source) => Error::Read { file, source },
    }
}

/// What no rpm unpacks, and the way out.
fn unpackable(source: &std::io::Error) -> Option<(String, &'static str)> {
    let inner = source.get_ref()?.downcast_ref::<Unpackable>()?;
    Some((inner.what.clone(), inner.help))
}

impl Metadata {
    /// What messages call the file.
    pub fn file(&self) -> &str {
        &self.name
    }

    /// The signature header.
    pub fn signature(&self) -> &Header {
        &self.signature
    }

    /// The main header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The bytes of the whole file as its headers say it; nothing where they do not say the size of
    /// header and payload.
    pub fn length(&self) -> Option<u64> {
        let size = self.signature.number(tag::SIG_SIZE);
        let size = size.or_else(|| self.signature.number(tag::SIG_LONG_SIZE))?;
        // The signature header is padded, the one after it is not.
        let front = LEAD + self.signature.bytes().len().next_multiple_of(8);
        size.checked_add(front as u64)
    }

    /// The byte of the file that the main header begins with.
    pub fn header_start(&self) -> u64 {
        (LEAD + self.signature.bytes().len().next_multiple_of(8)) as u64
    }

    /// The byte of the file that the compressed payload begins with.
    pub fn payload_start(&self) -> u64 {
        self.header_start() + self.header.bytes().len() as u64
    }

    /// Whether it is a source package: said by the lead, or by the lack of `SOURCERPM`.
    pub fn is_source(&self) -> bool {
        self.is_source || !self.header.has(tag::SOURCE_RPM)
    }

    /// The package's identity; a part that is missing is empty.
    pub fn identity(&self) -> Identity {
        let text = |tag| self.header.text(tag).unwrap_or_default().into_owned();
        let epoch = self.header.number(tag::EPOCH);
        Identity {
            name: text(tag::NAME),
            epoch: epoch.and_then(|epoch| u32::try_from(epoch).ok()),
            version: text(tag::VERSION),
            release: text(tag::RELEASE),
            arch: if self.is_source() {
                "src".into()
            } else {
                text(tag::ARCH)
            },
        }
    }

    /// The files, in the header's order.
    ///
    /// # Errors
    /// When the lists that describe them do not fit together.
    pub fn files(&self) -> Result<Vec<FileEntry<'_>>, Error> {
        files::read(&self.header).map_err(|what| Error::Malformed {
            file: self.name.clone(),
            what,
        })
    }

    /// `PAYLOADCOMPRESSOR`; rpm takes a package without it for a gzip one.
    pub fn compressor(&self) -> String {
        let named = self.header.text(tag::PAYLOAD_COMPRESSOR);
        named.map_or_else(|| "gzip".to_owned(), Cow::into_owned)
    }
}
