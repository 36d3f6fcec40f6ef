//! From the parts that the other rooms made to a plan.

use super::dependency::{Constraint, Dependencies, Dependency, NotAConstraint, Phase};
use super::scriptlets::{self, ManagedUnit};
use super::{Compression, Draft, Error, Evr, Nevra, PackageName, Plan, PlannedFile, Scriptlets};
use super::{accounts, tmpfiles};
use crate::adapt::Needs;
use crate::contents::{Accounts, Entry, FileKind, InstallPath, Source, TmpfilesLine};
use crate::project::{Package, Requirement, Settings};
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

/// The parts of a package.
#[derive(Debug)]
pub struct Parts<'a> {
    /// What cargo knows.
    pub package: &'a Package,
    /// What the user set.
    pub settings: &'a Settings,
    /// What it is for.
    pub target: &'a TargetName,
    /// The architecture as rpm names it.
    pub arch: &'a str,
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

/// The name of the RPM: what the user set, else cargo's.
///
/// # Errors
/// When it cannot be the name of an RPM.
pub fn rpm_name(package: &Package, settings: &Settings) -> Result<PackageName, Error> {
    match &settings.name {
        Some(name) => {
            PackageName::new(name.value.clone()).map_err(|error| error.at(name.span.as_ref()))
        }
        None => PackageName::new(package.name.clone()),
    }
}

/// The identity of the package for a target and an architecture.
///
/// # Errors
/// When the name cannot be one.
pub fn nevra(
    package: &Package,
    settings: &Settings,
    profile: &Profile,
    arch: &str,
) -> Result<Nevra, Error> {
    let release = settings
        .release
        .as_ref()
        .map_or("1", |release| release.value.as_str());
    Ok(Nevra {
        name: rpm_name(package, settings)?,
        evr: Evr {
            epoch: settings.epoch,
            version: Evr::version_of(&package.version),
            release: profile.release(release),
        },
        arch: arch.to_owned(),
    })
}

/// Puts the parts together.
///
/// # Errors
/// When they do not make a complete plan: a path twice, a bad name, a bad requirement.
pub fn assemble(mut parts: Parts<'_>) -> Result<Plan, Error> {
    let profile = parts.target.profile();
    let nevra = nevra(parts.package, parts.settings, profile, parts.arch)?;
    let managed: Vec<ManagedUnit> = parts
        .units
        .iter()
        .map(|unit| unit.managed.clone())
        .collect();
    let scriptlets = scriptlets::scriptlets(&nevra.name, &managed, profile)?;
    let scriptlets = preparing(&nevra.name, &parts, scriptlets)?;
    let mut entries = std::mem::take(&mut parts.contents);
    entries.extend(binaries(&parts.binaries)?);
    entries.extend(units(&parts.units, profile)?);
    entries.extend(accounts::files(&nevra.name, &parts.accounts, profile)?);
    entries.extend(tmpfiles::files(&nevra.name, &parts.needs, &parts.tmpfiles)?);
    entries.extend(service_files(&nevra.name, &managed, profile)?);
    // A declared file may lie in a folder that is ours for another reason too.
    let mut folders = BTreeSet::new();
    entries.retain(|entry| entry.kind != FileKind::Directory || folders.insert(entry.path.clone()));
    let texts = texts(parts.package, parts.settings);
    let files: Vec<PlannedFile> = entries
        .into_iter()
        .map(|entry| planned(entry, parts.time))
        .collect();
    Plan::complete(Draft {
        target: *parts.target,
        dependencies: Dependencies {
            requires: requires(&parts, &scriptlets, &files)?,
            provides: accounts::provides(&parts.accounts, profile),
            ..Dependencies::default()
        },
        nevra,
        summary: texts.summary,
        description: texts.description,
        license: texts.license,
        url: texts.url,
        vendor: parts
            .settings
            .vendor
            .as_ref()
            .map(|vendor| vendor.value.clone()),
        packager: parts
            .settings
            .packager
            .as_ref()
            .map(|packager| packager.value.clone()),
        time: parts.time,
        files,
        scriptlets,
        compression: Compression::Gzip(GZIP_LEVEL),
    })
}

/// The scriptlets with what comes before theirs: users before files are unpacked, folders below
/// `/run` before units are started.
fn preparing(
    package: &PackageName,
    parts: &Parts<'_>,
    scriptlets: Scriptlets,
) -> Result<Scriptlets, Error> {
    let before = |first: Option<String>, then: Option<String>| match (first, then) {
        (Some(first), Some(then)) => Some(first + &then),
        (first, then) => first.or(then),
    };
    let users = accounts::pre(package, &parts.accounts, parts.target.profile())?;
    let folders = tmpfiles::post(package, &parts.needs, &parts.tmpfiles)?;
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
        reason: entry.reason,
    }
}

fn binaries(binaries: &[Binary]) -> Result<Vec<Entry>, Error> {
    let entry = |binary: &Binary| {
        let path = InstallPath::new(format!("{BIN_DIR}/{}", binary.name))?;
        let source = Source::Path(binary.path.clone());
        Ok(Entry::file(
            path,
            source,
            0o755,
            format!("the binary `{}`", binary.name),
        ))
    };
    binaries.iter().map(entry).collect()
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
    parts: &Parts<'_>,
    scriptlets: &Scriptlets,
    files: &[PlannedFile],
) -> Result<Vec<Dependency>, Error> {
    let mut all = declared_requires(parts.settings)?;
    for binary in &parts.binaries {
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
    let profile = parts.target.profile();
    all.extend(accounts::requires(&parts.accounts, profile, files));
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

struct Texts {
    summary: String,
    description: String,
    license: String,
    url: Option<String>,
}

fn texts(package: &Package, settings: &Settings) -> Texts {
    let set = |text: &Option<crate::report::Spanned<String>>| {
        text.as_ref().map(|text| text.value.clone())
    };
    let described = package
        .description
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let summary =
        set(&settings.summary).unwrap_or_else(|| summary_of(described.unwrap_or(&package.name)));
    Texts {
        description: set(&settings.description)
            .or_else(|| described.map(str::to_owned))
            .unwrap_or_else(|| summary.clone()),
        summary,
        license: set(&settings.license)
            .or_else(|| package.license.as_deref().map(spdx))
            .unwrap_or_else(|| "LicenseRef-Unspecified".to_owned()),
        url: set(&settings.url)
            .or_else(|| package.homepage.clone())
            .or_else(|| package.repository.clone()),
    }
}

/// cargo once wrote `MIT/Apache-2.0` for what SPDX calls `OR`.
fn spdx(license: &str) -> String {
    let parts: Vec<&str> = license.split('/').map(str::trim).collect();
    parts.join(" OR ")
}

/// The first line, without the full stop that a summary does not have.
fn summary_of(description: &str) -> String {
    let line = description.lines().next().unwrap_or_default().trim();
    line.strip_suffix('.').unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::spdx;

    #[test]
    fn the_old_slash_of_a_licence_is_an_or() {
        for old in ["MIT/Apache-2.0", "MIT / Apache-2.0", "MIT OR Apache-2.0"] {
            assert_eq!(spdx(old), "MIT OR Apache-2.0");
        }
    }
}
