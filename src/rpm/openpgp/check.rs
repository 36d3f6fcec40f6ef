//! The signatures of a package, held against the keys that one trusts.

use super::signature::Verdict;
use super::{Certificate, Signature};
pub use crate::rpm::read::Covers;
use crate::rpm::read::Metadata;
use crate::rpm::tag;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};

/// One signature of a package.
#[derive(Clone, Debug)]
pub struct SignatureCheck {
    /// The tag that it stands under.
    pub tag: u32,
    /// What it is over.
    pub covers: Covers,
    /// The signature, where it could be read.
    pub signature: Option<Signature>,
    /// What became of it.
    pub result: SignatureResult,
}

/// What became of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureResult {
    /// A key of these made it over these bytes.
    Good {
        /// The fingerprint of the key, of a subkey where it was one.
        fingerprint: String,
        /// The first user id of its certificate, as it is there.
        user: Option<String>,
    },
    /// The key is among these, and it did not sign these bytes.
    Bad,
    /// The key is not among these.
    UnknownKey,
    /// The payload cannot be read a second time, so nothing is known.
    NotChecked,
    /// It is no signature: why.
    Unreadable(String),
}

impl SignatureResult {
    /// Whether a trusted key signed these bytes.
    pub fn is_good(&self) -> bool {
        matches!(self, SignatureResult::Good { .. })
    }
}

/// Every signature of a package: of version 3 and 4, over the header (267, 268) and over header and
/// payload (1002, 1005).
///
/// `payload` gives the compressed payload anew each time it is called, and nothing where it cannot;
/// it is called for signatures over the payload by a key that is there. The memory that is used
/// does not grow with it. Keys are trusted as they are: whether one has expired or may sign is
/// what [`KeyFacts`](super::KeyFacts) say.
pub fn check(
    metadata: &Metadata,
    mut payload: impl FnMut() -> Option<Box<dyn Read>>,
    keys: &[Certificate],
) -> Vec<SignatureCheck> {
    let header = metadata.header().bytes();
    let mut checks = Vec::new();
    for (tag, covers) in [
        (tag::SIG_RSA, Covers::Header),
        (tag::SIG_DSA, Covers::Header),
        (tag::SIG_PGP, Covers::HeaderAndPayload),
        (tag::SIG_GPG, Covers::HeaderAndPayload),
    ] {
        let Some(bytes) = metadata.signature().binary(tag) else {
            continue;
        };
        let mut data = || -> Option<Box<dyn Read>> {
            let header = Cursor::new(header.to_vec());
            match covers {
                Covers::Header => Some(Box::new(header)),
                Covers::HeaderAndPayload => Some(Box::new(header.chain(payload()?))),
            }
        };
        let (signature, result) = match Signature::read(bytes) {
            Ok(signature) => {
                let result = result(&signature, &mut data, keys);
                (Some(signature), result)
            }
            Err(what) => (None, SignatureResult::Unreadable(what)),
        };
        checks.push(SignatureCheck {
            tag,
            covers,
            signature,
            result,
        });
    }
    checks
}

/// The signatures of the package in a file; see [`check`].
pub fn check_file(metadata: &Metadata, file: &File, keys: &[Certificate]) -> Vec<SignatureCheck> {
    let payload = || -> Option<Box<dyn Read>> {
        // The place in the file is shared with the other handle, and signatures are read one after
        // the other.
        let mut file = file.try_clone().ok()?;
        file.seek(SeekFrom::Start(metadata.payload_start())).ok()?;
        Some(Box::new(BufReader::with_capacity(256 << 10, file)))
    };
    check(metadata, payload, keys)
}

fn result(
    signature: &Signature,
    data: &mut dyn FnMut() -> Option<Box<dyn Read>>,
    keys: &[Certificate],
) -> SignatureResult {
    let mut result = SignatureResult::UnknownKey;
    for certificate in keys {
        match signature.made_by(certificate, &mut *data) {
            Ok(fingerprint) => {
                return SignatureResult::Good {
                    fingerprint,
                    user: certificate.user(),
                };
            }
            Err(Verdict::Bad) => result = SignatureResult::Bad,
            Err(Verdict::NoData) if result == SignatureResult::UnknownKey => {
                result = SignatureResult::NotChecked;
            }
            Err(Verdict::NoData | Verdict::UnknownKey) => {}
        }
    }
    result
}
