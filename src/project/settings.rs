//! The settings of one package for one target, typed.

use super::error::Error;
use super::reader::{Reader, word, wrong_kind};
use super::service_table::services;
use super::tree::{Entry, Table, Value};
use crate::report::{Span, Spanned};

/// The keys whose value is a line of text; each can be given as a variable.
pub(super) const TEXT_KEYS: [&str; 8] = [
    "name",
    "summary",
    "description",
    "license",
    "url",
    "vendor",
    "packager",
    "release",
];

/// The keys whose value is a list of words; each can be given as a variable.
pub(super) const LIST_KEYS: [&str; 2] = ["targets", "bins"];

pub(super) const TABLE: &str = "metadata.ambot";

/// What the user set; `None` where the default holds.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The targets when none is given on the command line.
    pub targets: Option<Vec<Spanned<String>>>,
    /// The binaries to package; all where it is `None`.
    pub bins: Option<Vec<Spanned<String>>>,
    /// The name of the RPM.
    pub name: Option<Spanned<String>>,
    /// One line about it.
    pub summary: Option<Spanned<String>>,
    /// Any number of lines about it.
    pub description: Option<Spanned<String>>,
    /// Its licence.
    pub license: Option<Spanned<String>>,
    /// Its page.
    pub url: Option<Spanned<String>>,
    /// Who distributes it.
    pub vendor: Option<Spanned<String>>,
    /// Who packages it.
    pub packager: Option<Spanned<String>>,
    /// The release without the dist tag.
    pub release: Option<Spanned<String>>,
    /// The epoch.
    pub epoch: Option<u32>,
    /// Whether `--workspace` leaves the package out.
    pub skip: bool,
    /// Files to ship beside the binaries.
    pub files: Vec<SourceEntry>,
    /// What the package needs.
    pub requires: Vec<Requirement>,
    /// The services, in the order in which they were written.
    pub services: Vec<ServiceTable>,
    /// How much rules of the check matter: code and level.
    pub lints: Vec<(Spanned<String>, LintLevel)>,
    /// Whether units are rewritten for targets that do not know what is in them.
    pub adapt: bool,
    /// Whether sandboxing that a target cannot give is an error.
    pub require_hardening: bool,
}

/// How much a rule matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LintLevel {
    /// Not said.
    Allow,
    /// Said.
    Warn,
    /// An error.
    Deny,
}

/// `requires = { NAME = VERSION }`
#[derive(Clone, Debug)]
pub struct Requirement {
    /// The package or capability.
    pub name: Spanned<String>,
    /// `*`, or a comparison and a version as rpm has it: `>= 7.29`.
    pub version: Spanned<String>,
}

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
pub(super) fn installed_as(source: &str, dest: &str) -> String {
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

/// What happens to a running unit on an upgrade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum UpgradePolicy {
    /// It is restarted.
    #[default]
    Restart,
    /// It is reloaded.
    Reload,
    /// Nothing.
    None,
}

/// What is done with a unit when the package is installed, upgraded and removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// A preset enables it on first install.
    pub enable: bool,
    /// It is started on first install.
    pub start: bool,
    /// What an upgrade does to it.
    pub on_upgrade: UpgradePolicy,
    /// Whether a missing `[Install]` is put in.
    pub install: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            enable: true,
            start: false,
            on_upgrade: UpgradePolicy::Restart,
            install: true,
        }
    }
}

/// `[…services.NAME]`
#[derive(Clone, Debug)]
pub struct ServiceTable {
    /// The name as it was written, with or without a suffix.
    pub name: Spanned<String>,
    /// The policy.
    pub policy: Policy,
    /// Where `on-upgrade` was written.
    pub on_upgrade_span: Option<Span>,
    /// The sections, if any: a unit is then generated from them.
    pub sections: Vec<Section>,
}

/// A section of a unit that is written as a table.
#[derive(Clone, Debug)]
pub struct Section {
    /// `Unit`, `Service`, …
    pub name: String,
    /// Where.
    pub span: Span,
    /// The directives in the order in which they were written.
    pub directives: Vec<Directive>,
}

/// A directive that is written as a key.
#[derive(Clone, Debug)]
pub struct Directive {
    /// systemd's name.
    pub key: Spanned<String>,
    /// One value a line.
    pub values: Vec<Spanned<String>>,
}

impl Settings {
    /// Reads the merged table.
    pub(super) fn read(table: Table) -> Result<Self, Error> {
        let mut reader = Reader::new(table, TABLE);
        let settings = Settings {
            targets: reader.strings("targets")?,
            bins: reader.some_strings("bins")?,
            name: reader.line("name")?,
            summary: reader.line("summary")?,
            description: reader.string("description")?,
            license: reader.line("license")?,
            url: reader.line("url")?,
            vendor: reader.line("vendor")?,
            packager: reader.line("packager")?,
            release: release(reader.line("release")?)?,
            epoch: reader.number("epoch")?,
            skip: reader.boolean("skip")?.unwrap_or(false),
            files: files(reader.tables("files")?)?,
            requires: requires(reader.table("requires")?)?,
            services: services(reader.table("services")?)?,
            lints: lints(reader.table("lints")?)?,
            adapt: reader
                .choice("adapt", &[("on", true), ("off", false)])?
                .unwrap_or(true),
            require_hardening: reader
                .choice("hardening", &[("require", true), ("best-effort", false)])?
                .unwrap_or(false),
        };
        // Folded into the others before, and known all the same.
        reader.take("target");
        reader.finish()?;
        Ok(settings)
    }
}

/// A release starts with a digit and has no hyphen, which parts version and release.
fn release(text: Option<Spanned<String>>) -> Result<Option<Spanned<String>>, Error> {
    if let Some(Spanned {
        value,
        span: Some(span),
    }) = &text
    {
        let good = |c: char| c.is_ascii_alphanumeric() || "._+~".contains(c);
        if !value.starts_with(|c: char| c.is_ascii_digit()) || !value.chars().all(good) {
            return Err(Error::Value {
                what: format!("`release` cannot be \"{value}\""),
                span: span.clone(),
                help: "write a number, with letters, digits and `._+~` after it if need be: \"2\""
                    .to_owned(),
            });
        }
    }
    Ok(text)
}

fn files(tables: Vec<(Table, Span)>) -> Result<Vec<SourceEntry>, Error> {
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

fn requires(table: Option<Table>) -> Result<Vec<Requirement>, Error> {
    let entries = table.unwrap_or_default().entries;
    entries
        .into_iter()
        .map(|entry| match entry.node.value {
            Value::String(text) => Ok(Requirement {
                name: Spanned::new(entry.key, entry.key_span),
                version: Spanned::new(text, entry.node.span),
            }),
            other => Err(wrong_kind(
                "requires",
                &other,
                "a version such as \">= 7.29\" or \"*\"",
                &entry.node.span,
            )),
        })
        .collect()
}

fn lints(table: Option<Table>) -> Result<Vec<(Spanned<String>, LintLevel)>, Error> {
    const LEVELS: [(&str, LintLevel); 3] = [
        ("allow", LintLevel::Allow),
        ("warn", LintLevel::Warn),
        ("deny", LintLevel::Deny),
    ];
    let entries = table.unwrap_or_default().entries;
    entries
        .into_iter()
        .map(|entry| {
            let level = word(&entry.key, &entry.node, &LEVELS)?;
            Ok((Spanned::new(entry.key, entry.key_span), level))
        })
        .collect()
}
