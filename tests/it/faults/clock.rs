//! Clocks and times of files that are wrong.

use super::scene::{assert_readable, command};
use crate::support::ground::rpms;
use crate::support::project::{Project, Run, Target, started_by};
use crate::support::{find_program, not_run, succeed};
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

/// Runs words while the clock says something else.
fn at(project: &Project, clock: &str, words: &str) -> Run {
    let mut plain = command(project, words);
    plain.env_remove("SOURCE_DATE_EPOCH");
    let mut faked = started_by(&["faketime", "-f", clock], &plain);
    // Files keep the times that they have.
    faked.env("NO_FAKE_STAT", "1");
    let run = project.run(&mut faked);
    if words.contains("KEY") && clock < "2000" {
        // The key is made today.
        assert_eq!(run.code, Some(3), "{clock}: {words}\n{}", run.snapshot());
        let is_told = run.stderr.contains("its time lies ahead");
        assert!(is_told, "{clock}: {words}\n{}", run.snapshot());
        return run;
    }
    assert_eq!(run.code, Some(0), "{clock}: {words}\n{}", run.snapshot());
    run
}

fn assert_sound(rpm: &Path, target: Target) {
    for program in rpms(target) {
        let output = Command::new(&program.path)
            .args(["-K", "--nosignature"])
            .arg(rpm)
            .output();
        succeed(&format!("rpm {} -K", program.version), &output.unwrap());
    }
}

#[test]
fn a_clock_in_1970_or_2040_changes_no_byte_of_a_package_and_harms_no_repository() {
    if find_program("faketime").is_none() {
        return not_run::note("a wrong clock: not run: there is no faketime");
    }
    let project = Project::hello();
    project.place_binary();
    let words = "package --no-build -q -t centos7,centos8 -o out --force";
    let now = project.run(command(&project, words).env_remove("SOURCE_DATE_EPOCH"));
    assert_eq!(now.code, Some(0), "{}", now.snapshot());
    let files = [
        "hello-1.0.0-1.el7.x86_64.rpm",
        "hello-1.0.0-1.el8.x86_64.rpm",
    ];
    let read = || files.map(|file| fs::read(project.path().join("out").join(file)).unwrap());
    let made = read();
    for clock in ["1970-01-02 00:00:00", "2040-06-01 12:00:00"] {
        at(&project, clock, words);
        assert!(read() == made, "{clock}");
        // A record of another time is no reason to take the wrong package.
        at(
            &project,
            clock,
            "package --no-build -q -t centos7,centos8 -o out",
        );
        assert!(read() == made, "{clock}");
        at(
            &project,
            clock,
            "repo add -q repo out/hello-1.0.0-1.el7.x86_64.rpm",
        );
        at(
            &project,
            clock,
            "repo add -q repo out/hello-1.0.0-1.el8.x86_64.rpm --sign-key KEY",
        );
        assert_readable(&project, clock);
        at(
            &project,
            clock,
            "sign -q --sign-key KEY out/hello-1.0.0-1.el8.x86_64.rpm",
        );
        assert_sound(&project.path().join("out").join(files[1]), Target::CentOs8);
        at(
            &project,
            clock,
            "repo prune -q repo --keep 1 --sign-key KEY",
        );
        assert_readable(&project, clock);
        fs::remove_dir_all(project.path().join("repo")).unwrap();
    }
}

#[test]
fn files_of_any_time_are_packaged() {
    let epoch = SystemTime::UNIX_EPOCH;
    let seconds = Duration::from_secs;
    for (what, time) in [
        ("1935", epoch - seconds(35 * 365 * 86_400)),
        ("one second before 1970", epoch - seconds(1)),
        ("1970", epoch),
        ("2040", epoch + seconds(70 * 365 * 86_400)),
        ("after 2106", epoch + seconds((1 << 32) + 1)),
        ("2200", epoch + seconds(230 * 365 * 86_400)),
    ] {
        let project = Project::hello();
        project.set("files = [{ source = \"data\", dest = \"/usr/share/hello/data\" }]");
        project.write("data", "x");
        for name in ["data", "Cargo.toml", "README.md", "LICENSE"] {
            let file = File::open(project.path().join(name)).unwrap();
            file.set_modified(time).unwrap();
        }
        for target in Target::ALL {
            let rpm = project.package(target, &["--force"]);
            assert_sound(&rpm, target);
            let run = project.ambot(&["inspect", "-q", rpm.to_str().unwrap(), "-t", target.name()]);
            assert_eq!(run.code, Some(0), "{what}\n{}", run.snapshot());
        }
        // The second time nothing is to be done, whatever the time says.
        let first = project.package(Target::CentOs8, &[]);
        let bytes = fs::read(&first).unwrap();
        assert!(
            fs::read(project.package(Target::CentOs8, &[])).unwrap() == bytes,
            "{what}"
        );
    }
}
