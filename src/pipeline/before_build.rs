//! Mistakes in the declared contents that are told before minutes of building, not after.

use super::parts::Parts;
use super::{CheckedPart, Error};
use crate::contents::{self, Entry, FileKind, InstallPath, Source, bin_caps};
use crate::package::{
    self, BIN_DIR, InTwoRpms, ManagedUnit, ScriptletNeeds, declared, sysusers_path,
};
use crate::report::{Diagnostic, Span};
use crate::rpm;
use crate::target::Profile;
use crate::unit::ServiceUnit;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;

/// Looks at the dependencies of the settings, for paths that two want, and for programs in an RPM that is
/// for any architecture.
/// What the target is not given of the dependencies is told.
///
/// # Errors
/// The first mistake.
pub(super) fn check(
    parts: &Parts,
    units: &[ServiceUnit],
    profile: &Profile,
) -> Result<Vec<Diagnostic>, Error> {
    let mut left_out = Vec::new();
    let mut taken = Taken {
        parts: &parts.parts,
        paths: BTreeMap::new(),
    };
    for (place, part) in parts.parts.iter().enumerate() {
        left_out.extend(declared(&part.settings, profile)?.left_out);
        bin_caps(&part.settings, &part.bin_names, profile)?;
        for bin in &part.bins {
            let path = InstallPath::new(format!("{BIN_DIR}/{}", bin.name))?;
            taken.take(
                &path,
                Owner::file(place, format!("the binary `{}`", bin.name)),
            )?;
        }
        let own = |unit: &&ServiceUnit| parts.place_of(&unit.file.name) == Some(place);
        for unit in units.iter().filter(own) {
            let path = format!("{}/{}", profile.unit_dir.value, unit.file.name);
            let path = InstallPath::new(path)?;
            taken.take(&path, Owner::file(place, unit.origin.clone()))?;
        }
        for entry in &part.contents {
            taken.take(&entry.path, Owner::of(place, entry))?;
            refuse_large(entry, profile)?;
        }
        if part.noarch {
            refuse_programs(part)?;
        }
    }
    Ok(left_out)
}

/// Looks at the user's scripts; what of them the target does not run is told.
///
/// # Errors
/// The first mistake.
pub(super) fn check_scripts(
    part: &CheckedPart,
    profile: &Profile,
) -> Result<Vec<Diagnostic>, Error> {
    let units = part.units.iter().map(|unit| unit.managed.clone());
    let units: Vec<ManagedUnit> = units.collect();
    let needs = ScriptletNeeds {
        package: &part.rpm_name,
        siblings: &[],
        units: &units,
        timeout: part.settings.start_timeout,
        needs: &part.needs,
        accounts: &part.accounts,
        tmpfiles: &part.tmpfiles,
        profile,
    };
    package::compression(&part.settings, profile)?;
    Ok(package::check_scripts(&needs, &part.scripts)?)
}

/// A file that the target's rpm could not read.
fn refuse_large(entry: &Entry, profile: &Profile) -> Result<(), Error> {
    let FileKind::Regular(Source::Path(path)) = &entry.kind else {
        return Ok(());
    };
    // One that is not there is told of where it is read.
    let size = path.metadata().map_or(0, |facts| facts.len());
    if u32::try_from(size).is_ok() || profile.has_rpmlib("LargeFiles") {
        return Ok(());
    }
    Err(Error::Rpm(rpm::Error::FileTooLarge {
        dest: entry.path.to_string(),
        size,
        target: profile.name.to_string(),
    }))
}

/// Who has a path.
struct Owner {
    /// Its RPM, by its place among the parts.
    place: usize,
    reason: String,
    span: Option<Span>,
    /// Mode, user and group of a folder.
    folder: Option<(u16, String, String)>,
}

impl Owner {
    fn file(place: usize, reason: String) -> Self {
        Owner {
            place,
            reason,
            span: None,
            folder: None,
        }
    }

    fn of(place: usize, entry: &Entry) -> Self {
        let facts = || (entry.mode, entry.user.clone(), entry.group.clone());
        Owner {
            place,
            reason: entry.reason.clone(),
            span: entry.span.clone(),
            folder: (entry.kind == FileKind::Directory).then(facts),
        }
    }
}

struct Taken<'a> {
    parts: &'a [CheckedPart],
    paths: BTreeMap<String, Owner>,
}

impl Taken<'_> {
    fn take(&mut self, path: &InstallPath, owner: Owner) -> Result<(), Error> {
        let Some(first) = self.paths.get(path.as_str()) else {
            self.paths.insert(path.to_string(), owner);
            return Ok(());
        };
        let are_folders = first.folder.is_some() && owner.folder.is_some();
        let error = if first.place == owner.place {
            if are_folders {
                return Ok(());
            }
            package::Error::Twice {
                path: path.clone(),
                first: first.reason.clone(),
                second: owner.reason,
            }
        } else {
            if are_folders && first.folder == owner.folder {
                return Ok(());
            }
            package::Error::InTwoRpms(Box::new(InTwoRpms {
                path: path.clone(),
                rpms: [first.place, owner.place].map(|at| self.parts[at].rpm_name.to_string()),
                reasons: [first.reason.clone(), owner.reason],
                spans: [first.span.clone(), owner.span],
            }))
        };
        Err(error.into())
    }
}

/// rpmbuild refuses ELF files in a package for any architecture as well ("Arch dependent binaries in
/// noarch package", rpm 4.14, `build/files.c`).
fn refuse_programs(part: &CheckedPart) -> Result<(), Error> {
    for entry in &part.contents {
        let FileKind::Regular(Source::Path(source)) = &entry.kind else {
            continue;
        };
        let missing = |error| contents::Error::Missing {
            path: source.clone(),
            span: entry.span.clone(),
            source: error,
        };
        let mut start = Vec::new();
        let file = File::open(source).map_err(missing)?;
        file.take(4).read_to_end(&mut start).map_err(missing)?;
        if start == b"\x7fELF" {
            return Err(package::Error::NotForAnyArch {
                path: entry.path.clone(),
                rpm: part.rpm_name.to_string(),
                span: entry.span.clone(),
            }
            .into());
        }
    }
    Ok(())
}

/// Looks for files that want the path of what is made from `users`, `groups` and `tmpfiles`.
///
/// # Errors
/// The first such file.
pub(super) fn check_generated(part: &CheckedPart) -> Result<(), Error> {
    let package = &part.rpm_name;
    let made = [
        (
            !part.accounts.is_empty(),
            sysusers_path(package),
            "the file made from `users` and `groups`",
        ),
        (
            !part.tmpfiles.is_empty(),
            format!("/usr/lib/tmpfiles.d/{package}.conf"),
            "the file made from `tmpfiles`",
        ),
    ];
    for (is_made, path, first) in made {
        let taken = part
            .contents
            .iter()
            .find(|entry| entry.path.as_str() == path);
        if let Some(entry) = taken.filter(|_| is_made) {
            return Err(package::Error::Twice {
                path: entry.path.clone(),
                first: first.to_owned(),
                second: entry.reason.clone(),
            }
            .into());
        }
    }
    Ok(())
}
