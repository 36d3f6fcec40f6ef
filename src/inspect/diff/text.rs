//! The lines in which two texts differ.

use super::watch::MAX_TEXT;
use similar::{ChangeTag, TextDiff};
use std::time::{Duration, Instant};

/// Lines around a change.
const AROUND: usize = 3;
/// How long texts may be compared, all together. Those that people write take microseconds; after
/// this time the comparison is coarser, not endless.
const PATIENCE: Duration = Duration::from_secs(3);

/// How two texts differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextChange {
    /// Lines that are new.
    pub added: usize,
    /// Lines that are gone.
    pub removed: usize,
    /// The hunks of a unified diff, without the two lines that name the files.
    pub diff: String,
}

/// Compares texts; all that one of these compares shares one span of time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Texts {
    until: Instant,
}

impl Texts {
    pub(super) fn new() -> Self {
        Texts {
            until: Instant::now() + PATIENCE,
        }
    }

    /// How they differ; nothing where they are the same or too long to be compared by lines.
    pub(super) fn compare(self, old: &str, new: &str) -> Option<TextChange> {
        if old == new || old.len().max(new.len()) as u64 > MAX_TEXT {
            return None;
        }
        let mut config = TextDiff::configure();
        let diff = config.deadline(self.until).diff_lines(old, new);
        let mut change = TextChange::default();
        for one in diff.iter_all_changes() {
            match one.tag() {
                ChangeTag::Insert => change.added += 1,
                ChangeTag::Delete => change.removed += 1,
                ChangeTag::Equal => {}
            }
        }
        let mut unified = diff.unified_diff();
        unified.context_radius(AROUND);
        for hunk in unified.iter_hunks() {
            change.diff.push_str(&hunk.to_string());
        }
        Some(change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_changes_is_shown_among_its_neighbours() {
        let change = Texts::new().compare("a\nb\nc\n", "a\nB\nc\n").unwrap();
        assert_eq!((change.added, change.removed), (1, 1));
        insta::assert_snapshot!(change.diff, @r"
        @@ -1,3 +1,3 @@
         a
        -b
        +B
         c
        ");
    }

    #[test]
    fn texts_made_to_take_long_end_in_time() {
        let lines = |start: u32| {
            let numbers = (0..9_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 16) + start);
            numbers
                .map(|n| format!("{:x}\n", n % 4096))
                .collect::<String>()
        };
        let (old, new) = (lines(0), lines(1));
        assert!(old.len() as u64 <= MAX_TEXT, "{}", old.len());
        let begun = Instant::now();
        let texts = Texts::new();
        for _ in 0..20 {
            assert!(texts.compare(&old, &new).is_some());
        }
        assert!(begun.elapsed() < PATIENCE * 4, "{:?}", begun.elapsed());
    }

    #[test]
    fn equal_and_long_texts_are_not_compared() {
        assert_eq!(Texts::new().compare("a", "a"), None);
        let long = "a\n".repeat(MAX_TEXT as usize);
        assert_eq!(Texts::new().compare("a", &long), None);
    }
}
