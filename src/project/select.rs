//! Which packages of the workspace a run is for.

use super::error::Error;
use super::metadata::{self, CargoOptions, Package, Workspace};
use super::{Project, Projects};

/// What the command line says about packages.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `-p`
    pub packages: Vec<String>,
    /// `--workspace`
    pub workspace: bool,
    /// `--exclude`
    pub exclude: Vec<String>,
}

/// The packages that a run is for where our tables say nothing yet, or are not to be read: those
/// named; all members that have a binary; else the package of the manifest, and of a virtual one the
/// default members that have a binary.
///
/// # Errors
/// When cargo cannot read the manifests, a package is not there, or none of them has a binary.
pub fn packages(
    options: &CargoOptions,
    selection: &Selection,
) -> Result<(Workspace, Vec<Package>), Error> {
    let workspace = metadata::load(options)?;
    let known: Vec<&str> = workspace.packages.iter().map(|p| p.name.as_str()).collect();
    for name in selection.packages.iter().chain(&selection.exclude) {
        if !known.contains(&name.as_str()) {
            return Err(Error::NoSuchPackage {
                name: name.clone(),
                known: known.into_iter().map(str::to_owned).collect(),
            });
        }
    }
    let is_current = |package: &Package| package.manifest_path == workspace.current_manifest;
    let is_virtual = !workspace.packages.iter().any(is_current);
    let is_meant = |package: &&Package| match selection {
        Selection { packages, .. } if !packages.is_empty() => packages.contains(&package.name),
        Selection {
            workspace: true,
            exclude,
            ..
        } => !exclude.contains(&package.name),
        _ if is_virtual => workspace.default_members.contains(&package.name),
        _ => is_current(package),
    };
    let is_one = !selection.packages.is_empty() || !(selection.workspace || is_virtual);
    let (mut chosen, mut skipped) = (Vec::new(), Vec::new());
    for package in workspace.packages.iter().filter(is_meant) {
        match package.binaries.is_empty() {
            false => chosen.push(package.clone()),
            true if is_one => {
                return Err(Error::Nothing {
                    reason: format!("package `{}` has no binary", package.name),
                    skipped,
                });
            }
            true => skipped.push((package.name.clone(), "it has no binary")),
        }
    }
    if chosen.is_empty() {
        return Err(Error::Nothing {
            reason: "no package of the workspace has a binary".to_owned(),
            skipped,
        });
    }
    Ok((workspace, chosen))
}

/// As cargo chooses: those named; the whole workspace; else the package of the manifest, and for a
/// virtual one its default members.
pub(super) fn choose(
    workspace: &Workspace,
    all: Vec<Project>,
    selection: &Selection,
) -> Result<Projects, Error> {
    for name in selection.packages.iter().chain(&selection.exclude) {
        if !all.iter().any(|project| project.package.name == *name) {
            return Err(Error::NoSuchPackage {
                name: name.clone(),
                known: all
                    .iter()
                    .map(|project| project.package.name.clone())
                    .collect(),
            });
        }
    }
    let current = |project: &Project| project.package.manifest_path == workspace.current_manifest;
    let (projects, skipped) = if !selection.packages.is_empty() {
        named(all, &selection.packages)
    } else if selection.workspace || !all.iter().any(current) {
        let all = if selection.workspace {
            all
        } else {
            named(all, &workspace.default_members).0
        };
        sift(all, &selection.exclude)?
    } else {
        (all.into_iter().filter(current).collect(), Vec::new())
    };
    finish(workspace, projects, skipped)
}

type Skipped = Vec<(String, &'static str)>;
type Chosen = (Vec<Project>, Skipped);

fn finish(
    workspace: &Workspace,
    projects: Vec<Project>,
    skipped: Skipped,
) -> Result<Projects, Error> {
    if projects.is_empty() {
        return Err(Error::Nothing {
            reason: "no package of the workspace has a binary and may be packaged".to_owned(),
            skipped,
        });
    }
    for project in &projects {
        if !has_binary(project)? {
            return Err(Error::Nothing {
                reason: format!("package `{}` has no binary", project.package.name),
                skipped,
            });
        }
    }
    Ok(Projects {
        workspace: workspace.clone(),
        projects,
        skipped,
    })
}

/// Whether it has a binary, or packages one of another member.
fn has_binary(project: &Project) -> Result<bool, Error> {
    Ok(!project.package.binaries.is_empty() || project.settings(None)?.bins.is_some())
}

fn named(all: Vec<Project>, names: &[String]) -> Chosen {
    let wanted = |project: &Project| names.contains(&project.package.name);
    (all.into_iter().filter(wanted).collect(), Vec::new())
}

/// The members that want to be packaged; where none says so, all that could be.
fn sift(candidates: Vec<Project>, exclude: &[String]) -> Result<Chosen, Error> {
    let mut read = Vec::new();
    for project in candidates {
        let skip = project.settings(None)?.skip;
        let has_binary = has_binary(&project)?;
        read.push((project, skip, has_binary));
    }
    // Who asks to be left out says nothing of the others.
    let any_configured = read
        .iter()
        .any(|(project, skip, _)| project.is_configured() && !skip);
    let mut chosen = Vec::new();
    let mut skipped = Vec::new();
    for (project, skip, has_binary) in read {
        let reason = if exclude.contains(&project.package.name) {
            Some("excluded")
        } else if skip {
            Some("`skip = true`")
        } else if any_configured && !project.is_configured() {
            Some("it has neither [package.metadata.ambot] nor .ambot/services")
        } else if !has_binary {
            Some("it has no binary")
        } else if !any_configured && !project.package.publish {
            Some("it has `publish = false`")
        } else {
            None
        };
        match reason {
            Some(reason) => skipped.push((project.package.name, reason)),
            None => chosen.push(project),
        }
    }
    Ok((chosen, skipped))
}
