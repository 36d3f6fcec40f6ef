//! A plan with one file of every kind, for the tests of this room and the next.

use crate::package::{
    Change, Comparison, Compression, Dependencies, Dependency, Draft, Evr, FileFlags, FileKind,
    InstallPath, Nevra, PackageName, Phase, Plan, PlannedFile, Scriptlets, Source, Texts,
};

pub(crate) const TIME: u32 = 1_700_000_000;

pub(crate) fn file(path: &str, kind: FileKind, mode: u16) -> PlannedFile {
    PlannedFile {
        path: InstallPath::new(path).unwrap(),
        kind,
        mode,
        user: "root".into(),
        group: "root".into(),
        mtime: TIME,
        flags: FileFlags::default(),
        caps: None,
        reason: "a test".into(),
    }
}

pub(crate) fn regular(path: &str, bytes: impl Into<Vec<u8>>, mode: u16) -> PlannedFile {
    file(path, FileKind::Regular(Source::Bytes(bytes.into())), mode)
}

/// Bytes that compress somewhat, the same every time.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_u32;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 28) as u8
        })
        .collect()
}

fn files() -> Vec<PlannedFile> {
    let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
    elf.extend(noise(3_000));
    let mut config = regular("/etc/hello/hello.toml", "port = 1\n", 0o640);
    config.flags.config = true;
    config.flags.noreplace = true;
    let mut licence = regular("/usr/share/licenses/hello/LICENSE", "MIT\n", 0o644);
    licence.flags.license = true;
    let mut ghost = regular("/var/lib/hello/state", "", 0o600);
    ghost.flags.ghost = true;
    vec![
        regular("/usr/bin/hello", elf, 0o755),
        file("/usr/bin/hi", FileKind::Symlink("hello".into()), 0o777),
        config,
        licence,
        file("/var/lib/hello", FileKind::Directory, 0o750),
        ghost,
        regular("/usr/share/hello/empty", "", 0o644),
        regular("/usr/share/hello/big", noise(700_000), 0o644),
    ]
}

pub(crate) fn draft() -> Draft {
    let mut systemd = Dependency::any("systemd", "its macros");
    systemd.phases = vec![Phase::Post, Phase::Preun];
    let mut libc = Dependency::any("libc.so.6(GLIBC_2.17)(64bit)", "the ELF file");
    libc.found = true;
    let curl = Dependency::versioned("curl", Comparison::GreaterOrEqual, "7.29", "the user");
    Draft {
        kind: crate::package::PackageKind::Binary,
        target: crate::target::find("centos7").unwrap(),
        nevra: Nevra {
            name: PackageName::new("hello").unwrap(),
            evr: Evr {
                epoch: None,
                version: "1.2.0~rc.1".into(),
                release: "1.el7".into(),
            },
            arch: "x86_64".into(),
        },
        suffix: None,
        source: PackageName::new("hello").unwrap(),
        texts: Texts {
            summary: "A hello".into(),
            description: "Says hello.\nOften.".into(),
            license: "MIT".into(),
            url: Some("https://hello.example".into()),
            vendor: None,
            packager: None,
        },
        changelog: vec![Change {
            time: 1_699_963_200,
            name: "A <a@hello.example> - 1.2.0~rc.1-1".into(),
            text: "- Fixed: Grüße\n  on two lines\n- Added: * and -".into(),
        }],
        units: Vec::new(),
        time: TIME,
        files: files(),
        dependencies: Dependencies {
            requires: vec![curl, systemd, libc],
            ..Dependencies::default()
        },
        triggers: Vec::new(),
        scriptlets: Scriptlets {
            pre: Some("echo pre $1\n".into()),
            post: Some("echo post $1\n".into()),
            posttrans: Some("echo posttrans\n".into()),
            ..Scriptlets::default()
        }
        .alone(),
        late_scriptlets: Vec::new(),
        compression: Compression::Gzip(9),
    }
}

pub(crate) fn plan() -> Plan {
    Plan::complete(draft()).unwrap()
}

/// The bytes of a package as our writer makes it.
pub(crate) fn bytes(draft: Draft) -> Vec<u8> {
    use std::io::Read;
    let folder = tempfile::tempdir().unwrap();
    let folder = camino::Utf8Path::from_path(folder.path()).unwrap();
    let interrupt = crate::build::Interrupt::new();
    let options = super::Options::new(&interrupt);
    let plan = Plan::complete(draft).unwrap();
    let written = super::write(&plan, folder, &options, &crate::report::Quiet).unwrap();
    let mut bytes = Vec::new();
    written.reopen().unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// Where header and payload of a package begin.
pub(crate) fn starts(bytes: &[u8]) -> (usize, usize) {
    let rpm = super::read::ReadRpm::parse(bytes, "test.rpm").unwrap();
    let header = 96 + rpm.metadata().signature().bytes().len().next_multiple_of(8);
    (header, header + rpm.metadata().header().bytes().len())
}

/// The raw payload of a package of ours.
pub(crate) fn raw(bytes: &[u8]) -> Vec<u8> {
    use std::io::Read;
    let mut raw = Vec::new();
    let payload = &bytes[starts(bytes).1..];
    let mut decoder = flate2::read::MultiGzDecoder::new(payload);
    decoder.read_to_end(&mut raw).unwrap();
    raw
}

/// A package with another payload, under a name of at most four letters for its compressor. Its
/// digests are those of the old one.
pub(crate) fn rewrapped(bytes: &[u8], compressor: &str, payload: &[u8]) -> Vec<u8> {
    let (_, payload_start) = starts(bytes);
    let mut front = bytes[..payload_start].to_vec();
    let name = b"gzip\09\0";
    let at = front.windows(name.len()).position(|w| w == name).unwrap();
    front[at..at + 4].fill(0);
    front[at..at + compressor.len()].copy_from_slice(compressor.as_bytes());
    front.extend(payload);
    front
}

/// Compresses as `xz` or `zstd` do.
pub(crate) fn compressed(kind: &str, raw: &[u8]) -> Vec<u8> {
    use std::io::Read;
    let mut out = Vec::new();
    match kind {
        "xz" => liblzma::read::XzEncoder::new(raw, 1).read_to_end(&mut out),
        "lzma" => {
            let options = liblzma::stream::LzmaOptions::new_preset(1).unwrap();
            let stream = liblzma::stream::Stream::new_lzma_encoder(&options).unwrap();
            liblzma::read::XzEncoder::new_stream(raw, stream).read_to_end(&mut out)
        }
        "zstd" => zstd::stream::read::Encoder::new(raw, 1)
            .unwrap()
            .read_to_end(&mut out),
        other => panic!("{other}"),
    }
    .unwrap();
    out
}

/// xz whose header asks for a dictionary of so many bytes.
pub(crate) fn xz_with_dictionary(raw: &[u8], bytes: u32) -> Vec<u8> {
    use std::io::Read;
    // The field of a block header is made from this; encoding with a small one and writing a large
    // number there would take a new CRC.
    let mut options = liblzma::stream::LzmaOptions::new_preset(0).unwrap();
    options.dict_size(bytes);
    options.match_finder(liblzma::stream::MatchFinder::HashChain3);
    options.mode(liblzma::stream::Mode::Fast);
    let mut filters = liblzma::stream::Filters::new();
    filters.lzma2(&options);
    let check = liblzma::stream::Check::Crc32;
    let stream = liblzma::stream::Stream::new_stream_encoder(&filters, check).unwrap();
    let mut out = Vec::new();
    let mut encoder = liblzma::read::XzEncoder::new_stream(raw, stream);
    encoder.read_to_end(&mut out).unwrap();
    out
}
