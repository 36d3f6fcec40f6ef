//! The libraries beside glibc that targets have in their own repositories.

use super::profile::Profile;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A library, by the name that programs ask for it with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Library {
    name: String,
    package: String,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    everywhere: bool,
    /// By column, the highest version of each of its interfaces.
    #[serde(default)]
    on: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    library: Vec<Library>,
}

static LIBRARIES: LazyLock<Vec<Library>> =
    LazyLock::new(
        || match toml::from_str::<File>(include_str!("libraries.toml")) {
            Ok(file) => file.library,
            Err(error) => unreachable!("libraries.toml is tested to parse: {error}"),
        },
    );

/// What a target has of a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LibraryStanding {
    /// It is there, in this package; of each of its interfaces this is the highest version, where
    /// any is known.
    There {
        /// The package.
        package: &'static str,
        /// `GLIBCXX_3.4.19`, `CXXABI_1.3.7` …
        highest: &'static [String],
    },
    /// It is not there: this one is, of the same library.
    Other(&'static str),
    /// It is known, and not among the target's own.
    Elsewhere,
    /// It is none that is known here.
    Unknown,
}

impl Profile {
    /// What the target has of a library beside glibc.
    pub fn library(&self, name: &str) -> LibraryStanding {
        let column = &self.libraries.value;
        let Some(library) = LIBRARIES.iter().find(|library| library.name == name) else {
            return LibraryStanding::Unknown;
        };
        if let Some(highest) = library.there(column) {
            return LibraryStanding::There {
                package: &library.package,
                highest,
            };
        }
        let stem = stem(name);
        let other = LIBRARIES
            .iter()
            .find(|other| self::stem(&other.name) == stem && other.there(column).is_some());
        match other {
            Some(other) => LibraryStanding::Other(&other.name),
            None => LibraryStanding::Elsewhere,
        }
    }
}

/// Where the facts about a library come from, and what is special of it.
pub fn library_source(name: &str) -> Option<&'static str> {
    let library = LIBRARIES.iter().find(|library| library.name == name)?;
    library.source.as_deref()
}

impl Library {
    fn there(&self, column: &str) -> Option<&[String]> {
        match self.on.get(column) {
            Some(highest) => Some(highest),
            None => self.everywhere.then_some(&[]),
        }
    }
}

/// `libssl` of `libssl.so.1.1`.
fn stem(name: &str) -> &str {
    name.split_once(".so").map_or(name, |(stem, _)| stem)
}

/// Whether one version of an interface is above another of the same: `GLIBCXX_3.4.20` is above
/// `GLIBCXX_3.4.19`, and `CXXABI_1.3.9` says nothing of either.
pub fn is_above(version: &str, highest: &str) -> bool {
    let parts = |version: &str| {
        let (interface, number) = version.split_once('_')?;
        let number = number.split(['.', '_']).map(|part| part.parse().ok());
        Some((interface.to_owned(), number.collect::<Option<Vec<u32>>>()?))
    };
    match (parts(version), parts(highest)) {
        (Some((of, version)), Some((same, highest))) => of == same && version > highest,
        _ => false,
    }
}

/// The columns that profiles may name, and where a library's entry comes from.
#[cfg(test)]
fn columns() -> std::collections::BTreeSet<&'static str> {
    LIBRARIES
        .iter()
        .flat_map(|library| library.on.keys())
        .map(String::as_str)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::{find, known};

    #[test]
    fn a_library_is_there_or_another_is_in_its_place() {
        let of = |target: &str, library| find(target).unwrap().profile().library(library);
        assert_eq!(
            of("centos7", "libssl.so.3"),
            LibraryStanding::Other("libssl.so.10")
        );
        assert_eq!(
            of("el9", "libssl.so.10"),
            LibraryStanding::Other("libssl.so.1.1")
        );
        assert_eq!(of("centos7", "libzstd.so.1"), LibraryStanding::Elsewhere);
        assert_eq!(of("centos7", "libfoo.so.1"), LibraryStanding::Unknown);
        let LibraryStanding::There { highest, .. } = of("centos8", "libstdc++.so.6") else {
            panic!("it is everywhere");
        };
        assert_eq!(highest, ["GLIBCXX_3.4.25", "CXXABI_1.3.11"]);
    }

    #[test]
    fn versions_order_by_number_within_an_interface() {
        assert!(is_above("GLIBCXX_3.4.20", "GLIBCXX_3.4.19"));
        assert!(is_above("GLIBCXX_3.4.9", "GLIBCXX_3.4"));
        assert!(!is_above("GLIBCXX_3.4.9", "GLIBCXX_3.4.19"));
        assert!(!is_above("CXXABI_1.3.20", "GLIBCXX_3.4.19"));
        assert!(is_above("OPENSSL_1_1_1", "OPENSSL_1.0.2"));
        assert!(!is_above("CXXABI_FLOAT128", "CXXABI_1.3.7"));
    }

    #[test]
    fn every_profile_has_a_column_and_every_library_a_place() {
        for profile in known() {
            assert!(
                columns().contains(profile.libraries.value.as_str()),
                "{}",
                profile.name
            );
        }
        for library in LIBRARIES.iter() {
            assert!(library.everywhere != library.on.contains_key("el7") || !library.everywhere);
            assert!(
                library.everywhere || !library.on.is_empty(),
                "{}",
                library.name
            );
            assert!(
                library
                    .source
                    .as_ref()
                    .is_none_or(|source| !source.is_empty())
            );
        }
    }
}
