//! All units of a package, adapted to one target.

use super::causes;
use crate::adapt::{
    self, Adapted, Change, Effect, Needs, Options, Refused, adapt, hardening, weaker,
};
use crate::contents::{self, Entry, FileKind, InstallPath};
use crate::lint::{self, Finding, Levels};
use crate::package::BIN_DIR;
use crate::project::Settings;
use crate::report::{Diagnose, Diagnostic, Severity, Span};
use crate::target::{Profile, base_system};
use crate::unit::{Decision, ServiceUnit, UnitFile};
use std::collections::BTreeSet;

/// What a note of what packaging does begins with.
pub(super) const PACKAGING: &str = "packaging: ";

/// What became of each unit, in their order.
pub(super) type Results = Vec<Result<Adapted, Refused>>;

/// Adapts them.
pub(super) fn adapt_all(
    units: &[ServiceUnit],
    decisions: &[Decision],
    bins: &[String],
    settings: &Settings,
    profile: &Profile,
) -> Results {
    let programs = |name: &str| {
        let is_shipped = bins.iter().any(|bin| bin == name);
        is_shipped.then(|| format!("{BIN_DIR}/{name}"))
    };
    let options = Options {
        profile,
        programs: &programs,
        rewrite: settings.adapt,
        require_hardening: settings.require_hardening,
    };
    let pairs = units.iter().zip(decisions);
    pairs
        .map(|(unit, decision)| adapt(&unit.file, decision, &options))
        .collect()
}

/// A unit file that belongs to no package, as one with just this file would be adapted. Which
/// programs it ships is not known: all that the base system lacks are taken to be there.
pub(super) fn adapt_file(unit: &UnitFile, profile: &Profile) -> Result<Adapted, Refused> {
    let programs = |name: &str| {
        let path = base_system::program_path(name);
        Some(path.unwrap_or_else(|| format!("{BIN_DIR}/{name}")))
    };
    let options = Options {
        profile,
        programs: &programs,
        rewrite: true,
        require_hardening: false,
    };
    adapt(unit, &Decision::HasOwn, &options)
}

fn changes(result: &Result<Adapted, Refused>) -> &[Change] {
    match result {
        Ok(adapted) => &adapted.changes,
        Err(refused) => &refused.changes,
    }
}

fn refusals(result: &Result<Adapted, Refused>) -> &[adapt::Error] {
    match result {
        Ok(_) => &[],
        Err(refused) => &refused.errors,
    }
}

/// The finding with a note of what packaging does about the directive that it is about.
pub(super) fn with_note(finding: Finding, result: &Result<Adapted, Refused>) -> Finding {
    let Some(line) = finding.directive.filter(|_| finding.version_bound) else {
        return finding;
    };
    let mut refused = refusals(result).iter();
    if let Some(error) = refused.find(|error| error.line() == Some(line)) {
        return finding.note(format!("packaging stops here: {}", error.why()));
    }
    let done: Vec<String> = changes(result)
        .iter()
        .filter(|change| is_about(change, line))
        .map(Change::to_string)
        .collect();
    match done.is_empty() {
        true => finding,
        false => finding.note(format!("{PACKAGING}{}", done.join("; "))),
    }
}

fn is_about(change: &Change, line: usize) -> bool {
    change
        .place
        .as_ref()
        .is_some_and(|place| place.line == line)
}

/// Whether all that a finding says is what packaging does to lines.
pub(super) fn is_about_changes(finding: &Diagnostic) -> bool {
    let is_own = [lint::WEAKER_ON_TARGET, lint::HARDENING_LOST].map(Some);
    is_own.contains(&finding.code) || finding.notes.iter().any(|note| note.contains(PACKAGING))
}

/// What the rules found in a unit, and what packaging does to it besides.
///
/// A line that means the same on the target in the end is worth a note, and one that means less a
/// warning, unless the user says of the rule how much it matters. What packaging says itself of a
/// line, with the reason, no rule says again.
pub(super) fn said(
    unit: &ServiceUnit,
    result: &Result<Adapted, Refused>,
    findings: Vec<Finding>,
    levels: &Levels,
) -> Vec<Diagnostic> {
    let mut found = BTreeSet::new();
    let mut said = Vec::new();
    for finding in findings {
        let is_rules_own = !finding.set_by_user;
        if is_said_by_packaging(&finding, result) {
            continue;
        }
        let finding = with_note(finding, result);
        let line = finding.directive.filter(|_| finding.version_bound);
        let worst = line.and_then(|line| {
            let here = changes(result)
                .iter()
                .filter(|change| is_about(change, line));
            here.map(|change| change.effect).max()
        });
        let severity = match worst.filter(|_| is_rules_own) {
            Some(Effect::Same) => Severity::Note,
            Some(_) => finding.severity.min(Severity::Warning),
            None => finding.severity,
        };
        found.extend(finding.directive.filter(|_| severity > Severity::Note));
        said.push(finding.severity(severity));
    }
    let mut said = causes::one_each(&unit.file, said);
    let own = by_packaging(unit, result, |line| !found.contains(&line));
    said.extend(lint::judged(&unit.file, levels, own));
    let place = unit.file.place();
    said.into_iter()
        .map(|finding| placed(finding, place.as_ref()))
        .collect()
}

/// What packaging says itself, under the codes of its rules.
fn by_packaging(
    unit: &ServiceUnit,
    result: &Result<Adapted, Refused>,
    wanted: impl Fn(usize) -> bool,
) -> Vec<Finding> {
    let mut own: Vec<Option<Finding>> = Vec::new();
    match result {
        Ok(adapted) => {
            let weaker = weaker(&unit.file, adapted, wanted);
            own.extend(weaker.into_iter().map(|(warning, line)| {
                Finding::of_packaging(lint::WEAKER_ON_TARGET, warning, line)
            }));
            if let Some((warning, line)) = hardening(&unit.file, adapted) {
                own.push(Finding::of_packaging(lint::HARDENING_LOST, warning, line));
            }
        }
        Err(refused) => own.extend(refused.errors.iter().map(|error| {
            Finding::of_packaging(lint::NOT_ON_TARGET, error.diagnostic(), error.line())
        })),
    }
    own.into_iter().flatten().collect()
}

/// The finding with the unit as its place where it has none of its own.
pub(super) fn placed(finding: Finding, unit: Option<&Span>) -> Diagnostic {
    let diagnostic = finding.diagnostic;
    match diagnostic.labels.is_empty() {
        true => diagnostic.at(unit, ""),
        false => diagnostic,
    }
}

/// Whether a finding is about a line that packaging refuses, or about sandboxing that it says to be
/// lost.
fn is_said_by_packaging(finding: &Finding, result: &Result<Adapted, Refused>) -> bool {
    let loses = |change: &&Change| change.effect == Effect::Hardening;
    if finding.rule.code == lint::HARDENING_LOST {
        return result.is_ok() && changes(result).iter().any(|change| loses(&change));
    }
    let line = finding.directive.filter(|_| finding.version_bound);
    let Some(line) = line.filter(|_| !finding.set_by_user) else {
        return false;
    };
    let mut refused = refusals(result).iter();
    let mut lost = changes(result).iter().filter(loses);
    refused.any(|error| error.line() == Some(line))
        || result.is_ok() && lost.any(|change| is_about(change, line))
}

/// The folders that units need, and links to them, as contents of the package.
///
/// # Errors
/// When a folder cannot be one of a package.
pub(super) fn directories(needs: &Needs) -> Result<Vec<Entry>, contents::Error> {
    let entry = |directory: &crate::adapt::Directory| {
        let path = InstallPath::new(directory.path.clone())?;
        Ok(Entry {
            mode: directory.mode,
            user: directory.user.clone(),
            group: directory.group.clone(),
            ..Entry::directory(path, directory.reason.clone())
        })
    };
    let link = |link: &crate::adapt::Link| {
        let path = InstallPath::new(link.path.clone())?;
        Ok(Entry {
            kind: FileKind::Symlink(link.target.clone()),
            mode: 0o777,
            ..Entry::directory(path, link.reason.clone())
        })
    };
    let directories = needs.directories.iter().map(entry);
    directories.chain(needs.links.iter().map(link)).collect()
}
