//! `cargo ambot explain WORD`
//!
//! A word is looked up as a [`Subject`](find::Subject), what is known of it is put together as an
//! [`Explanation`](explanation::Explanation), and that is shown as text or as one JSON line.

mod explanation;
mod find;
mod human;
pub(super) mod json;
mod judged;
mod miss;
mod relations;
mod standings;
mod subjects;

use super::args::ExplainArgs;
use super::{Stop, environment};
use crate::report::{self, Diagnostic, Failure, Terminal};
use crate::target::{self, Profile};

pub(super) fn run(args: &ExplainArgs, terminal: &Terminal) -> Result<(), Stop> {
    let mut targets: Vec<&Profile> = target::known().iter().collect();
    let subject = match find::find(&args.word, &targets) {
        Ok(subject) => subject,
        // Only a target of the workspace's own is worth the time that cargo takes to tell of it.
        Err(_) => {
            targets = environment::targets(terminal)?.iter().collect();
            find::find(&args.word, &targets).map_err(|miss| stop(&args.word, miss))?
        }
    };
    let explanation = subjects::explain(subject, &targets);
    let printed = if terminal.is_json() {
        terminal.print_json(&json::Line::of(&explanation))
    } else {
        terminal.print(&human::render(&explanation, report::terminal_width()))
    };
    printed.map_err(|error| Stop::stdout(&error))
}

fn stop(word: &str, miss: find::Miss) -> Stop {
    let diagnostic = Diagnostic::error(format!("nothing is known of `{word}`"));
    let diagnostic = match &miss.note {
        Some(note) => diagnostic.with_note(note.clone()),
        None => diagnostic,
    };
    let help = match (miss.nearest, &miss.note) {
        (Some(nearest), _) => format!("did you mean `{nearest}`?"),
        (None, Some(_)) => return Stop::new(diagnostic, Failure::Usage),
        (None, None) => "a directive (`PartOf`), a value (`Restart=always`), a section (`[Install]`), a specifier (`%h`), \
            a prefix (`ExecStart=+`), a target (`centos7`) or a rule (`AMB012`) can be explained"
            .to_owned(),
    };
    Stop::new(diagnostic.with_help(help), Failure::Usage)
}

#[cfg(test)]
mod tests;
