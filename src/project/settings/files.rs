//! `files`, `dirs`, `symlinks`, `ghosts`: what is shipped beside the binaries and units.

use super::TABLE;
use crate::project::error::Error;
use crate::project::reader::{Reader, wrong_kind};
use crate::project::tree::{Entry, Table, Value};
use crate::report::{Span, Spanned};

/// The four lists.
#[derive(Clone, Debug, Default)]
pub struct DeclaredContents {
    /// `files`
    pub files: Vec<SourceEntry>,
    /// `dirs`
    pub dirs: Vec<DirectoryEntry>,
    /// `symlinks`
    pub symlinks: Vec<LinkEntry>,
    /// `ghosts`
    pub ghosts: Vec<GhostEntry>,
}

/// Mode and owner, where they are given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// The permission bits.
    pub mode: Option<u16>,
    /// The owner.
    pub user: Option<String>,
    /// The group.
    pub group: Option<String>,
}

/// Files to ship: one, those that a pattern matches, or a whole folder.
#[derive(Clone, Debug)]
pub struct SourceEntry {
    /// A path in the project or a pattern.
    pub source: Spanned<String>,
    /// The path on the target; a slash at the end makes it the folder.
    pub dest: Spanned<String>,
    /// Mode and owner.
    pub attributes: Attributes,
    /// `Some(noreplace)` where it is configuration or the user says that it is not.
    pub config: Option<Config>,
    /// Whether `rpm -V` is silent where an administrator removed it.
    pub missingok: bool,
    /// Capabilities as cap_from_text(3) has them.
    pub caps: Option<Spanned<String>>,
    /// Whether it is documentation.
    pub doc: bool,
    /// Whether it is a licence.
    pub license: bool,
    /// Whether it may lie outside the project.
    pub outside_project: bool,
}

/// A folder that the package owns.
#[derive(Clone, Debug)]
pub struct DirectoryEntry {
    /// Its path on the target.
    pub dest: Spanned<String>,
    /// Mode and owner.
    pub attributes: Attributes,
}

/// A symbolic link.
#[derive(Clone, Debug)]
pub struct LinkEntry {
    /// Its path on the target.
    pub dest: Spanned<String>,
    /// Where it points.
    pub target: Spanned<String>,
}

/// A file, or with a slash at the end of its path a folder, that the package owns and does not
/// ship.
#[derive(Clone, Debug)]
pub struct GhostEntry {
    /// Its path on the target.
    pub dest: Spanned<String>,
    /// Mode and owner.
    pub attributes: Attributes,
    /// As of [`SourceEntry`].
    pub config: Option<Config>,
    /// As of [`SourceEntry`].
    pub missingok: bool,
}

/// What a binary is allowed beyond what the user is who starts it.
#[derive(Clone, Debug)]
pub struct BinaryCaps {
    /// The binary.
    pub binary: Spanned<String>,
    /// Capabilities as cap_from_text(3) has them.
    pub caps: Spanned<String>,
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

impl DeclaredContents {
    /// Takes the four lists out of a table.
    pub(super) fn read(reader: &mut Reader) -> Result<Self, Error> {
        Ok(DeclaredContents {
            files: each(reader.tables("files")?, file)?,
            dirs: each(reader.tables("dirs")?, directory)?,
            symlinks: each(reader.tables("symlinks")?, link)?,
            ghosts: each(reader.tables("ghosts")?, ghost)?,
        })
    }
}

/// Where a file of `files` is installed: `dest`, or within it where it ends in a slash.
pub(in crate::project) fn installed_as(source: &str, dest: &str) -> String {
    if !dest.ends_with('/') {
        return dest.to_owned();
    }
    let name = camino::Utf8Path::new(source).file_name();
    format!("{dest}{}", name.unwrap_or_default())
}

fn each<T>(
    tables: Vec<(Table, Span)>,
    read: fn(Table, &Span) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    tables
        .into_iter()
        .map(|(table, span)| read(table, &span))
        .collect()
}

fn file(table: Table, span: &Span) -> Result<SourceEntry, Error> {
    let mut reader = Reader::new(table, format!("{TABLE}.files"));
    let (source, dest) = (reader.line("source")?, reader.line("dest")?);
    let attributes = attributes(&mut reader)?;
    let config = reader.take("config").map(config).transpose()?;
    let missingok = flag(&mut reader, "missingok")?;
    let caps = reader.line("caps")?;
    let (doc, license) = (flag(&mut reader, "doc")?, flag(&mut reader, "license")?);
    let outside_project = flag(&mut reader, "outside-project")?;
    // First, because a misspelt key is the likeliest reason for a missing one.
    reader.finish()?;
    let form = "{ source = \"path/in/the/project\", dest = \"/path/on/the/target\" }";
    let source = source.ok_or_else(|| missing("a file", "source", form, span))?;
    let usual = match (license, doc) {
        (true, _) => Some("/usr/share/licenses/${name}/"),
        (false, true) => Some("/usr/share/doc/${name}/"),
        (false, false) => None,
    };
    let usual = usual.map(|dest| Spanned::new(dest.to_owned(), span.clone()));
    let dest = dest.or(usual);
    Ok(SourceEntry {
        source,
        dest: dest.ok_or_else(|| missing("a file", "dest", form, span))?,
        attributes,
        config,
        missingok,
        caps,
        doc,
        license,
        outside_project,
    })
}

fn directory(table: Table, span: &Span) -> Result<DirectoryEntry, Error> {
    let mut reader = Reader::new(table, format!("{TABLE}.dirs"));
    let dest = reader.line("dest")?;
    let attributes = attributes(&mut reader)?;
    reader.finish()?;
    let form = "{ dest = \"/var/lib/hello\", mode = \"0750\" }";
    Ok(DirectoryEntry {
        dest: dest.ok_or_else(|| missing("a folder", "dest", form, span))?,
        attributes,
    })
}

fn link(table: Table, span: &Span) -> Result<LinkEntry, Error> {
    let mut reader = Reader::new(table, format!("{TABLE}.symlinks"));
    let (dest, target) = (reader.line("dest")?, reader.line("target")?);
    reader.finish()?;
    let form = "{ dest = \"/usr/bin/hi\", target = \"hello\" }";
    Ok(LinkEntry {
        dest: dest.ok_or_else(|| missing("a link", "dest", form, span))?,
        target: target.ok_or_else(|| missing("a link", "target", form, span))?,
    })
}

fn ghost(table: Table, span: &Span) -> Result<GhostEntry, Error> {
    let mut reader = Reader::new(table, format!("{TABLE}.ghosts"));
    let dest = reader.line("dest")?;
    let attributes = attributes(&mut reader)?;
    let config = reader.take("config").map(config).transpose()?;
    let missingok = flag(&mut reader, "missingok")?;
    reader.finish()?;
    let form = "{ dest = \"/var/log/hello.log\" }";
    Ok(GhostEntry {
        dest: dest.ok_or_else(|| missing("a ghost", "dest", form, span))?,
        attributes,
        config,
        missingok,
    })
}

/// `bin-caps = { BINARY = "cap_net_bind_service=ep" }`
pub(super) fn bin_caps(table: Option<Table>) -> Result<Vec<BinaryCaps>, Error> {
    let entries = table.unwrap_or_default().entries.into_iter();
    entries
        .map(|entry| match entry.node.value {
            Value::String(text) => Ok(BinaryCaps {
                binary: Spanned::new(entry.key, entry.key_span),
                caps: Spanned::new(text, entry.node.span),
            }),
            other => Err(wrong_kind("bin-caps", &other, "a string", &entry.node.span)),
        })
        .collect()
}

fn missing(what: &str, key: &str, form: &str, span: &Span) -> Error {
    Error::Value {
        what: format!("{what} without `{key}`"),
        span: span.clone(),
        help: format!("write {form}"),
    }
}

fn flag(reader: &mut Reader, key: &'static str) -> Result<bool, Error> {
    Ok(reader.boolean(key)?.unwrap_or(false))
}

fn attributes(reader: &mut Reader) -> Result<Attributes, Error> {
    Ok(Attributes {
        mode: reader.take("mode").map(mode).transpose()?,
        user: reader.line("user")?.map(|user| user.value),
        group: reader.line("group")?.map(|group| group.value),
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
