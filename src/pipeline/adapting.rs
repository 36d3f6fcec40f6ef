//! All units of a package, adapted to one target.

use crate::adapt::{Adapted, Change, Effect, Needs, Options, Refused, adapt, warnings};
use crate::contents::{self, Entry, FileKind, InstallPath};
use crate::lint::Finding;
use crate::package::BIN_DIR;
use crate::project::Settings;
use crate::report::{Diagnose, Diagnostic, Severity};
use crate::target::Profile;
use crate::unit::{Decision, ServiceUnit};
use std::collections::{BTreeMap, BTreeSet};

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

/// What is done about each line of a unit, for the rules.
pub(super) fn by_line(result: &Result<Adapted, Refused>) -> BTreeMap<usize, String> {
    let changes: &[Change] = match result {
        Ok(adapted) => &adapted.changes,
        Err(refused) => &refused.changes,
    };
    let mut lines: BTreeMap<usize, String> = BTreeMap::new();
    for change in changes {
        let Some(place) = &change.place else { continue };
        let text = lines.entry(place.line).or_default();
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(&change.to_string());
    }
    lines
}

/// What the rules found in a unit, and what packaging does to it besides.
///
/// A line that means the same on the target in the end is worth a note, and one that means less a
/// warning, unless the user says of the rule how much it matters.
pub(super) fn said(
    unit: &ServiceUnit,
    result: &Result<Adapted, Refused>,
    findings: Vec<Finding>,
) -> Vec<Diagnostic> {
    let changes: &[Change] = match result {
        Ok(adapted) => &adapted.changes,
        Err(refused) => &refused.changes,
    };
    let mut found = BTreeSet::new();
    let mut said = Vec::new();
    for finding in findings {
        let here = |change: &&Change| {
            let place = change.place.as_ref().map(|place| place.line);
            place.is_some() && place == finding.line
        };
        let worst = changes
            .iter()
            .filter(here)
            .map(|change| change.effect)
            .max();
        let is_systemds = finding.effect.is_some() && finding.severity == finding.rule.severity;
        let severity = match worst.filter(|_| is_systemds) {
            Some(Effect::Same) => Severity::Note,
            Some(_) => finding.severity.min(Severity::Warning),
            None => finding.severity,
        };
        found.extend(finding.line.filter(|_| severity > Severity::Note));
        said.push(finding.severity(severity).diagnostic);
    }
    match result {
        Ok(adapted) => said.extend(warnings(&unit.file, adapted, |line| !found.contains(&line))),
        Err(refused) => said.extend(refused.errors.iter().map(Diagnose::diagnostic)),
    }
    said
}

/// What all units need together.
pub(super) fn needs(results: &Results) -> Needs {
    let mut all = Needs::default();
    for adapted in results.iter().flatten() {
        all.merge(adapted.needs.clone());
    }
    all
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
