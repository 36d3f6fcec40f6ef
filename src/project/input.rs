//! Small files, read whole: a text that people wrote is never as large as memory, and a device or a
//! pipe in its place would never end.

use crate::report::size;
use camino::Utf8Path;
use std::fs::File;
use std::io::{self, Read};

/// The most bytes of a text that people write: a manifest, a changelog, a script.
pub const MAX_TEXT: u64 = 16 << 20;

/// The most bytes of a unit. systemd takes no line that is longer (`LONG_LINE_MAX` of src/basic/def.h
/// at v239).
pub const MAX_UNIT: u64 = 1 << 20;

/// The most bytes of a key, a passphrase or a list of keys.
pub const MAX_KEY: u64 = 4 << 20;

/// Reads a regular file of at most so many bytes.
///
/// # Errors
/// When it cannot be read, is something else than a file, or is larger.
pub fn read(path: &Utf8Path, most: u64) -> io::Result<Vec<u8>> {
    // To open a pipe would be to wait.
    let facts = std::fs::metadata(path)?;
    if facts.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !facts.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    read_up_to(File::open(path)?, most)
}

/// Reads a regular file of at most so many bytes as text.
///
/// # Errors
/// As [`read`], and when it is not UTF-8.
pub fn read_text(path: &Utf8Path, most: u64) -> io::Result<String> {
    let bytes = read(path, most)?;
    String::from_utf8(bytes).map_err(|_| {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "stream did not contain valid UTF-8",
        )
    })
}

/// Reads what has at most so many bytes.
///
/// # Errors
/// When it cannot be read, or has more.
pub fn read_up_to(input: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(most + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > most {
        true => Err(too_large(most)),
        false => Ok(bytes),
    }
}

/// What has more bytes than are read.
pub fn too_large(most: u64) -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it is larger than {}, the most that is read", size(most)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_never_ends_or_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().join("file");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert_eq!(read_text(&path, 5).unwrap(), "12345");
        let said = |result: io::Result<Vec<u8>>| result.unwrap_err().to_string();
        assert_eq!(
            said(read(&path, 4)),
            "it is larger than 4 B, the most that is read"
        );
        let zero = Utf8Path::new("/dev/zero");
        assert_eq!(said(read(zero, MAX_UNIT)), "it is no regular file");
        assert_eq!(
            said(read_up_to(File::open(zero).unwrap(), MAX_UNIT)),
            "it is larger than 1.0 MiB, the most that is read"
        );
        let folder = path.parent().unwrap();
        assert_eq!(
            read(folder, 1).unwrap_err().kind(),
            io::ErrorKind::IsADirectory
        );
    }
}
