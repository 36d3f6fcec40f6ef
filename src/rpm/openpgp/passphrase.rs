//! Bytes that nobody may see.

use std::fmt;
use zeroize::Zeroizing;

/// A passphrase or a secret key: overwritten when dropped, and nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Secret(Zeroizing::new(bytes.into()))
    }

    /// A passphrase that stands on the first line of a file.
    pub fn first_line(bytes: impl Into<Vec<u8>>) -> Self {
        let Secret(mut bytes) = Secret::new(bytes);
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
    use super::Secret;

    #[test]
    fn a_secret_is_not_printed() {
        assert_eq!(format!("{:?}", Some(Secret::new("abc"))), "Some(Secret(…))");
    }

    #[test]
    fn the_passphrase_of_a_file_is_its_first_line() {
        for (file, passphrase) in [
            ("a b\n", "a b"),
            ("a\r\nmore\n", "a"),
            ("a", "a"),
            ("\n", ""),
        ] {
            assert_eq!(Secret::first_line(file).bytes(), passphrase.as_bytes());
        }
    }
}
