//! An explanation as people read it.

use super::explanation::{Explanation, TargetLine, WordLine};
use super::relations::{RelationTable, mark};
use crate::target::systemd::{MEASURED_ON, RELATIONS};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;
use textwrap::core::display_width;

const TITLE: Style = AnsiColor::Green.on_default().bold();
const HEADING: Style = Style::new().bold();
const CODE: Style = AnsiColor::Cyan.on_default();
const DIM: Style = Style::new().dimmed();
const TRAP: Style = AnsiColor::Yellow.on_default().bold();

/// What the words of the table of relations mean that do not say it themselves.
const RELATION_WORDS: &str = "B comes back: it crashes, and its own Restart= starts it again. B is skipped: a \
    Condition of B is not met. either: not the same each time.";

/// The text, `width` columns wide at most, with colours that [`anstream`] takes out where they do
/// not belong.
pub(super) fn render(explanation: &Explanation, width: usize) -> String {
    let mut text = format!("{TITLE}{}{TITLE:#}", explanation.title);
    if !explanation.facts.is_empty() {
        let facts = explanation.facts.join(" · ");
        let room = width.saturating_sub(display_width(&explanation.title) + 2);
        if display_width(&facts) <= room {
            let _ = write!(text, "  {DIM}{facts}{DIM:#}");
        } else {
            let _ = write!(text, "\n{DIM}{}{DIM:#}", wrap(&facts, width, "", ""));
        }
    }
    text.push('\n');
    for paragraph in &explanation.text {
        let _ = write!(text, "\n{}\n", wrap(&styled(paragraph), width, "", ""));
    }
    if let Some(trap) = &explanation.trap {
        let trap = format!("{TRAP}Careful:{TRAP:#} {}", styled(trap));
        let _ = write!(text, "\n{}\n", wrap(&trap, width, "", ""));
    }
    text.push_str(&values(explanation, width));
    text.push_str(&targets(&explanation.targets, width));
    if let Some((bad, good)) = &explanation.example {
        let _ = write!(text, "\n{HEADING}Instead of{HEADING:#}\n{}", indented(bad));
        let _ = write!(text, "\n{HEADING}write{HEADING:#}\n{}", indented(good));
    }
    if let Some(table) = &explanation.relations {
        text.push_str(&relation_table(table, width));
    }
    for (heading, names) in &explanation.lists {
        let names = wrap(&names.join(", "), width, "  ", "  ");
        let _ = write!(text, "\n{HEADING}{heading}{HEADING:#}\n{names}\n");
    }
    if !explanation.rules.is_empty() {
        let _ = write!(text, "\n{HEADING}Rules{HEADING:#}\n");
        for (code, summary) in &explanation.rules {
            let start = format!("  {code}  ");
            let _ = writeln!(
                text,
                "{}",
                wrap(&styled(summary), width, &start, "          ")
            );
        }
    }
    if !explanation.see_also.is_empty() {
        let also = wrap(&explanation.see_also.join(", "), width, "See also: ", "  ");
        let _ = write!(text, "\n{DIM}{also}{DIM:#}\n");
    }
    text
}

fn wrap(text: &str, width: usize, first: &str, next: &str) -> String {
    let options = textwrap::Options::new(width)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .initial_indent(first)
        .subsequent_indent(next);
    textwrap::fill(text, options)
}

/// What stands in backticks in a colour of its own; the backticks stay for plain text.
fn styled(text: &str) -> String {
    let mut styled = String::with_capacity(text.len() + 16);
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            let _ = write!(styled, "{CODE}`{part}`{CODE:#}");
        } else {
            styled.push_str(part);
        }
    }
    styled
}

fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |mut all, line| {
        let _ = writeln!(all, "{}", format!("  {line}").trim_end());
        all
    })
}

/// `Values` and `Default`.
fn values(explanation: &Explanation, width: usize) -> String {
    let mut text = String::new();
    if let Some(values) = &explanation.values {
        let _ = write!(text, "\n{HEADING}Values{HEADING:#}   ");
        let _ = write!(
            text,
            "{}",
            wrap(&styled(values), width, "         ", "         ").trim_start()
        );
        text.push('\n');
    }
    text.push_str(&words(&explanation.words, width));
    if let Some(default) = &explanation.default {
        if explanation.values.is_none() {
            text.push('\n');
        }
        let _ = write!(text, "{HEADING}Default{HEADING:#}  ");
        let _ = write!(
            text,
            "{}",
            wrap(&styled(default), width, "         ", "         ").trim_start()
        );
        text.push('\n');
    }
    text
}

/// One line a word where there is something to say of it, else all in a row.
fn words(lines: &[WordLine], width: usize) -> String {
    if lines.is_empty() {
        return String::new();
    }
    if lines.iter().all(|line| line.text.is_empty()) {
        let all: Vec<String> = lines.iter().map(short).collect();
        return format!(
            "\n{HEADING}Values{HEADING:#}\n{}\n",
            wrap(&all.join(", "), width, "  ", "  ")
        );
    }
    let longest = lines
        .iter()
        .map(|line| display_width(&line.word))
        .max()
        .unwrap_or(0);
    let next = " ".repeat(longest + 4);
    let mut text = format!("\n{HEADING}Values{HEADING:#}\n");
    for line in lines {
        let start = format!("  {:<longest$}  ", line.word);
        let mut said = line.text.clone();
        if !line.missing.is_empty() {
            let _ = write!(said, " Not on {}.", line.missing.join(", "));
        }
        let _ = writeln!(
            text,
            "{}",
            wrap(&styled(said.trim_start()), width, &start, &next).trim_end()
        );
    }
    text
}

fn short(line: &WordLine) -> String {
    match line.missing.is_empty() {
        true => line.word.clone(),
        false => format!("{} (not on {})", line.word, line.missing.join(", ")),
    }
}

fn targets(lines: &[TargetLine], width: usize) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{HEADING}Targets{HEADING:#}\n");
    for line in lines {
        let style = match line.state {
            "works" => AnsiColor::Green.on_default(),
            _ => AnsiColor::Yellow.on_default(),
        };
        let mut said = line.targets.join(", ");
        if !line.becomes.is_empty() {
            let _ = write!(said, ": {}", styled(&line.becomes));
        }
        let said = wrap(&said, width, "           ", "           ");
        let _ = writeln!(
            text,
            "  {style}{:<7}{style:#}  {}",
            line.state,
            said.trim_start()
        );
    }
    text
}

/// The table of relations; where the terminal is too narrow for it, a line a cell would say less.
fn relation_table(table: &RelationTable, width: usize) -> String {
    let versions = MEASURED_ON.map(|version| version.to_string()).join(", ");
    let about = format!(
        "{HEADING}When A has one of these with B{HEADING:#}, what becomes of the unit behind the arrow \
         (measured on systemd {versions}; – means nothing):"
    );
    let mut text = format!("\n{}\n", wrap(&about, width, "", ""));
    let label = table
        .rows
        .iter()
        .map(|row| display_width(row.label))
        .max()
        .unwrap_or(0);
    let of_column = |column: usize| {
        let cells = table
            .rows
            .iter()
            .map(|row| display_width(&row.cells[column]));
        cells.chain([RELATIONS[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..RELATIONS.len()).map(of_column).collect();
    let mut line = |name: &str, cells: &[&str], heading: bool| {
        let mut row = format!("{name}{}", " ".repeat(label - display_width(name)));
        for (column, cell) in cells.iter().enumerate() {
            let style = match (RELATIONS[column] == table.about, heading) {
                (true, _) => AnsiColor::Green.on_default().bold(),
                (false, true) => HEADING,
                (false, false) => Style::new(),
            };
            let gap = " ".repeat(widths[column] - display_width(cell));
            // An empty cell without colour, so that nothing but blanks is at the end of a row.
            let _ = match cell.is_empty() {
                true => write!(row, " {gap}"),
                false => write!(row, " {style}{cell}{style:#}{gap}"),
            };
        }
        let _ = writeln!(text, "{}", row.trim_end());
    };
    line("", &RELATIONS, true);
    for row in &table.rows {
        let cells: Vec<&str> = row.cells.iter().map(String::as_str).collect();
        line(row.label, &cells, false);
    }
    for (index, note) in table.notes.iter().enumerate() {
        let _ = writeln!(text, "{DIM}{} {note}{DIM:#}", mark(index));
    }
    let _ = writeln!(text, "{}", wrap(RELATION_WORDS, width, "", ""));
    text
}
