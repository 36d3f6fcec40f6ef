//! What is there already and would become the same is not made again, and nothing else is taken for
//! that.

use crate::debuginfo::with_lines;
use crate::support::gpg;
use crate::support::project::{Project, Run, Target};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// The fixture with a file of its own, packaged for both targets.
fn packaged() -> Project {
    let project = Project::hello();
    project.set("files = [{ source = \"data\", dest = \"/usr/share/hello/data\" }]");
    project.write("data", "one\n");
    project.place_binary();
    assert_eq!(verbs(&again(&project, &[])), ["Packaged", "Packaged"]);
    project
}

fn again(project: &Project, more: &[&str]) -> Run {
    let arguments = ["package", "--no-build", "-t", "centos7,centos8"];
    let mut command = project.ambot_command(&[&arguments, more].concat());
    // Else every change of a file changes the time of the build, for both targets.
    let run = project.run(command.env("SOURCE_DATE_EPOCH", "1700000000"));
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    run
}

/// What became of each RPM.
fn verbs(run: &Run) -> Vec<&str> {
    let words = run.stderr.lines().map(str::trim_start);
    let first = words.filter_map(|line| line.split(' ').next());
    first
        .filter(|verb| matches!(*verb, "Packaged" | "Fresh"))
        .collect()
}

fn rpm(project: &Project, target: Target) -> std::path::PathBuf {
    let folder = project.path().join("target/ambot").join(target.name());
    let mut found = fs::read_dir(folder).unwrap();
    found.next().unwrap().unwrap().path()
}

#[test]
fn what_is_there_is_neither_written_nor_left_out() {
    let project = packaged();
    let first = again(&project, &["--force"]);
    let stamps = || {
        Target::ALL.map(|target| {
            let data = fs::metadata(rpm(&project, target)).unwrap();
            (data.ino(), data.ctime(), data.ctime_nsec())
        })
    };
    let before = stamps();
    let run = again(&project, &[]);
    assert_eq!(verbs(&run), ["Fresh", "Fresh"]);
    assert_eq!(run.stdout, first.stdout);
    assert!(!run.stderr.contains("Compressing"), "{}", run.stderr);
    assert_eq!(stamps(), before);
    let json = again(&project, &["--message-format", "json"]);
    assert_eq!(
        json.stdout.matches("\"fresh\":true").count(),
        4,
        "{}",
        json.stdout
    );
    assert_eq!(
        verbs(&again(&project, &["--force"])),
        ["Packaged", "Packaged"]
    );
    assert_ne!(stamps(), before);
}

/// Writes other bytes of the same length and gives the file its old time back, as a tool does that
/// keeps times.
fn change_in_secret(path: &Path) {
    let time = fs::metadata(path).unwrap().modified().unwrap();
    let mut bytes = fs::read(path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(path, bytes).unwrap();
    File::options()
        .append(true)
        .open(path)
        .unwrap()
        .set_modified(time)
        .unwrap();
}

/// A change to a project, and the options of the run after it.
type Change<'a> = (&'a str, &'a dyn Fn(&Project), &'a [&'a str], [&'a str; 2]);

#[test]
fn what_has_changed_is_made_anew_for_whom_it_has() {
    let (both, one) = (["Packaged", "Packaged"], ["Packaged", "Fresh"]);
    let rewrite = |project: &Project, from: &str, to: &str| {
        let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
        assert!(manifest.contains(from));
        project.write("Cargo.toml", &manifest.replacen(from, to, 1));
    };
    let key = gpg::key("plain");
    let changes: [Change<'_>; 9] = [
        (
            "a file, with its time kept",
            &|p| change_in_secret(&p.path().join("data")),
            &[],
            both,
        ),
        (
            "a file of another length",
            &|p| p.write("data", "three\n"),
            &[],
            both,
        ),
        (
            "the RPM, with its time kept",
            &|p| change_in_secret(&rpm(p, Target::CentOs7)),
            &[],
            one,
        ),
        (
            "the RPM is gone",
            &|p| fs::remove_file(rpm(p, Target::CentOs7)).unwrap(),
            &[],
            one,
        ),
        (
            "the settings",
            &|p| rewrite(p, "files = [", "summary = \"Another\"\nfiles = ["),
            &[],
            both,
        ),
        (
            "the settings for one target",
            &|p| {
                let manifest = fs::read_to_string(p.path().join("Cargo.toml")).unwrap();
                let table = "\n[package.metadata.ambot.target.centos7]\nsummary = \"Old\"\n";
                p.write("Cargo.toml", &(manifest + table));
            },
            &[],
            one,
        ),
        ("the compression", &|_| (), &["--fast"], both),
        (
            "the signature",
            &|_| (),
            &["--sign-key", key.secret.to_str().unwrap()],
            both,
        ),
        (
            "the record is of no use",
            &|p| {
                for entry in fs::read_dir(p.path().join("target/ambot/record")).unwrap() {
                    fs::write(entry.unwrap().path(), "{}").unwrap();
                }
            },
            &[],
            both,
        ),
    ];
    for (what, change, more, expected) in changes {
        let project = packaged();
        change(&project);
        assert_eq!(verbs(&again(&project, more)), expected, "{what}");
        assert_eq!(
            verbs(&again(&project, more)),
            ["Fresh", "Fresh"],
            "{what}, then nothing"
        );
        let made = Target::ALL.map(|target| fs::read(rpm(&project, target)).unwrap());
        again(&project, &[more, &["--force"]].concat());
        let anew = Target::ALL.map(|target| fs::read(rpm(&project, target)).unwrap());
        assert!(made == anew, "{what}: it would have been another package");
    }
}

#[test]
fn what_is_only_touched_is_read_again_and_stays() {
    let project = packaged();
    // Another inode with other times, and the same bytes.
    project.place_binary();
    for target in Target::ALL {
        let path = rpm(&project, target);
        let bytes = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, bytes).unwrap();
    }
    assert_eq!(verbs(&again(&project, &[])), ["Fresh", "Fresh"]);
}

#[test]
fn debug_information_is_not_parted_again() {
    let project = with_lines("");
    let run = again(&project, &[]);
    assert_eq!(verbs(&run), ["Packaged"; 4]);
    assert_eq!(verbs(&again(&project, &[])), ["Fresh"; 4]);
    // What is taken out is in no plan, and the plans name the same paths.
    for (set, count) in [("strip=\"symbols\"", 4), ("strip=\"none\"", 2)] {
        let run = again(&project, &["--set", set]);
        assert_eq!(verbs(&run), vec!["Packaged"; count], "{set}");
        assert_eq!(
            verbs(&again(&project, &["--set", set])),
            vec!["Fresh"; count],
            "{set}"
        );
    }
    assert_eq!(verbs(&again(&project, &[])), ["Packaged"; 4]);
    let binary = crate::support::prebuilt::built_in(&project);
    // A byte behind everything that is loaded or named.
    let mut bytes = fs::read(&binary).unwrap();
    bytes.push(0);
    fs::write(&binary, bytes).unwrap();
    assert_eq!(verbs(&again(&project, &[])), ["Packaged"; 4]);
}

/// Nobody but the program knows whether its key is still the same.
#[test]
fn what_a_program_signs_is_made_anew_each_time() {
    let keys = ["plain", "both"].map(|name| {
        let gpg = gpg::Gpg::new();
        gpg.run(&["", "--import", gpg::key(name).secret.to_str().unwrap()]);
        gpg
    });
    let project = packaged();
    let mut signed = Vec::new();
    for gpg in [&keys[0], &keys[0], &keys[1]] {
        let arguments = ["package", "--no-build", "-t", "centos7", "--sign-command"];
        let program = ["gpg --batch -q --no-tty --detach-sign"];
        let mut command = project.ambot_command(&[&arguments[..], &program].concat());
        let run = project.run(command.env("GNUPGHOME", gpg.home()));
        assert_eq!(verbs(&run), ["Packaged"], "{}", run.snapshot());
        signed.push(fs::read(rpm(&project, Target::CentOs7)).unwrap());
    }
    assert!(signed[1] != signed[2], "the other key signs now");
}

/// A build command that counts how often it is started.
const COUNTING: &str = "#!/bin/sh\necho run >> runs\nexec cargo build \"$@\"\n";

#[test]
fn the_build_that_is_started_ahead_is_the_only_one() {
    let project = Project::hello();
    project.write("build.sh", COUNTING);
    let package = |more: &[&str]| {
        let arguments = ["package", "--cargo-build", "sh build.sh", "-t", "centos7"];
        let mut command = project.ambot_command(&[&arguments, more].concat());
        command.env("RUSTFLAGS", "-Ctarget-feature=+crt-static");
        let run = project.run(&mut command);
        let runs = fs::read_to_string(project.path().join("runs")).unwrap_or_default();
        let _ = fs::remove_file(project.path().join("runs"));
        (run, runs.lines().count())
    };
    let (first, runs) = package(&[]);
    assert_eq!((first.code, runs), (Some(0), 1), "{}", first.snapshot());
    let (second, runs) = package(&[]);
    assert_eq!(
        (verbs(&second), runs),
        (vec!["Fresh"], 1),
        "{}",
        second.snapshot()
    );
    assert_eq!(
        second.stderr.matches("Building").count(),
        1,
        "{}",
        second.stderr
    );

    // What is built by another command is not waited for, and what it was is told.
    let manifest = fs::read_to_string(project.path().join("Cargo.toml")).unwrap();
    let kept = fs::read_dir(project.path().join("target/ambot/record")).unwrap();
    let paths = kept.map(|entry| entry.unwrap().path());
    let build = paths.filter(|path| path.to_str().unwrap().contains("/build-"));
    for path in build {
        let text = fs::read_to_string(&path).unwrap();
        let other = text.replace("[\"build.sh\"", "[\"-c\",\"sleep 600\"");
        assert_ne!(text, other);
        fs::write(&path, other).unwrap();
    }
    let since = Instant::now();
    let (third, runs) = package(&[]);
    assert_eq!(
        (verbs(&third), runs),
        (vec!["Fresh"], 1),
        "{}",
        third.snapshot()
    );
    assert!(since.elapsed() < Duration::from_secs(300));

    // What is handed on as it is may be a secret.
    let folder = project.path().join("target/ambot/record");
    let builds = || {
        let names = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        names
            .filter(|name| name.to_str().unwrap().starts_with("build-"))
            .count()
    };
    let before = builds();
    for more in [&["--config", "net.retry=3"][..], &["--", "--verbose"]] {
        let (run, _) = package(more);
        assert_eq!(
            (run.code, builds()),
            (Some(0), before),
            "{}",
            run.snapshot()
        );
    }

    // With another manifest none is started ahead: its settings are refused before any build.
    project.write(
        "Cargo.toml",
        &manifest.replace(
            "[package.metadata.ambot]",
            "[package.metadata.ambot]\nno-such-key = 1",
        ),
    );
    let (refused, runs) = package(&[]);
    assert_eq!(runs, 0, "{}", refused.snapshot());
    assert!(
        refused.stderr.contains("no-such-key"),
        "{}",
        refused.snapshot()
    );
}

#[test]
fn the_next_package_of_a_workspace_is_built_while_one_is_written() {
    let project = Project::hello();
    for name in ["api", "worker"] {
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\
             [package.metadata.ambot]\nsummary = \"One of two\"\n"
        );
        project.write(&format!("{name}/Cargo.toml"), &manifest);
        project.write(&format!("{name}/src/main.rs"), "fn main() {}\n");
    }
    fs::remove_dir_all(project.path().join("src")).unwrap();
    fs::remove_file(project.path().join("Cargo.lock")).unwrap();
    let members = "[workspace]\nmembers = [\"api\", \"worker\"]\nresolver = \"2\"\n";
    project.write("Cargo.toml", members);
    let package = |more: &[&str]| {
        let build = ["--cargo-build", "cargo build", "-t", "centos7"];
        let mut command =
            project.ambot_command(&[&["package", "--workspace"][..], &build, more].concat());
        project.run(command.env("RUSTFLAGS", "-Ctarget-feature=+crt-static"))
    };
    let run = package(&[]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let place = |said: &str| {
        run.stderr
            .find(said)
            .unwrap_or_else(|| panic!("{said}\n{}", run.stderr))
    };
    assert!(place("Building api") < place("Building worker"));
    assert!(place("Building worker") < place("Compressing api"));
    assert!(place("Verifying api") < place("Compressing worker"));

    // What a build writes is not read while another one may write it.
    let script = "fn main() {\n    let folder = std::env::var(\"OUT_DIR\").unwrap();\n    \
                  std::fs::write(folder + \"/api.bash\", \"complete\").unwrap();\n}\n";
    project.write("api/build.rs", script);
    let run = package(&["--force"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let place = |said: &str| run.stderr.find(said).unwrap();
    assert!(
        place("Verifying api") < place("Building worker"),
        "{}",
        run.stderr
    );
    fs::remove_file(project.path().join("api/build.rs")).unwrap();

    // Each package stands for itself: one that is broken ends the run when it is its turn.
    let failing = |name: &str| {
        let main = |text: &str| project.write(&format!("{name}/src/main.rs"), text);
        main("fn main() { nothing }\n");
        let other = if name == "api" { "worker" } else { "api" };
        project.write(
            &format!("{other}/src/main.rs"),
            "fn main() { println!() }\n",
        );
    };
    failing("worker");
    let run = package(&["--force"]);
    assert_eq!(run.code, Some(101), "{}", run.snapshot());
    assert!(run.stderr.contains("Verifying api"), "{}", run.snapshot());
    assert!(
        !run.stderr.contains("Compressing worker"),
        "{}",
        run.snapshot()
    );
    failing("api");
    let run = package(&["--force"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(101), ""),
        "{}",
        run.snapshot()
    );
    let run = package(&["--force", "--keep-going"]);
    assert_eq!(run.code, Some(101), "{}", run.snapshot());
    assert!(
        run.stdout.contains("worker-1.0.0-1.el7"),
        "{}",
        run.snapshot()
    );
    let told = "error: 1 package was not made: api\n";
    assert!(run.stderr.contains(told), "{}", run.snapshot());
    let run = package(&["--keep-going", "--message-format", "json"]);
    assert!(
        run.stdout.contains("\"failed\":[\"api\"]"),
        "{}",
        run.snapshot()
    );
}
