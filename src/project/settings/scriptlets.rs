//! `scriptlets` and `triggers`: the user's own scripts, beside those that units need.

use super::TABLE;
use super::dependencies::Phase;
use crate::project::error::Error;
use crate::project::reader::{Reader, word, wrong_kind};
use crate::project::tree::{Entry, Table, Value};
use crate::report::{Span, Spanned};

/// Where a script's text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Script {
    /// It is written in the manifest.
    Text(Spanned<String>),
    /// It is a file of the project.
    File(Spanned<String>),
}

/// Where the user's part of a scriptlet stands, seen from ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Before ours.
    Before,
    /// After ours.
    After,
}

impl Order {
    /// The order where none is asked for. What comes onto the machine is made ready by us first;
    /// what goes is the user's first; and before services start or are restarted, in `%posttrans`,
    /// the user's part is done.
    pub fn default_of(phase: Phase) -> Self {
        match phase {
            Phase::Pretrans | Phase::Pre | Phase::Post => Order::After,
            _ => Order::Before,
        }
    }
}

/// `[…scriptlets]`: one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptletTable {
    /// When it runs.
    pub phase: Spanned<Phase>,
    /// Its text; without one, the interpreter is all that runs.
    pub script: Option<Script>,
    /// What runs it, with arguments.
    pub interpreter: Option<Spanned<Vec<String>>>,
    /// Where it stands, seen from ours.
    pub order: Order,
}

/// What sets off a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TriggerEvent {
    /// `%triggerprein`: before the other package is installed.
    Prein,
    /// `%triggerin`: after one of the two is installed, where both are there.
    In,
    /// `%triggerun`: before one of the two is removed, where both are there.
    Un,
    /// `%triggerpostun`: after the other package is removed.
    Postun,
    /// `%filetriggerin`: after a package with a file below one of the paths is installed.
    FileIn,
    /// `%filetriggerun`: before one is removed.
    FileUn,
    /// `%filetriggerpostun`: after one is removed.
    FilePostun,
    /// `%transfiletriggerin`: as `file-in`, once at the end of a transaction.
    TransFileIn,
    /// `%transfiletriggerun`: as `file-un`, once at the start of a transaction.
    TransFileUn,
    /// `%transfiletriggerpostun`: as `file-postun`, once at the end of a transaction.
    TransFilePostun,
}

/// The kinds of triggers, each of which has its own tags in a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TriggerFamily {
    /// Set off by packages.
    Package,
    /// Set off by files.
    File,
    /// Set off by files, once a transaction.
    Transaction,
}

impl TriggerFamily {
    /// All of them.
    pub const ALL: [TriggerFamily; 3] = [
        TriggerFamily::Package,
        TriggerFamily::File,
        TriggerFamily::Transaction,
    ];
}

impl TriggerEvent {
    /// All of them, with the word of the manifest.
    pub const ALL: [(&'static str, TriggerEvent); 10] = [
        ("prein", TriggerEvent::Prein),
        ("in", TriggerEvent::In),
        ("un", TriggerEvent::Un),
        ("postun", TriggerEvent::Postun),
        ("file-in", TriggerEvent::FileIn),
        ("file-un", TriggerEvent::FileUn),
        ("file-postun", TriggerEvent::FilePostun),
        ("trans-file-in", TriggerEvent::TransFileIn),
        ("trans-file-un", TriggerEvent::TransFileUn),
        ("trans-file-postun", TriggerEvent::TransFilePostun),
    ];

    /// The word of the manifest.
    pub fn as_str(self) -> &'static str {
        match TriggerEvent::ALL.iter().find(|(_, event)| *event == self) {
            Some((word, _)) => word,
            None => unreachable!("every event has its word"),
        }
    }

    /// Which tags it has.
    pub fn family(self) -> TriggerFamily {
        match self {
            TriggerEvent::Prein | TriggerEvent::In | TriggerEvent::Un | TriggerEvent::Postun => {
                TriggerFamily::Package
            }
            TriggerEvent::FileIn | TriggerEvent::FileUn | TriggerEvent::FilePostun => {
                TriggerFamily::File
            }
            TriggerEvent::TransFileIn
            | TriggerEvent::TransFileUn
            | TriggerEvent::TransFilePostun => TriggerFamily::Transaction,
        }
    }
}

/// `[[…triggers]]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriggerTable {
    /// What sets it off.
    pub event: Spanned<TriggerEvent>,
    /// The other package; for triggers of packages.
    pub name: Option<Spanned<String>>,
    /// Which versions of it.
    pub version: Option<Spanned<String>>,
    /// Where the files lie; for triggers of files.
    pub paths: Vec<Spanned<String>>,
    /// Its text.
    pub script: Option<Script>,
    /// What runs it.
    pub interpreter: Option<Spanned<Vec<String>>>,
    /// Triggers of files run in this order, the highest first; 1000000 where nothing is said.
    pub priority: Option<u32>,
}

pub(super) fn scriptlets(table: Option<Table>) -> Result<Vec<ScriptletTable>, Error> {
    let Some(table) = table else {
        return Ok(Vec::new());
    };
    let mut reader = Reader::new(table, format!("{TABLE}.scriptlets"));
    let mut all = Vec::new();
    for (word, phase) in Phase::ALL {
        if let Some(entry) = reader.take(word) {
            all.push(scriptlet(phase, entry)?);
        }
    }
    reader.finish()?;
    Ok(all)
}

fn scriptlet(phase: Phase, entry: Entry) -> Result<ScriptletTable, Error> {
    let (key, span) = (entry.key, entry.key_span);
    let default = Order::default_of(phase);
    let mut scriptlet = ScriptletTable {
        phase: Spanned::new(phase, span.clone()),
        script: None,
        interpreter: None,
        order: default,
    };
    match entry.node.value {
        Value::String(text) => {
            scriptlet.script = Some(Script::Text(Spanned::new(text, entry.node.span)));
        }
        Value::Table(table) => {
            let mut reader = Reader::new(table, format!("{TABLE}.scriptlets.{key}"));
            let runs = runs(&mut reader)?;
            (scriptlet.script, scriptlet.interpreter) = (runs.script, runs.interpreter);
            let orders = [("before", Order::Before), ("after", Order::After)];
            scriptlet.order = reader.choice("order", &orders)?.unwrap_or(default);
            reader.finish()?;
            if scriptlet.script.is_none() && scriptlet.interpreter.is_none() {
                return Err(without_script(&format!("the scriptlet `{key}`"), &span));
            }
        }
        other => {
            return Err(Error::Value {
                what: format!(
                    "`{key}` is {}, and a text or a table is needed",
                    other.kind()
                ),
                span: entry.node.span,
                help: format!("such as {key} = {{ file = \"rpm/{key}.sh\" }}"),
            });
        }
    }
    Ok(scriptlet)
}

/// What runs.
struct Runs {
    script: Option<Script>,
    interpreter: Option<Spanned<Vec<String>>>,
}

/// `script` or `file`, and `interpreter`.
fn runs(reader: &mut Reader) -> Result<Runs, Error> {
    let both = reader.span("script").zip(reader.span("file"));
    if let Some((_, span)) = both {
        return Err(Error::Value {
            what: "a script has both a text and a file".to_owned(),
            span,
            help: "keep one of `script` and `file`".to_owned(),
        });
    }
    let text = reader.string("script")?;
    let file = reader.line("file")?;
    let interpreter = interpreter(reader)?;
    let script = text.map(Script::Text).or(file.map(Script::File));
    Ok(Runs {
        script,
        interpreter,
    })
}

fn interpreter(reader: &mut Reader) -> Result<Option<Spanned<Vec<String>>>, Error> {
    let Some(entry) = reader.take("interpreter") else {
        return Ok(None);
    };
    let span = entry.node.span;
    let words = match entry.node.value {
        Value::String(program) => vec![program],
        Value::Array(items) => {
            let mut words = Vec::new();
            for item in items {
                match item.value {
                    Value::String(text) => words.push(text),
                    other => {
                        return Err(wrong_kind("interpreter", &other, "a string", &item.span));
                    }
                }
            }
            words
        }
        other => return Err(wrong_kind("interpreter", &other, "a string", &span)),
    };
    let wrong = |what: &str, help: String| Error::Value {
        what: what.to_owned(),
        span: span.clone(),
        help,
    };
    let program = words.first().map(String::as_str).unwrap_or_default();
    if program.contains(char::is_whitespace) {
        let words: Vec<&str> = program.split_whitespace().collect();
        return Err(wrong(
            "`interpreter` has a space in it",
            format!(
                "write each argument by itself: interpreter = [\"{}\"]",
                words.join("\", \"")
            ),
        ));
    }
    if program.starts_with('<') && program != "<lua>" {
        return Err(wrong(
            &format!("rpm has no `{program}` built in"),
            "write a full path, or \"<lua>\"".to_owned(),
        ));
    }
    if program == "<lua>" && words.len() > 1 {
        return Err(wrong(
            "the Lua that is built into rpm takes no arguments",
            "write interpreter = \"<lua>\"".to_owned(),
        ));
    }
    if !program.starts_with('/') && program != "<lua>" {
        return Err(wrong(
            "`interpreter` is no full path",
            "write a full path such as \"/bin/bash\", or \"<lua>\"".to_owned(),
        ));
    }
    Ok(Some(Spanned::new(words, span)))
}

fn without_script(what: &str, span: &Span) -> Error {
    Error::Value {
        what: format!("{what} has nothing to run"),
        span: span.clone(),
        help: "write script = \"…\" or file = \"rpm/script.sh\"".to_owned(),
    }
}

pub(super) fn triggers(tables: Vec<(Table, Span)>) -> Result<Vec<TriggerTable>, Error> {
    tables
        .into_iter()
        .map(|(table, span)| trigger(table, &span))
        .collect()
}

fn trigger(table: Table, span: &Span) -> Result<TriggerTable, Error> {
    let mut reader = Reader::new(table, format!("{TABLE}.triggers"));
    let event = reader.take("on");
    let name = reader.line("name")?;
    let version = reader.line("version")?;
    let paths = reader.some_strings("paths")?;
    let Runs {
        script,
        interpreter,
    } = runs(&mut reader)?;
    let priority_span = reader.span("priority");
    let priority = reader.number("priority")?;
    reader.finish()?;
    let wrong = |what: &str, help: &str| Error::Value {
        what: what.to_owned(),
        span: span.clone(),
        help: help.to_owned(),
    };
    let Some(event) = event else {
        return Err(wrong(
            "a trigger without `on`",
            "say what sets it off, such as on = \"in\" and name = \"nginx\"",
        ));
    };
    let event = Spanned::new(
        word("on", &event.node, &TriggerEvent::ALL)?,
        event.node.span,
    );
    let is_files = event.value.family() != TriggerFamily::Package;
    if is_files && (paths.is_none() || name.is_some() || version.is_some()) {
        return Err(wrong(
            &format!("`{}` is set off by files", event.value.as_str()),
            "write paths = [\"/usr/lib/x\"], and no name or version",
        ));
    }
    if !is_files && (name.is_none() || paths.is_some()) {
        return Err(wrong(
            &format!("`{}` is set off by a package", event.value.as_str()),
            "write name = \"nginx\", and no paths",
        ));
    }
    if let Some(span) = priority_span.filter(|_| !is_files) {
        return Err(Error::Value {
            what: "only triggers of files have a priority".to_owned(),
            span,
            help: "leave `priority` out".to_owned(),
        });
    }
    if script.is_none() && interpreter.is_none() {
        return Err(without_script("a trigger", span));
    }
    if let Some(interpreter) = interpreter.as_ref().filter(|words| words.value.len() > 1) {
        return Err(Error::Value {
            what: "the interpreter of a trigger takes no arguments".to_owned(),
            span: interpreter.span.clone().unwrap_or_else(|| span.clone()),
            help: "rpm keeps one word for it; with a shell, write `set -e` and the like as the first line".to_owned(),
        });
    }
    Ok(TriggerTable {
        event,
        name,
        version,
        paths: paths.unwrap_or_default(),
        script,
        interpreter,
        priority,
    })
}
