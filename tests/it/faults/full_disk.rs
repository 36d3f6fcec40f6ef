//! Disks that are full, and limits on the size of files: every path that writes.

use super::rounds;
use super::scene::{
    CASES, Case, Scene, Tree, all_below, assert_readable, assert_whole, case, undisturbed,
};
use crate::support::ground::is_root;
use crate::support::project::{Project, Run, started_by};
use crate::support::{find_program, not_run};
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Limits that stop a case at each of the files that it writes.
fn limits(before: &Tree, after: &Tree, most: usize) -> Vec<u64> {
    let new = after
        .iter()
        .filter(|(path, bytes)| before.get(*path) != Some(bytes));
    let sizes: BTreeSet<u64> = new.map(|(_, bytes)| bytes.len() as u64).collect();
    let around = |size: &u64| [size / 2, size.saturating_sub(1)];
    let mut limits: BTreeSet<u64> = sizes.iter().flat_map(around).collect();
    limits.extend([0, 1]);
    let largest = sizes.last().copied().unwrap_or(0);
    let step = largest / 64;
    limits.extend((1..64).map(|number| number * step));
    let limits: Vec<u64> = limits.into_iter().collect();
    // Evenly, with the first and the last.
    let every = limits.len().div_ceil(most).max(1);
    limits.into_iter().rev().step_by(every).collect()
}

#[track_caller]
fn assert_told(run: &Run, case: Case) {
    let words = ["File too large", "no space left", "No space left"];
    let is_told = words.iter().any(|word| run.stderr.contains(word));
    assert!(is_told, "{}\n{}", case.name, run.snapshot());
    assert!(
        run.stderr.contains("help: "),
        "{}\n{}",
        case.name,
        run.snapshot()
    );
    assert!(
        !run.stderr.contains(".ambot-"),
        "{}\n{}",
        case.name,
        run.snapshot()
    );
}

fn hold(case: Case, before: &Tree, after: &Tree, scene: &Scene, run: &Run, told: &str) {
    let now = scene.tree();
    assert_whole(&now, before, after, told);
    assert_readable(&scene.project, told);
    assert_eq!(scene.left_behind(), [] as [PathBuf; 0], "{told}");
    let repodata = fs::read_dir(scene.project.path().join("repo/repodata"));
    let is_empty = repodata.is_ok_and(|mut entries| entries.next().is_none());
    assert!(!is_empty, "an empty repodata\n{told}");
    match run.code {
        Some(0) => assert_eq!(
            now.keys().collect::<Vec<_>>(),
            after.keys().collect::<Vec<_>>(),
            "{told}"
        ),
        Some(3) => assert_told(run, case),
        _ => panic!("{told}"),
    }
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_and_nothing_is_cut_or_lost() {
    if find_program("prlimit").is_none() {
        return not_run::note("a limit on the size of files: not run: there is no prlimit");
    }
    for case in CASES {
        let (before, after) = undisturbed(case);
        let limits = limits(&before, &after, rounds(2));
        for limit in limits {
            let scene = Scene::new(case);
            let mut command =
                started_by(&["prlimit", &format!("--fsize={limit}")], &scene.command());
            let run = scene.project.run(&mut command);
            let told = format!(
                "{} with files of {limit} bytes\n{}",
                case.name,
                run.snapshot()
            );
            hold(case, &before, &after, &scene, &run, &told);
        }
    }
}

/// A file system of this many kilobytes, for as long as it lives.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path, kilobytes: u64) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        let size = format!("size={kilobytes}k");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder)
            .status()
            .is_ok_and(|status| status.success());
        mounted.then(|| SmallDisk(folder.to_owned()))
    }

    /// Fills it, but for this many pages.
    fn fill(&self, pages: u64) {
        let path = self.0.join("filling");
        let mut file = File::create(&path).unwrap();
        let page = [1; 4096];
        let mut length = 0;
        while file.write_all(&page).is_ok() {
            length += 4096;
        }
        let left = u64::saturating_sub(length, pages * 4096);
        OpenOptions::new()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(left)
            .unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

/// Copies what a case begins with to a disk, and runs it there.
fn on_disk(case: Case, scene: &Scene, disk: &SmallDisk, pages: u64) -> (Run, Tree) {
    let copied = Command::new("cp")
        .args(["-a", "--"])
        .arg(format!("{}/.", scene.project.path().display()))
        .arg(&disk.0)
        .status();
    assert!(copied.unwrap().success());
    disk.fill(pages);
    let mut command = scene.command();
    command.current_dir(&disk.0);
    let run = scene.project.run(&mut command);
    let mut tree = all_below(&disk.0);
    let left: Vec<_> = tree
        .keys()
        .filter(|path| path.to_string_lossy().contains(".ambot-"))
        .collect();
    assert_eq!(
        left,
        [] as [&PathBuf; 0],
        "{} with {pages} pages\n{}",
        case.name,
        run.snapshot()
    );
    tree.retain(|path, _| {
        let is_of = |folder: &str| path.starts_with(folder);
        let is_cargos = is_of("target") || is_of(".home");
        !is_cargos && !path.ends_with(".ambot.lock") && path != Path::new("filling")
    });
    (run, tree)
}

#[test]
fn a_full_disk_is_an_error_and_what_is_on_it_is_kept() {
    if !is_root() {
        return not_run::note("full disk: not run: a small file system needs root");
    }
    let names = [
        "generate",
        "init",
        "check with fixes",
        "sign",
        "repo add, one more",
        "repo add, signed",
    ];
    for case in names.map(case) {
        let (before, after) = undisturbed(case);
        for pages in 0..rounds(2).min(64) as u64 {
            let scene = Scene::new(case);
            let place = Project::hello();
            let Some(disk) = SmallDisk::mount(&place.path().join("disk"), 2048) else {
                return not_run::note("full disk: not run: tmpfs cannot be mounted here");
            };
            let (run, tree) = on_disk(case, &scene, &disk, pages);
            let told = format!("{} with {pages} pages\n{}", case.name, run.snapshot());
            assert_whole(&tree, &before, &after, &told);
            match run.code {
                Some(0) => {}
                Some(3) => assert_told(&run, case),
                _ => panic!("{told}"),
            }
        }
    }
}

#[test]
fn what_cannot_be_printed_is_told_on_stderr() {
    let scene = Scene::new(case("package in its own folder"));
    let project = &scene.project;
    assert_eq!(scene.run().code, Some(0));
    let rpm = "target/ambot/centos8/hello-1.0.0-1.el8.x86_64.rpm";
    for words in [
        "package --no-build -q -t centos8".to_owned(),
        "package --no-build -q -t centos8 --message-format json".to_owned(),
        "package --no-build -q -t centos8 --dry-run".to_owned(),
        "generate -q".to_owned(),
        "generate -q --diff".to_owned(),
        "check -q --message-format json".to_owned(),
        "check -q --message-format sarif".to_owned(),
        format!("inspect {rpm}"),
        format!("inspect {rpm} --message-format json"),
        format!("diff {rpm} {rpm}"),
        format!("repo add -q repo {rpm}"),
        "repo list repo".to_owned(),
        "repo list repo --message-format json".to_owned(),
        "explain Restart".to_owned(),
        "targets".to_owned(),
        "schema settings".to_owned(),
        "schema output".to_owned(),
        "--help".to_owned(),
        "--version".to_owned(),
    ] {
        let mut command = super::scene::command(project, &words);
        command.stdout(OpenOptions::new().write(true).open("/dev/full").unwrap());
        let run = project.run(&mut command);
        assert_eq!(run.code, Some(3), "{words}\n{}", run.snapshot());
        let told = "error: cannot write to standard output: No space left on device";
        assert!(run.stderr.contains(told), "{words}\n{}", run.snapshot());
    }
}
