//! The known targets, by name and alias.

use super::profile::Profile;
use crate::report::{Diagnose, Diagnostic, Failure, nearest};
use std::fmt;
use std::sync::LazyLock;
use thiserror::Error;

/// The data files, in the order in which they are listed.
const PROFILES: [(&str, &str); 3] = [
    ("centos7", include_str!("profiles/centos7.toml")),
    ("centos8", include_str!("profiles/centos8.toml")),
    ("el8", include_str!("profiles/el8.toml")),
];

const REFUSED: &str = include_str!("profiles/refused.toml");

static KNOWN: LazyLock<Vec<Profile>> = LazyLock::new(|| {
    PROFILES
        .iter()
        .map(|(name, text)| parse(name, text))
        .collect()
});

static REFUSED_TARGETS: LazyLock<Vec<Refused>> =
    LazyLock::new(|| match toml::from_str::<RefusedFile>(REFUSED) {
        Ok(file) => file.refused,
        Err(error) => unreachable!("refused.toml is tested to parse: {error}"),
    });

fn parse(name: &str, text: &str) -> Profile {
    match toml::from_str(text) {
        Ok(profile) => profile,
        Err(error) => unreachable!("{name}.toml is tested to parse: {error}"),
    }
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

/// The canonical name of a known target.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetName(String);

impl TargetName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The facts about it.
    pub fn profile(&self) -> &'static Profile {
        match known().iter().find(|profile| profile.name == self.0) {
            Some(profile) => profile,
            None => unreachable!("a TargetName is made from a profile"),
        }
    }
}

impl fmt::Display for TargetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// All known targets.
pub fn known() -> &'static [Profile] {
    &KNOWN
}

/// The targets that are known by name and not supported.
pub fn refused() -> &'static [Refused] {
    &REFUSED_TARGETS
}

/// The target of a name or alias; letter case counts for nothing.
///
/// # Errors
/// When no target has this name; a Rust triple and a target that we refuse have a message of
/// their own.
pub fn find(word: &str) -> Result<TargetName, Error> {
    let lower = word.to_ascii_lowercase();
    let is = |name: &str, aliases: &[String]| name == lower || aliases.contains(&lower);
    if let Some(profile) = known().iter().find(|p| is(&p.name, &p.aliases)) {
        return Ok(TargetName(profile.name.clone()));
    }
    if let Some(target) = refused().iter().find(|r| is(&r.name, &r.aliases)) {
        return Err(Error::Refused {
            word: word.to_owned(),
            reason: target.reason.clone(),
        });
    }
    if is_triple(&lower) {
        return Err(Error::Triple {
            triple: word.to_owned(),
        });
    }
    Err(Error::Unknown {
        word: word.to_owned(),
    })
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
    },
}

impl Diagnose for Error {
    fn diagnostic(&self) -> Diagnostic {
        let names = || known().iter().map(|p| p.name.as_str());
        let diagnostic = Diagnostic::error(self.to_string());
        match self {
            Error::Unknown { word } => {
                let all = known()
                    .iter()
                    .flat_map(|p| std::iter::once(p.name.as_str()).chain(p.aliases.iter().map(String::as_str)));
                diagnostic
                    .with_help_if(nearest(word, all).map(|near| format!("did you mean `{near}`?")))
                    .with_help(format!(
                        "known targets: {} (`cargo ambot targets` lists their other names)",
                        names().collect::<Vec<_>>().join(", ")
                    ))
            }
            Error::Triple { triple } => diagnostic.with_help(format!(
                "the distribution goes to `--target`, the triple to `--triple`:\n--target centos7 --triple {triple}"
            )),
            Error::Refused { reason, .. } => diagnostic.with_note(reason).with_help(format!(
                "supported targets: {}",
                names().collect::<Vec<_>>().join(", ")
            )),
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
