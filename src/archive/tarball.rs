//! A `.tar.gz` file whose bytes depend on nothing but what is in it.

use super::Error;
use crate::build::Interrupt;
use crate::contents::Source;
use crate::disk::{self, Readers};
use camino::{Utf8Path, Utf8PathBuf};
use flate2::GzBuilder;
use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::fs::PermissionsExt;
use tar::{Builder, EntryType, Header};
use tempfile::NamedTempFile;

/// The level of gzip. A higher one takes three times as long over vendored dependencies and saves a
/// hundredth.
const LEVEL: u32 = 6;

/// What an entry of an archive is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A regular file.
    File(Source),
    /// A symbolic link and where it points.
    Link(String),
}

/// An entry of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub content: Content,
    /// Whether it may be executed.
    pub executable: bool,
}

impl Item {
    /// A file of this machine; executable where its owner may execute it, as git keeps it.
    pub fn file(path: &Utf8Path, metadata: &Metadata) -> Self {
        Item {
            content: Content::File(Source::Path(path.to_owned())),
            executable: metadata.permissions().mode() & 0o100 != 0,
        }
    }

    /// A text that is not executed.
    pub fn text(text: impl Into<Vec<u8>>) -> Self {
        Item {
            content: Content::File(Source::Bytes(text.into())),
            executable: false,
        }
    }
}

/// The entries of an archive by their paths in it; the folders above them follow from these.
pub type Items = BTreeMap<String, Item>;

/// All files below a folder, as entries below `prefix`.
///
/// # Errors
/// When a folder cannot be read.
pub fn folder_items(folder: &Utf8Path, prefix: &str) -> Result<Items, Error> {
    let mut items = Items::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let input = |source| Error::Input {
            path: next.clone(),
            archive: prefix.to_owned(),
            source,
        };
        for entry in next.read_dir_utf8().map_err(input)? {
            let entry = entry.map_err(input)?;
            let path = entry.path();
            let metadata = path.metadata().map_err(input)?;
            if metadata.is_dir() {
                folders.push(path.to_owned());
                continue;
            }
            let inside = path.strip_prefix(folder).unwrap_or(path);
            items.insert(format!("{prefix}/{inside}"), Item::file(path, &metadata));
        }
    }
    Ok(items)
}

/// An archive that is written whole, under a temporary name. Dropping it removes the file.
#[derive(Debug)]
pub struct Written {
    file: NamedTempFile,
    folder: Utf8PathBuf,
    name: String,
    size: u64,
}

impl Written {
    /// The file's size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The path that it has for now.
    pub fn path(&self) -> Option<&Utf8Path> {
        Utf8Path::from_path(self.file.path())
    }

    /// Gives it its name in one step: a file of that name is replaced whole or not at all.
    ///
    /// # Errors
    /// When it cannot be renamed; it is removed then.
    pub fn publish_as(self, name: &str) -> Result<Utf8PathBuf, Error> {
        let path = self.folder.join(name);
        match self.file.persist(&path) {
            Ok(_) => Ok(path),
            Err(error) => Err(Error::Output {
                archive: self.name,
                folder: self.folder,
                source: error.error,
            }),
        }
    }
}

/// Writes an archive into a folder, which must be there, under a temporary name; `name` is for
/// messages. Every entry has the time `time`, seconds since 1970, and belongs to root.
///
/// # Errors
/// When a file cannot be read, the folder cannot be written to, or a signal comes.
pub fn write(
    items: &Items,
    time: u32,
    name: &str,
    folder: &Utf8Path,
    interrupt: &Interrupt,
) -> Result<Written, Error> {
    let output = |source| Error::Output {
        archive: name.to_owned(),
        folder: folder.to_owned(),
        source,
    };
    let file = disk::unfinished(folder, ".tar.gz", Readers::Umask).map_err(output)?;
    let out = file.as_file().try_clone().map_err(output)?;
    let gzip = GzBuilder::new().write(BufWriter::new(out), flate2::Compression::new(LEVEL));
    let mut archive = Builder::new(gzip);
    let mut folders = std::collections::BTreeSet::new();
    for (path, item) in items {
        if let Some(signal) = interrupt.signal() {
            return Err(Error::Interrupted { signal });
        }
        for (end, _) in path.match_indices('/') {
            if folders.insert(&path[..=end]) {
                let mut head = header(EntryType::Directory, 0o755, 0, time);
                archive
                    .append_data(&mut head, &path[..=end], io::empty())
                    .map_err(output)?;
            }
        }
        append(&mut archive, path, item, time, name, &output)?;
    }
    let gzip = archive.into_inner().map_err(output)?;
    let mut out = gzip.finish().map_err(output)?;
    out.flush().map_err(output)?;
    let size = file.as_file().metadata().map_err(output)?.len();
    file.as_file().sync_all().map_err(output)?;
    Ok(Written {
        file,
        folder: folder.to_owned(),
        name: name.to_owned(),
        size,
    })
}

fn append(
    archive: &mut Builder<impl Write>,
    path: &str,
    item: &Item,
    time: u32,
    name: &str,
    output: &dyn Fn(io::Error) -> Error,
) -> Result<(), Error> {
    let mode = if item.executable { 0o755 } else { 0o644 };
    match &item.content {
        Content::Link(target) => {
            let mut head = header(EntryType::Symlink, 0o777, 0, time);
            archive.append_link(&mut head, path, target).map_err(output)
        }
        Content::File(Source::Bytes(bytes)) => {
            let mut head = header(EntryType::Regular, mode, bytes.len() as u64, time);
            let bytes = bytes.as_slice();
            archive.append_data(&mut head, path, bytes).map_err(output)
        }
        Content::File(Source::Path(file)) => {
            let input = |source| Error::Input {
                path: file.clone(),
                archive: name.to_owned(),
                source,
            };
            let opened = File::open(file).map_err(input)?;
            let size = opened.metadata().map_err(input)?.len();
            let mut head = header(EntryType::Regular, mode, size, time);
            // A file that shrinks meanwhile would shift all that comes after it.
            let mut exact = Exact {
                file: opened,
                left: size,
            };
            archive
                .append_data(&mut head, path, &mut exact)
                .map_err(|error| match error.kind() {
                    io::ErrorKind::UnexpectedEof => input(error),
                    _ => output(error),
                })
        }
    }
}

/// A file of which exactly so many bytes are read.
struct Exact {
    file: File,
    left: u64,
}

impl Read for Exact {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let want = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let got = self.file.read(&mut buffer[..want])?;
        if got == 0 && want > 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "it changed while it was read",
            ));
        }
        self.left -= got as u64;
        Ok(got)
    }
}

fn header(kind: EntryType, mode: u32, size: u64, time: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(u64::from(time));
    header.set_uid(0);
    header.set_gid(0);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(items: &Items) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let written = write(items, 1_700_000_000, "a.tar.gz", folder, &Interrupt::new()).unwrap();
        let path = written.publish_as("a.tar.gz").unwrap();
        std::fs::read(path).unwrap()
    }

    #[test]
    fn the_same_in_gives_the_same_out_and_long_names_come_back() {
        let long = format!("top/{}/file", "folder/".repeat(30).trim_end_matches('/'));
        let items = Items::from([
            ("top/b".to_owned(), Item::text("b")),
            (
                "top/a".to_owned(),
                Item {
                    executable: true,
                    ..Item::text("a")
                },
            ),
            (long.clone(), Item::text("deep")),
        ]);
        let bytes = archive(&items);
        assert!(bytes == archive(&items));
        let mut read = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
        let mut seen = BTreeMap::new();
        for entry in read.entries().unwrap() {
            let entry = entry.unwrap();
            let head = entry.header();
            assert_eq!((head.uid().unwrap(), head.gid().unwrap()), (0, 0));
            assert_eq!(head.mtime().unwrap(), 1_700_000_000);
            let path = entry.path().unwrap().display().to_string();
            seen.insert(path, head.mode().unwrap());
        }
        assert_eq!(
            (seen["top/"], seen["top/a"], seen["top/b"]),
            (0o755, 0o755, 0o644)
        );
        assert!(seen.contains_key(&long));
    }

    #[test]
    fn a_file_that_is_not_there_is_named_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let missing = Item {
            content: Content::File(Source::Path("/no/such/file".into())),
            executable: false,
        };
        let items = Items::from([("top/a".to_owned(), missing)]);
        let error = write(&items, 0, "a.tar.gz", folder, &Interrupt::new()).unwrap_err();
        assert!(error.to_string().contains("/no/such/file"), "{error}");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
    }
}
