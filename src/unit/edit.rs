//! Changing single lines of a unit file.

use super::dialect::Dialect;
use super::document::{Directive, Document};
use super::read::is_comment;
use std::ops::Range;

/// A unit file while lines of it are changed: what is not touched keeps every byte.
///
/// Nothing moves: an entry keeps its place, and one that was removed keeps it for what is inserted
/// after it. Comments that lie within the lines of a value that is replaced go before the entry.
#[derive(Clone, Debug)]
pub struct Edit {
    pieces: Vec<Piece>,
    dialect: Dialect,
    line_end: &'static str,
    /// What ends the last line of the file, so that a line can follow.
    closing: String,
    /// What makes the last line of the file a blank one.
    blank: String,
    next: usize,
}

/// The name of an entry, which it keeps whatever is done to it and around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(usize);

/// An assignment as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub id: EntryId,
    /// The section it stands in.
    pub section: String,
    /// The key.
    pub key: String,
    /// The value, continued lines joined.
    pub value: String,
}

/// A run of bytes of the file.
#[derive(Clone, Debug)]
struct Piece {
    bytes: Vec<u8>,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    /// Comments, blank lines, and what systemd does not take.
    Text,
    /// The header of this section.
    Header(String),
    /// An entry; where the key and the value stand in the bytes.
    Entry {
        entry: Entry,
        key: Range<usize>,
        value: Range<usize>,
    },
    /// An entry that was removed.
    Gone(EntryId),
}

impl EntryId {
    /// Which of [`Document::directives`] it is; nothing for one that was inserted.
    pub fn directive(self, document: &Document) -> Option<&Directive> {
        document.directives().get(self.0)
    }
}

impl Entry {
    /// Whether it assigns to this key of this section.
    pub fn is(&self, section: &str, key: &str) -> bool {
        self.section == section && self.key == key
    }
}

impl Edit {
    /// Takes a document apart.
    pub fn new(document: &Document) -> Self {
        let mut edit = Edit {
            pieces: Vec::new(),
            dialect: document.dialect(),
            line_end: document.line_end(),
            closing: document.closing(),
            blank: document.blank_line_at_end(),
            next: document.directives().len(),
        };
        let bytes = document.as_bytes();
        let headers = document.sections().iter().map(|header| {
            let what = What::Header(header.name.clone());
            (header.range.clone(), what)
        });
        let entries = document.directives().iter().enumerate().map(|(n, d)| {
            let within =
                |range: &Range<usize>| range.start - d.range.start..range.end - d.range.start;
            let what = What::Entry {
                entry: Entry {
                    id: EntryId(n),
                    section: d.section.clone(),
                    key: d.key.clone(),
                    value: d.value.clone(),
                },
                key: within(&d.key_range),
                value: within(&d.value_range),
            };
            (d.range.clone(), what)
        });
        let mut known: Vec<(Range<usize>, What)> = headers.chain(entries).collect();
        known.sort_by_key(|(range, _)| range.start);
        let mut at = 0;
        for (range, what) in known {
            edit.push(&bytes[at..range.start], What::Text);
            edit.push(&bytes[range.clone()], what);
            at = range.end;
        }
        edit.push(&bytes[at..], What::Text);
        edit
    }

    fn push(&mut self, bytes: &[u8], what: What) {
        if !bytes.is_empty() {
            let bytes = bytes.to_vec();
            self.pieces.push(Piece { bytes, what });
        }
    }

    /// The entries in the order of the file.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.pieces.iter().filter_map(|piece| match &piece.what {
            What::Entry { entry, .. } => Some(entry),
            _ => None,
        })
    }

    /// Every assignment to a key, resets included.
    pub fn assignments(&self, section: &str, key: &str) -> Vec<Entry> {
        let same = self.entries().filter(|entry| entry.is(section, key));
        same.cloned().collect()
    }

    /// The last value of a key that is no list; nothing where it was taken back.
    pub fn last(&self, section: &str, key: &str) -> Option<&str> {
        let last = self.entries().rfind(|entry| entry.is(section, key))?;
        Some(last.value.as_str()).filter(|value| !value.is_empty())
    }

    /// Writes another key and value where an entry stands; blanks before the key and around the
    /// `=` stay. The value must fit on one line.
    pub fn replace(&mut self, id: EntryId, new_key: &str, new_value: &str) {
        let Some(at) = self.position(id) else { return };
        let comments = self.comments_within(at);
        let Piece { bytes, what } = &mut self.pieces[at];
        let What::Entry { entry, key, value } = what else {
            return;
        };
        let ends = |byte: &&u8| matches!(**byte, b'\n' | b'\r' | 0);
        let tail = bytes.iter().rev().take_while(ends).count();
        let tail = bytes[bytes.len() - tail..].to_vec();
        let between = &bytes[key.end..value.start];
        let between = match between.iter().all(|b| matches!(b, b' ' | b'\t' | b'=')) {
            true => between.to_vec(),
            false => b"=".to_vec(),
        };
        let mut new = bytes[..key.start].to_vec();
        new.extend_from_slice(new_key.as_bytes());
        *key = key.start..new.len();
        new.extend(between);
        let start = new.len();
        new.extend_from_slice(new_value.as_bytes());
        *value = start..new.len();
        new.extend(tail);
        new_key.clone_into(&mut entry.key);
        new_value.clone_into(&mut entry.value);
        *bytes = new;
        self.put_text(at, comments);
    }

    /// Takes an entry away, with all its lines but the comments among them.
    pub fn remove(&mut self, id: EntryId) {
        let Some(at) = self.position(id) else { return };
        let comments = self.comments_within(at);
        let (bytes, what) = (Vec::new(), What::Gone(id));
        self.pieces[at] = Piece { bytes, what };
        self.put_text(at, comments);
    }

    /// Puts an entry right after another, in its section.
    pub fn insert_after(&mut self, id: EntryId, key: &str, value: &str) -> Option<EntryId> {
        let at = self.position(id)?;
        let section = self.section_at(at)?;
        Some(self.insert(at + 1, section, key, value))
    }

    /// Puts an entry right before another, in its section.
    pub fn insert_before(&mut self, id: EntryId, key: &str, value: &str) -> Option<EntryId> {
        let at = self.position(id)?;
        let section = self.section_at(at)?;
        Some(self.insert(at, section, key, value))
    }

    /// Puts an entry at the end of a section: after the last entry of the last section of that
    /// name, right behind its header where it has none, else into a new section at the end.
    pub fn append(&mut self, section: &str, key: &str, value: &str) -> EntryId {
        let mut place = None;
        let mut within = false;
        for (at, piece) in self.pieces.iter().enumerate() {
            match &piece.what {
                What::Header(name) => within = name == section,
                What::Text => continue,
                What::Entry { .. } | What::Gone(_) => {}
            }
            if within {
                place = Some(at + 1);
            }
        }
        let at = place.unwrap_or_else(|| {
            let blank = std::mem::take(&mut self.blank);
            let closing = self.close(self.pieces.len());
            self.push(&blank.as_bytes()[closing..], What::Text);
            let header = format!("[{section}]{}", self.line_end);
            self.push(header.as_bytes(), What::Header(section.to_owned()));
            self.pieces.len()
        });
        self.insert(at, section.to_owned(), key, value)
    }

    fn insert(&mut self, at: usize, section: String, key: &str, value: &str) -> EntryId {
        // The end of the file has to be a finished line before anything follows it.
        if self.pieces[at..].iter().all(|piece| piece.bytes.is_empty()) {
            self.close(at);
            self.line_end.clone_into(&mut self.blank);
        }
        let id = EntryId(self.next);
        self.next += 1;
        let bytes = format!("{key}={value}{}", self.line_end).into_bytes();
        let start = key.len() + 1;
        let what = What::Entry {
            key: 0..key.len(),
            value: start..start + value.len(),
            entry: Entry {
                id,
                section,
                key: key.to_owned(),
                value: value.to_owned(),
            },
        };
        self.pieces.insert(at, Piece { bytes, what });
        id
    }

    /// Finishes the last line before a piece, and says how many bytes that took. They belong to that
    /// line: what is put right after it later has to come after them, too.
    fn close(&mut self, at: usize) -> usize {
        let closing = std::mem::take(&mut self.closing);
        let mut before = self.pieces[..at].iter_mut();
        if let Some(last) = before.rfind(|piece| !piece.bytes.is_empty()) {
            last.bytes.extend_from_slice(closing.as_bytes());
        }
        closing.len()
    }

    /// The document as it is now.
    pub fn finish(self) -> Document {
        let bytes: Vec<u8> = self
            .pieces
            .into_iter()
            .flat_map(|piece| piece.bytes)
            .collect();
        Document::parse_as(&bytes, self.dialect)
    }

    /// The comment lines among the lines of a value, as lines of their own. Before v240 there are
    /// none: they are part of the value.
    fn comments_within(&self, at: usize) -> Vec<u8> {
        let mut comments = Vec::new();
        let Piece { bytes, what } = &self.pieces[at];
        let What::Entry { value, .. } = what else {
            return comments;
        };
        if !self.dialect.skips_comments_first() {
            return comments;
        }
        let lines = bytes[value.clone()].split(|byte| self.dialect.ends_line(*byte));
        for line in lines.skip(1).filter(|line| is_comment(line)) {
            comments.extend_from_slice(line);
            comments.extend_from_slice(self.line_end.as_bytes());
        }
        comments
    }

    fn put_text(&mut self, at: usize, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            let what = What::Text;
            self.pieces.insert(at, Piece { bytes, what });
        }
    }

    fn position(&self, id: EntryId) -> Option<usize> {
        self.pieces.iter().position(|piece| match &piece.what {
            What::Entry { entry, .. } => entry.id == id,
            What::Gone(gone) => *gone == id,
            _ => false,
        })
    }

    /// The section that a piece lies in.
    fn section_at(&self, at: usize) -> Option<String> {
        self.pieces[..=at]
            .iter()
            .rev()
            .find_map(|piece| match &piece.what {
                What::Header(name) => Some(name.clone()),
                _ => None,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const UNIT: &str = "[Unit]\nA=1\n\n[Service]\n  B = 2 \\\n# why\n  3\nC=4\n\n[Install]\n";

    fn edited(text: &str, change: impl FnOnce(&mut Edit, Vec<EntryId>)) -> String {
        let mut edit = Edit::new(&Document::parse(text.as_bytes()));
        let ids = edit.entries().map(|entry| entry.id).collect();
        change(&mut edit, ids);
        String::from_utf8(edit.finish().to_bytes()).unwrap()
    }

    #[test]
    fn a_replaced_line_keeps_its_place_its_blanks_and_its_comments() {
        let text = edited(UNIT, |edit, ids| edit.replace(ids[1], "D", "5 6"));
        assert_eq!(
            text,
            UNIT.replace("  B = 2 \\\n# why\n  3\n", "# why\n  D = 5 6\n")
        );
        let text = edited("[S]\r\nA=1\r\nB=", |edit, ids| {
            edit.replace(ids[0], "A", "");
            edit.replace(ids[1], "B", "2");
        });
        assert_eq!(text, "[S]\r\nA=\r\nB=2");
    }

    #[test]
    fn a_removed_line_leaves_its_place_for_another() {
        let text = edited(UNIT, |edit, ids| {
            edit.remove(ids[1]);
            edit.insert_after(ids[1], "X", "1");
            edit.insert_before(ids[0], "Y", "2");
        });
        let changed = UNIT.replace("  B = 2 \\\n# why\n  3\n", "# why\nX=1\n");
        assert_eq!(text, changed.replace("A=1", "Y=2\nA=1"));
    }

    #[test]
    fn a_last_line_without_an_end_gets_one_whatever_is_put_after_it_and_how_often() {
        let text = edited("[S]\nA=1", |edit, ids| {
            edit.insert_after(ids[0], "X", "1");
            edit.insert_after(ids[0], "Y", "2");
        });
        assert_eq!(text, "[S]\nA=1\nY=2\nX=1\n");
        let text = edited("[S]\nA=1 \\", |edit, ids| {
            edit.append("U", "X", "1");
            edit.insert_after(ids[0], "Y", "2");
            edit.replace(ids[0], "A", "3");
        });
        assert_eq!(text, "[S]\nA=3\n\nY=2\n[U]\nX=1\n");
    }

    #[test]
    fn what_is_appended_goes_to_the_end_of_the_section() {
        let append = |text: &str, section: &str| {
            edited(text, |edit, _| {
                edit.append(section, "X", "1");
                edit.append(section, "Y", "2");
            })
        };
        assert_eq!(
            append("[U]\nA=1\n\n[S]\nB=2\n", "U"),
            "[U]\nA=1\nX=1\nY=2\n\n[S]\nB=2\n"
        );
        assert_eq!(append("[U]\nA=1", "U"), "[U]\nA=1\nX=1\nY=2\n");
        assert_eq!(append("[U]\nA=1 \\", "U"), "[U]\nA=1 \\\n\nX=1\nY=2\n");
        assert_eq!(append("[U]\nA=1", "S"), "[U]\nA=1\n\n[S]\nX=1\nY=2\n");
        assert_eq!(
            append("[S]\n# none\n[U]\n", "S"),
            "[S]\nX=1\nY=2\n# none\n[U]\n"
        );
    }

    /// Lines of units as people write them, with what goes wrong in them.
    fn unit() -> impl Strategy<Value = Vec<u8>> {
        let line = proptest::sample::select(vec![
            "[Unit]",
            "[Service]",
            "[Install",
            "A=",
            "A=1",
            " B = 2 \\",
            "  3",
            "# c",
            "; c \\",
            "",
            "x",
            "=",
        ]);
        let end = proptest::sample::select(vec!["\n", "\r\n", "\r", "\0", ""]);
        proptest::collection::vec((line, end), 0..14).prop_map(|lines| {
            lines
                .iter()
                .flat_map(|(l, e)| [*l, *e])
                .collect::<String>()
                .into_bytes()
        })
    }

    fn said(document: &Document) -> Vec<(String, String, String)> {
        let directives = document.directives().iter();
        directives
            .map(|d| (d.section.clone(), d.key.clone(), d.value.clone()))
            .collect()
    }

    proptest! {
        #[test]
        fn nothing_done_is_nothing_changed(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            for dialect in Dialect::ALL {
                let document = Document::parse_as(&bytes, dialect);
                prop_assert_eq!(Edit::new(&document).finish(), document);
            }
        }

        #[test]
        fn one_line_changes_and_all_others_say_the_same(bytes in unit(), which in any::<prop::sample::Index>()) {
            for dialect in Dialect::ALL {
                let document = Document::parse_as(&bytes, dialect);
                let mut expected = said(&document);
                if expected.is_empty() {
                    continue;
                }
                let n = which.index(expected.len());
                let mut edit = Edit::new(&document);
                edit.replace(EntryId(n), "New", "value");
                (expected[n].1, expected[n].2) = ("New".to_owned(), "value".to_owned());
                prop_assert_eq!(said(&edit.clone().finish()), expected.clone());
                edit.remove(EntryId(n));
                let gone = expected.remove(n);
                prop_assert_eq!(said(&edit.clone().finish()), expected.clone());
                edit.insert_after(EntryId(n), &gone.1, &gone.2);
                expected.insert(n, gone);
                prop_assert_eq!(said(&edit.finish()), expected);
            }
        }

        #[test]
        fn an_appended_line_is_read(bytes in unit()) {
            for dialect in Dialect::ALL {
                let mut edit = Edit::new(&Document::parse_as(&bytes, dialect));
                edit.append("Service", "New", "value");
                let document = edit.finish();
                prop_assert_eq!(document.last("Service", "New"), Some("value"));
            }
        }
    }
}
