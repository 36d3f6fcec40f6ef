//! What others build a package from: a spec file, and a source package around it.
//!
//! In come the plans of a package whose binaries are not built yet, and the files that cargo would
//! publish; out go the text of a spec file ([`spec()`]), the files that it wants beside it
//! ([`Recipe`]), and the plan of the source package ([`source_plan`]). The spec takes units, presets and
//! declared files as they are planned, and leaves to the distribution what is its own: the systemd
//! macros, the dependencies that rpmbuild finds, the compiler.
//!
//! There is one spec for each target and none with `%if 0%{?rhel}` in it. Units are adapted to a
//! target, so every branch would have sources, scriptlets and a file list of its own; and a unit that
//! is adapted to an older systemd means the same to a newer one, so that the spec of the oldest target
//! builds on the later ones too.
//!
//! This module runs nothing and writes no file.

mod cargo_config;
mod error;
mod files;
mod macros;
mod place;
mod recipe;
mod scripts;
mod source_rpm;
mod spec;
mod tree;

pub use error::Error;
pub use recipe::{Cargo, Recipe, SourceFile};
pub use source_rpm::source_plan;
pub use spec::spec;
pub use tree::{Tree, VENDOR_DIR};
