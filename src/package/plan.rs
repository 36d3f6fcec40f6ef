//! The plan and its parts.

use super::dependency::Constraint;
use super::{
    Capabilities, Change, Dependencies, Error, FileFlags, FileKind, InstallPath, ManagedUnit,
    Nevra, PackageName, Texts,
};
use crate::project::{Phase, TriggerEvent};
use crate::target::{Compression, TargetName};
use std::ops::Deref;

/// One file of the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedFile {
    /// Where it is installed.
    pub path: InstallPath,
    /// What it is.
    pub kind: FileKind,
    /// The permission bits, `0o7777` at most.
    pub mode: u16,
    /// The owner's name.
    pub user: String,
    /// The group's name.
    pub group: String,
    /// Seconds since 1970; never later than the plan's time.
    pub mtime: u32,
    /// The flags.
    pub flags: FileFlags,
    /// The capabilities of a regular file.
    pub caps: Option<Capabilities>,
    /// Why it is there, for people.
    pub reason: String,
}

/// A script that rpm runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scriptlet {
    /// When.
    pub phase: Phase,
    /// What runs it, with arguments; never empty. `<lua>` is the one that is built into rpm.
    pub interpreter: Vec<String>,
    /// Its text; where there is none, the interpreter is all that runs.
    pub text: String,
}

/// A script that rpm runs when something happens to other packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// What happens.
    pub event: TriggerEvent,
    /// The packages, or the paths that files lie below; never empty.
    pub conditions: Vec<TriggerCondition>,
    /// What runs it.
    pub interpreter: String,
    /// Its text.
    pub text: String,
    /// Those of files run in this order, the highest first.
    pub priority: u32,
}

impl Trigger {
    /// The priority of a trigger that asks for none (rpm 4.14.3, `parseScript`).
    pub const PRIORITY: u32 = 1_000_000;
}

/// One thing that sets off a trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriggerCondition {
    /// The package, or the path.
    pub name: String,
    /// Which versions of the package.
    pub constraint: Option<Constraint>,
}

/// The scriptlets that are ours, each the text of a POSIX shell script for `/bin/sh`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scriptlets {
    /// Before the files are unpacked.
    pub pre: Option<String>,
    /// After the files are unpacked.
    pub post: Option<String>,
    /// Before the files are removed.
    pub preun: Option<String>,
    /// After the files are removed.
    pub postun: Option<String>,
    /// After the whole transaction.
    pub posttrans: Option<String>,
}

impl Scriptlets {
    /// Those that are there.
    pub fn texts(&self) -> impl Iterator<Item = (Phase, &str)> {
        [
            (Phase::Pre, &self.pre),
            (Phase::Post, &self.post),
            (Phase::Preun, &self.preun),
            (Phase::Postun, &self.postun),
            (Phase::Posttrans, &self.posttrans),
        ]
        .into_iter()
        .filter_map(|(phase, text)| Some((phase, text.as_deref()?)))
    }

    /// As a package has them where the user has none.
    pub fn alone(&self) -> Vec<Scriptlet> {
        self.texts()
            .map(|(phase, text)| Scriptlet {
                phase,
                interpreter: vec![SHELL.to_owned()],
                text: text.to_owned(),
            })
            .collect()
    }
}

/// The interpreter of our scriptlets.
pub const SHELL: &str = "/bin/sh";

/// Which of rpm's two kinds of package it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PackageKind {
    /// One that is installed.
    #[default]
    Binary,
    /// One that others are built from. Its files lie side by side and are no paths of a system.
    Source {
        /// The architecture of the machine that it is made for, which its header has; its name has
        /// `src`.
        build_arch: String,
        /// The names of its sources, in the order of their numbers (`RPMTAG_SOURCE`).
        sources: Vec<String>,
    },
}

impl PackageKind {
    /// Whether it is a source package.
    pub fn is_source(&self) -> bool {
        matches!(self, PackageKind::Source { .. })
    }
}

/// The parts of a plan while it is made.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Which kind it is.
    pub kind: PackageKind,
    /// What it is made for.
    pub target: TargetName,
    /// Its identity.
    pub nevra: Nevra,
    /// What stands behind the main RPM's name; none for the main RPM itself.
    pub suffix: Option<String>,
    /// The name of the source package that all RPMs of a package are said to come from: the main
    /// RPM's.
    pub source: PackageName,
    /// What it says of itself.
    pub texts: Texts,
    /// What changed, the newest first.
    pub changelog: Vec<Change>,
    /// The build time, seconds since 1970; no file is newer.
    pub time: u32,
    /// The files, in any order.
    pub files: Vec<PlannedFile>,
    /// Its units.
    pub units: Vec<ManagedUnit>,
    /// What it needs and provides.
    pub dependencies: Dependencies,
    /// Its scriptlets, one a phase at most.
    pub scriptlets: Vec<Scriptlet>,
    /// Those of the user's that run after what looks after the units, where that is nothing of the
    /// plan ([`super::Caretaker::Other`]); none otherwise.
    pub late_scriptlets: Vec<Scriptlet>,
    /// Its triggers, in the order in which rpm runs those of one event.
    pub triggers: Vec<Trigger>,
    /// How its payload is compressed.
    pub compression: Compression,
}

/// Everything that an RPM will hold. Complete: made from a [`Draft`] that passed every check, and
/// never changed after.
#[derive(Clone, Debug)]
pub struct Plan {
    draft: Draft,
    has_large_file: bool,
}

impl Plan {
    /// Checks and completes a draft: files sorted by path, as rpmbuild has them, no path twice, no
    /// file newer than the build.
    ///
    /// # Errors
    /// When two files have the same path, a mode has bits beyond `0o7777`, or a text that rpm
    /// shows on one line has several.
    pub fn complete(mut draft: Draft) -> Result<Self, Error> {
        draft.files.sort_by(|a, b| a.path.cmp(&b.path));
        for pair in draft.files.windows(2) {
            if pair[0].path == pair[1].path {
                return Err(Error::Twice {
                    path: pair[0].path.clone(),
                    first: pair[0].reason.clone(),
                    second: pair[1].reason.clone(),
                });
            }
        }
        for file in &mut draft.files {
            if file.mode & !0o7777 != 0 {
                return Err(Error::Mode {
                    path: file.path.clone(),
                    mode: file.mode,
                });
            }
            file.mtime = file.mtime.min(draft.time);
        }
        for (what, text) in [
            ("summary", &draft.texts.summary),
            ("license", &draft.texts.license),
        ] {
            if text.contains(['\n', '\0']) {
                return Err(Error::SeveralLines { what });
            }
        }
        Ok(Plan {
            has_large_file: draft.files.iter().any(is_large),
            draft,
        })
    }

    /// Whether it ships a file of 4 GiB or more, which takes an rpm with `rpmlib(LargeFiles)`.
    pub fn has_large_file(&self) -> bool {
        self.has_large_file
    }
}

impl Deref for Plan {
    type Target = Draft;

    fn deref(&self) -> &Draft {
        &self.draft
    }
}

/// A file that is not there is told of when it is read.
fn is_large(file: &PlannedFile) -> bool {
    let path = file.kind.source_path().filter(|_| !file.flags.ghost);
    let facts = path.and_then(|path| std::fs::metadata(path).ok());
    facts.is_some_and(|facts| u32::try_from(facts.len()).is_err())
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{Compression, Evr};
    use super::*;

    /// A plan without files while it is made.
    pub(crate) fn draft() -> Draft {
        Draft {
            kind: PackageKind::Binary,
            target: crate::target::find("centos8").unwrap(),
            nevra: Nevra {
                name: PackageName::new("hello").unwrap(),
                evr: Evr {
                    epoch: None,
                    version: "1.0.0".into(),
                    release: "1.el8".into(),
                },
                arch: "x86_64".into(),
            },
            suffix: None,
            source: PackageName::new("hello").unwrap(),
            texts: Texts {
                summary: "A hello".into(),
                description: "Says hello".into(),
                license: "MIT".into(),
                url: None,
                vendor: None,
                packager: None,
            },
            changelog: Vec::new(),
            time: 1_700_000_000,
            files: Vec::new(),
            units: Vec::new(),
            dependencies: Dependencies::default(),
            scriptlets: Vec::new(),
            late_scriptlets: Vec::new(),
            triggers: Vec::new(),
            compression: Compression::Gzip(9),
        }
    }
}
