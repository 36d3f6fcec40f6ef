//! System calls by name.

use super::error_number::error_number;
use super::invalid::{Invalid, Reason};
use super::lexer::{Escapes, Lexed, Lexer, Style};
use super::list::List;
use super::version::Version;
use super::word::Word;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

static NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("data/system_calls.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});

/// The system calls of `SystemCallFilter=`, and the groups that start with `@`, each perhaps with
/// an error after a colon. Which groups there are is not looked at.
///
/// `config_parse_syscall_filter()` of load-fragment.c. What is none is passed over with a warning.
/// In a list without `~` an error is one too since v247, and quotes are part of the name since
/// v228. A name that any kernel knows is let pass: which ones the target's libseccomp knows is not
/// told.
pub fn system_calls(value: &str, version: Version) -> List<String> {
    let names = value.strip_prefix('~').unwrap_or(value);
    let inverse = value.len() - names.len();
    let style = match version.unquotes_within_words() {
        true => Style {
            quotes: false,
            escapes: Escapes::Drop,
            ..Style::command(version)
        },
        false => Style::paths(version),
    };
    let mut list = List::default();
    let mut lexer = Lexer::new(names, style);
    while let Some(Lexed { word, fatal, .. }) = lexer.word() {
        if let Some(fatal) = fatal {
            list.problems.push(fatal.moved(inverse));
            break;
        }
        let read = call(&word, inverse > 0, version);
        list.add(read.map_err(|invalid| invalid.moved(inverse)));
    }
    list
}

fn call(word: &Word<'_>, is_inverse: bool, version: Version) -> Result<String, Invalid> {
    let text = word.text.as_str();
    let (name, error) = match text.split_once(':') {
        Some((name, error)) if version.has_errors_of_calls() => (name, Some(error)),
        _ => (text, None),
    };
    let part = |range: Range<usize>| word.source(range);
    if let Some(error) = error {
        let range = part(name.len() + 1..text.len());
        let is_kill = error == "kill" && version.kills_by_name();
        if !is_kill && error_number(error, version).is_none() {
            return Err(Invalid::new(range, Reason::ErrorNumber(error.to_owned())));
        }
        if !is_inverse && version.refuses_errors_of_allowed_calls() {
            let range = part(name.len()..text.len());
            return Err(Invalid::new(range, Reason::ErrorOfAllowedCall).instead(""));
        }
    }
    match name.starts_with('@') || NAMES.contains(name) {
        true => Ok(name.to_owned()),
        false => {
            let reason = Reason::SystemCall(name.to_owned());
            let near = unquoted(name).or_else(|| lower(name));
            Err(Invalid::new(part(0..name.len()), reason).instead_if(near))
        }
    }
}

fn unquoted(name: &str) -> Option<String> {
    let bare = name.trim_matches(['"', '\'']);
    NAMES.contains(bare).then(|| bare.to_owned())
}

fn lower(name: &str) -> Option<String> {
    let lower = name.trim_start_matches("__NR_").to_ascii_lowercase();
    NAMES.contains(lower.as_str()).then_some(lower)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const V252: Version = Version::new(252);

    fn wrong(value: &str, version: Version) -> Vec<&str> {
        let problems = system_calls(value, version).problems;
        problems.into_iter().map(|p| &value[p.range]).collect()
    }

    #[test]
    fn names_and_groups() {
        for version in [Version::V219, Version::V239, V252] {
            let value = "read @nope foo openat2 READ socketcall";
            assert_eq!(wrong(value, version), ["foo", "READ"]);
            assert_eq!(wrong("~", version), [""; 0]);
            assert_eq!(wrong("@a ~@b", version), ["~@b"]);
        }
        let near = &system_calls("~READ", V252).problems[0];
        assert_eq!(
            (near.range.clone(), near.instead.as_deref()),
            (1..5, Some("read"))
        );
    }

    #[test]
    fn quotes_and_errors_depend_on_the_version() {
        assert_eq!(wrong("\"read\"", Version::V219), [""; 0]);
        assert_eq!(wrong("\"read\"", Version::V239), ["\"read\""]);
        assert_eq!(wrong("read:EPERM", Version::V219), ["read:EPERM"]);
        assert_eq!(wrong("read:EPERM", Version::V239), [""; 0]);
        assert_eq!(wrong("read:EPERM", V252), [":EPERM"]);
        assert_eq!(wrong("~read:EPERM ~foo", V252), ["~foo"]);
        assert_eq!(
            wrong("~read:FOO read:kill read:0", Version::V239),
            ["FOO", "kill"]
        );
        assert_eq!(wrong("~read: :EPERM", V252), ["", ""]);
    }

    #[test]
    fn the_table_has_names_alone() {
        assert!(NAMES.len() > 500);
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(
            NAMES
                .iter()
                .all(|name| name.chars().all(is_name) && !name.is_empty())
        );
    }

    proptest! {
        #[test]
        fn nothing_panics(value in "[~@:read EPMü\"\\\\]{0,16}") {
            for version in [Version::V219, Version::V239, V252] {
                for problem in system_calls(&value, version).problems {
                    prop_assert!(value.get(problem.range).is_some());
                }
            }
        }
    }
}
