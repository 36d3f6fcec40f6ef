//! Payloads of every kind, in blocks, read by real rpm.

use crate::support::ground::for_each_rpm;
use crate::support::project::{Project, Target};
use crate::support::{find_program, not_run, succeed};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Bytes that compress a little; more of them than two blocks of gzip.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 7_u32;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 26) as u8
    })
    .take(length)
    .collect()
}

/// The fixture with a large file, a small one and an empty one.
fn project() -> Project {
    let project = Project::hello();
    project.set("files = [{ source = \"data/*\", dest = \"/usr/share/hello/\" }]");
    fs::create_dir(project.path().join("data")).unwrap();
    fs::write(project.path().join("data/large"), noise(2_500_000)).unwrap();
    fs::write(project.path().join("data/small"), noise(1_000)).unwrap();
    fs::write(project.path().join("data/empty"), "").unwrap();
    project
}

fn kinds(target: Target) -> &'static [&'static str] {
    match target {
        Target::CentOs7 => &["gzip:4", "gzip:9", "xz:2", "xz:6"],
        Target::CentOs8 => &["gzip:6", "xz:2", "zstd:3", "zstd:19"],
    }
}

#[test]
fn every_rpm_unpacks_every_kind_to_the_same_files() {
    let project = project();
    for target in Target::ALL {
        for kind in kinds(target) {
            let package = project.package(target, &["--payload-compress", kind]);
            for_each_rpm(target, |root| {
                root.install(&package);
                assert_eq!(root.verify("hello"), "", "{kind}");
                for name in ["large", "small", "empty"] {
                    let shipped = fs::read(project.path().join("data").join(name)).unwrap();
                    let installed = fs::read(root.path(&format!("/usr/share/hello/{name}")));
                    assert!(installed.unwrap() == shipped, "{kind}: {name}");
                }
            });
        }
    }
}

/// What follows lead and headers: found by the magic that the kind begins with.
fn payload(package: &Path, magic: &[u8]) -> Vec<u8> {
    let bytes = fs::read(package).unwrap();
    // The signature header alone is longer than 4 KiB.
    let at = bytes[4096..]
        .windows(magic.len())
        .position(|window| window == magic);
    bytes[4096 + at.unwrap()..].to_vec()
}

#[test]
fn plain_programs_unpack_a_payload_too() {
    let project = project();
    for (kind, magic, program, test) in [
        ("gzip:6", &[0x1f, 0x8b, 8, 0][..], "gzip", &["-t"][..]),
        ("xz:2", &[0xfd, b'7', b'z', b'X', b'Z', 0], "xz", &["-t"]),
        // With threads it relies on the sizes in the headers of the blocks.
        (
            "xz:2",
            &[0xfd, b'7', b'z', b'X', b'Z', 0],
            "xz",
            &["-T0", "-t"],
        ),
        ("zstd:3", &[0x28, 0xb5, 0x2f, 0xfd], "zstd", &["-t", "-q"]),
    ] {
        let Some(program) = find_program(program) else {
            not_run::note(&format!("{program} is not installed"));
            continue;
        };
        let package = project.package(Target::CentOs8, &["--payload-compress", kind]);
        let mut child = Command::new(program)
            .args(test)
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, &payload(&package, magic)).unwrap();
        drop(input);
        succeed(kind, &child.wait_with_output().unwrap());
    }
}

#[test]
fn a_package_is_the_same_whichever_targets_are_made_with_it() {
    let project = project();
    project.place_binary();
    let output = |name: &str| project.path().join(name);
    let make = |targets: &str, name: &str| {
        let folder = output(name);
        let folder = folder.to_str().unwrap().to_owned();
        let run = project.ambot(&[
            "package",
            "--no-build",
            "--target",
            targets,
            "--output",
            &folder,
            "--payload-compress",
            "xz:2",
        ]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    };
    make("centos7,centos8,el9,el10", "together");
    for target in ["centos7", "centos8", "el9", "el10"] {
        make(target, "alone");
    }
    let mut compared = 0;
    for entry in fs::read_dir(output("together")).unwrap() {
        let path = entry.unwrap().path();
        let alone = output("alone").join(path.file_name().unwrap());
        assert!(
            fs::read(&path).unwrap() == fs::read(&alone).unwrap(),
            "{}",
            path.display()
        );
        compared += 1;
    }
    assert_eq!(compared, 4);
}

#[test]
fn a_kind_that_the_target_does_not_read_is_refused_before_the_build() {
    let project = Project::hello();
    let run = project.ambot(&[
        "package",
        "--target",
        "centos7",
        "--payload-compress",
        "zstd",
    ]);
    insta::assert_snapshot!(run.snapshot());
    let run = project.ambot(&[
        "package",
        "--target",
        "centos7",
        "--payload-compress",
        "bzip2:9",
    ]);
    insta::assert_snapshot!(run.snapshot());
}
