//! The units that the machine's own distribution ships: written by others, all of them valid.

use crate::support::not_run;
use cargo_ambot::lint::{self, Context, Effect, Finding, Levels, UnitSet};
use cargo_ambot::report::Severity;
use cargo_ambot::target::{self, Profile};
use cargo_ambot::unit::{BootTarget, Dialect, Document, UnitFile, UnitName};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const SUFFIXES: [&str; 5] = ["service", "timer", "socket", "path", "target"];

/// The unit files of the machine, without links, in order.
fn units(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut units: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|e| SUFFIXES.iter().any(|s| e == *s))
        })
        .filter(|path| path.is_file() && !path.is_symlink())
        .collect();
    units.sort();
    units
}

/// Where the units of the machine lie, if it has systemd.
fn folder() -> Option<&'static Path> {
    let folders = ["/usr/lib/systemd/system", "/lib/systemd/system"].map(Path::new);
    let folder = folders.into_iter().find(|folder| folder.is_dir());
    if folder.is_none() {
        not_run::note("units of the distribution: not run: no systemd is here");
    }
    folder
}

#[test]
fn the_units_of_the_distribution_survive_parsing_and_injection() {
    let Some(folder) = folder() else {
        return;
    };
    let units = units(folder);
    let mut injected = 0;
    for path in &units {
        let bytes = std::fs::read(path).unwrap();
        // An empty file is a masked unit.
        if bytes.is_empty() {
            continue;
        }
        injected += usize::from(survives(path, &bytes));
    }
    println!(
        "units of the distribution: {} read, {injected} of them injected into",
        units.len()
    );
    assert!(units.is_empty() || injected > 0);
}

/// Checks one unit as every version reads it, and says whether it was changed.
fn survives(path: &Path, bytes: &[u8]) -> bool {
    let mut changed = false;
    for dialect in Dialect::ALL {
        let before = Document::parse_as(bytes, dialect);
        assert_eq!(before.as_bytes(), bytes, "{}", path.display());
        assert_eq!(before.problems(), [], "{}", path.display());
        assert!(!before.directives().is_empty() || !before.sections().is_empty());
        let mut after = before.clone();
        changed = after.inject_install(BootTarget::MultiUser);
        let wanted = after.words("Install", "WantedBy");
        assert!(
            wanted.iter().any(|word| word == "multi-user.target"),
            "{}",
            path.display()
        );
        let added = usize::from(changed);
        assert_eq!(after.directives().len(), before.directives().len() + added);
        let said = |document: &Document| {
            let pairs = document
                .directives()
                .iter()
                .map(|d| (d.key.clone(), d.value.clone()));
            pairs
                .filter(|(key, _)| key != "WantedBy")
                .collect::<Vec<_>>()
        };
        assert_eq!(said(&after), said(&before), "{}", path.display());
    }
    changed
}

/// What the check finds in the units of a folder for a target.
fn findings(folder: &Path, profile: &Profile) -> (usize, Vec<Finding>) {
    let read = |path: &PathBuf| {
        let name = UnitName::parse(path.file_name()?.to_str()?).ok()?;
        let shown = name.as_str().to_owned();
        let bytes = std::fs::read(path).unwrap();
        let unit = UnitFile::read(name, shown.as_str().into(), &bytes);
        Some(unit.as_read_by(Dialect::of(profile)))
    };
    let units = UnitSet::new(units(folder).iter().filter_map(read).collect(), profile);
    let mut found = Vec::new();
    for unit in units.iter() {
        let context = Context {
            profile,
            unit,
            units: &units,
            decision: None,
            package: None,
        };
        found.extend(lint::check(&context, &Levels::default()));
    }
    (units.len(), found)
}

/// How often each rule speaks, by severity.
fn counts(findings: &[Finding]) -> BTreeMap<(&'static str, &'static str), usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts
            .entry((finding.rule.code, finding.severity.as_str()))
            .or_default() += 1;
    }
    counts
}

#[test]
fn the_units_of_the_distribution_are_taken_as_its_systemd_takes_them() {
    let (Some(folder), Some(target)) = (folder(), target_like_this_machine()) else {
        return;
    };
    let (units, found) = findings(folder, target);
    println!(
        "findings in {units} units of the distribution: {:?}",
        counts(&found)
    );
    let said = |finding: &&Finding| cargo_ambot::report::short(&finding.diagnostic);
    let refused = |finding: &&Finding| {
        let by_systemd = matches!(
            finding.effect,
            Some(Effect::LineIgnored | Effect::UnitRefused)
        );
        by_systemd && finding.severity == Severity::Error
    };
    let errors: Vec<String> = found.iter().filter(refused).map(|f| said(&f)).collect();
    assert_eq!(errors, [""; 0], "systemd takes every one of them");
    // What others wrote and ship is meant, by and large: a rule that speaks often is wrong.
    for ((code, severity), times) in counts(&found) {
        let lines = || found.iter().filter(|finding| finding.rule.code == code);
        let lines: Vec<String> = lines().map(|finding| said(&finding)).collect();
        assert!(
            severity == "note" || times * 10 <= units,
            "{times} of {units} units:\n{}",
            lines.join("\n")
        );
    }
}

/// The target whose systemd has the version of this machine's; none where the tables have none.
fn target_like_this_machine() -> Option<&'static Profile> {
    let mut systemctl = std::process::Command::new("systemctl");
    let output = systemctl.arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version: u16 = text.split_whitespace().nth(1)?.parse().ok()?;
    let mut known = target::known().iter();
    known.rfind(|profile| profile.systemd.value == version)
}
