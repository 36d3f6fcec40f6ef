//! As far as one comes without a build: units adapted, contents known, findings said.

use super::adapting::{self, Results};
use super::{Error, Request, accounts, before_build, targets};
use crate::adapt::{Adapted, Needs};
use crate::contents::{self, Accounts, Entry, FileKind, Source, TmpfilesLine, declared};
use crate::lint::{self, Context, Levels, PackageFacts, UnitSet};
use crate::package::{BIN_DIR, Evr, ManagedUnit, PackageName, rpm_name};
use crate::project::{self, Project, Settings, Workspace};
use crate::report::{Diagnostic, Severity, Sink, Span};
use crate::target::{self, Profile, TargetName};
use crate::unit::{
    DbusService, Decision, Dialect, InstallOptions, ServiceUnit, UnitFile, UnitName, collect,
    decide_install, has_default_instance,
};
use camino::Utf8Path;

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
    ///
    /// # Errors
    /// When the check found errors, which are said too.
    pub fn say(&self, sink: &dyn Sink) -> Result<(), Error> {
        let mut errors = 0;
        for finding in &self.findings {
            let is_said =
                finding.severity > Severity::Note || finding.code == Some(lint::STARTED_BY_ANOTHER);
            if is_said {
                sink.diagnostic(finding);
            }
            errors += usize::from(finding.severity == Severity::Error);
        }
        match errors {
            0 => Ok(()),
            count => Err(Error::Denied {
                package: self.project.package.name.clone(),
                count,
            }),
        }
    }
}

/// A package with what is the same for all its targets, and what is not.
#[derive(Debug)]
pub struct CheckedPackage {
    /// The project.
    pub project: Project,
    /// The binaries that are packaged.
    pub bins: Vec<String>,
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
    /// The settings for it.
    pub settings: Settings,
    /// The name of the RPM.
    pub rpm_name: PackageName,
    /// Declared files and texts.
    pub contents: Vec<Entry>,
    /// The units.
    pub units: Vec<CheckedUnit>,
    /// The units that the target cannot be given; why is among the findings.
    pub refused: Vec<UnitName>,
    /// What the units need of the package; their folders are among the contents.
    pub needs: Needs,
    /// The users and groups that the package creates, those that the units need among them.
    pub accounts: Accounts,
    /// The lines for systemd-tmpfiles that are declared.
    pub tmpfiles: Vec<TmpfilesLine>,
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
    let projects = project::load(&request.cargo, &request.selection, &request.overrides)?;
    for (name, reason) in &projects.skipped {
        sink.status("Skipping", &format!("{name}: {reason}"));
    }
    let mut packages = Vec::new();
    for project in projects.projects {
        packages.push(check_package(project, &projects.workspace.root, request)?);
    }
    Ok(Checked {
        workspace: projects.workspace,
        packages,
    })
}

fn check_package(
    project: Project,
    root: &Utf8Path,
    request: &Request,
) -> Result<CheckedPackage, Error> {
    let targets = targets::of(&project, &request.targets)?;
    let bins = bins(&project, &request.bins)?;
    let mut findings = Findings::default();
    let mut checked = Vec::new();
    for target in &targets {
        checked.push(check_target(&project, root, &bins, target, &mut findings)?);
    }
    let order = Evr::sorting_warning(&project.package.version);
    Ok(CheckedPackage {
        findings: order
            .into_iter()
            .chain(project.warnings.iter().cloned())
            .chain(findings.grouped(&targets))
            .collect(),
        project,
        bins,
        targets: checked,
    })
}

fn check_target(
    project: &Project,
    root: &Utf8Path,
    bins: &[String],
    target: &TargetName,
    findings: &mut Findings,
) -> Result<CheckedTarget, Error> {
    let settings = project.settings(Some(target.as_str()))?;
    let rpm_name = rpm_name(&project.package, &settings)?;
    let units = collect(project, &settings, bins, BIN_DIR)?;
    let mut contents = declared(&project.package, root, rpm_name.as_str(), &settings)?;
    let tmpfiles = contents::tmpfiles(&settings, target.profile())?;
    before_build::check(&settings, &contents, bins, &units, target.profile())?;
    findings.add(
        target,
        contents::warnings(&project.package, &settings, &contents),
    );
    let decisions = decide(&units, &contents, target)?;
    let adapted = adapting::adapt_all(&units, &decisions, bins, &settings, target.profile());
    let needs = adapting::needs(&adapted);
    contents.extend(adapting::directories(&needs)?);
    let accounts = accounts::created(&settings, &rpm_name, &needs);
    before_build::check_generated(&rpm_name, &contents, &accounts, &tmpfiles)?;
    findings.add(
        target,
        accounts::warnings(&accounts, &contents, &tmpfiles, &units, target),
    );
    let levels = Levels::new(&settings.lints)?;
    let mut facts = facts(&settings, &contents, &units, bins, target.profile());
    accounts::tell(&accounts, &tmpfiles, &mut facts);
    findings.add(
        target,
        said(
            &units,
            &decisions,
            &adapted,
            &facts,
            &levels,
            target.profile(),
        ),
    );
    let refused = adapted.iter().filter_map(|unit| unit.as_ref().err());
    let refused: Vec<UnitName> = refused.map(|refused| refused.unit.clone()).collect();
    let units = units
        .iter()
        .zip(&decisions)
        .zip(adapted)
        .filter_map(|(pair, adapted)| Some((pair, adapted.ok()?)))
        .map(|((unit, decision), adapted)| checked_unit(unit, decision, adapted, target))
        .collect();
    Ok(CheckedTarget {
        target: *target,
        settings,
        rpm_name,
        contents,
        units,
        refused,
        needs,
        accounts,
        tmpfiles,
    })
}

fn decide(
    units: &[ServiceUnit],
    contents: &[Entry],
    target: &TargetName,
) -> Result<Vec<Decision>, Error> {
    let files: Vec<UnitFile> = units.iter().map(|unit| unit.file.clone()).collect();
    let turned_off = units.iter().filter(|unit| !unit.policy.install);
    let options = InstallOptions {
        turned_off: turned_off.map(|unit| unit.file.name.clone()).collect(),
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
                std::fs::read(file).map_err(|source| contents::Error::Missing {
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
        said.extend(adapting::said(&units[n], &adapted[n], findings));
    }
    said
}

/// What is known of the package before it is built.
fn facts(
    settings: &Settings,
    contents: &[Entry],
    units: &[ServiceUnit],
    bins: &[String],
    profile: &Profile,
) -> PackageFacts {
    let required = settings.requires.iter().map(|of| of.name.value.clone());
    let mut facts = PackageFacts {
        required_files: required.filter(|name| name.starts_with('/')).collect(),
        ..PackageFacts::default()
    };
    for entry in contents {
        let path = entry.path.to_string();
        match entry.kind {
            FileKind::Directory => {
                facts.folders.insert(path);
            }
            FileKind::Regular(_) | FileKind::Symlink(_) => {
                if entry.mode & 0o111 != 0 {
                    facts.programs.insert(path.clone());
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
    adapted: Adapted,
    target: &TargetName,
) -> CheckedUnit {
    CheckedUnit {
        file: unit.file.clone(),
        adapted,
        managed: ManagedUnit {
            name: unit.file.name.clone(),
            policy: unit.policy,
            installable: matches!(decision, Decision::HasOwn | Decision::Inject { .. }),
            has_default_instance: has_default_instance(&unit.file, target.profile()),
        },
        origin: unit.origin.clone(),
    }
}

/// The binaries that are packaged: those of the command line, else of the settings, else all.
fn bins(project: &Project, flags: &[String]) -> Result<Vec<String>, Error> {
    let package = &project.package;
    let known = |name: &String, span: Option<Span>| {
        if package.binaries.contains(name) {
            return Ok(name.clone());
        }
        Err(Error::NoSuchBinary {
            package: package.name.clone(),
            name: name.clone(),
            known: package.binaries.clone(),
            span,
        })
    };
    if !flags.is_empty() {
        return flags
            .iter()
            .enumerate()
            .filter(|(index, name)| !flags[..*index].contains(name))
            .map(|(_, name)| known(name, None))
            .collect();
    }
    match project.settings(None)?.bins {
        Some(names) => names
            .iter()
            .map(|name| known(&name.value, name.span.clone()))
            .collect(),
        None => Ok(package.binaries.clone()),
    }
}

/// Findings, each once however many targets share it.
#[derive(Default)]
pub(super) struct Findings(Vec<(Diagnostic, Vec<String>)>);

impl Findings {
    pub(super) fn add(&mut self, target: &TargetName, diagnostics: Vec<Diagnostic>) {
        for diagnostic in diagnostics {
            match self.0.iter_mut().find(|(known, _)| *known == diagnostic) {
                Some((_, targets)) => targets.push(target.to_string()),
                None => self.0.push((diagnostic, vec![target.to_string()])),
            }
        }
    }

    /// With the targets named where it is not all of them.
    pub(super) fn grouped(self, all: &[TargetName]) -> Vec<Diagnostic> {
        let named = |(mut diagnostic, targets): (Diagnostic, Vec<String>)| {
            if targets.len() < all.len() {
                diagnostic.targets = targets;
            }
            diagnostic
        };
        self.0.into_iter().map(named).collect()
    }
}
