//! What is in the folder of a repository now.

use super::Error;
use super::add::{same_nevra, untaken};
use super::candidate::{Candidate, seconds};
use super::change::{Change, What};
use super::lock::Lock;
use crate::build::Interrupt;
use crate::disk;
use crate::repo::regular;
use crate::repo::repodata::{Entry, Repodata, Repomd, UNFINISHED, Unread};
use crate::report::Sink;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::HashSet;
use std::io;

/// How many folders within each other are looked through for RPMs.
const MAX_DEPTH: usize = 16;

/// The folder of a repository that nobody else changes meanwhile.
#[derive(Debug)]
pub struct Folder {
    /// Its path.
    pub path: Utf8PathBuf,
    /// What its metadata say.
    pub data: Repodata,
    /// Whether it had metadata.
    pub is_repository: bool,
    _lock: Lock,
}

/// What a repository says that it has, whoever changes it meanwhile.
///
/// # Errors
/// When there is none, or it cannot be read.
pub fn list(path: &Utf8Path) -> Result<Repodata, Error> {
    // Between repomd.xml and what it names another change may come.
    let read = || read(path);
    let data = match read() {
        Err(Error::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => read(),
        other => other,
    }?;
    data.ok_or_else(|| Error::NoRepository {
        path: path.to_owned(),
    })
}

fn read(path: &Utf8Path) -> Result<Option<Repodata>, Error> {
    let damaged = |unread| match unread {
        Unread::Io(name, source) => Error::Read {
            path: path.join(name),
            source,
        },
        Unread::Bad(name, what) => Error::Damaged {
            path: path.join(name),
            folder: path.to_owned(),
            what,
        },
    };
    let name = "repodata/repomd.xml";
    let file = match regular::open(&path.join(name)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(damaged(Unread::Io(name.to_owned(), error))),
    };
    let repomd = Repomd::read(file).map_err(|what| damaged(Unread::Bad(name.to_owned(), what)))?;
    let data = Repodata::read(repomd, |record| regular::open(&path.join(&record.href)));
    Ok(Some(data.map_err(damaged)?))
}

impl Folder {
    /// Locks a folder and reads what is there; `create` makes one that is not there.
    ///
    /// # Errors
    /// When it is none, cannot be read, or is no repository and is not to become one.
    pub fn open(
        path: &Utf8Path,
        create: bool,
        interrupt: &Interrupt,
        sink: &dyn Sink,
    ) -> Result<Self, Error> {
        if create {
            std::fs::create_dir_all(path).map_err(|source| Error::Write {
                path: path.to_owned(),
                source,
            })?;
        } else if !path.join("repodata/repomd.xml").exists() {
            return Err(Error::NoRepository {
                path: path.to_owned(),
            });
        }
        let lock = Lock::take(path, interrupt, sink)?;
        let repodata = path.join("repodata");
        // What is written there would be written elsewhere, and old files deleted there.
        if repodata.is_symlink() {
            return Err(Error::Linked { path: repodata });
        }
        for folder in [path, &repodata] {
            disk::clear_locked(folder, UNFINISHED);
        }
        let data = read(path)?;
        Ok(Folder {
            path: path.to_owned(),
            is_repository: data.is_some(),
            data: data.unwrap_or_default(),
            _lock: lock,
        })
    }

    /// The packages that are there, as a change to begin with: those whose files are gone are left
    /// out, those whose files changed are read anew, and where there are no metadata yet all RPMs of
    /// the folder are taken. As createrepo_c with `--update`, a file of the same size and time is the
    /// same.
    ///
    /// # Errors
    /// When a file that changed is no sound RPM.
    pub fn begin(&self, sink: &dyn Sink) -> Result<Change, Error> {
        let mut change = Change::default();
        for entry in &self.data.entries {
            match self.look(entry)? {
                Look::Same => change.entries.push(entry.clone()),
                Look::Gone => change.tell(What::Vanished, entry.clone()),
                Look::Changed(fresh) => {
                    change.tell(What::Refreshed, (*fresh).clone());
                    change.entries.push(*fresh);
                }
            }
        }
        if !self.is_repository {
            for href in self.unknown(&change) {
                sink.status("Reading", &href);
                let candidate = Candidate::read(&self.path.join(&href))?;
                let entry = candidate.entry(&href)?;
                let same = |other: &&Entry| other.identity == entry.identity;
                if let Some(there) = change.entries.iter().find(same) {
                    if there.digest == entry.digest {
                        continue;
                    }
                    let path = self.path.join(&there.href);
                    return Err(same_nevra((path, there), &candidate, true));
                }
                change.tell(What::Added, entry.clone());
                change.entries.push(entry);
            }
            for entry in &change.entries {
                untaken(entry, &change.entries)?;
            }
        }
        Ok(change)
    }

    /// Whether `repomd.xml` is signed.
    pub fn is_signed(&self) -> bool {
        self.path.join("repodata/repomd.xml.asc").exists()
    }

    /// The RPMs of the folder that are not among the packages, from the folder on, in order.
    pub fn unknown(&self, change: &Change) -> Vec<String> {
        let known: HashSet<&str> = change
            .entries
            .iter()
            .map(|entry| entry.href.as_str())
            .collect();
        let mut found = Vec::new();
        walk(&self.path, "", MAX_DEPTH, &mut found);
        found.retain(|href| !known.contains(href.as_str()) && !change.deletions.contains(href));
        found.sort();
        found
    }

    fn look(&self, entry: &Entry) -> Result<Look, Error> {
        // What lies elsewhere is not ours to look at.
        if !entry.is_within() {
            return Ok(Look::Same);
        }
        let path = self.path.join(&entry.href);
        let facts = match std::fs::metadata(&path) {
            Ok(facts) => facts,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Look::Gone),
            Err(source) => return Err(Error::Read { path, source }),
        };
        let time = facts.modified().map(seconds);
        if facts.len() == entry.size && time.is_ok_and(|time| time == entry.time) {
            return Ok(Look::Same);
        }
        let candidate = Candidate::read(&path)?;
        Ok(Look::Changed(Box::new(candidate.entry(&entry.href)?)))
    }
}

enum Look {
    Same,
    Gone,
    Changed(Box<Entry>),
}

/// The RPMs below a folder, from `below` on; folders and files that are hidden are not looked at.
fn walk(folder: &Utf8Path, below: &str, depth: usize, found: &mut Vec<String>) {
    let Ok(entries) = folder.read_dir_utf8() else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if name.starts_with('.') {
            continue;
        }
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() && depth > 0 {
            walk(entry.path(), &format!("{below}{name}/"), depth - 1, found);
        } else if !kind.is_dir() && name.ends_with(".rpm") {
            found.push(format!("{below}{name}"));
        }
    }
}
