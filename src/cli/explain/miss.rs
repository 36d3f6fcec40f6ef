//! What is said of a word that means nothing.

use super::find::{Miss, SECTIONS, all_directives, listed};
use crate::lint;
use crate::report::nearest;
use crate::target::Profile;
use crate::target::systemd::{Directive, exec_prefix, exec_prefixes};

/// A word with `*`: what it would match.
pub(super) fn pattern(word: &str) -> Miss {
    let (start, end) = word.split_once('*').unwrap_or((word, ""));
    let (start, end) = (
        start.to_lowercase(),
        end.trim_matches(['*', '=']).to_lowercase(),
    );
    let mut found: Vec<&str> = all_directives()
        .filter(|name| {
            let name = name.to_lowercase();
            name.starts_with(&start) && name.ends_with(&end)
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    Miss {
        note: Some(match found.len() {
            0 => "one thing at a time is explained, and no directive is called so".to_owned(),
            count => format!(
                "one thing at a time is explained; {count} directives are called so: {}",
                listed(found.iter().copied())
            ),
        }),
        nearest: None,
    }
}

/// A section that there is not.
pub(super) fn section(word: &str) -> Miss {
    let name = word.trim_matches(['[', ']']);
    Miss {
        note: Some(format!("systemd has the sections {}", SECTIONS.join(", "))),
        nearest: nearest(name, SECTIONS).map(|near| format!("[{near}]")),
    }
}

/// Signs before a command that are no prefix together.
pub(super) fn prefix(directive: &Directive, signs: &str) -> Miss {
    let each: Vec<String> = signs.chars().map(String::from).collect();
    let unknown = each.iter().find(|sign| exec_prefix(sign).is_none());
    let note = match unknown {
        Some(sign) => {
            let known: Vec<&str> = exec_prefixes().iter().map(|row| row.prefix).collect();
            format!(
                "no version of systemd knows `{sign}` before a command; it knows {}",
                known.join(" ")
            )
        }
        None => {
            let words = each.iter().map(|sign| format!("`ExecStart={sign}`"));
            format!(
                "{}= takes several prefixes at once, and each is explained by itself: {}",
                directive.name,
                words.collect::<Vec<_>>().join(", ")
            )
        }
    };
    Miss {
        note: Some(note),
        nearest: None,
    }
}

/// A bare word that is nothing at all.
pub(super) fn anything(word: &str, targets: &[&Profile]) -> Miss {
    if let Some(meant) = lint::meant(word) {
        return Miss {
            note: Some(meant.to_owned()),
            nearest: None,
        };
    }
    let lower = word.to_lowercase();
    let names = || {
        let names = targets.iter().map(|profile| profile.name.as_str());
        let aliases = targets.iter().flat_map(|profile| &profile.aliases);
        names.chain(aliases.map(String::as_str))
    };
    // `rocky` without a number, `alma9.3` with one too many.
    let begun: Vec<&str> = names().filter(|name| is_begun(name, &lower)).collect();
    if !begun.is_empty() {
        let note = format!("there are the targets {}", begun.join(", "));
        return Miss {
            note: Some(note),
            nearest: None,
        };
    }
    let major = lower.split('.').next().unwrap_or_default();
    let is_minor = lower.contains('.');
    if let Some(name) = names().find(|name| is_minor && *name == major) {
        return Miss {
            note: Some("a target stands for all minor releases".to_owned()),
            nearest: Some(name.to_owned()),
        };
    }
    let mut all: Vec<&str> = all_directives().chain(SECTIONS).collect();
    all.extend(lint::all().iter().flat_map(|rule| [rule.code, rule.name]));
    all.extend(names());
    Miss {
        note: None,
        nearest: nearest(word, all).map(str::to_owned),
    }
}

/// Whether a name is this word with a number after it.
fn is_begun(name: &str, word: &str) -> bool {
    let rest = name.strip_prefix(word);
    let is_number = |rest: &str| {
        let digits = rest.trim_start_matches('-');
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    word.len() > 1 && rest.is_some_and(is_number)
}
