//! What a word means: a directive, a value of one, a section, a specifier, a prefix, a target or a
//! rule.

use super::miss;
use crate::lint::{self, Rule};
use crate::report::nearest;
use crate::target::systemd::{
    Directive, ExecPrefix, Form, Specifier, ValueKind, Word, directives_in, exec_prefix, sections,
    specifier,
};
use crate::target::{Profile, Refused, refused};
use crate::unit::boolean;

/// What can be explained.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subject<'a> {
    Rule(&'static Rule),
    Target(&'a Profile),
    Refused(&'static Refused),
    Section(&'static str),
    Specifier(&'static Specifier),
    Prefix(&'static ExecPrefix),
    Directive(&'static Directive),
    /// A directive, and a value of it that is the user's own.
    Assignment(&'static Directive, &'a str),
    Value(&'static Directive, &'static Word),
}

/// A word that means nothing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Miss {
    /// What can be said of it nevertheless.
    pub(super) note: Option<String>,
    /// What was probably meant.
    pub(super) nearest: Option<String>,
}

/// The sections in the order in which a bare name is looked for, those that services use first.
pub(super) const SECTIONS: [&str; 11] = [
    "Unit",
    "Service",
    "Install",
    "Timer",
    "Socket",
    "Path",
    "Mount",
    "Automount",
    "Swap",
    "Slice",
    "Scope",
];

/// Finds what a word means; letter case counts for specifiers alone.
pub(super) fn find<'a>(word: &'a str, targets: &[&'a Profile]) -> Result<Subject<'a>, Miss> {
    let word = word.trim();
    if word.contains('*') {
        return Err(miss::pattern(word));
    }
    if let Some(rest) = word.strip_prefix('%') {
        return find_specifier(rest);
    }
    if let Some(row) = exec_prefix(word) {
        return Ok(Subject::Prefix(row));
    }
    let (section, rest) = split_section(word);
    if rest.is_empty()
        && let Some(section) = section
    {
        return Ok(Subject::Section(section));
    }
    if section.is_none() && word.starts_with('[') {
        return Err(miss::section(word));
    }
    if let Some((name, value)) = rest.split_once('=') {
        let directive = find_directive(section, name.trim())?;
        return match value.trim() {
            "" => Ok(Subject::Directive(directive)),
            value => find_value(directive, value),
        };
    }
    if section.is_none()
        && let Some(subject) = find_name(rest, targets)
    {
        return Ok(subject);
    }
    match find_directive(section, rest) {
        Ok(directive) => Ok(Subject::Directive(directive)),
        Err(miss) if section.is_some() => Err(miss),
        Err(_) => Err(miss::anything(rest, targets)),
    }
}

/// A rule, a target or a section by its bare name.
fn find_name<'a>(word: &str, targets: &[&'a Profile]) -> Option<Subject<'a>> {
    if let Some(rule) = lint::find(word) {
        return Some(Subject::Rule(rule));
    }
    let is = |name: &str, aliases: &[String]| {
        name.eq_ignore_ascii_case(word) || aliases.iter().any(|a| a.eq_ignore_ascii_case(word))
    };
    if let Some(profile) = targets.iter().find(|p| is(&p.name, &p.aliases)) {
        return Some(Subject::Target(profile));
    }
    if let Some(target) = refused().iter().find(|r| is(&r.name, &r.aliases)) {
        return Some(Subject::Refused(target));
    }
    section_named(word).map(Subject::Section)
}

/// `[Service]`, `[Service]Restart`, `Service.Restart`; what is not a section stays as it is.
fn split_section(word: &str) -> (Option<&'static str>, &str) {
    let bracketed = word.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let split = bracketed.or_else(|| {
        let name = word.split('=').next().unwrap_or_default();
        name.contains('.').then(|| word.split_once('.')).flatten()
    });
    match split.and_then(|(section, rest)| Some((section_named(section)?, rest))) {
        Some((section, rest)) => (Some(section), rest.trim_start_matches('.').trim()),
        None => (None, word),
    }
}

fn section_named(word: &str) -> Option<&'static str> {
    sections().find(|section| section.eq_ignore_ascii_case(word.trim()))
}

/// The directive of a name, in a section or in the first of [`SECTIONS`] that has it.
fn find_directive(section: Option<&str>, name: &str) -> Result<&'static Directive, Miss> {
    let of = |section: &'static str| {
        let mut rows = directives_in(section).iter();
        rows.find(|row| row.name.eq_ignore_ascii_case(name))
    };
    let Some(section) = section else {
        let mut found = SECTIONS.into_iter().filter_map(of);
        return found.next().ok_or_else(|| Miss {
            note: lint::meant(name).map(str::to_owned),
            nearest: match lint::meant(name) {
                Some(_) => None,
                None => nearest(name, all_directives()).map(str::to_owned),
            },
        });
    };
    let section = section_named(section).unwrap_or_default();
    of(section).ok_or_else(|| Miss {
        note: SECTIONS
            .into_iter()
            .find_map(of)
            .map(|row| format!("`{}` is a directive of [{}]", row.name, row.section))
            .or_else(|| lint::meant(name).map(str::to_owned)),
        nearest: nearest(name, directives_in(section).iter().map(|row| row.name))
            .map(|near| format!("{section}.{near}")),
    })
}

pub(super) fn all_directives() -> impl Iterator<Item = &'static str> {
    let of = |section| directives_in(section).iter().map(|row| row.name);
    SECTIONS.into_iter().flat_map(of)
}

/// A value of a directive: one of its words, or the prefix that its command begins with.
fn find_value<'a>(directive: &'static Directive, value: &'a str) -> Result<Subject<'a>, Miss> {
    if directive.kind() == ValueKind::Command {
        // What stands before the program.
        let is_sign = |c: char| !c.is_alphanumeric() && !"/\"'$%._\\ ".contains(c);
        let signs = value.split(|c| !is_sign(c)).next().unwrap_or_default();
        return match (signs, exec_prefix(signs)) {
            ("", _) => Ok(Subject::Directive(directive)),
            (_, Some(row)) => Ok(Subject::Prefix(row)),
            (_, None) => Err(miss::prefix(directive, signs)),
        };
    }
    let words = directive.enumeration().map(|row| row.words.as_slice());
    let words = words.unwrap_or_default().iter();
    let words: Vec<&'static Word> = words.filter(|word| !word.is_of_the_past()).collect();
    // `file:/var/log/x` is the word `file` with an argument.
    let word = value.split(':').next().unwrap_or_default();
    if let Some(word) = words
        .iter()
        .find(|known| known.text.eq_ignore_ascii_case(word))
    {
        return Ok(Subject::Value(directive, word));
    }
    let takes_boolean = directive
        .enumeration()
        .is_some_and(|row| row.takes(Form::Boolean));
    if words.is_empty() || takes_boolean && boolean(value).is_some() {
        // What stands behind the sign is the user's own; the directive is what can be explained.
        return Ok(Subject::Assignment(directive, value));
    }
    Err(Miss {
        note: Some(format!(
            "`{}=` takes {}",
            directive.name,
            listed(words.iter().map(|word| word.text))
        )),
        nearest: nearest(word, words.iter().map(|word| word.text))
            .map(|near| format!("{}={near}", directive.name)),
    })
}

/// At most a dozen words in a row.
pub(super) fn listed(words: impl Iterator<Item = &'static str>) -> String {
    let words: Vec<&str> = words.collect();
    match words.get(..12) {
        Some(first) if words.len() > 12 => format!("{} and more", first.join(", ")),
        _ => words.join(", "),
    }
}

fn find_specifier(rest: &str) -> Result<Subject<'static>, Miss> {
    let mut letters = rest.chars();
    let found = match (letters.next(), letters.next()) {
        (Some(letter), None) => specifier(letter),
        _ => None,
    };
    found.map(Subject::Specifier).ok_or_else(|| Miss {
        note: Some("no version of systemd knows this specifier".to_owned()),
        nearest: None,
    })
}
