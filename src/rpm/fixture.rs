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
        scriptlets: Scriptlets {
            pre: Some("echo pre $1\n".into()),
            post: Some("echo post $1\n".into()),
            posttrans: Some("echo posttrans\n".into()),
            ..Scriptlets::default()
        },
        compression: Compression::Gzip(9),
    }
}

pub(crate) fn plan() -> Plan {
    Plan::complete(draft()).unwrap()
}
