//! From the parts that the other rooms made to a plan.

use super::changelog::Change;
use super::dependency::{Constraint, Dependencies, Dependency, NotAConstraint, Phase};
use super::scriptlets::{self, ManagedUnit};
use super::{
    Compression, Draft, Error, Nevra, PackageName, Plan, PlanSet, PlannedFile, Scriptlets, Texts,
};
use super::{accounts, tmpfiles};
use crate::adapt::Needs;
use crate::contents::{Accounts, Entry, FileKind, InstallPath, Source, TmpfilesLine, bin_caps};
use crate::project::{Requirement, Settings};
use crate::target::{Profile, TargetName};
use camino::Utf8PathBuf;
use std::collections::BTreeSet;

/// Where binaries are installed.
pub const BIN_DIR: &str = "/usr/bin";

/// The level of gzip: what rpmbuild's `w9.gzdio` uses.
const GZIP_LEVEL: u8 = 9;

/// A built binary.
#[derive(Clone, Debug)]
pub struct Binary {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub path: Utf8PathBuf,
    /// What rpm requires for it, as capability names.
    pub requires: Vec<String>,
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

/// One RPM of a package, and all that it is made of.
///
/// Contents may come after the build as well as before it: debug information that is split off the
/// binaries is a part like any other, whose entries name the files where they lie.
#[derive(Debug)]
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
    /// The binaries.
    pub binaries: Vec<Binary>,
}

/// Puts the RPMs of a package for one target together, the main one first.
///
/// # Errors
/// When one of them does not make a complete plan, or two of them want the same path.
pub fn assemble_all(parts: Vec<Part<'_>>) -> Result<PlanSet, Error> {
    let with_units = parts.iter().filter(|part| !part.units.is_empty());
    let with_units: Vec<PackageName> = with_units.map(|part| part.nevra.name.clone()).collect();
    let plan = |part: Part<'_>| {
        let siblings = with_units.iter().filter(|name| **name != part.nevra.name);
        let siblings: Vec<PackageName> = siblings.cloned().collect();
        assemble(part, &siblings)
    };
    PlanSet::new(parts.into_iter().map(plan).collect::<Result<_, _>>()?)
}

/// Puts what an RPM is made of together.
///
/// # Errors
/// When they do not make a complete plan: a path twice, a bad name, a bad requirement.
fn assemble(mut part: Part<'_>, siblings: &[PackageName]) -> Result<Plan, Error> {
    let profile = part.target.profile();
    let name = &part.nevra.name;
    let managed: Vec<ManagedUnit> = part.units.iter().map(|unit| unit.managed.clone()).collect();
    let scriptlets = scriptlets::scriptlets(name, &managed, siblings, profile)?;
    let scriptlets = preparing(&part, scriptlets)?;
    let mut entries = std::mem::take(&mut part.contents);
    entries.extend(binaries(&part)?);
    entries.extend(units(&part.units, profile)?);
    entries.extend(accounts::files(name, &part.accounts, profile)?);
    entries.extend(tmpfiles::files(name, &part.needs, &part.tmpfiles)?);
    entries.extend(service_files(name, &managed, profile)?);
    // A declared file may lie in a folder that is ours for another reason too.
    let mut folders = BTreeSet::new();
    entries.retain(|entry| entry.kind != FileKind::Directory || folders.insert(entry.path.clone()));
    let files: Vec<PlannedFile> = entries
        .into_iter()
        .map(|entry| planned(entry, part.time))
        .collect();
    Plan::complete(Draft {
        target: *part.target,
        dependencies: Dependencies {
            requires: requires(&part, &scriptlets, &files)?,
            provides: accounts::provides(&part.accounts, profile),
            ..Dependencies::default()
        },
        suffix: part.suffix,
        nevra: part.nevra,
        source: part.source,
        texts: part.texts,
        changelog: part.changelog,
        time: part.time,
        files,
        units: managed,
        scriptlets,
        compression: Compression::Gzip(GZIP_LEVEL),
    })
}

/// The scriptlets with what comes before theirs: users before files are unpacked, folders below
/// `/run` before units are started.
fn preparing(part: &Part<'_>, scriptlets: Scriptlets) -> Result<Scriptlets, Error> {
    let before = |first: Option<String>, then: Option<String>| match (first, then) {
        (Some(first), Some(then)) => Some(first + &then),
        (first, then) => first.or(then),
    };
    let name = &part.nevra.name;
    let users = accounts::pre(name, &part.accounts, part.target.profile())?;
    let folders = tmpfiles::post(name, &part.needs, &part.tmpfiles)?;
    Ok(Scriptlets {
        pre: before(users, scriptlets.pre),
        post: before(folders, scriptlets.post),
        ..scriptlets
    })
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

/// The preset and the unit list.
fn service_files(
    package: &PackageName,
    units: &[ManagedUnit],
    profile: &Profile,
) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    if let Some(preset) = scriptlets::preset(package, units)? {
        let path = format!(
            "{}/{}",
            profile.preset_dir(),
            scriptlets::preset_file_name(package)
        );
        entries.push(text(
            &path,
            preset.into_bytes(),
            "the preset that enables the units",
        )?);
    }
    if !units.is_empty() {
        let list = scriptlets::unit_list(units).into_bytes();
        entries.push(Entry::directory(
            InstallPath::new("/usr/lib/ambot")?,
            "the folder of unit lists",
        ));
        entries.push(text(
            &format!("/usr/lib/ambot/{package}.units"),
            list,
            "the list of units that the next upgrade reads",
        )?);
    }
    Ok(entries)
}

fn text(path: &str, bytes: Vec<u8>, reason: &str) -> Result<Entry, Error> {
    Ok(Entry::file(
        InstallPath::new(path)?,
        Source::Bytes(bytes),
        0o644,
        reason,
    ))
}

fn requires(
    part: &Part<'_>,
    scriptlets: &Scriptlets,
    files: &[PlannedFile],
) -> Result<Vec<Dependency>, Error> {
    let mut all = declared_requires(part.settings)?;
    for binary in &part.binaries {
        for capability in &binary.requires {
            if !all.iter().any(|known| known.name == *capability) {
                all.push(Dependency {
                    found: true,
                    ..Dependency::any(capability, format!("needed by {BIN_DIR}/{}", binary.name))
                });
            }
        }
    }
    all.extend(scriptlet_requires(scriptlets));
    let profile = part.target.profile();
    all.extend(accounts::requires(&part.accounts, profile, files));
    Ok(all)
}

/// What the settings require.
fn declared_requires(settings: &Settings) -> Result<Vec<Dependency>, Error> {
    let read = |requirement: &Requirement| {
        let Requirement { name, version } = requirement;
        let constraint =
            Constraint::parse(&version.value).map_err(|NotAConstraint| Error::Requirement {
                name: name.value.clone(),
                version: version.value.clone(),
                span: version.span.clone(),
            })?;
        Ok(Dependency {
            constraint,
            ..Dependency::any(&name.value, "`requires` in Cargo.toml")
        })
    };
    settings.requires.iter().map(read).collect()
}

/// Whether what the settings require can be required, told before anything is built.
///
/// # Errors
/// The first requirement that is none.
pub fn check_requires(settings: &Settings) -> Result<(), Error> {
    declared_requires(settings).map(drop)
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
