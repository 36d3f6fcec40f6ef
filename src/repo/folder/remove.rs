//! Packages that are to go: those that are named, or all but the newest.

use super::Error;
use super::add::below;
use super::change::{Change, What};
use super::stock::Folder;
use crate::repo::repodata::Entry;
use crate::report::nearest;
use crate::rpm::read::Identity;
use camino::Utf8Path;
use std::collections::{BTreeMap, BTreeSet};
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
    let versions: Vec<String> = of_name(&change.entries, word).map(Entry::nevra).collect();
    let all: Vec<String> = change.entries.iter().map(Entry::nevra).collect();
    let near = nearest(word, all.iter().map(String::as_str));
    Error::NotThere {
        word: word.to_owned(),
        folder: folder.path.clone(),
        nearest: near.map(str::to_owned).filter(|_| versions.is_empty()),
        versions,
    }
}

/// The packages whose name a word begins with: of `hello-devel-1.0` those of `hello-devel`, and not
/// those of `hello`.
fn of_name<'a>(entries: &'a [Entry], word: &str) -> impl Iterator<Item = &'a Entry> {
    let names = entries.iter().map(|entry| entry.identity.name.as_str());
    let longest = name_in(word, names);
    entries
        .iter()
        .filter(move |entry| longest == Some(entry.identity.name.as_str()))
}

/// The longest name that a word begins with.
fn name_in<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .filter(|name| is_name(name, word))
        .max_by_key(|name| name.len())
}

/// Whether a word is a name, alone or with a version. `hello-devel` is another name than `hello`: a
/// version begins with a digit.
fn is_name(name: &str, word: &str) -> bool {
    let Some(rest) = word.strip_prefix(name) else {
        return false;
    };
    let version = rest.strip_prefix('-').unwrap_or_default();
    rest.is_empty() || version.starts_with(|c: char| c.is_ascii_digit())
}

/// Decides what is there with the newest versions alone, so many of each name and architecture.
pub fn prune(mut change: Change, keep: NonZeroUsize) -> Change {
    let mut families: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (at, entry) in change.entries.iter().enumerate() {
        let Identity { name, arch, .. } = &entry.identity;
        families.entry((name, arch)).or_default().push(at);
    }
    let mut old = BTreeSet::new();
    for mut family in families.into_values() {
        let newer = |a: &usize, b: &usize| change.entries[*b].compare_version(&change.entries[*a]);
        family.sort_by(newer);
        // `1.0` and `1.00` are one version to rpm.
        let versions = family.chunk_by(|a, b| newer(a, b).is_eq());
        old.extend(versions.skip(keep.get()).flatten().copied());
    }
    for entry in change.drop_entries(&old) {
        change.tell(What::Removed, entry);
    }
    change
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_of_versions_are_pruned_in_a_moment() {
        let of = |name| (0..30_000).map(move |n| Entry::example(name, &format!("1.{n}")));
        let change = Change {
            entries: of("one").chain(of("two").take(2)).collect(),
            ..Change::default()
        };
        let since = std::time::Instant::now();
        let pruned = prune(change, NonZeroUsize::new(2).unwrap());
        let left: Vec<String> = pruned.entries.iter().map(Entry::nevra).collect();
        let kept = ["one-1.29998-1", "one-1.29999-1", "two-1.0-1", "two-1.1-1"];
        assert_eq!(left, kept.map(|nevra| format!("{nevra}.noarch")));
        assert_eq!(pruned.deletions.len(), 29_998);
        assert_eq!(pruned.outcomes.len(), 29_998);
        assert!(since.elapsed() < std::time::Duration::from_secs(20));
    }

    #[test]
    fn of_two_names_the_longer_one_is_meant() {
        let names = ["hello", "hello-2", "hello-devel"];
        for (word, name) in [
            ("hello", Some("hello")),
            ("hello-1.0-1.x86_64", Some("hello")),
            ("hello-2", Some("hello-2")),
            ("hello-2-1.0", Some("hello-2")),
            ("hello-devel", Some("hello-devel")),
            ("hello-devel-3:1.0", Some("hello-devel")),
            ("hello-doc", None),
            ("hell", None),
        ] {
            assert_eq!(name_in(word, names.into_iter()), name, "{word}");
        }
    }
}
