//! The command line: flags in, calls to [`crate::pipeline`], paths on stdout and an exit code out.
//!
//! This is the one place that reads the environment, writes to the terminal and decides the exit
//! code.

mod args;
mod check;
mod defect;
mod diff;
mod environment;
mod explain;
mod generate;
mod init;
mod inspect;
mod package;
mod pages;
mod repo;
mod schema;
mod sign;
mod signals;
mod targets;

use crate::report::{
    Diagnose, Diagnostic, Failure, Sink, Terminal, TerminalOptions, Verbosity, tell_end,
    tell_trace, without_user_info,
};
use args::{Cli, Color, Command, MessageFormat, OutputArgs};
use std::io::Write;
use std::process::ExitCode;
use tracing::Level;

/// Runs the program: `cargo ambot …`, which cargo starts as `cargo-ambot ambot …`, and
/// `cargo-ambot …`.
pub fn main() -> ExitCode {
    defect::tell_of_panics();
    signals::outlive_file_limits();
    // What a panic leaves behind is dropped on the way here: children ended, temporary files removed.
    std::panic::catch_unwind(start).unwrap_or(ExitCode::from(Failure::Bug.exit_code()))
}

fn start() -> ExitCode {
    let mut words: Vec<std::ffi::OsString> = std::env::args_os().collect();
    if words.get(1).is_some_and(|word| word == "ambot") {
        words.remove(1);
    }
    let cli = match args::parse(words) {
        Ok(cli) => cli,
        Err(error) => return parse_failure(&error),
    };
    choose_colour(&cli.output);
    let terminal = Terminal::new(terminal_options(&cli.output));
    trace(&cli.output, &terminal);
    let ended = run(&cli, &terminal);
    tell_end();
    match ended {
        Ok(()) if terminal.failed_to_write() => ExitCode::from(Failure::Project.exit_code()),
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            if let Some(diagnostic) = stop.diagnostic {
                terminal.diagnostic(&diagnostic);
            }
            ExitCode::from(stop.failure.exit_code())
        }
    }
}

fn run(cli: &Cli, terminal: &Terminal) -> Result<(), Stop> {
    match &cli.command {
        Command::Init(args) => init::run(args, terminal),
        Command::Package(args) => package::run(args, &cli.output, terminal),
        Command::Generate(args) => generate::run(args, terminal),
        Command::Check(args) => check::run(args, &cli.output, terminal),
        Command::Explain(args) => explain::run(args, terminal),
        Command::Inspect(args) => inspect::run(args, terminal),
        Command::Diff(args) => diff::run(args, terminal),
        Command::Sign(args) => sign::run(args, terminal),
        Command::Repo(args) => repo::run(args, terminal),
        Command::Targets(args) => targets::run(args, terminal),
        Command::Schema(args) => schema::run(args, terminal),
        Command::Pages { folder } => pages::run(folder, terminal),
    }
}

/// Why the program ends without having done what was asked.
struct Stop {
    /// What is said; nothing where all was said before.
    diagnostic: Option<Box<Diagnostic>>,
    failure: Failure,
}

impl<E: Diagnose> From<E> for Stop {
    fn from(error: E) -> Self {
        let diagnostic = error.diagnostic();
        let failure = match error.failure() {
            // What is wrong with the words of the command line is no fault of the project.
            Failure::Project if diagnostic.is_usage => Failure::Usage,
            failure => failure,
        };
        Stop::new(diagnostic, failure)
    }
}

impl Stop {
    fn new(diagnostic: Diagnostic, failure: Failure) -> Self {
        Stop {
            diagnostic: Some(Box::new(diagnostic)),
            failure,
        }
    }

    fn interrupted(signal: i32) -> Self {
        let diagnostic = Diagnostic::error(crate::report::ended_by(signal));
        Stop::new(diagnostic, Failure::Signal(signal))
    }

    fn stdout(error: &std::io::Error) -> Self {
        let diagnostic = Diagnostic::error(format!("cannot write to standard output: {error}"));
        Stop::new(diagnostic, Failure::Project)
    }

    fn file(what: &str, path: &camino::Utf8Path, error: &std::io::Error) -> Self {
        let diagnostic = Diagnostic::error(format!("cannot {what} {path}"));
        let diagnostic = diagnostic
            .with_note(error.to_string())
            .with_help_if(crate::disk::way_out(error));
        Stop::new(diagnostic, Failure::Project)
    }
}

/// clap's own message; help and version go to stdout and are no failure. What is wrong is repeated in
/// it, and may be an address with a password.
fn parse_failure(error: &clap::Error) -> ExitCode {
    let printed = match error.use_stderr() {
        true => {
            let text = error.render().ansi().to_string();
            anstream::stderr().write_all(without_user_info(&text).as_bytes())
        }
        false => error.print(),
    };
    match (error.exit_code(), printed) {
        (0, Err(error)) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            let stop = Stop::stdout(&error);
            let terminal = Terminal::new(TerminalOptions {
                json: false,
                verbosity: Verbosity::Normal,
            });
            if let Some(diagnostic) = stop.diagnostic {
                terminal.diagnostic(&diagnostic);
            }
            ExitCode::from(stop.failure.exit_code())
        }
        (0, _) => ExitCode::SUCCESS,
        _ => ExitCode::from(Failure::Usage.exit_code()),
    }
}

fn terminal_options(args: &OutputArgs) -> TerminalOptions {
    let quiet = args.quiet || environment::flag("CARGO_TERM_QUIET");
    let verbose = args.verbose > 0 || environment::flag("CARGO_TERM_VERBOSE");
    TerminalOptions {
        json: args.message_format == MessageFormat::Json,
        verbosity: match (quiet && args.verbose == 0, verbose) {
            (true, _) => Verbosity::Quiet,
            (false, true) => Verbosity::Verbose,
            (false, false) => Verbosity::Normal,
        },
    }
}

/// `-vv` and `RUST_LOG`, of which the one that asks for more is heard.
fn trace(args: &OutputArgs, terminal: &Terminal) {
    let level = match args.verbose {
        0 | 1 => None,
        2 => Some(Level::DEBUG),
        _ => Some(Level::TRACE),
    };
    let directives = environment::text("RUST_LOG");
    if let Err(error) = tell_trace(directives.as_deref(), level) {
        let told = Diagnostic::warning("RUST_LOG is not understood")
            .with_note(crate::report::visible_line(&error.to_string()));
        let example = "for the stages of cargo ambot: RUST_LOG=cargo_ambot=debug, or -vv";
        terminal.diagnostic(&told.with_help(example));
    }
}

/// `--color`, else `CARGO_TERM_COLOR`, else what anstream finds out (`NO_COLOR`, a terminal).
fn choose_colour(args: &OutputArgs) {
    let choice = match (args.color, environment::text("CARGO_TERM_COLOR").as_deref()) {
        (Some(Color::Always), _) | (None, Some("always")) => anstream::ColorChoice::Always,
        (Some(Color::Never), _) | (None, Some("never")) => anstream::ColorChoice::Never,
        _ => anstream::ColorChoice::Auto,
    };
    choice.write_global();
}
