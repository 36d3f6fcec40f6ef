//! The units that the machine's own distribution ships: written by others, all of them valid.

use crate::support::not_run;
use cargo_ambot::unit::{BootTarget, Dialect, Document};
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

#[test]
fn the_units_of_the_distribution_survive_parsing_and_injection() {
    let folder = ["/usr/lib/systemd/system", "/lib/systemd/system"]
        .map(Path::new)
        .into_iter()
        .find(|folder| folder.is_dir());
    let Some(folder) = folder else {
        return not_run::note("units of the distribution: not run: no systemd is here");
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
