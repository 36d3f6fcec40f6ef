//! Name, epoch, version, release, architecture.

use super::Error;
use crate::report::Diagnostic;
use std::cmp::Ordering;
use std::fmt;

/// The name of a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageName(String);

impl PackageName {
    /// Checks a name against what rpmbuild takes: letters, digits and `._+-`, the first a letter,
    /// a digit or `_` (rpm 4.14, `build/parsePreamble.c`: `ALLOWED_CHARS_NAME`, `ALLOWED_FIRSTCHARS_NAME`).
    ///
    /// # Errors
    /// When it is something else.
    pub fn new(name: impl Into<String>) -> Result<Self, Error> {
        let name = name.into();
        let good = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
        if name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && name.chars().all(good)
        {
            Ok(PackageName(name))
        } else {
            Err(Error::Name { name, span: None })
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Epoch, version and release.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Evr {
    /// The epoch, left out where it is 0.
    pub epoch: Option<u32>,
    /// The version as rpm has it.
    pub version: String,
    /// The release with the dist tag.
    pub release: String,
}

impl Evr {
    /// The rpm version of a SemVer version: `1.2.0-rc.1` becomes `1.2.0~rc.1`, which rpm sorts
    /// before `1.2.0` (since 4.10); a hyphen, which rpm keeps for the release, becomes a dot.
    ///
    /// Build metadata stays behind a `+`: every rpm takes it and sorts `1.2.0+a` after `1.2.0`
    /// and before `1.2.1`. `^` is known to 4.14.3 (`lib/rpmvercmp.c`, and `rpmlib(CaretInVersions)`
    /// in `lib/rpmds.c`), but not to 4.11.3.
    pub fn version_of(version: &semver::Version) -> String {
        let mut text = format!("{}.{}.{}", version.major, version.minor, version.patch);
        if !version.pre.is_empty() {
            text.push('~');
            text.push_str(&version.pre.replace('-', "."));
        }
        if !version.build.is_empty() {
            text.push('+');
            text.push_str(&version.build.replace('-', "."));
        }
        text
    }

    /// A warning where rpm would sort a pre-release otherwise than SemVer does against its likely
    /// neighbours.
    ///
    /// The neighbours are the pre-releases of the same version that differ in one identifier:
    /// rpm's comparison ([`rpm_version`], after `rpmio/rpmvercmp.c`) and SemVer's are asked for
    /// each, so that the warning speaks only of pairs that truly differ.
    pub fn sorting_warning(version: &semver::Version) -> Option<Diagnostic> {
        let other = misordered_neighbour(version)?;
        let (low, high) = if *version < other {
            (version, &other)
        } else {
            (&other, version)
        };
        Some(
            Diagnostic::warning(format!(
                "rpm will not sort the pre-release {version} as SemVer does"
            ))
            .with_note(format!(
                "SemVer has {low} before {high}; rpm has {} after {}",
                Evr::version_of(low),
                Evr::version_of(high)
            ))
            .with_help("write pre-releases as a word and a number with a dot between: -alpha.1, -beta.1, -rc.1"),
        )
    }
}

fn misordered_neighbour(version: &semver::Version) -> Option<semver::Version> {
    neighbours(version.pre.as_str())
        .into_iter()
        .find_map(|pre| {
            let other = semver::Version {
                pre: semver::Prerelease::new(&pre).ok()?,
                ..version.clone()
            };
            let semver = version.cmp_precedence(&other);
            let rpm =
                rpm_version::rpm_evr_compare(&Evr::version_of(version), &Evr::version_of(&other));
            (semver != rpm && semver != Ordering::Equal).then_some(other)
        })
}

/// Pre-releases that a project is likely to have beside this one: other numbers, the same with
/// and without a number, the usual words.
fn neighbours(pre: &str) -> Vec<String> {
    if pre.is_empty() {
        return Vec::new();
    }
    let mut all = Vec::new();
    let stem = pre.trim_end_matches(|c: char| c.is_ascii_digit());
    let number: Option<u64> = pre[stem.len()..].parse().ok();
    if let Some(number) = number {
        for other in [1, 2, 9, 10, number.saturating_add(1)] {
            all.push(format!("{stem}{other}"));
        }
    }
    let word: String = pre.chars().take_while(char::is_ascii_alphabetic).collect();
    if !word.is_empty() {
        all.push(word);
    }
    for word in ["alpha", "beta", "rc"] {
        all.push(word.to_owned());
        all.push(format!("{word}.1"));
    }
    all.retain(|other| other != pre);
    all
}

/// `[EPOCH:]VERSION-RELEASE`.
impl fmt::Display for Evr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(epoch) = self.epoch {
            write!(f, "{epoch}:")?;
        }
        write!(f, "{}-{}", self.version, self.release)
    }
}

/// The identity of a package.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Nevra {
    /// The name.
    pub name: PackageName,
    /// Epoch, version and release.
    pub evr: Evr,
    /// The architecture as rpm names it.
    pub arch: String,
}

impl Nevra {
    /// The name of its file: `NAME-VERSION-RELEASE.ARCH.rpm`, without the epoch, as rpmbuild has it.
    pub fn file_name(&self) -> String {
        format!(
            "{}-{}-{}.{}.rpm",
            self.name, self.evr.version, self.evr.release, self.arch
        )
    }
}

/// `NAME-[EPOCH:]VERSION-RELEASE.ARCH`.
impl fmt::Display for Nevra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}.{}", self.name, self.evr, self.arch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> semver::Version {
        semver::Version::parse(text).unwrap()
    }

    #[test]
    fn semver_becomes_what_rpm_sorts_the_same_way() {
        assert_eq!(Evr::version_of(&version("1.2.0")), "1.2.0");
        assert_eq!(Evr::version_of(&version("1.2.0-rc.1")), "1.2.0~rc.1");
        assert_eq!(
            Evr::version_of(&version("1.2.0-rc-1+git-5")),
            "1.2.0~rc.1+git.5"
        );
    }

    #[test]
    fn the_usual_forms_of_pre_releases_give_no_warning() {
        for good in ["1.0.0", "1.0.0-rc.1", "1.0.0-beta.12"] {
            assert_eq!(Evr::sorting_warning(&version(good)), None, "{good}");
        }
    }

    #[test]
    fn forms_that_rpm_sorts_otherwise_give_a_warning() {
        for bad in ["1.0.0-rc10", "1.0.0-alpha.beta"] {
            assert!(Evr::sorting_warning(&version(bad)).is_some(), "{bad}");
        }
    }
}
