//! Systemd units: their names, their files as lossless documents, generated ones, and the
//! question of who needs an `[Install]` section.
//!
//! In come the bytes of hand-written unit files, or tables of directives from the configuration;
//! out go [`UnitFile`]s and, for all units of a package together, a [`Decision`] each. A document
//! is read the way the systemd of a target reads it ([`Dialect`]), because the readings differ.
//! What stands in the values is read in [`value`]. This room knows neither where files lie nor
//! what a target lacks: it rewrites nothing but `[Install]`, and only when told.

mod binaries;
mod collect;
mod decide;
mod defaults;
mod dialect;
mod document;
mod edit;
mod error;
mod generate;
mod inject;
mod name;
mod order;
mod pull;
mod read;
mod respell;
mod unit_file;
pub mod value;
mod word;

pub use collect::{ServiceUnit, collect};
pub use decide::{
    DbusService, Decision, Exemption, InstallOptions, Reason, decide_install, has_default_instance,
};
pub use defaults::{ServiceDefaults, default_service};
pub use dialect::Dialect;
pub use document::{Directive, Document, Header, Problem, ProblemKind};
pub use edit::{Edit, Entry, EntryId};
pub use error::{Error, ValueProblem};
pub use generate::{Table, generate, overlay};
pub use name::{BootTarget, NameProblem, UnitKind, UnitName};
pub use order::start_ranks;
pub use pull::{Pull, PullKind, means, resolve, trigger};
pub use respell::{Respelling, RespellingKind};
pub use unit_file::{Placed, Tables, UnitFile};
pub(crate) use word::boolean;
pub(crate) use word::words;
