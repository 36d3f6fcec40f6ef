//! As far as one comes without a build: units adapted, contents known, findings said.

use super::adapting::{self, Results};
use super::bins::{Bin, Choice, add_to_build};
use super::grouping::Findings;
use super::parts::{CheckedPart, Parts};
use super::starting::{self, Starting};
use super::{Error, Request, accounts, before_build, targets};
use crate::adapt::Adapted;
use crate::contents::{self, Entry, FileKind, Source};
use crate::lint::{self, Context, Levels, PackageFacts, UnitSet};
use crate::package::{BIN_DIR, Evr, ManagedUnit};
use crate::project::{self, Project, Projects, Relation, Release, Settings, Workspace, input};
use crate::report::{Diagnostic, Severity, Sink};
use crate::target::{self, Profile, TargetName};
use crate::unit::{
    DbusService, Decision, Dialect, InstallOptions, ServiceUnit, UnitFile, UnitName, collect,
    decide_install, has_default_instance,
};
use tracing::debug_span;

/// Where the system's bus looks for what it can start (dbus-daemon(1)).
const DBUS_SERVICES: &str = "/usr/share/dbus-1/system-services/";

/// What a run is for, with every package and target looked at.
#[derive(Debug)]
pub struct Checked {
    /// The workspace.
    pub workspace: Workspace,
    /// Each package.
    pub packages: Vec<CheckedPackage>,
}

impl CheckedPackage {
    /// Says what packaging goes on in spite of: warnings, and which units get no `[Install]`.
    /// With `changes_are_shown` not of lines that packaging writes in another way or leaves out.
    ///
    /// # Errors
    /// When the check found errors, which are said too.
    pub fn say(&self, sink: &dyn Sink, changes_are_shown: bool) -> Result<(), Error> {
        let mut errors = 0;
        for finding in &self.findings {
            // A note without a rule is about the project, and said by nothing else.
            let is_worth_it = finding.severity > Severity::Note
                || finding
                    .code
                    .is_none_or(|code| code == lint::STARTED_BY_ANOTHER);
            let is_shown = changes_are_shown
                && finding.severity < Severity::Error
                && adapting::is_about_changes(finding);
            if is_worth_it && !is_shown {
                sink.diagnostic(finding);
            }
            errors += usize::from(finding.severity == Severity::Error);
        }
        match errors {
            0 => Ok(()),
            count => Err(Error::Denied {
                package: self.project.package.name.clone(),
                count,
                code: self.denied_rule(),
            }),
        }
    }

    /// The rule of the first error that the settings can make a warning.
    fn denied_rule(&self) -> Option<&'static str> {
        let errors = self
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error);
        let rules = errors.filter_map(|finding| lint::find(finding.code?));
        let mut open = rules.filter(|rule| !rule.is_final());
        open.next().map(|rule| rule.code)
    }
}

impl CheckedPackage {
    /// How many warnings there are of a target, those of all targets among them.
    pub fn warnings(&self, target: TargetName) -> usize {
        let about = |finding: &&Diagnostic| {
            let targets = &finding.targets;
            targets.is_empty() || targets.iter().any(|name| name == target.as_str())
        };
        let warnings = self.findings.iter().filter(about);
        warnings
            .filter(|finding| finding.severity == Severity::Warning)
            .count()
    }
}

/// A package with what is the same for all its targets, and what is not.
#[derive(Debug)]
pub struct CheckedPackage {
    /// The project.
    pub project: Project,
    /// The binaries that are built, for whichever target and RPM.
    pub bins: Vec<Bin>,
    /// What the check found, each once however many targets share it.
    pub findings: Vec<Diagnostic>,
    /// What each target gets.
    pub targets: Vec<CheckedTarget>,
}

/// A package for one target.
#[derive(Debug)]
pub struct CheckedTarget {
    /// The target.
    pub target: TargetName,
    /// The RPMs, the main one first.
    pub parts: Vec<CheckedPart>,
    /// The units that the target cannot be given; why is among the findings.
    pub refused: Vec<UnitName>,
    /// What changed, the newest release first.
    pub changelog: Vec<Release>,
}

impl CheckedTarget {
    /// The units of all its RPMs.
    pub fn units(&self) -> impl Iterator<Item = &CheckedUnit> {
        self.parts.iter().flat_map(|part| &part.units)
    }
}

/// A unit as a target gets it.
#[derive(Debug)]
pub struct CheckedUnit {
    /// The unit as it was written.
    pub file: UnitFile,
    /// What is packaged.
    pub adapted: Adapted,
    /// What is done with it.
    pub managed: ManagedUnit,
    /// Where it comes from, for people.
    pub origin: String,
}

/// Reads the project and makes its units and contents for every target of the run.
///
/// # Errors
/// The error of the first room that cannot go on.
pub fn check(request: &Request, sink: &dyn Sink) -> Result<Checked, Error> {
    // A wrong word on the command line is said before anything is read.
    for word in request
        .targets
        .iter()
        .filter(|word| !word.trim().is_empty())
    {
        match target::find(word.trim()) {
            // It may be one of the project's own: `targets::of` decides.
            Ok(_) | Err(target::Error::Unknown { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let projects = debug_span!("project")
        .in_scope(|| project::load(&request.cargo, &request.selection, &request.overrides))?;
    check_read(projects, request, sink)
}

/// The same of projects that were read already.
///
/// # Errors
/// The error of the first room that cannot go on.
pub fn check_read(
    projects: Projects,
    request: &Request,
    sink: &dyn Sink,
) -> Result<Checked, Error> {
    for (name, reason) in &projects.skipped {
        sink.status("Skipping", &format!("{name}: {reason}"));
    }
    let mut packages = Vec::new();
    for project in projects.projects {
        packages.push(check_package(project, &projects.workspace, request)?);
    }
    Ok(Checked {
        workspace: projects.workspace,
        packages,
    })
}

fn check_package(
    project: Project,
    workspace: &Workspace,
    request: &Request,
) -> Result<CheckedPackage, Error> {
    let targets = targets::of(&project, &request.targets)?;
    let read = |target: &TargetName| project.settings(Some(target.as_str()));
    let settings = targets.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let members = &workspace.packages;
    let choice = Choice::of(&project, members, &request.bins, settings.iter())?;
    let mut findings = Findings::default();
    let (mut bins, mut checked) = (Vec::new(), Vec::new());
    for (target, settings) in targets.iter().zip(settings) {
        let _check = debug_span!("check", %target).entered();
        let division = choice.divide(&settings)?;
        let parts = debug_span!("contents")
            .in_scope(|| Parts::of(&project, &workspace.root, &settings, division, *target))?;
        for part in &parts.parts {
            add_to_build(&mut bins, &part.bins, members)?;
        }
        let changelog = project::changelog(&project.package, workspace, &settings)?;
        findings.add(target, placed(changelog.notes, &project));
        checked.push(CheckedTarget {
            changelog: changelog.releases,
            ..check_target(&project, &settings, parts, target, &mut findings)?
        });
    }
    if bins.is_empty() {
        return Err(Error::NoBinaryLeft {
            package: project.package.name,
        });
    }
    let order = Evr::sorting_warning(&project.package.version);
    Ok(CheckedPackage {
        findings: placed(order.into_iter().collect(), &project)
            .into_iter()
            .chain(placed(project.warnings.clone(), &project))
            .chain(findings.grouped(&targets))
            .collect(),
        project,
        bins,
        targets: checked,
    })
}

fn check_target(
    project: &Project,
    settings: &Settings,
    mut parts: Parts,
    target: &TargetName,
    findings: &mut Findings,
) -> Result<CheckedTarget, Error> {
    let (profile, bins) = (target.profile(), parts.bins());
    let main = parts.parts[0].bins.iter();
    let main = main.filter(|bin| bin.package == project.package.name);
    let main: Vec<String> = main.map(|bin| bin.name.clone()).collect();
    let contents = parts.contents();
    let known = parts.known_bins();
    let mut units = debug_span!("unit")
        .in_scope(|| collect(project, settings, &known, &main, BIN_DIR, &contents))?;
    parts.keep_made(&mut units, settings)?;
    findings.add(target, before_build::check(&parts, &units, profile)?);
    findings.add(target, std::mem::take(&mut parts.warnings));
    findings.add(
        target,
        placed(
            contents::warnings(&project.package, settings, &contents),
            project,
        ),
    );
    let decisions = decide(&units, &contents, target)?;
    let adapted = debug_span!("adapt", units = units.len())
        .in_scope(|| adapting::adapt_all(&units, &decisions, &bins, settings, profile));
    let levels = Levels::new(&settings.lints)?;
    let mut refused = Vec::new();
    let policies = starting::policies(&units, &decisions);
    for (((unit, decision), adapted), policy) in
        units.iter().zip(&decisions).zip(&adapted).zip(policies)
    {
        let place = parts.place_of(&unit.file.name).unwrap_or_default();
        let part = &mut parts.parts[place];
        match adapted {
            Ok(adapted) => {
                part.needs.merge(adapted.needs.clone());
                part.units.push(checked_unit(
                    unit,
                    decision,
                    policy,
                    adapted.clone(),
                    target,
                ));
            }
            Err(why) => refused.push(why.unit.clone()),
        }
    }
    for part in &mut parts.parts {
        let folders = adapting::directories(&part.needs)?;
        part.contents.extend(folders);
    }
    accounts::create(&mut parts.parts);
    for part in &parts.parts {
        before_build::check_generated(part)?;
        findings.add(target, before_build::check_scripts(part, profile)?);
    }
    let (accounts, tmpfiles) = accounts::of_all(&parts.parts);
    findings.add(
        target,
        placed(
            accounts::warnings(&accounts, &parts.contents(), &tmpfiles, &units, target),
            project,
        ),
    );
    let mut facts = facts(&parts, &units, &bins, profile);
    accounts::tell(&accounts, &tmpfiles, &mut facts);
    let said = debug_span!("lint", units = units.len())
        .in_scope(|| said(&units, &decisions, &adapted, &facts, &levels, profile));
    findings.add(target, placed(said, project));
    Ok(CheckedTarget {
        target: *target,
        parts: parts.parts,
        refused,
        changelog: Vec::new(),
    })
}

/// What has no place of its own is at the manifest.
fn placed(diagnostics: Vec<Diagnostic>, project: &Project) -> Vec<Diagnostic> {
    let place = |diagnostic: Diagnostic| match diagnostic.labels.is_empty() {
        true => diagnostic.at(Some(&project.manifest), ""),
        false => diagnostic,
    };
    diagnostics.into_iter().map(place).collect()
}

fn decide(
    units: &[ServiceUnit],
    contents: &[Entry],
    target: &TargetName,
) -> Result<Vec<Decision>, Error> {
    let files: Vec<UnitFile> = units.iter().map(|unit| unit.file.clone()).collect();
    let turned_off = units.iter().filter(|unit| !unit.policy.install);
    let with_instances = units.iter().filter(|unit| !unit.instances.is_empty());
    let options = InstallOptions {
        turned_off: turned_off.map(|unit| unit.file.name.clone()).collect(),
        with_instances: with_instances.map(|unit| unit.file.name.clone()).collect(),
        dbus_services: dbus_services(contents)?,
    };
    Ok(decide_install(&files, target.profile(), &options))
}

/// The declared files by which D-Bus starts units; the only ones that are read this early.
fn dbus_services(contents: &[Entry]) -> Result<Vec<DbusService>, Error> {
    let mut services = Vec::new();
    for entry in contents {
        let path = entry.path.as_str();
        let FileKind::Regular(source) = &entry.kind else {
            continue;
        };
        if !path.starts_with(DBUS_SERVICES) || !path.ends_with(".service") {
            continue;
        }
        let bytes = match source {
            Source::Bytes(bytes) => bytes.clone(),
            Source::Path(file) => {
                input::read(file, input::MAX_UNIT).map_err(|source| contents::Error::Missing {
                    path: file.clone(),
                    span: entry.span.clone(),
                    source,
                })?
            }
        };
        services.push(DbusService {
            path: path.to_owned(),
            bytes,
        });
    }
    Ok(services)
}

/// What the rules find in the units of the package, and what is lost on the target.
fn said(
    units: &[ServiceUnit],
    decisions: &[Decision],
    adapted: &Results,
    facts: &PackageFacts,
    levels: &Levels,
    profile: &Profile,
) -> Vec<Diagnostic> {
    let dialect = Dialect::of(profile);
    let read = units.iter().map(|unit| unit.file.as_read_by(dialect));
    let read = UnitSet::new(read.collect(), profile);
    let mut said = Vec::new();
    for (n, (unit, decision)) in read.iter().zip(decisions).enumerate() {
        let context = Context {
            profile,
            unit,
            units: &read,
            decision: Some(decision),
            package: Some(facts),
        };
        let findings = lint::check(&context, levels);
        said.extend(adapting::said(&units[n], &adapted[n], findings, levels));
    }
    said
}

/// What is known of the package before it is built.
fn facts(parts: &Parts, units: &[ServiceUnit], bins: &[String], profile: &Profile) -> PackageFacts {
    let mut facts = PackageFacts::default();
    for part in &parts.parts {
        let required = part.settings.dependencies.iter();
        let required = required.filter(|one| one.relation == Relation::Requires);
        let required = required.map(|of| of.name.value.clone());
        facts
            .required_files
            .extend(required.filter(|name| name.starts_with('/')));
    }
    for entry in parts.contents() {
        let path = entry.path.to_string();
        match entry.kind {
            _ if entry.flags.ghost => {}
            FileKind::Directory => {
                facts.folders.insert(path);
            }
            FileKind::Regular(_) | FileKind::Symlink(_) => {
                if entry.mode & 0o111 != 0 {
                    facts.programs.insert(path.clone());
                }
                if entry.caps.is_some() {
                    facts.capable.insert(path.clone());
                }
                facts.files.insert(path);
            }
        }
    }
    for bin in bins {
        let path = format!("{BIN_DIR}/{bin}");
        facts.programs.insert(path.clone());
        facts.files.insert(path);
    }
    let caps = parts.parts.iter().flat_map(|part| &part.settings.bin_caps);
    facts
        .capable
        .extend(caps.map(|of| format!("{BIN_DIR}/{}", of.binary.value)));
    for unit in units {
        facts
            .files
            .insert(format!("{}/{}", profile.unit_dir.value, unit.file.name));
    }
    facts
}

fn checked_unit(
    unit: &ServiceUnit,
    decision: &Decision,
    starting: Starting,
    adapted: Adapted,
    target: &TargetName,
) -> CheckedUnit {
    CheckedUnit {
        file: unit.file.clone(),
        adapted,
        managed: ManagedUnit {
            name: unit.file.name.clone(),
            policy: starting.policy,
            instances: unit.instances.clone(),
            rank: starting.rank,
            installable: matches!(decision, Decision::HasOwn | Decision::Inject { .. }),
            has_default_instance: has_default_instance(&unit.file, target.profile()),
        },
        origin: unit.origin.clone(),
    }
}
