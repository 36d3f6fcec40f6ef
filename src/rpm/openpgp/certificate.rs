//! Public keys, and what their self-signatures say of them.

use crate::target::SignatureAlgorithm;
use pgp::composed::{ArmorOptions, Deserializable, SignedPublicKey, SignedPublicSubKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::public_key::PublicKeyAlgorithm;
use pgp::packet::{self, SignatureConfig, SignatureType, SubpacketData};
use pgp::ser::Serialize;
use pgp::types::{KeyDetails, KeyVersion, PublicParams, Tag, VerifyingKey};

/// The most bytes of a file of keys; a key with a thousand signatures has less.
const MAX_KEYS: usize = 4 << 20;

/// A public key with its subkeys.
#[derive(Clone, Debug)]
pub struct Certificate(pub(super) SignedPublicKey);

/// What is known of one key, the primary one or a subkey, from its valid self-signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    /// The last eight bytes of the fingerprint, in hexadecimal: what rpm calls the key by.
    pub id: String,
    /// The fingerprint in hexadecimal.
    pub fingerprint: String,
    /// Whether it is a subkey.
    pub is_subkey: bool,
    /// Whether it is an OpenPGP key of version 4, the only ones that all rpms read.
    pub is_v4: bool,
    /// The algorithm, where it is one that signs packages.
    pub algorithm: Option<SignatureAlgorithm>,
    /// What the algorithm is called.
    pub algorithm_name: String,
    /// The bits of an RSA key.
    pub bits: Option<usize>,
    /// From when on it and its newest self-signature are valid, in seconds since 1970.
    pub since: u32,
    /// When it or the primary key expires.
    pub expires: Option<u32>,
    /// Whether it or the primary key is revoked.
    pub is_revoked: bool,
    /// Whether it may sign data.
    pub can_sign: bool,
    /// Whether a valid self-signature vouches for it at all.
    pub is_bound: bool,
    /// Whether a self-signature that it hangs on is made with SHA-1.
    pub has_sha1: bool,
}

impl Certificate {
    /// Reads the public keys of a file, armoured or not; the public halves of secret keys too.
    ///
    /// # Errors
    /// When there is none, or one is damaged.
    pub fn read_all(bytes: &[u8]) -> Result<Vec<Self>, String> {
        if bytes.len() > MAX_KEYS {
            return Err("it is too large for a file of keys".to_owned());
        }
        if is_secret(bytes) {
            let secret = super::SecretKey::read(bytes)?;
            return Ok(vec![secret.certificate()]);
        }
        let damaged = |_| "it holds no OpenPGP public key that can be read".to_owned();
        let keys: Vec<SignedPublicKey> = if is_armoured(bytes) {
            let (keys, _) = SignedPublicKey::from_armor_many_buf(bytes).map_err(damaged)?;
            keys.collect::<Result<_, _>>().map_err(damaged)?
        } else {
            let keys = SignedPublicKey::from_bytes_many(bytes).map_err(damaged)?;
            keys.collect::<Result<_, _>>().map_err(damaged)?
        };
        if keys.is_empty() {
            return Err("it holds no OpenPGP public key".to_owned());
        }
        Ok(keys.into_iter().map(Certificate).collect())
    }

    /// The public key as a file that gpg and rpm import.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn armoured(&self) -> Result<String, String> {
        let armoured = self.0.to_armored_string(ArmorOptions::default());
        armoured.map_err(|error| error.to_string())
    }

    /// The first user id, for people; it comes from the file as it is.
    pub fn user(&self) -> Option<String> {
        let user = self.0.details.users.first()?;
        Some(String::from_utf8_lossy(user.id.id()).into_owned())
    }

    /// All keys, the primary one first.
    pub fn keys(&self) -> Vec<KeyFacts> {
        let primary = self.primary();
        let mut keys = vec![primary.clone()];
        let subkeys = self.0.public_subkeys.iter();
        keys.extend(subkeys.map(|subkey| self.subkey(subkey, &primary)));
        keys
    }

    fn primary(&self) -> KeyFacts {
        let key = &self.0.primary_key;
        let details = &self.0.details;
        let users = details.users.iter().flat_map(|user| {
            user.signatures.iter().filter(|signature| {
                let verified = signature.verify_certification(key, Tag::UserId, &user.id);
                is_certification(signature) && verified.is_ok()
            })
        });
        let direct = details.direct_signatures.iter().filter(|signature| {
            signature.typ() == Some(SignatureType::Key) && signature.verify_key(key).is_ok()
        });
        // The newest says what holds.
        let own = users.chain(direct).max_by_key(|signature| made(signature));
        let mut facts = facts(key, own, false);
        let mut revocations = details.revocation_signatures.iter();
        facts.is_revoked = revocations.any(|signature| signature.verify_key(key).is_ok());
        facts
    }

    fn subkey(&self, subkey: &SignedPublicSubKey, primary: &KeyFacts) -> KeyFacts {
        let valid = |kind| {
            subkey.signatures.iter().filter(move |signature| {
                let verified = signature.verify_subkey_binding(&self.0.primary_key, &subkey.key);
                signature.typ() == Some(kind) && verified.is_ok()
            })
        };
        let own = valid(SignatureType::SubkeyBinding).max_by_key(|signature| made(signature));
        let mut facts = facts(&subkey.key, own, true);
        // A subkey that signs says itself that it belongs to the primary key (RFC 4880, 5.2.1).
        let back = own.and_then(packet::Signature::embedded_signature);
        let is_mutual = back.is_some_and(|back| {
            let verified = back.verify_primary_key_binding(&subkey.key, &self.0.primary_key);
            verified.is_ok()
        });
        facts.can_sign &= is_mutual;
        facts.has_sha1 |= primary.has_sha1 || back.is_some_and(is_sha1);
        facts.is_bound &= primary.is_bound;
        facts.is_revoked =
            primary.is_revoked || valid(SignatureType::SubkeyRevocation).next().is_some();
        facts.expires = [facts.expires, primary.expires].into_iter().flatten().min();
        facts.since = facts.since.max(primary.since);
        facts
    }

    /// Calls with every key until one says yes, the primary one first.
    pub(super) fn any_key(&self, mut verifies: impl FnMut(&dyn Verifies) -> bool) -> bool {
        let subkeys = &self.0.public_subkeys;
        verifies(&self.0.primary_key) || subkeys.iter().any(|subkey| verifies(&subkey.key))
    }
}

/// A key that a signature can be held against.
pub(super) trait Verifies {
    fn fingerprint(&self) -> String;
    fn id(&self) -> String;
    fn verifies(&self, signature: &packet::Signature, data: &mut dyn std::io::Read) -> bool;
}

impl<K: VerifyingKey> Verifies for K {
    fn fingerprint(&self) -> String {
        KeyDetails::fingerprint(self).to_string()
    }

    fn id(&self) -> String {
        self.legacy_key_id().to_string()
    }

    fn verifies(&self, signature: &packet::Signature, data: &mut dyn std::io::Read) -> bool {
        signature.verify(self, data).is_ok()
    }
}

fn facts(key: &impl KeyDetails, own: Option<&packet::Signature>, is_subkey: bool) -> KeyFacts {
    let created = key.created_at().as_secs();
    let lifetime = own.and_then(packet::Signature::key_expiration_time);
    let lifetime = lifetime.map(pgp::types::Duration::as_secs);
    KeyFacts {
        id: key.legacy_key_id().to_string(),
        fingerprint: key.fingerprint().to_string(),
        is_subkey,
        is_v4: key.version() == KeyVersion::V4,
        algorithm: signs_with(key.algorithm()),
        algorithm_name: name(key),
        bits: bits(key.public_params()),
        since: own.map_or(created, |own| made(own).max(created)),
        expires: lifetime
            .filter(|seconds| *seconds > 0)
            .map(|seconds| created.saturating_add(seconds)),
        is_revoked: false,
        can_sign: own.is_some_and(may_sign),
        is_bound: own.is_some(),
        has_sha1: own.is_some_and(is_sha1),
    }
}

/// The algorithm of a key or signature as targets are asked about it.
pub(super) fn signs_with(algorithm: PublicKeyAlgorithm) -> Option<SignatureAlgorithm> {
    match algorithm {
        PublicKeyAlgorithm::RSA | PublicKeyAlgorithm::RSASign => Some(SignatureAlgorithm::Rsa),
        PublicKeyAlgorithm::ECDSA => Some(SignatureAlgorithm::Ecdsa),
        // RFC 9580's own Ed25519 and Ed448 are other numbers, which few rpms know.
        PublicKeyAlgorithm::EdDSALegacy => Some(SignatureAlgorithm::Eddsa),
        _ => None,
    }
}

fn name(key: &impl KeyDetails) -> String {
    match (bits(key.public_params()), key.algorithm()) {
        (Some(bits), _) => format!("RSA {bits}"),
        (_, PublicKeyAlgorithm::EdDSALegacy) => "Ed25519".to_owned(),
        (_, other) => format!("{other:?}"),
    }
}

/// The bits of an RSA modulus, which comes first: a number of two bytes says how many it has (RFC
/// 4880, 3.2).
fn bits(params: &PublicParams) -> Option<usize> {
    let PublicParams::RSA(rsa) = params else {
        return None;
    };
    let bytes = rsa.to_bytes().ok()?;
    let bits = bytes.first_chunk()?;
    Some(usize::from(u16::from_be_bytes(*bits)))
}

fn is_certification(signature: &packet::Signature) -> bool {
    signature.is_certification() && signature.typ() != Some(SignatureType::CertRevocation)
}

fn made(signature: &packet::Signature) -> u32 {
    signature
        .created()
        .map_or(0, pgp::types::Timestamp::as_secs)
}

fn is_sha1(signature: &packet::Signature) -> bool {
    matches!(
        signature.hash_alg(),
        Some(HashAlgorithm::Sha1 | HashAlgorithm::Md5)
    )
}

/// Whether the key flags let it sign; a key without flags may do whatever its algorithm can.
fn may_sign(signature: &packet::Signature) -> bool {
    let subpackets = signature
        .config()
        .into_iter()
        .flat_map(SignatureConfig::hashed_subpackets);
    let mut flags = subpackets.filter_map(|subpacket| match &subpacket.data {
        SubpacketData::KeyFlags(flags) => Some(flags.sign()),
        _ => None,
    });
    flags.next().unwrap_or(true)
}

/// Whether the bytes begin with armour, blank lines aside.
pub(super) fn is_armoured(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"-----BEGIN PGP")
}

/// Whether a secret key is in it: by the armour's line, or by the tag of the first packet.
pub(super) fn is_secret(bytes: &[u8]) -> bool {
    const LINE: &[u8] = b"-----BEGIN PGP PRIVATE KEY BLOCK-----";
    if is_armoured(bytes) {
        return bytes.windows(LINE.len()).any(|window| window == LINE);
    }
    // Packet tag 5 in the old and the new form (RFC 4880, 4.2).
    bytes
        .first()
        .is_some_and(|first| first & 0xfc == 0x94 || *first == 0xc5)
}
