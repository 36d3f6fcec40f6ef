//! Bytes that nobody may see.

use crate::project::input::too_large;
use std::fmt;
use std::io::{self, Read};
use zeroize::Zeroizing;

/// The bytes of the first buffer: most keys fit.
const FIRST_BUFFER: usize = 64 << 10;

/// A passphrase or a secret key: overwritten when dropped, and nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Secret(Zeroizing::new(bytes.into()))
    }

    /// Reads what has at most so many bytes. What is read is nowhere but here: a buffer that is too
    /// small is overwritten where it is replaced.
    ///
    /// # Errors
    /// When it cannot be read, or has more.
    pub fn read(input: impl Read, most: u64) -> io::Result<Self> {
        let mut input = input.take(most + 1);
        let mut bytes = Zeroizing::new(vec![0; FIRST_BUFFER]);
        let mut length = 0;
        loop {
            if length == bytes.len() {
                let mut larger = Zeroizing::new(vec![0; 2 * length]);
                larger[..length].copy_from_slice(&bytes);
                bytes = larger;
            }
            match input.read(&mut bytes[length..]) {
                Ok(0) => break,
                Ok(more) => length += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if length as u64 > most {
            return Err(too_large(most));
        }
        bytes.truncate(length);
        Ok(Secret(bytes))
    }

    /// Of a file with a passphrase: its first line.
    #[must_use]
    pub fn first_line(self) -> Self {
        let Secret(mut bytes) = self;
        if let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            bytes.truncate(end);
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        Secret(bytes)
    }

    /// Whether it begins as armoured OpenPGP data does.
    pub fn is_armoured(&self) -> bool {
        super::certificate::is_armoured(&self.0)
    }

    /// The text, where it is one of a single line.
    pub fn text(&self) -> Option<String> {
        let text = std::str::from_utf8(&self.0).ok()?;
        (!text.contains('\n')).then(|| text.to_owned())
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Secret, io};

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Some(Secret::new("abc"))), "Some(Secret(…))");
    }

    #[test]
    fn what_is_read_is_whole_and_within_its_bounds() {
        let bytes: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        let length = bytes.len() as u64;
        let secret = Secret::read(bytes.as_slice(), length).unwrap();
        assert_eq!(secret.bytes(), bytes);
        let error = Secret::read(bytes.as_slice(), length - 1).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(Secret::read(io::empty(), 0).unwrap().bytes(), b"");
    }

    #[test]
    fn the_passphrase_of_a_file_is_its_first_line() {
        for (file, passphrase) in [
            ("a b\n", "a b"),
            ("a\r\nmore\n", "a"),
            ("a", "a"),
            ("\n", ""),
        ] {
            let secret = Secret::new(file).first_line();
            assert_eq!(secret.bytes(), passphrase.as_bytes());
        }
    }
}
