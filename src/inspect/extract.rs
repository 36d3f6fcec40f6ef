//! Unpacking into a folder, and nowhere else.
//!
//! Every path is walked from the folder's own descriptor, one name at a time and without following
//! links (`openat` with `O_NOFOLLOW`); a file is made only where nothing is yet. So neither `..` nor
//! an absolute path nor a link that the package itself has made leads outside. Links are made after
//! all files. Owners are not changed, and the bits that give a file its owner's rights when run are
//! not set; the other permissions are the package's, as far as the umask lets them, and what nobody
//! else may enter is never open to others in between. Devices and what the package owns without
//! shipping it are left out. Where it fails, or a signal comes, what was unpacked is taken away again,
//! with the folders that were made above it: half a package looks like a whole one.

use super::error::Error;
use crate::build::Interrupt;
use crate::rpm;
use crate::rpm::read::{FileEntry, Visit};
use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;

/// A folder that is being filled.
pub(super) struct Extractor<'a> {
    root: OwnedFd,
    folder: Utf8PathBuf,
    interrupt: &'a Interrupt,
    /// The permissions of the package's folders, by the names of their paths.
    modes: HashMap<Vec<u8>, u32>,
    /// The file that is being written, and where it lies in the package.
    current: Option<(File, Vec<u8>)>,
    failure: Option<Error>,
    /// What was made below the root, in order, and whether it is a folder.
    made: RefCell<Vec<(Vec<u8>, bool)>>,
    is_finished: bool,
    /// The names whose content comes with another, by device and inode.
    links: HashMap<(u64, u64), Vec<u8>>,
    // Dropped after what lies below them was taken away.
    above: NewFolders,
}

/// The folder and those above it that were made for it, the outermost first; taken away again when
/// dropped, unless something lies in them.
struct NewFolders(Vec<Utf8PathBuf>);

impl NewFolders {
    fn make(folder: &Utf8Path) -> io::Result<Self> {
        let missing = folder.ancestors().take_while(|path| !path.exists());
        let missing: Vec<&Utf8Path> = missing.filter(|path| *path != "").collect();
        let mut made = NewFolders(Vec::new());
        for path in missing.into_iter().rev() {
            match std::fs::create_dir(path) {
                Ok(()) => made.0.push(path.to_owned()),
                // Somebody else was faster, or it is `a/..`.
                Err(_) if path.is_dir() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(made)
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        for path in self.0.iter().rev() {
            let _ = std::fs::remove_dir(path);
        }
    }
}

impl<'a> Extractor<'a> {
    /// Opens the folder, which is made where it is not there.
    pub(super) fn new(
        folder: &Utf8Path,
        files: &[FileEntry<'_>],
        interrupt: &'a Interrupt,
    ) -> Result<Self, Error> {
        let failed = |source: io::Error| Error::Extract {
            path: folder.to_string(),
            source,
        };
        let above = NewFolders::make(folder).map_err(failed)?;
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
            interrupt,
            modes: modes(files),
            current: None,
            failure: None,
            made: RefCell::default(),
            is_finished: false,
            links: HashMap::new(),
            above,
        };
        let shipped = files.iter().filter(|file| !file.is_ghost());
        for file in shipped.filter(|file| file.is_directory()) {
            extractor.go_on()?;
            extractor.folder_of(file)?;
        }
        Ok(extractor)
    }

    /// What kept a file from being unpacked.
    pub(super) fn failure(&mut self) -> Option<Error> {
        self.failure.take()
    }

    fn go_on(&self) -> Result<(), Error> {
        match self.interrupt.signal() {
            Some(signal) => Err(rpm::Error::Interrupted { signal }.into()),
            None => Ok(()),
        }
    }

    fn folder_of(&self, file: &FileEntry<'_>) -> Result<(), Error> {
        let path = file.raw_path();
        if path.iter().all(|byte| *byte == b'/') {
            // The root itself, which the base package of a distribution has.
            return Ok(());
        }
        self.enter(&names(&path).ok_or_else(|| self.odd(file))?)
            .map(drop)
            .map_err(|error| self.failed(file, error))
    }

    /// Makes the links, and the names of files that have several.
    pub(super) fn finish(mut self, files: &[FileEntry<'_>]) -> Result<(), Error> {
        for file in files.iter().filter(|file| !file.is_ghost()) {
            self.go_on()?;
            if file.is_regular() {
                self.link_name(file)?;
            }
        }
        for file in files.iter().filter(|file| file.is_symlink()) {
            self.go_on()?;
            let path = file.raw_path();
            let names = names(&path).ok_or_else(|| self.odd(file))?;
            self.symlink(&names, file.link_bytes())
                .map_err(|error| self.failed(file, error))?;
        }
        self.is_finished = true;
        self.above.0.clear();
        Ok(())
    }

    fn symlink(&self, names: &[&[u8]], target: &[u8]) -> Result<(), Errno> {
        let (name, folders) = names.split_last().ok_or(Errno::INVAL)?;
        rustix::fs::symlinkat(target, self.enter(folders)?, *name)?;
        self.note(names, false);
        Ok(())
    }

    fn note(&self, names: &[&[u8]], is_folder: bool) {
        let path = names.join(&b'/');
        self.made.borrow_mut().push((path, is_folder));
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
            rustix::fs::linkat(from_folder, *from_name, to_folder, *to_name, flags)?;
            self.note(&to, false);
            Ok(())
        };
        match make() {
            // It came with content of its own.
            Ok(()) | Err(Errno::EXIST) => Ok(()),
            Err(error) => Err(self.failed(file, error)),
        }
    }

    /// Opens a folder below the root, name by name, and makes what is missing.
    fn enter(&self, names: &[&[u8]]) -> Result<OwnedFd, Errno> {
        let mut folder = rustix::io::fcntl_dupfd_cloexec(&self.root, 0)?;
        for (at, name) in names.iter().enumerate() {
            folder = match open_folder(&folder, name) {
                Err(Errno::NOENT) => {
                    let path = &names[..=at];
                    rustix::fs::mkdirat(&folder, *name, self.mode_of(path))?;
                    self.note(path, true);
                    open_folder(&folder, name)?
                }
                other => other?,
            };
        }
        Ok(folder)
    }

    /// Opens a folder that is there.
    fn find(&self, names: &[&[u8]]) -> Result<OwnedFd, Errno> {
        let root = rustix::io::fcntl_dupfd_cloexec(&self.root, 0)?;
        let mut names = names.iter();
        names.try_fold(root, |folder, name| open_folder(&folder, name))
    }

    /// The permissions that a folder is made with; its owner can always fill it and take it away.
    fn mode_of(&self, names: &[&[u8]]) -> Mode {
        let of_package = self.modes.get(&names.join(&b'/'));
        Mode::from_raw_mode(of_package.copied().unwrap_or(0o755) & 0o1777 | 0o700)
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
            let created = rustix::fs::openat(folder, *name, flags, mode)?;
            self.note(&names, false);
            Ok(created)
        };
        open()
            .map(File::from)
            .map_err(|error| self.failed(file, error))
    }

    fn failed(&self, file: &FileEntry<'_>, error: Errno) -> Error {
        Error::Extract {
            path: format!("{}{}", self.folder, rpm::visible(&file.path())),
            source: error.into(),
        }
    }

    fn odd(&self, file: &FileEntry<'_>) -> Error {
        Error::Outside {
            path: rpm::visible(&file.path()),
        }
    }
}

impl Drop for Extractor<'_> {
    fn drop(&mut self) {
        if self.is_finished {
            return;
        }
        for (path, is_folder) in self.made.take().iter().rev() {
            let names: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
            let Some((name, folders)) = names.split_last() else {
                continue;
            };
            let flags = match is_folder {
                true => AtFlags::REMOVEDIR,
                false => AtFlags::empty(),
            };
            // What somebody else put there keeps its folder.
            let _ = self
                .find(folders)
                .and_then(|folder| rustix::fs::unlinkat(folder, *name, flags));
        }
    }
}

fn open_folder(folder: &OwnedFd, name: &[u8]) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(folder, name, flags, Mode::empty())
}

fn modes(files: &[FileEntry<'_>]) -> HashMap<Vec<u8>, u32> {
    let folders = files.iter().filter(|file| file.is_directory());
    let modes = folders.filter_map(|file| {
        let path = names(&file.raw_path())?.join(&b'/');
        Some((path, u32::from(file.permissions())))
    });
    modes.collect()
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

impl Visit for Extractor<'_> {
    fn begin(&mut self, _: usize, file: &FileEntry<'_>, _: u64) -> bool {
        if self.failure.is_some() || file.is_ghost() {
            return false;
        }
        match self.go_on().and_then(|()| self.create(file)) {
            Ok(created) => {
                self.current = Some((created, file.raw_path()));
                if let Some(inode) = file.inode() {
                    self.links.insert(inode, file.raw_path());
                }
            }
            Err(failure) => self.failure = Some(failure),
        }
        true
    }

    fn content(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(interrupted) = self.go_on() {
            self.failure = Some(interrupted);
        }
        if self.failure.is_some() {
            // Ends the reading; why is told by `failure`.
            return Err(io::Error::other("not unpacked"));
        }
        let Some((file, path)) = &mut self.current else {
            return Ok(());
        };
        file.write_all(bytes).map_err(|source| {
            let path = rpm::visible(&String::from_utf8_lossy(path));
            self.failure = Some(Error::Extract {
                path: format!("{}{path}", self.folder),
                source,
            });
            io::Error::other("not unpacked")
        })
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
