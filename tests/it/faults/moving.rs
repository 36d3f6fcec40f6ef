//! Files that change while they are packaged.

use super::rounds;
use crate::support::ground::rpms;
use crate::support::project::{Project, Target};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What somebody does to a file again and again.
#[derive(Clone, Copy, Debug)]
enum Change {
    Grows,
    Shrinks,
    IsRewritten,
    IsReplaced,
    IsDeleted,
    IsTouched,
}

const LENGTH: usize = 3 << 20;

fn text(round: u8, length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| round.wrapping_add((at / 7) as u8))
        .collect()
}

impl Change {
    const ALL: [Change; 6] = [
        Change::Grows,
        Change::Shrinks,
        Change::IsRewritten,
        Change::IsReplaced,
        Change::IsDeleted,
        Change::IsTouched,
    ];

    fn happen(self, file: &Path, round: u8) {
        let open = || OpenOptions::new().write(true).open(file).unwrap();
        match self {
            Change::Grows => {
                let mut grows = OpenOptions::new().append(true).open(file).unwrap();
                grows.write_all(&text(round, 100)).unwrap();
            }
            Change::Shrinks => {
                let length = fs::metadata(file).unwrap().len();
                open().set_len(length.saturating_sub(4096)).unwrap();
            }
            Change::IsRewritten => open().write_all(&text(round, LENGTH)).unwrap(),
            Change::IsReplaced => {
                let other = file.with_extension("new");
                fs::write(&other, text(round, LENGTH)).unwrap();
                fs::rename(other, file).unwrap();
            }
            Change::IsDeleted => {
                fs::remove_file(file).unwrap();
                fs::write(file, text(round, LENGTH)).unwrap();
            }
            Change::IsTouched => {
                let then =
                    std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(round));
                File::open(file).unwrap().set_modified(then).unwrap();
            }
        }
    }
}

/// Every digest of a package holds, to us and to every rpm.
#[track_caller]
fn assert_sound(project: &Project, rpm: &Path) {
    let run = project.ambot(&["inspect", rpm.to_str().unwrap(), "-t", "centos8"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    for program in rpms(Target::CentOs8) {
        let output = Command::new(&program.path)
            .args(["-K", "--nosignature"])
            .arg(rpm)
            .output();
        crate::support::succeed(&format!("rpm {} -K", program.version), &output.unwrap());
    }
}

#[test]
fn a_file_that_changes_is_packaged_as_it_was_at_a_moment_or_not_at_all() {
    let mut refused = 0;
    for change in Change::ALL {
        for _ in 0..rounds(2) {
            let project = Project::hello();
            project.set("files = [{ source = \"data\", dest = \"/usr/share/hello/data\" }]");
            project.place_binary();
            let file = project.path().join("data");
            fs::write(&file, text(0, LENGTH)).unwrap();
            let is_over = AtomicBool::new(false);
            let run = std::thread::scope(|scope| {
                scope.spawn(|| {
                    for round in (1..=u8::MAX).cycle() {
                        if is_over.load(Ordering::Relaxed) {
                            return;
                        }
                        change.happen(&file, round);
                        std::thread::sleep(Duration::from_millis(2));
                    }
                });
                let run =
                    project.ambot(&["package", "--no-build", "-q", "-t", "centos8", "-o", "out"]);
                is_over.store(true, Ordering::Relaxed);
                run
            });
            let rpm = project.path().join("out/hello-1.0.0-1.el8.x86_64.rpm");
            match run.code {
                Some(0) => assert_sound(&project, &rpm),
                Some(3) => {
                    refused += 1;
                    assert!(!rpm.exists(), "{change:?}\n{}", run.snapshot());
                    let words = [
                        "changed while it was packaged",
                        "No such file",
                        "does not exist",
                    ];
                    let is_told = words.iter().any(|word| run.stderr.contains(word));
                    assert!(
                        is_told && run.stderr.contains("data"),
                        "{change:?}\n{}",
                        run.snapshot()
                    );
                }
                _ => panic!("{change:?}\n{}", run.snapshot()),
            }
            let out = project.path().join("out");
            let left = fs::read_dir(out).into_iter().flatten();
            let left: Vec<_> = left.map(|entry| entry.unwrap().path()).collect();
            assert!(left.iter().all(|path| *path == rpm), "{left:?}");
        }
    }
    assert!(refused > 0, "nothing changed in time");
}
