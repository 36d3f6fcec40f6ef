//! The words of directives that take words, and what a target makes of each.

use super::Context;
use super::value::{known, words};
use crate::target::systemd::{Argument, Enumeration, Form, Standing, Word};
use crate::unit::Directive;
use crate::unit::value;
use std::ops::Range;

/// A word in a value, and what the target makes of it.
pub(super) struct Used<'a> {
    /// Where it stands, in bytes of the value.
    pub(super) range: Range<usize>,
    /// The word, without an argument.
    pub(super) text: &'a str,
    /// What the target makes of it.
    pub(super) standing: Standing,
    /// The words of the directive.
    pub(super) enumeration: &'static Enumeration,
}

/// The words of a directive's value that are in its list, or should be.
pub(super) fn used<'a>(context: &Context<'_>, directive: &'a Directive) -> Vec<Used<'a>> {
    let Some(row) = known(context, directive) else {
        return Vec::new();
    };
    let (Some(enumeration), Some(standings)) =
        (row.enumeration(), context.profile.enum_values(row))
    else {
        return Vec::new();
    };
    let judge = |(start, text): (usize, &'a str)| {
        if is_another_form(enumeration, text) {
            return None;
        }
        let (name, word) = find(enumeration, text);
        let standing = word.and_then(|word| standings.iter().find(|value| value.word == word));
        Some(Used {
            range: start..start + text.len(),
            text: name,
            standing: standing.map_or(Standing::Unknown, |value| value.standing),
            enumeration,
        })
    };
    candidates(enumeration, directive)
        .filter_map(judge)
        .collect()
}

/// What has to be in the list: the value, or each of its words.
fn candidates<'a>(
    enumeration: &Enumeration,
    directive: &'a Directive,
) -> Box<dyn Iterator<Item = (usize, &'a str)> + 'a> {
    let is_condition = ["Condition", "Assert"]
        .iter()
        .any(|family| directive.key.starts_with(family));
    let marks: &[char] = match enumeration.takes(Form::Inverse) {
        true => &['~'],
        false if is_condition => &['|', '!', ' '],
        false => &[],
    };
    let text = directive.value.trim_start_matches(marks);
    let skipped = directive.value.len() - text.len();
    match enumeration.takes(Form::List) {
        true => Box::new(words(text).map(move |(at, word)| (at + skipped, word))),
        false => Box::new(std::iter::once((skipped, text)).filter(|(_, text)| !text.is_empty())),
    }
}

/// Whether it is a boolean, a number or the like where the directive takes these.
fn is_another_form(enumeration: &Enumeration, text: &str) -> bool {
    let is_number = || text.parse::<u32>().is_ok();
    enumeration.takes(Form::Boolean) && value::boolean(text).is_ok()
        || enumeration.takes(Form::Number) && is_number()
        // System calls, with the error that they are to give after a colon.
        || enumeration.takes(Form::Open) && !text.starts_with('@')
}

fn find<'a>(enumeration: &'static Enumeration, text: &'a str) -> (&'a str, Option<&'static Word>) {
    let with_argument = text.split_once(':').and_then(|(name, _)| {
        let word = enumeration.word(name)?;
        let takes = word.argument != Argument::None || enumeration.takes(Form::Open);
        takes.then_some((name, Some(word)))
    });
    with_argument.unwrap_or_else(|| {
        let plain = enumeration.word(text);
        (text, plain.filter(|word| word.argument != Argument::Needed))
    })
}
