//! The ways to get exit 0 and a wrong binary, and the right ones let through.

use super::*;
use crate::build::elf::{ByteOrder, Class, NeededSymbol, NeededVersion};
use crate::report::{Diagnose, Severity};
use crate::target::find;

fn version(library: &str, version: &str, symbols: &[&str]) -> NeededVersion {
    NeededVersion {
        library: library.to_owned(),
        version: version.to_owned(),
        weak: false,
        symbols: symbols
            .iter()
            .map(|&name| NeededSymbol {
                name: name.to_owned(),
                weak: false,
            })
            .collect(),
        symbol_count: symbols.len(),
    }
}

/// A program as cargo-zigbuild makes one for glibc 2.17.
fn hello() -> Binary {
    Binary {
        name: "hello".to_owned(),
        path: "/p/target/hello".into(),
        facts: ElfFacts {
            class: Class::Elf64,
            byte_order: ByteOrder::Little,
            arch: Some(Arch::X86_64),
            machine: 62,
            kind: Kind::PositionIndependentExecutable,
            interpreter: Some("/lib64/ld-linux-x86-64.so.2".to_owned()),
            needed: vec!["libc.so.6".to_owned(), "ld-linux-x86-64.so.2".to_owned()],
            versions: vec![version("libc.so.6", "GLIBC_2.17", &["secure_getenv"])],
            defined_versions: Vec::new(),
            soname: None,
            has_debug: true,
            has_hash: true,
            has_gnu_hash: true,
            dynamic: true,
            build_id: None,
            debug_info: false,
            load_alignment: Some(0x1_0000),
        },
    }
}

fn made_by(maker: Maker) -> Origin {
    Origin {
        maker,
        linker: None,
        crt_static: false,
    }
}

fn judged(binary: &Binary, target: &str, origin: &Origin) -> Result<Vec<Diagnostic>, Error> {
    judge(
        binary,
        Arch::X86_64,
        find(target).unwrap().profile(),
        origin,
    )
}

fn shown(result: Result<Vec<Diagnostic>, Error>) -> String {
    let diagnostic = result.unwrap_err().diagnostic();
    let lines = [vec![diagnostic.title], diagnostic.notes, diagnostic.help].concat();
    lines.join("\n")
}

#[test]
fn a_program_for_an_older_glibc_passes_everywhere() {
    for target in ["centos7", "centos8"] {
        assert_eq!(judged(&hello(), target, &made_by(Maker::Zig)).unwrap(), []);
    }
}

#[test]
fn a_linker_in_the_rustflags_that_replaces_zig_is_named_with_the_symbols() {
    let mut binary = hello();
    let names = [
        "pthread_create",
        "dlsym",
        "__libc_start_main",
        "stat",
        "fstat",
        "lstat",
    ];
    binary
        .facts
        .versions
        .push(version("libc.so.6", "GLIBC_2.34", &names));
    binary
        .facts
        .versions
        .push(version("libm.so.6", "GLIBC_2.29", &["pow"]));
    let origin = Origin {
        linker: Some("gcc".to_owned()),
        ..made_by(Maker::Zig)
    };
    insta::assert_snapshot!(shown(judged(&binary, "centos8", &origin)), @"
    `hello` needs glibc 2.34, and centos8 has 2.28
    it asks for pthread_create@GLIBC_2.34, dlsym@GLIBC_2.34, __libc_start_main@GLIBC_2.34, stat@GLIBC_2.34, fstat@GLIBC_2.34 and 2 more
    the rustflags say `linker=gcc`, which replaces zig and links with this machine's libraries: take it out
    ");
}

#[test]
fn a_command_that_forgets_the_glibc_is_told_of_its_contract() {
    let mut binary = hello();
    binary
        .facts
        .versions
        .push(version("libc.so.6", "GLIBC_2.30", &["gettid"]));
    insta::assert_snapshot!(shown(judged(&binary, "centos7", &made_by(Maker::Command))), @"
    `hello` needs glibc 2.30, and centos7 has 2.17
    it asks for gettid@GLIBC_2.30
    the `--cargo-build` command must build for the glibc that AMBOT_GLIBC names, here 2.17
    ");
}

#[test]
fn a_glibc_that_zig_did_not_know_is_seen_in_the_result() {
    // zig falls back to its own newest, 2.34 and later, without a word.
    let mut binary = hello();
    binary.facts.versions = vec![version("libc.so.6", "GLIBC_2.38", &["__isoc23_strtol"])];
    let error = judged(&binary, "centos8", &made_by(Maker::Zig)).unwrap_err();
    assert!(matches!(error, Error::NewerGlibc(newer) if newer.highest == GlibcVersion::new(2, 38)));
}

#[test]
fn a_version_without_symbols_counts_too() {
    let mut binary = hello();
    binary
        .facts
        .versions
        .push(version("libc.so.6", "GLIBC_ABI_DT_RELR", &[]));
    insta::assert_snapshot!(shown(judged(&binary, "centos8", &made_by(Maker::Unknown))), @"
    `hello` needs glibc 2.36, and centos8 has 2.28
    it asks for GLIBC_ABI_DT_RELR
    leave out `--no-build` to build against the target's glibc
    ");
}

#[test]
fn crt_static_that_was_ignored_is_refused() {
    let origin = Origin {
        crt_static: true,
        ..made_by(Maker::Zig)
    };
    insta::assert_snapshot!(shown(judged(&hello(), "centos7", &origin)), @"
    the rustflags ask for `+crt-static`, and `hello` is dynamically linked all the same
    build for musl, `--triple x86_64-unknown-linux-musl`, or take `+crt-static` out
    ");
}

#[test]
fn a_static_program_passes_whatever_made_it() {
    let mut binary = hello();
    binary.facts.interpreter = None;
    binary.facts.needed.clear();
    binary.facts.versions.clear();
    let origin = Origin {
        crt_static: true,
        ..made_by(Maker::Command)
    };
    assert_eq!(judged(&binary, "centos7", &origin).unwrap(), []);
}

#[test]
fn the_architecture_and_the_loader_must_be_the_targets() {
    let mut other = hello();
    other.facts.arch = Some(Arch::Aarch64);
    assert!(matches!(
        judged(&other, "centos7", &made_by(Maker::Unknown)),
        Err(Error::OtherArch { .. })
    ));
    for loader in [
        None,
        Some("/lib/ld-musl-x86_64.so.1"),
        Some("/nix/store/x/ld.so"),
    ] {
        let mut odd = hello();
        odd.facts.interpreter = loader.map(str::to_owned);
        assert!(matches!(
            judged(&odd, "centos7", &made_by(Maker::Cargo)),
            Err(Error::Loader { .. })
        ));
    }
    let mut library = hello();
    library.facts.kind = Kind::SharedLibrary;
    assert!(matches!(
        judged(&library, "centos7", &made_by(Maker::Unknown)),
        Err(Error::NoProgram { .. })
    ));
}

#[test]
fn a_library_beside_glibc_is_a_warning_and_libgcc_a_note() {
    let mut binary = hello();
    binary
        .facts
        .needed
        .extend(["libgcc_s.so.1".to_owned(), "libssl.so.3".to_owned()]);
    binary
        .facts
        .versions
        .push(version("libssl.so.3", "OPENSSL_3.0.0", &["SSL_new"]));
    let said = judged(&binary, "centos7", &made_by(Maker::Zig)).unwrap();
    assert_eq!(said[0].severity, Severity::Note);
    assert_eq!(said[1].severity, Severity::Warning);
    assert_eq!(said[1].title, "`hello` needs libssl.so.3");
    assert_eq!(
        said[1].notes[1..],
        [
            "CentOS 7 has libssl.so.10 in its place",
            "at the versions OPENSSL_3.0.0"
        ]
    );
    assert_eq!(said[1].targets, ["centos7"]);
}

#[test]
fn a_program_for_small_pages_is_refused_where_the_kernel_has_large_ones() {
    let mut binary = hello();
    binary.facts.arch = Some(Arch::Aarch64);
    binary.facts.interpreter = Some("/lib/ld-linux-aarch64.so.1".to_owned());
    binary.facts.load_alignment = Some(4096);
    let judged = |target: &str| {
        let profile = find(target).unwrap().profile();
        judge(&binary, Arch::Aarch64, profile, &made_by(Maker::Zig))
    };
    insta::assert_snapshot!(shown(judged("centos7")), @r"
    `hello` has segments aligned to 4096 bytes, and the kernel of centos7 maps pages of 64 KiB
    link it with `-C link-arg=-Wl,-z,max-page-size=65536` in the rustflags
    ");
    assert!(judged("el8").is_err());
    judged("el9").unwrap();
}
