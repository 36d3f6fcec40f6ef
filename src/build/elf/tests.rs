//! A small ELF file made by hand, read back; then damaged in every way.

use super::{Arch, DefinedVersion, ElfFacts, Kind, ReadError, provides, requires};
use crate::target::GlibcVersion;
use proptest::prelude::*;

/// A library, its versions, and the symbols of each version.
pub(crate) type Library<'a> = (&'a str, &'a [(&'a str, &'a [&'a str])]);

/// Sections laid one after the other, and their headers.
#[derive(Default)]
struct Image {
    bytes: Vec<u8>,
    headers: Vec<[u64; 8]>,
    names: Vec<u8>,
}

impl Image {
    /// Adds a section: `[type, link, info, entry size]`; returns its offset and size.
    fn section(&mut self, name: &str, fields: [u64; 4], content: &[u8]) -> (u64, u64) {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let offset = self.bytes.len() as u64;
        self.bytes.extend(content);
        let name_at = self.names.len() as u64;
        self.names.extend(name.as_bytes());
        self.names.push(0);
        let [kind, link, info, entry] = fields;
        let size = content.len() as u64;
        self.headers
            .push([name_at, kind, offset, size, link, info, 8, entry]);
        (offset, size)
    }
}

fn string(table: &mut Vec<u8>, text: &str) -> u32 {
    let at = table.len() as u32;
    table.extend(text.as_bytes());
    table.push(0);
    at
}

fn le(values: &[(u64, usize)]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|(value, width)| value.to_le_bytes()[..*width].to_vec())
        .collect()
}

/// A position-independent x86-64 program that needs these libraries.
pub(crate) fn program(libraries: &[Library<'_>], with_hash: bool) -> Vec<u8> {
    let mut strings = vec![0];
    let (mut symbols, mut versyms) = (vec![0; 24], le(&[(0, 2)]));
    let (mut needs, mut dynamic) = (Vec::new(), Vec::new());
    let mut next_index = 2;
    for (number, (library, versions)) in libraries.iter().enumerate() {
        let file = string(&mut strings, library).into();
        dynamic.extend(le(&[(1, 8), (file, 8)]));
        let last = number + 1 == libraries.len();
        let size = 16 + 16 * versions.len() as u64;
        needs.extend(le(&[(1, 2), (versions.len() as u64, 2), (file, 4)]));
        needs.extend(le(&[(16, 4), (if last { 0 } else { size }, 4)]));
        for (position, (version, names)) in versions.iter().enumerate() {
            let at = string(&mut strings, version).into();
            let more = position + 1 < versions.len();
            needs.extend(le(&[(0, 4), (0, 2), (next_index, 2), (at, 4)]));
            needs.extend(le(&[(if more { 16 } else { 0 }, 4)]));
            for name in *names {
                let at = string(&mut strings, name).into();
                symbols.extend(le(&[(at, 4), (0x12, 1), (0, 1), (0, 2), (0, 8), (0, 8)]));
                versyms.extend(le(&[(next_index, 2)]));
            }
            next_index += 1;
        }
    }
    dynamic.extend(le(&[(0x6fff_fef5, 8), (0, 8)]));
    if with_hash {
        dynamic.extend(le(&[(4, 8), (0, 8)]));
    }
    dynamic.extend(le(&[(0, 8), (0, 8)]));

    let mut image = Image {
        bytes: vec![0; 64 + 3 * 56],
        names: vec![0],
        ..Image::default()
    };
    image.headers.push([0; 8]);
    image.section(".dynstr", [3, 0, 0, 0], &strings);
    image.section(".dynsym", [11, 1, 1, 24], &symbols);
    image.section(".gnu.version", [0x6fff_ffff, 2, 0, 2], &versyms);
    let count = libraries.len() as u64;
    image.section(".gnu.version_r", [0x6fff_fffe, 1, count, 0], &needs);
    let dynamic = image.section(".dynamic", [6, 1, 0, 16], &dynamic);
    let loader = image.section(".interp", [1, 0, 0, 0], b"/lib64/ld-linux-x86-64.so.2\0");
    let mut note = le(&[(4, 4), (4, 4), (3, 4)]);
    note.extend(b"GNU\0\xde\xad\xbe\xef");
    image.section(".note.gnu.build-id", [7, 0, 0, 0], &note);
    finish(image, [(1, (0, 4096)), (3, loader), (2, dynamic)])
}

/// Writes the section headers after, and the file and program headers before the sections.
fn finish(mut image: Image, segments: [(u64, (u64, u64)); 3]) -> Vec<u8> {
    let mut names = image.names.clone();
    names.extend(b".shstrtab\0");
    image.section(".shstrtab", [3, 0, 0, 0], &names);
    let mut bytes = image.bytes;
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    let headers_at = bytes.len() as u64;
    for [name, kind, offset, size, link, info, align, entry] in &image.headers {
        bytes.extend(le(&[(*name, 4), (*kind, 4), (0, 8), (0, 8), (*offset, 8)]));
        bytes.extend(le(&[
            (*size, 8),
            (*link, 4),
            (*info, 4),
            (*align, 8),
            (*entry, 8),
        ]));
    }
    let count = image.headers.len() as u64;
    let mut head = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    head.extend(le(&[
        (3, 2),
        (62, 2),
        (1, 4),
        (0, 8),
        (64, 8),
        (headers_at, 8),
    ]));
    head.extend(le(&[
        (0, 4),
        (64, 2),
        (56, 2),
        (3, 2),
        (64, 2),
        (count, 2),
        (count - 1, 2),
    ]));
    for (kind, (offset, size)) in segments {
        head.extend(le(&[
            (kind, 4),
            (4, 4),
            (offset, 8),
            (offset, 8),
            (offset, 8),
        ]));
        head.extend(le(&[(size, 8), (size, 8), (0x1000, 8)]));
    }
    bytes[..head.len()].copy_from_slice(&head);
    bytes
}

pub(super) const LIBRARIES: [Library<'_>; 2] = [
    (
        "libc.so.6",
        &[
            ("GLIBC_2.17", &["secure_getenv"]),
            ("GLIBC_2.2.5", &["malloc", "free"]),
            ("GLIBC_2.34", &["__libc_start_main"]),
        ],
    ),
    (
        "ld-linux-x86-64.so.2",
        &[("GLIBC_2.3", &["__tls_get_addr"])],
    ),
];

#[test]
fn the_facts_of_a_program() {
    let facts = ElfFacts::parse(&program(&LIBRARIES, true)).unwrap();
    assert_eq!(facts.arch, Some(Arch::X86_64));
    assert_eq!(facts.kind, Kind::PositionIndependentExecutable);
    assert_eq!(
        facts.interpreter.as_deref(),
        Some(Arch::X86_64.glibc_loader())
    );
    assert_eq!(facts.needed, ["libc.so.6", "ld-linux-x86-64.so.2"]);
    assert_eq!(facts.glibc(), Some(GlibcVersion::new(2, 34)));
    assert_eq!(facts.build_id.as_deref(), Some("deadbeef"));
    assert!(!facts.is_static() && !facts.debug_info);
    let newest = &facts.versions[2];
    assert_eq!(
        (newest.version.as_str(), newest.symbol_count),
        ("GLIBC_2.34", 1)
    );
    assert_eq!(newest.symbols[0].name, "__libc_start_main");
    assert!(!newest.symbols[0].weak);
}

#[test]
fn requirements_are_those_of_elfdeps() {
    let facts = ElfFacts::parse(&program(&LIBRARIES, true)).unwrap();
    let expected = [
        "ld-linux-x86-64.so.2()(64bit)",
        "ld-linux-x86-64.so.2(GLIBC_2.3)(64bit)",
        "libc.so.6()(64bit)",
        "libc.so.6(GLIBC_2.17)(64bit)",
        "libc.so.6(GLIBC_2.2.5)(64bit)",
        "libc.so.6(GLIBC_2.34)(64bit)",
    ];
    assert_eq!(requires(&facts, true), expected);
    let mut narrow = facts.clone();
    narrow.class = super::Class::Elf32;
    assert!(requires(&narrow, true).contains(&"libc.so.6".to_owned()));
    assert!(requires(&narrow, true).contains(&"libc.so.6(GLIBC_2.17)".to_owned()));
}

#[test]
fn a_program_that_may_not_be_executed_needs_nothing_and_a_library_its_own() {
    let mut facts = ElfFacts::parse(&program(&LIBRARIES, true)).unwrap();
    assert!(requires(&facts, false).is_empty());
    facts.interpreter = None;
    assert_eq!(requires(&facts, false), requires(&facts, true));
}

#[test]
fn a_library_provides_its_name_and_versions_and_a_program_none() {
    let mut facts = ElfFacts::parse(&program(&LIBRARIES, true)).unwrap();
    facts.interpreter = None;
    facts.defined_versions = vec![DefinedVersion {
        library: "libz.so.1".to_owned(),
        version: "ZLIB_1.2.0".to_owned(),
    }];
    let versions = "libz.so.1(ZLIB_1.2.0)(64bit)";
    assert_eq!(provides(&facts, "libz.so"), ["libz.so()(64bit)", versions]);
    assert_eq!(provides(&facts, "plugin.so"), [versions]);
    facts.soname = Some("libz.so.1".to_owned());
    assert_eq!(
        provides(&facts, "libz.so"),
        ["libz.so.1()(64bit)", versions]
    );
    facts.has_debug = true;
    assert_eq!(provides(&facts, "libz.so"), [versions]);
}

#[test]
fn the_loader_must_know_gnu_hash_where_there_is_no_other() {
    let facts = ElfFacts::parse(&program(&LIBRARIES, false)).unwrap();
    assert!(requires(&facts, true).contains(&"rtld(GNU_HASH)".to_owned()));
}

#[test]
fn a_dynamic_program_without_section_headers_is_refused_not_taken_for_static() {
    let mut bytes = program(&LIBRARIES, true);
    bytes[0x28..0x30].fill(0);
    bytes[0x3c..0x40].fill(0);
    let error = ElfFacts::parse(&bytes).unwrap_err();
    assert!(matches!(error, ReadError::Odd(text) if text.contains("section headers")));
}

#[test]
fn overlapping_version_records_end_in_an_error() {
    // Each record points to itself-plus-one as the next, each claims 65535 versions at itself.
    let mut bytes = program(&LIBRARIES, true);
    let facts_at = bytes
        .windows(8)
        .position(|window| window == [1, 0, 3, 0, 1, 0, 0, 0])
        .unwrap();
    bytes[facts_at + 2..facts_at + 4].fill(0xff);
    bytes[facts_at + 16 + 12..facts_at + 16 + 16].fill(0);
    assert!(
        matches!(ElfFacts::parse(&bytes), Err(ReadError::Odd(text)) if text.contains("versions"))
    );
}

#[test]
fn our_own_test_program_is_read_from_its_file_as_from_memory() {
    let path = camino::Utf8PathBuf::from_path_buf(std::env::current_exe().unwrap()).unwrap();
    let facts = ElfFacts::read(&path).unwrap();
    assert_eq!(
        facts,
        ElfFacts::parse(&std::fs::read(&path).unwrap()).unwrap()
    );
    assert!(facts.needed.iter().any(|name| name == "libc.so.6"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = ElfFacts::parse(&bytes);
        let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
        elf.extend(&bytes);
        let _ = ElfFacts::parse(&elf);
    }

    #[test]
    fn a_cut_or_changed_program_is_read_or_refused(
        cut in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let mut bytes = program(&LIBRARIES, true);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(facts) = ElfFacts::parse(&bytes) {
            let _ = requires(&facts, true);
        }
        bytes.truncate(cut.index(bytes.len()));
        let _ = ElfFacts::parse(&bytes);
    }
}
