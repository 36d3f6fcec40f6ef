//! The units of the machine's own distribution, adapted to every kind of target.

use crate::support::not_run;
use cargo_ambot::adapt::{Adapted, Options, Refused, adapt};
use cargo_ambot::target::systemd::Standing;
use cargo_ambot::target::{self, Profile};
use cargo_ambot::unit::{Decision, Dialect, Document, Tables, UnitFile, UnitName};
use std::path::{Path, PathBuf};

const SUFFIXES: [&str; 4] = ["service", "timer", "socket", "path"];

/// The folder of units, if the machine has one.
fn folder() -> Option<&'static Path> {
    let folders = ["/usr/lib/systemd/system", "/lib/systemd/system"].map(Path::new);
    let folder = folders.into_iter().find(|folder| folder.is_dir());
    if folder.is_none() {
        not_run::note("units of the distribution, adapted: not run: no systemd is here");
    }
    folder
}

/// The unit files of the machine, without links.
fn units(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let is_unit = |path: &PathBuf| {
        let suffix = path.extension().and_then(|suffix| suffix.to_str());
        suffix.is_some_and(|suffix| SUFFIXES.contains(&suffix)) && !path.is_symlink()
    };
    paths.filter(is_unit).collect()
}

#[test]
fn the_units_of_the_distribution_are_clean_on_targets_that_they_are_adapted_to() {
    let Some(folder) = folder() else {
        return;
    };
    for name in ["centos7", "centos8", "el8", "el10"] {
        let profile = target::find(name).unwrap().profile().clone();
        let (mut done, mut changed, mut refused) = (0, 0, 0);
        for path in units(folder) {
            let bytes = std::fs::read(&path).unwrap();
            let Some(unit) = unit(&path, &bytes) else {
                continue;
            };
            match adapted(&unit, &profile) {
                Ok(adapted) => {
                    done += 1;
                    changed += usize::from(!adapted.changes.is_empty());
                    is_clean(&unit, &adapted, &profile);
                }
                Err(why) => {
                    refused += 1;
                    assert!(!why.errors.is_empty());
                }
            }
        }
        println!(
            "units of the distribution for {name}: {done} adapted, {changed} of them changed, {refused} refused"
        );
        assert!(done > 3 * refused, "{name}");
        assert!(changed > 0 || name == "el10");
    }
}

fn unit(path: &Path, bytes: &[u8]) -> Option<UnitFile> {
    let name = UnitName::parse(path.file_name()?.to_str()?).ok()?;
    Some(UnitFile::read(name, path.to_str()?.into(), bytes))
}

fn adapted(unit: &UnitFile, profile: &Profile) -> Result<Adapted, Refused> {
    let options = Options {
        profile,
        programs: &|_| None,
        rewrite: true,
        require_hardening: false,
    };
    adapt(unit, &Decision::HasOwn, &options)
}

/// Nothing is unknown to the target that is known to any, nothing is done twice, and what was not
/// changed is as it was.
fn is_clean(unit: &UnitFile, adapted: &Adapted, profile: &Profile) {
    let document = Document::parse_as(&adapted.bytes, Dialect::of(profile));
    for directive in document.directives() {
        let standing = profile.directive(&directive.section, &directive.key);
        let is_clean = !standing.is_unknown() || standing == Standing::Unknown;
        assert!(is_clean, "{}: {}", unit.name, directive.key);
    }
    let again = UnitFile::generated(unit.name.clone(), document, Tables::default());
    let again = self::adapted(&again, profile).unwrap();
    assert_eq!(again.bytes, adapted.bytes, "{}", unit.name);
    assert_eq!(again.changes, [], "{}", unit.name);
    if adapted.changes.is_empty() {
        assert_eq!(adapted.bytes, unit.document.as_bytes(), "{}", unit.name);
    }
}
