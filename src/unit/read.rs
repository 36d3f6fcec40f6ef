//! From bytes to sections and directives, the way `config_parse()` of systemd's `conf-parser.c`
//! does it: physical lines are joined into logical ones first, and only then looked at.

use super::dialect::Dialect;
use super::document::{Directive, Header, Problem, ProblemKind};
use std::ops::Range;

pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether systemd strips this byte from both ends of a line, a key and a value.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) headers: Vec<Header>,
    pub(super) directives: Vec<Directive>,
    pub(super) problems: Vec<Problem>,
    pub(super) end: End,
}

/// How a file ends, for who wants to write on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct End {
    /// The last line has no line end.
    pub(super) unterminated: bool,
    /// The last line asks to be continued.
    pub(super) open: bool,
    /// The last line is blank, or there is none.
    pub(super) blank: bool,
}

/// A logical line: physical lines joined where one ends in `\`.
#[derive(Default)]
struct Line {
    text: Vec<u8>,
    /// Where each byte of `text` stands in the file.
    offsets: Vec<usize>,
    /// The whole of it in the file, line ends and skipped comments within included.
    range: Range<usize>,
    /// The number of its first physical line, from 1.
    number: usize,
}

impl Line {
    fn push(&mut self, bytes: &[u8], content: Range<usize>) {
        self.text.extend_from_slice(&bytes[content.clone()]);
        self.offsets.extend(content);
    }

    /// Takes a `\` from the end, and leaves the space that systemd puts in its place.
    ///
    /// systemd looks for an unescaped `\` from the start; that is an odd number of them at the
    /// end.
    fn continues(&mut self) -> bool {
        let slashes = self.text.iter().rev().take_while(|b| **b == b'\\').count();
        let open = slashes % 2 == 1;
        if let (true, Some(last)) = (open, self.text.last_mut()) {
            *last = b' ';
        }
        open
    }

    /// The part of `within` without blanks around it.
    fn trim(&self, within: Range<usize>) -> Range<usize> {
        let text = &self.text[within.clone()];
        let start = text.iter().take_while(|b| is_blank(**b)).count();
        let rest = &text[start..];
        let end = rest.len() - rest.iter().rev().take_while(|b| is_blank(**b)).count();
        within.start + start..within.start + start + end
    }

    /// Where a part of the text stands in the file; an empty part stands after what precedes it.
    fn in_file(&self, part: &Range<usize>) -> Range<usize> {
        let before = |at: usize| match at.checked_sub(1).and_then(|i| self.offsets.get(i)) {
            Some(offset) => offset + 1,
            None => self.range.start,
        };
        match self.offsets.get(part.start) {
            Some(start) if !part.is_empty() => *start..before(part.end),
            _ => before(part.start)..before(part.start),
        }
    }
}

/// Reads a file.
pub(super) fn read(bytes: &[u8], dialect: Dialect) -> Reading {
    let mut reading = Reading {
        end: End {
            blank: true,
            ..End::default()
        },
        ..Reading::default()
    };
    let mut mark_seen = false;
    let mut pending: Option<Line> = None;
    let mut start = 0;
    for number in 1.. {
        if start >= bytes.len() {
            break;
        }
        let (mut content, next) = physical_line(bytes, start, dialect);
        reading.end.blank = bytes[content.clone()].iter().all(|b| is_blank(*b));
        reading.end.unterminated = content.end == next;
        let range = start..next;
        start = next;
        if dialect.skips_comments_first() && is_comment(&bytes[content.clone()]) {
            continue;
        }
        if !mark_seen && bytes[content.clone()].starts_with(BYTE_ORDER_MARK) {
            mark_seen = true;
            content.start += BYTE_ORDER_MARK.len();
        }
        let mut line = pending.take().unwrap_or_else(|| Line {
            range: range.clone(),
            number,
            ..Line::default()
        });
        line.range.end = range.end;
        line.push(bytes, content);
        if line.continues() {
            pending = Some(line);
        } else {
            reading.take(&line);
        }
    }
    if let Some(mut line) = pending {
        line.range.end = bytes.len();
        reading.end.open = true;
        reading.take_open(&line, dialect);
    }
    reading
}

/// The content of the line that starts here, and where the next one starts.
pub(super) fn physical_line(bytes: &[u8], start: usize, dialect: Dialect) -> (Range<usize>, usize) {
    let rest = &bytes[start..];
    let length = rest
        .iter()
        .position(|byte| dialect.ends_line(*byte))
        .unwrap_or(rest.len());
    let end = start + length;
    (start..end, end + dialect.line_end(&bytes[end..]))
}

pub(super) fn is_comment(content: &[u8]) -> bool {
    let first = content.iter().find(|byte| !is_blank(**byte));
    matches!(first, Some(b'#' | b';'))
}

impl Reading {
    /// The last line of a file that ends in a continuation.
    fn take_open(&mut self, line: &Line, dialect: Dialect) {
        if dialect.keeps_open_end() {
            self.take(line);
        }
        let trimmed = line.trim(0..line.text.len());
        if !is_comment(&line.text[trimmed]) {
            self.problem(line, ProblemKind::OpenEnd);
        }
    }

    /// `parse_line()`: what one logical line is.
    fn take(&mut self, line: &Line) {
        let trimmed = line.trim(0..line.text.len());
        let text = &line.text[trimmed.clone()];
        // From v240 on comments are gone by now, but for one behind a byte order mark, which
        // systemd then takes for a directive; as it is without effect, it is a comment to us.
        if text.is_empty() || is_comment(text) {
            return;
        }
        if std::str::from_utf8(text).is_err() {
            return self.problem(line, ProblemKind::NotUtf8);
        }
        if text.starts_with(b".include ") {
            return self.problem(line, ProblemKind::Include);
        }
        if text.starts_with(b"[") {
            return self.take_header(line, &trimmed);
        }
        let Some(equals) = text.iter().position(|byte| *byte == b'=') else {
            return self.problem(line, ProblemKind::NoEquals);
        };
        let key = line.trim(trimmed.start..trimmed.start + equals);
        let value = line.trim(trimmed.start + equals + 1..trimmed.end);
        if key.is_empty() {
            return self.problem(line, ProblemKind::NoKey);
        }
        let Some(header) = self.headers.last() else {
            return self.problem(line, ProblemKind::OutsideSection);
        };
        let directive = Directive {
            section: header.name.clone(),
            header: self.headers.len() - 1,
            key: text_of(line, &key),
            value: text_of(line, &value),
            key_range: line.in_file(&key),
            value_range: line.in_file(&value),
            range: line.range.clone(),
            line: line.number,
        };
        self.directives.push(directive);
    }

    fn take_header(&mut self, line: &Line, trimmed: &Range<usize>) {
        if trimmed.len() < 2 || line.text[trimmed.end - 1] != b']' {
            return self.problem(line, ProblemKind::Header);
        }
        let name = trimmed.start + 1..trimmed.end - 1;
        self.headers.push(Header {
            name: text_of(line, &name),
            name_range: line.in_file(&name),
            range: line.range.clone(),
            line: line.number,
        });
    }

    fn problem(&mut self, line: &Line, kind: ProblemKind) {
        self.problems.push(Problem {
            kind,
            range: line.in_file(&line.trim(0..line.text.len())),
            line: line.number,
        });
    }
}

fn text_of(line: &Line, part: &Range<usize>) -> String {
    String::from_utf8_lossy(&line.text[part.clone()]).into_owned()
}
