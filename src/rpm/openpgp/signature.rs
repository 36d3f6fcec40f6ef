//! One detached signature.

use super::Certificate;
use super::certificate::{is_armoured, signs_with};
use crate::rpm::hex;
use crate::target::SignatureAlgorithm;
use pgp::composed::{ArmorOptions, Deserializable, DetachedSignature};
use pgp::packet::{self, PacketTrait, SignatureType, SignatureVersion};
use std::io::Read;

/// The most bytes of a signature with its armour; one of RSA 8192 has some 1,100.
const MAX_SIGNATURE: usize = 64 << 10;

/// A signature over bytes that lie elsewhere.
#[derive(Clone, Debug)]
pub struct Signature(packet::Signature);

impl Signature {
    pub(super) fn new(signature: packet::Signature) -> Self {
        Signature(signature)
    }

    /// Reads the one signature that there must be, armoured or not.
    ///
    /// # Errors
    /// What it is instead.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.is_empty() {
            return Err("nothing".to_owned());
        }
        if bytes.len() > MAX_SIGNATURE {
            return Err(format!(
                "{} bytes, far more than a signature has",
                bytes.len()
            ));
        }
        let other = |_| "something that is no OpenPGP signature".to_owned();
        let all: Vec<DetachedSignature> = if is_armoured(bytes) {
            let (all, _) = DetachedSignature::from_armor_many_buf(bytes).map_err(other)?;
            all.collect::<Result<_, _>>().map_err(other)?
        } else {
            let all = DetachedSignature::from_bytes_many(bytes).map_err(other)?;
            all.collect::<Result<_, _>>().map_err(other)?
        };
        let count = all.len();
        match <[DetachedSignature; 1]>::try_from(all) {
            Ok([one]) if one.signature.config().is_none() => {
                Err("a signature of an unknown version".to_owned())
            }
            Ok([one]) => Ok(Signature(one.signature)),
            Err(_) => Err(format!("{count} signatures")),
        }
    }

    /// As it stands in a package.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let written = self.0.to_writer_with_header(&mut bytes);
        written.map_err(|error| error.to_string())?;
        Ok(bytes)
    }

    /// As it stands in a file of its own.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn armoured(&self) -> Result<String, String> {
        let signature = DetachedSignature::new(self.0.clone());
        let armoured = signature.to_armored_string(ArmorOptions::default());
        armoured.map_err(|error| error.to_string())
    }

    /// The id of the key that is said to have made it, in hexadecimal.
    pub fn key_id(&self) -> Option<String> {
        let id = self.0.issuer_key_id().first().map(ToString::to_string);
        id.or_else(|| {
            let fingerprint = self.fingerprint()?;
            fingerprint
                .get(fingerprint.len().checked_sub(16)?..)
                .map(str::to_owned)
        })
    }

    /// The fingerprint of the key that is said to have made it, in hexadecimal.
    pub fn fingerprint(&self) -> Option<String> {
        let fingerprints = self.0.issuer_fingerprint();
        fingerprints
            .first()
            .map(|fingerprint| hex(fingerprint.as_bytes()))
    }

    /// The algorithm, where it is one that signs packages.
    pub fn algorithm(&self) -> Option<SignatureAlgorithm> {
        signs_with(self.0.config()?.pub_alg)
    }

    /// What the algorithm is called.
    pub fn algorithm_name(&self) -> String {
        match self.algorithm() {
            Some(known) => known.to_string(),
            None => self
                .0
                .config()
                .map_or_else(String::new, |config| format!("{:?}", config.pub_alg)),
        }
    }

    /// The hash: `SHA256`.
    pub fn hash(&self) -> String {
        self.0
            .hash_alg()
            .map_or_else(String::new, |hash| hash.to_string())
    }

    /// When it is said to have been made, in seconds since 1970.
    pub fn created(&self) -> Option<u32> {
        self.0.created().map(pgp::types::Timestamp::as_secs)
    }

    /// Whether it is of version 4, as every rpm reads it.
    pub fn is_v4(&self) -> bool {
        self.0.version() == SignatureVersion::V4
    }

    /// Whether it is over bytes as they are, with no line end changed.
    pub fn is_binary(&self) -> bool {
        self.0.typ() == Some(SignatureType::Binary)
    }

    /// The fingerprint of the key of this certificate that made it over these bytes.
    pub(super) fn made_by(
        &self,
        certificate: &Certificate,
        mut data: impl FnMut() -> Option<Box<dyn Read>>,
    ) -> Result<String, Verdict> {
        let (id, fingerprint) = (self.key_id(), self.fingerprint());
        let mut verdict = Verdict::UnknownKey;
        let mut made_by = None;
        certificate.any_key(|key| {
            let is_named = match (&fingerprint, &id) {
                (Some(fingerprint), _) => key.fingerprint() == *fingerprint,
                (None, Some(id)) => key.id() == *id,
                (None, None) => true,
            };
            if !is_named {
                return false;
            }
            let Some(mut data) = data() else {
                verdict = Verdict::NoData;
                return false;
            };
            if key.verifies(&self.0, &mut data) {
                made_by = Some(key.fingerprint());
                return true;
            }
            verdict = Verdict::Bad;
            false
        });
        made_by.ok_or(verdict)
    }

    /// Whether a key of the certificate made it over the bytes that `data` opens.
    pub fn is_good<R: Read + 'static>(
        &self,
        certificate: &Certificate,
        mut data: impl FnMut() -> Option<R>,
    ) -> bool {
        let open = || data().map(|data| Box::new(data) as Box<dyn Read>);
        self.made_by(certificate, open).is_ok()
    }
}

/// Why no key of a certificate is known to have made a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The certificate has no such key.
    UnknownKey,
    /// It has, and the bytes or the signature are not what was signed.
    Bad,
    /// The bytes cannot be read.
    NoData,
}
