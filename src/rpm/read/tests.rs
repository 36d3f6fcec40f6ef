//! Our reader on what our writer made, on what the `rpm` crate says of it, and on damaged bytes.

use super::*;
use crate::build::Interrupt;
use crate::package::{Compression, FileKind, Plan, Relation, Source};
use crate::report::Quiet;
use crate::rpm::{EncodedDependencies, Error, Options, fixture, tag, write};
use camino::Utf8Path;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::{Read, Write};
use std::num::NonZeroUsize;
use std::sync::LazyLock;

fn bytes_of(plan: &Plan, threads: usize) -> Result<Vec<u8>, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8Path::from_path(folder.path()).unwrap();
    let interrupted = Interrupt::new();
    let options = Options {
        spool: None,
        threads: NonZeroUsize::new(threads).unwrap(),
        interrupted: &interrupted,
    };
    let written = write(plan, path, &options, &Quiet)?;
    let mut file = written.reopen()?;
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, written.size());
    drop(written);
    let left = std::fs::read_dir(path).unwrap().count();
    assert_eq!(left, 0, "a package that nobody publishes leaves nothing");
    Ok(bytes)
}

/// A package that is small enough to be read hundreds of times.
static SMALL: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut draft = fixture::draft();
    draft
        .files
        .retain(|file| !file.path.as_str().ends_with("/big"));
    bytes_of(&Plan::complete(draft).unwrap(), 1).unwrap()
});

fn read(bytes: &[u8]) -> Result<(Metadata, Verification), Error> {
    let rpm = ReadRpm::parse(bytes, "test.rpm")?;
    let metadata = rpm.metadata();
    let _ = (metadata.identity(), metadata.scriptlets());
    for relation in Relation::ALL {
        let _ = metadata.dependencies(relation);
    }
    let _ = metadata.triggers();
    rpm.verify()
}

#[test]
fn what_was_written_is_read_back_and_every_digest_is_right() {
    let plan = fixture::plan();
    let (metadata, verified) = read(&bytes_of(&plan, 2).unwrap()).unwrap();
    for check in [
        &verified.header_sha1,
        &verified.header_sha256,
        &verified.md5,
        &verified.payload_sha256,
        &verified.size,
        &verified.archive_size,
    ] {
        assert_eq!(*check, Check::Good);
    }
    assert_eq!(verified.problems, Vec::<String>::new());
    let files = metadata.files().unwrap();
    assert_eq!(files.len(), plan.files.len());
    for ((file, planned), found) in files.iter().zip(&plan.files).zip(&verified.files) {
        assert_eq!(file.path(), planned.path.as_str());
        assert_eq!(file.permissions(), planned.mode);
        assert_eq!(found.is_some(), !planned.flags.ghost, "{}", file.path());
    }
    let expected = EncodedDependencies::of(&plan);
    let requires = metadata.requires();
    let requires: Vec<_> = requires
        .iter()
        .map(|d| (&d.name, &d.version, d.flags))
        .collect();
    let wanted: Vec<_> = expected
        .list(Relation::Requires)
        .map(|d| (&d.name, &d.version, d.flags))
        .collect();
    assert_eq!(requires, wanted);
    let phases: Vec<_> = metadata.scriptlets().iter().map(|s| s.phase).collect();
    assert_eq!(phases, ["pre", "post", "posttrans"]);
}

#[test]
fn the_rpm_crate_reads_the_same() {
    let bytes = bytes_of(&fixture::plan(), 2).unwrap();
    let theirs = ::rpm::Package::parse(&mut bytes.as_slice()).unwrap();
    theirs.verify_digests().unwrap();
    let ours = ReadRpm::parse(bytes.as_slice(), "test.rpm").unwrap();
    let ours = ours.metadata();
    let metadata = &theirs.metadata;
    let identity = ours.identity();
    assert_eq!(identity.name, metadata.get_name().unwrap());
    assert_eq!(identity.version, metadata.get_version().unwrap());
    assert_eq!(identity.release, metadata.get_release().unwrap());
    assert_eq!(identity.arch, metadata.get_arch().unwrap());
    let entries = metadata.get_file_entries().unwrap();
    let files = ours.files().unwrap();
    assert_eq!(files.len(), entries.len());
    for (file, entry) in files.iter().zip(&entries) {
        assert_eq!(file.path(), entry.path().to_str().unwrap());
        assert_eq!(file.size, entry.size() as u64);
        assert_eq!(file.permissions(), entry.permissions());
        assert_eq!(file.user(), entry.user());
        let digest = entry.digest().map_or("", |digest| digest.as_hex());
        assert_eq!(file.digest(), digest);
    }
    let requires: Vec<String> = ours.requires().into_iter().map(|d| d.name).collect();
    let their_requires = metadata.get_requires().unwrap();
    let theirs: Vec<String> = their_requires.into_iter().map(|d| d.name).collect();
    assert_eq!(requires, theirs);
}

#[test]
fn bytes_do_not_depend_on_the_number_of_threads() {
    let mut draft = fixture::draft();
    let big = fixture::regular("/opt/bigger", fixture::noise(2_500_000), 0o644);
    draft.files.push(big);
    draft.compression = Compression::Gzip(1);
    let plan = Plan::complete(draft).unwrap();
    let one = bytes_of(&plan, 1).unwrap();
    assert!(one == bytes_of(&plan, 2).unwrap());
    assert!(one == bytes_of(&plan, 5).unwrap());
}

#[test]
fn the_signature_header_has_the_same_length_in_every_package() {
    let length = |bytes: &[u8]| {
        let rpm = ReadRpm::parse(bytes, "test.rpm").unwrap();
        let reserved = rpm
            .metadata()
            .signature()
            .binary(tag::SIG_RESERVED_SPACE)
            .unwrap();
        assert!(reserved.len() >= 4096);
        rpm.metadata().signature().bytes().len()
    };
    let big = bytes_of(&fixture::plan(), 1).unwrap();
    assert_eq!(length(&SMALL), length(&big));
}

#[test]
fn a_flipped_byte_of_the_payload_is_seen() {
    let mut bytes = SMALL.clone();
    // The CRC-32 of the gzip member, the last thing but its length.
    let at = bytes.len() - 6;
    bytes[at] ^= 1;
    let error = read(&bytes).unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error}");
}

#[test]
fn a_changed_header_fails_its_digests() {
    let at = SMALL.windows(7).position(|w| w == b"A hello").unwrap();
    let mut bytes = SMALL.clone();
    bytes[at] = b'B';
    let (_, verified) = read(&bytes).unwrap();
    assert!(verified.header_sha1.is_bad());
    assert!(verified.header_sha256.is_bad());
    assert!(verified.md5.is_bad());
    assert!(verified.payload_sha256.is_good());
}

#[test]
fn an_input_that_is_missing_or_no_file_is_named() {
    let mut draft = fixture::draft();
    draft.files.push(fixture::file(
        "/opt/x",
        FileKind::Regular(Source::Path("/nonexistent/x".into())),
        0o644,
    ));
    let error = bytes_of(&Plan::complete(draft.clone()).unwrap(), 1).unwrap_err();
    insta::assert_snapshot!(error, @"cannot read /nonexistent/x, which belongs into the package as /opt/x");
    draft.files.pop();
    draft.files.push(fixture::file(
        "/opt/x",
        FileKind::Regular(Source::Path("/".into())),
        0o644,
    ));
    let error = bytes_of(&Plan::complete(draft).unwrap(), 1).unwrap_err();
    insta::assert_snapshot!(error, @"/ is not a regular file, and belongs into the package as /opt/x");
}

#[test]
fn an_interrupted_run_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8Path::from_path(folder.path()).unwrap();
    let interrupted = Interrupt::new();
    interrupted.raise(15);
    let error = write(&fixture::plan(), path, &Options::new(&interrupted), &Quiet).unwrap_err();
    assert!(
        matches!(error, Error::Interrupted { signal: 15 }),
        "{error}"
    );
    assert_eq!(std::fs::read_dir(path).unwrap().count(), 0);
}

#[test]
fn a_text_with_a_nul_byte_is_refused() {
    let mut draft = fixture::draft();
    draft.texts.description = "a\0b".into();
    let error = bytes_of(&Plan::complete(draft).unwrap(), 1).unwrap_err();
    insta::assert_snapshot!(error, @"the description has a NUL byte in it");
}

#[test]
fn a_header_that_claims_too_much_is_refused_before_memory_is_taken() {
    let mut bytes = SMALL[..96].to_vec();
    bytes.extend([0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0]);
    bytes.extend(10_u32.to_be_bytes());
    bytes.extend(u32::MAX.to_be_bytes());
    let error = read(&bytes).unwrap_err();
    insta::assert_snapshot!(error, @"test.rpm is not a sound RPM file: the signature header claims 10 entries and 4294967295 bytes");
}

/// The small package with another raw payload, compressed anew or left plain.
fn with_payload(change: impl FnOnce(&mut Vec<u8>), compress: bool) -> Vec<u8> {
    let (front, payload) = SMALL.split_at(payload_start());
    let mut raw = Vec::new();
    GzDecoder::new(payload).read_to_end(&mut raw).unwrap();
    change(&mut raw);
    let mut bytes = front.to_vec();
    if compress {
        let mut encoder = GzEncoder::new(bytes, flate2::Compression::fast());
        encoder.write_all(&raw).unwrap();
        return encoder.finish().unwrap();
    }
    bytes.extend(raw);
    bytes
}

fn payload_start() -> usize {
    let rpm = ReadRpm::parse(SMALL.as_slice(), "test.rpm").unwrap();
    header_start() + rpm.metadata().header().bytes().len()
}

fn header_start() -> usize {
    let rpm = ReadRpm::parse(SMALL.as_slice(), "test.rpm").unwrap();
    96 + rpm.metadata().signature().bytes().len().next_multiple_of(8)
}

fn replace(raw: &mut [u8], old: &[u8], new: &[u8]) {
    assert_eq!(old.len(), new.len());
    let at = raw
        .windows(old.len())
        .position(|window| window == old)
        .unwrap();
    raw[at..at + old.len()].copy_from_slice(new);
}

#[test]
fn a_payload_that_disagrees_with_the_file_list_is_told_in_full() {
    let bytes = with_payload(
        |raw| {
            replace(raw, b"/hi\0\0hello", b"/hi\0\0jello");
            replace(raw, b"port = 1", b"port = 2");
            replace(raw, b"share/hello/empty", b"share/hello/other");
            replace(raw, b"000041e8", b"000041ff");
        },
        true,
    );
    let (_, verified) = read(&bytes).unwrap();
    insta::assert_snapshot!(verified.problems.join("\n"), @r"
    the content of /etc/hello/hello.toml does not match its digest
    the link /usr/bin/hi points to `jello` in the payload and to `hello` in the file list
    /usr/share/hello/other is in the payload and not in the file list
    /var/lib/hello has mode 40777 in the payload and 40750 in the file list
    /usr/share/hello/empty is in the file list and not in the payload
    ");
    assert!(verified.md5.is_bad() && verified.payload_sha256.is_bad());
}

#[test]
fn nothing_may_follow_the_last_entry_but_zeroes() {
    read(&with_payload(|raw| raw.extend([0; 512]), true)).unwrap();
    let error = read(&with_payload(|raw| raw.extend(b"more"), true)).unwrap_err();
    insta::assert_snapshot!(error, @"test.rpm is not a sound RPM file: its payload goes on after its last entry");
}

#[test]
fn a_payload_that_is_not_compressed_is_read_as_rpm_reads_it() {
    let (_, verified) = read(&with_payload(|_| {}, false)).unwrap();
    assert_eq!(verified.problems, Vec::<String>::new());
    assert!(verified.archive_size.is_good());
    assert!(verified.payload_sha256.is_bad());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(read(&bytes).is_err());
        let mut after_lead = SMALL[..96 + 16].to_vec();
        after_lead.extend(&bytes);
        let _ = read(&after_lead);
    }

    #[test]
    fn a_damaged_package_never_panics_and_never_passes(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        until in prop::sample::select(vec![header_start(), payload_start(), usize::MAX]),
    ) {
        let mut bytes = SMALL.clone();
        let length = bytes.len().min(until);
        for (index, value) in damage {
            bytes[index.index(length)] = value;
        }
        if let Ok((_, verified)) = read(&bytes) {
            let covered_changed = bytes[header_start()..] != SMALL[header_start()..];
            prop_assert!(!covered_changed || !verified.md5.is_good());
        }
    }

    #[test]
    fn a_package_cut_short_is_never_sound(length in any::<prop::sample::Index>()) {
        let bytes = &SMALL[..length.index(SMALL.len())];
        prop_assert!(read(bytes).is_err());
    }
}
