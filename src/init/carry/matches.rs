//! The files that an asset names, and where each goes, as the other tool reads it.

use super::Tool;
use super::carried::Carried;
use crate::contents::{Across, Glob};
use camino::{Utf8Path, Utf8PathBuf};

/// The deepest folder that a pattern is looked for in.
const DEEPEST: usize = 12;

/// A file that an asset names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// Where it lies.
    pub(super) path: Utf8PathBuf,
    /// Its path below the destination.
    pub(super) below: Utf8PathBuf,
}

/// What an asset names.
#[derive(Clone, Debug)]
pub(super) struct Matches {
    /// The source as seen from the package's folder.
    pub(super) source: String,
    /// The files.
    pub(super) files: Vec<Match>,
    /// Whether our pattern of the same text names the same files for the same places.
    pub(super) same_pattern: bool,
}

/// Whether the tool reads a source as a pattern.
pub(super) fn is_pattern(tool: Tool, source: &str) -> bool {
    match tool {
        Tool::GenerateRpm => source.contains('*'),
        Tool::Deb => source.contains(['*', '[', ']', '!']),
    }
}

/// Looks for the files of a source. cargo-generate-rpm looks from the folder that it is started in,
/// for a member that of the workspace, before the package's own.
pub(super) fn find(carried: &Carried<'_>, source: &str) -> Matches {
    let package = &carried.asked.package.directory;
    let root = &carried.asked.workspace.root;
    let folders = match carried.tool {
        Tool::GenerateRpm if root != package => vec![root, package],
        _ => vec![package],
    };
    for folder in folders {
        let files = files(carried.tool, folder, source);
        if !files.is_empty() {
            return Matches {
                source: seen_from(package, folder, source),
                same_pattern: is_same_pattern(folder, source, &files),
                files,
            };
        }
    }
    Matches {
        source: source.to_owned(),
        files: Vec::new(),
        same_pattern: false,
    }
}

/// A path below a folder as one above the package would write it: `../../LICENSE`.
pub(super) fn seen_from(package: &Utf8Path, folder: &Utf8Path, source: &str) -> String {
    let source = source.trim_start_matches("./");
    match package.strip_prefix(folder) {
        Ok(below) => "../".repeat(below.components().count()) + source,
        Err(_) => source.to_owned(),
    }
}

fn files(tool: Tool, folder: &Utf8Path, source: &str) -> Vec<Match> {
    let path = folder.join(source);
    if !is_pattern(tool, source) {
        let name = path.file_name().unwrap_or_default().into();
        let found = path.exists().then_some(Match { path, below: name });
        return found.into_iter().collect();
    }
    let Some(matcher) = matcher(source) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    walk(
        &folder.join(literal(source)),
        DEEPEST,
        &mut |path, is_folder| {
            let below = path.strip_prefix(folder).unwrap_or(path);
            if !is_folder && matcher.is_match(below) {
                found.push(Match {
                    path: path.to_owned(),
                    below: placed(tool, folder, source, below),
                });
            }
        },
    );
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn matcher(source: &str) -> Option<Glob> {
    let source = source.trim_start_matches("./");
    Glob::parse(source, Across::Nothing).ok()
}

/// The folders of a pattern that are written without a wildcard.
fn literal(source: &str) -> &str {
    let source = source.trim_start_matches("./");
    let before = &source[..source
        .find(['*', '?', '[', '{', '!'])
        .unwrap_or(source.len())];
    before.rfind('/').map_or("", |at| &before[..at])
}

/// The path below the destination.
fn placed(tool: Tool, folder: &Utf8Path, source: &str, below: &Utf8Path) -> Utf8PathBuf {
    let skipped = match tool {
        // What stands before the first `*`, if that is a folder; else the folder that it is in.
        Tool::GenerateRpm => {
            let before = source.split('*').next().unwrap_or_default();
            match folder.join(before).is_dir() {
                true => Utf8Path::new(before),
                false => Utf8Path::new(before).parent().unwrap_or(Utf8Path::new("")),
            }
        }
        // The name alone, unless a folder is a pattern and the name too.
        Tool::Deb => {
            let whole = Utf8Path::new(source);
            let is_wild = |part: &str| is_pattern(Tool::Deb, part);
            let parent = whole.parent().unwrap_or(Utf8Path::new(""));
            let deep = whole.file_name().is_some_and(is_wild) && is_wild(parent.as_str());
            match deep {
                true => Utf8Path::new(literal(source)),
                false => below.parent().unwrap_or(Utf8Path::new("")),
            }
        }
    };
    below.strip_prefix(skipped).unwrap_or(below).to_owned()
}

/// Whether ours names the same: it takes whole folders too, leaves out what begins with a dot, and
/// keeps paths below the last folder without a wildcard.
fn is_same_pattern(folder: &Utf8Path, source: &str, files: &[Match]) -> bool {
    let Some(matcher) = matcher(source) else {
        return false;
    };
    let base = literal(source);
    let same_place = files.iter().all(|file| {
        let below = file.path.strip_prefix(folder.join(base));
        below.is_ok_and(|below| below == file.below)
            && !file
                .below
                .components()
                .any(|part| part.as_str().starts_with('.'))
    });
    let mut takes_folder = false;
    walk(&folder.join(base), DEEPEST, &mut |path, is_folder| {
        let below = path.strip_prefix(folder).unwrap_or(path);
        takes_folder |= is_folder && matcher.is_match(below);
    });
    same_place && !takes_folder
}

/// Visits what is below a folder, builds aside; one that cannot be read has nothing.
fn walk(folder: &Utf8Path, depth: usize, visit: &mut dyn FnMut(&Utf8Path, bool)) {
    if depth == 0 {
        return;
    }
    for entry in folder.read_dir_utf8().into_iter().flatten().flatten() {
        let path = entry.path();
        let is_link = path.is_symlink();
        let is_folder = path.is_dir();
        let is_build = is_folder && (path.join("CACHEDIR.TAG").exists() || path.ends_with(".git"));
        if is_build {
            continue;
        }
        visit(path, is_folder);
        if is_folder && !is_link {
            walk(path, depth - 1, visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tool_keeps_the_paths_that_it_keeps() {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        for file in ["a/b/x.png", "a/c/x.png", "a/top.png", "a/.hidden.png"] {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let seen = |tool, source: &str| {
            let files = files(tool, root, source);
            let same = is_same_pattern(root, source, &files);
            let below: Vec<&str> = files.iter().map(|file| file.below.as_str()).collect();
            format!("{} {same}", below.join(" "))
        };
        use Tool::{Deb, GenerateRpm};
        assert_eq!(seen(GenerateRpm, "a/*/x.png"), "b/x.png c/x.png true");
        assert_eq!(seen(Deb, "a/*/x.png"), "x.png x.png false");
        assert_eq!(seen(Deb, "a/*/*.png"), "b/x.png c/x.png true");
        // Neither takes folders, and both take what begins with a dot.
        assert_eq!(seen(GenerateRpm, "a/*"), ".hidden.png top.png false");
        assert_eq!(seen(GenerateRpm, "a/t*.png"), "top.png true");
        assert_eq!(seen(GenerateRpm, "a/top.png"), "top.png true");
        assert_eq!(seen(GenerateRpm, "b/*"), " true");
    }
}
