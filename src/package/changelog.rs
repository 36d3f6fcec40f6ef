//! The changelog as rpm keeps it.

use super::{Evr, Texts};
use crate::project::{Package, Release, Settings};

/// How many releases the RPM tells of. rpmbuild writes what the spec has, and distributions trim it
/// there; a header is read by every query and every transaction.
const MOST: usize = 20;

/// The width that texts are wrapped to; `rpm -q --changelog` prints them as they are.
const WIDTH: usize = 78;

/// One entry of the changelog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Seconds since 1970, noon in UTC (`CHANGELOGTIME`).
    pub time: u32,
    /// `NAME <MAIL> - VERSION-RELEASE` (`CHANGELOGNAME`).
    pub name: String,
    /// Lines that start with `- `, or with blanks where they go on (`CHANGELOGTEXT`).
    pub text: String,
}

/// The entries of the newest releases.
///
/// The release that is packaged is named as rpmlint wants it, `[EPOCH:]VERSION-RELEASE` without
/// the dist tag. Of older ones nobody knows the release they were packaged as, so they are named by
/// their version alone.
pub fn changes(
    releases: &[Release],
    package: &Package,
    settings: &Settings,
    texts: &Texts,
) -> Vec<Change> {
    let author = texts
        .packager
        .as_deref()
        .or_else(|| package.authors.first().map(String::as_str))
        .map_or_else(|| format!("{} developers", package.name), one_line);
    let change = |release: &Release| Change {
        time: release.date.noon(),
        name: format!(
            "{} - {}",
            release.author.as_deref().map_or(author.clone(), one_line),
            version(&release.version, package, settings)
        ),
        text: text(release),
    };
    releases.iter().take(MOST).map(change).collect()
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

fn version(written: &str, package: &Package, settings: &Settings) -> String {
    let Ok(version) = semver::Version::parse(written) else {
        return written.to_owned();
    };
    let text = Evr::version_of(&version);
    if version != package.version {
        return text;
    }
    let release = settings.release.as_ref();
    let release = release.map_or("1", |release| release.value.as_str());
    let epoch = settings.epoch.map(|epoch| format!("{epoch}:"));
    format!("{}{text}-{release}", epoch.unwrap_or_default())
}

/// An item a line, wrapped; a release of which nothing is told says that much.
fn text(release: &Release) -> String {
    let line = |depth: usize, text: &str| {
        let indent = "  ".repeat(depth);
        let (first, next) = (format!("{indent}- "), format!("{indent}  "));
        let options = textwrap::Options::new(WIDTH)
            .initial_indent(&first)
            .subsequent_indent(&next)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        textwrap::fill(text, options)
    };
    if release.changes.is_empty() {
        return line(0, &format!("Release {}", release.version));
    }
    let items = release.changes.iter();
    let lines: Vec<String> = items.map(|item| line(item.depth, &item.text)).collect();
    lines.join("\n")
}
