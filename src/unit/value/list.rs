//! Lists of which systemd takes what it can.

use super::invalid::Invalid;

/// What systemd takes from a list, and what it passes over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T> {
    /// The items that it takes, in their order.
    pub items: Vec<T>,
    /// What it does not take.
    pub problems: Vec<Invalid>,
    /// What it takes, but not as it may be meant: quotes within a word and unknown escapes on 219.
    pub notes: Vec<Invalid>,
}

impl<T> List<T> {
    pub(super) fn add(&mut self, item: Result<T, Invalid>) {
        match item {
            Ok(item) => self.items.push(item),
            Err(problem) => self.problems.push(problem),
        }
    }

    /// Whether it takes everything.
    pub fn is_valid(&self) -> bool {
        self.problems.is_empty()
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List {
            items: Vec::new(),
            problems: Vec::new(),
            notes: Vec::new(),
        }
    }
}
