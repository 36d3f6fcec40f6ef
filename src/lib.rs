//! `cargo ambot` takes a Rust service to a fleet of CentOS 7, CentOS 8 and their successors.
//!
//! # The way of a package
//!
//! ```text
//! Cargo.toml + .ambot/  →  project   what the user asked for, with spans into their files
//!                       →  contents  declared files: known without a build
//!                       →  unit      generated or hand-written units, as lossless documents
//! target (profile)      →  adapt     each unit as this target needs it
//!                       →  lint      findings on units and contents for the target
//!                       →  build     cargo against the target's glibc; the ELF files read
//!                       →  package   the plan: everything the RPM will hold
//!                       →  archive   the plan as a tarball with an install script
//!                       →  source    a spec file, and the plan of a source package
//!                       →  init      a first configuration, for who has none of ours yet
//!                       →  rpm       the format only: write, and read within bounds
//!                       →  inspect   our reader + profile: the verdict
//!                       →  attest    what an artifact was made from, for those who have to trust it
//!                       →  repo      packages side by side: names that are taken, yum repositories
//! ```
//!
//! The rooms are called in this order by [`pipeline`] alone, and a room imports only from those
//! above it; `tests/architecture.rs` reads the `use crate::` lines and holds us to it. Three rooms
//! stand beside the way and may be used by all: [`target`], the facts about distributions,
//! [`report`], what is said to people, and [`disk`], files that are there whole or not at all. No
//! room prints or exits; [`cli`] does.

pub mod disk;
pub mod report;
pub mod target;

pub mod project;

pub mod contents;

pub mod unit;

pub mod adapt;

pub mod lint;

pub mod build;

pub mod package;

pub mod archive;

pub mod source;

pub mod init;

pub mod rpm;

pub mod inspect;

pub mod attest;

pub mod repo;

pub mod pipeline;

pub mod cli;
