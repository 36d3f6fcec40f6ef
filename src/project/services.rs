//! The units that the developer wrote: `.ambot/services/`, in the package's own folder.

use super::error::Error;
use super::input;
use super::manifest::shown;
use crate::report::{Diagnostic, SourceFile};
use camino::{Utf8DirEntry, Utf8Path, Utf8PathBuf};

/// The suffixes of the files that are units.
const SUFFIXES: [&str; 5] = ["service", "timer", "socket", "path", "target"];

/// The other kinds of unit (systemd.unit(5)), which belong to the system and not to a service.
const OTHER_SUFFIXES: [&str; 7] = [
    "mount",
    "automount",
    "swap",
    "slice",
    "scope",
    "device",
    "snapshot",
];

/// What the folder holds.
#[derive(Debug, Default)]
pub(super) struct Scanned {
    pub(super) units: Vec<UnitFile>,
    /// About what looks like a unit and is not packaged.
    pub(super) warnings: Vec<Diagnostic>,
}

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

/// Reads the folder, not what is below it; other files there are left alone, and whatever might
/// be meant to be packaged is named in a warning.
pub(super) fn scan(package_dir: &Utf8Path, shown_from: &Utf8Path) -> Result<Scanned, Error> {
    let dir = package_dir.join(".ambot/services");
    let unreadable = |source: std::io::Error| Error::Read {
        path: dir.clone(),
        source,
    };
    let entries = match dir.read_dir_utf8() {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Scanned::default()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut entries = entries.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    entries.sort_by(|a, b| a.file_name().cmp(b.file_name()));
    let mut scanned = Scanned::default();
    for entry in entries {
        let path = entry.path().to_owned();
        if let Some((why, help)) = left_out(&entry) {
            let shown = shown(&path, shown_from);
            let warning = Diagnostic::warning(format!("{shown} is not packaged: {why}"));
            let place = SourceFile::new(shown, "").span(0..0);
            let warning = warning.at(Some(&place), "").with_help(help);
            scanned.warnings.push(warning);
        } else if has_suffix(&path, &SUFFIXES) {
            if !is_inside(&path, package_dir) {
                return Err(Error::UnitOutside {
                    path: shown(&path, shown_from),
                });
            }
            scanned.units.push(read(path, shown_from)?);
        }
    }
    Ok(scanned)
}

fn has_suffix(path: &Utf8Path, suffixes: &[&str]) -> bool {
    let suffix = path.extension();
    suffix.is_some_and(|suffix| suffixes.contains(&suffix))
}

/// Why something that might be meant to be packaged is not, and what to do.
fn left_out(entry: &Utf8DirEntry) -> Option<(&'static str, &'static str)> {
    let path = entry.path();
    if path.is_dir() {
        return Some((
            "it is a folder",
            "units lie in .ambot/services itself; a drop-in is shipped through `files`",
        ));
    }
    let is_unit = has_suffix(path, &SUFFIXES);
    if is_unit && !path.exists() {
        return Some((
            "it is a link to a file that does not exist",
            "write the unit, or remove the link",
        ));
    }
    if is_unit && !path.is_file() {
        return Some(("it is no plain file", "write the unit as a file"));
    }
    has_suffix(path, &OTHER_SUFFIXES).then_some((
        "only services, timers, sockets, paths and targets are",
        "to ship it all the same, name it in `files` with a `dest` below /usr/lib/systemd/system/",
    ))
}

/// Links are followed before the comparison, so that none leads out unseen.
fn is_inside(path: &Utf8Path, package_dir: &Utf8Path) -> bool {
    match (path.canonicalize_utf8(), package_dir.canonicalize_utf8()) {
        (Ok(path), Ok(folder)) => path.starts_with(folder),
        _ => false,
    }
}

fn read(path: Utf8PathBuf, shown_from: &Utf8Path) -> Result<UnitFile, Error> {
    let bytes = input::read(&path, input::MAX_UNIT).map_err(|source| Error::Read {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn what_is_not_packaged_is_named_and_what_leaves_the_package_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        let package = root.join("package");
        let services = package.join(".ambot/services");
        std::fs::create_dir_all(services.join("a.service.d")).unwrap();
        for name in ["a.service", "var-lib-a.mount", "README.md"] {
            std::fs::write(services.join(name), "[Unit]\n").unwrap();
        }
        symlink("nowhere", services.join("b.timer")).unwrap();
        symlink("a.service", services.join("c.service")).unwrap();
        let scanned = scan(&package, &services).unwrap();
        let units: Vec<&str> = scanned
            .units
            .iter()
            .map(|unit| unit.name.as_str())
            .collect();
        assert_eq!(units, ["a.service", "c.service"]);
        let said: Vec<&str> = scanned.warnings.iter().map(|w| w.title.as_str()).collect();
        insta::assert_snapshot!(said.join("\n"), @"
        a.service.d is not packaged: it is a folder
        b.timer is not packaged: it is a link to a file that does not exist
        var-lib-a.mount is not packaged: only services, timers, sockets, paths and targets are
        ");
        std::fs::write(root.join("other.service"), "[Unit]\n").unwrap();
        symlink("../../../other.service", services.join("d.service")).unwrap();
        assert!(matches!(
            scan(&package, &services),
            Err(Error::UnitOutside { .. })
        ));
    }
}
