//! What cargo resolves, asked of `cargo metadata --no-deps`.

use super::error::Error;
use super::input;
use super::manifest::Manifest;
use super::secrets::metadata_command;
use crate::report::SourceFile;
use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::TargetKind;
use std::path::PathBuf;

/// The cargo options that bear on reading the project.
#[derive(Clone, Debug)]
pub struct CargoOptions {
    /// The cargo program (`$CARGO`, else `cargo`).
    pub cargo: PathBuf,
    /// The folder that the run starts in.
    pub current_dir: Utf8PathBuf,
    /// `--manifest-path`
    pub manifest_path: Option<Utf8PathBuf>,
    /// `--target-dir`; `cargo metadata` has no such flag, so it goes through `CARGO_TARGET_DIR`.
    pub target_dir: Option<Utf8PathBuf>,
    /// Flags that are handed on as they are: `--locked`, `--offline`, `--frozen`, `--config X`.
    pub flags: Vec<String>,
}

/// The workspace as cargo sees it.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Its root folder.
    pub root: Utf8PathBuf,
    /// Where cargo builds.
    pub target_directory: Utf8PathBuf,
    /// The profiles of its own, of the manifest and of cargo's configuration in it.
    pub profiles: Vec<String>,
    /// Its members.
    pub packages: Vec<Package>,
    /// The manifest that the run was started for.
    pub(super) current_manifest: Utf8PathBuf,
    /// The members that cargo takes when none is named at the root.
    pub(super) default_members: Vec<String>,
    /// The folder that messages show paths from.
    pub(super) shown_from: Utf8PathBuf,
}

/// A package as cargo sees it, inherited fields resolved.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: semver::Version,
    /// Its manifest.
    pub manifest_path: Utf8PathBuf,
    /// Its folder.
    pub directory: Utf8PathBuf,
    /// `authors`
    pub authors: Vec<String>,
    /// `description`
    pub description: Option<String>,
    /// `license`
    pub license: Option<String>,
    /// `license-file`, absolute.
    pub license_file: Option<Utf8PathBuf>,
    /// `readme`, absolute.
    pub readme: Option<Utf8PathBuf>,
    /// `homepage`
    pub homepage: Option<String>,
    /// `documentation`
    pub documentation: Option<String>,
    /// `repository`
    pub repository: Option<String>,
    /// `categories`
    pub categories: Vec<String>,
    /// `default-run`
    pub default_run: Option<String>,
    /// Its features, those that optional dependencies stand for among them.
    pub features: Vec<String>,
    /// The names of its binaries, in cargo's order.
    pub binaries: Vec<String>,
    /// Whether it may be published anywhere.
    pub publish: bool,
    /// `rust-version`
    pub rust_version: Option<semver::Version>,
    /// The first source file of each of its targets.
    pub sources: Vec<Utf8PathBuf>,
}

impl Workspace {
    /// A path as messages show it: relative where it lies below the folder that the run started in.
    pub fn shown(&self, path: &Utf8Path) -> Utf8PathBuf {
        super::manifest::shown(path, &self.shown_from)
    }
}

/// Asks cargo.
pub(super) fn load(options: &CargoOptions) -> Result<Workspace, Error> {
    let mut command = metadata_command(&options.cargo, &options.current_dir);
    command.no_deps().other_options(options.flags.clone());
    if let Some(path) = &options.manifest_path {
        // A path that begins with a hyphen is not an option.
        command.manifest_path(match path.as_str().starts_with('-') {
            true => Utf8Path::new(".").join(path),
            false => path.clone(),
        });
    }
    if let Some(dir) = &options.target_dir {
        command.env("CARGO_TARGET_DIR", options.current_dir.join(dir));
    }
    let metadata = command.exec().map_err(|error| explain(error, options))?;
    let default_members = metadata.workspace_default_packages();
    Ok(Workspace {
        current_manifest: current_manifest(options),
        default_members: default_members.iter().map(|p| p.name.to_string()).collect(),
        packages: metadata
            .workspace_packages()
            .into_iter()
            .map(package)
            .collect(),
        shown_from: options.current_dir.clone(),
        target_directory: metadata.target_directory.clone(),
        profiles: profiles(&metadata.workspace_root),
        root: metadata.workspace_root.clone(),
    })
}

/// `[profile.NAME]` of the manifest and of `.cargo/config.toml`. What is no TOML cargo has refused.
fn profiles(root: &Utf8Path) -> Vec<String> {
    let mut names = Vec::new();
    for file in ["Cargo.toml", ".cargo/config.toml", ".cargo/config"] {
        let text = input::read_text(&root.join(file), input::MAX_TEXT).unwrap_or_default();
        let table: toml::Table = toml::from_str(&text).unwrap_or_default();
        let profiles = table.get("profile").and_then(toml::Value::as_table);
        names.extend(profiles.into_iter().flat_map(toml::Table::keys).cloned());
    }
    names
}

fn package(package: &cargo_metadata::Package) -> Package {
    let directory = package
        .manifest_path
        .parent()
        .unwrap_or(Utf8Path::new("/"))
        .to_owned();
    Package {
        name: package.name.to_string(),
        version: package.version.clone(),
        manifest_path: package.manifest_path.clone(),
        authors: package.authors.clone(),
        description: package.description.clone(),
        license: package.license.clone(),
        license_file: package
            .license_file
            .as_ref()
            .map(|path| directory.join(path)),
        readme: package.readme.as_ref().map(|path| directory.join(path)),
        homepage: package.homepage.clone(),
        documentation: package.documentation.clone(),
        repository: package.repository.clone(),
        categories: package.categories.clone(),
        default_run: package.default_run.clone(),
        features: package.features.keys().cloned().collect(),
        binaries: package
            .targets
            .iter()
            .filter(|target| target.kind.contains(&TargetKind::Bin))
            .map(|target| target.name.clone())
            .collect(),
        publish: package
            .publish
            .as_ref()
            .is_none_or(|registries| !registries.is_empty()),
        rust_version: package.rust_version.clone(),
        sources: package
            .targets
            .iter()
            .map(|target| target.src_path.clone())
            .collect(),
        directory,
    }
}

/// The manifest that the run is for: the one given, else the nearest above the current folder, as
/// cargo finds it.
fn current_manifest(options: &CargoOptions) -> Utf8PathBuf {
    let path = match &options.manifest_path {
        Some(path) => options.current_dir.join(path),
        None => options
            .current_dir
            .ancestors()
            .map(|dir| dir.join("Cargo.toml"))
            .find(|path| path.is_file())
            .unwrap_or_else(|| options.current_dir.join("Cargo.toml")),
    };
    path.canonicalize_utf8().unwrap_or(path)
}

/// Whether there is a manifest to start from.
pub fn is_in_project(options: &CargoOptions) -> bool {
    current_manifest(options).is_file()
}

/// Broken TOML is shown in place by us; for the rest cargo's own words are the best there are.
fn explain(error: cargo_metadata::Error, options: &CargoOptions) -> Error {
    match error {
        cargo_metadata::Error::CargoMetadata { stderr } => {
            let path = current_manifest(options);
            if let Ok(text) = input::read_text(&path, input::MAX_TEXT) {
                let shown = super::manifest::shown(&path, &options.current_dir);
                if let Err(toml) = Manifest::parse(&SourceFile::new(shown, text)) {
                    return toml;
                }
            }
            let message = stderr.trim();
            Error::Cargo {
                message: message
                    .strip_prefix("error: ")
                    .unwrap_or(message)
                    .to_owned(),
            }
        }
        cargo_metadata::Error::Io(source) => Error::NoCargo {
            program: options.cargo.display().to_string(),
            source,
        },
        other => Error::Cargo {
            message: other.to_string(),
        },
    }
}
