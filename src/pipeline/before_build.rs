//! Mistakes in the declared contents that are told before minutes of building, not after.

use super::Error;
use crate::contents::{Entry, FileKind, InstallPath};
use crate::package::{self, BIN_DIR, check_requires};
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
