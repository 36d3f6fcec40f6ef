//! What an OpenPGP signature says of itself, without a key: who signed, when, and how.
//!
//! A reader of its own, because what is shown must not depend on whether a library knows the
//! algorithm: an old rpm refuses the package for exactly those that are new.

use super::package::Metadata;
use crate::rpm::{hex, tag};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The most signatures of a package that are looked at.
const MAX_SIGNATURES: usize = 64;

/// What a signature covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covers {
    /// The main header: every name, owner, mode, dependency and scriptlet, the digest of each file
    /// and, since rpm 4.14, of the payload.
    Header,
    /// Main header and compressed payload, as rpm before 4.14 signs too.
    HeaderAndPayload,
}

/// One signature of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadSignature {
    /// What it covers.
    pub covers: Covers,
    /// Whether it stands where every rpm looks; else rpm 6 alone sees it.
    pub is_seen_by_all: bool,
    /// The version of its packet: 3, 4 or 6.
    pub version: u8,
    /// OpenPGP's number of the public-key algorithm (RFC 9580, 9.1).
    pub algorithm: u8,
    /// OpenPGP's number of the hash algorithm.
    pub hash: u8,
    /// The issuer's fingerprint or key id in hexadecimal, as it claims.
    pub key: Option<String>,
    /// When it was made, seconds since 1970, as it claims.
    pub time: Option<u32>,
    /// The packet, as it stands in the package.
    pub packet: Vec<u8>,
}

impl ReadSignature {
    /// What the algorithm is called.
    pub fn algorithm_name(&self) -> String {
        match self.algorithm {
            1..=3 => "RSA".to_owned(),
            17 => "DSA".to_owned(),
            19 => "ECDSA".to_owned(),
            22 => "EdDSA".to_owned(),
            27 => "Ed25519".to_owned(),
            28 => "Ed448".to_owned(),
            30 => "ML-DSA-65+Ed25519".to_owned(),
            31 => "ML-DSA-87+Ed448".to_owned(),
            other => format!("algorithm {other}"),
        }
    }

    /// Whether it is RSA, the one algorithm that every rpm verifies.
    pub fn is_rsa(&self) -> bool {
        (1..=3).contains(&self.algorithm)
    }
}

impl Metadata {
    /// The signatures, and how many more there are that are no OpenPGP signatures of a known form.
    pub fn signatures(&self) -> (Vec<ReadSignature>, usize) {
        let header = self.signature();
        let in_base64 = header.texts(tag::SIG_OPENPGP).take(MAX_SIGNATURES);
        let packets = [
            (Covers::Header, tag::SIG_RSA),
            (Covers::Header, tag::SIG_DSA),
            (Covers::HeaderAndPayload, tag::SIG_PGP),
            (Covers::HeaderAndPayload, tag::SIG_GPG),
        ]
        .into_iter()
        .filter_map(|(covers, tag)| Some((covers, true, Some(header.binary(tag)?.to_vec()))))
        .chain(in_base64.map(|text| {
            let packet = STANDARD.decode(text.trim_ascii()).ok();
            (Covers::Header, false, packet)
        }));
        let mut unknown = 0;
        let mut read: Vec<ReadSignature> = Vec::new();
        for (covers, is_seen_by_all, packet) in packets {
            let signature = packet.and_then(|packet| signature(covers, packet));
            match signature.map(|signature| ReadSignature {
                is_seen_by_all,
                ..signature
            }) {
                // rpm 6 writes the same signature under two tags.
                Some(signature) if read.iter().any(|known| known.packet == signature.packet) => {}
                Some(signature) => read.push(signature),
                None => unknown += 1,
            }
        }
        (read, unknown)
    }
}

/// Takes bytes from the front; nothing where there are too few.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self, width: usize) -> Option<usize> {
        let bytes = self.take(width)?.iter();
        Some(bytes.fold(0, |value, byte| value << 8 | usize::from(*byte)))
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// A length as subpackets have it (RFC 9580, 5.2.3.7), and packets of the newer form but for
    /// those in parts, which signatures are not.
    fn length(&mut self) -> Option<usize> {
        match self.byte()? {
            short @ 0..=191 => Some(short.into()),
            255 => self.number(4),
            first => Some((usize::from(first) - 192) << 8 | self.number(1)?).map(|n| n + 192),
        }
    }
}

/// The body of a signature packet, of either form of header (RFC 9580, 4.2).
fn body(packet: &[u8]) -> Option<&[u8]> {
    let mut bytes = Bytes(packet);
    let first = bytes.byte()?;
    let length = match (first & 0xc0, first & 0x3f) {
        (0xc0, 2) => bytes.length()?,
        (0x80, of_old_form) if of_old_form >> 2 == 2 => match of_old_form & 3 {
            3 => bytes.0.len(),
            width => bytes.number(1 << width)?,
        },
        _ => return None,
    };
    bytes.take(length)
}

fn signature(covers: Covers, packet: Vec<u8>) -> Option<ReadSignature> {
    let mut bytes = Bytes(body(&packet)?);
    let version = bytes.byte()?;
    let mut signature = ReadSignature {
        covers,
        is_seen_by_all: true,
        version,
        algorithm: 0,
        hash: 0,
        key: None,
        time: None,
        packet: Vec::new(),
    };
    match version {
        3 => {
            bytes.take(2)?;
            signature.time = u32::try_from(bytes.number(4)?).ok();
            signature.key = Some(hex(bytes.take(8)?));
            signature.algorithm = bytes.byte()?;
            signature.hash = bytes.byte()?;
        }
        4 | 6 => {
            bytes.take(1)?;
            signature.algorithm = bytes.byte()?;
            signature.hash = bytes.byte()?;
            let width = if version == 4 { 2 } else { 4 };
            for _ in 0..2 {
                let length = bytes.number(width)?;
                subpackets(bytes.take(length)?, &mut signature)?;
            }
        }
        _ => return None,
    }
    signature.packet = packet;
    Some(signature)
}

/// Time and issuer. The fingerprint says more than the key id, and wins.
fn subpackets(area: &[u8], signature: &mut ReadSignature) -> Option<()> {
    let mut area = Bytes(area);
    while !area.0.is_empty() {
        let length = area.length()?;
        let mut bytes = Bytes(area.take(length)?);
        match bytes.byte()? & 0x7f {
            2 if signature.time.is_none() => {
                signature.time = u32::try_from(bytes.number(4)?).ok();
            }
            16 if signature.key.is_none() => signature.key = Some(hex(bytes.take(8)?)),
            33 => signature.key = bytes.0.get(1..).map(hex),
            _ => {}
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A version 4 packet with a time and the id of a key.
    fn version_4(algorithm: u8) -> Vec<u8> {
        let mut packet = vec![
            0x88, 28, 4, 0, algorithm, 8, 0, 6, 5, 2, 0x65, 0x53, 0xf1, 0,
        ];
        packet.extend([0, 10, 9, 16, 1, 2, 3, 4, 5, 6, 7, 8, 0xab, 0xcd]);
        packet.extend([0, 1]);
        packet
    }

    #[test]
    fn a_signature_tells_its_key_its_time_and_its_algorithms() {
        let read = signature(Covers::Header, version_4(1)).unwrap();
        assert!(read.is_rsa());
        assert_eq!((read.version, read.hash), (4, 8));
        assert_eq!(read.key.as_deref(), Some("0102030405060708"));
        assert_eq!(read.time, Some(1_700_000_000));
        let other = signature(Covers::Header, version_4(22)).unwrap();
        assert_eq!(other.algorithm_name(), "EdDSA");
        assert!(!other.is_rsa());
    }

    #[test]
    fn a_signature_of_version_3_has_all_in_fixed_places() {
        let mut packet = vec![0x89, 0, 19, 3, 5, 0, 0x65, 0x53, 0xf1, 0];
        packet.extend([9, 8, 7, 6, 5, 4, 3, 2, 17, 2, 0, 0]);
        let read = signature(Covers::HeaderAndPayload, packet).unwrap();
        assert_eq!(read.algorithm_name(), "DSA");
        assert_eq!(read.key.as_deref(), Some("0908070605040302"));
        assert_eq!(read.time, Some(1_700_000_000));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), first in prop::sample::select(vec![0x88_u8, 0x89, 0x8a, 0x8b, 0xc2])) {
            let _ = signature(Covers::Header, bytes.clone());
            let packet = [&[first], bytes.as_slice()].concat();
            let _ = signature(Covers::Header, packet);
        }

        #[test]
        fn a_packet_cut_short_is_none(length in 0_usize..28) {
            let whole = version_4(1);
            prop_assert_eq!(signature(Covers::Header, whole[..length].to_vec()), None);
        }
    }
}
