//! A manifest, read for our tables alone; the rest is cargo's.

use super::error::Error;
use super::input;
use super::tree::{self, Table, Value};
use crate::report::{SourceFile, Span};
use camino::{Utf8Path, Utf8PathBuf};

pub(super) struct Manifest {
    root: Table,
}

impl Manifest {
    /// Reads a manifest; messages show its path as seen from `shown_from`.
    pub(super) fn read(path: &Utf8Path, shown_from: &Utf8Path) -> Result<Self, Error> {
        let text = input::read_text(path, input::MAX_TEXT).map_err(|source| Error::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&SourceFile::new(shown(path, shown_from), text))
    }

    pub(super) fn parse(file: &SourceFile) -> Result<Self, Error> {
        match tree::parse(file) {
            Ok(root) => Ok(Manifest { root }),
            Err((message, span)) => Err(Error::Toml {
                path: file.path().to_owned(),
                message,
                span,
            }),
        }
    }

    /// `[package.metadata.ambot]`, if there is one.
    pub(super) fn package_table(&self) -> Result<Option<Table>, Error> {
        self.table("package")
    }

    /// `[workspace.metadata.ambot]`, if there is one.
    pub(super) fn workspace_table(&self) -> Result<Option<Table>, Error> {
        self.table("workspace")
    }

    fn table(&self, of: &str) -> Result<Option<Table>, Error> {
        match self.root.descend(&[of, "metadata", "ambot"]) {
            None => Ok(None),
            Some(entry) => match &entry.node.value {
                Value::Table(table) => Ok(Some(table.clone())),
                other => Err(Error::Value {
                    what: format!("`{of}.metadata.ambot` is {}, not a table", other.kind()),
                    span: entry.node.span.clone(),
                    help: format!("write [{of}.metadata.ambot] and the keys below it"),
                }),
            },
        }
    }
}

/// A manifest as a place, of which no line is shown.
pub(super) fn whole(path: &Utf8Path, shown_from: &Utf8Path) -> Span {
    SourceFile::new(shown(path, shown_from), "").span(0..0)
}

/// A path as messages show it: relative where it lies below the folder the user works in.
pub(super) fn shown(path: &Utf8Path, from: &Utf8Path) -> Utf8PathBuf {
    path.strip_prefix(from).unwrap_or(path).to_owned()
}
