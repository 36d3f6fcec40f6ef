//! A diagnostic the way rustc shows one.

use super::diagnostic::{Diagnostic, Label, Severity};
use super::shown::{visible, visible_line, without_user_info};
use super::source::SourceFile;
use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet,
};
use std::borrow::Cow;
use std::collections::HashMap;

/// The width of a terminal that nobody asked for its width.
const DEFAULT_WIDTH: usize = 80;

/// A line of a user's file is shown whole up to this width: what is cut out is as often as not what
/// the finding is about.
const LINE_WIDTH: usize = 400;

/// What stands before the text of a line of progress: a verb in 12 columns, and a blank.
const STATUS_MARGIN: usize = 13;

/// What stands before the text of a note: line number, ` = help: `.
const NOTE_MARGIN: usize = 13;

/// The text of a diagnostic `width` columns wide, with colours that [`anstream`] takes out where
/// they do not belong.
pub fn render(diagnostic: &Diagnostic, width: usize) -> String {
    let diagnostic = &shown(diagnostic);
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    // `warning[AMB012]: `
    let code = diagnostic.code.map_or(0, |code| code.len() + 2);
    let margin = diagnostic.severity.as_str().len() + code + 2;
    let title = wrap(&diagnostic.title, width.saturating_sub(margin));
    let mut title = level.primary_title(title);
    if let Some(code) = diagnostic.code {
        title = title.id(code);
    }
    let mut group = Group::with_title(title).elements(places(diagnostic));
    let note = |text: &str| wrap(text, width.saturating_sub(NOTE_MARGIN));
    if !diagnostic.told_targets().is_empty() {
        let targets = note(&diagnostic.told_targets().join(", "));
        group = group.element(Level::NOTE.with_name("for").message(targets));
    }
    for text in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note(text)));
    }
    for text in &diagnostic.help {
        group = group.element(Level::HELP.message(note(text)));
    }
    if let Some(fix) = &diagnostic.fix {
        let text = note(&format!("{} (`cargo ambot check --fix` does it)", fix.what));
        group = group.element(Level::HELP.with_name("fix").message(text));
    }
    Renderer::styled().term_width(LINE_WIDTH).render(&[group])
}

/// The diagnostic with nothing in it that a terminal would obey. Lines of files are the renderer's to
/// show, as it has to keep their columns.
fn shown(diagnostic: &Diagnostic) -> Diagnostic {
    let visible = |text: &str| visible(&without_user_info(text));
    let all = |texts: &[String]| texts.iter().map(|text| visible(text)).collect();
    let mut shown = diagnostic.clone();
    shown.title = visible(&diagnostic.title);
    shown.notes = all(&diagnostic.notes);
    shown.help = all(&diagnostic.help);
    for label in &mut shown.labels {
        label.text = visible(&label.text);
    }
    if let Some(fix) = &mut shown.fix {
        fix.what = visible(&fix.what);
    }
    shown
}

/// A text of the same length in bytes without the passwords of addresses, and without the control
/// characters that the renderer does not know: those of two bytes (C1), and the marks that turn text
/// around.
fn drawn(text: &str) -> Cow<'_, str> {
    let text = without_user_info(text);
    let is_two_bytes = |c: char| matches!(c, '\u{80}'..='\u{9f}' | '\u{61c}');
    let is_three_bytes = |c: char| matches!(c, '\u{200e}' | '\u{200f}');
    match text.contains(|c| is_two_bytes(c) || is_three_bytes(c)) {
        true => Cow::Owned(
            text.replace(is_two_bytes, "\u{bf}")
                .replace(is_three_bytes, "\u{fffd}"),
        ),
        false => text,
    }
}

/// The width of the terminal, of the variable `COLUMNS`, or 80; never more than one reads easily.
pub fn width() -> usize {
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let width = columns.unwrap_or_else(|| match textwrap::termwidth() {
        0 => DEFAULT_WIDTH,
        width => width,
    });
    width.clamp(40, 120)
}

/// The text of a line of progress, `width` columns wide with the verb before it: what does not fit
/// goes below the text.
pub(super) fn wrap_status(text: &str, width: usize) -> String {
    let indent = " ".repeat(STATUS_MARGIN);
    wrap(text, width.saturating_sub(STATUS_MARGIN)).replace('\n', &format!("\n{indent}"))
}

/// The first line is broken between words, but not inside backticks or braces, because what stands
/// there is to be copied or found (`name = "…"`, `{ source, dest }`). Lines after it, such as a command to copy, and a word
/// that is too long, such as a path, stay whole.
pub fn wrap(text: &str, width: usize) -> String {
    let options = textwrap::Options::new(width)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::Custom(words))
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    match text.split_once('\n') {
        Some((first, rest)) => format!("{}\n{rest}", textwrap::fill(first, &options)),
        None => textwrap::fill(text, &options),
    }
}

/// The words of a line, each with the spaces after it. What stands between two backticks or in
/// braces is part of one word; a backtick or brace without its partner is a letter like any other.
fn words(line: &str) -> Box<dyn Iterator<Item = textwrap::core::Word<'_>> + '_> {
    let closing = closing_braces(line);
    let mut at = 0;
    Box::new(std::iter::from_fn(move || {
        let end = end_of_word(line, at, &closing);
        let word = &line[at..end];
        at = end;
        (!word.is_empty()).then(|| textwrap::core::Word::from(word))
    }))
}

/// Where the word ends that begins at `from`, with the spaces after it.
fn end_of_word(line: &str, from: usize, closing: &HashMap<usize, usize>) -> usize {
    let mut at = from;
    while let Some(character) = line[at..].chars().next() {
        let after = at + character.len_utf8();
        at = match character {
            ' ' => {
                let spaces = line[at..].bytes().take_while(|byte| *byte == b' ');
                return at + spaces.count();
            }
            '`' => line[after..].find('`').map_or(after, |end| after + end + 1),
            '{' => closing.get(&at).map_or(after, |end| end + 1),
            _ => after,
        };
    }
    at
}

/// Where each brace is closed, for those that are: looked for once, as a line may have very many.
fn closing_braces(line: &str) -> HashMap<usize, usize> {
    let (mut open, mut closing) = (Vec::new(), HashMap::new());
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'{' => open.push(at),
            b'}' => closing.extend(open.pop().map(|from| (from, at))),
            _ => {}
        }
    }
    closing
}

/// One snippet a file, in the order in which the files are first spoken of; of a file as a whole
/// only its path.
fn places<'a>(diagnostic: &'a Diagnostic) -> Vec<Element<'a>> {
    let mut files = Vec::new();
    for label in &diagnostic.labels {
        if !files.contains(&label.span.file()) {
            files.push(label.span.file());
        }
    }
    let place = |file: &'a SourceFile| {
        let here = || diagnostic.labels.iter().filter(|l| l.span.file() == file);
        if here().any(Label::is_quoted) {
            return Element::from(snippet(diagnostic, file));
        }
        let origin = Origin::path(visible_line(file.path().as_str()));
        match here().find(|label| label.is_secret) {
            Some(label) => {
                let (line, column) = file.position(label.span.range().start);
                Element::from(origin.line(line).char_column(column))
            }
            None => Element::from(origin),
        }
    };
    files.into_iter().map(place).collect()
}

fn snippet<'a>(diagnostic: &'a Diagnostic, file: &'a SourceFile) -> Snippet<'a, Annotation<'a>> {
    let labels = diagnostic.labels.iter().enumerate();
    let here = labels.filter(|(_, label)| label.span.file() == file && label.is_quoted());
    let here: Vec<(usize, &Label)> = here.collect();
    // The lines that are spoken of alone: each of many findings would go through the whole file.
    let ranges = || here.iter().map(|(_, label)| label.span.range());
    let first = ranges().map(|range| range.start).min().unwrap_or(0);
    let last = ranges().map(|range| range.end).max().unwrap_or(0);
    let lines = file.lines_around(first..last);
    let annotations = here.into_iter().map(|(index, label)| {
        let kind = if index == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let range = label.span.range();
        let annotation = kind.span(range.start - lines.start..range.end - lines.start);
        if label.text.is_empty() {
            annotation
        } else {
            annotation.label(label.text.as_str())
        }
    });
    Snippet::source(drawn(&file.text()[lines.clone()]))
        .line_start(file.position(lines.start).0)
        .path(visible_line(file.path().as_str()))
        .annotations(annotations)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(diagnostic: &Diagnostic) -> String {
        anstream::adapter::strip_str(&render(diagnostic, 50)).to_string()
    }

    #[test]
    fn a_line_of_progress_goes_on_below_its_text() {
        let text =
            "hello.service for centos7: StateDirectory=hello → /var/lib/hello in the package";
        insta::assert_snapshot!(wrap_status(text, 60), @"
        hello.service for centos7: StateDirectory=hello
                     → /var/lib/hello in the package
        ");
        let path = format!("/{}", "x".repeat(80));
        assert_eq!(wrap_status(&path, 60), path);
    }

    #[test]
    fn long_texts_are_wrapped_and_commands_are_not() {
        let file = SourceFile::new("Cargo.toml", "a = 1\nbanana = 2\n");
        let diagnostic =
            Diagnostic::warning("there is a banana where everybody would have expected an apple")
                .at(Some(&file.span(6..12)), "here")
                .with_note(
                    "bananas are longer than apples, and this line is longer than the terminal",
                )
                .with_help(
                    "run:\ncargo ambot package --with-a-very-long-flag-that-is-kept --whole",
                );
        insta::assert_snapshot!(plain(&diagnostic), @r"
        warning: there is a banana where everybody would
                 have expected an apple
         --> Cargo.toml:2:1
          |
        2 | banana = 2
          | ^^^^^^ here
          |
          = note: bananas are longer than apples, and
                  this line is longer than the terminal
          = help: run:
                  cargo ambot package --with-a-very-long-flag-that-is-kept --whole
        ");
    }

    #[test]
    fn what_is_to_be_copied_is_not_broken() {
        let text =
            "give one of them another `name = \"…\"` or write { source, dest = { a, b } } here";
        assert_eq!(
            wrap(text, 30),
            "give one of them another\n`name = \"…\"` or write\n{ source, dest = { a, b } }\nhere"
        );
        // Without a partner they are letters.
        assert_eq!(wrap("a ` b { c", 3), "a `\nb {\nc");
        assert_eq!(wrap("a }} b", 4), "a }}\nb");
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost_in_words(text in "[a`{} é]{0,40}") {
            let joined: String = words(&text)
                .flat_map(|word| [word.word, word.whitespace].map(str::to_owned))
                .collect();
            proptest::prop_assert_eq!(joined, text);
        }
    }
}
