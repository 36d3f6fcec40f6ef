//! Every container that rpm has written, and those that no rpm reads.

use super::*;
use crate::report::Diagnose;
use crate::rpm::cpio;
use crate::rpm::fixture::{self, compressed, raw, rewrapped, xz_with_dictionary};
use crate::rpm::{Error, hex};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

static SMALL: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut draft = fixture::draft();
    draft
        .files
        .retain(|file| !file.path.as_str().ends_with("/big"));
    fixture::bytes(draft)
});

fn read(bytes: &[u8]) -> Result<Verification, Error> {
    let (_, verification) = ReadRpm::parse(bytes, "test.rpm")?.verify()?;
    Ok(verification)
}

fn said(error: &Error) -> String {
    let help = error.diagnostic().help;
    format!("{error}\n{}", help.join("\n"))
}

#[test]
fn every_compressor_of_rpm_is_read() {
    let raw = raw(&SMALL);
    for kind in ["xz", "lzma", "zstd"] {
        let bytes = rewrapped(&SMALL, kind, &compressed(kind, &raw));
        let verified = read(&bytes).unwrap();
        assert_eq!(verified.problems, Vec::<String>::new(), "{kind}");
        assert!(verified.archive_size.is_good(), "{kind}");
    }
}

#[test]
fn zstd_in_many_frames_is_read_and_xz_in_two_streams_is_not() {
    let raw = raw(&SMALL);
    let (first, second) = raw.split_at(raw.len() / 2);
    let parts = |kind| [compressed(kind, first), compressed(kind, second)].concat();
    let verified = read(&rewrapped(&SMALL, "zstd", &parts("zstd"))).unwrap();
    assert!(verified.archive_size.is_good());
    let error = read(&rewrapped(&SMALL, "xz", &parts("xz"))).unwrap_err();
    insta::assert_snapshot!(said(&error), @r"
    test.rpm cannot be unpacked: its payload goes on after its first compressed stream, where every rpm stops reading: installing it fails with `cpio: read failed`
    compress the payload as one stream: `xz` without concatenating its outputs
    ");
}

#[test]
fn what_follows_a_whole_stream_is_told() {
    let mut payload = compressed("xz", &raw(&SMALL));
    payload.extend(b"more");
    let verified = read(&rewrapped(&SMALL, "xz", &payload)).unwrap();
    assert_eq!(
        verified.problems,
        ["the file goes on after its compressed payload"]
    );
}

#[test]
fn an_xz_dictionary_beyond_rpms_memory_is_refused() {
    let raw = raw(&SMALL);
    let small = xz_with_dictionary(&raw, 64 << 20);
    read(&rewrapped(&SMALL, "xz", &small)).unwrap();
    let large = xz_with_dictionary(&raw, 192 << 20);
    let error = read(&rewrapped(&SMALL, "xz", &large)).unwrap_err();
    insta::assert_snapshot!(said(&error), @r"
    test.rpm cannot be unpacked: its payload needs more than 100 MiB of memory to unpack, the limit of every rpm for xz: its dictionary is too large
    compress the payload with `xz -9` or less, whose dictionary has 64 MiB
    ");
}

#[test]
fn a_zstd_window_beyond_what_rpm_allows_is_refused() {
    // A frame header with a window of 256 MiB (RFC 8878, 3.1.1.1.2: exponent 18 above 10).
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 0x01, 0, 0];
    let error = read(&rewrapped(&SMALL, "zstd", &frame)).unwrap_err();
    insta::assert_snapshot!(said(&error), @r"
    test.rpm cannot be unpacked: its zstd payload asks for a window above 128 MiB, which no rpm allows
    compress the payload without `--ultra --long=28` or above
    ");
}

#[test]
fn a_payload_that_unpacks_to_more_than_is_listed_is_not_read_to_its_end() {
    let mut payload = raw(&SMALL);
    let name = b"./evil\0";
    let mut entry = Vec::new();
    let size = 1 << 28;
    let header = cpio::Entry {
        size,
        mode: 0o100_644,
        links: 1,
        ..cpio::Entry::default()
    };
    header.write("./evil", &mut entry);
    assert!(entry.windows(name.len()).any(|window| window == name));
    payload.splice(0..0, entry);
    // Frames of zeroes, a few hundred bytes for each 4 MiB.
    let mut stream = compressed("zstd", &payload[..120]);
    let zeroes = compressed("zstd", &vec![0; 4 << 20]);
    for _ in 0..6 {
        stream.extend(&zeroes);
    }
    let error = read(&rewrapped(&SMALL, "zstd", &stream)).unwrap_err();
    assert!(error.to_string().contains("unpacks to far more"), "{error}");
}

#[test]
fn a_compressor_that_no_rpm_has_is_named() {
    let error = read(&rewrapped(&SMALL, "lz4", b"")).unwrap_err();
    assert!(error.to_string().contains("of the kind `lz4`"), "{error}");
}

#[test]
fn a_delta_is_refused_as_what_it_is() {
    let mut bytes = SMALL.clone();
    let at = bytes.windows(5).position(|w| w == b"cpio\0").unwrap();
    bytes[at..at + 4].copy_from_slice(b"drpm");
    let error = ReadRpm::parse(bytes.as_slice(), "test.rpm").unwrap_err();
    insta::assert_snapshot!(error, @"test.rpm is a delta RPM: it holds the difference to an older package alone");
}

/// The raw payload in rpm's stripped form, which it writes for files of 4 GiB and more.
fn stripped(bytes: &[u8]) -> Vec<u8> {
    let rpm = ReadRpm::parse(bytes, "test.rpm").unwrap();
    let files = rpm.metadata().files().unwrap();
    let raw = raw(bytes);
    let mut out = Vec::new();
    let mut at = 0;
    loop {
        let head: &[u8; cpio::HEADER_LENGTH] =
            raw[at..at + cpio::HEADER_LENGTH].try_into().unwrap();
        let entry = cpio::Entry::read(head).unwrap();
        let name_end = at + cpio::HEADER_LENGTH + entry.name_length as usize;
        let name = &raw[at + cpio::HEADER_LENGTH..name_end - 1];
        let body = at + (name_end - at).next_multiple_of(4);
        if name == cpio::TRAILER.as_bytes() {
            cpio::write_trailer(&mut out);
            return out;
        }
        let path = std::str::from_utf8(&name[1..]).unwrap();
        let index = files.iter().position(|file| file.path() == path).unwrap();
        out.extend(format!("07070X{index:08x}\0\0").as_bytes());
        let length = (entry.size as usize).next_multiple_of(4);
        out.extend(&raw[body..body + length]);
        at = body + length;
    }
}

#[test]
fn the_stripped_form_is_read_by_the_numbers_of_the_files() {
    let payload = stripped(&SMALL);
    let verified = read(&rewrapped(&SMALL, "gzip", &payload)).unwrap();
    assert_eq!(verified.problems, Vec::<String>::new());
    let content = verified.files.iter().flatten();
    assert!(content.filter(|found| found.digest.is_good()).count() >= 3);
    let mut beyond = payload;
    beyond.splice(6..14, *b"00ffffff");
    let error = read(&rewrapped(&SMALL, "gzip", &beyond)).unwrap_err();
    assert!(
        error.to_string().contains("the list ends before"),
        "{error}"
    );
}

#[test]
fn every_name_of_a_file_with_several_has_its_content() {
    let mut draft = fixture::draft();
    draft.files.clear();
    for path in ["/opt/a", "/opt/b"] {
        draft.files.push(fixture::regular(path, "content\n", 0o644));
    }
    let mut bytes = fixture::bytes(draft);
    // Both have the inode of the first, as rpmbuild writes hard links.
    let inodes: Vec<u8> = [1_u32, 2].iter().flat_map(|n| n.to_be_bytes()).collect();
    let at = bytes.windows(8).position(|w| w == inodes).unwrap();
    bytes[at + 4..at + 8].copy_from_slice(&1_u32.to_be_bytes());
    let mut payload = Vec::new();
    for (name, size) in [("./opt/a", 0), ("./opt/b", 8)] {
        let entry = cpio::Entry {
            size,
            mode: 0o100_644,
            links: 2,
            ..cpio::Entry::default()
        };
        entry.write(name, &mut payload);
        payload.extend(&b"content\n"[..size as usize]);
    }
    let mut whole = payload.clone();
    cpio::write_trailer(&mut whole);
    let verified = read(&rewrapped(&bytes, "gzip", &whole)).unwrap();
    assert_eq!(verified.problems, Vec::<String>::new());
    // The last name, with the content, is missing.
    let mut without = payload[..payload.len() - 128].to_vec();
    cpio::write_trailer(&mut without);
    let verified = read(&rewrapped(&bytes, "gzip", &without)).unwrap();
    assert_eq!(
        verified.problems,
        [
            "/opt/b is in the file list and not in the payload",
            "the content of /opt/a is not in the payload"
        ]
    );
}

#[test]
fn a_signature_in_its_header_is_shown_and_no_other_bytes() {
    let rpm = ReadRpm::parse(SMALL.as_slice(), "test.rpm").unwrap();
    assert_eq!(rpm.metadata().signatures(), (Vec::new(), 0));
    assert_eq!(hex(&Sha256::digest(b""))[..8], *"e3b0c442");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn a_damaged_payload_of_any_kind_never_panics(
        kind in prop::sample::select(vec!["xz", "lzma", "zstd", "gzip", "plain"]),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        static PAYLOADS: LazyLock<Vec<(&str, Vec<u8>)>> = LazyLock::new(|| {
            let raw = raw(&SMALL);
            let made = ["xz", "lzma", "zstd"].map(|kind| (kind, compressed(kind, &raw)));
            let gzip = SMALL[fixture::starts(&SMALL).1..].to_vec();
            made.into_iter()
                .chain([("plain", raw), ("gzip", gzip)])
                .collect()
        });
        let known = PAYLOADS.iter().find(|(known, _)| *known == kind);
        let mut payload = known.unwrap().1.clone();
        if cuts {
            payload.truncate(cut.index(payload.len()));
        }
        for (index, value) in damage {
            if !payload.is_empty() {
                let at = index.index(payload.len());
                payload[at] = value;
            }
        }
        let name = if kind == "plain" { "gzip" } else { kind };
        let _ = read(&rewrapped(&SMALL, name, &payload));
        let stripped = rewrapped(&SMALL, "gzip", &stripped(&SMALL));
        let mut stripped = stripped;
        let end = stripped.len();
        let at = fixture::starts(&SMALL).1;
        stripped[at + cut.index(end - at)] ^= 0x15;
        let _ = read(&stripped);
    }
}
