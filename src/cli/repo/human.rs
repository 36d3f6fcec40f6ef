//! A repository as people read it.

use crate::cli::inspect::date;
use crate::pipeline::{Owner, RepositoryOutcome};
use crate::repo::folder::What;
use crate::repo::{Entry, Repodata};
use crate::report::{Sink, Terminal, size};
use crate::rpm::visible;
use camino::Utf8Path;
use std::fmt::Write;

/// One line a package: its name and version, its size, when its file was last changed.
pub(super) fn listed(data: &Repodata) -> String {
    let mut entries: Vec<&Entry> = data.entries.iter().collect();
    entries.sort_by(|a, b| {
        let key = |entry: &Entry| (entry.identity.name.clone(), entry.identity.arch.clone());
        key(a).cmp(&key(b)).then_with(|| b.compare_version(a))
    });
    let name = |entry: &Entry| visible(&entry.nevra());
    let width = entries
        .iter()
        .map(|entry| name(entry).chars().count())
        .max();
    let width = width.unwrap_or(0);
    let mut text = String::new();
    for entry in entries {
        let (name, size) = (name(entry), size(entry.size));
        let date = date::day(entry.time);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name:width$}  {size:>10}  {date}");
    }
    text
}

/// One line for each unit of each package, and the repository above those that are in it.
pub(super) fn owners(owners: &[Owner]) -> String {
    let mut repositories: Vec<&str> = owners
        .iter()
        .map(|owner| owner.repository.as_str())
        .collect();
    repositories.sort_unstable();
    repositories.dedup();
    let widths = owners
        .iter()
        .map(|owner| visible(&owner.unit).chars().count());
    let width = widths.max().unwrap_or(0);
    let mut text = String::new();
    for repository in repositories {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{gap}{}:", visible(repository));
        for owner in owners.iter().filter(|owner| owner.repository == repository) {
            let (unit, nevra) = (visible(&owner.unit), visible(&owner.package.nevra()));
            let _ = writeln!(text, "  {unit:width$}  {nevra}");
        }
    }
    text
}

/// What became of the packages goes to stderr, and to stdout the paths of those that came.
pub(super) fn changed(
    folder: &Utf8Path,
    outcome: &RepositoryOutcome,
    is_dry: bool,
    terminal: &Terminal,
) -> String {
    let mut paths = String::new();
    for one in &outcome.outcomes {
        let nevra = visible(&one.entry.nevra());
        let (verb, text) = match one.what {
            What::Added => ("Added", nevra),
            What::Replaced => ("Replaced", nevra),
            What::Unchanged => ("Fresh", format!("{nevra} is there already")),
            What::Refreshed => ("Refreshed", format!("{nevra}: its file was changed")),
            What::Removed if is_dry => ("Would remove", nevra),
            What::Removed => ("Removed", nevra),
            // A warning tells it.
            What::Vanished => continue,
        };
        terminal.status(verb, &text);
        let is_here = matches!(one.what, What::Added | What::Replaced | What::Unchanged);
        if is_here && one.entry.is_within() {
            let _ = writeln!(paths, "{}", folder.join(&one.entry.href));
        }
    }
    let count = outcome.entries.len();
    let packages = if count == 1 { "package" } else { "packages" };
    let signed = if outcome.published.is_signed {
        ", signed"
    } else {
        ""
    };
    let text = format!("{folder}: {count} {packages}{signed}");
    match (is_dry, outcome.published.is_changed) {
        (true, _) => terminal.status("Would keep", &text),
        (false, true) => terminal.status("Published", &text),
        (false, false) => terminal.status("Unchanged", &text),
    }
    paths
}
