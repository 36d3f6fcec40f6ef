//! Whether a binary will run on a target, judged from what it says of itself.
//!
//! cargo's exit code says nothing of this: flags, variables and configuration can each make a
//! build succeed with the libraries of the building machine.

use super::elf::{ElfFacts, Kind};
use super::runs::{self, Lacking};
use super::{Arch, Error};
use crate::report::Diagnostic;
use crate::target::{GlibcVersion, Profile};
use camino::Utf8PathBuf;

/// How many symbols a message names.
const NAMED: usize = 5;

/// A binary that was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binary {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub path: Utf8PathBuf,
    /// What it says of itself.
    pub facts: ElfFacts,
}

/// Who made a binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Maker {
    /// cargo-zigbuild.
    Zig,
    /// cargo, with the host's own libraries.
    Cargo,
    /// The user's command.
    Command,
    /// Somebody, before.
    Unknown,
}

/// What is known of how a binary was made; it decides which way out a refusal names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Who made it.
    pub(crate) maker: Maker,
    /// The linker that the rustflags choose.
    pub(crate) linker: Option<String>,
    /// Whether the rustflags ask for a static C library.
    pub(crate) crt_static: bool,
}

/// Judges a binary for a target; returns warnings and notes.
///
/// # Errors
/// When it will not run there.
pub(super) fn judge(
    binary: &Binary,
    arch: Arch,
    profile: &Profile,
    origin: &Origin,
) -> Result<Vec<Diagnostic>, Error> {
    let facts = &binary.facts;
    if facts.arch != Some(arch) {
        return Err(Error::OtherArch {
            path: binary.path.clone(),
            wanted: arch,
            found: facts.arch,
            machine: facts.machine,
        });
    }
    if matches!(facts.kind, Kind::SharedLibrary | Kind::Other) && !facts.is_static() {
        return Err(Error::NoProgram {
            path: binary.path.clone(),
        });
    }
    if let Some(alignment) = runs::small_alignment(facts, profile) {
        return Err(Error::Alignment {
            bin: binary.name.clone(),
            target: profile.name.clone(),
            alignment,
        });
    }
    if facts.is_static() {
        return Ok(Vec::new());
    }
    if origin.crt_static {
        return Err(Error::NotStatic {
            bin: binary.name.clone(),
            arch,
        });
    }
    if facts.interpreter.as_deref() != Some(arch.glibc_loader()) {
        return Err(Error::Loader {
            bin: binary.name.clone(),
            found: facts.interpreter.clone(),
            wanted: arch.glibc_loader(),
        });
    }
    check_glibc(binary, profile, origin)?;
    Ok(libraries(binary, profile))
}

fn check_glibc(binary: &Binary, profile: &Profile, origin: &Origin) -> Result<(), Error> {
    let limit = profile.glibc.value;
    let above = runs::glibc_above(&binary.facts, limit);
    let Some((highest, _)) = above.first() else {
        return Ok(());
    };
    let names: Vec<String> = above
        .iter()
        .flat_map(|(_, needed)| {
            needed
                .symbols
                .iter()
                .map(|symbol| format!("{}@{}", symbol.name, needed.version))
        })
        .take(NAMED)
        .collect();
    let all: usize = above.iter().map(|(_, needed)| needed.symbol_count).sum();
    let versions = above.iter().map(|(_, needed)| needed.version.clone());
    Err(Error::NewerGlibc(Box::new(NewerGlibc {
        bin: binary.name.clone(),
        target: profile.name.clone(),
        limit,
        highest: *highest,
        versions: versions.collect(),
        more: all.saturating_sub(names.len()),
        symbols: names,
        origin: origin.clone(),
    })))
}

/// A binary that asks for a later glibc than the target has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewerGlibc {
    /// The binary.
    pub bin: String,
    /// The target.
    pub target: String,
    /// The target's glibc.
    pub limit: GlibcVersion,
    /// The highest version asked for.
    pub highest: GlibcVersion,
    /// The versions above the target's, highest first.
    pub versions: Vec<String>,
    /// Some symbols of those versions, as `NAME@VERSION`.
    pub symbols: Vec<String>,
    /// How many more there are.
    pub more: usize,
    /// How it was made.
    pub origin: Origin,
}

/// What is to be said of the libraries it asks for beside glibc's.
fn libraries(binary: &Binary, profile: &Profile) -> Vec<Diagnostic> {
    let mut said = Vec::new();
    let lacking: Vec<Lacking> = runs::lacking(&binary.facts, profile)
        .into_iter()
        .filter(|lacking| !matches!(lacking, Lacking::Unknown { .. }))
        .collect();
    for library in &binary.facts.needed {
        if runs::is_of_glibc(&binary.facts, library) {
            continue;
        }
        let title = format!("`{}` needs {library}", binary.name);
        said.push(if library.starts_with("libgcc_s.so.") {
            Diagnostic::note(title)
                .with_note(format!("it is in the package libgcc, which {} always has", profile.name))
        } else {
            let versions = versions_of(binary, library);
            let mut warning = Diagnostic::warning(title).with_note(format!(
                "the RPM will require it, and installs only where a package of {} provides it",
                profile.name
            ));
            for lacking in lacking.iter().filter(|lacking| lacking.library() == library) {
                warning = warning.with_note(lacking.told(&profile.title));
            }
            if !versions.is_empty() {
                warning = warning.with_note(format!("at the versions {}", versions.join(", ")));
            }
            warning.with_help(
                "libraries of the building machine often have another name there; the crate that brings it may have a `vendored`, `bundled` or `static` feature",
            )
        });
    }
    for diagnostic in &mut said {
        diagnostic.targets.push(profile.name.clone());
    }
    said
}

fn versions_of<'a>(binary: &'a Binary, library: &str) -> Vec<&'a str> {
    let of_it = binary
        .facts
        .versions
        .iter()
        .filter(|v| v.library == library);
    of_it.map(|needed| needed.version.as_str()).collect()
}

#[cfg(test)]
mod tests;
