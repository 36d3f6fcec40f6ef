//! From the parts that the other rooms made to a plan.

use super::changelog::Change;
use super::compression::compression;
use super::declared::{Filter, declared};
use super::dependency::{Dependencies, Dependency};
use super::scriptlets::{self, ManagedUnit};
use super::scripts;
use super::{
    Draft, Error, Nevra, PackageKind, PackageName, Plan, PlanSet, PlannedFile, Scriptlets, Texts,
};
use super::{accounts, debuginfo, tmpfiles};
use crate::adapt::Needs;
use crate::contents::{Accounts, Entry, FileKind, InstallPath, Source, TmpfilesLine, bin_caps};
use crate::project::{Phase, Scripts, Settings};
use crate::report::Diagnostic;
use crate::target::{Profile, TargetName};
use camino::Utf8PathBuf;
use std::collections::BTreeSet;

/// Where binaries are installed.
pub const BIN_DIR: &str = "/usr/bin";

/// A built binary.
#[derive(Clone, Debug)]
pub struct Binary {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub path: Utf8PathBuf,
    /// Its build id, in lower-case hexadecimal.
    pub build_id: Option<String>,
}

/// What rpm's own generators would say of a file that is shipped, as names of capabilities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where the file is installed.
    pub path: String,
    /// What it needs.
    pub requires: Vec<String>,
    /// What it has for others.
    pub provides: Vec<String>,
}

/// A unit as this target gets it.
#[derive(Clone, Debug)]
pub struct PackagedUnit {
    /// Name, policy, and whether it can be enabled.
    pub managed: ManagedUnit,
    /// The unit file.
    pub bytes: Vec<u8>,
    /// Its drop-ins: file name and bytes.
    pub drop_ins: Vec<(String, Vec<u8>)>,
    /// Where it comes from, for people.
    pub origin: String,
}

/// Who enables, restarts and stops the units of a package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Caretaker {
    /// Scriptlets of ours.
    #[default]
    Scriptlets,
    /// What is no part of the plan: the distribution's macros in a spec file, an install script.
    Other,
}

/// One RPM of a package, and all that it is made of.
///
/// Contents may come after the build as well as before it: debug information that is split off the
/// binaries is a part like any other, whose entries name the files where they lie.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// What stands behind the main RPM's name; none for the main RPM itself.
    pub suffix: Option<String>,
    /// Its identity.
    pub nevra: Nevra,
    /// The name of the main RPM, which the source package has too.
    pub source: PackageName,
    /// What it says of itself.
    pub texts: Texts,
    /// What changed, the newest first.
    pub changelog: Vec<Change>,
    /// What it is for.
    pub target: &'a TargetName,
    /// What the user set for this RPM.
    pub settings: &'a Settings,
    /// The build time, seconds since 1970.
    pub time: u32,
    /// Declared files and texts.
    pub contents: Vec<Entry>,
    /// The units.
    pub units: Vec<PackagedUnit>,
    /// What the units need beside their folders, which are among the contents.
    pub needs: Needs,
    /// The users and groups.
    pub accounts: Accounts,
    /// The lines for systemd-tmpfiles that are declared.
    pub tmpfiles: Vec<TmpfilesLine>,
    /// The user's scriptlets and triggers.
    pub scripts: &'a Scripts,
    /// The binaries.
    pub binaries: Vec<Binary>,
    /// What was found in the files.
    pub found: Vec<Found>,
    /// What it provides that follows from none of these.
    pub provides: Vec<Dependency>,
}

/// Puts the RPMs of a package for one target together, the main one first.
///
/// With [`Caretaker::Other`] the plans have no scriptlets that look after units, and no list of them.
///
/// # Errors
/// When one of them does not make a complete plan, or two of them want the same path.
pub fn assemble_all(parts: Vec<Part<'_>>, caretaker: Caretaker) -> Result<PlanSet, Error> {
    let with_units = parts.iter().filter(|part| !part.units.is_empty());
    let with_units: Vec<PackageName> = with_units.map(|part| part.nevra.name.clone()).collect();
    let mut linked = BTreeSet::new();
    let plan = |mut part: Part<'_>| {
        // A build id leads to one program: the same program under another name has no link.
        for binary in &mut part.binaries {
            binary.build_id.take_if(|id| !linked.insert(id.clone()));
        }
        let siblings = with_units.iter().filter(|name| **name != part.nevra.name);
        let siblings: Vec<PackageName> = siblings.cloned().collect();
        assemble(part, &siblings, caretaker)
    };
    PlanSet::new(parts.into_iter().map(plan).collect::<Result<_, _>>()?)
}

/// Puts what an RPM is made of together.
///
/// # Errors
/// When they do not make a complete plan: a path twice, a bad name, a bad requirement.
fn assemble(
    mut part: Part<'_>,
    siblings: &[PackageName],
    caretaker: Caretaker,
) -> Result<Plan, Error> {
    let profile = part.target.profile();
    let compression = compression(part.settings, profile)?;
    let name = &part.nevra.name;
    let managed: Vec<ManagedUnit> = part.units.iter().map(|unit| unit.managed.clone()).collect();
    let ours = ScriptletNeeds {
        package: name,
        siblings,
        units: &managed,
        timeout: part.settings.start_timeout,
        needs: &part.needs,
        accounts: &part.accounts,
        tmpfiles: &part.tmpfiles,
        profile,
    };
    let ours = ours.scriptlets(caretaker)?;
    let mut entries = std::mem::take(&mut part.contents);
    entries.extend(binaries(&part)?);
    if profile.build_id_links.value {
        entries.extend(debuginfo::build_id_links(&part.binaries)?);
    }
    entries.extend(units(&part.units, profile)?);
    entries.extend(accounts::files(name, &part.accounts, profile)?);
    entries.extend(tmpfiles::files(name, &part.needs, &part.tmpfiles)?);
    entries.extend(preset(name, &managed, profile)?);
    if caretaker == Caretaker::Scriptlets {
        entries.extend(unit_list(name, &managed)?);
    }
    // A declared file may lie in a folder that is ours for another reason too.
    let mut folders = BTreeSet::new();
    entries.retain(|entry| entry.kind != FileKind::Directory || folders.insert(entry.path.clone()));
    let files: Vec<PlannedFile> = entries
        .into_iter()
        .map(|entry| planned(entry, part.time))
        .collect();
    let scripts = scripts::merge(&part.nevra.name, &ours, part.scripts, caretaker, profile)?;
    Plan::complete(Draft {
        kind: PackageKind::Binary,
        target: *part.target,
        dependencies: dependencies(&part, &ours, &files)?,
        scriptlets: scripts.scriptlets,
        late_scriptlets: scripts.late,
        triggers: scripts::triggers(part.scripts, profile)?,
        suffix: part.suffix,
        nevra: part.nevra,
        source: part.source,
        texts: part.texts,
        changelog: part.changelog,
        time: part.time,
        files,
        units: managed,
        compression,
    })
}

/// What our scriptlets of a package look after.
#[derive(Clone, Copy, Debug)]
pub struct ScriptletNeeds<'a> {
    /// The name of the RPM.
    pub package: &'a PackageName,
    /// The other RPMs of its package that have units.
    pub siblings: &'a [PackageName],
    /// The units.
    pub units: &'a [ManagedUnit],
    /// How long scriptlets wait for them, in seconds.
    pub timeout: Option<u32>,
    /// What the units need.
    pub needs: &'a Needs,
    /// The users and groups.
    pub accounts: &'a Accounts,
    /// The lines for systemd-tmpfiles.
    pub tmpfiles: &'a [TmpfilesLine],
    /// The target.
    pub profile: &'a Profile,
}

impl ScriptletNeeds<'_> {
    /// Our scriptlets: those of units, and before them users before files are unpacked and folders
    /// below `/run` before units are started.
    fn scriptlets(&self, caretaker: Caretaker) -> Result<Scriptlets, Error> {
        let before = |first: Option<String>, then: Option<String>| match (first, then) {
            (Some(first), Some(then)) => Some(first + &then),
            (first, then) => first.or(then),
        };
        let ours = match caretaker {
            Caretaker::Scriptlets => {
                let units = scriptlets::Units {
                    package: self.package,
                    units: self.units,
                    siblings: self.siblings,
                    timeout: self.timeout,
                };
                scriptlets::scriptlets(&units, self.profile)?
            }
            Caretaker::Other => Scriptlets::default(),
        };
        let users = accounts::pre(self.package, self.accounts, self.profile)?;
        let folders = tmpfiles::post(self.package, self.needs, self.tmpfiles)?;
        Ok(Scriptlets {
            pre: before(users, ours.pre),
            post: before(folders, ours.post),
            ..ours
        })
    }
}

/// Every file has the time of the build: when a checkout touched it says nothing of the package.
fn planned(entry: Entry, time: u32) -> PlannedFile {
    PlannedFile {
        path: entry.path,
        kind: entry.kind,
        mode: entry.mode,
        user: entry.user,
        group: entry.group,
        mtime: time,
        flags: entry.flags,
        caps: entry.caps,
        reason: entry.reason,
    }
}

fn binaries(part: &Part<'_>) -> Result<Vec<Entry>, Error> {
    let names: Vec<String> = part.binaries.iter().map(|bin| bin.name.clone()).collect();
    let mut caps = bin_caps(part.settings, &names, part.target.profile())?;
    let mut entry = |binary: &Binary| {
        let path = InstallPath::new(format!("{BIN_DIR}/{}", binary.name))?;
        let source = Source::Path(binary.path.clone());
        let reason = format!("the binary `{}`", binary.name);
        Ok(Entry {
            caps: caps.remove(&binary.name),
            ..Entry::file(path, source, 0o755, reason)
        })
    };
    part.binaries.iter().map(&mut entry).collect()
}

fn units(units: &[PackagedUnit], profile: &Profile) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    for unit in units {
        let path = format!("{}/{}", profile.unit_dir.value, unit.managed.name);
        entries.push(text(&path, unit.bytes.clone(), &unit.origin)?);
        if unit.drop_ins.is_empty() {
            continue;
        }
        let folder = InstallPath::new(format!("{path}.d"))?;
        entries.push(Entry::directory(
            folder,
            format!("the drop-ins of {}", unit.managed.name),
        ));
        for (name, bytes) in &unit.drop_ins {
            entries.push(text(
                &format!("{path}.d/{name}"),
                bytes.clone(),
                "the [Install] that the unit lacks",
            )?);
        }
    }
    Ok(entries)
}

fn preset(
    package: &PackageName,
    units: &[ManagedUnit],
    profile: &Profile,
) -> Result<Option<Entry>, Error> {
    let Some(preset) = scriptlets::preset(package, units)? else {
        return Ok(None);
    };
    let name = scriptlets::preset_file_name(package);
    let path = format!("{}/{name}", profile.preset_dir());
    let reason = "the preset that enables the units";
    text(&path, preset.into_bytes(), reason).map(Some)
}

fn unit_list(package: &PackageName, units: &[ManagedUnit]) -> Result<Vec<Entry>, Error> {
    if units.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![
        Entry::directory(
            InstallPath::new("/usr/lib/ambot")?,
            "the folder of unit lists",
        ),
        text(
            &format!("/usr/lib/ambot/{package}.units"),
            scriptlets::unit_list(units).into_bytes(),
            "the list of units that the next upgrade reads",
        )?,
    ])
}

fn text(path: &str, bytes: Vec<u8>, reason: &str) -> Result<Entry, Error> {
    Ok(Entry::file(
        InstallPath::new(path)?,
        Source::Bytes(bytes),
        0o644,
        reason,
    ))
}

/// What of the user's scripts is left out on a target or hardly meant, told before anything is
/// built.
///
/// # Errors
/// The first scriptlet or trigger that cannot be.
pub fn check_scripts(
    needs: &ScriptletNeeds<'_>,
    user_scripts: &Scripts,
) -> Result<Vec<Diagnostic>, Error> {
    let (caretaker, profile) = (Caretaker::Scriptlets, needs.profile);
    let ours = needs.scriptlets(caretaker)?;
    scripts::merge(needs.package, &ours, user_scripts, caretaker, profile)?;
    scripts::triggers(user_scripts, profile)?;
    Ok(scripts::warnings(user_scripts, profile))
}

/// What the manifest says, what was found in the files, and what the scriptlets call.
fn dependencies(
    part: &Part<'_>,
    ours: &Scriptlets,
    files: &[PlannedFile],
) -> Result<Dependencies, Error> {
    let profile = part.target.profile();
    let mut all = declared(part.settings, profile)?.dependencies;
    let (requires, provides) = (
        Filter::new(&part.settings.auto_requires)?,
        Filter::new(&part.settings.auto_provides)?,
    );
    for found in &part.found {
        for (names, filter, list) in [
            (&found.requires, &requires, &mut all.requires),
            (&found.provides, &provides, &mut all.provides),
        ] {
            for name in names.iter().filter(|name| filter.takes(name)) {
                if !list.iter().any(|known| known.found && known.name == *name) {
                    list.push(Dependency {
                        found: true,
                        ..Dependency::any(name, format!("found in {}", found.path))
                    });
                }
            }
        }
    }
    all.requires.extend(scriptlet_requires(ours));
    let owners = accounts::requires(&part.accounts, profile, files);
    all.requires.extend(owners);
    all.provides.extend(part.provides.iter().cloned());
    all.provides
        .extend(accounts::provides(&part.accounts, profile));
    Ok(all)
}

/// systemd for the scriptlets that distributions ask it for (`%systemd_requires`: post, preun,
/// postun). The shell of each scriptlet is a matter of the format.
fn scriptlet_requires(scriptlets: &Scriptlets) -> Vec<Dependency> {
    let phases = [
        (Phase::Post, scriptlets.post.is_some()),
        (Phase::Preun, scriptlets.preun.is_some()),
        (Phase::Postun, scriptlets.postun.is_some()),
    ];
    phases
        .into_iter()
        .filter(|(_, there)| *there)
        .map(|(phase, _)| Dependency {
            phases: vec![phase],
            ..Dependency::any("systemd", "its scriptlets call systemctl")
        })
        .collect()
}
