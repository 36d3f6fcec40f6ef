//! `cargo ambot inspect`

pub(super) mod date;
mod human;
pub(super) mod json;

pub(super) use human::signed;

use super::args::InspectArgs;
use super::{Stop, environment, signals};
use crate::build::Interrupt;
use crate::pipeline;
use crate::report::{Diagnostic, Failure, Terminal, Verbosity};
use crate::target::{self, TargetName};
use std::sync::Arc;

pub(super) fn run(args: &InspectArgs, terminal: &Terminal) -> Result<(), Stop> {
    let targets = targets(&args.target, terminal)?;
    if args.extract.is_some() && args.files.len() > 1 {
        let diagnostic = Diagnostic::error("`--extract` unpacks one RPM, and several are given");
        return Err(Stop::new(diagnostic, Failure::Usage));
    }
    let interrupt = match args.extract {
        Some(_) => signals::watch(),
        // Nothing is to be cleaned up.
        None => Arc::new(Interrupt::new()),
    };
    let stop = |error: pipeline::Error| match interrupt.signal() {
        Some(signal) => Stop::interrupted(signal),
        None => error.into(),
    };
    let keys = match &args.key {
        Some(path) => Some(pipeline::public_keys(path, &interrupt).map_err(stop)?),
        None => None,
    };
    let asked = pipeline::InspectRequest {
        targets,
        keys,
        folder: args.extract.clone(),
    };
    let is_verbose = terminal.verbosity() >= Verbosity::Verbose;
    let mut is_first = true;
    let mut refused = false;
    let mut unreadable = None;
    for path in &args.files {
        let inspection = match pipeline::inspect(path, &asked, &interrupt) {
            Ok(inspection) => inspection,
            // The others are shown all the same; what is wrong with this one is said last.
            Err(error) if args.files.len() > 1 => {
                let stop = Stop::from(error);
                if let Some(diagnostic) = &stop.diagnostic {
                    crate::report::Sink::diagnostic(terminal, diagnostic);
                }
                unreadable = Some(stop.failure);
                continue;
            }
            Err(error) => return Err(stop(error)),
        };
        refused |= inspection.is_refused();
        let printed = if terminal.is_json() {
            terminal.print_json(&json::Line::of(path, &inspection))
        } else {
            let gap = if is_first { "" } else { "\n" };
            let text = human::text(&inspection, is_verbose);
            terminal.print(&format!("{gap}{text}"))
        };
        printed.map_err(|error| Stop::stdout(&error))?;
        is_first = false;
    }
    match (unreadable, refused) {
        (None, false) => Ok(()),
        (failure, _) => Err(Stop {
            diagnostic: None,
            failure: failure.unwrap_or(Failure::Denied),
        }),
    }
}

/// The targets of the command line. The project is asked only where a name is none of ours: a
/// package can be judged anywhere.
fn targets(words: &[String], terminal: &Terminal) -> Result<Vec<TargetName>, Stop> {
    let ours: Result<_, _> = words.iter().map(|word| target::find(word)).collect();
    if let Ok(ours) = ours {
        return Ok(ours);
    }
    let known = environment::targets(terminal)?;
    let named = words.iter().map(|word| known.find(word));
    Ok(named.collect::<Result<_, _>>()?)
}
