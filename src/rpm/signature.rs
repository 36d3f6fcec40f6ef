//! The signature header: digests and sizes that rpm checks before it looks further, and room for
//! a signature.
//!
//! It has the same length in every package, so that signing replaces reserved bytes and moves
//! neither header nor payload.

use super::encode::Entries;
use super::tag;
use super::{Error, hex};
use sha1::{Digest, Sha1};
use sha2::Sha256;

/// Bytes kept for signatures where nothing else takes them: what rpmbuild keeps
/// (`%__gpg_reserved_space` and 32 more; rpm 4.14.3, `rpmGenerateSignature`).
const RESERVED: usize = 4096 + 32;
/// What a pair of 64-bit sizes takes beyond a pair of 32-bit ones: eight bytes, and five of
/// alignment because they stand elsewhere.
const LONG_SIZES: usize = 13;

/// Sizes and digest of what follows the signature header.
#[derive(Clone, Debug)]
pub(super) struct Covered<'a> {
    /// The main header's bytes.
    pub(super) header: &'a [u8],
    /// The number of bytes of the compressed payload.
    pub(super) payload_length: u64,
    /// The number of bytes of the raw payload.
    pub(super) archive_length: u64,
    /// MD5 of header and payload; zeroes while it is not known, which takes the same room.
    pub(super) md5: [u8; 16],
}

/// The entries of a signature header without a signature.
pub(super) fn entries(covered: &Covered<'_>) -> Result<Entries, Error> {
    let mut entries = Entries::default();
    let sha1 = hex(&Sha1::digest(covered.header));
    let sha256 = hex(&Sha256::digest(covered.header));
    entries.string(tag::SIG_SHA1, "digest", &sha1)?;
    entries.string(tag::SIG_SHA256, "digest", &sha256)?;
    entries.binary(tag::SIG_MD5, covered.md5.to_vec());
    let size = covered.header.len() as u64 + covered.payload_length;
    let archive = covered.archive_length;
    let mut reserved = RESERVED;
    if u32::try_from(size.max(archive)).is_ok() {
        entries.size(tag::SIG_SIZE, tag::SIG_LONG_SIZE, size);
        entries.size(tag::SIG_PAYLOAD_SIZE, tag::SIG_LONG_ARCHIVE_SIZE, archive);
    } else {
        // Both or neither, as rpmbuild has it.
        entries.long_size(tag::SIG_LONG_SIZE, size);
        entries.long_size(tag::SIG_LONG_ARCHIVE_SIZE, archive);
        reserved -= LONG_SIZES;
    }
    entries.binary(tag::SIG_RESERVED_SPACE, vec![0; reserved]);
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpm::encode;

    #[test]
    fn every_signature_header_has_the_same_length() {
        let length = |payload_length, archive_length| {
            let covered = Covered {
                header: b"a header",
                payload_length,
                archive_length,
                md5: [7; 16],
            };
            let signature = entries(&covered).unwrap();
            encode::front("hello", false, &signature).unwrap().len()
        };
        let small = length(0, 0);
        assert_eq!(small, length(1 << 20, u64::from(u32::MAX)));
        assert_eq!(small, length(1 << 20, 1 << 33));
        assert_eq!(small, length(u64::from(u32::MAX), 1 << 33));
        assert!(
            small.is_multiple_of(8),
            "rpm aligns what follows to eight bytes"
        );
    }
}
