//! The words of directives that take words, and what a target makes of each.

use super::Context;
use super::value::{known, words};
use crate::target::systemd::{Argument, Enumeration, Form, Standing, Word};
use crate::unit::Directive;
use crate::unit::value::{self, Version};
use std::ops::{Range, RangeInclusive};

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
        let is_whole = text == directive.value;
        if is_another_form(enumeration, text, is_whole, Version::of(context.profile)) {
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

/// A word of `SystemCallFilter=` that the target passes over.
pub(super) struct CutCall<'a> {
    /// The line.
    pub(super) directive: &'a Directive,
    /// Where it stands, in bytes of the value.
    pub(super) range: Range<usize>,
    /// The word.
    pub(super) text: &'a str,
    /// The version that knows it.
    pub(super) since: u16,
    /// Whether it is in a list of what is allowed: one whose first line has no `~`
    /// (`config_parse_syscall_filter()`).
    pub(super) is_allowed: bool,
}

/// Since when a system call can have an error of its own, `name:EPERM` (`load-fragment.c`, v233).
const ERRORS_OF_CALLS_SINCE: u16 = 233;

/// What the target passes over in the lists of system calls of a unit.
pub(super) fn cut_calls<'a>(context: &Context<'a>) -> Vec<CutCall<'a>> {
    let mut cut = Vec::new();
    let mut is_allowed = None;
    for directive in context.directives() {
        if directive.key != "SystemCallFilter" || known(context, directive).is_none() {
            continue;
        }
        if directive.value.is_empty() {
            is_allowed = None;
            continue;
        }
        let denies = directive.value.starts_with('~');
        let list_allows = *is_allowed.get_or_insert(!denies);
        let too_new = used(context, directive).into_iter().filter_map(|used| {
            let Standing::TooNew { since } = used.standing else {
                return None;
            };
            Some((used.range, since))
        });
        let skipped = usize::from(denies);
        let with_errors = words(&directive.value[skipped..])
            .filter(|(_, word)| word.contains(':') && !word.starts_with('@'))
            .filter(|_| !context.profile.has_errors_of_calls())
            .map(|(at, word)| {
                (
                    at + skipped..at + skipped + word.len(),
                    ERRORS_OF_CALLS_SINCE,
                )
            });
        cut.extend(too_new.chain(with_errors).map(|(range, since)| CutCall {
            directive,
            text: &directive.value[range.clone()],
            range,
            since,
            is_allowed: list_allows && !denies,
        }));
    }
    cut
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
    let unquote = enumeration.name == "SystemCallArchitectures";
    match enumeration.takes(Form::List) {
        true => Box::new(words(text).map(move |(at, word)| match unquoted(word) {
            Some(inner) if unquote => (at + skipped + 1, inner),
            _ => (at + skipped, word),
        })),
        false => Box::new(std::iter::once((skipped, text)).filter(|(_, text)| !text.is_empty())),
    }
}

/// A word without the quotes around it.
fn unquoted(word: &str) -> Option<&str> {
    ['"', '\'']
        .iter()
        .find_map(|quote| word.strip_prefix(*quote)?.strip_suffix(*quote))
}

/// Whether it is a boolean, a number or the like where the directive takes these. A boolean is the
/// whole value, without others or `~`.
fn is_another_form(
    enumeration: &Enumeration,
    text: &str,
    is_whole: bool,
    version: Version,
) -> bool {
    let is_boolean = || is_whole && value::boolean(text).is_ok();
    let is_number = || value::integer(text, numbers(enumeration.name), version).is_ok();
    enumeration.takes(Form::Boolean) && is_boolean()
        || enumeration.takes(Form::Number) && is_number()
        // System calls, with the error that they are to give after a colon.
        || enumeration.takes(Form::Open) && !text.starts_with('@')
}

/// The numbers that stand for the words of a directive (`syslog-util.c`, `process-util.c` and
/// `parse_ip_tos()`; `log_level` and `log_facility` were tried on the real programs).
fn numbers(name: &str) -> RangeInclusive<i64> {
    match name {
        "LogLevelMax" | "SyslogLevel" => 0..=7,
        "SyslogFacility" => 0..=127,
        "IPTOS" => 0..=255,
        _ => 0..=i64::from(i32::MAX),
    }
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
