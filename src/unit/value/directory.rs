//! Directories that systemd makes, such as those of `RuntimeDirectory=`.

use super::invalid::{Invalid, Reason};
use super::lexer::{Escapes, Lexed, Lexer, Style};
use super::list::List;
use super::path::{check_normal, normalise};
use super::version::Version;

/// The longest name of a file.
const LONGEST_NAME: usize = 4096;

/// The relative paths of `RuntimeDirectory=` and its kin.
///
/// `config_parse_runtime_directory()` of 219 takes names without a slash;
/// `config_parse_exec_directories()` (v235; 239) takes paths without `..`, and not `private`. What
/// is none is passed over. From v250 on `name:link` makes a link too, and C escapes count; the link
/// is left out here.
pub fn directory_list(value: &str, version: Version) -> List<String> {
    let mut list = List::default();
    let links = version.has_directory_links();
    let style = match links {
        // Later escapes are undone after the words are apart, which differs in no useful value.
        true => Style {
            escapes: Escapes::Refuse,
            ..Style::paths(version)
        },
        false => Style::paths(version),
    };
    let mut lexer = Lexer::new(value, style);
    while let Some(Lexed { word, notes, fatal }) = lexer.word() {
        list.notes.extend(notes);
        if let Some(fatal) = fatal {
            list.problems.push(fatal);
            break;
        }
        let directory = match word.text.split_once(':').filter(|_| links) {
            Some((directory, _)) => directory,
            None => &word.text,
        };
        list.add(read(directory, version).map_err(|mut invalid| {
            invalid.range = word.source(invalid.range);
            invalid
        }));
    }
    list
}

fn read(text: &str, version: Version) -> Result<String, Invalid> {
    let wrong = |reason| Err(Invalid::whole(text, reason));
    if text.is_empty() {
        return wrong(Reason::Empty);
    }
    if text.starts_with('/') {
        return wrong(Reason::Absolute);
    }
    if !version.nests_directories() {
        return match text {
            "." | ".." => wrong(Reason::ParentDirectory),
            name if name.contains('/') => wrong(Reason::NestedDirectory),
            name if name.len() > LONGEST_NAME => wrong(Reason::PathTooLong),
            name => Ok(name.to_owned()),
        };
    }
    let path = normalise(text, version);
    check_normal(&path, text, 0, version)?;
    match path.split('/').next() {
        Some("" | ".") | None => wrong(Reason::Empty),
        Some("private") => wrong(Reason::PrivateDirectory),
        Some(_) => Ok(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Seen on 219 and 239.
    #[test]
    fn levels_came_later() {
        let read = |value, version| {
            let list = directory_list(value, version);
            let reasons: Vec<_> = list.problems.into_iter().map(|p| p.reason).collect();
            (list.items, reasons)
        };
        let value = "hello a/b ../x /run/y private";
        let (items, reasons) = read(value, Version::V219);
        assert_eq!(items, ["hello", "private"]);
        let nested = Reason::NestedDirectory;
        assert_eq!(reasons, [nested.clone(), nested, Reason::Absolute]);
        let (items, reasons) = read(value, Version::V239);
        assert_eq!(items, ["hello", "a/b"]);
        let parent = Reason::ParentDirectory;
        assert_eq!(
            reasons,
            [parent, Reason::Absolute, Reason::PrivateDirectory]
        );
    }

    #[test]
    fn a_link_may_follow() {
        let items = |version| directory_list("a:b", version).items;
        assert_eq!(items(Version::V239), ["a:b"]);
        assert_eq!(items(Version::new(252)), ["a"]);
        assert!(!directory_list(r"a\d", Version::new(252)).is_valid());
    }

    proptest! {
        #[test]
        fn nothing_panics(value in "[-/.a%\"' ü]{0,16}") {
            for version in [Version::V219, Version::V239] {
                for problem in directory_list(&value, version).problems {
                    prop_assert!(value.get(problem.range).is_some());
                }
            }
        }
    }
}
