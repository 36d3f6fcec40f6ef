//! What an RPM is called and what it says of itself, from what cargo knows and the user set.

use super::{Error, Evr, Nevra, PackageName};
use crate::project::{Package, Settings, Subpackage};
use crate::report::Spanned;
use crate::target::Profile;

/// The architecture of an RPM that any machine takes.
pub const NOARCH: &str = "noarch";

/// The name of the main RPM: what the user set, else cargo's.
///
/// # Errors
/// When it cannot be the name of an RPM.
pub fn rpm_name(package: &Package, settings: &Settings) -> Result<PackageName, Error> {
    match &settings.name {
        Some(name) => {
            PackageName::new(name.value.clone()).map_err(|error| error.at(name.span.as_ref()))
        }
        None => PackageName::new(package.name.clone()),
    }
}

/// The name of a subpackage's RPM: what the user set, else the main one's with the suffix.
///
/// # Errors
/// When it cannot be the name of an RPM.
pub fn subpackage_name(main: &PackageName, part: &Subpackage) -> Result<PackageName, Error> {
    let (name, span) = match &part.settings.name {
        Some(name) => (name.value.clone(), &name.span),
        None => (format!("{main}-{}", part.suffix.value), &part.suffix.span),
    };
    PackageName::new(name).map_err(|error| error.at(span.as_ref()))
}

/// The identity of an RPM for a target and an architecture; `settings` are the main RPM's, of which
/// all others have version and release.
pub fn nevra(
    name: PackageName,
    package: &Package,
    settings: &Settings,
    profile: &Profile,
    arch: &str,
) -> Nevra {
    let release = settings
        .release
        .as_ref()
        .map_or("1", |release| release.value.as_str());
    Nevra {
        name,
        evr: Evr {
            epoch: settings.epoch,
            version: Evr::version_of(&package.version),
            release: profile.release(release),
        },
        arch: arch.to_owned(),
    }
}

/// What an RPM says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// One line.
    pub summary: String,
    /// Any number of lines.
    pub description: String,
    /// The licence, an SPDX expression.
    pub license: String,
    /// The project's page.
    pub url: Option<String>,
    /// Who distributes it.
    pub vendor: Option<String>,
    /// Who packaged it.
    pub packager: Option<String>,
}

/// What the main RPM says of itself: what the user set, else what cargo knows.
pub fn texts(package: &Package, settings: &Settings) -> Texts {
    let described = package
        .description
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let summary =
        set(&settings.summary).unwrap_or_else(|| summary_of(described.unwrap_or(&package.name)));
    Texts {
        description: set(&settings.description)
            .unwrap_or_else(|| filled(described.unwrap_or(&summary))),
        summary,
        license: set(&settings.license)
            .or_else(|| package.license.as_deref().map(spdx))
            .unwrap_or_else(|| "LicenseRef-Unspecified".to_owned()),
        url: set(&settings.url)
            .or_else(|| package.homepage.clone())
            .or_else(|| package.repository.clone()),
        vendor: set(&settings.vendor),
        packager: set(&settings.packager),
    }
}

/// What a subpackage says of itself: what the user set, else the main RPM's summary with the
/// suffix behind it.
pub fn subpackage_texts(main: &Texts, part: &Subpackage) -> Texts {
    let summary = set(&part.settings.summary)
        .unwrap_or_else(|| format!("{} ({})", main.summary, part.suffix.value));
    Texts {
        description: set(&part.settings.description).unwrap_or_else(|| filled(&summary)),
        summary,
        ..main.clone()
    }
}

fn set(text: &Option<Spanned<String>>) -> Option<String> {
    text.as_ref().map(|text| text.value.clone())
}

/// A text of ours or of cargo's in lines of at most 79 columns: rpm shows a description as it is, and
/// rpmlint calls a longer line an error (`description-line-too-long`). What the user set for the
/// RPM stays as it was written.
pub(super) fn filled(text: &str) -> String {
    let options = textwrap::Options::new(79)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

/// cargo once wrote `MIT/Apache-2.0` for what SPDX calls `OR`.
fn spdx(license: &str) -> String {
    let parts: Vec<&str> = license.split('/').map(str::trim).collect();
    parts.join(" OR ")
}

/// The first line, without the full stop that a summary does not have.
fn summary_of(description: &str) -> String {
    let line = description.lines().next().unwrap_or_default().trim();
    line.strip_suffix('.').unwrap_or(line).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{filled, spdx};

    #[test]
    fn lines_that_are_too_long_are_broken_between_words() {
        let word = "x".repeat(100);
        let long = format!(
            "A first line\n{} end-of-line {word}",
            "word ".repeat(15).trim_end()
        );
        let expected = format!(
            "A first line\n{}\nend-of-line\n{word}",
            "word ".repeat(15).trim_end()
        );
        assert_eq!(filled(&long), expected);
    }

    #[test]
    fn the_old_slash_of_a_licence_is_an_or() {
        for old in ["MIT/Apache-2.0", "MIT / Apache-2.0", "MIT OR Apache-2.0"] {
            assert_eq!(spdx(old), "MIT OR Apache-2.0");
        }
    }
}
