//! From a value to words: blanks separate, quotes hold together, escapes are replaced.

use super::escape::unescape;
use super::invalid::{Invalid, Reason};
use super::version::Version;
use super::word::{Word, quote_word};
use std::ops::Range;

/// What becomes of a `\`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    /// It is a character like any other.
    Keep,
    /// It goes, and takes its meaning from the character after it.
    Drop,
    /// It starts a C escape; an unknown one stays as it is.
    Unescape,
    /// It starts a C escape; an unknown one ends the reading.
    Refuse,
}

/// A way to take words apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// `split()` of 219's util.c rather than `extract_first_word()`: quotes count only around a
    /// whole word.
    pub(super) whole_quotes: bool,
    pub(super) quotes: bool,
    pub(super) escapes: Escapes,
    pub(super) comma_separates: bool,
}

impl Style {
    /// Words of a command (`config_parse_exec()`).
    pub(super) fn command(version: Version) -> Self {
        Style {
            whole_quotes: !version.unquotes_within_words(),
            quotes: true,
            escapes: Escapes::Unescape,
            comma_separates: false,
        }
    }

    /// Words of a list of paths: 219 keeps a `\`, later ones drop it.
    pub(super) fn paths(version: Version) -> Self {
        Style {
            escapes: match version.unquotes_within_words() {
                true => Escapes::Drop,
                false => Escapes::Keep,
            },
            ..Self::command(version)
        }
    }

    fn separates(self, byte: u8) -> bool {
        matches!(byte, b' ' | b'\t' | b'\n' | b'\r') || (self.comma_separates && byte == b',')
    }
}

/// A word, and what there is to say about it.
#[derive(Clone, Debug)]
pub(super) struct Lexed<'a> {
    pub(super) word: Word<'a>,
    /// What systemd takes, but not as it may be meant.
    pub(super) notes: Vec<Invalid>,
    /// What ends the reading here; the word is then what can be made out.
    pub(super) fatal: Option<Invalid>,
}

/// Reads words one after the other.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'a> {
    value: &'a str,
    at: usize,
    style: Style,
    /// Up to here it has been said that 219 takes quotes within a word for characters; what later
    /// versions take for one word is one thing to say.
    noted: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(value: &'a str, style: Style) -> Self {
        Lexer {
            value,
            at: 0,
            style,
            noted: 0,
        }
    }

    /// What is left, without separators before it.
    pub(super) fn rest(&mut self) -> &'a str {
        let rest = &self.value.as_bytes()[self.at..];
        let separates = |byte: &&u8| self.style.separates(**byte);
        self.at += rest.iter().take_while(separates).count();
        &self.value[self.at..]
    }

    /// The text up to the next separator, whatever quotes say.
    pub(super) fn peek(&mut self) -> &'a str {
        let style = self.style;
        let rest = self.rest();
        let end = rest.bytes().position(|byte| style.separates(byte));
        &rest[..end.unwrap_or(rest.len())]
    }

    /// Takes this many bytes as a word that means `text`.
    pub(super) fn take(&mut self, bytes: usize, text: &str) -> Word<'a> {
        let range = self.at..self.at + bytes;
        self.at = range.end;
        let decoded: Vec<_> = text.bytes().map(|byte| (byte, range.clone())).collect();
        Word::new(self.value, range, &decoded, Vec::new())
    }

    /// The next word.
    pub(super) fn word(&mut self) -> Option<Lexed<'a>> {
        if self.rest().is_empty() {
            return None;
        }
        let mut lexed = match self.style.whole_quotes {
            true => self.split(),
            false => joined(self.value, self.at, self.style),
        };
        self.at = lexed.word.range.end;
        lexed.notes.retain(|note| {
            let is_quote = note.reason == Reason::QuoteWithinWord;
            let is_said = is_quote && note.range.start < self.noted;
            if is_quote && !is_said {
                self.noted = note.range.end;
            }
            !is_said
        });
        Some(lexed)
    }

    /// As `split()` does it: the end of the word is found first, the escapes replaced after.
    fn split(&self) -> Lexed<'a> {
        let bytes = self.value.as_bytes();
        let start = self.at;
        let quote = Some(bytes[start]).filter(|b| self.style.quotes && matches!(b, b'"' | b'\''));
        let mut end = start + usize::from(quote.is_some());
        let ends = |byte: u8| match quote {
            Some(quote) => byte == quote,
            None => self.style.separates(byte),
        };
        let mut is_open = false;
        while end < bytes.len() && !ends(bytes[end]) {
            is_open = bytes[end] == b'\\' && end + 1 == bytes.len();
            end += 1 + usize::from(bytes[end] == b'\\' && end + 1 < bytes.len());
        }
        let inner = start + usize::from(quote.is_some())..end;
        let mut range = start..end;
        let mut quoted = Vec::new();
        let mut fatal = None;
        if quote.is_some() {
            if end == bytes.len() {
                fatal = Some(Invalid::new(range.clone(), Reason::UnbalancedQuote));
            } else {
                range.end += 1;
                quoted.push(range.clone());
                if bytes
                    .get(range.end)
                    .is_some_and(|b| !self.style.separates(*b))
                {
                    fatal = Some(self.requote(start, Reason::TextAfterQuote));
                }
            }
        } else if is_open {
            fatal = Some(Invalid::new(end - 1..end, Reason::OpenEscape));
        }
        let mut notes = Vec::new();
        let within = &self.value[inner.clone()];
        if quote.is_none() && self.style.quotes && within.contains(['"', '\'']) {
            let note = self.requote(start, Reason::QuoteWithinWord);
            // An escaped quote is no quote anywhere.
            if joined(self.value, start, self.style).word.is_quoted() {
                notes.push(note);
            }
        }
        let decoded = self.decode(inner, &mut notes);
        Lexed {
            word: Word::new(self.value, range, &decoded, quoted),
            notes,
            fatal,
        }
    }

    /// A word of a later version, in the quotes that 219 takes.
    fn requote(&self, start: usize, reason: Reason) -> Invalid {
        let Lexed { word, fatal, .. } = joined(self.value, start, self.style);
        let is_simple = self.style.escapes != Escapes::Keep || !word.text.contains(['"', '\\']);
        let instead = (fatal.is_none() && is_simple).then(|| quote_word(&word.text));
        Invalid::new(word.range, reason).instead_if(instead)
    }

    /// `cunescape_length()` of 219.
    fn decode(&self, inner: Range<usize>, notes: &mut Vec<Invalid>) -> Vec<(u8, Range<usize>)> {
        let bytes = &self.value.as_bytes()[..inner.end];
        let mut decoded = Vec::new();
        let mut at = inner.start;
        while let Some(byte) = bytes.get(at) {
            let mut end = at + 1;
            let escapes = self.style.escapes != Escapes::Keep && *byte == b'\\';
            match unescape(&bytes[end..], false).filter(|_| escapes) {
                Some(escape) => {
                    end += escape.length;
                    decoded.extend(escape.bytes.into_iter().map(|byte| (byte, at..end)));
                }
                None => {
                    decoded.push((*byte, at..end));
                    if escapes {
                        notes.push(unknown_escape(self.value, at));
                        // The character after it starts no escape of its own.
                        if let Some(next) = bytes.get(end) {
                            decoded.push((*next, end..end + 1));
                            end += 1;
                        }
                    }
                }
            }
            at = end;
        }
        decoded
    }
}

fn unknown_escape(value: &str, at: usize) -> Invalid {
    let next = value[at + 1..].chars().next();
    let Some(next) = next else {
        return Invalid::new(at..at + 1, Reason::OpenEscape).instead("\\\\");
    };
    let end = at + 1 + next.len_utf8();
    let escape = &value[at..end];
    Invalid::new(at..end, Reason::UnknownEscape(escape.to_owned())).instead(format!("\\{escape}"))
}

/// As `extract_first_word()` does it: one byte after the other.
fn joined<'a>(value: &'a str, start: usize, style: Style) -> Lexed<'a> {
    let bytes = value.as_bytes();
    let mut decoded = Vec::new();
    let mut quoted = Vec::new();
    let mut notes = Vec::new();
    let mut fatal = None;
    let mut open: Option<(u8, usize)> = None;
    let mut at = start;
    while let Some(byte) = bytes.get(at).copied() {
        let mut end = at + 1;
        match open {
            _ if byte == b'\\' && style.escapes != Escapes::Keep => {
                match take_escape(value, at, style.escapes, open.is_some()) {
                    Ok((part, note)) => {
                        end = part.last().map_or(end, |(_, from)| from.end);
                        decoded.extend(part);
                        notes.extend(note);
                    }
                    Err(problem) => {
                        fatal = Some(problem);
                        at = bytes.len();
                        break;
                    }
                }
            }
            Some((quote, from)) if byte == quote => {
                quoted.push(from..end);
                open = None;
            }
            None if style.quotes && matches!(byte, b'"' | b'\'') => open = Some((byte, at)),
            None if style.separates(byte) => break,
            _ => decoded.push((byte, at..end)),
        }
        at = end;
    }
    if let (Some((_, from)), None) = (open, &fatal) {
        fatal = Some(Invalid::new(from..at, Reason::UnbalancedQuote));
    }
    Lexed {
        word: Word::new(value, start..at, &decoded, quoted),
        notes,
        fatal,
    }
}

type Decoded = Vec<(u8, Range<usize>)>;

/// What the `\` at this byte stands for.
fn take_escape(
    value: &str,
    at: usize,
    escapes: Escapes,
    in_quotes: bool,
) -> Result<(Decoded, Option<Invalid>), Invalid> {
    let bytes = value.as_bytes();
    let Some(next) = bytes.get(at + 1).copied() else {
        let problem = unknown_escape(value, at);
        return match escapes {
            Escapes::Unescape if !in_quotes => Ok((vec![(b'\\', at..at + 1)], Some(problem))),
            _ => Err(problem),
        };
    };
    if escapes == Escapes::Drop {
        return Ok((vec![(next, at..at + 2)], None));
    }
    if let Some(escape) = unescape(&bytes[at + 1..], true) {
        let from = at..at + 1 + escape.length;
        let part = escape.bytes.into_iter().map(|byte| (byte, from.clone()));
        return Ok((part.collect(), None));
    }
    let problem = unknown_escape(value, at);
    if escapes == Escapes::Refuse {
        return Err(problem);
    }
    let part = vec![(b'\\', at..at + 1), (next, at + 1..at + 2)];
    Ok((part, Some(problem)))
}
