//! The way of a package, from end to end: each room is called here, in order, and nowhere else.
//!
//! In comes what the command line asked for; out go typed stages. [`check`] stops at the
//! [`Checked`] units and contents, which is all that `generate` needs; [`package`] goes on through
//! the build and the plan to the RPM, which gets its final name only when it was read back and
//! judged. This module decides the order and where files go; what a room does is its own matter.

mod accounts;
mod adapting;
mod ahead;
mod attest;
mod before_build;
mod bins;
mod built;
mod causes;
mod check;
mod claims;
mod debuginfo;
mod diff;
mod elsewhere;
mod error;
mod findings;
mod format;
mod given;
mod grouping;
mod init;
mod inspect;
mod names;
mod output;
mod package;
mod parts;
mod plans;
mod press;
mod record;
mod repository;
mod signing;
mod sources;
mod starting;
mod tarball;
mod targets;
mod unpublished;

pub use attest::AttestRequest;
pub use bins::Bin;
pub use check::{Checked, CheckedPackage, CheckedTarget, CheckedUnit, check, check_read};
pub use claims::check_names;
pub use diff::diff;
pub use error::Error;
pub use findings::{CheckedFindings, FilesRequest, NotChecked, check_files, check_project};
pub use format::Format;
pub use init::{Init, InitRequest, init};
pub use inspect::{InspectRequest, Inspection, inspect, public_keys};
pub use names::{Names, NamesRequest, Owner, WhenNames, owners};
pub use package::{Artifact, Outcome, PackageRequest, PackageSignature, PlannedRpm, package};
pub use parts::CheckedPart;
pub use repository::{
    RepositoryChange, RepositoryOutcome, RepositoryRequest, SignRepository, change_repository,
    list_repository,
};
pub use signing::{KeySource, PassphraseSource, SignRequest, sign};
pub use targets::known_targets;

use crate::project::{CargoOptions, Override, Selection};

/// What every command that reads a project needs.
#[derive(Clone, Debug)]
pub struct Request {
    /// How cargo is asked.
    pub cargo: CargoOptions,
    /// Which packages.
    pub selection: Selection,
    /// Settings from the command line and the environment.
    pub overrides: Vec<Override>,
    /// The targets of the command line, as they were written; none means those of the settings.
    pub targets: Vec<String>,
    /// `--bin`: the binaries that are packaged; none means those of the settings, else all.
    pub bins: Vec<String>,
    /// How the repositories of the settings are looked into.
    pub names: NamesRequest,
}
