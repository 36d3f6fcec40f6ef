//! The plan of the source package.

use super::{Error, Recipe, SourceFile};
use crate::contents::{FileFlags, FileKind, InstallPath};
use crate::package::{
    Compression, Dependencies, Draft, Nevra, PackageKind, Plan, PlannedFile, Texts,
};

/// What a source package is named in the place of an architecture.
const SRC: &str = "src";

/// The plan of a source package with these files beside the spec file: the archives, and what
/// [`Recipe::beside`] has. `build_arch` is the architecture of the machine that makes it.
///
/// # Errors
/// When two files have one name.
pub fn source_plan(
    recipe: &Recipe<'_>,
    files: Vec<SourceFile>,
    spec: String,
    build_arch: &str,
) -> Result<Plan, Error> {
    let main = recipe.main();
    let file = |file: SourceFile, is_spec: bool| -> Result<PlannedFile, Error> {
        Ok(PlannedFile {
            // A source has a name and no folder.
            path: InstallPath::new(format!("/{}", file.name))?,
            kind: FileKind::Regular(file.source),
            mode: 0o644,
            user: "root".to_owned(),
            group: "root".to_owned(),
            mtime: main.time,
            flags: FileFlags {
                spec: is_spec,
                ..FileFlags::default()
            },
            caps: None,
            reason: "a file of the source package".to_owned(),
        })
    };
    let spec = SourceFile {
        name: recipe.spec_name(),
        source: crate::contents::Source::Bytes(spec.into_bytes()),
    };
    let mut planned = vec![file(spec, true)?];
    for source in files {
        planned.push(file(source, false)?);
    }
    let draft = Draft {
        kind: PackageKind::Source {
            build_arch: build_arch.to_owned(),
            sources: recipe.sources(),
        },
        target: main.target,
        nevra: Nevra {
            arch: SRC.to_owned(),
            ..main.nevra.clone()
        },
        suffix: None,
        source: main.nevra.name.clone(),
        texts: Texts::clone(&main.texts),
        changelog: main.changelog.clone(),
        time: main.time,
        files: planned,
        units: Vec::new(),
        dependencies: Dependencies {
            requires: recipe.build_requires(),
            ..Dependencies::default()
        },
        scriptlets: Vec::new(),
        late_scriptlets: Vec::new(),
        triggers: Vec::new(),
        // Its archives are compressed, and every rpm reads gzip.
        compression: Compression::Gzip(1),
    };
    Ok(Plan::complete(draft)?)
}
