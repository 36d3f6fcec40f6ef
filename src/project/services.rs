//! The units that the developer wrote: `.ambot/services/`, in the package's own folder.

use super::error::Error;
use super::manifest::shown;
use camino::{Utf8Path, Utf8PathBuf};

/// The suffixes of the files that are units.
const SUFFIXES: [&str; 5] = ["service", "timer", "socket", "path", "target"];

/// A unit file as it lies on disk.
#[derive(Clone, Debug)]
pub struct UnitFile {
    /// The name of the file.
    pub name: String,
    /// Where it lies.
    pub path: Utf8PathBuf,
    /// The same as messages show it.
    pub shown: Utf8PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Reads the folder, not what is below it; other files there are left alone.
pub(super) fn scan(package_dir: &Utf8Path, shown_from: &Utf8Path) -> Result<Vec<UnitFile>, Error> {
    let dir = package_dir.join(".ambot/services");
    let unreadable = |source: std::io::Error| Error::Read {
        path: dir.clone(),
        source,
    };
    let entries = match dir.read_dir_utf8() {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut units = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path().to_owned();
        if path
            .extension()
            .is_some_and(|suffix| SUFFIXES.contains(&suffix))
            && path.is_file()
        {
            units.push(read(path, shown_from)?);
        }
    }
    units.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(units)
}

fn read(path: Utf8PathBuf, shown_from: &Utf8Path) -> Result<UnitFile, Error> {
    let bytes = std::fs::read(&path).map_err(|source| Error::Read {
        path: path.clone(),
        source,
    })?;
    Ok(UnitFile {
        name: path.file_name().unwrap_or_default().to_owned(),
        shown: shown(&path, shown_from),
        path,
        bytes,
    })
}
