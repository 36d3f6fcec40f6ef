//! What a package needs, as repodata tell it: less than its header says, because clients need not
//! know what a package fulfils by itself.

use crate::package::Relation;
use crate::rpm::read::{FileEntry, Metadata, ReadDependency};
use crate::rpm::tag::sense;
use rpm_version::Evr;
use rpmrepo_metadata::{Requirement, RequirementType};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

/// What is needed before the package's own files are there: `Requires(pre)`, `Requires(post)` and the
/// plain `PreReq` of old packages (`RPMSENSE_PREREQ`).
const BEFORE: u32 = 1 << 6 | sense::SCRIPT_PRE | sense::SCRIPT_POST;

/// The bits of a comparison.
const COMPARISON: u32 = sense::LESS | sense::GREATER | sense::EQUAL;

/// A list of dependencies that is told as it is.
pub(super) fn entries(metadata: &Metadata, relation: Relation) -> Vec<Requirement> {
    let all = metadata.dependencies(relation);
    all.iter().map(requirement).collect()
}

/// What the package needs of others.
pub(super) fn requires(metadata: &Metadata, files: &[FileEntry<'_>]) -> Vec<Requirement> {
    let own_files: HashSet<String> = files
        .iter()
        .map(FileEntry::path)
        .filter(|path| rpmrepo_metadata::utils::is_primary_file(path))
        .collect();
    let provides = metadata.provides();
    let provided: HashSet<_> = provides.iter().map(key).collect();
    let mut told: HashMap<String, Requirement> = HashMap::new();
    let mut libc: Option<Requirement> = None;
    let mut requires = Vec::new();
    for dependency in metadata.requires() {
        let is_own = own_files.contains(&dependency.name) || provided.contains(&key(&dependency));
        if dependency.name.starts_with("rpmlib(") || is_own {
            continue;
        }
        let needed = requirement(&dependency);
        let needed = needed.set_preinstall(dependency.flags & BEFORE != 0);
        if needed.name().starts_with("libc.so.6") {
            // Who has the newest symbols of glibc has the older ones too.
            let is_newer = |known: &Requirement| compare_libc(known.name(), needed.name()).is_lt();
            if libc.as_ref().is_none_or(is_newer) {
                libc = Some(needed);
            }
        } else if told.get(needed.name()) != Some(&needed) {
            // As createrepo_c: one that comes twice is told once, unless another of its name comes
            // between.
            told.insert(needed.name().to_owned(), needed.clone());
            requires.push(needed);
        }
    }
    requires.extend(libc);
    requires
}

fn key(dependency: &ReadDependency) -> (String, u32, String) {
    let ReadDependency {
        name,
        version,
        flags,
    } = dependency;
    (name.clone(), flags & COMPARISON, version.clone())
}

fn requirement(dependency: &ReadDependency) -> Requirement {
    let comparison = match dependency.flags & COMPARISON {
        sense::LESS => Some(RequirementType::LT),
        sense::GREATER => Some(RequirementType::GT),
        sense::EQUAL => Some(RequirementType::EQ),
        flags if flags == sense::LESS | sense::EQUAL => Some(RequirementType::LE),
        flags if flags == sense::GREATER | sense::EQUAL => Some(RequirementType::GE),
        _ => None,
    };
    let requirement = Requirement::new(dependency.name.clone()).set_flags(comparison);
    if dependency.version.is_empty() {
        return requirement;
    }
    let version = Evr::parse(&dependency.version);
    let or = |text: &str, otherwise: Option<&str>| {
        let text = Some(text).filter(|text| !text.is_empty()).or(otherwise);
        text.map(str::to_owned)
    };
    requirement
        .set_epoch(or(version.epoch(), Some("0")))
        .set_version(or(version.version(), Some("")))
        .set_release(or(version.release(), None))
}

/// Which of two `libc.so.6(…)` asks for more: by the version of its symbols, none being the least.
fn compare_libc(one: &str, other: &str) -> Ordering {
    let version = |name: &str| {
        let symbols = name.split_once('(')?.1.split_once(')')?.0;
        let start = symbols.find(|character: char| character.is_ascii_digit())?;
        Some(symbols[start..].to_owned())
    };
    match (version(one), version(other)) {
        (Some(one), Some(other)) => rpm_version::rpm_evr_compare(&one, &other),
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}
