//! What the manifest says of dependencies, held against what the target's rpm knows.

use super::dependency::{Constraint, Dependencies, Dependency, check_name};
use super::{Error, rich};
use crate::contents::{Across, Glob};
use crate::project::{Automatic, DeclaredDependency, Relation, Settings};
use crate::report::{Diagnostic, Span, Spanned};
use crate::target::Profile;
use globset::{GlobSet, GlobSetBuilder};
use std::ops::Range;

/// What was made of the manifest's dependencies.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// The dependencies.
    pub dependencies: Dependencies,
    /// What must be there where others build the package.
    pub build_requires: Vec<Dependency>,
    /// What the target is not given, said to the user.
    pub left_out: Vec<Diagnostic>,
}

/// Reads the dependencies of settings for a target.
///
/// # Errors
/// The first that is none, or that the target's rpm cannot read.
pub fn declared(settings: &Settings, profile: &Profile) -> Result<Declared, Error> {
    let mut made = Declared::default();
    made.dependencies.config_required = settings.auto_requires.on;
    made.dependencies.config_provided = settings.auto_provides.on;
    // Told before anything is built, though the filters are for what is found after that.
    made.dependencies.requires_excluded = Filter::new(&settings.auto_requires)?.expressions;
    made.dependencies.provides_excluded = Filter::new(&settings.auto_provides)?.expressions;
    let mut left_out: Vec<&DeclaredDependency> = Vec::new();
    for dependency in &settings.dependencies {
        let read = read(dependency)?;
        if dependency.relation.is_weak() && !profile.weak_dependencies.value {
            left_out.push(dependency);
            continue;
        }
        known_to(dependency, &read, profile)?;
        made.dependencies.list_mut(dependency.relation).extend(read);
    }
    for dependency in &settings.build_requires {
        let read = read(dependency)?;
        known_to(dependency, &read, profile)?;
        made.build_requires.extend(read);
    }
    made.left_out.extend(said_of(&left_out, profile));
    Ok(made)
}

/// One entry of the manifest; several dependencies where it has several comparisons.
fn read(declared: &DeclaredDependency) -> Result<Vec<Dependency>, Error> {
    let (relation, name) = (declared.relation, declared.name.value.trim());
    let origin = format!("`{relation}` in Cargo.toml");
    let phases = declared.when.iter().map(|phase| phase.value).collect();
    if name.starts_with('(') {
        let text = rich_text(declared, name)?;
        return Ok(vec![Dependency {
            phases,
            ..Dependency::any(text, origin)
        }]);
    }
    let wrong_name = |what: &str| Error::Declared {
        what: format!("`{name}` is nothing that a package {relation}: {what}"),
        span: declared.name.span.clone(),
        help: match relation {
            Relation::Obsoletes => "write the name of a package".to_owned(),
            _ => "write the name of a package, a capability or the full path of a file".to_owned(),
        },
    };
    check_name(name).map_err(wrong_name)?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-_+".contains(c);
    if relation == Relation::Obsoletes && !name.chars().all(is_plain) {
        return Err(wrong_name("only packages are replaced"));
    }
    let wrong_version = |what: &str| Error::Declared {
        what: format!(
            "`{}` is no version of `{name}`: {what}",
            declared.version.value
        ),
        span: declared.version.span.clone(),
        help: "write `*` for any version, or a comparison and a version: \">= 7.29\"".to_owned(),
    };
    let constraints = Constraint::parse_all(&declared.version.value).map_err(wrong_version)?;
    if name.starts_with('/') && !constraints.is_empty() {
        return Err(wrong_version("a file has no version"));
    }
    let one = |constraint: Option<Constraint>| Dependency {
        constraint,
        phases: Clone::clone(&phases),
        ..Dependency::any(name, origin.clone())
    };
    Ok(match constraints.is_empty() {
        true => vec![one(None)],
        false => constraints.into_iter().map(|c| one(Some(c))).collect(),
    })
}

fn rich_text(declared: &DeclaredDependency, name: &str) -> Result<String, Error> {
    let relation = declared.relation;
    if matches!(relation, Relation::Provides | Relation::Obsoletes) {
        return Err(Error::Declared {
            what: format!("`{relation}` takes no dependency in brackets"),
            span: declared.name.span.clone(),
            help: "write the names one by one".to_owned(),
        });
    }
    if declared.version.value.trim() != "*" {
        return Err(Error::Declared {
            what: "a dependency in brackets has no version of its own".to_owned(),
            span: declared.version.span.clone(),
            help: format!("write the versions into the brackets, and \"{name}\" = \"*\""),
        });
    }
    let leading = declared.name.value.len() - declared.name.value.trim_start().len();
    rich::parse(name, relation)
        .map(|rich| rich.text)
        .map_err(|problem| {
            let range = problem.range.start + leading..problem.range.end + leading;
            Error::Declared {
                what: format!("`{name}` is no dependency: {}", problem.what),
                span: within(&declared.name, range),
                help: "rpm's words are and, or, if … else, unless … else, with, without; a pair in brackets is one name to them".to_owned(),
            }
        })
}

/// The place of a part of a text, where the text stands in the manifest as it is.
fn within(text: &Spanned<String>, range: Range<usize>) -> Option<Span> {
    let span = text.span.as_ref()?;
    let written = span.text();
    let start = written.find(&text.value)?;
    let from = span.range().start + start;
    Some(span.file().span(from + range.start..from + range.end))
}

/// Whether the target's rpm reads it.
fn known_to(
    declared: &DeclaredDependency,
    read: &[Dependency],
    profile: &Profile,
) -> Result<(), Error> {
    let rpm = &profile.rpm.value;
    let title = &profile.title;
    if read.iter().any(|one| one.name.starts_with('(')) && !profile.rich_dependencies.value {
        return Err(Error::Declared {
            what: format!("rpm {rpm} of {title} does not know dependencies in brackets"),
            span: declared.name.span.clone(),
            help: format!(
                "write `{}` for the other targets alone, in [package.metadata.ambot.target.NAME]",
                declared.name.value
            ),
        });
    }
    let has_caret = |one: &Dependency| {
        let version = one.constraint.as_ref().map(|of| of.version.as_str());
        one.name.starts_with('(') && one.name.contains('^')
            || version.is_some_and(|version| version.contains('^'))
    };
    if read.iter().any(has_caret) && !profile.has_rpmlib("CaretInVersions") {
        return Err(Error::Declared {
            what: format!("rpm {rpm} of {title} does not know `^` in a version"),
            span: declared.version.span.clone(),
            help: "write a version without `^` for this target".to_owned(),
        });
    }
    for phase in &declared.when {
        if phase
            .value
            .since()
            .is_some_and(|since| !profile.has_rpm(since))
        {
            return Err(Error::Declared {
                what: format!("rpm {rpm} of {title} has no %{}", phase.value),
                span: phase.span.clone(),
                help: "leave it out for this target".to_owned(),
            });
        }
    }
    Ok(())
}

/// One note for each list that the target is not given.
fn said_of(left_out: &[&DeclaredDependency], profile: &Profile) -> Vec<Diagnostic> {
    let of_relation = |relation: Relation| {
        let these = left_out.iter().filter(|one| one.relation == relation);
        let first = these.clone().next()?;
        let names: Vec<&str> = these.map(|one| one.name.value.as_str()).collect();
        let title = format!(
            "`{relation}` is left out for {}: {}",
            profile.title,
            names.join(", ")
        );
        Some(
            Diagnostic::note(title)
                .at(first.name.span.as_ref(), "")
                .with_note(format!(
                    "its rpm {} installs nothing because of it",
                    profile.rpm.value
                )),
        )
    };
    Relation::ALL.into_iter().filter_map(of_relation).collect()
}

/// An expression of the `regex` crate, as globset makes it, for the `regcomp` of libc: that has neither
/// flags nor groups that are not counted.
fn posix(expression: &str) -> String {
    let plain = expression.trim_start_matches("(?-u)");
    plain.replace("(?:", "(")
}

/// What is not taken of the names that are worked out from files.
#[derive(Debug)]
pub(super) struct Filter {
    on: bool,
    excluded: GlobSet,
    /// The same as rpmbuild takes them.
    expressions: Vec<String>,
}

impl Filter {
    /// # Errors
    /// When a pattern is none.
    pub(super) fn new(automatic: &Automatic) -> Result<Self, Error> {
        let mut excluded = GlobSetBuilder::new();
        let mut expressions = Vec::new();
        for pattern in &automatic.exclude {
            if pattern
                .value
                .contains(|c: char| c.is_whitespace() || c.is_control())
            {
                return Err(Error::Declared {
                    what: format!("`{}` is no pattern: names have no blanks", pattern.value),
                    span: pattern.span.clone(),
                    help: "write each pattern as a text of its own".to_owned(),
                });
            }
            let glob = Glob::read(&pattern.value, Across::Slashes);
            let glob = glob.map_err(|why| Error::Declared {
                what: format!("`{}` is no pattern: {why}", pattern.value),
                span: pattern.span.clone(),
                help: "`*` stands for any text, `?` for one character, `[ab]` for one of some"
                    .to_owned(),
            })?;
            expressions.push(posix(glob.regex()));
            excluded.add(glob);
        }
        let excluded = excluded.build().map_err(|error| Error::Declared {
            what: format!("the patterns of `exclude` cannot be used: {error}"),
            span: None,
            help: "write fewer or shorter patterns".to_owned(),
        })?;
        Ok(Filter {
            on: automatic.on,
            excluded,
            expressions,
        })
    }

    /// Whether a name is taken.
    pub(super) fn takes(&self, name: &str) -> bool {
        self.on && !self.excluded.is_match(name)
    }
}
