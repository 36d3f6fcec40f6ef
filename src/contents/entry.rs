//! One thing that the package ships, and its attributes.

use super::{Capabilities, InstallPath};
use crate::report::Span;
use camino::{Utf8Path, Utf8PathBuf};

/// Where the bytes of a file come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file, read once while the payload is written.
    Path(Utf8PathBuf),
    /// Bytes that we made: units, presets, lists.
    Bytes(Vec<u8>),
}

/// What kind of file it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    Regular(Source),
    /// A folder that the package owns.
    Directory,
    /// A symbolic link and where it points.
    Symlink(String),
}

impl FileKind {
    /// The file of this machine that the bytes come from, if they do.
    pub fn source_path(&self) -> Option<&Utf8Path> {
        match self {
            FileKind::Regular(Source::Path(path)) => Some(path),
            _ => None,
        }
    }
}

/// The flags of a file (`RPMFILE_*` in rpm's `lib/rpmfiles.h`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileFlags {
    /// `%config`
    pub config: bool,
    /// `%config(noreplace)`
    pub noreplace: bool,
    /// `%config(missingok)`
    pub missingok: bool,
    /// `%doc`
    pub doc: bool,
    /// `%license`
    pub license: bool,
    /// `%ghost`: owned, not shipped.
    pub ghost: bool,
    /// The spec file of a source package.
    pub spec: bool,
    /// Made by the build, and no part of the software (`%artifact`), as rpmbuild marks build-id
    /// links.
    pub artifact: bool,
}

/// One thing that the package ships.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is installed.
    pub path: InstallPath,
    /// What it is.
    pub kind: FileKind,
    /// The permission bits, `0o7777` at most.
    pub mode: u16,
    /// The owner's name.
    pub user: String,
    /// The group's name.
    pub group: String,
    /// The flags.
    pub flags: FileFlags,
    /// The capabilities of a regular file.
    pub caps: Option<Capabilities>,
    /// Why it is there, for people.
    pub reason: String,
    /// Where the user asked for it.
    pub span: Option<Span>,
}

impl Entry {
    /// A file of root's.
    pub fn file(path: InstallPath, source: Source, mode: u16, reason: impl Into<String>) -> Self {
        Entry {
            path,
            kind: FileKind::Regular(source),
            mode,
            user: "root".to_owned(),
            group: "root".to_owned(),
            flags: FileFlags::default(),
            caps: None,
            reason: reason.into(),
            span: None,
        }
    }

    /// The file of this machine that its bytes come from, if they do.
    pub fn source_path(&self) -> Option<&Utf8Path> {
        self.kind.source_path()
    }

    /// A folder of root's that the package owns.
    pub fn directory(path: InstallPath, reason: impl Into<String>) -> Self {
        Entry {
            kind: FileKind::Directory,
            ..Entry::file(path, Source::Bytes(Vec::new()), 0o755, reason)
        }
    }
}
