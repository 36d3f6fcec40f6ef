//! `files`: what is shipped beside the binaries and units.

use super::TABLE;
use crate::project::error::Error;
use crate::project::reader::{Reader, wrong_kind};
use crate::project::tree::{Entry, Table, Value};
use crate::report::{Span, Spanned};

/// A file to ship.
#[derive(Clone, Debug)]
pub struct SourceEntry {
    /// Its path in the project.
    pub source: Spanned<String>,
    /// Its path on the target; a slash at the end makes it the folder.
    pub dest: Spanned<String>,
    /// The permission bits.
    pub mode: Option<u16>,
    /// The owner.
    pub user: Option<String>,
    /// The group.
    pub group: Option<String>,
    /// `Some(noreplace)` where it is configuration or the user says that it is not.
    pub config: Option<Config>,
}

/// Whether a file is configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Config {
    /// `config = false`
    No,
    /// `config = true`: a changed file is moved to `.rpmsave` by an upgrade.
    Replace,
    /// `config = "noreplace"`: a changed file stays, the new one becomes `.rpmnew`.
    Noreplace,
}

/// Where a file of `files` is installed: `dest`, or within it where it ends in a slash.
pub(in crate::project) fn installed_as(source: &str, dest: &str) -> String {
    if !dest.ends_with('/') {
        return dest.to_owned();
    }
    let name = camino::Utf8Path::new(source).file_name();
    format!("{dest}{}", name.unwrap_or_default())
}

impl SourceEntry {
    /// Where it is installed: `dest`, or within it where it ends in a slash.
    pub fn installed_as(&self) -> String {
        installed_as(&self.source.value, &self.dest.value)
    }
}

pub(super) fn files(tables: Vec<(Table, Span)>) -> Result<Vec<SourceEntry>, Error> {
    tables
        .into_iter()
        .map(|(table, span)| file(table, &span))
        .collect()
}

fn file(table: Table, span: &Span) -> Result<SourceEntry, Error> {
    let mut reader = Reader::new(table, format!("{TABLE}.files"));
    let missing = |key: &str| Error::Value {
        what: format!("a file without `{key}`"),
        span: span.clone(),
        help: "write { source = \"path/in/the/project\", dest = \"/path/on/the/target\" }"
            .to_owned(),
    };
    let (source, dest) = (reader.line("source")?, reader.line("dest")?);
    let mode = reader.take("mode").map(mode).transpose()?;
    let user = reader.line("user")?.map(|user| user.value);
    let group = reader.line("group")?.map(|group| group.value);
    let config = reader.take("config").map(config).transpose()?;
    // First, because a misspelt key is the likeliest reason for a missing one.
    reader.finish()?;
    Ok(SourceEntry {
        source: source.ok_or_else(|| missing("source"))?,
        dest: dest.ok_or_else(|| missing("dest"))?,
        mode,
        user,
        group,
        config,
    })
}

/// `"0640"`. An integer would be decimal to TOML and octal to its writer.
fn mode(entry: Entry) -> Result<u16, Error> {
    let digits = match &entry.node.value {
        Value::String(text) => text.clone(),
        Value::Integer {
            text,
            radix: 8 | 10,
        } => {
            return Err(Error::Value {
                what: "`mode` is an integer, and a string is needed".to_owned(),
                span: entry.node.span.clone(),
                help: format!("write mode = \"{text:0>4}\""),
            });
        }
        other => {
            return Err(wrong_kind(
                "mode",
                other,
                "a string such as \"0640\"",
                &entry.node.span,
            ));
        }
    };
    u16::from_str_radix(&digits, 8)
        .ok()
        .filter(|mode| *mode <= 0o7777 && digits.len() <= 5)
        .ok_or_else(|| Error::Value {
            what: format!("`mode` cannot be \"{digits}\""),
            span: entry.node.span,
            help: "write three or four octal digits: \"0640\"".to_owned(),
        })
}

fn config(entry: Entry) -> Result<Config, Error> {
    match &entry.node.value {
        Value::Boolean(true) => Ok(Config::Replace),
        Value::Boolean(false) => Ok(Config::No),
        Value::String(word) if word == "noreplace" => Ok(Config::Noreplace),
        _ => Err(Error::Value {
            what: "`config` is neither a boolean nor \"noreplace\"".to_owned(),
            span: entry.node.span,
            help: "write true, false or \"noreplace\"".to_owned(),
        }),
    }
}
