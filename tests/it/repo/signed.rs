//! Repositories that are signed.

use super::{Ground, names, text};
use crate::signing::checked;
use crate::support::gpg::{self, Gpg};
use crate::support::ground::rpms;
use crate::support::project::Target;
use insta::assert_snapshot;
use std::fs;

#[test]
fn a_signed_repository_stays_signed_and_gpg_finds_it_good() {
    let ground = Ground::new();
    let key = gpg::key("plain");
    let packages = ["1", "2", "3"].map(|version| {
        let package = ground.package("one", version, "", &["/opt/one"]);
        text(&package).to_owned()
    });
    let [one, two, three] = packages.each_ref().map(String::as_str);
    let sign = ["--sign-key", text(&key.secret)];
    let run = ground.run("add", &[&[one][..], &sign].concat());
    assert_snapshot!(run.snapshot(), @"
    exit code: 2
    --- stderr
        Checking [PROJECT]/rpmbuild-one-1/RPMS/one-1-1.noarch.rpm
    error: cannot tell from the packages of repo what its clients run
     |
     = help: say it: --target centos7
    ");
    let sign = ["--sign-key", text(&key.secret), "-t", "centos7"];
    let add = |more: &[&str]| ground.run("add", more);
    let run = add(&[&[one][..], &sign].concat());
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let verify = || {
        let gpg = Gpg::new();
        let repodata = ground.folder.join("repodata");
        gpg.run(&["", "--import", text(&repodata.join("repomd.xml.key"))]);
        gpg.run(&[
            "",
            "--verify",
            text(&repodata.join("repomd.xml.asc")),
            text(&repodata.join("repomd.xml")),
        ])
    };
    verify();
    let before = (ground.repomd(), names(&ground.folder));
    let run = add(&[two]);
    assert_snapshot!(run.snapshot(), @"
    exit code: 3
    --- stderr
        Checking [PROJECT]/rpmbuild-one-2/RPMS/one-2-1.noarch.rpm
    error: repo is signed, and nothing says what to sign it with now
     |
     = note: clients that check its signature would refuse it unsigned
     = help: give the key: --sign-key FILE, or CARGO_AMBOT_SIGN_KEY in the
             environment
     = help: to take the signature away: --no-sign
    ");
    assert_eq!((ground.repomd(), names(&ground.folder)), before);
    // With the key in the environment no flag is needed.
    let armoured = fs::read_to_string(&key.secret).unwrap();
    let mut command = ground
        .project
        .ambot_command(&["repo", "add", "repo", two, "-t", "el7"]);
    let run = ground
        .project
        .run(command.env("CARGO_AMBOT_SIGN_KEY", armoured));
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    verify();
    // The same again with the same key is nothing to do; with another key it is.
    let before = ground.repomd();
    assert_eq!(add(&[&[two][..], &sign].concat()).code, Some(0));
    assert_eq!(ground.repomd(), before);
    let other = gpg::key("both");
    let run = add(&["--sign-key", text(&other.secret), "-t", "el7"]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    verify();
    // What a client of CentOS 7 cannot verify does not get there.
    let modern = gpg::key("ed25519");
    let run = add(&["--sign-key", text(&modern.secret), "-t", "el7"]);
    assert!(
        run.stderr.contains("CentOS 7 does not verify"),
        "{}",
        run.stderr
    );
    let run = add(&["--no-sign", three]);
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    assert!(!ground.folder.join("repodata/repomd.xml.asc").exists());
    assert!(!ground.folder.join("repodata/repomd.xml.key").exists());
}

/// The key that lies beside the signature is one that clients can import, whatever their rpm.
#[test]
fn every_rpm_imports_the_key_that_is_published() {
    let ground = Ground::new();
    let mut key = gpg::key("plain");
    let flags = ["--sign-key", text(&key.secret)];
    let package = ground.project.package(Target::CentOs7, &flags);
    let run = ground.run("add", &[&[text(&package)][..], &flags].concat());
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    // The dist tag of the package says what its clients run.
    assert!(
        run.stderr.contains("Signing repomd.xml with key"),
        "{}",
        run.stderr
    );
    key.public = ground.folder.join("repodata/repomd.xml.key");
    for rpm in rpms(Target::CentOs7) {
        let said = checked(rpm, &key, &package);
        let last = said.lines().last().unwrap();
        assert!(
            last.ends_with(" OK") && !last.contains("NOT OK"),
            "rpm {}\n{said}",
            rpm.version
        );
    }
}

#[test]
fn a_program_signs_the_repository() {
    let ground = Ground::new();
    let one = ground.package("one", "1", "", &["/opt/one"]);
    let gpg = Gpg::new();
    let key = gpg::key("plain");
    gpg.run(&["", "--import", text(&key.secret)]);
    ground.project.write(
        "sign.sh",
        "echo \"$AMBOT_SIGNS $AMBOT_RPM\" > seen; exec gpg --batch --quiet --detach-sign\n",
    );
    let mut command = ground.project.ambot_command(&[
        "repo",
        "add",
        "repo",
        text(&one),
        "-t",
        "el8",
        "--sign-command",
        "sh sign.sh",
        "--sign-public-key",
        text(&key.public),
    ]);
    let run = ground.project.run(command.env("GNUPGHOME", gpg.home()));
    assert_eq!(run.code, Some(0), "{}", run.snapshot());
    let seen = fs::read_to_string(ground.project.path().join("seen")).unwrap();
    assert_eq!(seen, "file repo/repodata/repomd.xml\n");
    let repodata = ground.folder.join("repodata");
    gpg.run(&[
        "",
        "--verify",
        text(&repodata.join("repomd.xml.asc")),
        text(&repodata.join("repomd.xml")),
    ]);
}
