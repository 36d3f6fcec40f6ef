//! Paths that a unit sees mounted elsewhere or empty.

use super::invalid::{Invalid, Reason};
use super::lexer::{Lexed, Lexer, Style};
use super::list::List;
use super::path::{PathPrefix, absolute_path};
use super::version::Version;
use super::word::Word;
use std::ops::Range;

/// A place of `BindPaths=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BindPath {
    /// The path outside.
    pub source: String,
    /// The path that the unit sees it at.
    pub destination: String,
}

/// The places of `BindPaths=`: `SOURCE`, `SOURCE:DESTINATION` or `SOURCE:DESTINATION:OPTION`, `-`
/// before the source where it may be missing. The option is `rbind` or `norbind`. A second blank
/// after a path stands for an empty path.
///
/// `config_parse_bind_paths()` of load-fragment.c (v233 and later; seen on 239 and 252). What is
/// wrong is passed over.
pub fn bind_paths(value: &str, version: Version) -> List<BindPath> {
    let mut list = List::default();
    let mut lexer = Lexer::new(value, Style::paths(Version::V239));
    while let Some(Lexed { word, fatal, .. }) = lexer.word() {
        if let Some(fatal) = fatal {
            list.problems.push(fatal);
            break;
        }
        let parts = parts(&word);
        let mut option = parts.get(2).map(|part| part.start..word.text.len());
        let mut stated = &word;
        // After a final colon the next word is the option.
        let next = match option.as_ref().is_some_and(Range::is_empty) {
            true => lexer.word(),
            false => None,
        };
        if let Some(next) = &next {
            stated = &next.word;
            option = Some(0..stated.text.len());
        }
        let end = word.range.end;
        let blanks = value[end..].len() - value[end..].trim_start().len();
        if blanks > 1 && option.is_none() && end + blanks < value.len() {
            let second = Invalid::new(end + 1..end + blanks, Reason::SecondBlank);
            list.problems.push(second.instead(""));
        }
        let read = bind_path(&word, &parts, version);
        list.add(read.and_then(|path| match option {
            Some(option) => bind_option(stated, option, version).map(|()| path),
            None => Ok(path),
        }));
    }
    list
}

/// The parts of a word between colons that are neither quoted nor escaped.
fn parts(word: &Word<'_>) -> Vec<Range<usize>> {
    let separates = |(at, _): &(usize, &str)| {
        let source = word.source(*at..*at + 1);
        source.len() == 1 && !word.is_quoted_at(source.start)
    };
    let colons = word.text.match_indices(':').filter(separates);
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in colons {
        parts.push(start..at);
        start = at + 1;
    }
    parts.push(start..word.text.len());
    parts
}

fn bind_path(
    word: &Word<'_>,
    parts: &[Range<usize>],
    version: Version,
) -> Result<BindPath, Invalid> {
    let path = |part: &Range<usize>, prefixes: &[PathPrefix]| {
        let text = &word.text[part.clone()];
        let read = absolute_path(text, prefixes, version);
        let read = read.map_err(|invalid| at(word, invalid.moved(part.start)));
        read.map(|path| path.path)
    };
    let source = match parts.first() {
        Some(part) => path(part, &[PathPrefix::MayBeMissing])?,
        None => return Err(Invalid::new(word.range.clone(), Reason::Empty)),
    };
    let destination = match parts.get(1) {
        Some(part) => path(part, &[])?,
        None => source.clone(),
    };
    Ok(BindPath {
        source,
        destination,
    })
}

/// The place of a problem in the value, from that in the word.
fn at(word: &Word<'_>, mut invalid: Invalid) -> Invalid {
    invalid.range = word.source(invalid.range);
    invalid.instead = invalid.instead.filter(|_| !word.is_quoted());
    invalid
}

fn bind_option(word: &Word<'_>, part: Range<usize>, version: Version) -> Result<(), Invalid> {
    let text = &word.text[part.clone()];
    // Later versions may take more.
    let is_known = matches!(text, "" | "rbind" | "norbind") || version.number() > 257;
    match is_known {
        true => Ok(()),
        false => {
            let reason = Reason::BindOption(text.to_owned());
            Err(Invalid::new(word.source(part), reason))
        }
    }
}

/// The places of `TemporaryFileSystem=`: `PATH` or `PATH:OPTIONS`, the options being those of a
/// mount, which are not looked at.
///
/// `config_parse_temporary_filesystems()` of load-fragment.c (v238 and later; seen on 239 and
/// 252).
pub fn temporary_file_systems(value: &str, version: Version) -> List<String> {
    let mut list = List::default();
    let mut lexer = Lexer::new(value, Style::paths(Version::V239));
    while let Some(Lexed { word, fatal, .. }) = lexer.word() {
        if let Some(fatal) = fatal {
            list.problems.push(fatal);
            break;
        }
        // The word is taken apart after its quotes are gone.
        let path = word.text.split(':').next().unwrap_or_default();
        let read = absolute_path(path, &[], version);
        list.add(match read {
            Ok(path) => Ok(path.path),
            Err(invalid) => Err(at(&word, invalid)),
        });
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wrong(value: &str) -> Vec<String> {
        let problems = bind_paths(value, Version::V239).problems;
        let said = problems
            .into_iter()
            .map(|p| format!("{}: {p}", &value[p.range.clone()]));
        said.collect()
    }

    #[test]
    fn sources_destinations_and_options() {
        for value in [
            "/a",
            "/a:/b",
            "/a -/b:/c",
            "/a:/b:",
            "/a:/b:rbind /c:/d:norbind",
            "\"/a b:/c\" \"/a b\":/c",
            "/a\\:b:/c",
            "/%i:/b",
        ] {
            assert_eq!(wrong(value), [""; 0], "{value}");
        }
        let list = bind_paths("\"/a b\":/c", Version::V239);
        assert_eq!(list.items[0].source, "/a b");
        assert_eq!(list.items[0].destination, "/c");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let value = "+/a /a: :/b a:/b /a:b /a/../b /a:-/b /a:/b:ro /a:/b:rbind:x";
        insta::assert_snapshot!(wrong(value).join("\n"), @"
        +: the prefix `+` is not known here
        : it is empty
        : it is empty
        a: it is not an absolute path
        b: it is not an absolute path
        /a/../b: the path contains `..`
        -: the prefix `-` is not known here
        ro: `ro` is neither `rbind` nor `norbind`
        rbind:x: `rbind:x` is neither `rbind` nor `norbind`
        ");
        assert_eq!(
            wrong("/a:/b: /c"),
            ["/c: `/c` is neither `rbind` nor `norbind`"]
        );
        assert_eq!(wrong("/a  /b"), [" : two blanks stand for an empty path"]);
        assert_eq!(wrong("/a:/b: rbind  /c:/d:rbind  /e"), [""; 0]);
        assert_eq!(wrong("/a:/b \"/c"), ["\"/c: the quote is not closed"]);
    }

    #[test]
    fn temporary_file_systems_have_options() {
        let takes = |value| temporary_file_systems(value, Version::V239).is_valid();
        assert!(takes("/var:ro,size=10M /run \"/a b:ro\""));
        for value in ["var", "-/var", "/a/../b", ":ro", "/var \"x", "+/var"] {
            assert!(!takes(value), "{value}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(value in "[-/a.:ü \"'\\\\]{0,20}") {
            let version = Version::V239;
            let problems = bind_paths(&value, version).problems;
            let more = temporary_file_systems(&value, version).problems;
            for problem in problems.into_iter().chain(more) {
                prop_assert!(value.get(problem.range).is_some());
            }
        }
    }
}
