//! One reading of a package: its headers, its payload to the end, and what is in the files.

use super::contents::{Collector, Contents};
use super::error::Error;
use super::extract::Extractor;
use crate::build::Interrupt;
use crate::rpm;
use crate::rpm::read::{FileEntry, Metadata, ReadRpm, Verification, Visit};
use camino::Utf8Path;
use std::io::{self, Read};

/// A package that was read to its end, or as far as its payload could be read.
#[derive(Debug)]
pub struct Examined {
    /// Its lead and headers.
    pub metadata: Metadata,
    /// Its digests and payload; an error where the payload cannot be unpacked, as no rpm can
    /// either.
    pub payload: Result<Verification, rpm::Error>,
    /// What is in its files.
    pub contents: Contents,
}

/// Reads a package to its end.
///
/// # Errors
/// When it cannot be read: the disk, not the package, is at fault.
pub fn examine<R: Read>(rpm: ReadRpm<R>) -> Result<Examined, Error> {
    let mut collector = Collector::new();
    let (metadata, payload) = rpm.verify_with(&mut collector);
    examined(metadata, payload, collector)
}

/// The same, and unpacks the files into a folder, which must be empty or not there.
///
/// # Errors
/// When it cannot be read, the folder cannot be written to, or a signal came. Then, and where the
/// payload does not go to its end, nothing is left of what was unpacked.
pub fn extract<R: Read>(
    rpm: ReadRpm<R>,
    folder: &Utf8Path,
    interrupt: &Interrupt,
) -> Result<Examined, Error> {
    let mut both = Both {
        collector: Collector::new(),
        extractor: Extractor::new(folder, &rpm.metadata().files()?, interrupt)?,
        wanted: (false, false),
    };
    let (metadata, payload) = rpm.verify_with(&mut both);
    if let Some(problem) = both.extractor.failure() {
        return Err(problem);
    }
    if payload.is_ok() {
        both.extractor.finish(&metadata.files()?)?;
    }
    examined(metadata, payload, both.collector)
}

pub(super) fn examined(
    metadata: Metadata,
    payload: Result<Verification, rpm::Error>,
    collector: Collector,
) -> Result<Examined, Error> {
    if let Err(error @ rpm::Error::Read { .. }) = payload {
        return Err(error.into());
    }
    Ok(Examined {
        metadata,
        payload,
        contents: collector.finish(),
    })
}

/// Looks at the files and unpacks them.
struct Both<'a> {
    collector: Collector,
    extractor: Extractor<'a>,
    wanted: (bool, bool),
}

impl Visit for Both<'_> {
    fn begin(&mut self, at: usize, file: &FileEntry<'_>, size: u64) -> bool {
        self.wanted = (
            self.collector.begin(at, file, size),
            self.extractor.begin(at, file, size),
        );
        self.wanted.0 || self.wanted.1
    }

    fn content(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.wanted.0 {
            self.collector.content(bytes)?;
        }
        if self.wanted.1 {
            self.extractor.content(bytes)?;
        }
        Ok(())
    }

    fn end(&mut self, sha256: Option<&str>) -> io::Result<()> {
        if self.wanted.0 {
            self.collector.end(sha256)?;
        }
        if self.wanted.1 {
            self.extractor.end(sha256)?;
        }
        Ok(())
    }
}
