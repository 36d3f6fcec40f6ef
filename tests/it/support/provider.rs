//! A package without files that provides what a package under test requires.
//!
//! It lets the real rpm resolve every dependency, so that nothing is installed with `--nodeps`
//! and the `rpmlib()` features are judged by the rpm at hand.

use super::{find_program, succeed};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// The package that provides these requirements, given as `rpm -qp --requires` prints them.
pub(crate) fn package(requires: &BTreeSet<String>) -> PathBuf {
    static MADE: Mutex<BTreeMap<BTreeSet<String>, PathBuf>> = Mutex::new(BTreeMap::new());
    // A test that failed in here has not left a half entry.
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(package) = made.get(requires) {
        return package.clone();
    }
    let folder = super::shared().join(format!("provider-{}", made.len()));
    let package = build(
        &folder,
        &format!("ambot-test-provider-{}", made.len()),
        requires,
    );
    made.insert(requires.clone(), package.clone());
    package
}

fn build(folder: &Path, name: &str, requires: &BTreeSet<String>) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    let mut spec = format!(
        "Name: {name}\nVersion: 1\nRelease: 1\nSummary: Provides for tests\nLicense: MIT\n\
         BuildArch: noarch\n"
    );
    for requirement in requires {
        spec += &format!("Provides: {}\n", met(requirement));
    }
    spec += "%description\nProvides what a package under test requires.\n%files\n";
    let file = folder.join("provider.spec");
    fs::write(&file, spec).unwrap();
    let rpmbuild = find_program("rpmbuild").expect("rpmbuild; `cargo xtask test` installs it");
    let output = Command::new(rpmbuild)
        .arg("-bb")
        .arg("--quiet")
        .arg("--define")
        .arg(format!("_topdir {}", folder.display()))
        .arg("--define")
        .arg(format!("_dbpath {}/db", folder.display()))
        // What the oldest rpm reads.
        .args(["--define", "_binary_payload w9.gzdio"])
        .arg(file)
        .env("HOME", folder)
        .output()
        .unwrap();
    succeed("rpmbuild", &output);
    folder.join(format!("RPMS/noarch/{name}-1-1.noarch.rpm"))
}

/// The provision that meets a requirement: the least version that it allows.
fn met(requirement: &str) -> String {
    let words: Vec<&str> = requirement.split_whitespace().collect();
    match words.as_slice() {
        [name] => (*name).to_owned(),
        [name, "=" | ">=" | "<=", version] => format!("{name} = {version}"),
        _ => panic!("the tests do not know how to provide `{requirement}`"),
    }
}
