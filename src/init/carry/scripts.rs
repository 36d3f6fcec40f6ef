//! Scripts: those that do what cargo ambot does are left out, the others are carried over.

use super::carried::Carried;
use super::commands::{self, Commands};
use super::inline::{Inline, array, quoted};
use crate::project::input;
use crate::report::{Diagnostic, Span};
use camino::Utf8PathBuf;

/// A script of the other tool.
pub(super) struct Script {
    /// Its key there.
    pub(super) key: &'static str,
    /// The scriptlet that it becomes.
    pub(super) phase: &'static str,
    /// Its text, or the path of its file.
    pub(super) text: String,
    pub(super) span: Span,
    /// What runs it, with arguments; a shell where nothing is said.
    pub(super) interpreter: Vec<String>,
}

/// Where a script's text is.
struct Text {
    text: String,
    /// The file of the package that holds it.
    file: Option<String>,
}

/// Carries scripts over; gives back the units that they enable and start.
pub(super) fn carry(carried: &mut Carried<'_>, scripts: Vec<Script>) -> (Vec<String>, Vec<String>) {
    let (mut enabled, mut started) = (Vec::new(), Vec::new());
    for script in scripts {
        let text = text(carried, &script.text);
        let units: Vec<&str> = carried.units.keys().map(String::as_str).collect();
        let is_shell = is_shell(&script.interpreter, &text.text);
        let commands = match is_shell {
            true => commands::read(&text.text, &units, &carried.asked.package.binaries),
            false => Commands::default(),
        };
        enabled.extend(commands.enables.iter().cloned());
        if commands.all_known {
            started.extend(commands.starts.iter().cloned());
            leave_out(carried, script.key, &script.span, commands);
        } else {
            keep(carried, &script, &text, is_shell, &commands);
        }
    }
    (enabled, started)
}

fn text(carried: &Carried<'_>, text: &str) -> Text {
    let package = &carried.asked.package.directory;
    let folders = [&carried.asked.workspace.root, package];
    let path = folders
        .iter()
        .map(|folder| folder.join(text))
        .find(|path| path.is_file());
    let read = path.and_then(|path| Some((input::read_text(&path, input::MAX_TEXT).ok()?, path)));
    match read {
        None => Text {
            text: text.to_owned(),
            file: None,
        },
        Some((text, path)) => {
            let below = path.strip_prefix(package).map(Utf8PathBuf::from);
            Text {
                text,
                file: below.ok().map(Utf8PathBuf::into_string),
            }
        }
    }
}

/// Whether a shell runs it.
fn is_shell(interpreter: &[String], text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let named = first
        .strip_prefix("#!")
        .and_then(|rest| rest.split_whitespace().next());
    let program = interpreter.first().map(String::as_str).or(named);
    program.is_none_or(|program| {
        ["/bin/sh", "/bin/bash", "/usr/bin/sh", "/usr/bin/bash"].contains(&program)
    })
}

/// Says that a script is superfluous, and keeps what `users` and `bin-caps` say instead of it.
pub(super) fn leave_out(carried: &mut Carried<'_>, name: &str, span: &Span, commands: Commands) {
    let mut does: Vec<String> = Vec::new();
    if commands.calls_systemctl {
        does.push("its units are reloaded, enabled, restarted and stopped".to_owned());
    }
    for (user, account) in commands.users {
        does.push(format!("it creates the user {user}"));
        carried.users.insert(user, account);
    }
    for (binary, caps) in commands.bin_caps {
        does.push(format!("{binary} has its capabilities from `bin-caps`"));
        carried.bin_caps = std::mem::take(&mut carried.bin_caps).text(&binary, &caps);
    }
    let note = match does.is_empty() {
        true => "it does nothing".to_owned(),
        false => format!("the package does that by itself: {}", does.join("; ")),
    };
    carried.differs(format!("`{name}` is left out"), span, note);
}

fn keep(
    carried: &mut Carried<'_>,
    script: &Script,
    text: &Text,
    is_shell: bool,
    commands: &Commands,
) {
    if !is_shell && !carried.units.is_empty() {
        let remark = format!("`{}`, which no shell runs", script.key);
        carried.left(
            remark,
            &script.span,
            "a package with units needs the scriptlet for them: ship the program as a file, and call it \
             from a script for /bin/sh",
        );
        return;
    }
    let line = match (&text.file, script.interpreter.is_empty()) {
        (None, true) => quoted(&text.text),
        (file, _) => {
            let line = match file {
                Some(file) => Inline::default().text("file", file),
                None => Inline::default().raw("script", &quoted(&text.text)),
            };
            let words = script.interpreter.iter().map(String::as_str);
            match script.interpreter.is_empty() {
                true => line.written(),
                false => line.raw("interpreter", &array(words)).written(),
            }
        }
    };
    carried.scriptlets.push((script.phase, line));
    if commands.calls_systemctl {
        let remark = Diagnostic::warning(format!(
            "`{}` calls systemctl, and is carried over",
            script.key
        ));
        carried.remarks.push(
            remark
                .at(Some(&script.span), "")
                .with_note("the package reloads, enables, restarts and stops its units by itself")
                .with_help(format!(
                    "take out of scriptlets.{} what is done twice then",
                    script.phase
                )),
        );
    }
}
