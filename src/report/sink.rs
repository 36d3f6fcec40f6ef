//! Where what is said goes: the trait that rooms see, and the terminal behind it.

use super::diagnostic::Diagnostic;
use super::json::{FindingLine, JsonLine, ProgressLine};
use super::shown::visible;
use super::{human, json};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What rooms tell while they work.
pub trait Sink: Sync {
    /// A line of progress: a verb as cargo writes them (`Compiling`) and what it is done to.
    fn status(&self, verb: &str, text: &str);

    /// A warning or note that does not stop the run, or the error that does.
    fn diagnostic(&self, diagnostic: &Diagnostic);

    /// A step that takes a while: `total` in units of its own (bytes, files), or nothing where its
    /// length is not known (a download that another program does).
    fn begin(&self, verb: &str, text: &str, total: Option<u64>) -> Box<dyn Advance>;
}

/// A step under way; it ends when dropped.
pub trait Advance: Send + Sync {
    /// This many more units are done.
    fn advance(&self, units: u64);
}

/// Says nothing; for tests and for callers of the library.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Sink for Quiet {
    fn status(&self, _: &str, _: &str) {}
    fn diagnostic(&self, _: &Diagnostic) {}
    fn begin(&self, _: &str, _: &str, _: Option<u64>) -> Box<dyn Advance> {
        Box::new(Quiet)
    }
}

impl Advance for Quiet {
    fn advance(&self, _: u64) {}
}

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors and warnings.
    Quiet,
    /// Progress too.
    Normal,
    /// Notes of detail too.
    Verbose,
}

/// How the terminal speaks.
#[derive(Clone, Copy, Debug)]
pub struct TerminalOptions {
    /// JSON lines on stdout instead of text on stderr.
    pub json: bool,
    /// How much is said.
    pub verbosity: Verbosity,
}

/// The one that really writes: people's text to stderr, JSON lines to stdout.
///
/// Colour follows what the command line told [`anstream`] (`--color`, `NO_COLOR`,
/// `CARGO_TERM_COLOR`). A bar, or a spinner where the length of a step is not known, is drawn only
/// on a terminal; elsewhere a step is one plain line.
#[derive(Debug)]
pub struct Terminal {
    options: TerminalOptions,
    bars: bool,
    failed_to_write: AtomicBool,
}

impl Terminal {
    /// A terminal that speaks as told.
    pub fn new(options: TerminalOptions) -> Self {
        let progress_wanted = !matches!(
            std::env::var("CARGO_TERM_PROGRESS_WHEN").as_deref(),
            Ok("never")
        );
        Terminal {
            options,
            bars: !options.json
                && options.verbosity >= Verbosity::Normal
                && progress_wanted
                && std::env::var_os("CI").is_none()
                && std::io::stderr().is_terminal(),
            failed_to_write: AtomicBool::new(false),
        }
    }

    /// Whether JSON lines are wanted.
    pub fn is_json(&self) -> bool {
        self.options.json
    }

    /// The verbosity.
    pub fn verbosity(&self) -> Verbosity {
        self.options.verbosity
    }

    /// Writes a result to stdout: a path, a unit, a table. A reader that has seen enough
    /// (`| head`) is no failure.
    ///
    /// # Errors
    /// When stdout cannot be written to (a full disk).
    pub fn print(&self, text: &str) -> std::io::Result<()> {
        let mut out = anstream::stdout().lock();
        read_enough(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
    }

    /// Writes one JSON line to stdout as it is made, so that a large one takes no memory. A reader
    /// that has seen enough is no failure.
    ///
    /// # Errors
    /// When stdout cannot be written to (a full disk).
    pub fn print_json<L: JsonLine>(&self, line: &L) -> std::io::Result<()> {
        let out = std::io::stdout().lock();
        let mut out = std::io::BufWriter::with_capacity(64 << 10, out);
        read_enough(json::write(&mut out, line).and_then(|()| out.flush()))
    }

    /// Tells people of results in lines of their own, on stderr; not with JSON, and not where only
    /// warnings and errors are asked for.
    pub fn tell(&self, text: &str) {
        if !self.options.json && self.options.verbosity >= Verbosity::Normal {
            // Nobody is left to tell when stderr is gone.
            let _ = anstream::stderr().lock().write_all(text.as_bytes());
        }
    }

    /// Whether a line could not be written (a full disk).
    pub fn failed_to_write(&self) -> bool {
        self.failed_to_write.load(Ordering::Relaxed)
    }

    fn note_failure(&self, result: &std::io::Result<()>) {
        let Err(error) = result else {
            return;
        };
        if !self.failed_to_write.swap(true, Ordering::Relaxed) {
            // Whoever reads stdout learns nothing more.
            let text = format!("cannot write to standard output: {error}");
            let text = human::render(&Diagnostic::error(text), human::width());
            let _ = writeln!(anstream::stderr().lock(), "{text}");
        }
    }

    fn status_line(verb: &str, text: &str) {
        // As cargo's own, whose lines stand between ours.
        let style = anstyle::AnsiColor::BrightGreen.on_default().bold();
        let mut err = anstream::stderr().lock();
        let text = human::wrap_status(&visible(text), human::width());
        // Nobody is left to tell when stderr is gone.
        let _ = writeln!(err, "{style}{verb:>12}{style:#} {text}");
    }
}

fn read_enough(result: std::io::Result<()>) -> std::io::Result<()> {
    match result {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// The step that was told last, for who has to tell of a defect.
static LAST_STEP: Mutex<Option<String>> = Mutex::new(None);

/// The step that was told last.
pub fn last_step() -> Option<String> {
    // A thread that has the lock may be the one that failed.
    LAST_STEP.try_lock().ok()?.clone()
}

impl Sink for Terminal {
    fn status(&self, verb: &str, text: &str) {
        if let Ok(mut last) = LAST_STEP.try_lock() {
            *last = Some(format!("{verb} {text}"));
        }
        if self.options.json {
            let result = self.print_json(&ProgressLine::new(verb, text));
            self.note_failure(&result);
        } else if self.options.verbosity >= Verbosity::Normal {
            Self::status_line(verb, text);
        }
    }

    fn diagnostic(&self, diagnostic: &Diagnostic) {
        if self.options.json {
            let result = self.print_json(&FindingLine::of(diagnostic));
            self.note_failure(&result);
            return;
        }
        if diagnostic.severity == super::Severity::Note
            && self.options.verbosity == Verbosity::Quiet
        {
            return;
        }
        let mut err = anstream::stderr().lock();
        let text = human::render(diagnostic, human::width());
        // As rustc does: what shows a place is long, and the next one begins after an empty line.
        let end = if diagnostic.labels.is_empty() {
            ""
        } else {
            "\n"
        };
        let _ = writeln!(err, "{text}{end}");
    }

    fn begin(&self, verb: &str, text: &str, total: Option<u64>) -> Box<dyn Advance> {
        if !self.bars {
            self.status(verb, text);
            return Box::new(Quiet);
        }
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        let (template, otherwise) = match total {
            Some(_) => (BAR, ProgressStyle::default_bar()),
            None => (SPINNER, ProgressStyle::default_spinner()),
        };
        let style = ProgressStyle::with_template(template).unwrap_or(otherwise);
        bar.set_style(style.progress_chars("=> "));
        bar.set_prefix(verb.to_owned());
        bar.set_message(visible(text));
        bar.enable_steady_tick(Duration::from_millis(100));
        Box::new(Bar {
            bar,
            verb: verb.to_owned(),
            text: text.to_owned(),
        })
    }
}

const BAR: &str = "{prefix:>12.green.bright.bold} [{bar:24}] {percent:>3}% {msg}";
const SPINNER: &str = "{prefix:>12.green.bright.bold} {spinner} {elapsed} {wide_msg}";

struct Bar {
    bar: ProgressBar,
    verb: String,
    text: String,
}

impl Advance for Bar {
    fn advance(&self, units: u64) {
        self.bar.inc(units);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        Terminal::status_line(&self.verb, &self.text);
    }
}

#[cfg(test)]
mod tests {
    use super::{BAR, SPINNER};
    use indicatif::ProgressStyle;

    #[test]
    fn the_templates_are_understood() {
        for template in [BAR, SPINNER] {
            ProgressStyle::with_template(template).unwrap();
        }
    }
}
