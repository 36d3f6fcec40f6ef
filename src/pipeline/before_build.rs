//! Mistakes in the declared contents that are told before minutes of building, not after.

use super::Error;
use crate::contents::{Accounts, Entry, FileKind, InstallPath, TmpfilesLine};
use crate::package::{self, BIN_DIR, PackageName, check_requires, sysusers_path};
use crate::project::Settings;
use crate::target::Profile;
use crate::unit::ServiceUnit;
use std::collections::BTreeMap;

/// Looks at what the settings require, and for files that want the path of a binary or a unit.
///
/// # Errors
/// The first mistake.
pub(super) fn check(
    settings: &Settings,
    contents: &[Entry],
    bins: &[String],
    units: &[ServiceUnit],
    profile: &Profile,
) -> Result<(), Error> {
    check_requires(settings)?;
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for bin in bins {
        taken.insert(format!("{BIN_DIR}/{bin}"), format!("the binary `{bin}`"));
    }
    for unit in units {
        let path = format!("{}/{}", profile.unit_dir.value, unit.file.name);
        taken.insert(path, unit.origin.clone());
    }
    for entry in contents {
        let is_file = entry.kind != FileKind::Directory;
        if let Some(first) = taken.get(entry.path.as_str()).filter(|_| is_file) {
            return Err(package::Error::Twice {
                path: InstallPath::clone(&entry.path),
                first: first.clone(),
                second: entry.reason.clone(),
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
pub(super) fn check_generated(
    package: &PackageName,
    contents: &[Entry],
    accounts: &Accounts,
    tmpfiles: &[TmpfilesLine],
) -> Result<(), Error> {
    let made = [
        (
            !accounts.is_empty(),
            sysusers_path(package),
            "the file made from `users` and `groups`",
        ),
        (
            !tmpfiles.is_empty(),
            format!("/usr/lib/tmpfiles.d/{package}.conf"),
            "the file made from `tmpfiles`",
        ),
    ];
    for (is_made, path, first) in made {
        let taken = contents.iter().find(|entry| entry.path.as_str() == path);
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
