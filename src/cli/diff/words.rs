//! One change in a few words, safe to print.

use crate::inspect::diff::{AccountChange, Aspect, DirectiveChange, FileChange, TextChange};
use crate::inspect::{DescribedFile, DescribedKind};
use crate::report::size;
use crate::rpm::visible;

pub(super) fn lines(count: usize) -> String {
    match count {
        0 => "no text".to_owned(),
        1 => "1 line".to_owned(),
        count => format!("{count} lines"),
    }
}

pub(super) fn changed(text: Option<&TextChange>) -> String {
    match text {
        Some(text) => format!("+{} -{} lines", text.added, text.removed),
        None => "changed".to_owned(),
    }
}

/// A text of which every line is new.
pub(super) fn all_new(text: &str) -> String {
    text.lines().map(|line| format!("+{line}\n")).collect()
}

pub(super) fn directive(change: &DirectiveChange) -> String {
    let values = |values: &[String]| match values {
        [] => "nothing".to_owned(),
        some => {
            let some: Vec<String> = some.iter().take(20).map(|value| visible(value)).collect();
            some.join(", ")
        }
    };
    format!(
        "{}= {} → {}",
        visible(&change.key),
        values(&change.old),
        values(&change.new)
    )
}

/// An account and what of it is made otherwise.
pub(super) fn account(change: &AccountChange) -> String {
    let kind = if change.is_user { "user" } else { "group" };
    let values = change.values.iter().map(|value| {
        let (old, new) = (visible(&value.old), visible(&value.new));
        format!("{} {old} → {new}", value.what)
    });
    let joins = change.joins.iter();
    let joins = joins.map(|group| format!("joins {}", visible(group)));
    let leaves = change.leaves.iter();
    let leaves = leaves.map(|group| format!("no longer joins {}", visible(group)));
    let said: Vec<String> = values.chain(joins).chain(leaves).take(20).collect();
    format!("{kind} {}: {}", visible(&change.name), said.join("; "))
}

/// A path and in what the file differs.
pub(super) fn file(change: &FileChange) -> String {
    let (old, new) = (&change.old, &change.new);
    let flags = |file: &DescribedFile| match file.flags.as_slice() {
        [] => "no flags".to_owned(),
        flags => flags.join(" "),
    };
    let caps = |file: &DescribedFile| match file.caps.as_str() {
        "" => "no capabilities".to_owned(),
        caps => visible(caps),
    };
    let mut said = Vec::new();
    for aspect in change.aspects() {
        said.push(match aspect {
            Aspect::Kind => format!("{} → {}", kind(old), kind(new)),
            Aspect::Link => format!("{} → {}", link(old), link(new)),
            Aspect::Content => {
                let sizes = match old.size == new.size {
                    true => size(new.size),
                    false => format!("{} → {}", size(old.size), size(new.size)),
                };
                match &change.text {
                    Some(text) => format!("+{} -{} lines", text.added, text.removed),
                    None => format!("content ({sizes})"),
                }
            }
            Aspect::Mode => format!("{:04o} → {:04o}", old.mode, new.mode),
            Aspect::Owner => {
                let owner = |file: &DescribedFile| {
                    format!("{}:{}", visible(&file.user), visible(&file.group))
                };
                format!("{} → {}", owner(old), owner(new))
            }
            Aspect::Caps => format!("{} → {}", caps(old), caps(new)),
            Aspect::Flags => format!("{} → {}", flags(old), flags(new)),
        });
    }
    match said.as_slice() {
        [] => visible(&new.path),
        said => format!("{}: {}", visible(&new.path), said.join("; ")),
    }
}

fn kind(file: &DescribedFile) -> String {
    match &file.kind {
        DescribedKind::Regular => "file".to_owned(),
        DescribedKind::Directory => "folder".to_owned(),
        DescribedKind::Symlink(_) => format!("link to {}", link(file)),
        DescribedKind::Other => "device, pipe or socket".to_owned(),
    }
}

fn link(file: &DescribedFile) -> String {
    match &file.kind {
        DescribedKind::Symlink(target) => visible(target),
        _ => String::new(),
    }
}

/// A file that comes or goes.
pub(super) fn facts(file: &DescribedFile) -> String {
    let mut facts = visible(&file.path);
    match &file.kind {
        DescribedKind::Directory => facts.push('/'),
        DescribedKind::Symlink(target) => facts.push_str(&format!(" -> {}", visible(target))),
        DescribedKind::Regular => facts.push_str(&format!(", {}", size(file.size))),
        DescribedKind::Other => {}
    }
    for flag in &file.flags {
        facts.push_str(&format!(", {flag}"));
    }
    facts
}
