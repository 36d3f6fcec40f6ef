//! Directories that systemd makes, such as those of `RuntimeDirectory=`.

use super::invalid::{Invalid, Reason};
use super::lexer::{Escapes, Lexed, Lexer, Style};
use super::list::List;
use super::path::{check_normal, normalise};
use super::version::Version;

/// A directory that systemd makes for a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceDirectory {
    /// Its path below the root of its kind.
    pub path: String,
    /// The path of a symbolic link to it, below the same root.
    pub link: Option<String>,
}

/// The longest name of a file.
const LONGEST_NAME: usize = 4096;

/// The relative paths of `RuntimeDirectory=` and its kin.
///
/// `config_parse_runtime_directory()` of 219 takes names without a slash;
/// `config_parse_exec_directories()` (v235; 239) takes paths without `..`, and not `private`. What
/// is none is passed over. From v250 on `name:link` makes a link too, and C escapes count; before,
/// the `:` is a letter like any other.
pub fn directory_list(value: &str, version: Version) -> List<ServiceDirectory> {
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
        let (directory, link) = match word.text.split_once(':').filter(|_| links) {
            Some((directory, link)) => (directory, Some(link).filter(|link| !link.is_empty())),
            None => (word.text.as_str(), None),
        };
        let link_at = word.text.len() - link.map_or(0, str::len);
        let link = link.map(|link| {
            read(link, version).map_err(|mut invalid| {
                invalid.range = invalid.range.start + link_at..invalid.range.end + link_at;
                invalid
            })
        });
        let directory = read(directory, version).and_then(|path| {
            let link = link.transpose()?;
            Ok(ServiceDirectory { path, link })
        });
        list.add(directory.map_err(|mut invalid| {
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
            let paths = list.items.into_iter().map(|directory| directory.path);
            (paths.collect::<Vec<_>>(), reasons)
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
        let directory = |path: &str, link: Option<&str>| ServiceDirectory {
            path: path.to_owned(),
            link: link.map(str::to_owned),
        };
        assert_eq!(items(Version::V239), [directory("a:b", None)]);
        assert_eq!(items(Version::new(252)), [directory("a", Some("b"))]);
        let wrong = directory_list("a b:/c", Version::new(252)).problems;
        assert_eq!(wrong[0].range, 4..6);
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
