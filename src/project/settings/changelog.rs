//! `changelog`: where the RPM's changelog comes from.

use super::TABLE;
use crate::project::error::Error;
use crate::project::reader::{Reader, wrong_kind};
use crate::project::tree::{Entry, Node, Value};
use crate::report::Spanned;

/// Where the changelog comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ChangelogSource {
    /// `CHANGELOG.md` in the package's folder, if it is there.
    #[default]
    Found,
    /// `false`: there is none.
    None,
    /// A file.
    File(Spanned<String>),
    /// As it is written in the manifest.
    Given(Vec<GivenRelease>),
}

/// A release as it is written in the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenRelease {
    /// Its version.
    pub version: Spanned<String>,
    /// Its date, `2026-01-31`.
    pub date: Option<Spanned<String>>,
    /// Who made it.
    pub author: Option<Spanned<String>>,
    /// What changed, an item each.
    pub changes: Vec<Spanned<String>>,
}

pub(super) fn changelog(entry: Option<Entry>) -> Result<ChangelogSource, Error> {
    let Some(entry) = entry else {
        return Ok(ChangelogSource::Found);
    };
    let span = entry.node.span;
    match entry.node.value {
        Value::Boolean(false) => Ok(ChangelogSource::None),
        Value::Boolean(true) => Ok(ChangelogSource::Found),
        Value::String(path) if !path.trim().is_empty() => {
            Ok(ChangelogSource::File(Spanned::new(path, span)))
        }
        Value::Array(items) => {
            let items = items.into_iter().map(release);
            items.collect::<Result<_, _>>().map(ChangelogSource::Given)
        }
        other => Err(wrong_kind(
            "changelog",
            &other,
            "a file, `false` or an array of releases",
            &span,
        )),
    }
}

fn release(node: Node) -> Result<GivenRelease, Error> {
    let span = node.span;
    let table = match node.value {
        Value::Table(table) => table,
        other => return Err(wrong_kind("changelog", &other, "a table", &span)),
    };
    let mut reader = Reader::new(table, format!("{TABLE}.changelog"));
    let (version, date) = (reader.line("version")?, reader.line("date")?);
    let (author, changes) = (reader.line("author")?, reader.some_strings("changes")?);
    reader.finish()?;
    let missing = |key: &str| Error::Value {
        what: format!("a release without `{key}`"),
        span: span.clone(),
        help: "write { version = \"1.2.0\", date = \"2026-01-31\", changes = [\"…\"] }".to_owned(),
    };
    Ok(GivenRelease {
        version: version.ok_or_else(|| missing("version"))?,
        date,
        author,
        changes: changes.ok_or_else(|| missing("changes"))?,
    })
}
