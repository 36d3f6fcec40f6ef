//! What a package asks for and offers, as far as it is not the same.

use super::identity::evr;
use crate::inspect::{Description, line_name};
use std::collections::{BTreeMap, BTreeSet};

/// The changes of one kind of dependency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DependencyChanges {
    /// `requires`, `provides` …
    pub kind: &'static str,
    /// What is new.
    pub added: Vec<String>,
    /// What is gone.
    pub removed: Vec<String>,
    /// What is asked for in another version: before and after.
    pub changed: Vec<(String, String)>,
}

impl DependencyChanges {
    fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// The kinds that differ.
pub(super) fn compare(old: &Description, new: &Description) -> Vec<DependencyChanges> {
    let kinds = [
        ("requires", &old.requires, &new.requires),
        ("recommends", &old.recommends, &new.recommends),
        ("suggests", &old.suggests, &new.suggests),
        ("supplements", &old.supplements, &new.supplements),
        ("enhances", &old.enhances, &new.enhances),
        ("conflicts", &old.conflicts, &new.conflicts),
        ("obsoletes", &old.obsoletes, &new.obsoletes),
        ("provides", &old.provides, &new.provides),
    ];
    let kinds = kinds.into_iter().map(|(kind, before, after)| {
        let changes = pair(grouped(before, old), grouped(after, new));
        DependencyChanges { kind, ..changes }
    });
    kinds.filter(|changes| !changes.is_empty()).collect()
}

fn pair(mut old: BTreeMap<String, String>, new: BTreeMap<String, String>) -> DependencyChanges {
    let mut changes = DependencyChanges {
        kind: "",
        added: Vec::new(),
        removed: Vec::new(),
        changed: Vec::new(),
    };
    for (name, after) in new {
        match old.remove(&name) {
            None => changes.added.push(after),
            Some(before) if before != after => changes.changed.push((before, after)),
            Some(_) => {}
        }
    }
    changes.removed = old.into_values().collect();
    changes
}

/// The lines by what they name. Of the symbol versions of a library the highest stands for all; what
/// names the package's own version says nothing that its version does not say.
fn grouped(lines: &[String], of: &Description) -> BTreeMap<String, String> {
    let own = format!(" = {}", evr(&of.identity));
    let mut grouped: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
    for line in lines.iter().filter(|line| !line.ends_with(&own)) {
        let name = match line.split_once('(') {
            Some((library, _)) if library.contains(".so") => library,
            _ => line_name(line),
        };
        grouped.entry(name.to_owned()).or_default().insert(line);
    }
    let joined = grouped.into_iter().map(|(name, lines)| {
        let is_library = name.contains(".so") && lines.iter().all(|line| line.contains('('));
        let line = match is_library {
            true => highest(&lines),
            false => lines
                .iter()
                .map(|line| line.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        };
        (name, line)
    });
    joined.collect()
}

/// `libc.so.6(GLIBC_2.17)(64bit)` of all that is asked for of a library.
fn highest(lines: &BTreeSet<&String>) -> String {
    fn version(line: &str) -> &str {
        let inside = line.split_once('(').map_or("", |(_, rest)| rest);
        inside.split_once(')').map_or("", |(version, _)| version)
    }
    let highest = lines
        .iter()
        .max_by(|a, b| rpm_version::rpm_evr_compare(version(a), version(b)));
    highest.map(|line| (*line).clone()).unwrap_or_default()
}
