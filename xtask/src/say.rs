//! What a chore tells: in cargo's style on stderr, results on stdout.

use crate::step::Failure;
use std::io::{IsTerminal, Write};

/// A line of progress: a verb, right-aligned as cargo's, and what it is done to.
pub(crate) fn status(verb: &str, text: &str) {
    let (bold_green, plain) = colours("\x1b[1;92m");
    stderr(&format!("{bold_green}{verb:>12}{plain} {text}\n"));
}

/// What makes a chore end.
pub(crate) fn error(text: &str) {
    let (bold_red, plain) = colours("\x1b[1;31m");
    stderr(&format!("{bold_red}error{plain}: {text}\n"));
}

/// An error and the command that repeats what failed.
pub(crate) fn failure(failure: &Failure) {
    error(&failure.what);
    if let Some(command) = &failure.repeat {
        let (bold_cyan, plain) = colours("\x1b[1;36m");
        stderr(&format!("{bold_cyan}repeat it with{plain}:\n  {command}\n"));
    }
}

/// A result: the only thing that goes to stdout.
pub(crate) fn result(text: &str) {
    // A reader that hung up wants no more.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

fn stderr(text: &str) {
    // Nobody is left to tell when stderr is gone.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// The codes around coloured text; empty where nobody sees colours.
fn colours(start: &'static str) -> (&'static str, &'static str) {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || !std::io::stderr().is_terminal();
    if plain { ("", "") } else { (start, "\x1b[0m") }
}
