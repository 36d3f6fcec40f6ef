//! The payload pipeline: one thread reads the inputs, each once, all cores compress, one thread
//! joins and spools.
//!
//! Every channel is bounded, so memory does not grow with the payload: at most a few blocks a
//! thread are under way. Blocks are joined in the order in which they were cut, so the bytes do
//! not depend on the number of threads.

use super::compress::{self, Block, Container};
use super::layout::{Laid, Layout, Stamp, input};
use super::segment::{LARGE, Segmenter};
use super::{Error, Options, cpio};
use crate::package::{Compression, FileKind, Source};
use crate::report::Advance;
use camino::Utf8Path;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A payload, compressed and spooled.
#[derive(Debug)]
pub(super) struct Payload {
    /// The compressed bytes, in a file without a name that goes with its last handle.
    pub(super) spool: File,
    /// Their number.
    pub(super) length: u64,
    /// SHA-256 of the compressed bytes.
    pub(super) digest: [u8; 32],
    /// What was read on the way.
    pub(super) raw: Raw,
}

/// What reading the inputs tells.
#[derive(Debug)]
pub(super) struct Raw {
    /// SHA-256 of the raw payload.
    pub(super) digest: [u8; 32],
    /// Bytes of the raw payload.
    pub(super) length: u64,
    /// What was seen of each file, in the order of the plan.
    pub(super) files: Vec<Seen>,
}

/// What was seen of one file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// SHA-256, of regular files alone.
    pub(super) digest: Option<[u8; 32]>,
    /// The first bytes: ELF's magic and class.
    pub(super) magic: [u8; 5],
}

struct Job {
    raw: Vec<u8>,
    done: SyncSender<Result<Block, Error>>,
}

type Ordered = Receiver<Result<Block, Error>>;

/// Reads every input once and writes the compressed payload into a spool in `folder`.
pub(super) fn spool(
    layout: &Layout<'_>,
    compression: Compression,
    folder: &Utf8Path,
    options: &Options<'_>,
    progress: &dyn Advance,
) -> Result<Payload, Error> {
    let threads = options.threads.get();
    let (jobs, queue) = sync_channel::<Job>(threads);
    let (order, ordered) = sync_channel::<Ordered>(2 * threads);
    thread::scope(|scope| {
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..threads {
            let queue = Arc::clone(&queue);
            scope.spawn(move || compress_blocks(&queue, compression));
        }
        // The workers alone hold the queue, so that the reader learns when none is left.
        drop(queue);
        let reader = scope.spawn(move || {
            let mut emit = |raw| {
                if let Some(signal) = options.interrupted.signal() {
                    return Err(Error::Interrupted { signal });
                }
                let (done, block) = sync_channel(1);
                let stopped = |_| Error::Internal {
                    what: "the compressors stopped".into(),
                };
                order.send(block).map_err(|_| stopped(()))?;
                jobs.send(Job { raw, done }).map_err(|_| stopped(()))
            };
            read_inputs(layout, &mut emit)
        });
        let joined = join_blocks(&ordered, compression, folder, progress);
        // The reader stops at its next block when nobody takes it any more.
        drop(ordered);
        let read = reader.join().map_err(|_| Error::Internal {
            what: "the reader of the inputs panicked".into(),
        })?;
        match (joined, read) {
            // An input's error ends the stream early, so it is the one to tell; what stopped the
            // joining comes first where the reader only noticed that nobody listens.
            (Err(error), Err(Error::Internal { .. })) => Err(error),
            (_, Err(error)) | (Err(error), Ok(_)) => Err(error),
            (Ok((spool, length, digest)), Ok(raw)) => Ok(Payload {
                spool,
                length,
                digest,
                raw,
            }),
        }
    })
}

fn compress_blocks(queue: &Mutex<Receiver<Job>>, compression: Compression) {
    let mut encoder = compress::encoder(compression);
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // Nobody waits for the block when joining has failed.
        let _ = job.done.send(encoder.encode(&job.raw));
    }
}

/// Writes the blocks in order: the spool, its length and its SHA-256.
fn join_blocks(
    ordered: &Receiver<Ordered>,
    compression: Compression,
    folder: &Utf8Path,
    progress: &dyn Advance,
) -> Result<(File, u64, [u8; 32]), Error> {
    let failed = |source| Error::output(folder, source);
    let mut spool = Spool {
        file: tempfile::tempfile_in(folder).map_err(failed)?,
        digest: Sha256::new(),
        length: 0,
    };
    let mut container: Box<dyn Container> = compress::container(compression);
    spool.append(&container.head()).map_err(failed)?;
    for block in ordered {
        let block = block.recv().map_err(|_| Error::Internal {
            what: "a compressor panicked".into(),
        })??;
        container.join(&block);
        spool.append(&block.bytes).map_err(failed)?;
        progress.advance(block.raw_length as u64);
    }
    spool.append(&container.tail()).map_err(failed)?;
    Ok((spool.file, spool.length, spool.digest.finalize().into()))
}

struct Spool {
    file: File,
    digest: Sha256,
    length: u64,
}

impl Spool {
    fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.file.write_all(bytes)?;
        self.digest.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }
}

/// Makes the raw payload, segment by segment.
fn read_inputs(
    layout: &Layout<'_>,
    emit: &mut dyn FnMut(Vec<u8>) -> Result<(), Error>,
) -> Result<Raw, Error> {
    let mut out = Segmenter::new(emit);
    let mut chunk = vec![0; 128 << 10];
    let mut files = Vec::with_capacity(layout.files.len());
    let mut bytes = Vec::new();
    for laid in &layout.files {
        let mut seen = Seen::default();
        if laid.is_shipped() {
            bytes.clear();
            laid.cpio_entry().write(&laid.cpio_name(), &mut bytes);
            out.push(&bytes)?;
            let large = laid.is_regular() && laid.size >= LARGE;
            if large {
                out.cut()?;
            }
            seen = read_body(laid, &mut out, &mut chunk)?;
            if large {
                out.cut()?;
            }
            out.push(&[0; 4][..cpio::padding(u64::from(laid.size))])?;
        }
        files.push(seen);
    }
    bytes.clear();
    cpio::write_trailer(&mut bytes);
    out.push(&bytes)?;
    let (digest, length) = out.finish()?;
    if length != layout.archive_size {
        let what = format!(
            "{length} bytes of payload where {} were laid out",
            layout.archive_size
        );
        return Err(Error::Internal { what });
    }
    Ok(Raw {
        digest,
        length,
        files,
    })
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
    let mut left = laid.size as usize;
    while left > 0 {
        let want = left.min(chunk.len());
        let got = match file.read(&mut chunk[..want]) {
            Ok(0) => return Err(changed()),
            Ok(got) => got,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(error)),
        };
        if left == laid.size as usize {
            seen.note_magic(&chunk[..got]);
        }
        digest.update(&chunk[..got]);
        out.push(&chunk[..got])?;
        left -= got;
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
    use crate::build::Interrupt;
    use crate::package::Plan;
    use crate::report::Quiet;
    use crate::rpm::fixture;

    /// Lays out a plan with a file of 600,000 bytes, changes the file, then reads it.
    fn packaged_after(change: impl FnOnce(&Utf8Path)) -> Result<Payload, Error> {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let path = folder.join("input");
        std::fs::write(&path, fixture::noise(600_000)).unwrap();
        let mut draft = fixture::draft();
        let kind = FileKind::Regular(Source::Path(path.clone()));
        draft.files.push(fixture::file("/opt/input", kind, 0o644));
        let plan = Plan::complete(draft).unwrap();
        let layout = Layout::of(&plan).unwrap();
        change(&path);
        let interrupted = Interrupt::new();
        let options = Options::new(&interrupted);
        spool(&layout, plan.compression, folder, &options, &Quiet)
    }

    #[test]
    fn a_file_that_changes_while_it_is_packaged_stops_the_run() {
        packaged_after(|_| {}).unwrap();
        for length in [599_999, 600_001, 0] {
            let resize = |path: &Utf8Path| {
                let file = File::options().write(true).open(path).unwrap();
                file.set_len(length).unwrap();
            };
            let error = packaged_after(resize).unwrap_err();
            assert!(matches!(error, Error::Changed { .. }), "{length}: {error}");
        }
        let same_length = |path: &Utf8Path| {
            let other = path.with_extension("new");
            std::fs::write(&other, vec![0; 600_000]).unwrap();
            std::fs::rename(other, path).unwrap();
        };
        let error = packaged_after(same_length).unwrap_err();
        assert!(matches!(error, Error::Changed { .. }), "{error}");
        let error = packaged_after(|path| std::fs::remove_file(path).unwrap()).unwrap_err();
        assert!(matches!(error, Error::Input { .. }), "{error}");
    }

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
