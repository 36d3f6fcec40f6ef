//! Packages that anyone may have made.

use crate::check::can_be_told;
use crate::{input, packages};
use cargo_ambot::inspect::{self, Examined, diff};
use cargo_ambot::lint::Levels;
use cargo_ambot::package::Compression;
use cargo_ambot::report::Diagnose;
use cargo_ambot::rpm::openpgp;
use cargo_ambot::rpm::read::ReadRpm;
use std::io::Cursor;
use std::sync::LazyLock;

const NAME: &str = "hello.rpm";

/// A package is read and judged for every target, or it is told why not; one that is sound is the same
/// as itself.
pub fn package(data: &[u8]) {
    let examined = match ReadRpm::parse(data, NAME) {
        Ok(rpm) => match inspect::examine(rpm) {
            Ok(examined) => examined,
            Err(error) => return can_be_told(&error.diagnostic()),
        },
        Err(error) => return can_be_told(&error.diagnostic()),
    };
    judged(&examined);
    described(&examined);
    let is_sound = inspect::soundness(&examined).is_empty();
    same_as_itself(data, is_sound);
}

fn judged(examined: &Examined) {
    inspect::soundness(examined);
    let levels = Levels::default();
    for profile in input::profiles() {
        if let Err(error) = inspect::judge(examined, profile, None, &levels) {
            can_be_told(&error.diagnostic());
        }
    }
}

fn described(examined: &Examined) {
    let metadata = &examined.metadata;
    let (signatures, _) = metadata.signatures();
    for signature in &signatures {
        assert!(!signature.algorithm_name().is_empty());
    }
    openpgp::check(metadata, || None, &[]);
    inspect::units(examined);
    inspect::accounts(examined);
    match inspect::describe(metadata) {
        Ok(description) => {
            inspect::tree(&description);
            inspect::requires(&description);
            // A stranger's package does not speak to the terminal.
            let texts = [description.nevra(), inspect::tree(&description)];
            for text in texts {
                let shown = |c: char| c == '\n' || !c.is_control();
                assert!(text.chars().all(shown), "{text:?}");
            }
        }
        Err(error) => can_be_told(&error.diagnostic()),
    }
}

fn same_as_itself(data: &[u8], is_sound: bool) {
    let open = || ReadRpm::parse(data, NAME).expect("read before");
    match diff::read_pair(open(), open()) {
        Ok((old, new)) => {
            let difference = diff::compare(old, new);
            assert!(difference.is_empty() || !is_sound, "{difference:?}");
        }
        Err(error) => can_be_told(&error.diagnostic()),
    }
}

/// A payload of any compressor, in a package whose headers are sound.
///
/// The first byte says which compressor; the rest is the payload.
pub fn payload(data: &[u8]) {
    static FRONTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(fronts);
    let Some((kind, payload)) = data.split_first() else {
        return;
    };
    let front = &FRONTS[usize::from(*kind) % FRONTS.len()];
    let bytes = [front, payload].concat();
    let rpm = ReadRpm::parse(Cursor::new(&bytes), NAME).expect("a package of ours");
    match inspect::examine(rpm) {
        Ok(examined) => judged(&examined),
        Err(error) => can_be_told(&error.diagnostic()),
    }
}

/// The names that packages have for compressors, in the order of the first byte.
pub(crate) const COMPRESSORS: [&str; 5] = ["gzip", "xz", "zstd", "lzma", "bzip2"];

/// Lead and headers of a package for each compressor.
fn fronts() -> Vec<Vec<u8>> {
    let bytes = packages::written(packages::draft(Compression::Gzip(9)));
    let rpm = ReadRpm::parse(bytes.as_slice(), NAME).expect("a package of ours");
    let front = &bytes[..usize::try_from(rpm.metadata().payload_start()).expect("a small file")];
    // The compressor, and its level.
    let name = b"gzip\09\0";
    let at = front.windows(name.len()).position(|window| window == name);
    let at = at.expect("the name of the compressor");
    // The entry of the level: its tag, 1126, and its type; behind them its place among the values.
    let entry = [0, 0, 4, 102, 0, 0, 0, 6];
    let level = front
        .windows(entry.len())
        .position(|window| window == entry);
    let level = level.expect("the level of the compressor") + entry.len();
    let place = |front: &[u8]| u32::from_be_bytes(front[level..level + 4].try_into().expect("4"));
    let front = |kind: &str| {
        let mut front = front.to_vec();
        // Both take the bytes that they took before, so that nothing is left between them.
        let filler = "9".repeat(name.len() - kind.len() - 2);
        let texts = format!("{kind}\0{filler}\0");
        front[at..at + name.len()].copy_from_slice(texts.as_bytes());
        let gzip = u32::try_from("gzip".len() - kind.len().min(4)).expect("a small number");
        let place = place(&front) - gzip + u32::from(kind.len() > 4);
        front[level..level + 4].copy_from_slice(&place.to_be_bytes());
        front
    };
    COMPRESSORS.map(front).into_iter().collect()
}

/// The payload of a package of ours, for seeds.
pub(crate) fn payload_of(bytes: &[u8]) -> &[u8] {
    let rpm = ReadRpm::parse(bytes, NAME).expect("a package of ours");
    &bytes[usize::try_from(rpm.metadata().payload_start()).expect("a small file")..]
}

/// Keys and signatures are read or refused; what was read is written, and read again as the same.
pub fn keys(data: &[u8]) {
    if let Ok(certificates) = openpgp::Certificate::read_all(data) {
        assert!(!certificates.is_empty());
        for certificate in certificates {
            let facts = certificate.keys();
            certificate.user();
            if let Ok(armoured) = certificate.armoured() {
                let again = openpgp::Certificate::read_all(armoured.as_bytes());
                let again = again.expect("what was written");
                assert_eq!(again.first().map(openpgp::Certificate::keys), Some(facts));
            }
        }
    }
    if let Ok(secret) = openpgp::SecretKey::read(data) {
        secret.certificate().keys();
    }
    if let Ok(signature) = openpgp::Signature::read(data) {
        let bytes = signature.bytes().expect("what was read");
        let again = openpgp::Signature::read(&bytes).expect("what was written");
        assert_eq!(again.key_id(), signature.key_id());
        assert_eq!(again.created(), signature.created());
        assert_eq!(again.algorithm(), signature.algorithm());
        signature.armoured().expect("what was read");
        signature.hash();
        signature.algorithm_name();
    }
}
