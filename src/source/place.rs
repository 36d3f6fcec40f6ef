//! Where each file of a plan comes from when others build it.

use super::{SourceFile, Tree};
use crate::contents::{FileKind, InstallPath, Source};
use crate::package::{BIN_DIR, PlanSet, PlannedFile};
use camino::Utf8PathBuf;
use std::collections::{BTreeMap, BTreeSet};

/// Where the bytes of an installed file come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// cargo builds it: the name of the binary.
    Built(String),
    /// It lies in the tree that is built.
    Tree(Utf8PathBuf),
    /// It is a source of its own: its file name.
    Beside(String),
}

/// The place of every regular file.
pub(super) type Places = BTreeMap<InstallPath, Place>;

/// Finds them, and the sources that lie beside the spec file, in the order of their numbers.
pub(super) fn places(plans: &PlanSet, built: &[String], tree: &Tree) -> (Places, Vec<SourceFile>) {
    let mut places = Places::new();
    let mut beside: Vec<(&InstallPath, &Source)> = Vec::new();
    for file in plans.iter().flat_map(|plan| &plan.files) {
        let Some(source) = shipped(file) else {
            continue;
        };
        let bin = file.path.as_str().strip_prefix(BIN_DIR);
        let bin = bin.and_then(|name| name.strip_prefix('/'));
        let in_tree = match source {
            // A line break in a line of the spec could begin a section of it.
            Source::Path(path) => tree
                .find(path)
                .filter(|inside| !inside.as_str().contains('\n')),
            Source::Bytes(_) => None,
        };
        match (bin.filter(|name| built.iter().any(|b| b == name)), in_tree) {
            (Some(name), _) => {
                places.insert(file.path.clone(), Place::Built(name.to_owned()));
            }
            (None, Some(inside)) => {
                places.insert(file.path.clone(), Place::Tree(inside.to_owned()));
            }
            (None, None) => beside.push((&file.path, source)),
        }
    }
    let names = names(&beside.iter().map(|(path, _)| *path).collect::<Vec<_>>());
    let mut files = Vec::new();
    for ((path, source), name) in beside.into_iter().zip(names) {
        places.insert(path.clone(), Place::Beside(name.clone()));
        files.push(SourceFile {
            name,
            source: source.clone(),
        });
    }
    (places, files)
}

/// The bytes of a file that is installed, if it has any.
pub(super) fn shipped(file: &PlannedFile) -> Option<&Source> {
    match &file.kind {
        FileKind::Regular(source) if !file.flags.ghost => Some(source),
        _ => None,
    }
}

/// File names for installed paths: the last part of each, with as many of the folders before it as
/// tell it from the others. What lies in a folder of snippets, as `sysusers.d` is one, has that
/// folder's name in any case.
fn names(paths: &[&InstallPath]) -> Vec<String> {
    let name = |path: &InstallPath, depth: usize| {
        let parts: Vec<&str> = path.as_str().trim_start_matches('/').split('/').collect();
        let first = parts.len().saturating_sub(depth);
        let name = parts[first..].join("-");
        // rpmbuild expands macros in the names of sources, and takes some letters for patterns.
        let good = |c: char| c.is_ascii_alphanumeric() || "._+-@".contains(c);
        name.replace(|c: char| !good(c), "_")
    };
    let in_snippets = |path: &InstallPath| path.dir_name().ends_with(".d/");
    let mut names = Vec::new();
    let mut taken = BTreeSet::new();
    for path in paths {
        let least = if in_snippets(path) { 2 } else { 1 };
        let is_unique = |depth: &usize| {
            let own = name(path, *depth);
            let others = paths.iter().filter(|other| name(other, *depth) == own);
            others.count() == 1
        };
        let depth = (least..=path.as_str().matches('/').count())
            .find(is_unique)
            .unwrap_or(usize::MAX);
        let mut unique = name(path, depth);
        // Paths that differ in nothing but letters that no name has.
        while !taken.insert(unique.clone()) {
            unique.push('_');
        }
        names.push(unique);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_tell_files_apart() {
        let paths = [
            "/etc/hello/a b.toml",
            "/etc/hello/a%b.toml",
            "/usr/lib/systemd/system/hello.service",
            "/usr/lib/systemd/system/hello.service.d/50-install.conf",
            "/usr/lib/systemd/system/other.service.d/50-install.conf",
            "/usr/lib/sysusers.d/hello.conf",
            "/usr/share/a/README",
            "/usr/share/b/README",
        ]
        .map(|path| InstallPath::new(path).unwrap());
        insta::assert_snapshot!(names(&paths.iter().collect::<Vec<_>>()).join("\n"), @r"
        etc-hello-a_b.toml
        etc-hello-a_b.toml_
        hello.service
        hello.service.d-50-install.conf
        other.service.d-50-install.conf
        sysusers.d-hello.conf
        a-README
        b-README
        ");
    }
}
