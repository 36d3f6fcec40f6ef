//! The plan: everything that an RPM will hold, decided before a byte of it is written.
//!
//! In come the contents, the adapted units and the facts read from the built ELF files; out goes a
//! [`Plan`], which cannot be changed any more and is complete: names valid, paths absolute,
//! unique and sorted, every scriptlet rendered. This module opens no file of the payload and knows
//! nothing of how an RPM is encoded.

mod accounts;
mod assemble;
mod dependency;
mod error;
mod nevra;
mod plan;
mod scriptlets;
mod tmpfiles;

pub use crate::contents::{FileFlags, FileKind, InstallPath, Source};
pub use accounts::path as sysusers_path;
pub use assemble::{
    BIN_DIR, Binary, PackagedUnit, Parts, assemble, check_requires, nevra, rpm_name,
};
pub use dependency::{Comparison, Constraint, Dependencies, Dependency, Phase};
pub use error::Error;
pub use nevra::{Evr, Nevra, PackageName};
pub use plan::{Compression, Draft, Plan, PlannedFile, Scriptlets};
pub use scriptlets::{ManagedUnit, preset_file_name};
