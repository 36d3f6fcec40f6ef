//! What packaging takes, told without a clock: memory that does not grow with the payload, and inputs
//! that are read once.

use crate::support::project::{Project, started_by};
use crate::support::{find_program, not_run};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

const MIB: u64 = 1 << 20;

/// The fixture with one more file, of this many bytes, which take no room on disk.
fn with_file(size: u64) -> Project {
    let project = Project::hello();
    project.set("files = [{ source = \"large\", dest = \"/usr/share/hello/large\" }]");
    let file = File::create(project.path().join("large")).unwrap();
    file.set_len(size).unwrap();
    project.place_binary();
    project
}

/// What the kernel says of a process that has ended, but for its parent's asking.
#[derive(Debug)]
struct Taken {
    /// The most memory that it had at a time, in bytes, without the pages of its own file, of which a
    /// build without optimisation has many.
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
    let (mut peak, mut mapped) = (0, 0);
    loop {
        let stat = fs::read_to_string(process.join("stat")).unwrap();
        let (_, state) = stat.rsplit_once(") ").unwrap();
        if state.starts_with('Z') {
            break;
        }
        // It only grows, and is gone with the memory itself.
        peak = number("status", "VmHWM:").unwrap_or(peak);
        mapped = number("status", "RssFile:").unwrap_or(mapped);
        std::thread::sleep(Duration::from_millis(5));
    }
    let read = number("io", "rchar:").unwrap();
    let mut said = String::new();
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().success(), "{said}");
    Taken {
        peak: peak.saturating_sub(mapped) << 10,
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
        let project = with_file(size);
        let (taken, rpm) = package(&project);
        assert!(taken.peak < 96 * MIB, "{size}: {taken:?}");
        // The RPM, which is small because zeros are, is read for its MD5, and read back for what it
        // unpacks to and for its digests. All else is the program's own libraries, the manifest, and
        // what cargo says.
        let most = size + 4 * rpm + 8 * MIB;
        assert!(
            (size..most).contains(&taken.read),
            "{size}, {rpm}: {taken:?}"
        );
        let taken = inspect(&project);
        assert!(taken.peak < 32 * MIB, "{size}: {taken:?}");
    }
}

/// Reads the RPM that was made, all of it.
fn inspect(project: &Project) -> Taken {
    let mut folder = fs::read_dir(project.path().join("rpm")).unwrap();
    let rpm = folder.next().unwrap().unwrap().path();
    let mut command = project.ambot_command(&["inspect", rpm.to_str().unwrap(), "-t", "centos7"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    watch(child.unwrap())
}

/// The instructions that packaging runs with this many small files, as valgrind counts them.
fn instructions(valgrind: &Path, files: usize) -> u64 {
    let project = with_file(0);
    for number in 0..files {
        project.write(&format!("small/{number}"), "a small file\n");
    }
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let more = "files = [{ source = \"small/*\", dest = \"/usr/share/hello/\" }, ";
    project.write("Cargo.toml", &manifest.replacen("files = [", more, 1));
    project.write("small/one", "a small file\n");
    let ours = project.ambot_command(&["package", "--no-build", "-q", "-t", "centos7"]);
    let valgrind = valgrind.to_str().unwrap();
    let counting = [
        valgrind,
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
    ];
    let output = started_by(&counting, &ours).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let counts = said
        .lines()
        .filter_map(|line| line.split_once("Collected : "));
    counts
        .map(|(_, count)| count.trim().parse::<u64>().unwrap())
        .sum()
}

/// Counted and not timed, so that it says the same on every machine.
#[test]
fn the_work_grows_with_the_number_of_files_and_no_faster() {
    let Some(valgrind) = find_program("valgrind") else {
        return not_run::note("valgrind is not installed");
    };
    let [none, some, twice] = [0, 200, 400].map(|files| instructions(&valgrind, files));
    let (first, second) = (some - none, twice - some);
    assert!(second < first * 13 / 10, "{none}, {some}, {twice}");
}
