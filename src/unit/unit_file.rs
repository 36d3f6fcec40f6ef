//! A unit: its name and its document.

use super::dialect::Dialect;
use super::document::{Directive, Document};
use super::name::UnitName;
use crate::report::{SourceFile, Span};
use camino::Utf8Path;

/// A unit of the package, hand-written or generated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFile {
    /// Its name.
    pub name: UnitName,
    /// What is in it.
    pub document: Document,
    origin: Origin,
}

/// Where a unit was written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// In a file of its own.
    File(SourceFile),
    /// In tables.
    Tables(Tables),
}

/// Where the tables of a unit were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tables {
    /// The name of the unit's table; nothing where nobody wrote one.
    pub name: Option<Span>,
    /// The lines that somebody wrote.
    pub lines: Vec<Placed>,
}

/// The place of a value that became a line of a generated unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The section.
    pub section: String,
    /// The key.
    pub key: String,
    /// The place of the key.
    pub key_span: Option<Span>,
    /// The place of each value, in order.
    pub values: Vec<Option<Span>>,
}

impl Tables {
    fn line(&self, directive: &Directive) -> Option<&Placed> {
        let same = |placed: &&Placed| directive.is(&placed.section, &placed.key);
        self.lines.iter().find(same)
    }
}

impl UnitFile {
    /// A hand-written unit from the bytes of its file; `path` is what messages show.
    ///
    /// Every file is one: systemd reads a file line by line, and what it would not take, lines that
    /// are not UTF-8 among them, is in [`Document::problems`].
    pub fn read(name: UnitName, path: &Utf8Path, bytes: &[u8]) -> Self {
        UnitFile {
            name,
            document: Document::parse(bytes),
            origin: Origin::File(SourceFile::new(path, shown(bytes))),
        }
    }

    /// A unit that nobody wrote as a file; `places` says where its values were written.
    pub fn generated(name: UnitName, document: Document, places: Tables) -> Self {
        UnitFile {
            name,
            document,
            origin: Origin::Tables(places),
        }
    }

    /// The same unit as a version of systemd reads it.
    #[must_use]
    pub fn as_read_by(&self, dialect: Dialect) -> Self {
        UnitFile {
            document: self.document.as_read_by(dialect),
            ..self.clone()
        }
    }

    /// The file it was read from; `None` of a generated one.
    pub fn source(&self) -> Option<&SourceFile> {
        match &self.origin {
            Origin::File(source) => Some(source),
            Origin::Tables(_) => None,
        }
    }

    /// The place of a directive where somebody wrote it: the whole `Key=Value` in a file, the
    /// value in a table.
    pub fn span(&self, directive: &Directive) -> Option<Span> {
        match &self.origin {
            Origin::File(source) => {
                Some(source.span(directive.key_range.start..directive.value_range.end))
            }
            Origin::Tables(tables) => {
                let nth = self.assignments_before(directive);
                tables.line(directive)?.values.get(nth)?.clone()
            }
        }
    }

    /// The place of a directive's key where somebody wrote it.
    pub fn key_span(&self, directive: &Directive) -> Option<Span> {
        match &self.origin {
            Origin::File(source) => Some(source.span(directive.key_range.clone())),
            Origin::Tables(tables) => tables.line(directive)?.key_span.clone(),
        }
    }

    /// The place of the unit as a whole: its file, or the name of its table.
    pub fn place(&self) -> Option<Span> {
        match &self.origin {
            Origin::File(source) => Some(source.span(0..0)),
            Origin::Tables(tables) => tables.name.clone(),
        }
    }

    /// How often the directive's key was assigned before it, in its section.
    fn assignments_before(&self, directive: &Directive) -> usize {
        let before = self.document.directives().iter();
        before
            .take_while(|other| other.range.start < directive.range.start)
            .filter(|other| other.is(&directive.section, &directive.key))
            .count()
    }
}

/// The text of a file, as it is shown: each byte that is not UTF-8 is a `?`, so that all others stay
/// where they are.
fn shown(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> UnitFile {
        let name = UnitName::parse("hello.service").unwrap();
        UnitFile::read(name, ".ambot/services/hello.service".into(), bytes)
    }

    #[test]
    fn bytes_that_are_not_utf8_leave_all_others_in_their_place() {
        let unit = read(b"# \xfc\xdf\n[Unit]\nDescription=Gr\xfc\xdfe\nAfter=a.service\n");
        let kept = unit.document.directives();
        assert_eq!(kept.len(), 1);
        assert_eq!(unit.span(&kept[0]).unwrap().text(), "After=a.service");
        let problem = &unit.document.problems()[0];
        let span = unit.source().unwrap().span(problem.range.clone());
        assert_eq!(span.text(), "Description=Gr??e");
    }

    #[test]
    fn a_directive_of_a_file_has_a_place() {
        let unit = read(b"[Service]\n  ExecStart = /bin/true\n");
        let span = unit.span(&unit.document.directives()[0]).unwrap();
        assert_eq!(span.text(), "ExecStart = /bin/true");
        assert_eq!(span.to_string(), ".ambot/services/hello.service:2:3");
    }
}
