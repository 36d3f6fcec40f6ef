//! Packages that are to be in a repository: which come, which are there, which must not.

use super::Error;
use super::candidate::{Candidate, digest_of};
use super::change::{Change, Copy, What};
use super::error::{Doubles, TakenUnit};
use super::stock::Folder;
use crate::repo::regular;
use crate::repo::repodata::{Entry, nevra};
use camino::Utf8Path;
use std::io;

/// Decides what becomes of a repository when packages are added to what is there. With `replace` they
/// take the place of others of the same name and version.
///
/// # Errors
/// The first that cannot be added: another of its name and version is there, or another package ships
/// one of its units.
pub fn add(
    folder: &Folder,
    mut change: Change,
    candidates: &[Candidate],
    replace: bool,
) -> Result<Change, Error> {
    let mut given: Vec<Entry> = Vec::new();
    for candidate in candidates {
        let place = place(folder, &change, candidate)?;
        let entry = candidate.entry(place.href())?;
        if let Some(double) = given.iter().find(|other| other.identity == entry.identity) {
            if double.digest != entry.digest {
                let other = candidates
                    .iter()
                    .find(|other| other.digest == double.digest.1);
                let path = other.map_or_else(|| candidate.path.clone(), |other| other.path.clone());
                return Err(same_nevra((path, double), candidate, true));
            }
            continue;
        }
        given.push(entry.clone());
        let same = |other: &Entry| other.identity == entry.identity;
        let mut what = What::Added;
        if let Some(at) = change.entries.iter().position(same) {
            let there = &change.entries[at];
            if is_same(folder, there, &entry)? {
                let there = there.clone();
                // What was found in the folder just now is told already.
                if !change.outcomes.iter().any(|told| told.entry == there) {
                    change.tell(What::Unchanged, there);
                }
                continue;
            }
            if !replace {
                let path = folder.path.join(&there.href);
                return Err(same_nevra((path, there), candidate, false));
            }
            change.drop_entry(at);
            what = What::Replaced;
        }
        if let Place::Copy(name) = place {
            change.copies.push(Copy {
                from: candidate.path.clone(),
                name,
                digest: candidate.digest.clone(),
                modified: candidate.modified(),
            });
        }
        // A file that is to stay after all.
        change.deletions.retain(|href| *href != entry.href);
        change.tell(what, entry.clone());
        change.entries.push(entry);
    }
    for entry in &given {
        untaken(entry, &change.entries)?;
    }
    Ok(change)
}

/// Whether what is there has the bytes of what is given. Metadata of others may have a digest of another
/// kind; then the file tells.
fn is_same(folder: &Folder, there: &Entry, given: &Entry) -> Result<bool, Error> {
    if there.digest.0 == given.digest.0 || !there.is_within() {
        return Ok(there.digest == given.digest);
    }
    let digest = digest_at(&folder.path.join(&there.href))?;
    Ok(digest.is_some_and(|digest| digest == given.digest.1))
}

/// Checks that no other package ships a unit of this one, unless rpm never lets both be installed.
pub(super) fn untaken(given: &Entry, all: &[Entry]) -> Result<(), Error> {
    let others = all.iter().filter(|other| {
        other.identity.name != given.identity.name
            && share_a_system(&other.identity.arch, &given.identity.arch)
    });
    for other in others {
        let shared = given.units.iter().find(|unit| other.units.contains(unit));
        if let Some(unit) = shared.filter(|_| !given.excludes(other)) {
            return Err(Error::TakenUnit(Box::new(TakenUnit {
                unit: unit.to_string(),
                given: given.nevra(),
                name: other.identity.name.clone(),
                version: other.evr(),
                owner: other.nevra(),
            })));
        }
    }
    Ok(())
}

/// Whether packages of two architectures can be installed together.
pub fn share_a_system(one: &str, other: &str) -> bool {
    let family = |arch: &str| match arch {
        "i386" | "i486" | "i586" | "i686" | "athlon" => "x86_64".to_owned(),
        other => other.to_owned(),
    };
    let is_source = |arch: &str| arch == "src" || arch == "nosrc";
    let is_either = |test: fn(&str) -> bool| test(one) || test(other);
    !is_either(is_source) && (is_either(|arch| arch == "noarch") || family(one) == family(other))
}

/// Where a package lies in the repository.
enum Place {
    /// It is there already.
    There(String),
    /// It comes there, under this name.
    Copy(String),
}

impl Place {
    fn href(&self) -> &str {
        match self {
            Place::There(href) | Place::Copy(href) => href,
        }
    }
}

/// What lies in the folder is indexed where it is. A file that lies there is never written over: a
/// client may be reading it, and older metadata name it.
fn place(folder: &Folder, change: &Change, candidate: &Candidate) -> Result<Place, Error> {
    if let Some(href) = below(&candidate.path, &folder.path) {
        return Ok(Place::There(href));
    }
    let name = candidate.file_name();
    let short = candidate.digest.get(..8).unwrap_or_default();
    let stem = name.trim_end_matches(".rpm");
    let own = nevra(&candidate.identity());
    let is_other = |entry: &Entry| entry.nevra() == own && entry.digest.1 != candidate.digest;
    let names = [name.clone(), format!("{stem}-{short}.rpm")];
    // The plain name is the address of other bytes, or was.
    let first = usize::from(change.entries.iter().any(is_other));
    for name in &names[first..] {
        let is_promised = change.copies.iter().any(|copy| copy.name == *name);
        match digest_at(&folder.path.join(name))? {
            Some(digest) if digest == candidate.digest => return Ok(Place::There(name.clone())),
            None if !is_promised => return Ok(Place::Copy(name.clone())),
            _ => {}
        }
    }
    Ok(Place::Copy(format!("{stem}-{}.rpm", candidate.digest)))
}

fn digest_at(path: &Utf8Path) -> Result<Option<String>, Error> {
    let unreadable = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    match regular::open(path) {
        Ok(file) => Ok(Some(
            digest_of(file, &mut io::sink(), None).map_err(unreadable)?,
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(error)),
    }
}

/// The way to a file from a folder on, where it lies in it and not behind a hidden name.
pub(super) fn below(path: &Utf8Path, folder: &Utf8Path) -> Option<String> {
    let (path, folder) = (
        path.canonicalize_utf8().ok()?,
        folder.canonicalize_utf8().ok()?,
    );
    let href = path.strip_prefix(folder).ok()?.to_string();
    let is_hidden = href.split('/').any(|part| part.starts_with('.'));
    (!is_hidden && !href.starts_with("repodata/")).then_some(href)
}

pub(super) fn same_nevra(
    (path, there): (camino::Utf8PathBuf, &Entry),
    candidate: &Candidate,
    both_given: bool,
) -> Error {
    Error::SameNevra(Box::new(Doubles {
        nevra: there.nevra(),
        there: (path, there.digest.1.clone()),
        given: (candidate.path.clone(), candidate.digest.clone()),
        both_given,
    }))
}

#[cfg(test)]
mod tests {
    use super::share_a_system;

    #[test]
    fn packages_of_two_architectures_meet_where_one_runs_the_other_s() {
        for (one, other) in [
            ("x86_64", "x86_64"),
            ("x86_64", "noarch"),
            ("i686", "x86_64"),
        ] {
            assert!(
                share_a_system(one, other) && share_a_system(other, one),
                "{one} {other}"
            );
        }
        for (one, other) in [("x86_64", "aarch64"), ("src", "src"), ("noarch", "src")] {
            assert!(
                !share_a_system(one, other) && !share_a_system(other, one),
                "{one} {other}"
            );
        }
    }
}
