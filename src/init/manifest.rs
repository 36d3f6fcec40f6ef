//! A manifest into which our tables are put, every other byte as it was.
//!
//! The text is cut and added to, and never written anew from what was read: that is the only way
//! that keeps what nobody thought of. What comes out is read again and must say the same of
//! everything but us.

use super::draft::DraftFile;
use super::{Asked, Error};
use crate::project::input;
use crate::project::tree::{self, Table, Value};
use crate::report::{SourceFile, Span};
use camino::{Utf8Path, Utf8PathBuf};
use std::ops::Range;
use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, parse_document};

/// Where our tables are.
const OURS: [&str; 3] = ["package", "metadata", "ambot"];

pub(super) struct Manifest {
    path: Utf8PathBuf,
    file: SourceFile,
    root: Table,
}

impl Manifest {
    pub(super) fn read(asked: &Asked<'_>) -> Result<Self, Error> {
        let path = &asked.package.manifest_path;
        let shown = asked.workspace.shown(path);
        let text = input::read_text(path, input::MAX_TEXT).map_err(|source| Error::Read {
            path: shown.clone(),
            source,
        })?;
        Self::parse(path.clone(), SourceFile::new(shown, text))
    }

    fn parse(path: Utf8PathBuf, file: SourceFile) -> Result<Self, Error> {
        let root = tree::parse(&file).map_err(|(message, span)| Error::Toml {
            path: file.path().to_owned(),
            message,
            span,
        })?;
        Ok(Manifest { path, file, root })
    }

    /// Its path as people see it.
    pub(super) fn shown(&self) -> &Utf8Path {
        self.file.path()
    }

    /// The table of a tool, `[package.metadata.NAME]`.
    pub(super) fn metadata(&self, name: &str) -> Option<&tree::Entry> {
        self.root.descend(&["package", "metadata", name])
    }

    /// Where our table is, if there is one.
    pub(super) fn ours(&self) -> Option<&Span> {
        self.root.descend(&OURS).map(|entry| &entry.key_span)
    }

    /// Whether our table names something.
    pub(super) fn has_ours(&self, keys: &[&str]) -> bool {
        self.root.descend(&[&OURS, keys].concat()).is_some()
    }

    /// The manifest with these tables as ours.
    pub(super) fn with_ours(&self, tables: &str, force: bool) -> Result<DraftFile, Error> {
        if let Some(span) = self.ours().filter(|_| !force) {
            return Err(Error::TableThere {
                path: self.shown().to_owned(),
                span: span.clone(),
            });
        }
        let text = self.file.text();
        let after = put(text, tables);
        if !says_the_same(text, &after) {
            let span = self.ours().or_else(|| {
                let metadata = self.root.descend(&OURS[..2]);
                metadata.map(|entry| &entry.key_span)
            });
            let depth = if self.ours().is_some() { 3 } else { 2 };
            return Err(Error::NoTable {
                key: OURS[..depth].join("."),
                span: span.cloned(),
            });
        }
        Ok(DraftFile {
            path: self.path.clone(),
            shown: self.shown().to_owned(),
            before: Some(text.as_bytes().to_vec()),
            after: after.into_bytes(),
            part: Some("[package.metadata.ambot]"),
        })
    }
}

/// The text with these tables in the place of ours, or at its end.
fn put(text: &str, tables: &str) -> String {
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let tables = tables.trim_end().replace('\n', end);
    let cuts = ours(text);
    let Some(first) = cuts.first() else {
        let mut after = text.to_owned();
        if !after.is_empty() {
            if !after.ends_with('\n') {
                after += end;
            }
            if !after.ends_with(&format!("{end}{end}")) {
                after += end;
            }
        }
        return after + &tables + end;
    };
    let mut after = text[..first.start].to_owned();
    after += &tables;
    after += end;
    let mut kept = String::new();
    for (index, cut) in cuts.iter().enumerate() {
        let next = cuts.get(index + 1).map_or(text.len(), |next| next.start);
        kept += &text[cut.end..next];
    }
    if !kept.is_empty() && !kept.starts_with(['\n', '\r']) {
        after += end;
    }
    after + &kept
}

/// The bytes of our tables, each from its header to where the next table begins. Comments right
/// above a header belong to it.
fn ours(text: &str) -> Vec<Range<usize>> {
    let headers = headers(text);
    let mut cuts: Vec<Range<usize>> = Vec::new();
    for (index, (start, path)) in headers.iter().enumerate() {
        let is_ours = path.iter().map(String::as_str).take(3).eq(OURS);
        if !is_ours {
            continue;
        }
        let end = match headers.get(index + 1) {
            Some((next, path)) if path.iter().map(String::as_str).take(3).eq(OURS) => *next,
            Some((next, _)) => with_comments(text, *start, *next),
            None => without_last_words(text, *start),
        };
        match cuts.last_mut() {
            Some(last) if last.end == *start => last.end = end,
            _ => cuts.push(*start..end),
        }
    }
    cuts
}

/// Where the text ends, or the comments begin with which it ends, apart from what is before them: those
/// are about the file.
fn without_last_words(text: &str, floor: usize) -> usize {
    let start = with_comments(text, floor, text.len());
    let before = text[..start].trim_end_matches('\r');
    match before.ends_with("\n\n") || before.ends_with("\n\r\n") {
        true => start,
        false => text.len(),
    }
}

/// Where the comments begin that stand right above a header, in lines after `floor`.
fn with_comments(text: &str, floor: usize, header: usize) -> usize {
    let mut start = header;
    for line in text[floor..header].split_inclusive('\n').rev() {
        if !line.trim_start().starts_with('#') {
            break;
        }
        start -= line.len();
    }
    start
}

/// The headers of tables: where the line of each begins, and its keys.
fn headers(text: &str) -> Vec<(usize, Vec<String>)> {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let (mut found, mut open) = (Vec::new(), None);
    let mut receive = |event: Event| {
        let span = event.span();
        match event.kind() {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => open = Some(span.start()),
            EventKind::StdTableClose | EventKind::ArrayTableClose => {
                if let Some(start) = open.take() {
                    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
                    found.push((line, keys(&text[start..span.end()])));
                }
            }
            _ => {}
        }
    };
    // What is wrong was said when the file was read.
    parse_document(&tokens, &mut receive, &mut ());
    found
}

/// The keys of a header, which is a whole document by itself.
fn keys(header: &str) -> Vec<String> {
    let mut path = Vec::new();
    let mut table = tree::parse(&SourceFile::new("", header)).unwrap_or_default();
    while let Some(entry) = table.entries.pop() {
        path.push(entry.key);
        table = match entry.node.value {
            Value::Table(below) => below,
            Value::Array(mut items) => match items.pop().map(|item| item.value) {
                Some(Value::Table(below)) => below,
                _ => break,
            },
            _ => break,
        };
    }
    path
}

/// Whether two manifests say the same of everything but us, and the second has our table.
fn says_the_same(before: &str, after: &str) -> bool {
    let read = |text: &str| toml::from_str::<toml::Table>(text).ok();
    let (Some(mut before), Some(mut after)) = (read(before), read(after)) else {
        return false;
    };
    take_ours(&mut before);
    take_ours(&mut after) && before == after
}

/// Takes our table out, and the one that held it where nothing else is in it.
fn take_ours(root: &mut toml::Table) -> bool {
    let Some(package) = root.get_mut(OURS[0]).and_then(toml::Value::as_table_mut) else {
        return false;
    };
    let Some(metadata) = package.get_mut(OURS[1]).and_then(toml::Value::as_table_mut) else {
        return false;
    };
    let taken = metadata.remove(OURS[2]).is_some();
    if metadata.is_empty() {
        package.remove(OURS[1]);
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;
    use proptest::prelude::*;

    const NEW: &str = "[package.metadata.ambot]\ntargets = []\n";

    fn with(text: &str, force: bool) -> Result<String, Error> {
        let manifest = Manifest::parse("Cargo.toml".into(), SourceFile::new("Cargo.toml", text))?;
        let file = manifest.with_ours(NEW, force)?;
        Ok(String::from_utf8(file.after).unwrap())
    }

    #[test]
    fn the_last_words_of_a_file_are_no_part_of_our_last_table() {
        let ours = "[package.metadata.ambot]\nrelease = \"1\"\n# ours\n";
        let text = format!("[package]\nname = \"a\"\n\n{ours}\n# vim: ts=2\n");
        let after = put(&text, "[package.metadata.ambot]\nrelease = \"2\"\n");
        assert!(
            after.ends_with("# vim: ts=2\n") && !after.contains("# ours"),
            "{after}"
        );
    }

    #[test]
    fn a_table_comes_last_and_the_rest_stays() {
        let text = "[package]\nname = \"a\"\n# end";
        assert_eq!(with(text, false).unwrap(), format!("{text}\n\n{NEW}"));
        let windows = "[package]\r\nname = \"a\"\r\n";
        let after = with(windows, false).unwrap();
        assert_eq!(after, format!("{windows}\r\n{}", NEW.replace('\n', "\r\n")));
    }

    #[test]
    fn only_our_tables_are_replaced_and_comments_above_others_stay() {
        let text = "[package]\nname = \"a\"\n\n# mine\n[package.metadata.ambot]\n# gone\na = \"\"\"\n\
            [dependencies]\n\"\"\"\n# gone\n\n[package.metadata.\"ambot\".services.x] # gone\n\n# of b\n\
            # of b\n[package.metadata.b]\nc = 1\n\n[[package.metadata.ambot.triggers]]\nd = 2\n\n\
            [dependencies]\n";
        assert!(matches!(with(text, false), Err(Error::TableThere { .. })));
        assert_snapshot!(with(text, true).unwrap(), @r#"
        [package]
        name = "a"

        # mine
        [package.metadata.ambot]
        targets = []

        # of b
        # of b
        [package.metadata.b]
        c = 1

        [dependencies]
        "#);
    }

    #[test]
    fn a_table_that_has_no_header_is_not_touched() {
        for text in [
            "package.metadata.ambot.skip = true\n",
            "[package]\nmetadata = { b = 1 }\n",
            "[package.metadata]\nambot = { skip = true }\n",
            "[package.metadata]\nambot.skip = true\n",
        ] {
            let error = with(text, true).unwrap_err();
            assert!(matches!(error, Error::NoTable { .. }), "{text}: {error}");
        }
        // A table below one that is written with dots may have a header.
        let text = "[package]\nmetadata.b.c = 1\n";
        assert_eq!(with(text, true).unwrap(), format!("{text}\n{NEW}"));
    }

    proptest! {
        /// Whatever else is in a manifest, it is there in the same words afterwards, and a second run
        /// changes nothing more.
        #[test]
        fn what_is_not_ours_is_kept(parts in proptest::collection::vec(0usize..6, 0..8), crlf: bool) {
            let blocks = [
                "# a comment\n",
                "[a]\nx = '''\n[package.metadata.ambot]\n'''\n\n",
                "[package.metadata.ambot.services.x]\n# gone\n",
                "[[b]]\ny = [\n  1, # one\n]\n",
                "\n",
                "[c.\"d.e\"]\nz = { f = 1 }\n",
            ];
            let mut text = String::from("[package]\nname = \"a\"\n");
            let mut seen = std::collections::BTreeSet::new();
            for part in parts {
                if part == 3 || part == 4 || part == 0 || seen.insert(part) {
                    text += blocks[part];
                }
            }
            if crlf {
                text = text.replace('\n', "\r\n");
            }
            let once = with(&text, true).unwrap();
            prop_assert!(says_the_same(&text, &once));
            let twice = with(&once, true).unwrap();
            prop_assert_eq!(&once, &twice);
            prop_assert_eq!(once.matches("\r\n").count() > 0, crlf);
        }
    }
}
