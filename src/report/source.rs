//! A user's file and places in it.

use camino::{Utf8Path, Utf8PathBuf};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A file of the user's, kept whole so that a message can show the line it speaks of.
///
/// Cheap to clone. Text given on the command line or in an environment variable is a source too:
/// its name is what the user wrote, such as `--set release=7`, and no line of it is shown.
#[derive(Clone)]
pub struct SourceFile(Arc<Inner>);

struct Inner {
    path: Utf8PathBuf,
    text: String,
    /// Not a file, but words of the command line or the environment.
    given: bool,
    line_starts: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// A source with the name that messages show and its text.
    pub fn new(path: impl Into<Utf8PathBuf>, text: impl Into<String>) -> Self {
        SourceFile(Arc::new(Inner {
            path: path.into(),
            text: text.into(),
            given: false,
            line_starts: OnceLock::new(),
        }))
    }

    /// A source that is no file: `words` are those of the command line or the environment, `text`
    /// is what they are read as.
    pub fn given(words: impl Into<Utf8PathBuf>, text: impl Into<String>) -> Self {
        SourceFile(Arc::new(Inner {
            path: words.into(),
            text: text.into(),
            given: true,
            line_starts: OnceLock::new(),
        }))
    }

    /// Whether it is no file, but words of the command line or the environment.
    pub fn is_given(&self) -> bool {
        self.0.given
    }

    /// The path as messages show it.
    pub fn path(&self) -> &Utf8Path {
        &self.0.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// A span over bytes of this file, cut to the file's length and to character boundaries.
    pub fn span(&self, range: Range<usize>) -> Span {
        let text = self.text();
        let end = floor_boundary(text, range.end.min(text.len()));
        let start = floor_boundary(text, range.start.min(end));
        Span {
            file: self.clone(),
            range: start..end,
        }
    }

    /// Line and column, both from 1, of a byte offset; the column counts characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let offset = floor_boundary(self.text(), offset.min(self.text().len()));
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset);
        let before = &self.text()[starts[line - 1]..offset];
        (line, before.chars().count() + 1)
    }

    /// The whole lines that a range of bytes touches.
    pub fn lines_around(&self, range: Range<usize>) -> Range<usize> {
        let starts = self.line_starts();
        let first = starts.partition_point(|start| *start <= range.start);
        let after = starts.partition_point(|start| *start <= range.end.max(range.start));
        let end = starts.get(after).copied().unwrap_or(self.text().len());
        starts[first - 1]..end
    }

    /// Where each line begins; never empty. Found once, because thousands of findings may ask.
    fn line_starts(&self) -> &[usize] {
        self.0.line_starts.get_or_init(|| {
            let ends = self.text().bytes().enumerate();
            let ends = ends.filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0)
                .chain(ends.map(|(at, _)| at + 1))
                .collect()
        })
    }
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SourceFile").field(&self.0.path).finish()
    }
}

impl PartialEq for SourceFile {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.path() == other.path() && self.text() == other.text())
    }
}

impl Eq for SourceFile {}

/// A place in a user's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    file: SourceFile,
    range: Range<usize>,
}

impl Span {
    /// The file it lies in.
    pub fn file(&self) -> &SourceFile {
        &self.file
    }

    /// The byte range within the file.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// The text it covers.
    pub fn text(&self) -> &str {
        &self.file.text()[self.range.clone()]
    }
}

/// `PATH:LINE:COLUMN`, as compilers write it.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.file.position(self.range.start);
        write!(f, "{}:{line}:{column}", self.file.path())
    }
}

/// A value and where the user wrote it; `None` where nobody wrote it (a default).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it was written.
    pub span: Option<Span>,
}

impl<T> Spanned<T> {
    /// A value with the place it was written at.
    pub fn new(value: T, span: Span) -> Self {
        Spanned {
            value,
            span: Some(span),
        }
    }

    /// A value that nobody wrote.
    pub fn unwritten(value: T) -> Self {
        Spanned { value, span: None }
    }

    /// The same place, another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned {
            value: f(self.value),
            span: self.span,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let file = SourceFile::new("Cargo.toml", "a\nbä = 1\n");
        assert_eq!(file.span(0..1).to_string(), "Cargo.toml:1:1");
        assert_eq!(file.span(5..6).to_string(), "Cargo.toml:2:3");
    }

    #[test]
    fn a_span_never_leaves_the_file_or_splits_a_character() {
        let file = SourceFile::new("x", "ä");
        assert_eq!(file.span(1..9).text(), "ä");
        assert_eq!(file.span(7..9).text(), "");
    }
}
