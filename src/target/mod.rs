//! The facts about distributions: which systemd, rpm and glibc a target has, and what follows.
//!
//! In come the data files under `profiles/`, one a target, each fact with its source, those under
//! `systemd/data/` on what each systemd knows, those under `base/` on what every target has,
//! `rpmlib.toml` on the features of each rpm and `libraries.toml` on libraries beside glibc; out goes
//! a [`Profile`]. Code elsewhere asks a profile what its programs can do and never compares the
//! name of a target. This module knows nothing of projects and packages.

pub mod base_system;
mod capability;
mod compression;
mod fact;
mod heir;
mod libraries;
mod profile;
mod registry;
mod rpmlib;
pub mod systemd;

pub use capability::CAPABILITIES;
pub use compression::Compression;
pub use fact::Fact;
pub use heir::Heir;
pub use libraries::{LibraryStanding, is_above, library_source};
pub use profile::{
    GlibcVersion, InstallStyle, Profile, RpmlibFeature, ScriptletStyle, SignatureAlgorithm,
};
pub use registry::{Error, Refused, TargetName, Targets, find, known, names, refused};
pub use rpmlib::feature_since;
