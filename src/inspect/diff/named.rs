//! The files of a package that its own units name: programs, what they are given, lists of
//! variables.

use super::units::of_unit;
use crate::inspect::{DescribedFile, DescribedKind, DescribedUnit};
use crate::unit::{Document, words};
use std::collections::{BTreeMap, HashMap};

/// The most paths that are looked for, and the most links on the way to a file.
const MAX_PATHS: usize = 10_000;
const MAX_LINKS: usize = 16;
/// Characters before the program of a command (systemd.service(5)).
const PREFIXES: [char; 6] = ['@', '-', ':', '+', '!', '|'];

/// By unit, and by the path as the unit has it.
pub(super) type Named = BTreeMap<String, BTreeMap<String, NamedFile>>;

/// The file at a path that a unit names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamedFile {
    /// Where it is, links followed.
    pub(super) path: String,
    /// Whether administrators edit it.
    pub(super) is_config: bool,
    /// Whether the package owns it and does not ship it.
    pub(super) is_ghost: bool,
}

/// What the units with their drop-ins name and the package has.
pub(super) fn find(units: &[DescribedUnit], files: &[DescribedFile]) -> Named {
    let mut named = Named::new();
    if units.is_empty() {
        return named;
    }
    let known: HashMap<&str, &DescribedFile> = files
        .iter()
        .map(|file| (file.path.as_str(), file))
        .collect();
    let paths = units
        .iter()
        .flat_map(|unit| paths(unit).into_iter().map(move |path| (unit, path)));
    for (unit, path) in paths.take(MAX_PATHS) {
        if let Some(file) = resolve(&path, &known) {
            let found = NamedFile {
                path: file.path.clone(),
                is_config: file.has("config"),
                is_ghost: file.has("ghost"),
            };
            let of_unit = named.entry(of_unit(unit).to_owned()).or_default();
            of_unit.insert(path, found);
        }
    }
    named
}

fn paths(unit: &DescribedUnit) -> Vec<String> {
    let document = Document::parse(unit.text.as_bytes());
    let directives = document.directives().iter().filter(|one| {
        one.section == "Service" && (one.key.starts_with("Exec") || one.key == "EnvironmentFile")
    });
    let words = directives.flat_map(|one| words(one.value.trim_start_matches(PREFIXES)));
    words.filter(|word| word.starts_with('/')).collect()
}

/// The file at a path; `/bin` and the like are links into `/usr` on every target.
fn resolve<'a>(path: &str, known: &HashMap<&str, &'a DescribedFile>) -> Option<&'a DescribedFile> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let below_usr = format!("/usr{path}");
        let outside = path.strip_prefix("/usr");
        let file = known
            .get(path.as_str())
            .or_else(|| known.get(below_usr.as_str()))
            .or_else(|| known.get(outside?))?;
        let DescribedKind::Symlink(target) = &file.kind else {
            return Some(file);
        };
        path = joined(&file.path, target);
    }
    None
}

/// Where a link leads.
fn joined(link: &str, target: &str) -> String {
    let folder = link.rsplit_once('/').map_or("", |(folder, _)| folder);
    let full = match target.starts_with('/') {
        true => target.to_owned(),
        false => format!("{folder}/{target}"),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in full.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_from_its_folder() {
        assert_eq!(joined("/usr/bin/hi", "hello"), "/usr/bin/hello");
        assert_eq!(joined("/usr/bin/hi", "../lib/./hi"), "/usr/lib/hi");
        assert_eq!(joined("/hi", "../../x"), "/x");
        assert_eq!(joined("/usr/bin/hi", "/opt/hi"), "/opt/hi");
    }

    #[test]
    fn links_that_lead_to_each_other_end() {
        let link = |path: &str, to: &str| DescribedFile {
            path: path.into(),
            kind: DescribedKind::Symlink(to.into()),
            mode: 0o777,
            user: "root".into(),
            group: "root".into(),
            size: 0,
            digest: String::new(),
            caps: String::new(),
            flags: Vec::new(),
        };
        let files = [link("/a", "b"), link("/b", "a")];
        let known = files
            .iter()
            .map(|file| (file.path.as_str(), file))
            .collect();
        assert!(resolve("/a", &known).is_none());
    }
}
