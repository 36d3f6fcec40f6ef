//! A key that signs.

use super::certificate::{Certificate, KeyFacts, is_armoured, is_secret};
use super::{Secret, Signature};
use pgp::armor::Dearmor;
use pgp::composed::{Deserializable, SignedSecretKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{self, SignatureConfig, SignatureType, Subpacket, SubpacketData};
use pgp::types::{
    EncryptedSecretParams, KeyDetails, Password, S2kParams, SecretParams, StringToKey, Timestamp,
};
use std::fmt;
use std::io::Read;

/// A secret key with its subkeys, as it was exported.
#[derive(Clone)]
pub struct SecretKey(SignedSecretKey);

/// One key, the primary one or a subkey, whose secret half is there and open.
pub struct SigningKey {
    half: Half,
    facts: KeyFacts,
    certificate: Certificate,
}

enum Half {
    Primary(Box<packet::SecretKey>),
    Subkey(Box<packet::SecretSubkey>),
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({}, …)", self.0.primary_key.fingerprint())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, …)", self.facts.fingerprint)
    }
}

impl SecretKey {
    /// Reads the one secret key of a file, armoured or not.
    ///
    /// # Errors
    /// What it is instead; nothing of its bytes is in the message.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        if !is_secret(bytes) {
            let what = match Certificate::read_all(bytes) {
                Ok(_) => "it holds a public key, and the secret one is needed",
                Err(_) => "it holds no OpenPGP key",
            };
            return Err(what.to_owned());
        }
        // What the crate finds wrong could quote what it read.
        let damaged = || "it holds a damaged OpenPGP secret key".to_owned();
        let dearmoured;
        let bytes = if is_armoured(bytes) {
            // Into a buffer that is overwritten, which those of the crate are not.
            let read = Secret::read(Dearmor::new(bytes), bytes.len() as u64);
            dearmoured = read.map_err(|_| damaged())?;
            dearmoured.bytes()
        } else {
            bytes
        };
        let keys = SignedSecretKey::from_bytes_many(bytes).map_err(|_| damaged())?;
        let keys: Result<Vec<SignedSecretKey>, _> = keys.collect();
        let mut keys = keys.map_err(|_| damaged())?;
        match (keys.pop(), keys.len()) {
            (Some(key), 0) => {
                let secret = SecretKey(key);
                // Nobody could verify with what nobody can read.
                let public = secret.certificate().armoured().map_err(|_| damaged())?;
                Certificate::read_all(public.as_bytes()).map_err(|_| damaged())?;
                Ok(secret)
            }
            (None, _) => Err("it holds no OpenPGP secret key".to_owned()),
            (Some(_), more) => Err(format!(
                "it holds {} secret keys, and one is needed",
                more + 1
            )),
        }
    }

    /// The public half.
    pub fn certificate(&self) -> Certificate {
        Certificate(self.0.to_public_key())
    }

    fn params(&self, fingerprint: &str) -> Option<&SecretParams> {
        let primary = &self.0.primary_key;
        if primary.fingerprint().to_string() == fingerprint {
            return Some(primary.secret_params());
        }
        let mut subkeys = self.0.secret_subkeys.iter();
        let subkey = subkeys.find(|subkey| subkey.key.fingerprint().to_string() == fingerprint)?;
        Some(subkey.key.secret_params())
    }

    /// Whether the secret half of a key is in the file: gpg leaves a stub where it was kept out or
    /// lies on a card.
    pub fn has(&self, fingerprint: &str) -> bool {
        match self.params(fingerprint) {
            Some(SecretParams::Encrypted(locked)) => !is_stub(locked),
            Some(SecretParams::Plain(_)) => true,
            None => false,
        }
    }

    /// Whether a passphrase is needed to use a key.
    pub fn is_locked(&self, fingerprint: &str) -> bool {
        matches!(self.params(fingerprint), Some(SecretParams::Encrypted(_)))
    }

    /// Opens a key; the passphrase counts for nothing where it is not locked.
    ///
    /// # Errors
    /// Nothing is to be said but that the passphrase is not the right one.
    pub fn open(
        &self,
        facts: &KeyFacts,
        passphrase: &Secret,
    ) -> Result<SigningKey, WrongPassphrase> {
        let password = Password::from(passphrase.bytes());
        let primary = &self.0.primary_key;
        let half = if primary.fingerprint().to_string() == facts.fingerprint {
            let mut key = Box::new(primary.clone());
            key.remove_password(&password)
                .map_err(|_| WrongPassphrase)?;
            Half::Primary(key)
        } else {
            let mut subkeys = self.0.secret_subkeys.iter();
            let found = subkeys.find(|key| key.key.fingerprint().to_string() == facts.fingerprint);
            let mut key = Box::new(found.ok_or(WrongPassphrase)?.key.clone());
            key.remove_password(&password)
                .map_err(|_| WrongPassphrase)?;
            Half::Subkey(key)
        };
        Ok(SigningKey {
            half,
            facts: facts.clone(),
            certificate: self.certificate(),
        })
    }
}

/// A key that stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongPassphrase;

/// GnuPG's own "string to key" without a secret: mode 1001 and 1002, number 101 of the private
/// ones.
fn is_stub(params: &EncryptedSecretParams) -> bool {
    let (S2kParams::Cfb { s2k, .. }
    | S2kParams::MalleableCfb { s2k, .. }
    | S2kParams::Aead { s2k, .. }) = params.string_to_key_params()
    else {
        return false;
    };
    matches!(s2k, StringToKey::Private { .. })
}

impl SigningKey {
    /// What is known of it.
    pub fn facts(&self) -> &KeyFacts {
        &self.facts
    }

    /// The certificate that it belongs to.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Signs bytes with SHA-256, which every rpm knows; the same bytes, time and RSA key give the
    /// same signature. A time before the key's own is that of the key: a signature older than its
    /// key is none.
    ///
    /// # Errors
    /// When the key does not do it.
    pub fn sign(&self, data: impl Read, time: u32) -> Result<Signature, String> {
        let signed = match &self.half {
            Half::Primary(key) => sign(key.as_ref(), data, time.max(self.facts.since)),
            Half::Subkey(key) => sign(key.as_ref(), data, time.max(self.facts.since)),
        };
        signed
            .map(Signature::new)
            .map_err(|error| error.to_string())
    }
}

/// A signature of version 4 with the subpackets that gpg writes too, and nothing random: rPGP adds
/// neither salt nor notation to one.
fn sign(
    key: &impl pgp::types::SigningKey,
    data: impl Read,
    time: u32,
) -> pgp::errors::Result<packet::Signature> {
    let mut config = SignatureConfig::v4(
        SignatureType::Binary,
        key.algorithm(),
        HashAlgorithm::Sha256,
    );
    let created = SubpacketData::SignatureCreationTime(Timestamp::from_secs(time));
    config.hashed_subpackets = vec![
        Subpacket::regular(SubpacketData::IssuerFingerprint(key.fingerprint()))?,
        Subpacket::regular(created)?,
    ];
    let id = SubpacketData::IssuerKeyId(key.legacy_key_id());
    config.unhashed_subpackets = vec![Subpacket::regular(id)?];
    config.sign(key, &Password::empty(), data)
}
