//! All that a spec file is made of.

use super::place::{Places, places};
use super::{Error, Tree};
use crate::contents::Source;
use crate::package::{Comparison, Dependency, Plan, PlanSet};
use crate::target::{Profile, ScriptletStyle};

/// A file beside the spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub source: Source,
}

/// How cargo builds the package elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Cargo {
    /// The members of the workspace that have the binaries.
    pub packages: Vec<String>,
    /// The binaries.
    pub bins: Vec<String>,
    /// The profile.
    pub profile: String,
    /// The folder that cargo names after the profile.
    pub profile_folder: String,
    /// Features to activate.
    pub features: Vec<String>,
    /// Whether all are.
    pub all_features: bool,
    /// Whether `default` is not.
    pub no_default_features: bool,
    /// The oldest compiler that does.
    pub rust_version: Option<String>,
}

/// All that a spec file is made of.
#[derive(Debug)]
pub struct Recipe<'a> {
    /// The RPMs, the main one first.
    pub plans: &'a PlanSet,
    /// The release without the dist tag.
    pub release: &'a str,
    /// How cargo builds.
    pub cargo: Cargo,
    /// What else must be there to build it.
    declared: &'a [Dependency],
    pub(super) has_dependencies: bool,
    pub(super) places: Places,
    beside: Vec<SourceFile>,
}

impl<'a> Recipe<'a> {
    /// Puts it together.
    pub fn new(
        plans: &'a PlanSet,
        release: &'a str,
        cargo: Cargo,
        declared: &'a [Dependency],
        tree: &Tree,
    ) -> Self {
        let (places, beside) = places(plans, &cargo.bins, tree);
        Recipe {
            plans,
            release,
            declared,
            has_dependencies: tree.has_dependencies,
            cargo,
            places,
            beside,
        }
    }

    /// Whether the target's distribution can build it: those with systemd 219 have no Rust for
    /// sources that others have.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check_target(profile: &Profile) -> Result<(), Error> {
        match profile.scriptlets.value {
            ScriptletStyle::El7 => Err(Error::TooOld {
                title: profile.title.clone(),
            }),
            ScriptletStyle::El8 | ScriptletStyle::UpdateHelper => Ok(()),
        }
    }

    pub(super) fn main(&self) -> &Plan {
        // The main RPM is always there.
        &self.plans[0]
    }

    /// The name of the folder that is built in.
    pub fn top(&self) -> String {
        let nevra = &self.main().nevra;
        format!("{}-{}", nevra.name, nevra.evr.version)
    }

    /// The file name of the spec.
    pub fn spec_name(&self) -> String {
        format!("{}.spec", self.main().nevra.name)
    }

    /// The file name of the archive of the files that are built.
    pub fn tree_name(&self) -> String {
        format!("{}.tar.gz", self.top())
    }

    /// The file name of the archive of dependencies, where there are any.
    pub fn vendor_name(&self) -> Option<String> {
        self.has_dependencies
            .then(|| format!("{}-vendor.tar.gz", self.top()))
    }

    /// The files beside the spec but for the archives.
    pub fn beside(&self) -> &[SourceFile] {
        &self.beside
    }

    /// The names of all sources, in the order of their numbers.
    pub fn sources(&self) -> Vec<String> {
        let archives = [Some(self.tree_name()), self.vendor_name()];
        let beside = self.beside.iter().map(|file| file.name.clone());
        archives.into_iter().flatten().chain(beside).collect()
    }

    /// What has the macros of systemd. They came with systemd itself until they got a package of their
    /// own, upstream's systemd 240 in Fedora 30.
    pub(super) fn macro_package(&self) -> &'static str {
        match self.main().target.profile().systemd.value {
            ..240 => "systemd",
            _ => "systemd-rpm-macros",
        }
    }

    /// What must be there to build it.
    pub(super) fn build_requires(&self) -> Vec<Dependency> {
        let rust = |name: &str| match &self.cargo.rust_version {
            Some(version) => {
                Dependency::versioned(name, Comparison::GreaterOrEqual, version, "cargo builds it")
            }
            None => Dependency::any(name, "cargo builds it"),
        };
        let mut all = vec![
            rust("cargo"),
            rust("rust"),
            Dependency::any("gcc", "it links"),
            Dependency::any(self.macro_package(), "its macros are in the spec file"),
        ];
        all.extend(self.declared.iter().cloned());
        all
    }
}
