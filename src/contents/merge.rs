//! Entries on their way into one list, each path once.

use super::{Entry, Error, FileKind, InstallPath, system};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// The entries so far.
#[derive(Debug, Default)]
pub(super) struct Merge {
    entries: BTreeMap<InstallPath, Entry>,
    /// The folders that are there because they were in a folder of the project.
    of_trees: BTreeSet<InstallPath>,
}

impl Merge {
    /// Adds what was asked for by its path.
    ///
    /// # Errors
    /// When something else has the path. Folders that are the same are one.
    pub(super) fn add(&mut self, entry: Entry) -> Result<(), Error> {
        if system::has_folder(entry.path.as_str()) {
            return Err(Error::OfSystem {
                path: entry.path.to_string(),
                span: entry.span,
            });
        }
        match self.entries.get(&entry.path) {
            Some(known) if is_same_folder(known, &entry) => {}
            Some(known) => return Err(twice(known, &entry)),
            None => {
                self.entries.insert(entry.path.clone(), entry);
            }
        }
        Ok(())
    }

    /// Adds what lies in a folder of the project: of its folders those count that were asked for by
    /// their path.
    pub(super) fn add_of_tree(&mut self, entry: Entry) -> Result<(), Error> {
        if entry.kind != FileKind::Directory {
            return self.add(entry);
        }
        let known = self.entries.get(&entry.path);
        let is_asked_for = known.is_some_and(|known| {
            known.kind == FileKind::Directory && !self.of_trees.contains(&known.path)
        });
        if is_asked_for {
            return Ok(());
        }
        self.of_trees.insert(entry.path.clone());
        self.add(entry)
    }

    /// Adds what nobody asked for.
    pub(super) fn add_unless_taken(&mut self, entry: Entry) {
        self.entries.entry(entry.path.clone()).or_insert(entry);
    }

    /// All of them, sorted by path.
    ///
    /// # Errors
    /// When one lies below another that is no folder.
    pub(super) fn finish(self) -> Result<Vec<Entry>, Error> {
        let is_folder = |entry: &&Entry| entry.kind == FileKind::Directory;
        for above in self.entries.values().filter(|entry| !is_folder(entry)) {
            // What lies below it would come next.
            let inside = format!("{}/", above.path);
            let from = (Bound::Included(inside.as_str()), Bound::Unbounded);
            let next = self.entries.range::<str, _>(from).next();
            if let Some((path, entry)) = next.filter(|(path, _)| path.as_str().starts_with(&inside))
            {
                return Err(Error::BelowFile {
                    path: path.to_string(),
                    above: above.path.to_string(),
                    spans: Box::new([above.span.clone(), entry.span.clone()]),
                });
            }
        }
        Ok(self.entries.into_values().collect())
    }
}

fn is_same_folder(a: &Entry, b: &Entry) -> bool {
    let of = |entry: &Entry| {
        (
            entry.mode,
            entry.user.clone(),
            entry.group.clone(),
            entry.flags,
        )
    };
    let folders = [a, b].iter().all(|entry| entry.kind == FileKind::Directory);
    folders && of(a) == of(b)
}

fn twice(first: &Entry, second: &Entry) -> Error {
    let folders = [first, second]
        .iter()
        .all(|entry| entry.kind == FileKind::Directory);
    Error::Twice {
        path: first.path.to_string(),
        folders,
        spans: Box::new([first.span.clone(), second.span.clone()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contents::Source;

    fn file(path: &str) -> Entry {
        let path = InstallPath::new(path).unwrap();
        Entry::file(path, Source::Bytes(Vec::new()), 0o644, "a test")
    }

    fn folder(path: &str, mode: u16) -> Entry {
        let path = InstallPath::new(path).unwrap();
        Entry {
            mode,
            ..Entry::directory(path, "a test")
        }
    }

    #[test]
    fn a_path_is_there_once_and_the_same_folder_may_come_twice() {
        let mut merge = Merge::default();
        merge.add(file("/a/b")).unwrap();
        merge.add(folder("/a", 0o755)).unwrap();
        merge.add(folder("/a", 0o755)).unwrap();
        assert!(matches!(
            merge.add(file("/a/b")),
            Err(Error::Twice { folders: false, .. })
        ));
        assert!(matches!(
            merge.add(folder("/a", 0o700)),
            Err(Error::Twice { folders: true, .. })
        ));
        assert!(matches!(merge.add(file("/a")), Err(Error::Twice { .. })));
        assert!(matches!(
            merge.add(folder("/usr/bin", 0o755)),
            Err(Error::OfSystem { .. })
        ));
        assert_eq!(merge.finish().unwrap().len(), 2);
    }

    #[test]
    fn a_folder_that_was_asked_for_is_as_asked_for() {
        let mut merge = Merge::default();
        merge.add(folder("/var/lib/x", 0o700)).unwrap();
        merge.add_of_tree(folder("/var/lib/x", 0o755)).unwrap();
        merge.add_of_tree(folder("/opt/x", 0o755)).unwrap();
        assert!(merge.add_of_tree(folder("/opt/x", 0o750)).is_err());
        let modes: Vec<u16> = merge.finish().unwrap().iter().map(|e| e.mode).collect();
        assert_eq!(modes, [0o755, 0o700]);
    }

    #[test]
    fn nothing_lies_below_a_file() {
        let mut merge = Merge::default();
        merge.add(file("/a/b")).unwrap();
        merge.add(file("/a/b/c/d")).unwrap();
        assert!(matches!(merge.finish(), Err(Error::BelowFile { .. })));
    }
}
