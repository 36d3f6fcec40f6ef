//! One package of a repository, as the metadata have it.

use super::xml::{Element, Problem, each_element, first_element};
use crate::rpm::read::Identity;
use crate::unit::UnitName;
use rpm_version::{Evr, ReqOperator, Requirement};
use std::cmp::Ordering;

/// The folders whose unit files systemd reads for the system, as packages name them.
const UNIT_FOLDERS: [&str; 3] = [
    "/usr/lib/systemd/system/",
    "/lib/systemd/system/",
    "/etc/systemd/system/",
];

/// A package of a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is called.
    pub identity: Identity,
    /// The digest of the whole file in hexadecimal, and its algorithm as repodata call it.
    pub digest: (String, String),
    /// Where it lies, from the folder of the repository or from `base` on.
    pub href: String,
    /// The address that `href` is below, where that is not the repository's own.
    pub base: Option<String>,
    /// Bytes of the file.
    pub size: u64,
    /// When the file was last changed, in seconds since 1970.
    pub time: u64,
    /// The units that it ships, each once, in order.
    pub units: Vec<UnitName>,
    /// What it conflicts with.
    pub conflicts: Vec<Requirement<'static>>,
    /// What it takes the place of.
    pub obsoletes: Vec<Requirement<'static>>,
    /// What it has to offer to others, itself included; without versions.
    pub provides: Vec<(String, Option<Evr<'static>>)>,
    pub(super) xml: Xml,
}

/// The three elements of a package, one a file of metadata, byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Xml {
    pub(super) primary: String,
    pub(super) filelists: String,
    pub(super) other: String,
}

/// Which package a `<package>` of filelists or other is of.
pub(super) fn package_id(piece: &str) -> Result<String, Problem> {
    let id = first_element(piece)?.attributes.remove("pkgid");
    id.ok_or_else(|| "a package has no pkgid".to_owned())
}

/// What a `<package>` of filelists says: which package it is of, its version in words, and the units
/// that it ships.
pub(in crate::repo) fn shipped(piece: &str) -> Result<(Identity, String, Vec<UnitName>), Problem> {
    let mut identity = Identity {
        name: String::new(),
        epoch: None,
        version: String::new(),
        release: String::new(),
        arch: String::new(),
    };
    let mut units = Vec::new();
    each_element(piece, |within, element| {
        let get = |name| element.get(name).unwrap_or_default().to_owned();
        match element.name.as_str() {
            "package" if within.is_empty() => {
                (identity.name, identity.arch) = (get("name"), get("arch"));
            }
            "version" => {
                (identity.version, identity.release) = (get("ver"), get("rel"));
                let epoch = element.number("epoch");
                identity.epoch = epoch.and_then(|epoch| u32::try_from(epoch).ok());
            }
            _ => units.extend(unit_among(&element)),
        }
        Ok(())
    })?;
    let version = evr(&identity);
    Ok((identity, version, sorted(units)))
}

fn sorted(mut units: Vec<UnitName>) -> Vec<UnitName> {
    units.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    units.dedup();
    units
}

/// The unit that a `<file>` is. What is owned and not shipped takes no name.
fn unit_among(element: &Element) -> Option<UnitName> {
    let is_shipped = element.get("type").is_none_or(|kind| kind == "file");
    let is_file = element.name == "file" && is_shipped;
    is_file.then(|| unit_of(&element.text)).flatten()
}

impl Entry {
    /// Reads the elements of a package.
    pub(super) fn read(xml: Xml) -> Result<Self, Problem> {
        let mut entry = Entry::read_primary(xml.primary)?;
        entry.complete(xml.filelists, xml.other)?;
        Ok(entry)
    }

    /// Reads the one element that the others are found by.
    pub(super) fn read_primary(primary: String) -> Result<Self, Problem> {
        let mut draft = Draft::default();
        each_element(&primary, |within, element| {
            draft.take(within, &element);
            Ok(())
        })?;
        draft.finish(primary)
    }

    /// Adds the other elements.
    pub(super) fn complete(&mut self, filelists: String, other: String) -> Result<(), Problem> {
        (_, _, self.units) = shipped(&filelists)?;
        (self.xml.filelists, self.xml.other) = (filelists, other);
        Ok(())
    }

    /// `NAME-[EPOCH:]VERSION-RELEASE.ARCH`
    pub fn nevra(&self) -> String {
        nevra(&self.identity)
    }

    /// `[EPOCH:]VERSION-RELEASE`
    pub fn evr(&self) -> String {
        evr(&self.identity)
    }

    /// How it stands to another version, as rpm compares them.
    pub fn compare_version(&self, other: &Entry) -> Ordering {
        version_of(&self.identity).cmp(&version_of(&other.identity))
    }

    /// Whether the file lies within the folder of the repository, and not somewhere else.
    pub fn is_within(&self) -> bool {
        let parts = || self.href.split('/');
        self.base.is_none()
            && !self.href.contains("://")
            && parts().all(|part| !["", ".."].contains(&part))
    }

    /// Whether rpm never lets it stand beside another: one conflicts with the other, or takes its
    /// place.
    pub fn excludes(&self, other: &Entry) -> bool {
        let one_way = |one: &Entry, other: &Entry| {
            let conflicts = one.conflicts.iter().any(|wanted| other.offers(wanted));
            // Obsoletes look at names alone, Conflicts at what is provided.
            let obsoletes = one.obsoletes.iter();
            let own = version_of(&other.identity);
            let mut obsoletes =
                obsoletes.filter(|wanted| meets(wanted, &other.identity.name, &own));
            conflicts || obsoletes.next().is_some()
        };
        one_way(self, other) || one_way(other, self)
    }

    fn offers(&self, wanted: &Requirement<'_>) -> bool {
        let mut all = self.provides.iter();
        all.any(|(name, version)| match version {
            Some(version) => meets(wanted, name, version),
            // What has no version meets none.
            None => wanted.constraint().is_none() && wanted.name() == name,
        })
    }
}

/// `NAME-[EPOCH:]VERSION-RELEASE.ARCH`, an epoch of 0 left out.
pub fn nevra(identity: &Identity) -> String {
    let Identity { name, arch, .. } = identity;
    format!("{name}-{}.{arch}", evr(identity))
}

/// `[EPOCH:]VERSION-RELEASE`, an epoch of 0 left out.
fn evr(identity: &Identity) -> String {
    let Identity {
        epoch,
        version,
        release,
        ..
    } = identity;
    match epoch.filter(|epoch| *epoch > 0) {
        Some(epoch) => format!("{epoch}:{version}-{release}"),
        None => format!("{version}-{release}"),
    }
}

fn version_of(identity: &Identity) -> Evr<'static> {
    let epoch = identity.epoch.unwrap_or(0).to_string();
    Evr::new(epoch, identity.version.clone(), identity.release.clone())
}

/// As rpm sees it: a release that is not asked for may be any.
fn meets(wanted: &Requirement<'_>, name: &str, version: &Evr<'_>) -> bool {
    let any_release = wanted
        .constraint()
        .is_some_and(|(_, asked)| asked.release().is_empty());
    let release = if any_release { "" } else { version.release() };
    wanted.satisfies(name, &Evr::new(version.epoch(), version.version(), release))
}

/// The unit that a file is, if it is one.
pub(super) fn unit_of(path: &str) -> Option<UnitName> {
    let name = UNIT_FOLDERS
        .iter()
        .find_map(|folder| path.strip_prefix(folder))?;
    UnitName::parse(name).ok()
}

/// What was read of a package so far.
#[derive(Default)]
struct Draft {
    name: Option<String>,
    arch: Option<String>,
    version: Option<(Option<u32>, String, String)>,
    digest: Option<(String, String)>,
    location: Option<(String, Option<String>)>,
    size: Option<u64>,
    time: Option<u64>,
    conflicts: Vec<Requirement<'static>>,
    obsoletes: Vec<Requirement<'static>>,
    provides: Vec<(String, Option<Evr<'static>>)>,
}

impl Draft {
    fn take(&mut self, within: &[Element], element: &Element) {
        let text = || Some(element.text.trim().to_owned());
        match (within.len(), element.name.as_str()) {
            (1, "name") => self.name = text(),
            (1, "arch") => self.arch = text(),
            (1, "version") => {
                let get = |name| element.get(name).unwrap_or_default().to_owned();
                let epoch = element.number("epoch");
                let epoch = epoch.and_then(|epoch| u32::try_from(epoch).ok());
                self.version = Some((epoch, get("ver"), get("rel")));
            }
            (1, "checksum") => {
                let kind = element.get("type").unwrap_or_default().to_owned();
                self.digest = text().map(|digest| (kind, digest));
            }
            (1, "location") => {
                let base = element.get("xml:base").map(str::to_owned);
                self.location = element.get("href").map(|href| (href.to_owned(), base));
            }
            (1, "size") => self.size = element.number("package"),
            (1, "time") => self.time = element.number("file"),
            (3, "rpm:entry") => match within[2].name.as_str() {
                "rpm:conflicts" => self.conflicts.extend(requirement(element)),
                "rpm:obsoletes" => self.obsoletes.extend(requirement(element)),
                "rpm:provides" => {
                    let name = element.get("name").unwrap_or_default().to_owned();
                    self.provides.push((name, version(element)));
                }
                _ => {}
            },
            _ => {}
        }
    }

    fn finish(self, primary: String) -> Result<Entry, Problem> {
        let missing = |what: &str| format!("a package has no {what}");
        let (epoch, version, release) = self.version.ok_or_else(|| missing("version"))?;
        let (href, base) = self.location.ok_or_else(|| missing("location"))?;
        Ok(Entry {
            identity: Identity {
                name: self.name.ok_or_else(|| missing("name"))?,
                epoch,
                version,
                release,
                arch: self.arch.ok_or_else(|| missing("arch"))?,
            },
            digest: self.digest.ok_or_else(|| missing("checksum"))?,
            href,
            base,
            size: self.size.ok_or_else(|| missing("size"))?,
            time: self.time.ok_or_else(|| missing("time"))?,
            units: Vec::new(),
            conflicts: self.conflicts,
            obsoletes: self.obsoletes,
            provides: self.provides,
            xml: Xml {
                primary,
                ..Xml::default()
            },
        })
    }
}

#[cfg(test)]
impl Entry {
    /// A package of this name and version, in a file of its own.
    pub(in crate::repo) fn example(name: &str, version: &str) -> Self {
        let draft = Draft {
            name: Some(name.to_owned()),
            arch: Some("noarch".to_owned()),
            version: Some((None, version.to_owned(), "1".to_owned())),
            digest: Some(("sha256".to_owned(), format!("{name}{version}"))),
            location: Some((format!("{name}-{version}.rpm"), None)),
            size: Some(1),
            time: Some(1),
            ..Draft::default()
        };
        draft.finish(String::new()).unwrap()
    }
}

fn version(entry: &Element) -> Option<Evr<'static>> {
    let version = entry.get("ver")?.to_owned();
    let get = |name| entry.get(name).unwrap_or_default().to_owned();
    Some(Evr::new(get("epoch"), version, get("rel")))
}

fn requirement(entry: &Element) -> Option<Requirement<'static>> {
    let name = entry.get("name")?.to_owned();
    let operator = match entry.get("flags") {
        Some("LT") => ReqOperator::LT,
        Some("LE") => ReqOperator::LE,
        Some("EQ") => ReqOperator::EQ,
        Some("GE") => ReqOperator::GE,
        Some("GT") => ReqOperator::GT,
        _ => return Some(Requirement::new(name)),
    };
    Some(match version(entry) {
        Some(version) => Requirement::with_constraint(name, operator, version),
        None => Requirement::new(name),
    })
}
