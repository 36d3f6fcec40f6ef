//! Unpacking into a folder, and nowhere else.
//!
//! Every path is walked from the folder's own descriptor, one name at a time and without following
//! links (`openat` with `O_NOFOLLOW`); a file is made only where nothing is yet. So neither `..` nor
//! an absolute path nor a link that the package itself has made leads outside. Links are made after
//! all files. Owners are not changed, and the bits that give a file its owner's rights when run are
//! not set; devices and what the package owns without shipping it are left out.

use super::error::Error;
use crate::rpm::read::{FileEntry, Visit};
use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;

/// A folder that is being filled.
pub(super) struct Extractor {
    root: OwnedFd,
    folder: Utf8PathBuf,
    current: Option<File>,
    failure: Option<Error>,
    /// The names whose content comes with another, by device and inode.
    links: HashMap<(u64, u64), Vec<u8>>,
}

impl Extractor {
    /// Opens the folder, which is made where it is not there.
    pub(super) fn new(folder: &Utf8Path, files: &[FileEntry<'_>]) -> Result<Self, Error> {
        let failed = |source: io::Error| Error::Extract {
            path: folder.to_string(),
            source,
        };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut entries = std::fs::read_dir(folder).map_err(failed)?;
        if entries.next().is_some() {
            return Err(Error::NotEmpty {
                folder: folder.to_owned(),
            });
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::open(folder.as_str(), flags, Mode::empty())
            .map_err(|error| failed(error.into()))?;
        let extractor = Extractor {
            root,
            folder: folder.to_owned(),
            current: None,
            failure: None,
            links: HashMap::new(),
        };
        for file in files.iter().filter(|file| file.is_directory()) {
            extractor.folder_of(file)?;
        }
        Ok(extractor)
    }

    /// What kept a file from being unpacked.
    pub(super) fn failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    fn folder_of(&self, file: &FileEntry<'_>) -> Result<(), Error> {
        let path = file.raw_path();
        self.enter(&names(&path).ok_or_else(|| self.odd(file))?)
            .map(drop)
            .map_err(|error| self.failed(file, error))
    }

    /// Makes the links, and the names of files that have several.
    pub(super) fn finish(&self, files: &[FileEntry<'_>]) -> Result<(), Error> {
        for file in files.iter().filter(|file| !file.is_ghost()) {
            if file.is_regular() {
                self.link_name(file)?;
            }
        }
        for file in files.iter().filter(|file| file.is_symlink()) {
            let path = file.raw_path();
            let names = names(&path).ok_or_else(|| self.odd(file))?;
            self.symlink(&names, file.link_bytes())
                .map_err(|error| self.failed(file, error))?;
        }
        Ok(())
    }

    fn symlink(&self, names: &[&[u8]], target: &[u8]) -> Result<(), Errno> {
        let (name, folders) = names.split_last().ok_or(Errno::INVAL)?;
        rustix::fs::symlinkat(target, self.enter(folders)?, *name)
    }

    /// A name whose content came with another name of the same file.
    fn link_name(&self, file: &FileEntry<'_>) -> Result<(), Error> {
        let path = file.raw_path();
        let known = file.inode().and_then(|inode| self.links.get(&inode));
        let Some(first) = known.filter(|first| **first != path) else {
            return Ok(());
        };
        let make = || {
            let (from, to) = (names(first), names(&path));
            let (from, to) = (from.ok_or(Errno::INVAL)?, to.ok_or(Errno::INVAL)?);
            let (from_name, from_folders) = from.split_last().ok_or(Errno::INVAL)?;
            let (to_name, to_folders) = to.split_last().ok_or(Errno::INVAL)?;
            let from_folder = self.enter(from_folders)?;
            let to_folder = self.enter(to_folders)?;
            let flags = AtFlags::empty();
            rustix::fs::linkat(from_folder, *from_name, to_folder, *to_name, flags)
        };
        match make() {
            // It came with content of its own.
            Ok(()) | Err(Errno::EXIST) => Ok(()),
            Err(error) => Err(self.failed(file, error)),
        }
    }

    /// Opens a folder below the root, name by name, and makes what is missing.
    fn enter(&self, names: &[&[u8]]) -> Result<OwnedFd, Errno> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mut folder = rustix::io::fcntl_dupfd_cloexec(&self.root, 0)?;
        for name in names {
            folder = match rustix::fs::openat(&folder, *name, flags, Mode::empty()) {
                Err(Errno::NOENT) => {
                    rustix::fs::mkdirat(&folder, *name, Mode::from_raw_mode(0o755))?;
                    rustix::fs::openat(&folder, *name, flags, Mode::empty())?
                }
                other => other?,
            };
        }
        Ok(folder)
    }

    fn create(&self, file: &FileEntry<'_>) -> Result<File, Error> {
        let path = file.raw_path();
        let names = names(&path).ok_or_else(|| self.odd(file))?;
        let open = || {
            let (name, folders) = names.split_last().ok_or(Errno::INVAL)?;
            let folder = self.enter(folders)?;
            let flags =
                OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let mode = Mode::from_raw_mode(u32::from(file.permissions() & 0o777) | 0o600);
            rustix::fs::openat(folder, *name, flags, mode)
        };
        open()
            .map(File::from)
            .map_err(|error| self.failed(file, error))
    }

    fn failed(&self, file: &FileEntry<'_>, error: Errno) -> Error {
        Error::Extract {
            path: format!("{}{}", self.folder, crate::rpm::visible(&file.path())),
            source: error.into(),
        }
    }

    fn odd(&self, file: &FileEntry<'_>) -> Error {
        Error::Outside {
            path: crate::rpm::visible(&file.path()),
        }
    }
}

/// The names of a path; nothing where one of them leads elsewhere, or there is none.
fn names(path: &[u8]) -> Option<Vec<&[u8]>> {
    let names: Vec<&[u8]> = path
        .split(|byte| *byte == b'/')
        .filter(|name| !name.is_empty() && *name != b".")
        .collect();
    let is_plain = names.iter().all(|name| *name != b"..");
    (is_plain && !names.is_empty()).then_some(names)
}

impl Visit for Extractor {
    fn begin(&mut self, _: usize, file: &FileEntry<'_>, _: u64) -> bool {
        if self.failure.is_some() || file.is_ghost() {
            return false;
        }
        match self.create(file) {
            Ok(created) => {
                self.current = Some(created);
                if let Some(inode) = file.inode() {
                    self.links.insert(inode, file.raw_path());
                }
            }
            Err(failure) => self.failure = Some(failure),
        }
        true
    }

    fn content(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.failure.is_some() {
            // Ends the reading; why is told by `failure`.
            return Err(io::Error::other("not unpacked"));
        }
        match &mut self.current {
            Some(file) => file.write_all(bytes),
            None => Ok(()),
        }
    }

    fn end(&mut self, _: Option<&str>) -> io::Result<()> {
        self.current = None;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_path_that_leads_elsewhere_has_no_names() {
        assert_eq!(
            names(b"/usr//bin/./x"),
            Some(vec![&b"usr"[..], b"bin", b"x"])
        );
        for odd in [&b"/usr/../../etc/passwd"[..], b"..", b"/", b"", b"./."] {
            assert_eq!(names(odd), None);
        }
    }
}
