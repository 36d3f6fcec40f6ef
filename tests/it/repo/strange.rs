//! Repositories that others made or changed, and files that are none.

use super::{Ground, names, text};
use crate::support::{find_program, gpg, not_run};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// createrepo_c follows links out of the folder; what is removed is removed from the metadata alone.
#[test]
fn nothing_outside_the_folder_is_deleted() {
    let Some(createrepo) = find_program("createrepo_c") else {
        not_run::note("createrepo_c: not found");
        return;
    };
    let ground = Ground::new();
    let precious = ground.package("precious", "1", "", &["/opt/precious"]);
    let outside = ground.project.path().join("outside");
    fs::create_dir_all(&outside).unwrap();
    fs::create_dir_all(&ground.folder).unwrap();
    let kept = outside.join("precious.rpm");
    fs::copy(&precious, &kept).unwrap();
    symlink("../outside", ground.folder.join("sub")).unwrap();
    let own = ground.package("own", "1", "", &["/opt/own"]);
    fs::copy(&own, ground.folder.join("own.rpm")).unwrap();
    let made = Command::new(createrepo)
        .args(["-q", text(&ground.folder)])
        .status();
    assert!(made.unwrap().success());
    assert_eq!(ground.list(), ["own-1-1.noarch", "precious-1-1.noarch"]);
    let run = ground.run("remove", &["sub/precious.rpm"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert!(kept.is_file(), "{}", run.stderr);
    assert!(
        run.stderr.contains("no longer in the repository"),
        "{}",
        run.stderr
    );
    ground.run("remove", &["own.rpm"]);
    assert!(!ground.folder.join("own.rpm").exists());
}

/// Its digests are of another kind than ours; the file tells that it is the same.
#[test]
fn a_repository_of_sha512_has_the_same_package_once() {
    let Some(createrepo) = find_program("createrepo_c") else {
        not_run::note("createrepo_c: not found");
        return;
    };
    let ground = Ground::new();
    let one = ground.package("one", "1", "", &["/opt/one"]);
    fs::create_dir_all(&ground.folder).unwrap();
    fs::copy(&one, ground.folder.join("one-1-1.noarch.rpm")).unwrap();
    let made = Command::new(createrepo)
        .args(["-q", "-s", "sha512", text(&ground.folder)])
        .status();
    assert!(made.unwrap().success());
    let run = ground.add(&[&one]);
    assert!(run.stderr.contains("Unchanged"), "{}", run.stderr);
    let other = ground.package("one", "1", "", &["/opt/other"]);
    assert_eq!(ground.run("add", &[text(&other)]).code, Some(3));
}

fn make_pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

/// Runs a command that has to end with 3 and not to wait; what it said.
fn refused_at_once(ground: &Ground, arguments: &[&str]) -> String {
    let mut command = ground.project.ambot_command(arguments);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > Duration::from_secs(30) {
            child.kill().unwrap();
            panic!("{arguments:?}: it waits, or reads without end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let run = ground.project.ran(&child.wait_with_output().unwrap());
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    run.stderr
}

#[test]
fn a_pipe_is_refused_at_once() {
    let ground = Ground::new();
    let one = ground.package("one", "1", "", &["/opt/one"]);
    let pipe = ground.project.path().join("pipe.rpm");
    make_pipe(&pipe);
    refused_at_once(&ground, &["repo", "add", "repo", text(&pipe)]);
    ground.add(&[&one]);
    let add = ["repo", "add", "repo", text(&one)];
    let lock = ground.folder.join(".ambot.lock");
    fs::remove_file(&lock).unwrap();
    make_pipe(&lock);
    let said = refused_at_once(&ground, &add);
    assert!(said.contains("it is no regular file"), "{said}");
    fs::remove_file(&lock).unwrap();
    let elsewhere = ground.project.path().join("elsewhere");
    symlink(&elsewhere, &lock).unwrap();
    refused_at_once(&ground, &add);
    assert!(!elsewhere.exists());
    fs::remove_file(&lock).unwrap();
    // Where a signature is read to be put back, one without an end is none.
    let key = gpg::key("plain");
    let two = ground.package("two", "1", "", &["/opt/two"]);
    let signed = [
        "repo",
        "add",
        "repo",
        text(&two),
        "--sign-key",
        text(&key.secret),
        "-t",
        "centos7",
    ];
    let signature = ground.folder.join("repodata/repomd.xml.asc");
    symlink("/dev/zero", &signature).unwrap();
    let said = refused_at_once(&ground, &signed);
    assert!(said.contains("it is no regular file"), "{said}");
    fs::remove_file(&signature).unwrap();
    make_pipe(&signature);
    refused_at_once(&ground, &signed);
    assert_eq!(ground.list(), ["one-1-1.noarch"]);
}

#[test]
fn metadata_are_not_written_to_where_a_link_leads() {
    let ground = Ground::new();
    let one = ground.package("one", "1", "", &["/opt/one"]);
    ground.add(&[&one]);
    let repodata = ground.folder.join("repodata");
    let elsewhere = ground.project.path().join("elsewhere");
    fs::rename(&repodata, &elsewhere).unwrap();
    fs::create_dir(elsewhere.join(".ambot-a1B2c3.repo.part")).unwrap();
    symlink(&elsewhere, &repodata).unwrap();
    let before = names(&elsewhere);
    let two = ground.package("two", "1", "", &["/opt/two"]);
    for more in [
        &["add", "repo", text(&two)][..],
        &["prune", "repo", "--keep", "1"],
    ] {
        let said = refused_at_once(&ground, &[&["repo"], more].concat());
        assert!(said.contains("repodata is a link"), "{said}");
    }
    assert_eq!(names(&elsewhere), before);
    assert_eq!(ground.list(), ["one-1-1.noarch"]);
}

#[test]
fn what_has_a_name_like_ours_and_is_not_stays() {
    let ground = Ground::new();
    fs::create_dir_all(&ground.folder).unwrap();
    for name in [
        ".ambot-notes",
        ".ambot-a1B2c3.rpm.part",
        ".ambot-a1B2c3.repo.part",
    ] {
        fs::create_dir(ground.folder.join(name)).unwrap();
    }
    ground.add(&[&ground.package("one", "1", "", &["/opt/one"])]);
    let left = names(&ground.folder);
    assert!(
        left.contains(".ambot-notes") && left.contains(".ambot-a1B2c3.rpm.part"),
        "{left:?}"
    );
    assert!(!left.contains(".ambot-a1B2c3.repo.part"), "{left:?}");
}

#[test]
fn versions_that_are_equal_to_rpm_are_one_to_prune() {
    let ground = Ground::new();
    for version in ["1.1", "1.01", "1.0", "0.9"] {
        ground.add(&[&ground.package("one", version, "", &["/opt/one"])]);
    }
    let run = ground.run("prune", &["--keep", "2"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert_eq!(
        ground.list(),
        ["one-1.0-1.noarch", "one-1.01-1.noarch", "one-1.1-1.noarch"]
    );
}

#[test]
fn an_address_in_the_place_of_a_folder_is_refused_and_its_password_not_shown() {
    let ground = Ground::new();
    let address = "https://me:canary@example.org/yum";
    for words in [
        &["repo", "add", address][..],
        &["repo", "list", address],
        &["inspect", address],
        &["package", "-o", address],
        &["package", "-t", address],
    ] {
        let run = ground.project.ambot(words);
        assert_eq!(run.code, Some(2), "{words:?}\n{}", run.snapshot());
        assert!(!run.stderr.contains("canary"), "{}", run.stderr);
        assert!(!ground.project.path().join("https:").exists());
    }
}

#[test]
fn a_file_that_is_away_is_no_reason_to_unpublish() {
    let ground = Ground::new();
    let one = ground.package("one", "1", "", &["/opt/one"]);
    ground.add(&[&one]);
    let there = ground.folder.join("one-1-1.noarch.rpm");
    fs::rename(&there, ground.project.path().join("away.rpm")).unwrap();
    let two = ground.package("two", "1", "", &["/opt/two"]);
    let run = ground.run("add", &[text(&two)]);
    assert_eq!(run.code, Some(3));
    insta::assert_snapshot!(run.snapshot());
    assert_eq!(ground.list(), ["one-1-1.noarch"]);
    fs::rename(ground.project.path().join("away.rpm"), &there).unwrap();
    ground.add(&[&two]);
    assert_eq!(ground.list(), ["one-1-1.noarch", "two-1-1.noarch"]);
}

#[test]
fn superseded_metadata_stay_whatever_the_date_of_the_new_ones() {
    let ground = Ground::new();
    let mut named = 0;
    for (version, date) in [
        ("1", "1000000000"),
        ("2", "1000001000"),
        ("3", "4000000000"),
    ] {
        let package = ground.package("one", version, "", &["/opt/one"]);
        let mut command = ground
            .project
            .ambot_command(&["repo", "add", "repo", text(&package)]);
        let run = ground.project.run(command.env("SOURCE_DATE_EPOCH", date));
        assert_eq!(run.code, Some(0), "{}", run.snapshot());
        named += 3;
        assert_eq!(ground.repodata().len(), named + 1, "after {date}");
    }
}

/// An address that had other bytes before gets none again.
#[test]
fn what_replaces_has_an_address_of_its_own() {
    let ground = Ground::new();
    let mut addresses = Vec::new();
    for content in ["/opt/a", "/opt/b", "/opt/c"] {
        let package = ground.package("one", "1", "", &[content]);
        let run = ground.run("add", &["--replace", text(&package)]);
        assert_eq!(run.code, Some(0), "{}", run.snapshot());
        addresses.extend(run.stdout.lines().map(str::to_owned));
    }
    assert_eq!(addresses.len(), 3);
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), 3, "{addresses:?}");
}

/// All RPMs of a folder are held to what single ones are held to.
#[test]
fn a_folder_of_rpms_that_cannot_stand_side_by_side_is_refused() {
    let ground = Ground::new();
    fs::create_dir_all(&ground.folder).unwrap();
    for (name, content) in [("first.rpm", "/opt/a"), ("second.rpm", "/opt/b")] {
        let package = ground.package("one", "1", "", &[content]);
        fs::copy(&package, ground.folder.join(name)).unwrap();
    }
    let run = ground.run("add", &[]);
    assert_eq!(run.code, Some(3), "{}", run.snapshot());
    fs::remove_file(ground.folder.join("second.rpm")).unwrap();
    let unit = ["/usr/lib/systemd/system/same.service"];
    for name in ["two", "three"] {
        let package = ground.package(name, "1", "", &unit);
        fs::copy(&package, ground.folder.join(format!("{name}.rpm"))).unwrap();
    }
    let run = ground.run("add", &[]);
    assert!(
        run.code == Some(3) && run.stderr.contains("same.service"),
        "{}",
        run.snapshot()
    );
}
