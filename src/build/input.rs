//! Files that may be pipes: waiting for what never comes ends with a signal.

use super::interrupt::Interrupt;
use camino::Utf8Path;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::io::Errno;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;

/// How often a signal is looked for, in nanoseconds.
const TICK: i64 = 50_000_000;

/// A file, a pipe or a device that was named on the command line. Once a signal came, nothing more
/// is read of it.
#[derive(Debug)]
pub struct Input<'a> {
    file: File,
    /// Whether there may be nothing to read yet.
    waits: bool,
    interrupt: &'a Interrupt,
}

impl<'a> Input<'a> {
    /// Opens it without waiting for somebody who writes.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Utf8Path, interrupt: &'a Interrupt) -> io::Result<Self> {
        let flags = OFlags::NONBLOCK.bits().cast_signed();
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(flags)
            .open(path)?;
        let waits = !file.metadata()?.is_file();
        Ok(Input {
            file,
            waits,
            interrupt,
        })
    }

    /// Waits for a moment; a pipe that nobody has opened to write yet is not at its end (pipe(7)).
    fn is_ready(&self) -> io::Result<bool> {
        let mut asked = [PollFd::new(&self.file, PollFlags::IN)];
        let moment = Timespec {
            tv_sec: 0,
            tv_nsec: TICK,
        };
        match poll(&mut asked, Some(&moment)) {
            Ok(ready) => Ok(ready > 0),
            // By the signal that is looked for next.
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.interrupt.signal().is_some() {
                // Not of the kind "interrupted", after which readers try again.
                return Err(io::Error::other("a signal came"));
            }
            if self.waits && !self.is_ready()? {
                continue;
            }
            match self.file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{FileType, Mode, mknodat};
    use std::io::Write;
    use std::time::Duration;

    #[test]
    fn a_pipe_is_waited_for_until_a_signal_comes() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().join("pipe");
        mknodat(
            rustix::fs::CWD,
            path.as_str(),
            FileType::Fifo,
            Mode::RUSR | Mode::WUSR,
            0,
        )
        .unwrap();
        let interrupt = Interrupt::new();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                // Somebody who takes his time before he opens it, and before he writes.
                std::thread::sleep(Duration::from_millis(150));
                let mut pipe = OpenOptions::new().write(true).open(&path).unwrap();
                std::thread::sleep(Duration::from_millis(150));
                pipe.write_all(b"a key").unwrap();
            });
            let mut text = String::new();
            let mut input = Input::open(&path, &interrupt).unwrap();
            input.read_to_string(&mut text).unwrap();
            assert_eq!(text, "a key");
        });
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(150));
                interrupt.raise(2);
            });
            let mut input = Input::open(&path, &interrupt).unwrap();
            let error = input.read_to_end(&mut Vec::new()).unwrap_err();
            assert_eq!(error.to_string(), "a signal came");
        });
    }

    #[test]
    fn a_file_is_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().join("file");
        std::fs::write(&path, "text").unwrap();
        let interrupt = Interrupt::new();
        let mut text = String::new();
        let mut input = Input::open(&path, &interrupt).unwrap();
        input.read_to_string(&mut text).unwrap();
        assert_eq!(text, "text");
        assert!(Input::open(&path.with_file_name("none"), &interrupt).is_err());
    }
}
