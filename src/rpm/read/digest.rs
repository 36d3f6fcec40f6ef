//! Digests computed anew and held against those recorded.

use crate::rpm::hex;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

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

/// A digest of a file's content, by OpenPGP's number of the algorithm (RFC 4880, 9.4).
pub(super) enum FileDigest {
    Md5(Md5),
    Sha1(Sha1),
    Sha224(Sha224),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
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
        }
    }
}
