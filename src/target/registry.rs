//! The known targets, by name and alias.

use super::heir::resolve;
use super::profile::Profile;
use crate::report::{Diagnose, Diagnostic, Failure, nearest};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{LazyLock, Mutex, PoisonError};
use thiserror::Error;

/// The data files, in the order in which they are listed.
const PROFILES: [(&str, &str); 10] = [
    ("centos7", include_str!("profiles/centos7.toml")),
    ("centos8", include_str!("profiles/centos8.toml")),
    ("el8", include_str!("profiles/el8.toml")),
    ("el9", include_str!("profiles/el9.toml")),
    ("el10", include_str!("profiles/el10.toml")),
    ("amzn2", include_str!("profiles/amzn2.toml")),
    ("amzn2023", include_str!("profiles/amzn2023.toml")),
    ("openeuler2203", include_str!("profiles/openeuler2203.toml")),
    ("openeuler2403", include_str!("profiles/openeuler2403.toml")),
    ("fedora", include_str!("profiles/fedora.toml")),
];

const REFUSED: &str = include_str!("profiles/refused.toml");

static KNOWN: LazyLock<Vec<Profile>> = LazyLock::new(|| match profiles() {
    Ok(profiles) => profiles,
    Err(error) => unreachable!("the profiles are tested to parse: {error}"),
});

/// The profiles of users' own targets. A profile lives as long as the program, so that it can be
/// handed out as freely as one of ours; a run has a handful, and an equal one is not kept twice.
static OWN: Mutex<Vec<&'static Profile>> = Mutex::new(Vec::new());

static REFUSED_TARGETS: LazyLock<Vec<Refused>> =
    LazyLock::new(|| match toml::from_str::<RefusedFile>(REFUSED) {
        Ok(file) => file.refused,
        Err(error) => unreachable!("refused.toml is tested to parse: {error}"),
    });

fn profiles() -> Result<Vec<Profile>, toml::de::Error> {
    let mut files = Vec::new();
    for (name, text) in PROFILES {
        files.push((name, toml::from_str(text)?));
    }
    let tables = files.iter().filter_map(|(name, _)| resolve(name, &files));
    tables.map(with_features).collect()
}

/// A profile with the features that follow from its rpm.
fn with_features(mut table: toml::Table) -> Result<Profile, toml::de::Error> {
    let placeholder: toml::Table = toml::from_str("value = []\nsource = \"\"\nverified = true")?;
    table.insert("rpmlib".to_owned(), placeholder.into());
    let mut profile: Profile = table.try_into()?;
    profile.rpmlib = profile.features();
    Ok(profile)
}

/// A target that is known by name and not supported, with the reason.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    /// Its name.
    pub name: String,
    /// Other names that mean it.
    pub aliases: Vec<String>,
    /// Why it cannot be packaged for.
    pub reason: String,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedFile {
    refused: Vec<Refused>,
}

/// A known target, ours or a user's own; it is shown and compared by its canonical name.
#[derive(Clone, Copy, Debug)]
pub struct TargetName(&'static Profile);

impl TargetName {
    /// The name.
    pub fn as_str(&self) -> &'static str {
        &self.0.name
    }

    /// The facts about it.
    pub fn profile(&self) -> &'static Profile {
        self.0
    }
}

impl PartialEq for TargetName {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for TargetName {}

impl PartialOrd for TargetName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for TargetName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for TargetName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for TargetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The targets that a run may name: all of ours, and those of the user's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    own: Vec<&'static Profile>,
}

impl Targets {
    /// Adds a target of the user's own. That its names are free is the caller's to see to.
    pub fn add(&mut self, profile: Profile) {
        let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = own.iter().find(|kept| ***kept == profile).copied();
        self.own.push(kept.unwrap_or_else(|| {
            let kept: &'static Profile = Box::leak(Box::new(profile));
            own.push(kept);
            kept
        }));
    }

    /// All of them, the user's own last.
    pub fn iter(&self) -> impl Iterator<Item = &'static Profile> {
        known().iter().chain(self.own.iter().copied())
    }

    /// The target of a name or alias; letter case counts for nothing.
    ///
    /// # Errors
    /// When no target has this name; a Rust triple and a target that we refuse have a message of
    /// their own.
    pub fn find(&self, word: &str) -> Result<TargetName, Error> {
        let lower = word.to_ascii_lowercase();
        let is = |name: &str, aliases: &[String]| name == lower || aliases.contains(&lower);
        if let Some(profile) = self.iter().find(|p| is(&p.name, &p.aliases)) {
            return Ok(TargetName(profile));
        }
        let names = || self.iter().map(|p| p.name.clone()).collect();
        if let Some(target) = refused().iter().find(|r| is(&r.name, &r.aliases)) {
            return Err(Error::Refused {
                word: word.to_owned(),
                reason: target.reason.clone(),
                names: names(),
            });
        }
        if is_triple(&lower) {
            return Err(Error::Triple {
                triple: word.to_owned(),
            });
        }
        let all = self
            .iter()
            .flat_map(|p| std::iter::once(&p.name).chain(&p.aliases));
        Err(Error::Unknown {
            near: nearest(word, all.map(String::as_str)).map(str::to_owned),
            word: word.to_owned(),
            names: names(),
        })
    }
}

/// All targets of ours, in the order in which they are listed.
pub fn known() -> &'static [Profile] {
    &KNOWN
}

/// The names of all targets of ours.
pub fn names() -> impl Iterator<Item = TargetName> {
    known().iter().map(TargetName)
}

/// The targets that are known by name and not supported.
pub fn refused() -> &'static [Refused] {
    &REFUSED_TARGETS
}

/// The target of ours with a name or alias: see [`Targets::find`].
///
/// # Errors
/// As there.
pub fn find(word: &str) -> Result<TargetName, Error> {
    Targets::default().find(word)
}

/// Three or four words joined by hyphens, the first an architecture that Rust knows.
fn is_triple(word: &str) -> bool {
    const ARCHITECTURES: [&str; 12] = [
        "x86_64",
        "aarch64",
        "i586",
        "i686",
        "arm",
        "armv7",
        "powerpc",
        "powerpc64",
        "powerpc64le",
        "s390x",
        "riscv64gc",
        "wasm32",
    ];
    let parts: Vec<&str> = word.split('-').collect();
    (3..=4).contains(&parts.len()) && ARCHITECTURES.contains(&parts[0])
}

/// A word that names no target.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// No such target.
    #[error("unknown target `{word}`")]
    Unknown {
        /// What was given.
        word: String,
        /// The name or alias that is nearest to it, if one is near.
        near: Option<String>,
        /// The names that there are.
        names: Vec<String>,
    },
    /// A Rust triple where a distribution is meant.
    #[error("`{triple}` is a Rust target triple, and a target is a distribution here")]
    Triple {
        /// What was given.
        triple: String,
    },
    /// A target that is known and not supported.
    #[error("target `{word}` is not supported")]
    Refused {
        /// What was given.
        word: String,
        /// Why.
        reason: String,
        /// The names that there are.
        names: Vec<String>,
    },
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            Error::Unknown { near, names, .. } => diagnostic
                .with_help_if(near.as_ref().map(|near| format!("did you mean `{near}`?")))
                .with_help(format!(
                    "known targets: {} (`cargo ambot targets` lists their other names)",
                    names.join(", ")
                )),
            Error::Triple { triple } => diagnostic.with_help(format!(
                "the distribution goes to `--target`, the triple to `--triple`:\n--target centos7 --triple {triple}"
            )),
            Error::Refused { reason, names, .. } => diagnostic
                .with_note(reason)
                .with_help(format!("supported targets: {}", names.join(", "))),
        }
    }

    fn failure(&self) -> Failure {
        Failure::Usage
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_parses_under_its_own_name_and_no_name_is_taken_twice() {
        let mut names = Vec::new();
        for ((file, _), profile) in PROFILES.iter().zip(known()) {
            assert_eq!(*file, profile.name);
            names.push(profile.name.clone());
            names.extend(profile.aliases.clone());
        }
        for target in refused() {
            names.push(target.name.clone());
            names.extend(target.aliases.clone());
        }
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(all, names.len());
    }

    #[test]
    fn aliases_lead_to_the_canonical_name() {
        for (word, name) in [
            ("el7", "centos7"),
            ("RHEL7", "centos7"),
            ("rocky8", "el8"),
            ("centos8", "centos8"),
            ("stream9", "el9"),
            ("AlmaLinux10", "el10"),
            ("al2023", "amzn2023"),
            ("oe2203", "openeuler2203"),
        ] {
            assert_eq!(find(word).unwrap().as_str(), name);
        }
    }

    #[test]
    fn a_triple_is_told_from_a_typo() {
        assert!(matches!(
            find("x86_64-unknown-linux-gnu"),
            Err(Error::Triple { .. })
        ));
        assert!(matches!(find("centos-7-x"), Err(Error::Unknown { .. })));
        assert!(matches!(find("el6"), Err(Error::Refused { .. })));
    }

    #[test]
    fn profiles_agree_with_themselves() {
        for profile in known() {
            assert_eq!(
                profile.reads_payload("zstd"),
                profile.has_rpmlib("PayloadIsZstd"),
                "{}",
                profile.name
            );
            assert_eq!(
                profile.rich_dependencies.value,
                profile.has_rpmlib("RichDependencies"),
                "{}",
                profile.name
            );
            assert!(profile.reads_payload("gzip"), "{}", profile.name);
        }
    }
}
