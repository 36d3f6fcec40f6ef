//! Packages that are to go: those that are named, or all but the newest.

use super::Error;
use super::add::below;
use super::change::{Change, What};
use super::stock::Folder;
use crate::repo::repodata::Entry;
use crate::report::nearest;
use camino::Utf8Path;
use std::num::NonZeroUsize;

/// Decides what is there without the packages that words name: by name, version and architecture, or
/// by file.
///
/// # Errors
/// The first word that names none.
pub fn remove(folder: &Folder, mut change: Change, words: &[String]) -> Result<Change, Error> {
    for word in words {
        let mut found = false;
        while let Some(at) = change
            .entries
            .iter()
            .position(|entry| is(folder, entry, word))
        {
            let entry = change.drop_entry(at);
            change.tell(What::Removed, entry);
            found = true;
        }
        let is_told = |told: &Entry| is(folder, told, word);
        // Who names one twice, by its name and its file, means it.
        if !found && !change.outcomes.iter().any(|told| is_told(&told.entry)) {
            return Err(not_there(folder, &change, word));
        }
    }
    Ok(change)
}

/// Whether a word means a package.
fn is(folder: &Folder, entry: &Entry, word: &str) -> bool {
    let identity = &entry.identity;
    let evr = format!("{}-{}", identity.version, identity.release);
    let (name, arch) = (&identity.name, &identity.arch);
    let epoch = identity.epoch.unwrap_or(0);
    let file_name = entry.href.rsplit('/').next().unwrap_or(&entry.href);
    [
        format!("{name}-{evr}.{arch}"),
        format!("{name}-{epoch}:{evr}.{arch}"),
        format!("{epoch}:{name}-{evr}.{arch}"),
        file_name.to_owned(),
        entry.href.clone(),
    ]
    .iter()
    .any(|known| known == word)
        || below(Utf8Path::new(word), &folder.path).is_some_and(|href| href == entry.href)
}

fn not_there(folder: &Folder, change: &Change, word: &str) -> Error {
    let of_name = |entry: &&Entry| {
        let rest = word.strip_prefix(entry.identity.name.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let named = change.entries.iter().filter(of_name);
    let versions: Vec<String> = named.map(Entry::nevra).collect();
    let all: Vec<String> = change.entries.iter().map(Entry::nevra).collect();
    let near = nearest(word, all.iter().map(String::as_str));
    Error::NotThere {
        word: word.to_owned(),
        folder: folder.path.clone(),
        nearest: near.map(str::to_owned).filter(|_| versions.is_empty()),
        versions,
    }
}

/// Decides what is there with the newest versions alone, so many of each name and architecture.
pub fn prune(mut change: Change, keep: NonZeroUsize) -> Change {
    let is_of = |one: &Entry, other: &Entry| {
        one.identity.name == other.identity.name && one.identity.arch == other.identity.arch
    };
    let all = change.entries.clone();
    for entry in &all {
        let newer = all
            .iter()
            .filter(|other| is_of(entry, other) && other.compare_version(entry).is_gt());
        let mut versions: Vec<&Entry> = newer.collect();
        versions.sort_by(|a, b| a.compare_version(b));
        // `1.0` and `1.00` are one version to rpm.
        versions.dedup_by(|a, b| a.compare_version(b).is_eq());
        let at = change.entries.iter().position(|other| other == entry);
        if let Some(at) = at.filter(|_| versions.len() >= keep.get()) {
            let entry = change.drop_entry(at);
            change.tell(What::Removed, entry);
        }
    }
    change
}
