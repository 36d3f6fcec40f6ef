//! `[…services.NAME]`: what is done with a unit, and the unit itself where it is written as tables.

use super::TABLE;
use crate::project::error::Error;
use crate::project::reader::{Reader, into_table, wrong_kind};
use crate::project::tree::{Entry, Node, Table, Value};
use crate::report::{Span, Spanned};

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

/// What happens to a running unit when the package is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum RemovePolicy {
    /// It is stopped.
    #[default]
    Stop,
    /// It runs on until somebody stops it; it is not started at the next boot.
    Leave,
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
    /// What a removal does to it.
    pub on_remove: RemovePolicy,
    /// Whether a missing `[Install]` is put in.
    pub install: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            enable: true,
            start: false,
            on_upgrade: UpgradePolicy::Restart,
            on_remove: RemovePolicy::Stop,
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
    /// The instances of a template that are treated as units of the package.
    pub instances: Vec<Spanned<String>>,
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

/// The longest that rpm may be kept waiting, in seconds: its lock keeps every other transaction of the
/// machine waiting too.
const LONGEST_TIMEOUT: u32 = 600;

/// `start-timeout`: how long scriptlets wait for units, in seconds.
pub(super) fn start_timeout(reader: &mut Reader) -> Result<Option<u32>, Error> {
    const KEY: &str = "start-timeout";
    let span = reader.span(KEY);
    let seconds = reader.number(KEY)?;
    match (seconds, span) {
        (Some(seconds), Some(span)) if seconds > LONGEST_TIMEOUT => Err(Error::Value {
            what: format!("`{KEY}` is more than {LONGEST_TIMEOUT} seconds"),
            span,
            help:
                "rpm holds its lock meanwhile: write the seconds that a service may need to start"
                    .to_owned(),
        }),
        (seconds, _) => Ok(seconds),
    }
}

/// What a package says of its services.
#[derive(Clone, Debug)]
pub enum Services {
    /// These tables describe some, in the order in which they were written; where nobody describes
    /// any, the package's own program has one.
    Described(Vec<ServiceTable>),
    /// It has none, and no other unit: it is a tool, and no service.
    None,
}

impl Default for Services {
    fn default() -> Self {
        Services::Described(Vec::new())
    }
}

impl Services {
    /// The tables.
    pub fn tables(&self) -> &[ServiceTable] {
        match self {
            Services::Described(tables) => tables,
            Services::None => &[],
        }
    }
}

/// `services`: tables, or `false`.
pub(super) fn services(entry: Option<Entry>) -> Result<Services, Error> {
    let Some(entry) = entry else {
        return Ok(Services::default());
    };
    match entry.node.value {
        Value::Boolean(false) => Ok(Services::None),
        Value::Table(table) => {
            let tables = table.entries.into_iter().map(service);
            tables.collect::<Result<_, _>>().map(Services::Described)
        }
        other => {
            let wanted = "a table for each service or `false`";
            Err(wrong_kind("services", &other, wanted, &entry.node.span))
        }
    }
}

fn service(entry: Entry) -> Result<ServiceTable, Error> {
    const SECTIONS: [&str; 6] = ["Unit", "Service", "Timer", "Socket", "Path", "Install"];
    let name = format!("{TABLE}.services.{}", entry.key);
    let table = into_table(&format!("services.{}", entry.key), entry.node)?;
    let on_upgrade_span = table.get("on-upgrade").map(|entry| entry.node.span.clone());
    let mut reader = Reader::new(table, name);
    let defaults = Policy::default();
    let policy = Policy {
        enable: reader.boolean("enable")?.unwrap_or(defaults.enable),
        start: reader.boolean("start")?.unwrap_or(defaults.start),
        on_upgrade: reader
            .choice(
                "on-upgrade",
                &[
                    ("restart", UpgradePolicy::Restart),
                    ("reload", UpgradePolicy::Reload),
                    ("none", UpgradePolicy::None),
                ],
            )?
            .unwrap_or(defaults.on_upgrade),
        on_remove: reader
            .choice(
                "on-remove",
                &[("stop", RemovePolicy::Stop), ("leave", RemovePolicy::Leave)],
            )?
            .unwrap_or(defaults.on_remove),
        install: reader.boolean("install")?.unwrap_or(defaults.install),
    };
    let instances = reader.strings("instances")?.unwrap_or_default();
    let mut sections = Vec::new();
    for name in SECTIONS {
        sections.extend(
            reader
                .take(name)
                .map(|entry| section(name, entry))
                .transpose()?,
        );
    }
    reader.finish()?;
    Ok(ServiceTable {
        name: Spanned::new(entry.key, entry.key_span),
        policy,
        instances,
        on_upgrade_span,
        sections,
    })
}

fn section(name: &str, entry: Entry) -> Result<Section, Error> {
    let span = entry.key_span;
    let table = into_table(name, entry.node)?;
    let directives = table
        .entries
        .into_iter()
        .map(directive)
        .collect::<Result<_, _>>()?;
    Ok(Section {
        name: name.to_owned(),
        span,
        directives,
    })
}

fn directive(entry: Entry) -> Result<Directive, Error> {
    if let Value::Table(table) = &entry.node.value {
        return Err(Error::Value {
            what: format!(
                "`{}` is a table where a directive's value is needed",
                entry.key
            ),
            span: entry.node.span.clone(),
            help: format!("write {} = {}", entry.key, assignments(table)),
        });
    }
    let values = match entry.node.value {
        Value::Array(items) => items
            .into_iter()
            .map(|node| directive_value(&entry.key, node))
            .collect::<Result<_, _>>()?,
        _ => vec![directive_value(&entry.key, entry.node)?],
    };
    Ok(Directive {
        key: Spanned::new(entry.key, entry.key_span),
        values,
    })
}

/// `{ A = "1" }` as systemd has it: `["A=1"]`.
fn assignments(table: &Table) -> String {
    let text = |node: &Node| match &node.value {
        Value::String(text) | Value::Float(text) | Value::Integer { text, .. } => text.clone(),
        Value::Boolean(truth) => truth.to_string(),
        _ => "VALUE".to_owned(),
    };
    let items = table.entries.iter();
    let items = items.map(|entry| format!("\"{}={}\"", entry.key, text(&entry.node)));
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// A value in systemd's words: booleans as `true` and `false`, octal numbers with a leading zero,
/// as modes are written there.
fn directive_value(key: &str, node: Node) -> Result<Spanned<String>, Error> {
    let text = match node.value {
        Value::String(text) => text,
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer { text, radix: 8 } => format!("0{text}"),
        Value::Integer { text, radix: 10 } => text,
        Value::Float(text) => text,
        other => {
            return Err(wrong_kind(
                key,
                &other,
                "a string, number, boolean or an array of these",
                &node.span,
            ));
        }
    };
    Ok(Spanned::new(text, node.span))
}
