//! The payload pipeline: one thread reads the inputs, each once, all cores compress, one thread
//! joins the blocks and writes them where they belong.
//!
//! Every channel is bounded, so memory does not grow with the payload: at most a few blocks a
//! thread are under way. Blocks are joined in the order in which they were cut, so the bytes do
//! not depend on the number of threads.

use super::compress::{self, Block, Container, Encoder};
use super::inputs::{Inputs, Seen};
use super::layout::Layout;
use super::segment::Segment;
use super::spool::{KnownFile, Spool, Stored};
use super::{Error, Options};
use crate::package::Compression;
use crate::report::Advance;
use camino::Utf8Path;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use tracing::Span;

/// What the header says of a payload.
#[derive(Debug)]
pub(super) struct Payload {
    /// Its compressed bytes.
    pub(super) length: u64,
    /// SHA-256 of the compressed bytes.
    pub(super) digest: [u8; 32],
    /// Bytes of the raw payload.
    pub(super) archive_length: u64,
    /// What was seen of each file, in the order of the plan.
    pub(super) files: Vec<Seen>,
    /// Where its blocks lie.
    pub(super) blocks: Vec<Placed>,
}

/// Where a block lies in an RPM.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    /// Its compressed bytes.
    pub(crate) length: usize,
    /// Its raw bytes.
    pub(crate) raw_length: usize,
    /// SHA-256 of its compressed bytes, where other RPMs of the run may share it.
    pub(crate) digest: Option<[u8; 32]>,
    /// The file of the plan that it is all of, where that is a large one.
    pub(crate) file: Option<usize>,
}

/// Where a payload goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) file: &'a Arc<File>,
    /// The first byte there.
    pub(super) at: u64,
    /// The folder, for messages.
    pub(super) folder: &'a Utf8Path,
}

impl Payload {
    /// One that takes as much room in the header as that of the layout will.
    pub(super) fn placeholder(layout: &Layout<'_>) -> Self {
        let seen = |is_regular: bool| Seen {
            digest: is_regular.then_some([0; 32]),
            magic: [0; 5],
        };
        let files = layout.files.iter();
        Payload {
            length: 0,
            digest: [0; 32],
            archive_length: layout.archive_size,
            files: files
                .map(|laid| seen(laid.is_regular() && laid.is_shipped()))
                .collect(),
            blocks: Vec::new(),
        }
    }
}

/// A segment to be compressed.
struct Job {
    raw: Vec<u8>,
    done: SyncSender<Result<Made, Error>>,
}

/// A segment that is compressed.
enum Made {
    Fresh {
        block: Block,
        /// SHA-256 of the raw and of the compressed bytes, where others may share it.
        digests: Option<([u8; 32], [u8; 32])>,
    },
    Stored(Stored),
}

/// What comes next in the payload.
enum Next {
    Coming(Receiver<Result<Made, Error>>, Option<usize>),
    Known(usize, KnownFile),
}

/// Reads every input once and writes the compressed payload to its place.
pub(super) fn write(
    layout: &Layout<'_>,
    compression: Compression,
    place: Place<'_>,
    options: &Options<'_>,
    progress: &dyn Advance,
) -> Result<Payload, Error> {
    let threads = options.threads.get();
    let spool = options.spool;
    let inputs = Inputs {
        layout,
        compression,
        block: compress::block_size(compression),
        spool,
    };
    // Whoever takes a segment is there already: of large ones none waits in memory.
    let (jobs, queue) = sync_channel::<Job>(0);
    let (order, ordered) = sync_channel::<Next>(2 * threads);
    thread::scope(|scope| {
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..threads {
            let queue = Arc::clone(&queue);
            let mut encoder = compress::encoder(compression)?;
            let around = Span::current();
            scope.spawn(move || {
                let _around = around.entered();
                compress_blocks(&queue, encoder.as_mut(), compression, spool);
            });
        }
        // The workers alone hold the queue, so that the reader learns when none is left.
        drop(queue);
        let around = Span::current();
        let reader = scope.spawn(move || {
            let _around = around.entered();
            let stopped = || Error::Internal {
                what: "the compressors stopped".into(),
            };
            let mut emit = |segment| {
                if let Some(signal) = options.interrupted.signal() {
                    return Err(Error::Interrupted { signal });
                }
                let (raw, file) = match segment {
                    Segment::Raw(raw, file) => (raw, file),
                    Segment::Known(at, known) => {
                        return order.send(Next::Known(at, known)).map_err(|_| stopped());
                    }
                };
                let (done, block) = sync_channel(1);
                order
                    .send(Next::Coming(block, file))
                    .map_err(|_| stopped())?;
                jobs.send(Job { raw, done }).map_err(|_| stopped())
            };
            inputs.read(&mut emit)
        });
        let mut joiner = Joiner::new(place, compression, spool);
        let joined = joiner.join_all(&ordered, progress);
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
            (Ok(()), Ok(files)) => Ok(joiner.finish(layout, files)),
        }
    })
}

fn compress_blocks(
    queue: &Mutex<Receiver<Job>>,
    encoder: &mut dyn Encoder,
    compression: Compression,
    spool: Option<&Spool>,
) {
    let mut make = |raw: &[u8]| -> Result<Made, Error> {
        let key = spool.map(|spool| (spool, Sha256::digest(raw).into()));
        if let Some(stored) = key.and_then(|(spool, key)| spool.block(key, compression)) {
            return Ok(Made::Stored(stored));
        }
        let block = encoder.encode(raw)?;
        let digests = key.map(|(_, key)| (key, Sha256::digest(&block.bytes).into()));
        Ok(Made::Fresh { block, digests })
    };
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // Nobody waits for the block when joining has failed.
        let _ = job.done.send(make(&job.raw));
    }
}

/// Writes blocks in order.
struct Joiner<'a> {
    place: Place<'a>,
    compression: Compression,
    spool: Option<&'a Spool>,
    container: Box<dyn Container>,
    digest: Sha256,
    length: u64,
    blocks: Vec<Placed>,
    /// Where the blocks of large files lie, for the RPMs to come.
    stored: HashMap<usize, Vec<Stored>>,
}

impl<'a> Joiner<'a> {
    fn new(place: Place<'a>, compression: Compression, spool: Option<&'a Spool>) -> Self {
        Joiner {
            place,
            compression,
            spool,
            container: compress::container(compression),
            digest: Sha256::new(),
            length: 0,
            blocks: Vec::new(),
            stored: HashMap::new(),
        }
    }

    fn join_all(&mut self, ordered: &Receiver<Next>, progress: &dyn Advance) -> Result<(), Error> {
        let head = self.container.head();
        self.append(&head)?;
        for next in ordered {
            match next {
                Next::Coming(block, file) => {
                    let made = block.recv().map_err(|_| Error::Internal {
                        what: "a compressor panicked".into(),
                    })??;
                    progress.advance(self.join(made, file)?);
                }
                Next::Known(file, known) => {
                    for stored in known.blocks {
                        progress.advance(self.join(Made::Stored(stored), Some(file))?);
                    }
                }
            }
        }
        let tail = self.container.tail();
        self.append(&tail)
    }

    /// Writes a block: the number of its raw bytes.
    fn join(&mut self, made: Made, file: Option<usize>) -> Result<u64, Error> {
        let at = self.place.at + self.length;
        let (block, bytes, stored) = match made {
            Made::Stored(stored) => {
                let failed = |source| Error::output(self.place.folder, source);
                let bytes = stored.read().map_err(failed)?;
                (stored.block.clone(), bytes, Some(stored))
            }
            Made::Fresh { mut block, digests } => {
                let bytes = std::mem::take(&mut block.bytes);
                let stored = digests.map(|(raw, digest)| {
                    let stored = Stored {
                        file: Arc::clone(self.place.file),
                        at,
                        digest,
                        block: block.clone(),
                        length: bytes.len(),
                    };
                    (raw, stored)
                });
                if let Some(((raw, stored), spool)) = stored.clone().zip(self.spool) {
                    spool.keep_block(raw, self.compression, stored);
                }
                (block, bytes, stored.map(|(_, stored)| stored))
            }
        };
        self.container.join(&block);
        self.blocks.push(Placed {
            length: bytes.len(),
            raw_length: block.raw_length,
            digest: stored.as_ref().map(|stored| stored.digest),
            file,
        });
        if let Some((file, stored)) = file.zip(stored) {
            self.stored.entry(file).or_default().push(stored);
        }
        self.append(&bytes)?;
        Ok(block.raw_length as u64)
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let at = self.place.at + self.length;
        let written: io::Result<()> = self.place.file.write_all_at(bytes, at);
        written.map_err(|source| Error::output(self.place.folder, source))?;
        self.digest.update(bytes);
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn finish(mut self, layout: &Layout<'_>, files: Vec<Seen>) -> Payload {
        if let Some(spool) = self.spool {
            for (at, blocks) in std::mem::take(&mut self.stored) {
                let key = layout
                    .files
                    .get(at)
                    .and_then(|laid| laid.file_key(self.compression));
                if let (Some(key), Some(seen)) = (key, files.get(at).copied()) {
                    spool.keep_file(key, KnownFile { seen, blocks });
                }
            }
        }
        Payload {
            length: self.length,
            digest: self.digest.finalize().into(),
            archive_length: layout.archive_size,
            files,
            blocks: self.blocks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::Interrupt;
    use crate::package::{FileKind, Plan, Source};
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
        let place = Place {
            file: &Arc::new(tempfile::tempfile().unwrap()),
            at: 0,
            folder,
        };
        write(&layout, plan.compression, place, &options, &Quiet)
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
}
