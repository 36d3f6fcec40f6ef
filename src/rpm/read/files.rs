//! The file list of a header.

use super::header::Header;
use super::{MAX_ITEMS, MAX_PATH, MAX_PATHS};
use crate::rpm::tag::{self, file, mode};

/// One file as the header has it. Borrows from the header, so that a header that repeats a long
/// folder for every file costs no memory.
#[derive(Clone, Copy, Debug)]
pub struct FileEntry<'a> {
    folder: &'a [u8],
    name: &'a [u8],
    user: &'a [u8],
    group: &'a [u8],
    link: &'a [u8],
    digest: &'a [u8],
    caps: &'a [u8],
    /// Type and permissions.
    pub mode: u16,
    /// `RPMFILE_*` flags.
    pub flags: u32,
    /// Bytes.
    pub size: u64,
    /// Seconds since 1970.
    pub mtime: u32,
    /// Device and inode on the machine that built it: regular files that share both are one file
    /// with several names.
    pub(super) inode: Option<(u64, u64)>,
}

impl FileEntry<'_> {
    /// The path; what is not UTF-8 is replaced.
    pub fn path(&self) -> String {
        String::from_utf8_lossy(&self.raw_path()).into_owned()
    }

    pub(super) fn path_bytes(&self) -> impl Iterator<Item = u8> + '_ {
        self.folder.iter().chain(self.name).copied()
    }

    /// The capabilities it is given (`cap_net_bind_service=ep`), or nothing.
    pub fn caps(&self) -> String {
        String::from_utf8_lossy(self.caps).into_owned()
    }

    /// The owner's name.
    pub fn user(&self) -> String {
        String::from_utf8_lossy(self.user).into_owned()
    }

    /// The group's name.
    pub fn group(&self) -> String {
        String::from_utf8_lossy(self.group).into_owned()
    }

    /// Where a symbolic link points; empty for all else.
    pub fn link(&self) -> String {
        String::from_utf8_lossy(self.link).into_owned()
    }

    /// The path as bytes.
    pub fn raw_path(&self) -> Vec<u8> {
        self.path_bytes().collect()
    }

    /// Device and inode on the machine that built it.
    pub fn inode(&self) -> Option<(u64, u64)> {
        self.inode
    }

    /// Where a symbolic link points, as bytes.
    pub fn link_bytes(&self) -> &[u8] {
        self.link
    }

    /// The digest in hexadecimal; empty for what has no content.
    pub fn digest(&self) -> String {
        String::from_utf8_lossy(self.digest).into_owned()
    }

    /// The permission bits.
    pub fn permissions(&self) -> u16 {
        self.mode & 0o7777
    }

    fn is(&self, kind: u32) -> bool {
        u32::from(self.mode) & mode::TYPE == kind
    }

    /// Whether it is a regular file.
    pub fn is_regular(&self) -> bool {
        self.is(mode::REGULAR)
    }

    /// Whether it is a folder.
    pub fn is_directory(&self) -> bool {
        self.is(mode::DIRECTORY)
    }

    /// Whether it is a symbolic link.
    pub fn is_symlink(&self) -> bool {
        self.is(mode::SYMLINK)
    }

    /// Whether it is owned and not shipped.
    pub fn is_ghost(&self) -> bool {
        self.flags & file::GHOST != 0
    }
}

/// The files of a header, in its order, or what is wrong with them.
pub(super) fn read(header: &Header) -> Result<Vec<FileEntry<'_>>, String> {
    let names: Vec<&[u8]> = header.texts(tag::BASE_NAMES).collect();
    let folders: Vec<&[u8]> = header.texts(tag::DIR_NAMES).collect();
    let count = names.len();
    debug_assert!(count <= MAX_ITEMS);
    let numbers = |tag: u32, what: &str| same_length(header.numbers(tag).collect(), count, what);
    let texts = |tag: u32, what: &str| same_length(header.texts(tag).collect(), count, what);
    let indexes = numbers(tag::DIR_INDEXES, "folders")?;
    let sizes = if header.has(tag::LONG_FILE_SIZES) {
        numbers(tag::LONG_FILE_SIZES, "sizes")?
    } else {
        numbers(tag::FILE_SIZES, "sizes")?
    };
    let modes = numbers(tag::FILE_MODES, "modes")?;
    let mtimes = numbers(tag::FILE_MTIMES, "times")?;
    let flags = numbers(tag::FILE_FLAGS, "flags")?;
    let users = texts(tag::FILE_USERNAME, "owners")?;
    let groups = texts(tag::FILE_GROUPNAME, "groups")?;
    let links = texts(tag::FILE_LINKTOS, "link targets")?;
    let digests = texts(tag::FILE_DIGESTS, "digests")?;
    let caps = if header.has(tag::FILE_CAPS) {
        texts(tag::FILE_CAPS, "capabilities")?
    } else {
        vec![&[][..]; count]
    };
    let mut inodes = header.numbers(tag::FILE_INODES);
    let mut devices = header.numbers(tag::FILE_DEVICES);

    let mut total = 0;
    let mut files = Vec::with_capacity(count);
    for (at, name) in names.into_iter().enumerate() {
        let folder = usize::try_from(indexes[at])
            .ok()
            .and_then(|index| folders.get(index));
        let folder = folder.ok_or("a file lies in a folder that is not listed")?;
        let length = folder.len() + name.len();
        if length > MAX_PATH {
            return Err("the path of a file is longer than 4096 bytes".into());
        }
        total += length;
        if total > MAX_PATHS {
            return Err("the paths of its files take more than 32 MiB".into());
        }
        files.push(FileEntry {
            folder,
            name,
            user: users[at],
            group: groups[at],
            link: links[at],
            digest: digests[at],
            caps: caps[at],
            inode: devices.next().zip(inodes.next()),
            // The widths are those of the entries' types.
            mode: modes[at] as u16,
            flags: flags[at] as u32,
            size: sizes[at],
            mtime: mtimes[at] as u32,
        });
    }
    Ok(files)
}

fn same_length<T>(list: Vec<T>, count: usize, what: &str) -> Result<Vec<T>, String> {
    if list.len() == count {
        Ok(list)
    } else {
        Err(format!("it lists {} {what} for {count} files", list.len()))
    }
}
