//! What the new package is to the old one, and what it says of itself that is not the same.

use crate::inspect::{Description, line_name};
use crate::rpm::read::Identity;
use std::cmp::Ordering;

/// What rpm makes of the new package where the old one is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// A later version of the same package.
    Upgrade,
    /// An earlier version of it.
    Downgrade,
    /// The same version of it.
    SameVersion,
    /// A package of another name that takes the old one's place (`Obsoletes`).
    Replacement,
    /// A package of another name that is installed beside it.
    Another,
    /// Both are source packages, which are not installed.
    Source,
    /// One is a source package and the other is not.
    Incomparable,
}

impl Relation {
    /// Whether the new package takes the place of the old one.
    pub fn replaces(self) -> bool {
        !matches!(
            self,
            Relation::Another | Relation::Source | Relation::Incomparable
        )
    }

    /// The relation of two packages.
    pub fn of(old: &Description, new: &Description) -> Self {
        let (before, after) = (&old.identity, &new.identity);
        match (before.arch == "src", after.arch == "src") {
            (true, true) => return Relation::Source,
            (false, false) => {}
            _ => return Relation::Incomparable,
        }
        if before.name != after.name {
            return match new.obsoletes.iter().any(|line| names(line, before)) {
                true => Relation::Replacement,
                false => Relation::Another,
            };
        }
        match rpm_version::rpm_evr_compare(&evr(after), &evr(before)) {
            Ordering::Greater => Relation::Upgrade,
            Ordering::Less => Relation::Downgrade,
            Ordering::Equal => Relation::SameVersion,
        }
    }
}

/// Whether `NAME`, or `NAME < VERSION`, is about a package. Where the line has no release, that of
/// the package does not count.
fn names(line: &str, package: &Identity) -> bool {
    let mut words = line.split(' ').skip(1);
    if line_name(line) != package.name {
        return false;
    }
    let (Some(sign), Some(version)) = (words.next(), words.next()) else {
        return true;
    };
    let full = evr(package);
    let own = match version.contains('-') {
        true => full.as_str(),
        false => full.rsplit_once('-').map_or("", |(version, _)| version),
    };
    match rpm_version::rpm_evr_compare(own, version) {
        Ordering::Less => sign.contains('<'),
        Ordering::Equal => sign.contains('='),
        Ordering::Greater => sign.contains('>'),
    }
}

/// `[EPOCH:]VERSION-RELEASE`.
pub(super) fn evr(identity: &Identity) -> String {
    let epoch = identity.epoch.map(|epoch| format!("{epoch}:"));
    let (version, release) = (&identity.version, &identity.release);
    format!("{}{version}-{release}", epoch.unwrap_or_default())
}

/// Something that a package says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it is called in JSON lines, too.
    pub name: &'static str,
    /// What the old package says; empty where it says nothing.
    pub old: String,
    /// What the new one says.
    pub new: String,
}

/// What is not the same, in the order in which people ask for it.
pub(super) fn fields(old: &Description, new: &Description) -> Vec<Field> {
    let number = |number: Option<u64>| number.map(|n| n.to_string()).unwrap_or_default();
    let all = |of: &Description| {
        let identity = &of.identity;
        [
            ("name", identity.name.clone()),
            ("epoch", number(identity.epoch.map(u64::from))),
            ("version", identity.version.clone()),
            ("release", identity.release.clone()),
            ("arch", identity.arch.clone()),
            ("summary", of.summary.clone()),
            ("description", of.description.clone()),
            ("license", of.license.clone()),
            ("url", of.url.clone()),
            ("vendor", of.vendor.clone()),
            ("installed-size", of.installed_size.to_string()),
            ("compressor", of.compressor.clone()),
            ("build-time", number(of.build_time)),
            ("build-host", of.build_host.clone()),
            ("source-rpm", of.source_rpm.clone()),
        ]
    };
    let pairs = all(old).into_iter().zip(all(new));
    pairs
        .filter(|((_, old), (_, new))| old != new)
        .map(|((name, old), (_, new))| Field { name, old, new })
        .collect()
}
