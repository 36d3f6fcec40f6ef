//! A unit: its name and its document.

use super::dialect::Dialect;
use super::document::{Directive, Document};
use super::error::Error;
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
    /// In tables; the places of those of its values that somebody wrote there.
    Tables(Vec<Placed>),
}

/// The place of a value that became a line of a generated unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The section.
    pub section: String,
    /// The key.
    pub key: String,
    /// The place of each value, in order.
    pub values: Vec<Option<Span>>,
}

impl UnitFile {
    /// A hand-written unit from the bytes of its file; `path` is what messages show.
    ///
    /// # Errors
    /// When the file is not UTF-8 (systemd 239 and later refuse it), or holds nothing but blanks
    /// (systemd takes an empty file for a masked unit).
    pub fn read(name: UnitName, path: &Utf8Path, bytes: &[u8]) -> Result<Self, Error> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = &bytes[..error.valid_up_to()];
            Error::NotUtf8 {
                path: path.to_string(),
                byte: bytes.get(before.len()).copied().unwrap_or_default(),
                line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            }
        })?;
        if text.trim_start_matches('\u{feff}').trim().is_empty() {
            return Err(Error::Empty {
                path: path.to_string(),
            });
        }
        Ok(UnitFile {
            name,
            document: Document::parse(bytes),
            origin: Origin::File(SourceFile::new(path, text)),
        })
    }

    /// A unit that nobody wrote as a file; `places` says where its values were written.
    pub fn generated(name: UnitName, document: Document, places: Vec<Placed>) -> Self {
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
            Origin::Tables(places) => {
                let nth = self.assignments_before(directive);
                let same = |placed: &&Placed| directive.is(&placed.section, &placed.key);
                places.iter().find(same)?.values.get(nth)?.clone()
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Diagnose, Diagnostic};

    fn read(bytes: &[u8]) -> Result<UnitFile, Error> {
        let name = UnitName::parse("hello.service").unwrap();
        UnitFile::read(name, ".ambot/services/hello.service".into(), bytes)
    }

    fn said(diagnostic: &Diagnostic) -> String {
        format!("{}\n{}", diagnostic.title, diagnostic.help.join("\n"))
    }

    #[test]
    fn a_file_that_is_no_unit_is_refused() {
        insta::assert_snapshot!(said(&read(b"[Unit]\nDescription=Gr\xfc\xdfe\n").unwrap_err().diagnostic()), @r"
        .ambot/services/hello.service is not UTF-8: byte 0xfc in line 2
        systemd refuses such a unit; save the file as UTF-8
        ");
        for empty in ["", "\n\r\n  \t", "\u{feff}\n"] {
            assert!(
                matches!(read(empty.as_bytes()), Err(Error::Empty { .. })),
                "{empty:?}"
            );
        }
    }

    #[test]
    fn a_directive_of_a_file_has_a_place() {
        let unit = read(b"[Service]\n  ExecStart = /bin/true\n").unwrap();
        let span = unit.span(&unit.document.directives()[0]).unwrap();
        assert_eq!(span.text(), "ExecStart = /bin/true");
        assert_eq!(span.to_string(), ".ambot/services/hello.service:2:3");
    }
}
