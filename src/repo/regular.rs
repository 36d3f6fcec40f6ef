//! Files that are read are files: to open a pipe is to wait for who writes into it.

use camino::Utf8Path;
use std::fs::File;
use std::io;

/// Opens what is a regular file.
pub(super) fn open(path: &Utf8Path) -> io::Result<File> {
    match std::fs::metadata(path)?.is_file() {
        true => File::open(path),
        false => Err(io::Error::other("it is no regular file")),
    }
}
