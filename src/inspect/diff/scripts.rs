//! What runs as root when the package comes and goes.

use super::text::{TextChange, Texts};
use crate::inspect::{Description, line};
use std::collections::BTreeMap;

/// A scriptlet or trigger as one package has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptState {
    /// Its interpreter and the arguments of that.
    pub interpreter: Vec<String>,
    /// Its text.
    pub text: String,
}

/// One scriptlet or trigger that is not the same in both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptChange {
    /// `post`, `triggerin on nginx >= 1.2` …
    pub name: String,
    /// As the old package has it, if it does.
    pub old: Option<ScriptState>,
    /// As the new one has it, if it does.
    pub new: Option<ScriptState>,
    /// The lines that differ, where both have one that is not too long.
    pub text: Option<TextChange>,
}

/// The scriptlets, then the triggers, that are not the same.
pub(super) fn compare(old: &Description, new: &Description, texts: Texts) -> Vec<ScriptChange> {
    let mut before = scripts(old);
    let mut changes = Vec::new();
    for (name, after) in scripts(new) {
        let old = before.remove(&name);
        if old.as_ref() == Some(&after) {
            continue;
        }
        changes.push(ScriptChange {
            text: old
                .as_ref()
                .and_then(|old| texts.compare(&ended(&old.text), &ended(&after.text))),
            name: name.1,
            old,
            new: Some(after),
        });
    }
    changes.extend(before.into_iter().map(|(name, old)| ScriptChange {
        name: name.1,
        old: Some(old),
        new: None,
        text: None,
    }));
    changes
}

/// rpm drops the line end at the end of a scriptlet; other builders keep it.
fn ended(text: &str) -> String {
    format!("{}\n", text.trim_end_matches('\n'))
}

/// Scriptlets (0) and triggers (1) by name. Of several triggers with the same name each has a number.
fn scripts(of: &Description) -> BTreeMap<(u8, String), ScriptState> {
    let state = |interpreter: &[String], text: &str| ScriptState {
        interpreter: interpreter.to_vec(),
        text: text.to_owned(),
    };
    let mut scripts = BTreeMap::new();
    for one in &of.scriptlets {
        let name = (0, one.phase.to_owned());
        scripts.insert(name, state(&one.interpreter, &one.text));
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for one in &of.triggers {
        let on: Vec<String> = one.conditions.iter().map(line).collect();
        let name = format!("{} on {}", one.kind, on.join(", "));
        let count = seen.entry(name.clone()).or_default();
        *count += 1;
        let name = match *count {
            1 => name,
            count => format!("{name} ({count})"),
        };
        scripts.insert((1, name), state(&one.interpreter, &one.text));
    }
    scripts
}
