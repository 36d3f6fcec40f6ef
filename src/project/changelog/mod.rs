//! What changed from release to release, as the project tells it.

mod date;
mod keep;

pub use date::Date;

use super::error::Error;
use super::input;
use super::manifest::shown;
use super::settings::{ChangelogSource, GivenRelease, Settings};
use super::{Package, Workspace};
use crate::report::{Diagnostic, Span, Spanned};
use camino::{Utf8Path, Utf8PathBuf};

/// The file that is looked for.
const FILE: &str = "CHANGELOG.md";

/// The releases that have a date, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changelog {
    /// The releases.
    pub releases: Vec<Release>,
    /// What is left out.
    pub notes: Vec<Diagnostic>,
}

/// One release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The version as it was written, without a `v` in front.
    pub version: String,
    /// The day.
    pub date: Date,
    /// Who made it, where that is said.
    pub author: Option<String>,
    /// What changed.
    pub changes: Vec<ChangeItem>,
}

/// One thing that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeItem {
    /// How deep in lists within lists it stands; 0 for the outermost.
    pub depth: usize,
    /// The text, on one line.
    pub text: String,
}

/// A release whose date may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Undated {
    version: String,
    date: Option<Date>,
    author: Option<String>,
    changes: Vec<ChangeItem>,
}

/// The changelog of a package: the one that the settings name or hold, else `CHANGELOG.md` in its
/// folder.
///
/// # Errors
/// When a file that is named cannot be read or lies outside the workspace, or a date is none.
pub fn changelog(
    package: &Package,
    workspace: &Workspace,
    settings: &Settings,
) -> Result<Changelog, Error> {
    match &settings.changelog {
        ChangelogSource::None => Ok(Changelog::default()),
        ChangelogSource::Given(releases) => given(releases),
        ChangelogSource::File(path) => named(package, workspace, path),
        ChangelogSource::Found => {
            let path = package.directory.join(FILE);
            if !path.is_file() {
                return Ok(Changelog::default());
            }
            Ok(read(&path, &shown(&path, &workspace.shown_from))?.unwrap_or_default())
        }
    }
}

fn named(
    package: &Package,
    workspace: &Workspace,
    written: &Spanned<String>,
) -> Result<Changelog, Error> {
    let path = package.directory.join(&written.value);
    let place = |what: String, help: &str| match &written.span {
        Some(span) => Error::Value {
            what,
            span: span.clone(),
            help: help.to_owned(),
        },
        None => Error::Cargo { message: what },
    };
    let real = path.canonicalize_utf8().map_err(|error| {
        let what = format!("cannot read the changelog {}: {error}", written.value);
        place(what, "name a file by its path from the package's folder")
    })?;
    let root = workspace.root.canonicalize_utf8();
    if !root.is_ok_and(|root| real.starts_with(root)) {
        let what = format!("the changelog {} lies outside the workspace", written.value);
        return Err(place(what, "copy it into the workspace"));
    }
    let shown = shown(&path, &workspace.shown_from);
    if let Some(changelog) = read(&path, &shown)? {
        return Ok(changelog);
    }
    let note = Diagnostic::warning(format!("{shown} has no release with a version"))
        .at(written.span.as_ref(), "")
        .with_help("head each release with its version and date: `## [1.2.0] - 2026-01-31`");
    Ok(Changelog {
        releases: Vec::new(),
        notes: vec![note],
    })
}

/// `None` where no release is in it.
fn read(path: &Utf8Path, shown: &Utf8PathBuf) -> Result<Option<Changelog>, Error> {
    let text = input::read_text(path, input::MAX_TEXT).map_err(|source| Error::Read {
        path: shown.clone(),
        source,
    })?;
    let releases = keep::releases(&text);
    if releases.is_empty() {
        return Ok(None);
    }
    Ok(Some(dated(releases, shown.as_str(), None)))
}

fn given(written: &[GivenRelease]) -> Result<Changelog, Error> {
    let release = |release: &GivenRelease| {
        let changes = release.changes.iter().map(|change| {
            let words: Vec<&str> = change.value.split_whitespace().collect();
            ChangeItem {
                depth: 0,
                text: without_marker(&words.join(" ")).to_owned(),
            }
        });
        Ok(Undated {
            version: release.version.value.trim().to_owned(),
            date: release.date.as_ref().map(written_date).transpose()?,
            author: release.author.as_ref().map(|author| author.value.clone()),
            changes: changes.filter(|change| !change.text.is_empty()).collect(),
        })
    };
    let releases = written.iter().map(release).collect::<Result<Vec<_>, _>>()?;
    let span = written
        .iter()
        .find(|release| release.date.is_none())
        .and_then(|release| release.version.span.as_ref());
    Ok(dated(releases, "`changelog`", span))
}

/// An item of a list that was written with its marker.
fn without_marker(text: &str) -> &str {
    let rest = text.strip_prefix("- ").or_else(|| text.strip_prefix("* "));
    rest.unwrap_or(text).trim()
}

fn written_date(text: &Spanned<String>) -> Result<Date, Error> {
    match (Date::parse(text.value.trim()), &text.span) {
        (Some(date), _) => Ok(date),
        (None, Some(span)) => Err(Error::Value {
            what: format!("`{}` is no date", text.value),
            span: span.clone(),
            help: "write a day as year, month and day: \"2026-01-31\"".to_owned(),
        }),
        (None, None) => Err(Error::Cargo {
            message: format!("`{}` is no date", text.value),
        }),
    }
}

/// Leaves out what has no date, because rpm shows none without, and sorts.
fn dated(releases: Vec<Undated>, place: &str, span: Option<&Span>) -> Changelog {
    let mut changelog = Changelog::default();
    let mut without: Vec<String> = Vec::new();
    for release in releases {
        match release.date {
            Some(date) => changelog.releases.push(Release {
                version: release.version,
                date,
                author: release.author,
                changes: release.changes,
            }),
            None => without.push(release.version),
        }
    }
    // Stable: of two of one day, the one that was written first stays first.
    changelog
        .releases
        .sort_by_key(|release| std::cmp::Reverse(release.date));
    if !without.is_empty() {
        let list = without.join(", ");
        changelog.notes.push(
            Diagnostic::note(format!(
                "without a date, left out of the RPM's changelog: {list}"
            ))
            .at(span, "")
            .with_help(format!(
                "write the day of the release in {place}: 2026-01-31"
            )),
        );
    }
    changelog
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_without_a_date_are_named_and_the_others_sorted() {
        let text = "# Changelog\n## 1.0.0 - 2025-02-01\n- old\n## 1.2.0\n- undated\n\
                    ## 1.1.0 - 2025-06-01\n- newer\n";
        let changelog = dated(keep::releases(text), "CHANGELOG.md", None);
        let versions = changelog.releases.iter().map(|r| r.version.as_str());
        assert_eq!(versions.collect::<Vec<_>>(), ["1.1.0", "1.0.0"]);
        insta::assert_snapshot!(changelog.notes[0].title, @"without a date, left out of the RPM's changelog: 1.2.0");
    }

    #[test]
    fn a_marker_in_front_of_a_given_change_is_ours_to_write() {
        for (written, text) in [("- a", "a"), ("* a - b", "a - b"), ("-a", "-a"), ("a", "a")] {
            assert_eq!(without_marker(written), text);
        }
    }
}
