//! Lines of at most 80 columns, and texts of strangers.

use crate::rpm::visible;
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

/// What a terminal shows at least.
const WIDTH: usize = 80;
/// The most lines of a text.
const MAX_LINES: usize = 2000;

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const CARE: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
const ADDED: Style = AnsiColor::Green.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const PLACE: Style = AnsiColor::Cyan.on_default();
const PLAIN: Style = Style::new();

/// What a line tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Added,
    Removed,
    Changed,
}

impl Mark {
    fn shown(self) -> (&'static str, Style) {
        match self {
            Mark::Added => ("+", ADDED),
            Mark::Removed => ("-", REMOVED),
            Mark::Changed => ("~", PLAIN),
        }
    }
}

#[derive(Default)]
pub(super) struct Page(pub(super) String);

impl Page {
    pub(super) fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    pub(super) fn styled(&mut self, style: Style, text: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "{style}{text}{style:#}");
    }

    pub(super) fn heading(&mut self, name: &str) {
        self.0.push('\n');
        self.styled(BOLD, name);
    }

    /// A text within the width, in a colour that begins after the indent; every line at least so far
    /// in.
    pub(super) fn wrapped(&mut self, style: Style, first: &str, text: &str) {
        let rest = " ".repeat(first.chars().count());
        let options = textwrap::Options::new(WIDTH)
            .initial_indent(first)
            .subsequent_indent(&rest)
            .break_words(true)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        if style == PLAIN {
            return self.line(&textwrap::fill(text, options));
        }
        for line in textwrap::wrap(text, options) {
            let body = line.trim_start();
            let indent = &line[..line.len() - body.len()];
            let _ = writeln!(self.0, "{indent}{style}{body}{style:#}");
        }
    }

    /// `  + text`
    pub(super) fn marked(&mut self, mark: Mark, text: &str) {
        let (sign, style) = mark.shown();
        self.wrapped(style, &format!("  {sign} "), text);
    }

    /// `  label        + text`, the label where it is given.
    pub(super) fn labelled(&mut self, label: &str, mark: Mark, text: &str) {
        let (sign, style) = mark.shown();
        let first = format!("  {label:<13}{sign} ");
        let rest = " ".repeat(first.chars().count());
        let options = textwrap::Options::new(WIDTH)
            .initial_indent(&rest)
            .subsequent_indent(&rest)
            .break_words(true)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        for (at, line) in textwrap::wrap(text, options).iter().enumerate() {
            let body = line.trim_start();
            let label = if at == 0 { label } else { "" };
            let sign = if at == 0 { sign } else { " " };
            let _ = writeln!(self.0, "  {label:<13}{style}{sign} {body}{style:#}");
        }
    }

    /// The hunks of a stranger's text.
    pub(super) fn hunks(&mut self, diff: &str) {
        for line in diff.lines().take(MAX_LINES) {
            let style = match line.as_bytes().first() {
                Some(b'+') => ADDED,
                Some(b'-') => REMOVED,
                Some(b'@') => PLACE,
                _ => PLAIN,
            };
            let line = visible(&line.replace('\t', "        "));
            let _ = writeln!(self.0, "    | {style}{line}{style:#}");
        }
        let more = diff.lines().count().saturating_sub(MAX_LINES);
        if more > 0 {
            self.line(&format!("    | … and {more} more lines"));
        }
    }
}
