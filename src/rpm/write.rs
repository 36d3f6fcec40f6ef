//! A plan becomes a file.

use super::encode;
use super::imprint::{self, Imprint, Input};
use super::layout::Layout;
use super::payload::{self, Payload, Place, Placed};
use super::sign::{self, Signer};
use super::signature::{self, Covered};
use super::spool::Spool;
use super::{Error, header, hex};
use crate::build::Interrupt;
use crate::disk::{self, Readers};
use crate::package::{Nevra, Plan};
use crate::report::Sink;
use camino::{Utf8Path, Utf8PathBuf};
use md5::{Digest, Md5};
use std::fs::{self, File};
use std::io;
use std::num::NonZeroUsize;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::thread;
use tempfile::NamedTempFile;
use tracing::debug;

/// How a package is written; nothing here changes its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// How many threads compress.
    pub threads: NonZeroUsize,
    /// What the RPMs of the run have in common; none where nothing is.
    pub spool: Option<&'a Spool>,
    /// Set from outside to stop the work at the next block, with nothing left behind.
    pub interrupted: &'a Interrupt,
}

impl<'a> Options<'a> {
    /// All cores.
    pub fn new(interrupted: &'a Interrupt) -> Self {
        Options {
            threads: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            spool: None,
            interrupted,
        }
    }
}

/// A package that is written whole, under a temporary name in its folder. Nobody has
/// judged it yet: only [`crate::inspect`] can make it one that may have its final name. Dropping
/// it removes the file.
#[derive(Debug)]
pub struct Written {
    file: NamedTempFile,
    folder: Utf8PathBuf,
    nevra: Nevra,
    size: u64,
    blocks: Vec<Placed>,
    inputs: Vec<Input>,
    payload_at: u64,
    payload_digest: [u8; 32],
}

impl Written {
    /// The package's identity.
    pub fn nevra(&self) -> &Nevra {
        &self.nevra
    }

    /// The file's size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The folder that it lies in and will stay in.
    pub fn folder(&self) -> &Utf8Path {
        &self.folder
    }

    /// The files that it was made from, in the order of the plan.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// What its bytes are known again by, with its signature if it is signed.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn imprint(&self) -> Result<Imprint, Error> {
        let front = imprint::sha256(&mut self.reopen()?, self.payload_at);
        Ok(Imprint {
            payload_at: self.payload_at,
            front: front.map_err(|source| self.unreadable(source))?,
            payload: hex(&self.payload_digest),
        })
    }

    /// Where the blocks of its payload lie, as the writer has it.
    pub(crate) fn blocks(&self) -> &[Placed] {
        &self.blocks
    }

    /// SHA-256 of the whole file in hexadecimal, when the disk has it.
    pub(crate) fn sync(&self) -> Result<String, Error> {
        let synced = self.file.as_file().sync_all();
        synced.map_err(|source| Error::output(&self.folder, source))?;
        let digest = imprint::sha256(&mut self.reopen()?, u64::MAX);
        digest.map_err(|source| self.unreadable(source))
    }

    /// Signs it where it lies: the signature takes room that was kept for it, so nothing else moves.
    ///
    /// # Errors
    /// When the key or the program does not sign, or a signal comes.
    pub fn sign(&mut self, signer: &Signer, interrupt: &Interrupt) -> Result<(), Error> {
        let name = self.nevra.file_name();
        sign::sign_in_place(self.file.as_file_mut(), &name, signer, interrupt)
    }

    /// Opens the file anew, so that reading it back shares nothing with writing it.
    pub(crate) fn reopen(&self) -> Result<File, Error> {
        let opened = self.file.reopen();
        opened.map_err(|source| self.unreadable(source))
    }

    fn unreadable(&self, source: io::Error) -> Error {
        Error::Read {
            file: self.nevra.file_name(),
            source,
        }
    }

    /// Gives the file its final name within its folder, in one step: a file of that name is
    /// replaced whole or not at all. For [`crate::inspect::VerifiedRpm`] alone.
    pub(crate) fn persist(self, file_name: &str) -> Result<Utf8PathBuf, Error> {
        let path = self.folder.join(file_name);
        let failed = |source| Error::Publish {
            path: path.clone(),
            source,
        };
        self.file
            .persist(&path)
            .map_err(|error| failed(error.error))?;
        disk::sync_names(&self.folder);
        Ok(path)
    }
}

/// Writes the package of a plan into a folder, which is made if need be, under a temporary name.
///
/// Every input is read exactly once. Memory does not grow with the payload. The same plan and
/// inputs give the same bytes on any machine.
///
/// # Errors
/// When an input cannot be read or changes meanwhile, the folder cannot be written to or its disk
/// is full, the package is larger than its target reads, or the run is interrupted. Nothing is
/// left behind then.
pub fn write(
    plan: &Plan,
    folder: &Utf8Path,
    options: &Options<'_>,
    sink: &dyn Sink,
) -> Result<Written, Error> {
    let layout = Layout::of(plan)?;
    fs::create_dir_all(folder).map_err(|source| Error::output(folder, source))?;
    let file_name = plan.nevra.file_name();
    let file = disk::unfinished(folder, ".rpm", Readers::Umask)
        .map_err(|source| Error::output(folder, source))?;
    let front = Front {
        plan,
        layout: &layout,
    };
    let placeholder = Payload::placeholder(&layout);
    let (before, _) = front.bytes(&placeholder, [0; 16])?;
    let failed = |source| Error::output(folder, source);
    let handle = Arc::new(file.as_file().try_clone().map_err(failed)?);
    let place = Place {
        file: &handle,
        at: before.len() as u64,
        folder,
    };
    let payload = {
        let progress = sink.begin("Compressing", &file_name, Some(layout.archive_size));
        payload::write(&layout, plan.compression, place, options, progress.as_ref())?
    };
    let size = front.write(&payload, place, options)?;
    debug!(
        archive = layout.archive_size,
        payload = payload.length,
        size,
        "wrote"
    );
    Ok(Written {
        file,
        folder: folder.to_owned(),
        nevra: plan.nevra.clone(),
        size,
        inputs: layout.inputs(&payload.files),
        payload_at: place.at,
        payload_digest: payload.digest,
        blocks: payload.blocks,
    })
}

/// Lead and headers.
struct Front<'a> {
    plan: &'a Plan,
    layout: &'a Layout<'a>,
}

impl Front<'_> {
    /// All bytes before the payload, and where the main header begins in them.
    fn bytes(&self, payload: &Payload, md5: [u8; 16]) -> Result<(Vec<u8>, usize), Error> {
        let name = header::name_version_release(self.plan);
        let header = encode::header(&header::entries(self.plan, self.layout, payload)?)?;
        let signature = signature::entries(&Covered {
            header: &header,
            payload_length: payload.length,
            archive_length: payload.archive_length,
            md5,
        })?;
        let mut bytes = encode::front(&name, self.plan.kind.is_source(), &signature)?;
        let start = bytes.len();
        bytes.extend(header);
        Ok((bytes, start))
    }

    /// Writes lead and headers before a payload that is there: the size of the file. MD5 goes over
    /// header and payload and stands before both, so the payload is read once more.
    fn write(
        &self,
        payload: &Payload,
        place: Place<'_>,
        options: &Options<'_>,
    ) -> Result<u64, Error> {
        let (bytes, start) = self.bytes(payload, [0; 16])?;
        let mut md5 = Md5::new();
        md5.update(&bytes[start..]);
        digest(payload.length, place, &mut md5, options)?;
        let (bytes, _) = self.bytes(payload, md5.finalize().into())?;
        if bytes.len() as u64 != place.at {
            return Err(Error::Internal {
                what: "the headers changed their length".into(),
            });
        }
        let failed = |source| Error::output(place.folder, source);
        place.file.write_all_at(&bytes, 0).map_err(failed)?;
        Ok(place.at + payload.length)
    }
}

/// Reads a payload where it lies.
fn digest(
    length: u64,
    place: Place<'_>,
    md5: &mut Md5,
    options: &Options<'_>,
) -> Result<(), Error> {
    let mut chunk = vec![0; 256 << 10];
    let mut done = 0;
    while done < length {
        if let Some(signal) = options.interrupted.signal() {
            return Err(Error::Interrupted { signal });
        }
        let want = chunk
            .len()
            .min(usize::try_from(length - done).unwrap_or(usize::MAX));
        let read = place
            .file
            .read_exact_at(&mut chunk[..want], place.at + done);
        read.map_err(|source| Error::output(place.folder, source))?;
        md5.update(&chunk[..want]);
        done += want as u64;
    }
    Ok(())
}
