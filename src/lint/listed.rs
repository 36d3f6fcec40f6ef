//! What a list in a value holds.

use crate::unit::Directive;
use crate::unit::value::{UnitReference, Version, unit_list};
use std::ops::Range;

/// The units that a line names, without what systemd passes over because it is no name.
pub(super) fn units(line: &Directive, version: Version) -> Vec<UnitReference> {
    unit_list(&line.value, version).items
}

/// The words of a value, blanks between them, and where each stands in it, in bytes.
pub(super) fn words(value: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    for word in value.split(|c: char| c.is_ascii_whitespace()) {
        if !word.is_empty() {
            found.push((at..at + word.len(), word));
        }
        at += word.len() + 1;
    }
    found
}

/// The word of a value that a place is in.
pub(super) fn word_at(value: &str, place: &Range<usize>) -> Range<usize> {
    let mut words = words(value).into_iter().map(|(range, _)| range);
    words
        .find(|word| word.start <= place.start && place.start <= word.end)
        .unwrap_or_else(|| place.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_with_their_places() {
        assert_eq!(words(" a\tbc "), [(1..2, "a"), (3..5, "bc")]);
        assert!(words("").is_empty());
        assert_eq!(word_at("ab c'd", &(4..5)), 3..6);
        assert_eq!(word_at("", &(0..0)), 0..0);
    }
}
