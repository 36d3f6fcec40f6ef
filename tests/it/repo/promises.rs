//! What clients and other publishers can rely on.

use super::{Ground, names, text};
use rustix::fs::{FlockOperation, flock};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

#[test]
fn a_client_with_older_metadata_finds_its_files() {
    let ground = Ground::new();
    let mut named = BTreeSet::new();
    for version in ["1", "2", "3"] {
        ground.add(&[&ground.package("one", version, "", &["/opt/one"])]);
        named.extend(ground.repodata());
    }
    assert_eq!(ground.repodata(), named);
    assert_eq!(named.len(), 3 * 3 + 1);
    // What was superseded long ago goes, and nothing that counts or is somebody else's.
    let long_ago = SystemTime::now() - Duration::from_secs(49 * 60 * 60);
    fs::write(ground.folder.join("repodata/0123-updateinfo.xml.gz"), "").unwrap();
    for name in ground.repodata() {
        let file = fs::File::options()
            .write(true)
            .open(ground.folder.join("repodata").join(name));
        file.unwrap().set_modified(long_ago).unwrap();
    }
    ground.add(&[&ground.package("one", "4", "", &["/opt/one"])]);
    // Those of the third change were superseded now.
    assert_eq!(ground.repodata().len(), 3 + 3 + 1 + 1);
    assert!(ground.is_whole());
}

#[test]
fn one_waits_for_the_other() {
    let ground = Ground::new();
    let one = ground.package("one", "1", "", &["/opt/one"]);
    ground.add(&[&one]);
    let lock = fs::File::open(ground.folder.join(".ambot.lock")).unwrap();
    flock(&lock, FlockOperation::LockExclusive).unwrap();
    let two = ground.package("two", "1", "", &["/opt/two"]);
    let mut command = ground
        .project
        .ambot_command(&["repo", "add", "repo", text(&two)]);
    let child = command
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(
        ground.list(),
        ["one-1-1.noarch"],
        "who only looks waits for nobody"
    );
    drop(lock);
    let output = child.wait_with_output().unwrap();
    let run = ground.project.ran(&output);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert!(
        run.stderr.contains("Blocking waiting for the lock on repo"),
        "{}",
        run.stderr
    );
    assert_eq!(ground.list().len(), 2);
}

/// Killed at whatever moment, twenty times over: what a client would read is always whole.
#[test]
fn who_is_killed_leaves_a_whole_repository() {
    let ground = Ground::new();
    ground.add(&[&ground.package("one", "1", "", &["/opt/one"])]);
    let packages: Vec<PathBuf> = (2..12)
        .map(|n| ground.package("one", &n.to_string(), "", &["/opt/one"]))
        .collect();
    let mut killed = 0;
    for round in 0_u64..20 {
        let mut arguments = vec!["repo", "add", "repo"];
        let from = usize::try_from(round).unwrap() % 10;
        arguments.extend(packages[from..].iter().map(|path| text(path)));
        let mut child = ground
            .project
            .ambot_command(&arguments)
            .stderr(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(2 + round * 2));
        let _ = child.kill();
        killed += u32::from(!child.wait().unwrap().success());
        assert!(ground.is_whole());
        let listed = ground.list();
        assert!(listed.contains(&"one-1-1.noarch".to_owned()), "{listed:?}");
    }
    assert!(killed > 0, "none was killed before it was done");
    let all: Vec<&Path> = packages.iter().map(PathBuf::as_path).collect();
    ground.add(&all);
    assert_eq!(ground.list().len(), 11);
    let left: Vec<String> = names(&ground.folder)
        .union(&ground.repodata())
        .filter(|name| name.starts_with(".ambot-"))
        .cloned()
        .collect();
    assert_eq!(left, [""; 0], "what was left is taken away");
}

#[test]
fn damaged_metadata_are_told_and_can_be_made_anew() {
    let ground = Ground::new();
    ground.add(&[&ground.package("one", "1", "", &["/opt/one"])]);
    let repodata = ground.folder.join("repodata");
    let primary = ground
        .repodata()
        .into_iter()
        .find(|name| name.contains("primary"))
        .unwrap();
    let path = repodata.join(primary);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let run = ground.run("add", &[]);
    assert_eq!(run.code, Some(3));
    assert!(run.stderr.contains("is damaged"), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("from the RPMs there: delete repo/repodata"),
        "{}",
        run.stderr
    );
    fs::remove_dir_all(repodata).unwrap();
    let run = ground.run("add", &[]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert_eq!(ground.list(), ["one-1-1.noarch"]);
}
