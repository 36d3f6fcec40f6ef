//! Digests computed anew and held against those recorded.

use crate::rpm::hex;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use sha3::{Sha3_256, Sha3_512};

/// What became of one digest or size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// The file records none.
    Absent,
    /// Recorded and right.
    Good,
    /// Recorded and wrong.
    Bad {
        /// What the file says.
        recorded: String,
        /// What its bytes say.
        computed: String,
    },
}

impl Check {
    pub(super) fn of(recorded: Option<impl Into<String>>, computed: impl Into<String>) -> Self {
        let computed = computed.into();
        match recorded.map(Into::into) {
            None => Check::Absent,
            Some(recorded) if recorded.eq_ignore_ascii_case(&computed) => Check::Good,
            Some(recorded) => Check::Bad { recorded, computed },
        }
    }

    /// Whether it is recorded and right.
    pub fn is_good(&self) -> bool {
        *self == Check::Good
    }

    /// Whether it is recorded and wrong.
    pub fn is_bad(&self) -> bool {
        matches!(self, Check::Bad { .. })
    }
}

/// What an algorithm of OpenPGP's numbers is called (RFC 9580, 9.5).
pub fn algorithm_name(number: u64) -> String {
    match number {
        1 => "MD5".to_owned(),
        2 => "SHA-1".to_owned(),
        8 => "SHA-256".to_owned(),
        9 => "SHA-384".to_owned(),
        10 => "SHA-512".to_owned(),
        11 => "SHA-224".to_owned(),
        12 => "SHA3-256".to_owned(),
        14 => "SHA3-512".to_owned(),
        other => format!("algorithm {other}"),
    }
}

/// A digest of a file's content, by OpenPGP's number of the algorithm.
pub(super) enum FileDigest {
    Md5(Md5),
    Sha1(Sha1),
    Sha224(Sha224),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
    Sha3_256(Sha3_256),
    Sha3_512(Sha3_512),
}

impl FileDigest {
    pub(super) fn new(algorithm: u64) -> Option<Self> {
        Some(match algorithm {
            1 => FileDigest::Md5(Md5::new()),
            2 => FileDigest::Sha1(Sha1::new()),
            8 => FileDigest::Sha256(Sha256::new()),
            9 => FileDigest::Sha384(Sha384::new()),
            10 => FileDigest::Sha512(Sha512::new()),
            11 => FileDigest::Sha224(Sha224::new()),
            12 => FileDigest::Sha3_256(Sha3_256::new()),
            14 => FileDigest::Sha3_512(Sha3_512::new()),
            _ => return None,
        })
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            FileDigest::Md5(digest) => digest.update(bytes),
            FileDigest::Sha1(digest) => digest.update(bytes),
            FileDigest::Sha224(digest) => digest.update(bytes),
            FileDigest::Sha256(digest) => digest.update(bytes),
            FileDigest::Sha384(digest) => digest.update(bytes),
            FileDigest::Sha512(digest) => digest.update(bytes),
            FileDigest::Sha3_256(digest) => digest.update(bytes),
            FileDigest::Sha3_512(digest) => digest.update(bytes),
        }
    }

    pub(super) fn finish(self) -> String {
        match self {
            FileDigest::Md5(digest) => hex(&digest.finalize()),
            FileDigest::Sha1(digest) => hex(&digest.finalize()),
            FileDigest::Sha224(digest) => hex(&digest.finalize()),
            FileDigest::Sha256(digest) => hex(&digest.finalize()),
            FileDigest::Sha384(digest) => hex(&digest.finalize()),
            FileDigest::Sha512(digest) => hex(&digest.finalize()),
            FileDigest::Sha3_256(digest) => hex(&digest.finalize()),
            FileDigest::Sha3_512(digest) => hex(&digest.finalize()),
        }
    }
}
