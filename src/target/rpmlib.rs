//! The `rpmlib()` features of each rpm: one table, from which a profile's list is made.

use super::fact::Fact;
use super::profile::{Profile, RpmlibFeature};
use serde::Deserialize;
use std::sync::LazyLock;

/// A feature of rpm.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Feature {
    name: String,
    version: String,
    since: String,
    /// The compressor that rpm must be built with.
    payload: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    feature: Vec<Feature>,
}

static FEATURES: LazyLock<Vec<Feature>> =
    LazyLock::new(
        || match toml::from_str::<File>(include_str!("rpmlib.toml")) {
            Ok(file) => file.feature,
            Err(error) => unreachable!("rpmlib.toml is tested to parse: {error}"),
        },
    );

/// The features of an rpm of this version that reads these payloads.
pub(super) fn of_rpm(rpm: &str, payloads: &[String]) -> Vec<RpmlibFeature> {
    FEATURES
        .iter()
        .filter(|feature| rpm_version::rpm_evr_compare(rpm, &feature.since).is_ge())
        .filter(|feature| {
            let of_payload = feature.payload.as_ref();
            of_payload.is_none_or(|payload| payloads.contains(payload))
        })
        .map(|feature| RpmlibFeature {
            name: feature.name.clone(),
            version: feature.version.clone(),
        })
        .collect()
}

impl Profile {
    /// The features that follow from the version of its rpm and the payloads that it reads.
    pub(super) fn features(&self) -> Fact<Vec<RpmlibFeature>> {
        Fact {
            value: of_rpm(&self.rpm.value, &self.payloads.value),
            source: format!("rpmlib.toml for rpm {}", self.rpm.value),
            verified: self.rpm.verified && self.payloads.verified,
        }
    }
}

/// The first rpm that has a feature of this name, whatever it was built with.
pub fn feature_since(name: &str) -> Option<&'static str> {
    let feature = FEATURES.iter().find(|feature| feature.name == name)?;
    Some(&feature.since)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(rpm: &str, payloads: &[&str]) -> Vec<String> {
        let payloads: Vec<String> = payloads.iter().map(|&word| word.to_owned()).collect();
        let features = of_rpm(rpm, &payloads);
        features.into_iter().map(|feature| feature.name).collect()
    }

    #[test]
    fn features_come_with_their_rpm_and_with_what_it_was_built_with() {
        let all = ["gzip", "bzip2", "xz", "lzma", "zstd"];
        let old = names("4.11.3", &all[..4]);
        assert_eq!(old.len(), 16);
        for missing in [
            "LargeFiles",
            "RichDependencies",
            "PayloadIsZstd",
            "CaretInVersions",
        ] {
            assert!(!old.iter().any(|name| name == missing), "{missing}");
        }
        assert_eq!(names("4.14.3", &all).len(), 20);
        assert_eq!(names("4.16.1.3", &all).len(), 21);
        let without = names("4.16.1.3", &all[..4]);
        assert!(!without.iter().any(|name| name == "PayloadIsZstd"));
        assert_eq!(feature_since("RichDependencies"), Some("4.13.0"));
        assert_eq!(feature_since("Unheard"), None);
    }
}
