//! Whether the units of a project are those of other packages, which are published already.

use super::check::{Checked, CheckedPackage, CheckedTarget, CheckedUnit};
use super::grouping::Findings;
use super::{Error, Request};
use crate::build::{Arch, Interrupt};
use crate::package::{Constraint, Dependencies, declared};
use crate::project;
use crate::repo::folder::share_a_system;
use crate::repo::taken::{self, Address, Known, Looking, Network, Shipped};
use crate::report::{Diagnose, Diagnostic, Severity, Sink, Spanned};
use crate::rpm::visible;
use crate::target::TargetName;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{BTreeMap, BTreeSet};

/// When repositories are looked into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenNames {
    /// Never.
    #[default]
    Off,
    /// Those that are folders now; of those on the network what was found before counts.
    Cached,
    /// Now.
    Fresh,
    /// Now, and one that cannot be looked into is an error.
    Require,
}

/// How the repositories of the settings are looked into.
#[derive(Clone, Debug, Default)]
pub struct NamesRequest {
    /// When.
    pub when: WhenNames,
    /// How the network is reached; none where it is not to be.
    pub network: Option<Network>,
    /// The folder for what was found; none where there is no place for it.
    pub cache: Option<Utf8PathBuf>,
    /// Now, in seconds since 1970.
    pub now: u64,
}

/// What is known of the repositories of a run, each looked into once.
pub struct Names<'a> {
    request: &'a NamesRequest,
    interrupt: &'a Interrupt,
    known: BTreeMap<Address, Known>,
    must_know: bool,
}

impl<'a> Names<'a> {
    /// Nothing yet. Where something must be known of each, a repository of which nothing is known is
    /// an error.
    pub fn new(request: &'a NamesRequest, interrupt: &'a Interrupt, must_know: bool) -> Self {
        Names {
            request,
            interrupt,
            known: BTreeMap::new(),
            must_know,
        }
    }

    /// What a repository holds, as far as is known; what is not is told, or is the error.
    fn of(&mut self, address: &Address, sink: &dyn Sink) -> Result<&Known, Error> {
        if !self.known.contains_key(address) {
            let is_cached = self.request.when == WhenNames::Cached;
            let network = self.request.network.as_ref();
            let looking = Looking {
                network: network.filter(|_| !is_cached),
                cache: self.request.cache.as_deref(),
                now: self.request.now,
                interrupt: self.interrupt,
            };
            if looking.network.is_some() && matches!(address, Address::Web(_)) {
                sink.status("Looking", &format!("into {address}"));
            }
            let mut known = taken::look(address, &looking);
            if let Some(problem) = known.problem.take() {
                let is_ended = matches!(problem, taken::Error::Interrupted { .. });
                let is_unknown = self.must_know && known.packages.is_none();
                if is_ended || is_unknown || self.request.when == WhenNames::Require {
                    return Err(problem.into());
                }
                sink.diagnostic(&self.told(address, &problem, known.as_of));
            }
            self.known.insert(address.clone(), known);
        }
        let known = self.known.get(address);
        known.ok_or_else(|| {
            let address = address.to_string();
            taken::Error::Offline { address }.into()
        })
    }

    /// What is said of a repository that was not looked into now.
    fn told(&self, address: &Address, problem: &taken::Error, as_of: Option<u64>) -> Diagnostic {
        let age = as_of.map(|seen| age(self.request.now.saturating_sub(seen)));
        if self.request.when == WhenNames::Cached && matches!(address, Address::Web(_)) {
            let text = match age {
                Some(age) => format!("what {address} holds was looked up {age}"),
                None => format!("{address} was never looked into"),
            };
            let help = "to look into it now: cargo ambot check --names";
            return Diagnostic::note(text).with_help(help);
        }
        let mut diagnostic = problem.diagnostic();
        diagnostic.severity = Severity::Warning;
        diagnostic.with_note(match age {
            Some(age) => format!("what was found in it {age} counts"),
            None => "which units its packages ship is not known".to_owned(),
        })
    }
}

/// How long ago, in words.
fn age(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3600 => (seconds / 60, "minute"),
        3600..86_400 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

/// The addresses that settings name.
fn addresses(repos: &[Spanned<String>], root: &Utf8Path) -> Result<Vec<Address>, Error> {
    let address = |text: &Spanned<String>| {
        Address::parse(&text.value, root).map_err(|problem| Error::RepoAddress {
            problem,
            span: text.span.clone(),
        })
    };
    repos.iter().map(address).collect()
}

/// Adds to the findings which units other packages ship already, by the repositories of the settings.
///
/// # Errors
/// When an address is none, or a repository cannot be looked into and must be.
pub(super) fn look(
    checked: &mut Checked,
    request: &NamesRequest,
    arch: Option<Arch>,
    interrupt: &Interrupt,
    sink: &dyn Sink,
) -> Result<(), Error> {
    let mut names = Names::new(request, interrupt, false);
    for package in &mut checked.packages {
        let mut findings = Findings::default();
        for target in &package.targets {
            let repos = &target.parts[0].settings.repos;
            for address in addresses(repos, &checked.workspace.root)? {
                if request.when == WhenNames::Off {
                    continue;
                }
                let known = names.of(&address, sink)?;
                let found = taken_units(package, target, arch, &address, known)?;
                findings.add(&target.target, found);
            }
        }
        let targets: Vec<TargetName> = package.targets.iter().map(|target| target.target).collect();
        package.findings.extend(findings.grouped(&targets));
    }
    Ok(())
}

/// The units of a package that another one of a repository ships.
fn taken_units(
    package: &CheckedPackage,
    target: &CheckedTarget,
    arch: Option<Arch>,
    address: &Address,
    known: &Known,
) -> Result<Vec<Diagnostic>, Error> {
    let own: BTreeSet<&str> = target
        .parts
        .iter()
        .map(|part| part.rpm_name.as_str())
        .collect();
    let shipped = known.packages.iter().flatten();
    let others = shipped.filter(|shipped| !own.contains(shipped.name.as_str()));
    let others: Vec<&Shipped> = others.collect();
    let mut found = Vec::new();
    for part in &target.parts {
        let own = declared(&part.settings, target.target.profile())?.dependencies;
        let own_arch = arch.filter(|_| !part.noarch).map(Arch::rpm_name);
        let is_beside = |other: &Shipped| {
            own_arch.is_none_or(|own| share_a_system(own, &other.arch)) && !excludes(&own, other)
        };
        for unit in &part.units {
            let name = unit.managed.name.as_str();
            let owners = others
                .iter()
                .filter(|other| other.units.iter().any(|taken| taken == name) && is_beside(other));
            // The newest one tells enough: its version says which ones are to be obsoleted.
            let newest = owners.max_by(|a, b| rpm_version::rpm_evr_compare(&a.version, &b.version));
            if let Some(owner) = newest {
                found.push(is_taken(package, unit, owner, address));
            }
        }
    }
    Ok(found)
}

/// Whether rpm never lets a part stand beside a package: it says so itself.
fn excludes(own: &Dependencies, other: &Shipped) -> bool {
    let mut declared = own.conflicts.iter().chain(&own.obsoletes);
    declared.any(|declared| {
        let is_met = |wanted: &Constraint| wanted.is_met_by(&other.version);
        declared.name == other.name && declared.constraint.as_ref().is_none_or(is_met)
    })
}

fn is_taken(
    package: &CheckedPackage,
    unit: &CheckedUnit,
    owner: &Shipped,
    address: &Address,
) -> Diagnostic {
    let (name, nevra) = (&unit.managed.name, visible(&owner.nevra()));
    let (other, version) = (visible(&owner.name), visible(&owner.version));
    let place = unit.file.place();
    let place = place.as_ref().unwrap_or(&package.project.manifest);
    Diagnostic::error(format!("{name} is taken: another package ships it"))
        .at(Some(place), format!("{nevra} ships {name} too"))
        .with_note(format!("{nevra} is in {address}"))
        .with_note("rpm refuses to install the second of two packages with one file")
        .with_help("rename the unit")
        .with_help(format!(
            "to take its place: obsoletes = {{ {other} = \"<= {version}\" }}"
        ))
        .with_help("if they are alternatives: `conflicts` in place of `obsoletes`")
}

/// A unit, the package that ships it, and where that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The unit.
    pub unit: String,
    /// The package.
    pub package: Shipped,
    /// The repository.
    pub repository: String,
}

/// All units of the packages of repositories: of those that are given, else of those that the
/// settings of the workspace name for any target. In the order of the units, the newest package first.
///
/// # Errors
/// When an address is none, no repository is named, or one cannot be looked into and must be.
pub fn owners(
    given: &[String],
    request: &Request,
    interrupt: &Interrupt,
    sink: &dyn Sink,
) -> Result<Vec<Owner>, Error> {
    let mut addresses: BTreeSet<Address> = BTreeSet::new();
    for text in given {
        addresses.insert(Address::parse(text, &request.cargo.current_dir)?);
    }
    if given.is_empty() && !project::is_in_project(&request.cargo) {
        return Err(Error::NoRepos);
    }
    if given.is_empty() {
        addresses = of_settings(request)?;
    }
    if addresses.is_empty() {
        return Err(Error::NoRepos);
    }
    let mut names = Names::new(&request.names, interrupt, true);
    let mut owners = Vec::new();
    for address in &addresses {
        for package in names.of(address, sink)?.packages.iter().flatten() {
            owners.extend(package.units.iter().map(|unit| Owner {
                unit: unit.clone(),
                package: package.clone(),
                repository: address.to_string(),
            }));
        }
    }
    owners.sort_by(|a, b| {
        let by_name = (&a.unit, &a.package.name).cmp(&(&b.unit, &b.package.name));
        by_name.then_with(|| rpm_version::rpm_evr_compare(&b.package.version, &a.package.version))
    });
    Ok(owners)
}

/// Those of every package, for the targets that are given, else for all.
fn of_settings(request: &Request) -> Result<BTreeSet<Address>, Error> {
    let projects = project::load(&request.cargo, &request.selection, &request.overrides)?;
    let mut found = BTreeSet::new();
    for project in &projects.projects {
        let root = &projects.workspace.root;
        let mut targets = Vec::new();
        for word in &request.targets {
            targets.push(project.targets.find(word.trim())?.as_str());
        }
        if targets.is_empty() {
            targets.extend(project.targets.iter().map(|profile| profile.name.as_str()));
        }
        for target in targets {
            let settings = project.settings(Some(target))?;
            found.extend(addresses(&settings.repos, root)?);
        }
    }
    Ok(found)
}
