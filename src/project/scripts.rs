//! The texts of the user's scriptlets and triggers, read from where they are written.

use super::error::Error;
use super::input;
use super::settings::{
    Order, Phase, Script, ScriptletTable, Settings, TriggerEvent, TriggerFamily, TriggerTable,
};
use crate::report::{Span, Spanned};
use camino::Utf8Path;

/// What runs a script that says nothing of it.
const SHELL: &str = "/bin/sh";

/// The scripts of a package for one target, as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scripts {
    /// The scriptlets, in the order in which rpm has them.
    pub scriptlets: Vec<UserScriptlet>,
    /// The triggers, in the order in which they were written.
    pub triggers: Vec<UserTrigger>,
}

/// A scriptlet of the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserScriptlet {
    /// When it runs.
    pub phase: Phase,
    /// What runs it, with arguments.
    pub interpreter: Vec<String>,
    /// Its text; nothing where the interpreter is all that runs.
    pub text: String,
    /// Where it stands, seen from ours.
    pub order: Order,
    /// Where the user asked for it.
    pub span: Option<Span>,
}

/// A trigger of the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserTrigger {
    /// What sets it off.
    pub event: TriggerEvent,
    /// The packages or paths that do, and of a package the versions.
    pub names: Vec<Spanned<String>>,
    /// Which versions of the package.
    pub version: Option<Spanned<String>>,
    /// What runs it.
    pub interpreter: String,
    /// Its text.
    pub text: String,
    /// Triggers of files run in this order, the highest first.
    pub priority: Option<u32>,
    /// Where the user asked for it.
    pub span: Option<Span>,
}

/// Reads the scripts that settings name.
///
/// # Errors
/// When a file cannot be read, is no text or lies outside the project.
pub(super) fn read(project: &Utf8Path, settings: &Settings) -> Result<Scripts, Error> {
    let scriptlets = settings.scriptlets.iter();
    let triggers = settings.triggers.iter();
    Ok(Scripts {
        scriptlets: scriptlets
            .map(|table| scriptlet(project, table))
            .collect::<Result<_, _>>()?,
        triggers: triggers
            .map(|table| trigger(project, table))
            .collect::<Result<_, _>>()?,
    })
}

fn scriptlet(project: &Utf8Path, table: &ScriptletTable) -> Result<UserScriptlet, Error> {
    let text = text(project, table.script.as_ref())?;
    Ok(UserScriptlet {
        phase: table.phase.value,
        interpreter: interpreter(table.interpreter.as_ref(), &text),
        text,
        order: table.order,
        span: table.phase.span.clone(),
    })
}

fn trigger(project: &Utf8Path, table: &TriggerTable) -> Result<UserTrigger, Error> {
    let text = text(project, table.script.as_ref())?;
    let mut words = interpreter(table.interpreter.as_ref(), &text);
    if words.len() > 1 {
        // Of the script's own first line; what the manifest says is looked at where it is read.
        return Err(Error::Script {
            path: words.join(" ").into(),
            span: script_span(table.script.as_ref()),
            problem: "the interpreter of a trigger takes no arguments, and its first line asks for them; `interpreter` says which one to use instead".to_owned(),
        });
    }
    let event = table.event.value;
    Ok(UserTrigger {
        event,
        names: match event.family() {
            TriggerFamily::Package => table.name.iter().cloned().collect(),
            TriggerFamily::File | TriggerFamily::Transaction => table.paths.clone(),
        },
        version: table.version.clone(),
        interpreter: words.pop().unwrap_or_else(|| SHELL.to_owned()),
        text,
        priority: table.priority,
        span: table.event.span.clone(),
    })
}

/// What is asked for, else what the first line of the script asks for, else the shell.
fn interpreter(asked: Option<&Spanned<Vec<String>>>, text: &str) -> Vec<String> {
    if let Some(asked) = asked {
        return asked.value.clone();
    }
    let line = text.lines().next().and_then(|line| line.strip_prefix("#!"));
    let words = line.map(|line| line.split_whitespace().map(str::to_owned).collect());
    words
        .filter(|words: &Vec<String>| words.first().is_some_and(|word| word.starts_with('/')))
        .unwrap_or_else(|| vec![SHELL.to_owned()])
}

fn script_span(script: Option<&Script>) -> Option<Span> {
    match script? {
        Script::Text(text) | Script::File(text) => text.span.clone(),
    }
}

/// The text without the blank lines at its end, as rpmbuild has it.
fn text(project: &Utf8Path, script: Option<&Script>) -> Result<String, Error> {
    let text = match script {
        None => String::new(),
        Some(Script::Text(text)) => text.value.clone(),
        Some(Script::File(file)) => file_text(project, file)?,
    };
    Ok(text.trim_end().to_owned())
}

/// Links are followed before the comparison, so that none leads out of the project unseen.
fn file_text(project: &Utf8Path, file: &Spanned<String>) -> Result<String, Error> {
    let path = project.join(&file.value);
    let failed = |problem: String| Error::Script {
        path: path.clone(),
        span: file.span.clone(),
        problem,
    };
    let unreadable = |error: std::io::Error| failed(error.to_string());
    let resolved = path.canonicalize_utf8().map_err(unreadable)?;
    if !resolved.starts_with(project.canonicalize_utf8().map_err(unreadable)?) {
        return Err(failed("it lies outside the project".to_owned()));
    }
    let bytes = input::read(&resolved, input::MAX_TEXT).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8".to_owned()))?;
    if text.contains('\0') {
        return Err(failed("it has a NUL in it".to_owned()));
    }
    Ok(text)
}
