//! Packages of our own making, as seeds and as what payloads are put into.

use cargo_ambot::build::Interrupt;
use cargo_ambot::inspect;
use cargo_ambot::lint::Levels;
use cargo_ambot::package::{
    Change, Compression, Dependencies, Dependency, Draft, Evr, FileFlags, FileKind, InstallPath,
    Nevra, PackageKind, PackageName, Phase, Plan, PlannedFile, Scriptlet, Source, Texts,
};
use cargo_ambot::report::Quiet;
use cargo_ambot::rpm;
use cargo_ambot::target;

/// The time that all of them are dated with, in seconds since 1970.
const TIME: u32 = 1_700_000_000;

const UNIT: &str = "[Unit]\nDescription=Says hello\n\n[Service]\nExecStart=/usr/bin/hello\n\
                    User=hello\n\n[Install]\nWantedBy=multi-user.target\n";

/// A small package with a file of every kind.
pub(crate) fn draft(compression: Compression) -> Draft {
    let name = PackageName::new("hello").expect("a name");
    Draft {
        kind: PackageKind::Binary,
        target: target::find(match compression {
            Compression::Zstd(_) => "el9",
            Compression::Gzip(_) | Compression::Xz(_) => "centos7",
        })
        .expect("a target"),
        nevra: Nevra {
            name: name.clone(),
            evr: Evr {
                epoch: None,
                version: "1.2.0".to_owned(),
                release: "1.el7".to_owned(),
            },
            arch: "x86_64".to_owned(),
        },
        suffix: None,
        source: name,
        texts: Texts {
            summary: "Says hello".to_owned(),
            description: "Says hello to the world.".to_owned(),
            license: "MIT".to_owned(),
            url: Some("https://example.org".to_owned()),
            vendor: None,
            packager: None,
        },
        changelog: vec![Change {
            time: TIME,
            name: "A <a@example.org> - 1.2.0-1".to_owned(),
            text: "- first".to_owned(),
        }],
        time: TIME,
        files: files(),
        units: Vec::new(),
        dependencies: Dependencies {
            requires: vec![
                Dependency::any("libc.so.6(GLIBC_2.17)(64bit)", "an ELF file"),
                Dependency::any("systemd", "units"),
            ],
            provides: vec![Dependency::any("greeter", "Cargo.toml")],
            ..Dependencies::default()
        },
        scriptlets: vec![Scriptlet {
            phase: Phase::Post,
            interpreter: vec!["/bin/sh".to_owned()],
            text: "systemctl daemon-reload || :\n".to_owned(),
        }],
        late_scriptlets: Vec::new(),
        triggers: Vec::new(),
        compression,
    }
}

fn files() -> Vec<PlannedFile> {
    let file = |path: &str, kind: FileKind, mode: u16| PlannedFile {
        path: InstallPath::new(path).expect("a path"),
        kind,
        mode,
        user: "root".to_owned(),
        group: "root".to_owned(),
        mtime: TIME,
        flags: FileFlags::default(),
        caps: None,
        reason: "it is tried".to_owned(),
    };
    let regular = |path: &str, text: &str, mode| {
        let source = Source::Bytes(text.as_bytes().to_vec());
        file(path, FileKind::Regular(source), mode)
    };
    let mut config = regular("/etc/hello/hello.toml", "port = 1\n", 0o640);
    config.flags.config = true;
    config.flags.noreplace = true;
    vec![
        regular("/usr/bin/hello", "#!/bin/sh\necho hello\n", 0o755),
        file("/usr/bin/hi", FileKind::Symlink("hello".to_owned()), 0o777),
        config,
        file("/var/lib/hello", FileKind::Directory, 0o750),
        regular("/usr/lib/systemd/system/hello.service", UNIT, 0o644),
        regular(
            "/usr/lib/sysusers.d/hello.conf",
            "u hello - \"A\" /\n",
            0o644,
        ),
        regular("/usr/share/hello/empty", "", 0o644),
    ]
}

/// The bytes of a package.
pub(crate) fn written(draft: Draft) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = camino::Utf8Path::from_path(folder.path()).expect("a path in UTF-8");
    let interrupt = Interrupt::new();
    let plan = Plan::complete(draft).expect("a plan");
    let options = rpm::Options::new(&interrupt);
    let written = rpm::write(&plan, folder, &options, &Quiet).expect("a package");
    let (levels, options) = (Levels::default(), inspect::Options::new(&interrupt));
    let verified = inspect::verify(written, &plan, &levels, None, &options);
    let verified = verified.expect("a package that its target takes");
    let path = verified.publish_as("hello.rpm").expect("a name for it");
    std::fs::read(path).expect("a file that is there")
}

/// One with each compressor that we write.
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let kinds = [
        ("gzip", Compression::Gzip(9)),
        ("xz", Compression::Xz(1)),
        ("zstd", Compression::Zstd(3)),
    ];
    let written = kinds.map(|(name, compression)| (name, written(draft(compression))));
    written.into_iter().collect()
}
