//! Much of everything: bytes in a file, files in a tree, units in a project.

use super::rounds;
use crate::support::ground::rpms;
use crate::support::project::{Project, Target};
use crate::support::{find_program, not_run, succeed};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// More than 32 bits count, of which a hole takes most.
const LARGE: u64 = 4_500_000_000;

/// The fixture with a file of this length, at whose end something stands.
fn with_large_file() -> Project {
    use std::os::unix::fs::FileExt;
    let project = Project::hello();
    project.set("files = [{ source = \"large\", dest = \"/usr/share/hello/large\" }]");
    project.place_binary();
    let file = File::create(project.path().join("large")).unwrap();
    file.set_len(LARGE).unwrap();
    file.write_all_at(b"the end", LARGE - 7).unwrap();
    project
}

#[test]
fn a_file_beyond_four_gibibytes_is_refused_where_rpm_cannot_read_it() {
    let project = with_large_file();
    let start = Instant::now();
    let run = project.ambot(&["package", "--no-build", "-q", "-t", "centos7", "-o", "out"]);
    insta::assert_snapshot!(run.snapshot(), @r"
    exit code: 3
    --- stderr
    error: /usr/share/hello/large has 4500000000 bytes, and the rpm of centos7 reads
           files of less than 4 GiB
     |
     = help: ship large data apart from the package
    ");
    assert!(
        start.elapsed() < Duration::from_secs(30),
        "it is told before anything is read"
    );
    assert!(!project.path().join("out").exists());
}

/// SHA-256 and length of what a program prints.
fn digest_of(mut from: impl Read) -> (Vec<u8>, u64) {
    let (mut digest, mut length) = (Sha256::new(), 0);
    let mut chunk = vec![0; 1 << 20];
    loop {
        let got = from.read(&mut chunk).unwrap();
        if got == 0 {
            return (digest.finalize().to_vec(), length);
        }
        digest.update(&chunk[..got]);
        length += got as u64;
    }
}

#[test]
fn a_file_beyond_four_gibibytes_comes_back_from_an_rpm_that_can_read_it() {
    if rounds(0) == 0 {
        return not_run::note("a file of 4.5 GB: not run: it takes minutes; set AMBOT_TEST_ROUNDS");
    }
    let Some(archiver) = find_program("rpm2archive") else {
        return not_run::note("a file of 4.5 GB: not run: there is no rpm2archive");
    };
    let project = with_large_file();
    let rpm = project.package(Target::CentOs8, &["--payload-compress", "gzip:1"]);
    let original = digest_of(File::open(project.path().join("large")).unwrap());
    for program in rpms(Target::CentOs8) {
        let output = Command::new(&program.path)
            .args(["-K", "--nosignature"])
            .arg(&rpm)
            .output();
        succeed(&format!("rpm {} -K", program.version), &output.unwrap());
        let query = ["-qp", "--qf", "[%{LONGFILESIZES}\\n]", "--requires"];
        let output = Command::new(&program.path).args(query).arg(&rpm).output();
        let said = succeed("rpm -qp", &output.unwrap());
        assert!(said.contains("4500000000"), "{said}");
        assert!(said.contains("rpmlib(LargeFiles) <= 4.12.0-1"), "{said}");
    }
    // rpm's own reader of payloads, without the disk that an installation takes.
    let mut unpacked = Command::new(archiver)
        .args(["-n", "-"])
        .stdin(File::open(&rpm).unwrap())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut tar = Command::new("tar")
        .args(["-xO", "./usr/share/hello/large"])
        .stdin(unpacked.stdout.take().unwrap())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    assert!(digest_of(tar.stdout.take().unwrap()) == original);
    assert!(tar.wait().unwrap().success() && unpacked.wait().unwrap().success());
}

/// Makes this many small files.
fn fill(folder: &Path, count: usize) {
    for number in 0..count {
        let inner = folder.join(format!("{:03}", number / 250));
        if number % 250 == 0 {
            fs::create_dir_all(&inner).unwrap();
        }
        let mut file = File::create(inner.join(format!("{number:06}"))).unwrap();
        write!(file, "{number}").unwrap();
    }
}

#[test]
fn a_tree_of_many_files_is_packaged_whole() {
    // Ten times as many for each ten rounds.
    let count = if rounds(0) == 0 { 5_000 } else { 50_000 };
    let project = Project::hello();
    project.set("files = [{ source = \"data\", dest = \"/usr/share/hello/data\" }]");
    fill(&project.path().join("data"), count);
    let rpm = project.package(Target::CentOs7, &["--fast"]);
    for program in rpms(Target::CentOs7) {
        let output = Command::new(&program.path).arg("-qpl").arg(&rpm).output();
        let said = succeed(&format!("rpm {} -qpl", program.version), &output.unwrap());
        let files = said.lines().filter(|line| line.contains("/hello/data/"));
        assert_eq!(files.count(), count + count / 250);
    }
}

/// How long it takes to look at this many units.
fn check(count: usize) -> Duration {
    let project = Project::hello();
    for number in 0..count {
        let text = format!(
            "[Unit]\nDescription=Worker {number}\nAfter=network-online.target w{}.service\n\
             Wants=network-online.target\n\n[Service]\nUser=root\nExecStart=/usr/bin/hello\n\n\
             [Install]\nWantedBy=multi-user.target\n",
            number / 2,
        );
        project.write(&format!(".ambot/services/w{number}.service"), &text);
    }
    let start = Instant::now();
    let run = project.ambot(&["generate", "-q", "-t", "centos7", "-o", "units"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(
        fs::read_dir(project.path().join("units/centos7"))
            .unwrap()
            .count(),
        count + 1
    );
    start.elapsed()
}

#[test]
fn many_units_take_as_long_as_they_are_many() {
    let more = if rounds(0) == 0 { 400 } else { 2_000 };
    let (few, many) = (check(more / 4), check(more));
    // Four times as many: what grows with the square takes sixteen times as long.
    assert!(
        many < few * 10,
        "{few:?} for {}, {many:?} for {more}",
        more / 4
    );
}
