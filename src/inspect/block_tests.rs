//! Packages in blocks: read back on any number of cores, damaged anywhere, and of one run.

use super::tests::Folder;
use super::{Options, Proven, verify};
use crate::build::Interrupt;
use crate::lint::Levels;
use crate::package::{Compression, FileKind, Plan, Source};
use crate::report::Quiet;
use crate::rpm::{self, Spool, Written, fixture};
use crate::target;
use camino::{Utf8Path, Utf8PathBuf};
use std::num::NonZeroUsize;
use std::os::unix::fs::FileExt;

const ALL: [Compression; 3] = [
    Compression::Gzip(6),
    Compression::Xz(0),
    Compression::Zstd(3),
];

/// A file of several blocks, and a script among the large files.
fn inputs(folder: &Folder) -> [Utf8PathBuf; 2] {
    let noise = folder.path().join("noise");
    std::fs::write(&noise, fixture::noise(2_500_000)).unwrap();
    let script = folder.path().join("script");
    let text = format!("#!/bin/sh\n{}", "true\n".repeat(100_000));
    std::fs::write(&script, text).unwrap();
    [noise, script]
}

/// A plan with large files and one that differs from plan to plan.
fn plan(target: &str, compression: Compression, inputs: &[Utf8PathBuf]) -> Plan {
    let mut draft = fixture::draft();
    draft.target = target::find(target).unwrap();
    draft.compression = compression;
    for input in inputs {
        let dest = format!("/opt/{}", input.file_name().unwrap());
        let kind = FileKind::Regular(Source::Path(input.clone()));
        draft.files.push(fixture::file(&dest, kind, 0o755));
    }
    let kind = FileKind::Regular(Source::Bytes(target.into()));
    draft.files.push(fixture::file("/opt/a", kind, 0o644));
    Plan::complete(draft).unwrap()
}

fn threads(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).unwrap()
}

/// Has a package judged.
fn judged(
    written: Written,
    plan: &Plan,
    options: &Options<'_>,
) -> Result<super::VerifiedRpm, super::Error> {
    verify(written, plan, &Levels::default(), None, options)
}

/// Writes a package, and gives its bytes.
fn written(plan: &Plan, folder: &Utf8Path, options: &rpm::Options<'_>) -> (Written, Vec<u8>) {
    let written = rpm::write(plan, folder, options, &Quiet).unwrap();
    let mut bytes = vec![0; usize::try_from(written.size()).unwrap()];
    written
        .reopen()
        .unwrap()
        .read_exact_at(&mut bytes, 0)
        .unwrap();
    (written, bytes)
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let folder = Folder::new();
    let inputs = inputs(&folder);
    let interrupt = Interrupt::new();
    for compression in ALL {
        let plan = plan("el9", compression, &inputs);
        let made = [1, 2, 3, 7].map(|number| {
            let options = rpm::Options {
                threads: threads(number),
                ..rpm::Options::new(&interrupt)
            };
            let (written, bytes) = written(&plan, folder.path(), &options);
            let options = Options {
                threads: threads(number),
                ..Options::new(&interrupt)
            };
            judged(written, &plan, &options).unwrap();
            bytes
        });
        assert!(
            made.windows(2).all(|pair| pair[0] == pair[1]),
            "{compression}"
        );
    }
}

#[test]
fn a_payload_that_is_damaged_anywhere_is_refused() {
    let folder = Folder::new();
    let inputs = inputs(&folder);
    let interrupt = Interrupt::new();
    for compression in ALL {
        let plan = plan("el9", compression, &inputs);
        let options = rpm::Options::new(&interrupt);
        let (first, bytes) = written(&plan, folder.path(), &options);
        drop(first);
        let start = bytes.len() - bytes.len() / 2;
        let places = (start..bytes.len()).step_by(bytes.len() / 7);
        let end = (bytes.len() - 20..bytes.len()).step_by(3);
        for place in places.chain(end) {
            let (written, _) = written(&plan, folder.path(), &options);
            let damaged = damage(folder.path());
            damaged
                .write_all_at(&[!bytes[place]], place as u64)
                .unwrap();
            let result = judged(written, &plan, &Options::new(&interrupt));
            assert!(
                result.is_err(),
                "{compression}: byte {place} of {}",
                bytes.len()
            );
        }
        for length in [bytes.len() - 1, bytes.len() + 1] {
            let (written, _) = written(&plan, folder.path(), &options);
            damage(folder.path()).set_len(length as u64).unwrap();
            let result = judged(written, &plan, &Options::new(&interrupt));
            assert!(result.is_err(), "{compression}: {length} bytes");
        }
    }
}

/// The one package of a folder that has no name yet.
fn damage(folder: &Utf8Path) -> std::fs::File {
    let mut entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let path = entries
        .find(|path| path.to_string_lossy().ends_with(".rpm.part"))
        .unwrap();
    std::fs::OpenOptions::new().write(true).open(path).unwrap()
}

#[test]
fn what_packages_have_in_common_is_compressed_and_unpacked_once() {
    let folder = Folder::new();
    let inputs = inputs(&folder);
    let interrupt = Interrupt::new();
    let (spool, proven) = (Spool::default(), Proven::default());
    let mut after = Vec::new();
    for (target, compression) in [
        ("el8", Compression::Gzip(6)),
        ("el9", Compression::Zstd(3)),
        ("el8", Compression::Gzip(6)),
        ("el9", Compression::Gzip(6)),
        ("el10", Compression::Zstd(3)),
    ] {
        let plan = plan(target, compression, &inputs);
        let (alone, expected) = written(&plan, folder.path(), &rpm::Options::new(&interrupt));
        let options = rpm::Options {
            spool: Some(&spool),
            ..rpm::Options::new(&interrupt)
        };
        let (written, bytes) = written(&plan, folder.path(), &options);
        assert!(bytes == expected, "{target} {compression}");
        let options = Options {
            proven: Some(&proven),
            ..Options::new(&interrupt)
        };
        let both = [
            judged(alone, &plan, &Options::new(&interrupt)).unwrap(),
            judged(written, &plan, &options).unwrap(),
        ];
        let [alone, together] = both.map(|rpm| format!("{:?}", rpm.description()));
        assert_eq!(alone, together, "{target} {compression}");
        after.push((spool.counts().0, proven.unpacked()));
    }
    // Three pieces of noise, or one of zstd's; a script; a file of the fixture; and what is between
    // them, which is the package's own. Then only the latter.
    let own = |from: usize, to: usize| (after[to].0 - after[from].0, after[to].1 - after[from].1);
    assert_eq!(own(1, 2), (0, 4), "the very same package");
    let (glue, _) = own(2, 3);
    assert!((1..=4).contains(&glue), "{after:?}");
    assert!(after[0].0 >= 3 + glue, "{after:?}");
    assert_eq!(own(3, 4).0, glue, "{after:?}");
}
