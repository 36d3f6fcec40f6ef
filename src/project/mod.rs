//! What the user asked for: the package as cargo sees it, and our tables with spans.
//!
//! In come the command line's choice of packages, `cargo metadata --no-deps`, the manifests it
//! names and `.ambot/services/`; out go [`Project`]s: facts from cargo, [`Settings`] merged by
//! precedence, hand-written unit files as they lie on disk. Everything that was written keeps the
//! span of where. This module interprets no unit and knows the facts
//! of no target; those that a user changes for a target of his own it only hands on.

mod changelog;
mod commit;
mod error;
pub mod input;
mod layers;
mod manifest;
mod metadata;
mod overrides;
mod placeholders;
mod profiles;
mod reader;
mod required;
mod schema;
mod scripts;
mod secrets;
mod select;
mod services;
mod settings;
mod source_date;
pub mod tree;
mod untracked;

pub use changelog::{ChangeItem, Changelog, Date, Release, changelog};
pub use commit::{Commit, commit};
pub use error::Error;
pub use metadata::{CargoOptions, Package, Workspace, is_in_project};
pub use overrides::Override;
pub use placeholders::Placeholders;
pub use schema::{settings_page, settings_schema};
pub use scripts::{Scripts, UserScriptlet, UserTrigger};
pub use secrets::{SECRET_VARIABLES, metadata_command, shown_program, without_secrets};
pub use select::{Selection, packages};
pub use services::UnitFile;
pub use settings::{
    Attributes, Automatic, BinName, BinaryCaps, ChangelogSource, Config, DeclaredContents,
    DeclaredDependency, Directive, DirectoryEntry, GhostEntry, GivenRelease, GroupAccount,
    LinkEntry, LintLevel, Order, Payload, Phase, Policy, Relation, RemovePolicy, Script,
    ScriptletTable, Section, ServiceTable, Services, Settings, SignTable, SourceEntry, Strip,
    Subpackage, TriggerEvent, TriggerFamily, TriggerTable, UpgradePolicy, UserAccount,
    is_account_name,
};
pub use source_date::{source_date, source_date_epoch};
pub use untracked::untracked;

use crate::report::{Diagnostic, Span};
use crate::target::Targets;
use layers::Layers;
use std::collections::BTreeSet;

/// One package to be made into an RPM.
#[derive(Clone, Debug)]
pub struct Project {
    /// What cargo knows of it.
    pub package: Package,
    /// The unit files in `.ambot/services`, by name.
    pub unit_files: Vec<UnitFile>,
    /// The targets that it may name: ours, and those of the workspace's own.
    pub targets: Targets,
    /// The manifest as a whole, for messages that have no other place.
    pub manifest: Span,
    /// What was found beside them and is not packaged, said to the user.
    pub warnings: Vec<Diagnostic>,
    layers: Layers,
}

impl Project {
    /// The settings for a target, given by its canonical name, merged by precedence.
    ///
    /// # Errors
    /// When a key is unknown or a value is none of its kind.
    pub fn settings(&self, target: Option<&str>) -> Result<Settings, Error> {
        Settings::read(self.layers.merged(target)?)
    }

    /// The texts of the scriptlets and triggers that settings name.
    ///
    /// # Errors
    /// When a file cannot be read, is no text or lies outside the project.
    pub fn scripts(&self, settings: &Settings) -> Result<Scripts, Error> {
        scripts::read(&self.package.directory, settings)
    }

    /// Whether the package says in any way that it wants to be packaged.
    pub fn is_configured(&self) -> bool {
        self.layers.package_has_table() || !self.unit_files.is_empty()
    }

    /// Reads the settings of every target that a table is written for, so that a mistake in one is
    /// found whichever target the run is for.
    fn check_all_tables(&self) -> Result<(), Error> {
        let named: BTreeSet<String> = self.layers.target_names()?;
        for name in named {
            self.settings(Some(&name))?;
        }
        self.settings(None).map(drop)
    }
}

/// What a run works on.
#[derive(Clone, Debug)]
pub struct Projects {
    /// The workspace.
    pub workspace: Workspace,
    /// The packages of the run, in cargo's order.
    pub projects: Vec<Project>,
    /// The packages that were left out, each with the reason.
    pub skipped: Vec<(String, &'static str)>,
}

/// The targets that can be named in the folder that the run starts in: ours, and those of the
/// workspace that it is in, if it is in one.
///
/// # Errors
/// When there is a workspace that cargo cannot read, or its profiles have a mistake.
pub fn targets(options: &CargoOptions) -> Result<Targets, Error> {
    if !metadata::is_in_project(options) {
        return Ok(Targets::default());
    }
    let workspace = metadata::load(options)?;
    let root = manifest::Manifest::read(&workspace.root.join("Cargo.toml"), &workspace.shown_from)?;
    let mut table = root.workspace_table()?;
    required::take(table.as_mut())?;
    profiles::take(table.as_mut())
}

/// The workspace that the run is in, as cargo sees it.
///
/// # Errors
/// When cargo cannot read the manifests.
pub fn workspace(options: &CargoOptions) -> Result<Workspace, Error> {
    metadata::load(options)
}

/// Reads what the run works on.
///
/// # Errors
/// When cargo cannot read the manifests, a package is not there, or our tables have a mistake.
pub fn load(
    options: &CargoOptions,
    selection: &Selection,
    overrides: &[Override],
) -> Result<Projects, Error> {
    read(workspace(options)?, selection, overrides)
}

/// Reads our tables in a workspace that cargo has told of; the manifests are read anew.
///
/// # Errors
/// When a manifest cannot be read, a package is not there, or our tables have a mistake.
pub fn read(
    workspace: Workspace,
    selection: &Selection,
    overrides: &[Override],
) -> Result<Projects, Error> {
    let root = manifest::Manifest::read(&workspace.root.join("Cargo.toml"), &workspace.shown_from)?;
    let mut workspace_table = root.workspace_table()?;
    required::take(workspace_table.as_mut())?;
    let targets = profiles::take(workspace_table.as_mut())?;
    let over = overrides::layers(overrides)?;
    let read = |package: &Package| -> Result<Project, Error> {
        let manifest = manifest::Manifest::read(&package.manifest_path, &workspace.shown_from)?;
        let mut package_table = manifest.package_table()?;
        required::take(package_table.as_mut())?;
        profiles::refuse_in_package(package_table.as_ref())?;
        let scanned = services::scan(&package.directory, &workspace.shown_from)?;
        Ok(Project {
            unit_files: scanned.units,
            manifest: manifest::whole(&package.manifest_path, &workspace.shown_from),
            warnings: scanned.warnings,
            layers: Layers::new(
                workspace_table.clone(),
                package_table,
                over.clone(),
                targets.clone(),
            ),
            targets: targets.clone(),
            package: package.clone(),
        })
    };
    let all = workspace
        .packages
        .iter()
        .map(read)
        .collect::<Result<Vec<_>, _>>()?;
    let chosen = select::choose(&workspace, all, selection)?;
    for project in &chosen.projects {
        project.check_all_tables()?;
    }
    Ok(Projects {
        workspace,
        projects: chosen.projects,
        skipped: chosen.skipped,
    })
}
