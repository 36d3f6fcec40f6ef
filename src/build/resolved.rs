//! The crates that go into programs, as cargo resolves them.

use super::{Asked, Error};
use crate::project::metadata_command;
use crate::report::without_credentials;
use camino::Utf8Path;
use cargo_metadata::{DependencyKind, Metadata, Package, PackageId};
use std::collections::{BTreeMap, BTreeSet};

/// A crate that cargo resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedCrate {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it comes from, as `Cargo.lock` has it but for credentials in its address; nothing of a
    /// member of the workspace.
    pub source: Option<String>,
    /// Its licence, as it says itself.
    pub license: Option<String>,
    /// One line about it.
    pub description: Option<String>,
    /// Whether it is linked into a program; else it only runs while one is built.
    pub is_linked: bool,
    /// The crates that it needs, by their place in the list.
    pub needs: Vec<usize>,
}

/// What cargo resolved for some packages: the crates, and which of them the packages are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// By name, version and source.
    pub crates: Vec<ResolvedCrate>,
    /// The packages themselves.
    pub roots: Vec<usize>,
}

/// Asks cargo what goes into the programs of these packages of a workspace, for a Rust triple and
/// with these flags for features. What counts is `Cargo.lock` as it is: it is neither written nor
/// changed.
///
/// # Errors
/// When there is no `Cargo.lock`, or it does not fit, or cargo has not what it names.
pub fn resolved(
    asked: &Asked,
    manifest_path: &Utf8Path,
    packages: &[&str],
    triple: &str,
    features: &[String],
) -> Result<Resolved, Error> {
    let platform = ["--locked", "--filter-platform", triple].map(str::to_owned);
    let mut command = metadata_command(&asked.cargo, &asked.current_dir);
    command
        .manifest_path(manifest_path)
        .other_options([&asked.flags[..], &platform, features].concat());
    let metadata = command.exec().map_err(|source| Error::Resolve {
        manifest: manifest_path.to_owned(),
        source: Box::new(source),
    })?;
    Ok(Graph::of(&metadata).reached(&metadata, packages))
}

/// Which crate needs which, without what only tests need.
struct Graph<'a> {
    linked: BTreeMap<&'a PackageId, Vec<&'a PackageId>>,
    building: BTreeMap<&'a PackageId, Vec<&'a PackageId>>,
}

impl<'a> Graph<'a> {
    fn of(metadata: &'a Metadata) -> Self {
        let mut graph = Graph {
            linked: BTreeMap::new(),
            building: BTreeMap::new(),
        };
        let macros: BTreeSet<&PackageId> = metadata
            .packages
            .iter()
            .filter(|package| is_macro(package))
            .map(|package| &package.id)
            .collect();
        let nodes = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
        for node in nodes {
            for dependency in &node.deps {
                let is = |kind| dependency.dep_kinds.iter().any(|found| found.kind == kind);
                let id = &dependency.pkg;
                if is(DependencyKind::Normal) && !macros.contains(id) {
                    graph.linked.entry(&node.id).or_default().push(id);
                } else if is(DependencyKind::Normal) || is(DependencyKind::Build) {
                    graph.building.entry(&node.id).or_default().push(id);
                }
            }
        }
        graph
    }

    /// All that is reached from these packages.
    fn reached(&self, metadata: &'a Metadata, packages: &[&str]) -> Resolved {
        let members = metadata.workspace_packages().into_iter();
        let roots: Vec<&PackageId> = members
            .filter(|package| packages.contains(&package.name.as_str()))
            .map(|package| &package.id)
            .collect();
        let mut linked = BTreeSet::new();
        walk(&roots, &[&self.linked], &mut linked);
        let mut all = BTreeSet::new();
        walk(&roots, &[&self.linked, &self.building], &mut all);
        let mut found: Vec<&Package> = metadata
            .packages
            .iter()
            .filter(|package| all.contains(&package.id))
            .collect();
        found.sort_by_key(|package| {
            let source = package.source.as_ref().map(|source| &source.repr);
            (&package.name, &package.version, source)
        });
        let place = |id: &PackageId| found.iter().position(|package| package.id == *id);
        let needs = |id: &PackageId| {
            let both = [&self.linked, &self.building].into_iter();
            let both = both.filter_map(|edges| edges.get(id)).flatten();
            let mut needs: Vec<usize> = both.filter_map(|id| place(id)).collect();
            needs.sort_unstable();
            needs
        };
        let crates = found.iter().map(|package| ResolvedCrate {
            name: package.name.to_string(),
            version: package.version.to_string(),
            source: package
                .source
                .as_ref()
                .map(|source| without_credentials(&source.repr)),
            license: package.license.clone(),
            description: package.description.clone(),
            is_linked: linked.contains(&package.id),
            needs: needs(&package.id),
        });
        Resolved {
            crates: crates.collect(),
            roots: roots.into_iter().filter_map(place).collect(),
        }
    }
}

fn is_macro(package: &Package) -> bool {
    let kinds = package.targets.iter().flat_map(|target| &target.kind);
    kinds
        .into_iter()
        .any(|kind| *kind == cargo_metadata::TargetKind::ProcMacro)
}

fn walk<'a>(
    from: &[&'a PackageId],
    along: &[&BTreeMap<&'a PackageId, Vec<&'a PackageId>>],
    reached: &mut BTreeSet<&'a PackageId>,
) {
    let mut open: Vec<&PackageId> = from.to_vec();
    while let Some(id) = open.pop() {
        if reached.insert(id) {
            let next = along.iter().filter_map(|edges| edges.get(id));
            open.extend(next.flatten());
        }
    }
}
