//! Each refusal of the targets' programs, with a package that deserves it.

use super::*;
use crate::build::elf::tests::program;
use crate::lint::Levels;
use crate::package::{Dependency, Draft};
use crate::rpm::fixture::{self, compressed, raw, regular, rewrapped, xz_with_dictionary};
use crate::rpm::read::ReadRpm;
use crate::target::find;

fn small() -> Draft {
    let mut draft = fixture::draft();
    draft
        .files
        .retain(|file| !file.path.as_str().ends_with("/big"));
    draft
}

fn examined(bytes: &[u8]) -> Examined {
    examine(ReadRpm::parse(bytes, "test.rpm").unwrap()).unwrap()
}

fn verdict(bytes: &[u8], target: &str) -> Verdict {
    let profile = find(target).unwrap().profile();
    judge(&examined(bytes), profile, None, &Levels::default()).unwrap()
}

/// The refusals with their ways out, without those of digests that a fixture leaves wrong.
fn refusals(bytes: &[u8], target: &str) -> String {
    let verdict = verdict(bytes, target);
    let refusals = verdict.refusals.iter();
    let lines = refusals
        .filter(|refusal| !refusal.text.contains(", and it says "))
        .map(|refusal| {
            let help = refusal.help.as_ref();
            let help = help.map(|help| format!("\n  help: {help}"));
            format!("{}{}", refusal.text, help.unwrap_or_default())
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// A package whose header has one tag changed into another, which its reader then does not find.
fn without_tag(bytes: &[u8], tag: u32, other: u32) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = bytes
        .windows(4)
        .position(|window| window == tag.to_be_bytes())
        .unwrap();
    bytes[at..at + 4].copy_from_slice(&other.to_be_bytes());
    bytes
}

#[test]
fn zstd_is_refused_for_centos_7_alone() {
    let bytes = fixture::bytes(small());
    let bytes = rewrapped(&bytes, "zstd", &compressed("zstd", &raw(&bytes)));
    insta::assert_snapshot!(refusals(&bytes, "centos7"), @r"
    its payload is compressed with zstd; the rpm of CentOS 7 reads gzip, bzip2, xz, lzma
      help: build it for centos7 with gzip or xz: rpmbuild --define '_binary_payload w6.xzdio'; nfpm and others: `compression: gzip`
    ");
    assert_eq!(refusals(&bytes, "centos8"), "");
}

#[test]
fn xz_that_no_rpm_unpacks_is_refused_everywhere() {
    let bytes = fixture::bytes(small());
    let raw = raw(&bytes);
    let (first, second) = raw.split_at(raw.len() / 2);
    let two = [compressed("xz", first), compressed("xz", second)].concat();
    for (payload, says) in [
        (two, "its payload goes on after its first compressed stream"),
        (
            xz_with_dictionary(&raw, 192 << 20),
            "its payload needs more than 100 MiB of memory to unpack",
        ),
    ] {
        let bytes = rewrapped(&bytes, "xz", &payload);
        for target in ["centos7", "centos8", "fedora"] {
            let refused = refusals(&bytes, target);
            assert!(refused.contains(says), "{target}: {refused}");
        }
    }
    let bytes = rewrapped(&bytes, "xz", &xz_with_dictionary(&raw, 64 << 20));
    assert_eq!(refusals(&bytes, "centos7"), "");
}

#[test]
fn a_rich_dependency_is_refused_for_centos_7_even_where_no_feature_says_so() {
    let mut draft = small();
    let rich = Dependency::any("(a if b)", "a test");
    draft.dependencies.requires.push(rich);
    let bytes = fixture::bytes(draft);
    insta::assert_snapshot!(refusals(&bytes, "centos7"), @r"
    it needs rpmlib(RichDependencies) 4.12.0-1, which rpm 4.11.3 of CentOS 7 does not have; rpm has it since 4.13.0
      help: for this target, write the dependencies in brackets, such as `(a if b)`, as plain ones
    ");
    assert_eq!(refusals(&bytes, "el8"), "");
    let feature = b"rpmlib(RichDependencies)";
    let at = bytes.windows(24).position(|w| w == feature).unwrap();
    let mut unsaid = bytes;
    unsaid[at..at + 24].copy_from_slice(b"a-name-as-long-as-before");
    let refused = refusals(&unsaid, "centos7");
    assert!(
        refused.contains("it has the dependency `(a if b)`, which rpm 4.11.3 of CentOS 7 takes for the name of a package that nothing provides"),
        "{refused}"
    );
}

#[test]
fn sizes_of_64_bits_on_a_small_package_are_refused_for_centos_7_alone() {
    let bytes = without_tag(&fixture::bytes(small()), 1000, 270);
    insta::assert_snapshot!(refusals(&bytes, "centos7"), @r"
    it states its own size in 64 bits, which the rpm of CentOS 7 does not read
      help: build it as a package of rpm 4, with less than 4 GiB of files
    ");
    assert_eq!(refusals(&bytes, "el8"), "");
}

#[test]
fn a_signature_that_is_not_rsa_is_refused_for_centos_7_and_8() {
    // The space for a signature becomes one of Ed25519.
    let mut bytes = without_tag(&fixture::bytes(small()), 1008, 1005);
    let packet = [0x88, 10, 4, 0, 22, 8, 0, 0, 0, 0, 1, 2];
    let rpm = ReadRpm::parse(bytes.as_slice(), "test.rpm").unwrap();
    let space = rpm.metadata().signature().binary(1005).unwrap().to_vec();
    let at = bytes.windows(space.len()).position(|w| w == space).unwrap();
    bytes[at..at + packet.len()].copy_from_slice(&packet);
    for target in ["centos7", "centos8"] {
        let refused = refusals(&bytes, target);
        assert!(
            refused.contains("its signature is EdDSA, which rpm 4.1"),
            "{refused}"
        );
    }
    assert_eq!(refusals(&bytes, "el10"), "");
}

#[test]
fn a_missing_md5_is_refused_for_centos_7_alone() {
    let bytes = without_tag(&fixture::bytes(small()), 1004, 1003);
    insta::assert_snapshot!(refusals(&bytes, "centos7"), @r"
    it has no MD5 of header and payload: rpm 4.11.3 of CentOS 7 knows no other digests, and would see damage in the middle of the installation, after %pre has run
      help: build it as a package of rpm 4, with rpmbuild or this program; some builders leave these digests out
    ");
    assert_eq!(refusals(&bytes, "el8"), "");
}

#[test]
fn a_link_without_a_target_in_the_payload_is_refused_everywhere() {
    let bytes = fixture::bytes(small());
    let mut payload = raw(&bytes);
    let link = payload
        .windows(11)
        .position(|w| w == b"usr/bin/hi\0")
        .unwrap();
    // `./` and the header stand before the name; the size is its seventh number.
    let size = link - 2 - 110 + 6 + 6 * 8;
    assert_eq!(&payload[size..size + 8], b"00000005");
    payload[size..size + 8].copy_from_slice(b"00000000");
    let body = (link + 11 - (link - 2 - 110)).next_multiple_of(4) + (link - 2 - 110);
    payload.drain(body..body + 8);
    let bytes = rewrapped(&bytes, "gzip", &payload);
    for target in ["centos7", "el9"] {
        let refused = refusals(&bytes, target);
        assert!(
            refused.contains("the link /usr/bin/hi has no target in the payload"),
            "{refused}"
        );
    }
}

#[test]
fn programs_are_judged_by_what_is_in_the_payload() {
    let mut draft = small();
    // A small program that every machine has; what it needs is not of interest.
    let shell = std::fs::read("/bin/sh").unwrap();
    for file in &mut draft.files {
        if file.path.as_str() == "/usr/bin/hello" {
            *file = regular(file.path.as_str(), shell.clone(), 0o755);
        }
    }
    draft.nevra.arch = "aarch64".into();
    if !cfg!(target_arch = "x86_64") {
        return;
    }
    let bytes = fixture::bytes(draft.clone());
    let refused = refusals(&bytes, "centos7");
    assert!(
        refused.contains(
            "/usr/bin/hello is a program for x86_64, and the package is for another machine"
        ),
        "{refused}"
    );
    draft.nevra.arch = "x86_64".into();
    let examined = examined(&fixture::bytes(draft));
    let [elf] = examined.contents.elves.as_slice() else {
        panic!("{:?}", examined.contents.elves);
    };
    let facts = elf.facts.as_ref().unwrap();
    assert!(facts.needed.contains(&"libc.so.6".to_owned()));
    assert!(facts.glibc().is_some() && facts.load_alignment.is_some());
}

/// A package for an architecture whose program is this.
fn with_program(bytes: &[u8], arch: &str) -> Vec<u8> {
    let mut draft = small();
    draft.nevra.arch = arch.into();
    for file in &mut draft.files {
        if file.path.as_str() == "/usr/bin/hello" {
            *file = regular(file.path.as_str(), bytes.to_owned(), 0o755);
        }
    }
    fixture::bytes(draft)
}

#[test]
fn a_newer_libstdcxx_than_the_target_has_is_refused_there() {
    let newer: &[(&str, &[&str])] = &[
        ("GLIBCXX_3.4.26", &["_ZNSt10filesystem4pathD1Ev"]),
        ("CXXABI_1.3.11", &["_ZSt15set_terminatePFvvE"]),
    ];
    let bytes = with_program(&program(&[("libstdc++.so.6", newer)], true), "x86_64");
    insta::assert_snapshot!(refusals(&bytes, "centos7"), @r"
    /usr/bin/hello needs libstdc++.so.6: it asks for GLIBCXX_3.4.26, and CentOS 7 has GLIBCXX_3.4.19 (gcc 4.8.5, 8.5, 11, 14, 7.3, 11, 10.3 and 12.3; the versions are those of GCC's manual, 'ABI Policy and Guidelines')
      help: build it with the target's compiler, or link the library statically
    /usr/bin/hello needs libstdc++.so.6: it asks for CXXABI_1.3.11, and CentOS 7 has CXXABI_1.3.7 (gcc 4.8.5, 8.5, 11, 14, 7.3, 11, 10.3 and 12.3; the versions are those of GCC's manual, 'ABI Policy and Guidelines')
      help: build it with the target's compiler, or link the library statically
    ");
    let refused = refusals(&bytes, "centos8");
    assert!(
        refused.contains("it asks for GLIBCXX_3.4.26, and CentOS Linux 8.5 has GLIBCXX_3.4.25")
            && !refused.contains("it asks for CXXABI"),
        "{refused}"
    );
    assert_eq!(refusals(&bytes, "el9"), "");
}

#[test]
fn a_program_for_small_pages_is_refused_where_the_kernel_has_large_ones() {
    let mut small_pages = program(&[("libc.so.6", &[("GLIBC_2.17", &["malloc"])])], true);
    // The machine in the file header, and the loader.
    small_pages[18..20].copy_from_slice(&183_u16.to_le_bytes());
    let (loader, of_arm) = (
        b"/lib64/ld-linux-x86-64.so.2\0",
        b"/lib/ld-linux-aarch64.so.1\0\0",
    );
    let at = small_pages.windows(28).position(|w| w == loader).unwrap();
    small_pages[at..at + 28].copy_from_slice(of_arm);
    let bytes = with_program(&small_pages, "aarch64");
    insta::assert_snapshot!(refusals(&bytes, "centos8"), @r"
    /usr/bin/hello has segments aligned to 4096 bytes, and the kernel of CentOS Linux 8.5 maps pages of 64 KiB: it does not start
      help: link it with `-Wl,-z,max-page-size=65536`
    ");
    assert!(refusals(&bytes, "el7").contains("aligned to 4096 bytes"));
    assert_eq!(refusals(&bytes, "el9"), "");
}

#[test]
fn an_openssl_inside_a_program_is_noted() {
    let mut bytes = program(&[("libc.so.6", &[("GLIBC_2.17", &["malloc"])])], true);
    bytes.extend(b"OPENSSLDIR: \"/usr/local/ssl\"\0");
    let notes = verdict(&with_program(&bytes, "x86_64"), "centos7").notes;
    insta::assert_snapshot!(notes.join("\n"), @"/usr/bin/hello has an OpenSSL of its own inside: it takes certificates from /usr/local/ssl, not from the system, is not the FIPS-validated one, and is mended by a new package alone");
}

#[test]
fn a_unit_that_the_target_does_not_load_is_refused_there() {
    let mut draft = small();
    let unit = "[Service]\nType=oneshot\nExecStart=/usr/bin/hello\nRestart=on-failure\n[Install]\nWantedBy=multi-user.target\n";
    draft.files.push(regular(
        "/usr/lib/systemd/system/hello.service",
        unit,
        0o644,
    ));
    let bytes = fixture::bytes(draft);
    insta::assert_snapshot!(refusals(&bytes, "centos7"), @r"
    /usr/lib/systemd/system/hello.service, line 4: systemd 219 refuses Restart=on-failure for a oneshot service; the unit does not load on CentOS 7
      help: leave Restart= out for this target, or let a timer start the service again
    ");
    assert_eq!(refusals(&bytes, "el9"), "");
    let told = units(&examined(&bytes));
    assert_eq!(
        told[0].settings[0],
        ("ExecStart".to_owned(), "/usr/bin/hello".to_owned())
    );
}

#[test]
fn accounts_are_read_from_what_says_them() {
    let mut draft = small();
    let lists = "# people\nu hello 812 \"A hello\" /var/lib/hello\ng logs -\nm hello logs\n";
    draft
        .files
        .push(regular("/usr/lib/sysusers.d/hello.conf", lists, 0o644));
    let found = accounts(&examined(&fixture::bytes(draft)));
    let found: Vec<_> = found.iter().map(|a| (a.name.as_str(), a.is_user)).collect();
    assert_eq!(found, [("hello", true), ("logs", false)]);
}

#[test]
fn an_interpreter_that_nobody_brings_is_noted() {
    let mut draft = small();
    let script = "#!/usr/bin/env5 -S x\n";
    draft
        .files
        .push(regular("/usr/bin/hello-ctl", script, 0o755));
    let notes = verdict(&fixture::bytes(draft), "el9").notes;
    assert!(
        notes.iter().any(|note| note
            == "/usr/bin/hello-ctl is run by /usr/bin/env5, which the package neither brings nor requires"),
        "{notes:?}"
    );
}
