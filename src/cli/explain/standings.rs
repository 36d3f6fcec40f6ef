//! What the targets make of a thing, and what becomes of a line with it.

use super::explanation::TargetLine;
use crate::target::Profile;
use crate::target::systemd::{
    Directive, ExecPrefix, MoveKind, Specifier, SpecifierContext, Standing, ValueChange, Word,
    moves,
};

pub(super) fn of_directive(directive: &Directive, targets: &[&Profile]) -> Vec<TargetLine> {
    grouped(targets, |profile| {
        let standing = profile.directive(directive.section, directive.name);
        let becomes = match standing {
            Standing::Known => taken_over(directive.history.since, profile),
            Standing::Private => String::new(),
            Standing::Obsolete { since } => match successor(directive) {
                Some(name) => format!("with a warning, as `{name}=` (since systemd {since})"),
                None => format!("with a warning (since systemd {since})"),
            },
            Standing::Ignored { since } => {
                format!("does nothing since systemd {since}, and no warning says so")
            }
            Standing::TooNew { .. }
            | Standing::Removed { .. }
            | Standing::Downstream
            | Standing::Unknown => unknown_line(directive, profile, standing),
        };
        (state(standing), becomes)
    })
}

/// What becomes of a line that the target's systemd does not know.
fn unknown_line(directive: &Directive, profile: &Profile, standing: Standing) -> String {
    if let Some(rewrite) = profile.rewrite(directive.section, directive.name) {
        let place = if rewrite.section == directive.section {
            format!("`{}=`", rewrite.name)
        } else {
            format!("`{}=` in [{}]", rewrite.name, rewrite.section)
        };
        let scale = match rewrite.value {
            ValueChange::Same => "",
            ValueChange::Scale => ", on another scale",
            ValueChange::NoRule => ", with another value",
        };
        return format!("the line is ignored with a warning; there it is {place}{scale}");
    }
    match standing {
        Standing::Removed { since } => {
            format!("gone since systemd {since}: the line is ignored with a warning")
        }
        _ => "the line is ignored with a warning".to_owned(),
    }
}

/// The directive that took this one's place.
fn successor(directive: &Directive) -> Option<&'static str> {
    let row = moves().iter().find(|row| {
        row.kind == MoveKind::Replace
            && (row.old.section, row.old.name) == (directive.section, directive.name)
    })?;
    Some(row.new?.name)
}

pub(super) fn of_word(directive: &Directive, word: &Word, targets: &[&Profile]) -> Vec<TargetLine> {
    grouped(targets, |profile| {
        let of_directive = profile.directive(directive.section, directive.name);
        let of_word = word.history.standing(profile.tables.value);
        let standing = if of_directive.works() {
            of_word
        } else {
            of_directive
        };
        let becomes = match standing {
            Standing::Known => taken_over(word.history.since, profile),
            Standing::Ignored { since } | Standing::Obsolete { since } => {
                format!("outdated since systemd {since}")
            }
            _ if of_directive.works() && directive.name == "SystemCallFilter" => {
                "the word is passed over: a list of what is allowed kills the service without it, and packaging leaves \
                 it out"
                    .to_owned()
            }
            _ if of_directive.works() => {
                format!(
                    "the line is ignored with a warning, as if `{}=` were not there",
                    directive.name
                )
            }
            _ => format!("`{}=` is unknown there", directive.name),
        };
        (state(standing), becomes)
    })
}

/// Says where the distribution took a thing over from a later version.
fn taken_over(since: Option<u16>, profile: &Profile) -> String {
    match since.filter(|since| *since > profile.tables.value.version()) {
        Some(since) => format!("taken over from systemd {since}"),
        None => String::new(),
    }
}

pub(super) fn of_prefix(prefix: &ExecPrefix, targets: &[&Profile]) -> Vec<TargetLine> {
    grouped(targets, |profile| {
        let standing = profile.exec_prefix(prefix.prefix);
        let becomes = match standing {
            Standing::Known => "",
            Standing::Ignored { .. } => "does nothing",
            _ => "taken for part of the path: the command is refused",
        };
        (state(standing), becomes.to_owned())
    })
}

pub(super) fn of_specifier(specifier: &Specifier, targets: &[&Profile]) -> Vec<TargetLine> {
    grouped(targets, |profile| {
        let standing = profile.specifier(specifier.letter, SpecifierContext::Value);
        let of_user = profile.specifier_of_user(specifier.letter);
        let becomes = match standing {
            Standing::Known => of_user.unwrap_or_default(),
            _ if profile.refuses_unknown_specifiers() => "the line is ignored, or the unit refused",
            _ => "stays in the line as it is written",
        };
        (state(standing), becomes.to_owned())
    })
}

fn state(standing: Standing) -> &'static str {
    match standing {
        Standing::Ignored { .. } => "ignored",
        _ if standing.works() => "works",
        _ => "unknown",
    }
}

/// The targets of which the same is true in one line, what works first.
fn grouped(
    targets: &[&Profile],
    of: impl Fn(&Profile) -> (&'static str, String),
) -> Vec<TargetLine> {
    let mut lines: Vec<TargetLine> = Vec::new();
    for profile in targets {
        let (state, becomes) = of(profile);
        let name = profile.name.clone();
        match lines
            .iter_mut()
            .find(|line| line.state == state && line.becomes == becomes)
        {
            Some(line) => line.targets.push(name),
            None => lines.push(TargetLine {
                state,
                targets: vec![name],
                becomes,
            }),
        }
    }
    lines.sort_by_key(|line| {
        ["works", "ignored", "unknown"]
            .iter()
            .position(|s| *s == line.state)
    });
    lines
}

/// The targets that do not know a word of a directive that they know.
pub(super) fn without_word(
    directive: &Directive,
    word: &Word,
    targets: &[&Profile],
) -> Vec<String> {
    let misses = |profile: &&&Profile| {
        profile.directive(directive.section, directive.name).works()
            && !word.history.standing(profile.tables.value).works()
    };
    targets
        .iter()
        .filter(misses)
        .map(|profile| profile.name.clone())
        .collect()
}
