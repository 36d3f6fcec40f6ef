//! What packaging takes, told without a clock: memory that does not grow with the payload, and inputs
//! that are read once.

use crate::support::project::Project;
use std::fs::{self, File};
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;

const MIB: u64 = 1 << 20;

/// The fixture with one more file, of this many bytes, which take no room on disk.
fn with_file(size: u64) -> Project {
    let project = Project::hello();
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let table = "[package.metadata.ambot]";
    let files = "files = [{ source = \"large\", dest = \"/usr/share/hello/large\" }]";
    project.write(
        "Cargo.toml",
        &manifest.replacen(table, &format!("{table}\n{files}"), 1),
    );
    let file = File::create(project.path().join("large")).unwrap();
    file.set_len(size).unwrap();
    project.place_binary();
    project
}

/// What the kernel says of a process that has ended, but for its parent's asking.
#[derive(Debug)]
struct Taken {
    /// The most memory that it had at a time, in bytes.
    peak: u64,
    /// All bytes that it read, from files and pipes.
    read: u64,
}

/// Waits for a process.
fn watch(mut child: Child) -> Taken {
    let process = PathBuf::from(format!("/proc/{}", child.id()));
    let number = |file: &str, key: &str| -> Option<u64> {
        let text = fs::read_to_string(process.join(file)).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix(key))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let mut peak = 0;
    loop {
        let stat = fs::read_to_string(process.join("stat")).unwrap();
        let (_, state) = stat.rsplit_once(") ").unwrap();
        if state.starts_with('Z') {
            break;
        }
        // It only grows, and is gone with the memory itself.
        peak = number("status", "VmHWM:").unwrap_or(peak);
        std::thread::sleep(Duration::from_millis(5));
    }
    let read = number("io", "rchar:").unwrap();
    let mut said = String::new();
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success(), "{said}");
    Taken {
        peak: peak << 10,
        read,
    }
}

/// Packages for CentOS 7; the size of the RPM in bytes, too.
fn package(project: &Project) -> (Taken, u64) {
    let folder = project.path().join("rpm");
    let arguments = ["package", "--no-build", "-q", "-t", "centos7", "-o", "rpm"];
    let more = ["--payload-compress", "gzip:1"];
    let mut command = project.ambot_command(&[&arguments[..], &more].concat());
    fs::create_dir(&folder).unwrap();
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let taken = watch(child.unwrap());
    let rpm = fs::read_dir(folder).unwrap().next().unwrap().unwrap();
    (taken, rpm.metadata().unwrap().len())
}

#[test]
fn memory_does_not_grow_with_the_payload_and_each_input_is_read_once() {
    for size in [200 * MIB, 2048 * MIB] {
        let (taken, rpm) = package(&with_file(size));
        assert!(taken.peak < 96 * MIB, "{size}: {taken:?}");
        // The RPM, which is small because zeros are, is read for its MD5, and read back for what it
        // unpacks to and for its digests. All else is the program's own libraries, the manifest, and
        // what cargo says.
        let most = size + 4 * rpm + 8 * MIB;
        assert!(
            (size..most).contains(&taken.read),
            "{size}, {rpm}: {taken:?}"
        );
    }
}
