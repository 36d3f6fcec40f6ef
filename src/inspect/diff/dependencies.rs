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
        // What both have in their own version says nothing that the version does not say.
        let (own_before, own_after) = (own(before, old), own(after, new));
        let both: BTreeSet<&str> = own_before.intersection(&own_after).copied().collect();
        let told = |lines: &'_ [String], of| {
            let is_told = |line: &&String| !(both.contains(line_name(line)) && is_own(line, of));
            grouped(lines.iter().filter(is_told))
        };
        let changes = pair(told(before, old), told(after, new));
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

/// Whether a line names the version of the package that has it.
fn is_own(line: &str, of: &Description) -> bool {
    line.strip_prefix(line_name(line)) == Some(&format!(" = {}", evr(&of.identity)))
}

/// What is named in the version of the package that has the lines.
fn own<'a>(lines: &'a [String], of: &Description) -> BTreeSet<&'a str> {
    let lines = lines.iter().filter(|line| is_own(line, of));
    lines.map(|line| line_name(line)).collect()
}

/// The lines by what they name. Of the symbol versions of a library the highest stands for all.
fn grouped<'a>(lines: impl Iterator<Item = &'a String>) -> BTreeMap<String, String> {
    let mut grouped: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
    for line in lines {
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
