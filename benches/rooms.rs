//! How long three rooms take by themselves: the parser of units, the checker and the writer of
//! headers.
//!
//! `cargo xtask bench` measures whole runs against other programs; here a change of one room is seen
//! before it is lost in a run. Input are the units of `tests/fixtures`, which are there to try every
//! kind of line, and a package of many small files.

// Where the fixtures cannot be read nothing is measured.
#![allow(clippy::unwrap_used)]

use cargo_ambot::build::Interrupt;
use cargo_ambot::lint::{self, Context, Levels, UnitSet};
use cargo_ambot::package::{
    Compression, Dependencies, Dependency, Draft, Evr, FileFlags, FileKind, InstallPath, Nevra,
    PackageKind, PackageName, Phase, Plan, PlannedFile, Scriptlet, Source, Texts,
};
use cargo_ambot::report::Quiet;
use cargo_ambot::rpm;
use cargo_ambot::target;
use cargo_ambot::unit::{Dialect, Document, UnitFile, UnitName};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use std::fs;
use std::path::Path;

fn main() {
    divan::main();
}

/// The units of the fixtures: file name and bytes.
fn units() -> Vec<(String, Vec<u8>)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let folders = ["verify/units", "values/units"].map(|folder| fixtures.join(folder));
    let entries = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap());
    let files = entries.map(|entry| entry.unwrap().path());
    let mut units: Vec<_> = files
        .filter(|file| file.is_file())
        .map(|file| {
            let name = file.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read(&file).unwrap())
        })
        .collect();
    units.sort();
    units
}

fn total(units: &[(String, Vec<u8>)]) -> BytesCount {
    BytesCount::new(units.iter().map(|(_, bytes)| bytes.len()).sum::<usize>())
}

/// All units, as systemd before and since version 240 reads lines.
#[divan::bench(args = ["centos7", "el9"])]
fn parse_units(bencher: Bencher<'_, '_>, word: &str) {
    let units = units();
    let dialect = Dialect::of(target::find(word).unwrap().profile());
    bencher.counter(total(&units)).bench(|| {
        let documents = units
            .iter()
            .map(|(_, bytes)| Document::parse_as(bytes, dialect));
        documents
            .map(|document| document.directives().len())
            .sum::<usize>()
    });
}

/// All rules on all units as one package's, for an old and a new systemd.
#[divan::bench(args = ["centos7", "centos8", "el9"])]
fn check_units(bencher: Bencher<'_, '_>, word: &str) {
    let profile = target::find(word).unwrap().profile();
    let dialect = Dialect::of(profile);
    let files = units();
    let units = files.iter().filter_map(|(name, bytes)| {
        let unit = UnitName::parse(name).ok()?;
        Some(UnitFile::read(unit, name.as_str().into(), bytes).as_read_by(dialect))
    });
    let units: Vec<UnitFile> = units.collect();
    let levels = Levels::default();
    bencher.counter(ItemsCount::new(units.len())).bench(|| {
        // A set of its own each time: what it works out once is part of the work.
        let set = UnitSet::new(units.clone(), profile);
        let findings = set.iter().map(|unit| {
            let context = Context {
                profile,
                unit,
                units: &set,
                decision: None,
                package: None,
            };
            lint::check(&context, &levels).len()
        });
        findings.sum::<usize>()
    });
}

/// A package of folders and of files that are not shipped: all header, no payload.
#[divan::bench(args = [10, 1_000, 20_000])]
fn write_header(bencher: Bencher<'_, '_>, files: usize) {
    let plan = plan(files);
    // Writing waits for the disk at the end, which says nothing of headers.
    let in_memory = Path::new("/dev/shm");
    let folder = match in_memory.is_dir() {
        true => tempfile::tempdir_in(in_memory).unwrap(),
        false => tempfile::tempdir().unwrap(),
    };
    let folder = camino::Utf8Path::from_path(folder.path()).unwrap();
    let interrupt = Interrupt::new();
    let options = rpm::Options::new(&interrupt);
    bencher.counter(ItemsCount::new(files)).bench_local(|| {
        let written = rpm::write(&plan, folder, &options, &Quiet).unwrap();
        written.size()
    });
}

fn plan(files: usize) -> Plan {
    let files = (0..files).map(|number| {
        let ghost = number % 10 != 0;
        PlannedFile {
            path: InstallPath::new(format!("/usr/share/hello/{}/{number:05}", number / 100))
                .unwrap(),
            kind: match ghost {
                true => FileKind::Regular(Source::Bytes(Vec::new())),
                false => FileKind::Directory,
            },
            mode: if ghost { 0o644 } else { 0o755 },
            user: "hello".to_owned(),
            group: "root".to_owned(),
            mtime: 1_700_000_000,
            flags: FileFlags {
                ghost,
                ..FileFlags::default()
            },
            caps: None,
            reason: "it is measured".to_owned(),
        }
    });
    let requires = (0..40).map(|number| {
        let name = format!("libhello-{number}.so.1(HELLO_1.{number})(64bit)");
        Dependency::any(name, "an ELF file")
    });
    let name = PackageName::new("hello").unwrap();
    Plan::complete(Draft {
        kind: PackageKind::Binary,
        target: target::find("centos7").unwrap(),
        nevra: Nevra {
            name: name.clone(),
            evr: Evr {
                epoch: None,
                version: "1.0.0".to_owned(),
                release: "1.el7".to_owned(),
            },
            arch: "x86_64".to_owned(),
        },
        suffix: None,
        source: name,
        texts: Texts {
            summary: "A hello".to_owned(),
            description: "Says hello.".to_owned(),
            license: "MIT".to_owned(),
            url: None,
            vendor: None,
            packager: None,
        },
        changelog: Vec::new(),
        time: 1_700_000_000,
        files: files.collect(),
        units: Vec::new(),
        dependencies: Dependencies {
            requires: requires.collect(),
            ..Dependencies::default()
        },
        scriptlets: vec![Scriptlet {
            phase: Phase::Post,
            interpreter: vec!["/bin/sh".to_owned()],
            text: "systemctl daemon-reload\n".repeat(100),
        }],
        late_scriptlets: Vec::new(),
        triggers: Vec::new(),
        compression: Compression::Gzip(9),
    })
    .unwrap()
}
