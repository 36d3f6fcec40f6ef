//! The units that are checked together, and what is asked of all of them at once.

use super::listed;
use crate::target::Profile;
use crate::unit::value::Version;
use crate::unit::{Directive, UnitFile, means, resolve, trigger};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::OnceLock;

/// All units of a package, or all files of a run, as one target reads them.
///
/// What a rule needs to know of the whole set is worked out once, when it is first asked for:
/// otherwise a thousand units would be looked at a thousand times.
#[derive(Debug)]
pub struct UnitSet {
    units: Vec<UnitFile>,
    version: Version,
    orders: OnceLock<Orders>,
    folders: OnceLock<Vec<String>>,
}

/// The directives whose folders systemd creates, and below what (systemd.exec(5)).
pub(super) const CREATED: [(&str, &str); 5] = [
    ("RuntimeDirectory", "/run"),
    ("StateDirectory", "/var/lib"),
    ("CacheDirectory", "/var/cache"),
    ("LogsDirectory", "/var/log"),
    ("ConfigurationDirectory", "/etc"),
];

impl UnitSet {
    /// A set of these units, for a target.
    pub fn new(units: Vec<UnitFile>, profile: &Profile) -> Self {
        UnitSet {
            units,
            version: Version::of(profile),
            orders: OnceLock::new(),
            folders: OnceLock::new(),
        }
    }

    /// In which order the units start.
    pub(super) fn orders(&self) -> &Orders {
        self.orders
            .get_or_init(|| Orders::of(&self.units, self.version))
    }

    /// The folders that systemd creates for any of the units.
    pub fn created_folders(&self) -> &[String] {
        self.folders.get_or_init(|| {
            let of_unit = |unit: &UnitFile| {
                let names = |(key, root): (&'static str, &'static str)| {
                    let words = unit.document.words("Service", key);
                    // `NAME:LINK` makes a link, too (systemd 250).
                    let parts = words.iter().flat_map(|word| word.split(':').take(2));
                    let path = |name: &str| format!("{root}/{}", name.trim_end_matches('/'));
                    parts.map(path).collect::<Vec<_>>()
                };
                CREATED.into_iter().flat_map(names).collect::<Vec<_>>()
            };
            self.units.iter().flat_map(of_unit).collect()
        })
    }
}

impl Deref for UnitSet {
    type Target = [UnitFile];

    fn deref(&self) -> &[UnitFile] {
        &self.units
    }
}

/// Which unit of a set starts after which other ones; units are given by their places.
#[derive(Debug)]
pub(super) struct Orders {
    places: HashMap<String, usize>,
    templates: Vec<usize>,
    earlier: Vec<Vec<usize>>,
}

impl Orders {
    fn of(units: &[UnitFile], version: Version) -> Self {
        let numbered = || units.iter().enumerate();
        let mut orders = Orders {
            places: numbered()
                .map(|(place, unit)| (unit.name.as_str().to_owned(), place))
                .collect(),
            templates: numbered()
                .filter(|(_, unit)| unit.name.as_str().contains('@'))
                .map(|(place, _)| place)
                .collect(),
            earlier: vec![Vec::new(); units.len()],
        };
        for (place, unit) in numbered() {
            for line in unit.document.directives() {
                for name in named(unit, line, "After", version) {
                    let early = orders.meant(&name, units);
                    orders.earlier[place].extend(early);
                }
                for name in named(unit, line, "Before", version) {
                    orders.put_before(place, &name, units);
                }
            }
            // A timer, socket or path comes before what it starts by itself.
            if let Some((name, _)) = trigger(unit) {
                orders.put_before(place, &name, units);
            }
        }
        orders
    }

    fn put_before(&mut self, early: usize, name: &str, units: &[UnitFile]) {
        for late in self.meant(name, units) {
            self.earlier[late].push(early);
        }
    }

    /// The places of the units that a name means: itself, or the template of an instance.
    pub(super) fn meant(&self, name: &str, units: &[UnitFile]) -> Vec<usize> {
        if let Some(place) = self.places.get(name) {
            return vec![*place];
        }
        let templates = self.templates.iter().copied();
        templates
            .filter(|place| name.contains('@') && means(name, &units[*place].name))
            .collect()
    }

    /// The places of the units that a unit starts after.
    pub(super) fn earlier(&self, late: usize) -> &[usize] {
        &self.earlier[late]
    }

    /// The place of a unit.
    pub(super) fn place(&self, unit: &UnitFile) -> Option<usize> {
        self.places.get(unit.name.as_str()).copied()
    }
}

/// The units that a line of a unit names, if it is of this key.
pub(super) fn named(unit: &UnitFile, line: &Directive, key: &str, version: Version) -> Vec<String> {
    if !line.is("Unit", key) {
        return Vec::new();
    }
    let words = listed::units(line, version);
    words
        .iter()
        .map(|word| resolve(&word.name, &unit.name))
        .collect()
}
