//! `cargo ambot diff`

mod human;
pub(super) mod json;
mod page;
mod words;

use super::Stop;
use super::args::DiffArgs;
use crate::pipeline;
use crate::report::{Failure, Terminal, Verbosity};

pub(super) fn run(args: &DiffArgs, terminal: &Terminal) -> Result<(), Stop> {
    let difference = pipeline::diff(&args.old, &args.new)?;
    let printed = if terminal.is_json() {
        let line = json::Line::of(&args.old, &args.new, &difference);
        terminal.print_json(&line)
    } else {
        let is_verbose = terminal.verbosity() >= Verbosity::Verbose;
        terminal.print(&human::text(&difference, is_verbose))
    };
    printed.map_err(|error| Stop::stdout(&error))?;
    if args.exit_code && !difference.is_empty() {
        return Err(Stop {
            diagnostic: None,
            failure: Failure::Denied,
        });
    }
    Ok(())
}
