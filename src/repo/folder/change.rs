//! What is to become of a repository, decided.

use crate::repo::repodata::Entry;
use camino::Utf8PathBuf;
use std::collections::{BTreeSet, HashSet};
use std::time::SystemTime;

/// What becomes of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It was not there.
    Added,
    /// It takes the place of one of the same name and version with other contents.
    Replaced,
    /// It is there already, the same to the last byte.
    Unchanged,
    /// Its file was changed by somebody else, and was read anew.
    Refreshed,
    /// It is taken away, and its file is deleted.
    Removed,
    /// Its file was deleted by somebody else.
    Vanished,
}

impl What {
    /// The word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            What::Added => "added",
            What::Replaced => "replaced",
            What::Unchanged => "unchanged",
            What::Refreshed => "refreshed",
            What::Removed => "removed",
            What::Vanished => "vanished",
        }
    }
}

/// A package, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What becomes of it.
    pub what: What,
    /// The package.
    pub entry: Entry,
}

/// A file that is to be copied into the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Copy {
    /// Where it lies now.
    pub(super) from: Utf8PathBuf,
    /// Its name in the folder.
    pub(super) name: String,
    /// The SHA-256 that it had when it was checked.
    pub(super) digest: String,
    /// When it was last changed.
    pub(super) modified: SystemTime,
}

/// A change of a repository that was found to be right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The packages that are there afterwards.
    pub entries: Vec<Entry>,
    /// What becomes of those that it is about.
    pub outcomes: Vec<Outcome>,
    /// The files that come.
    pub(super) copies: Vec<Copy>,
    /// The files that go, from the folder on.
    pub(super) deletions: Vec<String>,
}

impl Change {
    /// Whether the metadata become others.
    pub fn is_needed(&self) -> bool {
        let is_change = |outcome: &Outcome| outcome.what != What::Unchanged;
        self.outcomes.iter().any(is_change)
    }

    /// Takes a package away, and its file where that lies in the folder.
    pub(super) fn drop_entry(&mut self, at: usize) -> Entry {
        let entry = self.entries.remove(at);
        // Two entries may be of one file.
        let is_used = self.entries.iter().any(|other| other.href == entry.href);
        if entry.is_within() && !is_used {
            self.deletions.push(entry.href.clone());
        }
        entry
    }

    /// As [`Change::drop_entry`], of many at once.
    pub(super) fn drop_entries(&mut self, places: &BTreeSet<usize>) -> Vec<Entry> {
        let all = std::mem::take(&mut self.entries).into_iter().enumerate();
        let (dropped, kept): (Vec<_>, Vec<_>) = all.partition(|(at, _)| places.contains(at));
        self.entries = kept.into_iter().map(|(_, entry)| entry).collect();
        let used: HashSet<&str> = self.entries.iter().map(|one| one.href.as_str()).collect();
        let mut files = BTreeSet::new();
        for (_, entry) in &dropped {
            let is_last = !used.contains(entry.href.as_str()) && files.insert(&entry.href);
            if entry.is_within() && is_last {
                self.deletions.push(entry.href.clone());
            }
        }
        dropped.into_iter().map(|(_, entry)| entry).collect()
    }

    /// The first package whose file somebody else took away: the way to it from the folder on.
    pub fn vanished(&self) -> Option<&str> {
        let gone = self
            .outcomes
            .iter()
            .find(|told| told.what == What::Vanished);
        gone.map(|told| told.entry.href.as_str())
    }

    pub(super) fn tell(&mut self, what: What, entry: Entry) {
        self.outcomes.push(Outcome { what, entry });
    }
}
