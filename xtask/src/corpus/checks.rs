//! The checks of the packages for one target.

use super::explained::Explained;
use super::key::Key;
use super::made::ForTarget;
use super::programs::{self, Rpm, bare};
use super::table::{Outcome, Row};
use super::{Ground, dependencies};
use crate::machine;
use crate::step::Failure;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Folders that the distribution owns, and no package of ours. All that have links by build id own
/// their folders, as rpmbuild's do.
const SYSTEM: &[&str] = &[
    "etc",
    "usr/bin",
    "usr/lib/systemd/system",
    "usr/lib/systemd/system-preset",
    "usr/lib/sysusers.d",
    "usr/lib/tmpfiles.d",
    "usr/share/doc",
    "usr/share/licenses",
    "usr/share/man/man1",
    "var/lib/rpm",
    "var/tmp",
];

/// Runs all checks; a failure is one of the ground, not of a package.
pub(super) fn all(
    ground: &Ground,
    made: &ForTarget,
    key: &Key,
    explained: &mut Explained,
) -> Result<Row, Failure> {
    let rpms: Vec<&Rpm> = ground
        .rpms
        .iter()
        .filter(|rpm| rpm.is_for(made.target()))
        .collect();
    let [main, debug] = ["main", "debug"].map(|folder| ground.folder.join("unpacked").join(folder));
    let [package, debuginfo] = made.unsigned();
    programs::unpack(ground, &package, &main)?;
    programs::unpack(ground, &debuginfo, &debug)?;
    let each = |check: &dyn Fn(&Rpm) -> Result<Outcome, Failure>| -> Result<Outcome, Failure> {
        let mut figures = Vec::new();
        for rpm in &rpms {
            match check(rpm)? {
                Outcome::Passed(said) => figures.push(said),
                other => return Ok(other),
            }
        }
        figures.dedup();
        Ok(Outcome::Passed(figures.join(", ")))
    };
    Ok(vec![
        (
            "rpmbuild",
            each(&|rpm| dependencies::compare(rpm, &package, &main, &ground.folder))?,
        ),
        ("rpmlint", rpmlint(ground, made, key, explained)?),
        ("rpm -K", each(&|rpm| digests(ground, rpm, made, key))?),
        ("installed", each(&|rpm| install(ground, rpm, made, key))?),
        ("build id", found_by_build_id(&main, &debug)?),
        ("two builds", made.is_reproduced()?),
        ("rpms", Outcome::Passed(rpms.len().to_string())),
    ])
}

/// What rpmlint says of the signed packages where their key is known.
fn rpmlint(
    ground: &Ground,
    made: &ForTarget,
    key: &Key,
    explained: &mut Explained,
) -> Result<Outcome, Failure> {
    let home = ground.folder.join("home");
    let database = home.join("rpmdb");
    removed(&home)?;
    if let Some(rpm) = ground.rpms.first() {
        let step = rpm.with_database(&database)?;
        step.args(["--import"]).args([&key.public]).quietly()?;
    }
    let macros = format!("%_dbpath {}\n", database.display());
    fs::write(home.join(".rpmmacros"), macros).map_err(|error| unreadable(&home, &error))?;
    explained.check(&home, &made.signed())
}

/// What `rpm -K` says of unsigned and signed packages, which is OK for all.
fn digests(ground: &Ground, rpm: &Rpm, made: &ForTarget, key: &Key) -> Result<Outcome, Failure> {
    let database = ground.folder.join("db").join(rpm.version());
    removed(&database)?;
    rpm.with_database(&database)?
        .args(["--import"])
        .args([&key.public])
        .quietly()?;
    let mut count = 0;
    for (packages, wanted) in [(made.unsigned(), "digest"), (made.signed(), "signature")] {
        for package in packages {
            let step = rpm.with_database(&database)?.args(["-Kv"]).args([&package]);
            let output = step.attempt()?;
            let said = String::from_utf8_lossy(&output.stdout).to_lowercase();
            // Each line is one digest or signature; rpm 4.11 adds a digest in brackets.
            let lines = said.lines().skip(1);
            let is_ok = |line: &str| line.ends_with(": ok") || line.contains(": ok (");
            let bad = lines.clone().any(|line| !is_ok(line.trim_end()));
            if !output.status.success() || bad || !lines.clone().any(|line| line.contains(wanted)) {
                let name = rpm.version();
                return Ok(Outcome::Failed(format!("rpm {name} -Kv\n{said}")));
            }
            count += 1;
        }
    }
    Ok(Outcome::Passed(format!("{count} OK")))
}

/// Installs, verifies and erases; what was there before is there after, and nothing else.
///
/// The root holds no program, so no scriptlet runs; the tests run them, on the fixture.
fn install(ground: &Ground, rpm: &Rpm, made: &ForTarget, key: &Key) -> Result<Outcome, Failure> {
    if !machine::is_root() {
        return Ok(Outcome::NotRun(
            "not root, so rpm cannot change its root".to_owned(),
        ));
    }
    let root = ground.folder.join("root");
    removed(&root)?;
    for folder in SYSTEM {
        fs::create_dir_all(root.join(folder)).map_err(|error| unreadable(&root, &error))?;
    }
    rpm.in_root(&root).args(["--initdb"]).quietly()?;
    rpm.in_root(&root)
        .args(["--import"])
        .args([&key.public])
        .quietly()?;
    let before = listing(&root)?;
    let said = rpm
        .in_root(&root)
        .args(["-U"])
        .args(rpm.options_for_nothing())
        .args(made.signed());
    let said = said.attempt()?;
    let installed = listing(&root)?.len() - before.len();
    let names = ["NAME"; 2].map(|tag| format!("%{{{tag}}}"));
    let [main, debug] = made.signed();
    let names = [
        rpm.query(&main, &["--qf", &names[0]])?,
        rpm.query(&debug, &["--qf", &names[1]])?,
    ];
    let mut outputs = vec![said];
    let verify = rpm
        .in_root(&root)
        .args(["-V", "--nodeps", "--noscripts"])
        .args(&names);
    outputs.push(verify.attempt()?);
    let erase = rpm
        .in_root(&root)
        .args(["-e"])
        .args(rpm.options_for_nothing())
        .args(&names);
    outputs.push(erase.attempt()?);
    for output in outputs {
        // A warning is one too many.
        if !output.status.success() || !output.stdout.is_empty() || !output.stderr.is_empty() {
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said).into_owned();
            return Ok(Outcome::Failed(format!("rpm {}\n{said}", rpm.version())));
        }
    }
    let left: Vec<_> = listing(&root)?
        .symmetric_difference(&before)
        .cloned()
        .collect();
    Ok(match left.as_slice() {
        [] => Outcome::Passed(format!("{installed} files")),
        left => Outcome::Failed(format!("rpm {}: left or taken: {left:?}", rpm.version())),
    })
}

/// Every path of the root but what is rpm's own.
fn listing(root: &Path) -> Result<BTreeSet<PathBuf>, Failure> {
    let mut found = BTreeSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&folder, &error))?;
            let path = entry.path();
            if path == root.join("var/lib/rpm") {
                continue;
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path.clone());
            }
            found.insert(path);
        }
    }
    Ok(found)
}

/// elfutils finds the debug information of each program by its build id alone.
fn found_by_build_id(main: &Path, debug: &Path) -> Result<Outcome, Failure> {
    let folder = debug.join("usr/lib/debug");
    let suffix = ".debug";
    let split: Vec<PathBuf> = listing(&folder.join("usr"))?
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(suffix))
        .collect();
    // Where no path and no name leads to the debug information.
    let elsewhere = debug.with_file_name("program");
    for file in &split {
        let inside = file.strip_prefix(&folder).unwrap_or(file).to_string_lossy();
        let program = main.join(inside.trim_end_matches(suffix));
        fs::copy(&program, &elsewhere).map_err(|error| unreadable(&program, &error))?;
        let said = bare("eu-unstrip")
            .args(["--list-only", "--executable"])
            .args([&elsewhere])
            .args([format!("--debuginfo-path={}", folder.display())])
            .quietly()?;
        // `ADDRESS BUILD-ID@ADDRESS FILE DEBUG-FILE NAME`
        let found = said.split_whitespace().nth(3).unwrap_or_default();
        if fs::canonicalize(found).ok() != fs::canonicalize(file).ok() {
            let file = file.display();
            return Ok(Outcome::Failed(format!("{file} was not found:\n{said}")));
        }
    }
    Ok(match split.len() {
        0 => Outcome::Failed("the debuginfo RPM has no debug information".to_owned()),
        count => Outcome::Passed(format!("{count} found")),
    })
}

fn removed(folder: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unreadable(folder, &error)),
        _ => Ok(()),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}
