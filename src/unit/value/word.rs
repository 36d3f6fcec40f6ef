//! A word of a value: what systemd makes of it and where it stands.

use super::specifier::specifiers_in;
use super::variable::{Variable, variables_in};
use super::version::Version;
use std::ops::Range;

/// A word, quotes taken off and escapes replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// What systemd makes of it; bytes that are not UTF-8 are replacement characters.
    pub text: String,
    /// How it stands in the value, quotes and all.
    pub raw: &'a str,
    /// Where that is, in bytes of the value.
    pub range: Range<usize>,
    /// The parts in quotes with these, in bytes of the value.
    pub(super) quoted: Vec<Range<usize>>,
    /// Where each byte of `text` comes from, in bytes of the value.
    sources: Vec<Range<usize>>,
    pub(super) is_utf8: bool,
}

impl<'a> Word<'a> {
    /// From bytes, each with its place in the value.
    pub(super) fn new(
        value: &'a str,
        range: Range<usize>,
        decoded: &[(u8, Range<usize>)],
        quoted: Vec<Range<usize>>,
    ) -> Self {
        let bytes: Vec<u8> = decoded.iter().map(|(byte, _)| *byte).collect();
        let mut text = String::new();
        let mut sources = Vec::new();
        let mut is_utf8 = true;
        let mut at = 0;
        for chunk in bytes.utf8_chunks() {
            let valid = chunk.valid().len();
            text.push_str(chunk.valid());
            sources.extend(decoded[at..at + valid].iter().map(|(_, from)| from.clone()));
            at += valid;
            for (_, from) in &decoded[at..at + chunk.invalid().len()] {
                is_utf8 = false;
                text.push(char::REPLACEMENT_CHARACTER);
                sources.extend(std::iter::repeat_n(from.clone(), 3));
            }
            at += chunk.invalid().len();
        }
        Word {
            text,
            raw: &value[range.clone()],
            range,
            quoted,
            sources,
            is_utf8,
        }
    }

    /// Whether any of it stands in quotes.
    pub fn is_quoted(&self) -> bool {
        !self.quoted.is_empty()
    }

    /// Whether this byte of the value stands in quotes of the word, or is one of them.
    pub fn is_quoted_at(&self, offset: usize) -> bool {
        self.quoted.iter().any(|part| part.contains(&offset))
    }

    /// Where a part of the text comes from, in bytes of the value.
    pub fn source(&self, part: Range<usize>) -> Range<usize> {
        let start = match self.sources.get(part.start) {
            Some(from) => from.start,
            None => self.end_of_text(),
        };
        let last = part
            .end
            .checked_sub(1)
            .and_then(|last| self.sources.get(last));
        start..last.map_or(start, |from| from.end.max(start))
    }

    fn end_of_text(&self) -> usize {
        self.sources
            .last()
            .map_or(self.range.start, |from| from.end)
    }

    /// The specifiers in it: where the `%` stands in the value, and the letter. They are looked
    /// for after quotes and escapes are gone, so that `\x25n` is one too.
    pub fn specifiers(&self) -> Vec<(usize, char)> {
        let place = |(at, letter)| (self.source(at..at + 1).start, letter);
        specifiers_in(&self.text).into_iter().map(place).collect()
    }

    /// The variables in it, as in an argument of a command.
    pub fn variables(&self, version: Version) -> Vec<Variable> {
        let mut variables = variables_in(&self.text, version);
        for variable in &mut variables {
            variable.range = self.source(variable.range.clone());
        }
        variables
    }

    /// The same without the first bytes of its text.
    pub(super) fn skip(&self, value: &'a str, bytes: usize) -> Self {
        if bytes == 0 {
            return self.clone();
        }
        let start = self.source(bytes..bytes).start;
        let range = start..self.range.end.max(start);
        Word {
            text: self.text[bytes..].to_owned(),
            raw: &value[range.clone()],
            range,
            quoted: self.quoted.clone(),
            sources: self.sources[bytes..].to_vec(),
            is_utf8: self.is_utf8,
        }
    }
}

/// A text as one word of a command or an assignment that every version reads back as it is:
/// in quotes around all of it where it needs them, because 219 knows no others.
///
/// Specifiers and variables stay what they are.
pub fn quote_word(text: &str) -> String {
    let is_plain = |c: char| !c.is_ascii() || (c.is_ascii_graphic() && !"\"'\\;#".contains(c));
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\0' => {}
            control if control.is_ascii_control() => {
                quoted.push_str(&format!("\\x{:02x}", u32::from(control)));
            }
            other => quoted.push(other),
        }
    }
    // A quoted `;` separates commands all the same on 219, an octal escape does not.
    if text == ";" {
        return "\"\\073\"".to_owned();
    }
    quoted.push('"');
    quoted
}
