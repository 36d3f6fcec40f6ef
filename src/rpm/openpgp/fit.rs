//! Whether a target's rpm verifies what a key signs, and why not.

use super::KeyFacts;
use crate::target::Profile;
use std::fmt;

/// Why a key is no good for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// It may not sign at all.
    CannotSign,
    /// No valid self-signature vouches for it.
    Unbound,
    /// It is revoked.
    Revoked,
    /// It has expired.
    Expired,
    /// It is valid from a later time on.
    NotYet,
    /// It is of another version of OpenPGP than 4.
    Version,
    /// rpm does not know its algorithm.
    Algorithm {
        /// The key's.
        is: String,
        /// Those that the target's rpm knows.
        known: String,
    },
    /// rpm looks at primary keys only.
    Subkey,
    /// It is too short.
    Bits {
        /// Its bits.
        is: usize,
        /// How many are needed.
        needed: usize,
    },
    /// A self-signature is made with SHA-1.
    Sha1,
}

/// Why the target's rpm would not verify a signature of this key made `now`, in seconds since
/// 1970; nothing where it would.
pub fn misfit(key: &KeyFacts, profile: &Profile, now: u32) -> Option<Misfit> {
    let known = &profile.signature_algorithms.value;
    if !key.is_bound {
        return Some(Misfit::Unbound);
    }
    if !key.can_sign {
        return Some(Misfit::CannotSign);
    }
    if key.is_revoked {
        return Some(Misfit::Revoked);
    }
    if key.expires.is_some_and(|expires| expires <= now) {
        return Some(Misfit::Expired);
    }
    if key.since > now {
        return Some(Misfit::NotYet);
    }
    if !key.is_v4 {
        return Some(Misfit::Version);
    }
    if !key.algorithm.is_some_and(|own| known.contains(&own)) {
        let known: Vec<String> = known.iter().map(ToString::to_string).collect();
        return Some(Misfit::Algorithm {
            is: key.algorithm_name.clone(),
            known: known.join(" and "),
        });
    }
    if key.is_subkey && !profile.signature_subkeys.value {
        return Some(Misfit::Subkey);
    }
    let needed = profile.signature_rsa_bits.value;
    if let Some(is) = key.bits.filter(|bits| *bits < needed) {
        return Some(Misfit::Bits { is, needed });
    }
    (key.has_sha1 && !profile.signature_sha1.value).then_some(Misfit::Sha1)
}

/// The keys that a target's rpm verifies, the primary one first.
pub fn fits<'a>(
    keys: &'a [KeyFacts],
    profile: &Profile,
    now: u32,
) -> impl Iterator<Item = &'a KeyFacts> {
    keys.iter()
        .filter(move |key| misfit(key, profile, now).is_none())
}

impl Misfit {
    /// In words that follow the name of a key.
    pub fn text(&self, profile: &Profile) -> String {
        let rpm = format!("rpm {} of {}", profile.rpm.value, profile.title);
        match self {
            Misfit::Subkey => {
                format!("is a subkey, and {rpm} verifies with primary keys only")
            }
            Misfit::Algorithm { is, known } => {
                format!("is {is}, and {rpm} verifies {known} only")
            }
            Misfit::Bits { is, needed } => {
                format!(
                    "has {is} bits, and {} takes RSA from {needed} bits on",
                    profile.title
                )
            }
            Misfit::Sha1 => format!(
                "hangs on a self-signature made with SHA-1, which {} does not take",
                profile.title
            ),
            other => other.to_string(),
        }
    }

    /// The way out, where another key is not the only one.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Misfit::Subkey | Misfit::CannotSign => Some(
                "use a key whose primary key signs:\ngpg --quick-gen-key NAME rsa4096 sign,cert",
            ),
            Misfit::Algorithm { .. } | Misfit::Bits { .. } => {
                Some("use an RSA key:\ngpg --quick-gen-key NAME rsa4096 sign,cert")
            }
            Misfit::Sha1 => Some(
                "have gpg sign the key anew, then export it again:\ngpg --cert-digest-algo SHA256 --quick-set-expire FINGERPRINT 5y",
            ),
            Misfit::Expired => {
                Some("extend it, then export it again:\ngpg --quick-set-expire FINGERPRINT 2y")
            }
            _ => None,
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Misfit::CannotSign => "may not sign data",
            Misfit::Unbound => "has no valid self-signature",
            Misfit::Revoked => "is revoked",
            Misfit::Expired => "has expired",
            Misfit::NotYet => "is not valid yet: its time lies ahead of this machine's clock",
            Misfit::Version => "is not an OpenPGP key of version 4, the one that rpm reads",
            Misfit::Algorithm { .. } => "has an algorithm that rpm does not verify",
            Misfit::Subkey => "is a subkey",
            Misfit::Bits { .. } => "is too short",
            Misfit::Sha1 => "hangs on a self-signature made with SHA-1",
        })
    }
}
