//! What systemd is told that it was not told before: the directives of each unit with the drop-ins
//! that the package brings for it.

use super::text::{TextChange, Texts};
use crate::inspect::DescribedUnit;
use crate::unit::Document;
use std::collections::BTreeMap;

/// Directives of which the last assignment counts (systemd.unit(5), systemd.exec(5),
/// systemd.service(5), systemd.timer(5)); all others are shown with every value.
const SINGLE: [&str; 24] = [
    "AccuracySec",
    "BusName",
    "Description",
    "DynamicUser",
    "Group",
    "KillMode",
    "LimitNOFILE",
    "MemoryMax",
    "NoNewPrivileges",
    "PIDFile",
    "Persistent",
    "PrivateTmp",
    "ProtectHome",
    "ProtectSystem",
    "RemainAfterExit",
    "Restart",
    "RestartSec",
    "TimeoutStartSec",
    "TimeoutStopSec",
    "Type",
    "UMask",
    "Unit",
    "User",
    "WorkingDirectory",
];

/// A unit, and the drop-ins for it, in two packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitChange {
    /// Its name.
    pub name: String,
    /// In the old package; nothing where it has neither the unit nor a drop-in for it.
    pub old: Option<UnitState>,
    /// In the new one.
    pub new: Option<UnitState>,
    /// The directives whose values differ.
    pub directives: Vec<DirectiveChange>,
    /// The files that differ, by path, with the lines in which they do; a file that is new or gone is
    /// compared with nothing.
    pub texts: Vec<(String, TextChange)>,
}

/// A unit as one package has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitState {
    /// Where its files lie: itself, then its drop-ins by name.
    pub paths: Vec<String>,
    /// Whether the package's own preset enables it; nothing where no line of it says.
    pub preset: Option<bool>,
    /// Whether it has an `[Install]` section, without which nothing can enable it.
    pub has_install: bool,
}

impl UnitState {
    /// Whether it is the unit of this name, and not drop-ins for one of another package alone.
    pub fn has_unit(&self, name: &str) -> bool {
        let mut names = self.paths.iter().filter_map(|path| path.rsplit('/').next());
        names.any(|file| file == name)
    }
}

/// A directive that is not the same; empty where it is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectiveChange {
    /// Its section.
    pub section: String,
    /// Its name.
    pub key: String,
    /// The values before, in the order of the files; an empty assignment forgets those before it.
    pub old: Vec<String>,
    /// The values after.
    pub new: Vec<String>,
}

/// The files of one unit.
type Files<'a> = Vec<&'a DescribedUnit>;

/// The units that are not the same, by name.
pub(super) fn compare(
    old: &[DescribedUnit],
    new: &[DescribedUnit],
    texts: Texts,
) -> Vec<UnitChange> {
    let (before, after) = (grouped(old), grouped(new));
    let mut names: Vec<&str> = before.keys().chain(after.keys()).copied().collect();
    names.sort_unstable();
    names.dedup();
    let changes = names.into_iter().map(|name| {
        let none = Files::new();
        let old = before.get(name).unwrap_or(&none);
        let new = after.get(name).unwrap_or(&none);
        UnitChange {
            name: name.to_owned(),
            old: state(old),
            new: state(new),
            directives: directives(old, new),
            texts: lines(old, new, texts),
        }
    });
    changes
        .filter(|change| {
            let is_same = change.old == change.new && change.directives.is_empty();
            !is_same || !change.texts.is_empty()
        })
        .collect()
}

/// The unit first, then its drop-ins in the order in which systemd reads them.
fn grouped(units: &[DescribedUnit]) -> BTreeMap<&str, Files<'_>> {
    let mut grouped: BTreeMap<&str, Files<'_>> = BTreeMap::new();
    for unit in units {
        grouped.entry(of_unit(unit)).or_default().push(unit);
    }
    for files in grouped.values_mut() {
        files.sort_by_key(|file| (file.name.contains('/'), &file.name));
    }
    grouped
}

/// The unit that a file is about: that of `hello.service.d/10-x.conf` is `hello.service`.
pub(super) fn of_unit(unit: &DescribedUnit) -> &str {
    match unit.name.split_once('/') {
        Some((folder, _)) => folder.strip_suffix(".d").unwrap_or(folder),
        None => &unit.name,
    }
}

fn state(files: &Files<'_>) -> Option<UnitState> {
    (!files.is_empty()).then(|| UnitState {
        paths: files.iter().map(|file| file.path.clone()).collect(),
        preset: files.iter().find_map(|file| file.preset),
        has_install: effective(files).has_section("Install"),
    })
}

/// The unit with its drop-ins, as systemd reads one after the other.
fn effective(files: &Files<'_>) -> Document {
    let texts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
    Document::parse(texts.join("\n\n").as_bytes())
}

fn directives(old: &Files<'_>, new: &Files<'_>) -> Vec<DirectiveChange> {
    let (before, after) = (values(&effective(old)), values(&effective(new)));
    let mut keys: Vec<&(String, String)> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    let values = |of: &Values, key| of.get(key).cloned().unwrap_or_default();
    let changes = keys.into_iter().map(|key| DirectiveChange {
        section: key.0.clone(),
        key: key.1.clone(),
        old: values(&before, key),
        new: values(&after, key),
    });
    changes.filter(|change| change.old != change.new).collect()
}

type Values = BTreeMap<(String, String), Vec<String>>;

fn values(document: &Document) -> Values {
    let mut values = Values::new();
    for directive in document.directives() {
        let key = (directive.section.clone(), directive.key.clone());
        let all = values.entry(key).or_default();
        if directive.value.is_empty() || SINGLE.contains(&directive.key.as_str()) {
            all.clear();
        }
        if !directive.value.is_empty() {
            all.push(directive.value.clone());
        }
    }
    values
}

fn lines(old: &Files<'_>, new: &Files<'_>, texts: Texts) -> Vec<(String, TextChange)> {
    let text = |files: &Files<'_>, name: &str| {
        let found = files.iter().find(|file| file.name == name);
        found.map(|file| file.text.clone()).unwrap_or_default()
    };
    let mut files: Vec<_> = new.iter().chain(old).collect();
    files.sort_by_key(|file| (file.name.contains('/'), &file.name));
    files.dedup_by_key(|file| &file.name);
    let changes = files.into_iter().filter_map(|file| {
        let change = texts.compare(&text(old, &file.name), &text(new, &file.name))?;
        Some((file.path.clone(), change))
    });
    changes.collect()
}
