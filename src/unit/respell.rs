//! Writing a file so that an older systemd reads what today's does.

use super::dialect::Dialect;
use super::document::Document;
use super::read::{BYTE_ORDER_MARK, is_comment, physical_line};
use std::ops::Range;

/// A line that is written in another way for an older systemd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Respelling {
    /// What is in the way.
    pub kind: RespellingKind,
    /// The line, in bytes of the file as it was.
    pub range: Range<usize>,
}

/// What an older systemd reads in another way; see [`Dialect`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RespellingKind {
    /// A comment among the lines of a value, which becomes part of the value there: it goes before
    /// the line.
    CommentInValue,
    /// A comment that ends in `\`, which swallows the next line there: a blank follows it.
    CommentContinues,
    /// A line end with a CR in it: it becomes a plain one.
    LineEnd,
    /// A `\` at the end of the file, which loses the line there: a blank line follows it.
    OpenEnd,
}

impl Document {
    /// The file as it has to be written for a version to read the same in it, and what was done
    /// to it for that; only an older version than the one that reads it now needs anything.
    pub fn respelled_for(&self, dialect: Dialect) -> (Document, Vec<Respelling>) {
        if dialect >= self.dialect || self.dialect != Dialect::V240 {
            return (self.as_read_by(dialect), Vec::new());
        }
        let mut bytes = self.bytes.clone();
        let mut first = Vec::new();
        loop {
            let (written, done) = Writer::pass(&bytes, dialect);
            if done.is_empty() {
                return (Document::parse_as(&bytes, dialect), first);
            }
            // A line end that was taken apart can make another one with what follows it.
            bytes = written;
            if first.is_empty() {
                first = done;
            }
        }
    }
}

struct Writer {
    dialect: Dialect,
    written: Vec<u8>,
    /// Where the logical line starts in what was written.
    line_start: usize,
    /// Whether the line before asks to be continued.
    open: bool,
    done: Vec<Respelling>,
}

impl Writer {
    /// Writes a file once.
    fn pass(bytes: &[u8], dialect: Dialect) -> (Vec<u8>, Vec<Respelling>) {
        let mut writer = Writer {
            dialect,
            written: Vec::new(),
            line_start: 0,
            open: false,
            done: Vec::new(),
        };
        let mut start = 0;
        while start < bytes.len() {
            let (content, next) = physical_line(bytes, start, Dialect::V240);
            writer.line(bytes, &content, next);
            start = next;
        }
        writer.finish(bytes.len())
    }

    fn line(&mut self, bytes: &[u8], content: &Range<usize>, next: usize) {
        let range = content.clone();
        let (content, end) = (&bytes[content.clone()], &bytes[content.end..next]);
        let continues = content.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1;
        let is_comment = is_comment(content);
        let plain = match end {
            b"" | b"\n" | b"\0" => true,
            _ => !continues && end.iter().any(|byte| matches!(byte, b'\n' | 0)),
        };
        let mut done = |kind| {
            self.done.push(Respelling {
                kind,
                range: range.clone(),
            });
        };
        // A comment is no part of a line, so its end is only in the way where it is a lone CR.
        let is_read_alike = plain || (is_comment && end != b"\r");
        // What stands behind a line feed begins the next line there, and a mark has to begin it itself.
        let hides_mark = !matches!(end.last(), None | Some(b'\n' | 0))
            && bytes[next..].starts_with(BYTE_ORDER_MARK);
        let end = match is_read_alike && !hides_mark {
            true => end,
            false => {
                done(RespellingKind::LineEnd);
                b"\n"
            }
        };
        let mut line = content.to_vec();
        // Right behind a line end that a comment stood after, another character would be one with it.
        let joins = |first: &u8| !self.written.ends_with(&[*first]);
        if self.open && line.is_empty() && end.first().is_some_and(joins) {
            line.push(b' ');
        }
        if is_comment && continues && !end.starts_with(b"\r") {
            done(RespellingKind::CommentContinues);
            line.push(b' ');
        }
        line.extend_from_slice(end);
        if is_comment && self.open {
            done(RespellingKind::CommentInValue);
            if end.is_empty() {
                line.push(b'\n');
            }
            self.written
                .splice(self.line_start..self.line_start, line.iter().copied());
            self.line_start += line.len();
            return;
        }
        if !self.open {
            self.line_start = self.written.len();
        }
        self.written.extend(line);
        if !is_comment {
            self.open = continues;
        }
    }

    fn finish(mut self, end: usize) -> (Vec<u8>, Vec<Respelling>) {
        if self.open && self.dialect == Dialect::V219 {
            let ended = self.written.ends_with(b"\n") || self.written.ends_with(b"\0");
            self.written
                .extend_from_slice(if ended { b"\n" } else { b"\n\n" });
            self.done.push(Respelling {
                kind: RespellingKind::OpenEnd,
                range: end..end,
            });
        }
        (self.written, self.done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn respelled(text: &str) -> (String, Vec<RespellingKind>) {
        let document = Document::parse(text.as_bytes());
        let (document, done) = document.respelled_for(Dialect::V219);
        let kinds = done.into_iter().map(|respelling| respelling.kind).collect();
        (String::from_utf8(document.to_bytes()).unwrap(), kinds)
    }

    #[test]
    fn comments_leave_the_value_and_keep_to_themselves() {
        use RespellingKind::*;
        assert_eq!(
            respelled("[S]\nA=a \\\n# c\n b\n"),
            ("[S]\n# c\nA=a \\\n b\n".to_owned(), vec![CommentInValue])
        );
        assert_eq!(
            respelled("[S]\n# C:\\\n[I]\n"),
            ("[S]\n# C:\\ \n[I]\n".to_owned(), vec![CommentContinues])
        );
        assert_eq!(
            respelled("[S]\r\nA=1\r\n"),
            ("[S]\r\nA=1\r\n".to_owned(), vec![])
        );
        assert_eq!(
            respelled("[S]\r\nA=a \\\r\n b\r\n"),
            ("[S]\r\nA=a \\\n b\r\n".to_owned(), vec![LineEnd])
        );
        assert_eq!(
            respelled("[S]\nA=a \\\n# c\r\r\0B=1"),
            (
                "[S]\n# c\nA=a \\\n \r\0B=1".to_owned(),
                vec![LineEnd, CommentInValue]
            )
        );
        assert_eq!(
            respelled("[]\n\r\u{feff}="),
            ("[]\n\u{feff}=".to_owned(), vec![LineEnd])
        );
        assert_eq!(
            respelled("[S]\nA=a \\\n# c\0\0B=1"),
            ("[S]\n# c\0A=a \\\n \0B=1".to_owned(), vec![CommentInValue])
        );
        assert_eq!(
            respelled("[S]\nA=1 \\"),
            ("[S]\nA=1 \\\n\n".to_owned(), vec![OpenEnd])
        );
    }

    proptest! {
        #[test]
        fn an_older_version_reads_the_same(
            bytes in proptest::collection::vec(
                proptest::sample::select(b"[]UA=\\ \t\r\n\0#;\xef\xbb\xbf".to_vec()), 0..60,
            ),
        ) {
            let document = Document::parse(&bytes);
            let said = |document: &Document| -> Vec<(String, String, String)> {
                let all = document.directives().iter();
                all.map(|d| (d.section.clone(), d.key.clone(), d.value.clone())).collect()
            };
            for dialect in Dialect::ALL {
                let (respelled, done) = document.respelled_for(dialect);
                prop_assert_eq!(said(&respelled), said(&document), "{:?}", dialect);
                prop_assert_eq!(done.is_empty(), respelled.as_bytes() == bytes);
                let again = Document::parse(respelled.as_bytes()).respelled_for(dialect);
                prop_assert_eq!(again.1, vec![]);
            }
        }
    }
}
