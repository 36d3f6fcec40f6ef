//! The entries of a changelog that are new.

use crate::rpm::read::ReadChange;
use std::collections::HashSet;

/// The entries that the old package does not have.
///
/// Some builders write the release behind the version of the last entry, and only of that: the same
/// entry then stands without it in the next package. So one without a release is the same as one
/// with any; of two with different releases each is an entry of its own.
pub(super) fn newer(old: &[ReadChange], new: &mut Vec<ReadChange>) -> Vec<ReadChange> {
    let known: HashSet<_> = old.iter().map(entry).collect();
    let without: HashSet<_> = old.iter().map(without_release).collect();
    new.retain(|change| {
        let has_release = entry(change) != without_release(change);
        let is_known = match has_release {
            true => known.contains(&without_release(change)),
            false => without.contains(&entry(change)),
        };
        !is_known && !known.contains(&entry(change))
    });
    std::mem::take(new)
}

type Entry<'a> = (u64, &'a str, &'a str);

fn entry(change: &ReadChange) -> Entry<'_> {
    (change.time, &change.author, &change.text)
}

/// `A <a@example.org> - 1.0.0` of `A <a@example.org> - 1.0.0-1`.
fn without_release(change: &ReadChange) -> Entry<'_> {
    let author = match change.author.rsplit_once('-') {
        // The hyphen is one of a name or address where blanks or `>` follow.
        Some((before, release)) if !release.contains([' ', '>', '@']) => before,
        _ => &change.author,
    };
    (change.time, author, &change.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(author: &str, text: &str) -> ReadChange {
        ReadChange {
            time: 1_700_000_000,
            author: author.into(),
            text: text.into(),
        }
    }

    fn new(old: &str, new: &str) -> usize {
        newer(&[change(old, "- x")], &mut vec![change(new, "- x")]).len()
    }

    #[test]
    fn an_entry_with_and_without_its_release_is_the_same() {
        assert_eq!(new("A <a@b-c.d> - 1.0.0-1", "A <a@b-c.d> - 1.0.0"), 0);
        assert_eq!(new("A <a@b-c.d> - 1.0.0", "A <a@b-c.d> - 1.0.0-1"), 0);
        assert_eq!(new("A <a@b-c.d> - 1.0.0", "A <a@b-c.d> - 1.0.0"), 0);
    }

    #[test]
    fn another_release_version_or_person_is_another_entry() {
        assert_eq!(new("A <a@b.c> - 1.0.0-1", "A <a@b.c> - 1.0.0-2"), 1);
        assert_eq!(new("A <a@b.c> - 1.0.0-1", "A <a@b.c> - 1.0.1"), 1);
        assert_eq!(new("A-B <a@b.c>", "A-C <a@b.c>"), 1);
        assert_eq!(new("A <a-b@c.d>", "A <a-x@c.d>"), 1);
    }
}
