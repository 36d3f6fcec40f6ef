//! Keys against targets, and signatures against keys.

use super::*;
use crate::build::Interrupt;
use crate::report::Quiet;
use crate::rpm::read::ReadRpm;
use crate::rpm::{Options, Signer, choose_key, fixture, write};
use crate::target::{SignatureAlgorithm, find};
use camino::Utf8Path;
use std::fs::File;

const KEY: &str = include_str!("fixtures/ed25519.key");
const ANOTHER: &str = include_str!("fixtures/another.pub");
const NOW: u32 = 1_700_000_000;

fn rsa() -> KeyFacts {
    KeyFacts {
        id: "0123456789abcdef".to_owned(),
        fingerprint: "00".to_owned(),
        is_subkey: false,
        is_v4: true,
        algorithm: Some(SignatureAlgorithm::Rsa),
        algorithm_name: "RSA 2048".to_owned(),
        bits: Some(2048),
        since: NOW - 1,
        expires: None,
        is_revoked: false,
        can_sign: true,
        is_bound: true,
        has_sha1: false,
    }
}

fn said(key: &KeyFacts, target: &str) -> String {
    let profile = find(target).unwrap().profile();
    misfit(key, profile, NOW).map_or("good".to_owned(), |why| why.text(profile))
}

#[test]
fn a_target_takes_the_keys_that_its_rpm_verifies() {
    let subkey = KeyFacts {
        is_subkey: true,
        ..rsa()
    };
    let ed25519 = KeyFacts {
        algorithm: Some(SignatureAlgorithm::Eddsa),
        algorithm_name: "Ed25519".to_owned(),
        bits: None,
        ..rsa()
    };
    let short = KeyFacts {
        bits: Some(1024),
        ..rsa()
    };
    let sha1 = KeyFacts {
        has_sha1: true,
        ..rsa()
    };
    for target in ["centos7", "centos8", "el9", "el10", "fedora", "amzn2"] {
        assert_eq!(said(&rsa(), target), "good", "{target}");
    }
    let table: Vec<String> = [&subkey, &ed25519, &short, &sha1]
        .into_iter()
        .flat_map(|key| ["centos7", "centos8", "el9", "el10"].map(|target| said(key, target)))
        .collect();
    insta::assert_snapshot!(table.join("\n"), @"
    is a subkey, and rpm 4.11.3 of CentOS 7 verifies with primary keys only
    good
    good
    good
    is Ed25519, and rpm 4.11.3 of CentOS 7 verifies RSA only
    is Ed25519, and rpm 4.14.3 of CentOS Linux 8.5 verifies RSA only
    good
    good
    good
    good
    has 1024 bits, and Enterprise Linux 9 takes RSA from 2048 bits on
    has 1024 bits, and Enterprise Linux 10 takes RSA from 2048 bits on
    good
    good
    hangs on a self-signature made with SHA-1, which Enterprise Linux 9 does not take
    hangs on a self-signature made with SHA-1, which Enterprise Linux 10 does not take
    ");
}

#[test]
fn what_no_rpm_takes_is_refused_everywhere() {
    for (key, why) in [
        (
            KeyFacts {
                is_bound: false,
                ..rsa()
            },
            Misfit::Unbound,
        ),
        (
            KeyFacts {
                can_sign: false,
                ..rsa()
            },
            Misfit::CannotSign,
        ),
        (
            KeyFacts {
                is_revoked: true,
                ..rsa()
            },
            Misfit::Revoked,
        ),
        (
            KeyFacts {
                expires: Some(NOW),
                ..rsa()
            },
            Misfit::Expired,
        ),
        (
            KeyFacts {
                since: NOW + 1,
                ..rsa()
            },
            Misfit::NotYet,
        ),
        (
            KeyFacts {
                is_v4: false,
                ..rsa()
            },
            Misfit::Version,
        ),
    ] {
        let profile = find("el10").unwrap().profile();
        assert_eq!(misfit(&key, profile, NOW), Some(why));
    }
    let later = KeyFacts {
        expires: Some(NOW + 1),
        ..rsa()
    };
    assert_eq!(said(&later, "el10"), "good");
}

#[test]
fn a_signature_is_good_bad_or_of_an_unknown_key() {
    let target = find("el10").unwrap();
    let key = SecretKey::read(KEY.as_bytes()).unwrap();
    let facts = choose_key(&key, target).unwrap();
    let opened = key.open(&facts, &Secret::new("")).unwrap();
    let signer = Signer::with_key(opened, target);

    let folder = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(folder.path()).unwrap();
    let interrupt = Interrupt::new();
    let plan = fixture::plan();
    let mut written = write(&plan, folder, &Options::new(&interrupt), &Quiet).unwrap();
    written.sign(&signer, &interrupt).unwrap();
    let path = folder.join("signed.rpm");
    std::io::copy(
        &mut written.reopen().unwrap(),
        &mut File::create(&path).unwrap(),
    )
    .unwrap();

    let results = |keys: &[Certificate]| -> Vec<(u32, SignatureResult)> {
        let file = File::open(&path).unwrap();
        let metadata = ReadRpm::open(&path).unwrap().into_metadata();
        let checks = check_file(&metadata, &file, keys).into_iter();
        checks.map(|check| (check.tag, check.result)).collect()
    };
    let own = key.certificate();
    let another = Certificate::read_all(ANOTHER.as_bytes()).unwrap();
    let [(267, SignatureResult::Good { fingerprint, user })] =
        &results(&[another[0].clone(), own.clone()])[..]
    else {
        panic!("not good");
    };
    assert_eq!(*fingerprint, facts.fingerprint);
    assert!(
        user.as_deref()
            .is_some_and(|user| user.starts_with("TEST KEY"))
    );
    assert_eq!(results(&another), [(267, SignatureResult::UnknownKey)]);
    assert_eq!(results(&[]), [(267, SignatureResult::UnknownKey)]);

    // The name of the build host, a text of the header that nothing else hangs on.
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes
        .windows(9)
        .position(|window| window == b"localhost")
        .unwrap();
    bytes[at] = b'L';
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(results(&[own]), [(267, SignatureResult::Bad)]);
}

#[test]
fn a_signature_is_not_older_than_its_key() {
    let key = SecretKey::read(KEY.as_bytes()).unwrap();
    let facts = &key.certificate().keys()[0];
    let opened = key.open(facts, &Secret::new("")).unwrap();
    assert_eq!(
        opened.sign(&b"x"[..], 1).unwrap().created(),
        Some(facts.since)
    );
    let later = facts.since + 9;
    let [one, two] = [0, 1].map(|_| opened.sign(&b"x"[..], later).unwrap());
    assert_eq!(one.created(), Some(later));
    assert_eq!(one.bytes().unwrap(), two.bytes().unwrap());
}

#[test]
fn what_is_no_key_says_so_and_shows_nothing() {
    let damaged = KEY.replace("lF", "AA");
    for (bytes, why) in [
        ("", "it holds no OpenPGP key"),
        ("hunter2", "it holds no OpenPGP key"),
        (
            ANOTHER,
            "it holds a public key, and the secret one is needed",
        ),
        (&damaged[..], "it holds a damaged OpenPGP secret key"),
    ] {
        assert_eq!(SecretKey::read(bytes.as_bytes()).unwrap_err(), why);
    }
    let key = SecretKey::read(KEY.as_bytes()).unwrap();
    let fingerprint = &key.certificate().keys()[0].fingerprint;
    assert_eq!(format!("{key:?}"), format!("SecretKey({fingerprint}, …)"));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes: Vec<u8>, at in 0..400_usize, byte: u8) {
        let _ = Signature::read(&bytes);
        let _ = Certificate::read_all(&bytes);
        let _ = SecretKey::read(&bytes);
        let mut changed = ANOTHER.as_bytes().to_vec();
        let at = at % changed.len();
        changed[at] = byte;
        for certificate in Certificate::read_all(&changed).unwrap_or_default() {
            let _ = certificate.keys();
        }
    }
}
