//! The files of a list by their paths, and those that are one file with several names.

use super::files::FileEntry;
use super::walk::Found;
use std::collections::{HashMap, HashSet};

/// Places in the file list, sorted by path: the paths themselves are not copied, however often a
/// header repeats a long folder.
pub(super) struct Names<'a> {
    files: &'a [FileEntry<'a>],
    sorted: Vec<u32>,
    /// Of each file with several names the place of the last; made when it is first asked for.
    last: Option<HashMap<(u64, u64), usize>>,
    /// The names whose content comes with another.
    later: Vec<usize>,
}

impl<'a> Names<'a> {
    pub(super) fn of(files: &'a [FileEntry<'a>]) -> Self {
        // A header has far fewer files than that.
        let mut sorted: Vec<u32> = (0..u32::try_from(files.len()).unwrap_or(0)).collect();
        sorted.sort_by(|a, b| {
            let path = |at: &u32| files[*at as usize].path_bytes();
            path(a).cmp(path(b))
        });
        Names {
            files,
            sorted,
            last: None,
            later: Vec::new(),
        }
    }

    /// The place of a path.
    pub(super) fn find(&self, path: &[u8]) -> Option<usize> {
        let found = self.sorted.binary_search_by(|at| {
            let known = self.files[*at as usize].path_bytes();
            known.cmp(path.iter().copied())
        });
        found.ok().map(|index| self.sorted[index] as usize)
    }

    /// Whether it is the last name of its file, with which the content comes (rpm 4.14.3,
    /// `rpmfilesBuildNLink`: regular files that are shipped, by device and inode).
    pub(super) fn is_last_link(&mut self, at: usize) -> bool {
        let files = self.files;
        let last = self.last.get_or_insert_with(|| {
            let shipped = files.iter().enumerate();
            shipped
                .filter(|(_, file)| file.is_regular() && !file.is_ghost())
                .filter_map(|(at, file)| Some((file.inode?, at)))
                .collect()
        });
        match files[at].inode {
            Some(inode) => last.get(&inode).is_none_or(|last| *last == at),
            None => true,
        }
    }

    /// Remembers that the content of a name comes with another.
    pub(super) fn comes_later(&mut self, at: usize) {
        self.later.push(at);
    }

    /// The names whose content never came.
    pub(super) fn without_content(&self, found: &[Option<Found>]) -> Vec<usize> {
        if self.later.is_empty() {
            return Vec::new();
        }
        let is_later: HashSet<usize> = self.later.iter().copied().collect();
        let came: HashSet<(u64, u64)> = self
            .files
            .iter()
            .enumerate()
            .filter(|(at, _)| found[*at].is_some() && !is_later.contains(at))
            .filter_map(|(_, file)| file.inode)
            .collect();
        let missing = |at: &usize| {
            let inode = self.files[*at].inode;
            inode.is_none_or(|inode| !came.contains(&inode))
        };
        self.later.iter().copied().filter(missing).collect()
    }
}
