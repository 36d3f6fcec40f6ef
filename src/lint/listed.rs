//! The units that a directive names.

use crate::unit::{Dialect, Directive};
use std::ops::Range;

/// A word of a list, and where in the value it stands, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) range: Range<usize>,
}

/// The words of a list of units.
///
/// 219 takes quotes off, 239 and later take them for a part of the name (seen on the real 219, 239
/// and 252).
pub(super) fn listed(directive: &Directive, dialect: Dialect) -> Vec<Listed> {
    let value = directive.value.as_str();
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    for (at, c) in value.char_indices() {
        let blank = matches!(c, ' ' | '\t' | '\n' | '\r') && quote.is_none();
        match (blank, start) {
            (true, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
        if dialect == Dialect::V219 && matches!(c, '"' | '\'') {
            quote = match quote {
                None => Some(c),
                Some(open) if open == c => None,
                open => open,
            };
        }
    }
    words.extend(start.map(|from| from..value.len()));
    let name = |range: &Range<usize>| match dialect {
        Dialect::V219 => value[range.clone()].replace(['"', '\''], ""),
        _ => value[range.clone()].to_owned(),
    };
    let listed = |range: Range<usize>| Listed {
        name: name(&range),
        range,
    };
    words.into_iter().map(listed).collect()
}

/// Whether systemd takes this for the name of a unit (`unit_name_is_valid()` of `unit-name.c`).
/// What a specifier stands for is not known, so it is taken for letters.
pub(super) fn is_unit_name(name: &str) -> bool {
    let Some((stem, suffix)) = name.rsplit_once('.') else {
        return name.contains('%');
    };
    let known = SUFFIXES.contains(&suffix) || suffix.contains('%');
    let allowed = |c: char| c.is_ascii_alphanumeric() || ":-_.\\@%".contains(c);
    known && !stem.is_empty() && !stem.starts_with('@') && stem.chars().all(allowed)
}

/// The suffixes of units; `snapshot` and `busname` are of 219 alone.
const SUFFIXES: [&str; 13] = [
    "service",
    "socket",
    "target",
    "device",
    "mount",
    "automount",
    "swap",
    "timer",
    "path",
    "slice",
    "scope",
    "snapshot",
    "busname",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::Document;

    fn names(value: &str, dialect: Dialect) -> Vec<String> {
        let document = Document::parse(format!("[Unit]\nAfter={value}\n").as_bytes());
        let words = listed(&document.directives()[0], dialect);
        words.into_iter().map(|word| word.name).collect()
    }

    #[test]
    fn quotes_are_part_of_the_name_since_239() {
        let value = "\"a b\" 'c'  d";
        assert_eq!(names(value, Dialect::V219), ["a b", "c", "d"]);
        assert_eq!(names(value, Dialect::V239), ["\"a", "b\"", "'c'", "d"]);
        assert!(names("", Dialect::V240).is_empty());
    }

    #[test]
    fn names_are_judged_as_the_real_programs_do() {
        for good in [
            "a.service",
            "b@c@d.service",
            r"e\x2d.service",
            "a%i.service",
            "%i",
            "x.%j",
        ] {
            assert!(is_unit_name(good), "{good}");
        }
        for bad in [
            "network",
            "/dev/sda",
            "@x.service",
            ".service",
            "a.foo",
            "'q.service'",
            "",
        ] {
            assert!(!is_unit_name(bad), "{bad}");
        }
    }
}
