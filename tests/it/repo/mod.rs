//! `cargo ambot repo`: what is added, refused, removed and pruned, and what a client can rely on.

mod dnf;
mod promises;
mod repodata;
mod signed;
mod strange;
mod taken;

use crate::support::project::{Project, Run, Target, ambot};
use crate::support::spec::noarch;
use insta::assert_snapshot;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A repository in a folder of its own, and a place to make packages in.
struct Ground {
    project: Project,
    folder: PathBuf,
}

impl Ground {
    fn new() -> Self {
        let project = Project::hello();
        let folder = project.path().join("repo");
        Ground { project, folder }
    }

    fn package(&self, name: &str, version: &str, head: &str, files: &[&str]) -> PathBuf {
        noarch(self.project.path(), name, version, head, files)
    }

    /// `cargo ambot repo COMMAND repo …`, in the folder above.
    fn run(&self, command: &str, more: &[&str]) -> Run {
        self.project
            .ambot(&[&["repo", command, "repo"], more].concat())
    }

    #[track_caller]
    fn add(&self, packages: &[&Path]) -> Run {
        let packages: Vec<&str> = packages.iter().map(|path| text(path)).collect();
        let run = self.run("add", &packages);
        assert_eq!(run.code, Some(0), "{}", run.snapshot());
        run
    }

    fn list(&self) -> Vec<String> {
        let run = self.run("list", &["--message-format", "json"]);
        assert_eq!(run.code, Some(0), "{}", run.snapshot());
        let line: Value = serde_json::from_str(&run.stdout).unwrap();
        let packages = line["packages"].as_array().unwrap();
        packages
            .iter()
            .map(|package| package["nevra"].as_str().unwrap().to_owned())
            .collect()
    }

    fn repodata(&self) -> BTreeSet<String> {
        names(&self.folder.join("repodata"))
    }

    fn repomd(&self) -> String {
        fs::read_to_string(self.folder.join("repodata/repomd.xml")).unwrap()
    }

    /// Whether each file that repomd.xml names is there.
    fn is_whole(&self) -> bool {
        let repomd = self.repomd();
        let hrefs = repomd.split("href=\"").skip(1);
        let mut hrefs = hrefs.map(|rest| rest.split('"').next().unwrap());
        hrefs.all(|href| self.folder.join(href).is_file())
    }
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn packages_are_added_listed_and_removed() {
    let ground = Ground::new();
    let one = ground.package("one", "1.0", "", &["/opt/one"]);
    let two = ground.package("two", "2.0", "Epoch: 3\n", &["/opt/two"]);
    fs::set_permissions(&one, fs::Permissions::from_mode(0o600)).unwrap();
    let run = ground.add(&[&one, &two]);
    assert_snapshot!(run.snapshot(), @"
    exit code: 0
    --- stderr
        Checking 2 RPMs
         Writing repo/repodata
           Added one-1.0-1.noarch
           Added two-3:2.0-1.noarch
       Published repo: 2 packages
    --- stdout
    repo/one-1.0-1.noarch.rpm
    repo/two-2.0-1.noarch.rpm
    ");
    assert_eq!(ground.list(), ["one-1.0-1.noarch", "two-3:2.0-1.noarch"]);
    let mode = fs::metadata(ground.folder.join("one-1.0-1.noarch.rpm"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o644, "who serves it can read it");
    // The same again is nothing to do, wherever the file lies.
    let before = ground.repomd();
    let run = ground.add(&[&one, &ground.folder.join("two-2.0-1.noarch.rpm")]);
    assert_snapshot!(run.snapshot(), @"
    exit code: 0
    --- stderr
        Checking 2 RPMs
           Fresh one-1.0-1.noarch is there already
           Fresh two-3:2.0-1.noarch is there already
       Unchanged repo: 2 packages
    --- stdout
    repo/one-1.0-1.noarch.rpm
    repo/two-2.0-1.noarch.rpm
    ");
    assert_eq!(ground.repomd(), before);
    let run = ground.run("remove", &["two-2.0-1.noarch"]);
    assert_snapshot!(run.snapshot(), @"
    exit code: 0
    --- stderr
         Writing repo/repodata
         Removed two-3:2.0-1.noarch
       Published repo: 1 package
    ");
    assert_eq!(ground.list(), ["one-1.0-1.noarch"]);
    assert!(!ground.folder.join("two-2.0-1.noarch.rpm").exists());
    for (word, what) in [
        ("one", "a_name_alone"),
        ("one-1.0-2.noarch", "another_release"),
        ("one-devel", "another_name"),
        ("nothing", "nothing"),
    ] {
        let run = ground.run("remove", &[word]);
        assert_snapshot!(format!("remove_{what}"), run.snapshot());
    }
    let run = ground.run("remove", &["repo/one-1.0-1.noarch.rpm"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert_eq!(ground.list(), [""; 0]);
}

#[test]
fn the_same_name_and_version_with_other_contents_is_refused() {
    let ground = Ground::new();
    let one = ground.package("one", "1.0", "", &["/opt/one"]);
    ground.add(&[&one]);
    let before = (ground.repomd(), names(&ground.folder));
    let other = Ground::new();
    let two = other.package("one", "1.0", "", &["/opt/two"]);
    let more = ground.package("more", "1", "", &["/opt/more"]);
    let run = ground.run("add", &[text(&more), text(&two)]);
    assert_eq!(run.code, Some(3));
    assert!(
        run.stderr
            .contains("one-1.0-1.noarch is there already, with other contents"),
        "{}",
        run.stderr
    );
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    for package in [&one, &two] {
        let digest = digest(package);
        assert!(said.contains(&format!("has SHA-256 {digest}")), "{said}");
    }
    assert_eq!(
        (ground.repomd(), names(&ground.folder)),
        before,
        "nothing was written"
    );
    let both = ground.run("add", &["--replace", text(&one), text(&two)]);
    assert!(
        both.stderr.contains("give one of the two"),
        "{}",
        both.stderr
    );
    let run = ground.run("add", &["--replace", text(&two)]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    // A client with the older metadata never gets a file under a name that it has another digest of.
    assert!(!ground.folder.join("one-1.0-1.noarch.rpm").exists());
    let digest = digest(&two);
    let name = format!("one-1.0-1.noarch-{}.rpm", &digest[..8]);
    assert!(ground.folder.join(name).exists());
    assert_eq!(ground.list(), ["one-1.0-1.noarch"]);
}

/// SHA-256 of a file in hexadecimal.
fn digest(path: &Path) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(fs::read(path).unwrap());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn what_is_no_rpm_or_a_damaged_one_is_refused_before_anything_is_written() {
    let ground = Ground::new();
    let good = ground.package("one", "1.0", "", &["/opt/one"]);
    ground.project.write("none.rpm", "no RPM at all, whatever its name says; but long enough for a lead of ninety-six bytes in any case");
    let mut bytes = fs::read(&good).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(ground.project.path().join("damaged.rpm"), bytes).unwrap();
    for (name, code) in [("none.rpm", 3), ("damaged.rpm", 1), ("missing.rpm", 3)] {
        let run = ground.run("add", &[text(&good), name]);
        assert_eq!(run.code, Some(code), "{}", run.snapshot());
        assert!(run.stderr.contains(name), "{}", run.stderr);
        assert!(!ground.folder.exists());
    }
    let run = ground.run("list", &[]);
    assert_snapshot!(run.snapshot(), @"
    exit code: 3
    --- stderr
    error: repo is no repository: it has no repodata/repomd.xml
     |
     = help: make one: cargo ambot repo add repo FILE…
    ");
}

#[test]
fn a_unit_that_another_package_ships_is_refused() {
    let ground = Ground::new();
    let unit = "/usr/lib/systemd/system/web.service";
    let first = ground.package("first", "1", "", &[unit]);
    ground.add(&[&first]);
    let second = ground.package("second", "1", "", &["/etc/systemd/system/web.service"]);
    let run = ground.run("add", &[text(&second)]);
    assert_snapshot!(run.snapshot(), @r#"
    exit code: 3
    --- stderr
        Checking [PROJECT]/rpmbuild-second-1/RPMS/second-1-1.noarch.rpm
    error: second-1-1.noarch ships web.service, which first-1-1.noarch of the
           repository ships too
     |
     = note: rpm refuses to install the second of two packages with one file
     = help: rename the unit in one of them
     = help: to take its place: obsoletes = { first = "<= 1-1" }
     = help: if they are alternatives: `conflicts` in place of `obsoletes`
    "#);
    // The same package, later; and those that rpm never lets stand beside it.
    ground.add(&[&ground.package("first", "2", "", &[unit])]);
    ground.add(&[&ground.package("third", "1", "Obsoletes: first <= 2\n", &[unit])]);
    let run = ground.run(
        "add",
        &[text(&ground.package(
            "fourth",
            "1",
            "Conflicts: first < 2, third\n",
            &[unit],
        ))],
    );
    assert!(
        run.stderr
            .contains("web.service, which first-2-1.noarch of the"),
        "{}",
        run.stderr
    );
    ground.add(&[&ground.package("fourth", "2", "Conflicts: first, third\n", &[unit])]);
    // Wherever one of the two says so.
    let fifth = ground.package(
        "fifth",
        "1",
        "Conflicts: first, third\nProvides: web = 5\n",
        &[unit],
    );
    let run = ground.run("add", &[text(&fifth)]);
    assert!(
        run.stderr.contains("which fourth-2-1.noarch"),
        "{}",
        run.stderr
    );
    let sixth = ground.package(
        "sixth",
        "1",
        "Conflicts: web > 4\n",
        &["/usr/lib/systemd/system/other.service"],
    );
    ground.add(&[&sixth]);
}

#[test]
fn all_but_the_newest_go() {
    let ground = Ground::new();
    let versions = ["1.9", "1.10~rc1", "1.10", "0.5"];
    for version in versions {
        let epoch = if version == "0.5" { "Epoch: 1\n" } else { "" };
        ground.add(&[&ground.package("one", version, epoch, &["/opt/one"])]);
    }
    ground.add(&[&ground.package("two", "1", "", &["/opt/two"])]);
    let run = ground.run("prune", &["--keep", "2", "--dry-run"]);
    assert_snapshot!(run.snapshot(), @"
    exit code: 0
    --- stderr
    Would remove one-1.10~rc1-1.noarch
    Would remove one-1.9-1.noarch
      Would keep repo: 3 packages
    ");
    assert_eq!(ground.list().len(), 5);
    let run = ground.run("prune", &["--keep", "2"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert_eq!(
        ground.list(),
        ["one-1:0.5-1.noarch", "one-1.10-1.noarch", "two-1-1.noarch"]
    );
    assert!(!ground.folder.join("one-1.9-1.noarch.rpm").exists());
    let run = ground.run("prune", &["--keep", "0"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr.contains("at least 1 is kept"),
        "{}",
        run.snapshot()
    );
}

#[test]
fn what_others_did_in_the_folder_is_seen() {
    let ground = Ground::new();
    fs::create_dir_all(ground.folder.join("below")).unwrap();
    let one = ground.package("one", "1", "", &["/opt/one"]);
    let two = ground.package("two", "1", "", &["/opt/two"]);
    fs::copy(&one, ground.folder.join("below/one.rpm")).unwrap();
    // A folder of RPMs becomes a repository of all of them.
    let run = ground.run("add", &[]);
    assert_snapshot!(run.snapshot(), @"
    exit code: 0
    --- stderr
         Reading below/one.rpm
         Writing repo/repodata
           Added one-1-1.noarch
       Published repo: 1 package
    --- stdout
    repo/below/one.rpm
    ");
    fs::copy(&two, ground.folder.join("two.rpm")).unwrap();
    let run = ground.run("add", &[]);
    assert_snapshot!(run.snapshot(), @"
    exit code: 0
    --- stderr
    note: two.rpm lies in the folder, and is not in the repository
     |
     = help: to add it: cargo ambot repo add repo repo/two.rpm
       Unchanged repo: 1 package
    ");
    let run = ground.run("add", &["repo/two.rpm"]);
    assert_eq!(run.stdout, "repo/two.rpm\n", "it is not copied");
    // Signed in place, say: another size.
    let other = ground.package("two", "2", "", &["/opt/two", "/opt/three"]);
    fs::copy(other, ground.folder.join("two.rpm")).unwrap();
    fs::remove_file(ground.folder.join("below/one.rpm")).unwrap();
    let run = ground.run("add", &[]);
    assert_snapshot!(run.snapshot(), @"
    exit code: 0
    --- stderr
    warning: one-1-1.noarch leaves the repository: below/one.rpm is no longer there
         Writing repo/repodata
       Refreshed two-2-1.noarch: its file was changed
       Published repo: 1 package
    ");
    assert_eq!(ground.list(), ["two-2-1.noarch"]);
}

#[test]
fn machines_get_what_people_get() {
    let ground = Ground::new();
    let hello = ground.project.package(Target::CentOs7, &[]);
    let run = ambot(&[
        "repo",
        "add",
        text(&ground.folder),
        text(&hello),
        "--message-format",
        "json",
    ]);
    let line = run.stdout.lines().last().unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["reason"], "ambot-repository-change");
    assert_eq!(
        (&line["changed"], &line["signed"], &line["count"]),
        (&true.into(), &false.into(), &1.into())
    );
    let change = &line["changes"][0];
    assert_eq!(
        (&change["change"], &change["package"]["name"]),
        (&"added".into(), &"hello".into())
    );
    let change = &change["package"];
    assert_eq!(change["units"], serde_json::json!(["hello.service"]));
    assert_eq!(change["digest"], format!("sha256:{}", digest(&hello)));
    let path = change["path"].as_str().unwrap();
    assert!(Path::new(path).is_file(), "{path}");
}
