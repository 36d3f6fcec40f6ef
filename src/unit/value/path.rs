//! Paths.

use super::invalid::{Invalid, Reason};
use super::lexer::{Lexed, Lexer, Style};
use super::list::List;
use super::specifier::leading_specifier;
use super::version::Version;
use std::fmt;
use std::ops::Range;

/// `PATH_MAX` counts the final NUL.
const LONGEST: usize = 4095;

/// A character before a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathPrefix {
    /// `-`: the path may be missing.
    MayBeMissing,
    /// `+`: the path lies below `RootDirectory=`.
    BelowRoot,
    /// `:`, where a directive has it.
    Colon,
}

impl PathPrefix {
    /// How it is written.
    pub const fn as_char(self) -> char {
        match self {
            PathPrefix::MayBeMissing => '-',
            PathPrefix::BelowRoot => '+',
            PathPrefix::Colon => ':',
        }
    }
}

/// A path as systemd keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathValue {
    /// The prefixes before it.
    pub prefixes: Vec<PathPrefix>,
    /// The path, doubled and final slashes taken out, and `/./` from v239 on.
    pub path: String,
    /// The specifier that it starts with: only systemd can tell whether it is absolute.
    pub leading_specifier: Option<char>,
    /// Where the path stands without its prefixes, in bytes of the value.
    pub range: Range<usize>,
}

impl fmt::Display for PathValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for prefix in &self.prefixes {
            write!(f, "{}", prefix.as_char())?;
        }
        f.write_str(&self.path)
    }
}

/// An absolute path, with each of these prefixes once at most and in this order.
///
/// `config_parse_path()` of 219 takes any absolute path; `path_simplify_and_warn()` of 239 and
/// later refuses `..` and what is longer than 4095 bytes. A path that starts with a specifier is
/// let pass.
///
/// # Errors
/// What this version does not take.
pub fn absolute_path(
    value: &str,
    prefixes: &[PathPrefix],
    version: Version,
) -> Result<PathValue, Invalid> {
    let mut used = Vec::new();
    let mut rest = value;
    for prefix in prefixes {
        let known = *prefix != PathPrefix::BelowRoot || version.has_root_prefix();
        if let (true, Some(path)) = (known, rest.strip_prefix(prefix.as_char())) {
            used.push(*prefix);
            rest = path;
        }
    }
    let range = value.len() - rest.len()..value.len();
    if rest.is_empty() {
        return Err(Invalid::new(range, Reason::Empty));
    }
    let leading_specifier = leading_specifier(rest);
    if !rest.starts_with('/') && leading_specifier.is_none() {
        return Err(not_absolute(rest, range));
    }
    let path = normalise(rest, version);
    check_normal(&path, rest, range.start, version)?;
    Ok(PathValue {
        prefixes: used,
        path,
        leading_specifier,
        range,
    })
}

fn not_absolute(rest: &str, range: Range<usize>) -> Invalid {
    match rest.chars().next() {
        Some(prefix) if "-+:!|@".contains(prefix) && rest[1..].starts_with('/') => {
            let start = range.start;
            Invalid::new(start..start + 1, Reason::PathPrefix(prefix)).instead("")
        }
        _ => Invalid::new(range, Reason::NotAbsolute),
    }
}

/// What 239 and later refuse in a path that is otherwise in order.
pub(super) fn check_normal(
    path: &str,
    text: &str,
    start: usize,
    version: Version,
) -> Result<(), Invalid> {
    if !version.normalises_paths() {
        return Ok(());
    }
    if path.len() > LONGEST {
        let range = start..start + text.len();
        return Err(Invalid::new(range, Reason::PathTooLong));
    }
    if !path.split('/').any(|part| part == "..") {
        return Ok(());
    }
    let at = text.split('/').scan(0, |at, part| {
        let from = *at;
        *at += part.len() + 1;
        Some((from, part))
    });
    let at = at
        .filter(|(_, part)| *part == "..")
        .map(|(from, _)| start + from)
        .next();
    let at = at.unwrap_or(start);
    let without = without_parents(path);
    let invalid = Invalid::new(at..at + 2, Reason::ParentDirectory);
    Err(match without {
        Some(whole) => Invalid::new(start..start + text.len(), invalid.reason).instead(whole),
        None => invalid,
    })
}

/// The path with each `..` and the directory before it taken out; `None` for one that leaves
/// nothing, or that a specifier could change.
fn without_parents(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.strip_prefix('/')?.split('/') {
        match part {
            ".." if parts.last().is_none_or(|part: &&str| part.contains('%')) => return None,
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some(format!("/{}", parts.join("/")))
}

/// `path_kill_slashes()` of 219, `path_simplify()` later.
pub(super) fn normalise(path: &str, version: Version) -> String {
    let absolute = path.starts_with('/');
    let kept = |part: &&str| !(part.is_empty() || version.normalises_paths() && *part == ".");
    let parts: Vec<_> = path.split('/').filter(kept).collect();
    let joined = parts.join("/");
    match absolute {
        true => format!("/{joined}"),
        false => joined,
    }
}

/// The absolute paths of a value such as that of `ReadWritePaths=`: words in quotes where they
/// have blanks, each with its prefixes.
///
/// `config_parse_namespace_path_strv()` of load-fragment.c; a path that is none is passed over,
/// an open quote ends the reading.
pub fn path_list(value: &str, prefixes: &[PathPrefix], version: Version) -> List<PathValue> {
    let mut list = List::default();
    let mut lexer = Lexer::new(value, Style::paths(version));
    while let Some(Lexed { word, notes, fatal }) = lexer.word() {
        list.notes.extend(notes);
        if let Some(fatal) = fatal {
            list.problems.push(fatal);
            break;
        }
        let read = absolute_path(&word.text, prefixes, version);
        list.add(match read {
            Ok(mut path) => {
                path.range = word.source(path.range);
                Ok(path)
            }
            Err(invalid) => Err(invalid.in_word(&word)),
        });
    }
    list
}

#[cfg(test)]
mod tests {
    use super::PathPrefix::*;
    use super::*;
    use proptest::prelude::*;

    fn path(value: &str, version: Version) -> Option<String> {
        let path = absolute_path(value, &[MayBeMissing, BelowRoot], version);
        path.ok().map(|path| path.to_string())
    }

    #[test]
    fn paths_are_tidied_up() {
        for (value, old, new) in [
            ("/a//b/", Some("/a/b"), Some("/a/b")),
            ("/", Some("/"), Some("/")),
            ("-/a", Some("-/a"), Some("-/a")),
            ("-+/a", None, Some("-+/a")),
            ("+-/a", None, None),
            ("/a/./b/.", Some("/a/./b/."), Some("/a/b")),
            ("/a/../b", Some("/a/../b"), None),
            ("%t/a/", Some("%t/a"), Some("%t/a")),
            ("%%/a", None, None),
            ("a/b", None, None),
            ("~", None, None),
            ("-", None, None),
            ("", None, None),
        ] {
            assert_eq!(path(value, Version::V219).as_deref(), old, "219 {value}");
            assert_eq!(path(value, Version::V239).as_deref(), new, "239 {value}");
        }
        assert!(absolute_path("-/a", &[], Version::V239).is_err());
    }

    #[test]
    fn errors_say_where_and_what_instead() {
        let wrong = |value| absolute_path(value, &[], Version::V239).unwrap_err();
        let parent = wrong("/a/b/../c");
        assert_eq!(
            (parent.range, parent.instead.as_deref()),
            (0..9, Some("/a/c"))
        );
        let parent = wrong("/%i/../c");
        assert_eq!((parent.range, parent.instead.as_deref()), (4..6, None));
        let prefix = wrong("-/a");
        assert_eq!(
            (prefix.range, prefix.reason),
            (0..1, Reason::PathPrefix('-'))
        );
        assert_eq!(wrong("~/a").instead, None);
        let long = format!("/{}", "a/".repeat(3000));
        assert_eq!(wrong(&long).reason, Reason::PathTooLong);
    }

    #[test]
    fn lists_pass_over_what_is_no_path() {
        let value = "/a \"-/b c\" x '/d";
        let list = path_list(value, &[MayBeMissing], Version::V239);
        let paths: Vec<_> = list.items.iter().map(ToString::to_string).collect();
        assert_eq!(paths, ["/a", "-/b c"]);
        let problems: Vec<_> = list
            .problems
            .iter()
            .map(|p| &value[p.range.clone()])
            .collect();
        assert_eq!(problems, ["x", "'/d"]);
        assert_eq!(&value[list.items[1].range.clone()], "/b c");
    }

    #[test]
    fn a_backslash_is_kept_or_dropped() {
        let only = |version| path_list(r"/a\x20b", &[], version).items[0].path.clone();
        assert_eq!(only(Version::V219), r"/a\x20b");
        assert_eq!(only(Version::V239), "/ax20b");
    }

    proptest! {
        #[test]
        fn a_tidy_path_stays_as_it_is(value in "(/[a-zü.]{1,3}){0,4}", number in 219u16..262) {
            let version = Version::new(number);
            if let Ok(first) = absolute_path(&value, &[], version) {
                let second = absolute_path(&first.path, &[], version);
                prop_assert_eq!(second.map(|path| path.path), Ok(first.path));
            }
        }

        #[test]
        fn nothing_panics(value in "[-+/.a%\"'\\\\ ü]{0,16}") {
            for version in [Version::V219, Version::V239] {
                for problem in path_list(&value, &[MayBeMissing], version).problems {
                    prop_assert!(value.get(problem.range).is_some());
                }
            }
        }
    }
}
