//! Which files come, go, move and change.

use super::text::{TextChange, Texts};
use crate::inspect::{DescribedFile, DescribedKind};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// What becomes of the files.
#[derive(Clone, Debug, Default)]
pub struct FileChanges {
    /// Those that only the new package has.
    pub added: Vec<DescribedFile>,
    /// Those that only the old one has.
    pub removed: Vec<DescribedFile>,
    /// Those that have the same content at another path.
    pub moved: Vec<FileChange>,
    /// Those that both have and that differ.
    pub changed: Vec<FileChange>,
    /// Those that both have as they were; their number.
    pub same: usize,
}

/// One file as it was and as it comes to be.
#[derive(Clone, Debug)]
pub struct FileChange {
    /// As the old package has it.
    pub old: DescribedFile,
    /// As the new one has it.
    pub new: DescribedFile,
    /// The lines that differ, where it is a short text in both.
    pub text: Option<TextChange>,
}

/// In what a file differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// A file, folder or link becomes another of these.
    Kind,
    /// What is in it.
    Content,
    /// Where a link points.
    Link,
    /// The permission bits.
    Mode,
    /// User or group.
    Owner,
    /// Capabilities.
    Caps,
    /// `config`, `ghost` …
    Flags,
}

impl Aspect {
    /// What it is called in JSON lines.
    pub fn name(self) -> &'static str {
        match self {
            Aspect::Kind => "kind",
            Aspect::Content => "content",
            Aspect::Link => "link",
            Aspect::Mode => "mode",
            Aspect::Owner => "owner",
            Aspect::Caps => "caps",
            Aspect::Flags => "flags",
        }
    }
}

impl FileChange {
    /// In what they differ; nothing where they are the same but for the path.
    pub fn aspects(&self) -> Vec<Aspect> {
        aspects(&self.old, &self.new)
    }

    /// Whether they differ in this.
    pub fn has(&self, aspect: Aspect) -> bool {
        self.aspects().contains(&aspect)
    }
}

fn aspects(old: &DescribedFile, new: &DescribedFile) -> Vec<Aspect> {
    let same_kind = std::mem::discriminant(&old.kind) == std::mem::discriminant(&new.kind);
    // The bits of a link mean nothing, nor does its owner.
    let is_link = matches!(new.kind, DescribedKind::Symlink(_));
    // A ghost is not shipped: some builders record size and digest of what lay there, some do not.
    let is_shipped = !old.has("ghost") && !new.has("ghost");
    let is_content = new.is_regular() && is_shipped;
    let differs = [
        (Aspect::Kind, !same_kind),
        (
            Aspect::Content,
            same_kind && is_content && (&old.digest, old.size) != (&new.digest, new.size),
        ),
        (Aspect::Link, same_kind && is_link && old.kind != new.kind),
        (Aspect::Mode, same_kind && !is_link && old.mode != new.mode),
        (
            Aspect::Owner,
            !is_link && (&old.user, &old.group) != (&new.user, &new.group),
        ),
        (Aspect::Caps, old.caps != new.caps),
        (Aspect::Flags, old.flags != new.flags),
    ];
    let differing = differs.into_iter().filter(|(_, differs)| *differs);
    differing.map(|(aspect, _)| aspect).collect()
}

/// Compares two lists of files, which it takes: there may be a hundred thousand of them.
pub(super) fn compare(
    old: Vec<DescribedFile>,
    new: Vec<DescribedFile>,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    texts: Texts,
) -> FileChanges {
    let mut changes = FileChanges::default();
    let mut known: BTreeMap<String, DescribedFile> = BTreeMap::new();
    for file in old {
        known.insert(file.path.clone(), file);
    }
    for new in new {
        let Some(old) = known.remove(&new.path) else {
            changes.added.push(new);
            continue;
        };
        if aspects(&old, &new).is_empty() {
            changes.same += 1;
            continue;
        }
        let pair = before.get(&old.path).zip(after.get(&new.path));
        changes.changed.push(FileChange {
            text: pair.and_then(|(old, new)| texts.compare(old, new)),
            old,
            new,
        });
    }
    changes.removed = known.into_values().collect();
    changes.added.sort_by(|a, b| a.path.cmp(&b.path));
    changes.changed.sort_by(|a, b| a.new.path.cmp(&b.new.path));
    find_moves(&mut changes);
    changes
}

/// A file that went and one that came with the same content are one that moved. Where several have
/// that content, the one with the same name is taken, else the first.
fn find_moves(changes: &mut FileChanges) {
    let mut gone: HashMap<(String, u64), VecDeque<DescribedFile>> = HashMap::new();
    let mut removed = Vec::new();
    for file in std::mem::take(&mut changes.removed) {
        match is_movable(&file) {
            true => gone.entry(content(&file)).or_default().push_back(file),
            false => removed.push(file),
        }
    }
    for new in std::mem::take(&mut changes.added) {
        let candidates = gone.get_mut(&content(&new)).filter(|_| is_movable(&new));
        let old = candidates.and_then(|some| {
            // Near the front, so that a thousand copies of one file take no time.
            let mut first = some.iter().take(100);
            let same_name = first.position(|old| file_name(&old.path) == file_name(&new.path));
            some.remove(same_name.unwrap_or(0))
        });
        match old {
            None => changes.added.push(new),
            Some(old) => changes.moved.push(FileChange {
                old,
                new,
                text: None,
            }),
        }
    }
    removed.extend(gone.into_values().flatten());
    removed.sort_by(|a, b| a.path.cmp(&b.path));
    changes.removed = removed;
}

/// Empty files are alike without having to do with one another.
fn is_movable(file: &DescribedFile) -> bool {
    file.is_regular() && file.size > 0 && !file.digest.is_empty() && !file.has("ghost")
}

fn content(file: &DescribedFile) -> (String, u64) {
    (file.digest.clone(), file.size)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
