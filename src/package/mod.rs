//! The plan: everything that an RPM will hold, decided before a byte of it is written.
//!
//! In come the contents, the adapted units and the facts read from the built ELF files, for each RPM
//! of a package a [`Part`]; out goes a [`PlanSet`] of [`Plan`]s, which cannot be changed any more and
//! are complete: names valid, paths absolute, unique and sorted, every scriptlet rendered. This module opens no file of the payload and knows
//! nothing of how an RPM is encoded.

mod accounts;
mod assemble;
mod changelog;
mod compression;
mod debuginfo;
mod declared;
mod dependency;
mod error;
mod identity;
mod nevra;
mod plan;
mod redacted;
mod rich;
mod scriptlets;
mod scripts;
mod set;
mod template;
mod tmpfiles;

pub use crate::contents::{Capabilities, FileFlags, FileKind, InstallPath, Source};
pub use crate::project::{Phase, Relation, TriggerEvent, TriggerFamily};
pub use crate::target::Compression;
pub use accounts::path as sysusers_path;
pub use assemble::{
    BIN_DIR, Binary, Caretaker, Found, PackagedUnit, Part, ScriptletNeeds, assemble_all,
    check_scripts,
};
pub use changelog::{Change, changes};
pub use compression::compression;
pub use debuginfo::{debug_contents, debug_provides};
pub use declared::{Declared, declared};
pub use dependency::{Comparison, Constraint, Dependencies, Dependency};
pub use error::{Error, InTwoRpms};
pub use identity::{NOARCH, Texts, nevra, rpm_name, subpackage_name, subpackage_texts, texts};
pub use nevra::{Evr, Nevra, PackageName};
pub use plan::{
    Draft, PackageKind, Plan, PlannedFile, SHELL, Scriptlet, Scriptlets, Trigger, TriggerCondition,
};
pub use redacted::Redacted;
pub use scriptlets::{ManagedUnit, preset_file_name};
pub use set::PlanSet;
pub(crate) use template::render;
