//! One change at a time.

use super::Error;
use crate::build::Interrupt;
use crate::report::Sink;
use camino::Utf8Path;
use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;
use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

/// The file that is locked. It stays: who waits for the lock has it open.
const NAME: &str = ".ambot.lock";
/// How often a lock that another has is asked for again.
const PAUSE: Duration = Duration::from_millis(100);

/// A folder that nobody else of us changes, until this is dropped or its process ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for whoever has it.
    pub(super) fn take(
        folder: &Utf8Path,
        interrupt: &Interrupt,
        sink: &dyn Sink,
    ) -> Result<Self, Error> {
        let path = folder.join(NAME);
        let failed = |source| Error::Write {
            path: path.clone(),
            source,
        };
        if path.symlink_metadata().is_ok_and(|facts| !facts.is_file()) {
            return Err(failed(io::Error::other("it is no regular file")));
        }
        // Through a link a file would be made elsewhere, and to open a pipe would be to wait.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .custom_flags(flags.bits().cast_signed())
            .open(&path)
            .map_err(failed)?;
        let mut has_told = false;
        loop {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Lock { _file: file }),
                Err(Errno::WOULDBLOCK | Errno::INTR) => {}
                Err(errno) => return Err(failed(errno.into())),
            }
            if !std::mem::replace(&mut has_told, true) {
                sink.status("Blocking", &format!("waiting for the lock on {folder}"));
            }
            if let Some(signal) = interrupt.signal() {
                return Err(Error::Interrupted { signal });
            }
            std::thread::sleep(PAUSE);
        }
    }
}
