//! A first configuration, for who has none of ours yet: tables or a unit file fitted to the project,
//! or what the tables of another tool said; and a pipeline that packages it.
//!
//! In come a package as cargo sees it, its manifest and the files beside it; out goes a [`Draft`]: the
//! texts of the files to write, each with what is there now, and remarks on what could not be said
//! in our words. Of a manifest that is there every byte outside our own tables is kept. The texts are
//! templates below `templates/init` and `templates/ci`. This module writes no file and asks nobody.

mod carry;
mod ci;
mod draft;
mod error;
mod finds;
mod fresh;
mod manifest;
mod names;
mod render;
mod service;

pub use carry::Tool;
pub use ci::{Forge, PipelineAsked, pipeline};
pub use draft::{Draft, DraftFile};
pub use error::Error;

use crate::project::{Package, Workspace};
use crate::target::TargetName;
use manifest::Manifest;

/// What a package is to be started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Tables in its manifest.
    Tables,
    /// A unit file below `.ambot/services`, and what it needs besides in the manifest.
    UnitFile,
    /// Tables that say what another tool's tables say.
    From(Tool),
}

/// A package that is to be started.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The workspace.
    pub workspace: &'a Workspace,
    /// The package.
    pub package: &'a Package,
    /// What it is to be packaged for.
    pub targets: &'a [TargetName],
    /// What is wanted.
    pub start: Start,
    /// Whether what is there of ours is replaced.
    pub force: bool,
}

/// What would be written for a package.
///
/// # Errors
/// When something of ours is there already, the manifest cannot take a table, or there is nothing to
/// carry over.
pub fn draft(asked: &Asked<'_>) -> Result<Draft, Error> {
    let manifest = Manifest::read(asked)?;
    match asked.start {
        Start::Tables => fresh::tables(asked, &manifest),
        Start::UnitFile => fresh::unit_file(asked, &manifest),
        Start::From(tool) => carry::carried(asked, &manifest, tool),
    }
}
