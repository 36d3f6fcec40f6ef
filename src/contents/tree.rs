//! Folders of the project, walked; and patterns over them.
//!
//! Links are not followed, so a walk comes to its end and leaves no folder. Everything comes in the
//! order of names, whatever the file system says.

use super::{Across, Error, Glob};
use crate::report::Span;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::{FileType, Metadata};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};

/// What was found at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file, and whether its owner may execute it: what git keeps of a mode. The umask of the
    /// build machine does not get into the package.
    File { executable: bool },
    /// A folder.
    Folder,
    /// A symbolic link and where it points.
    Link(String),
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it lies.
    pub(super) path: Utf8PathBuf,
    /// Its path below where the search began; empty for that itself.
    pub(super) below: String,
    /// What it is.
    pub(super) kind: Kind,
}

impl Kind {
    /// What a path is, its link not followed.
    fn of(path: &Utf8Path, span: Option<&Span>) -> Result<Self, Error> {
        let metadata =
            std::fs::symlink_metadata(path).map_err(|error| missing(path, span, error))?;
        if metadata.is_symlink() {
            let target = path.read_link_utf8();
            return match target {
                Ok(target) => Ok(Kind::Link(target.into_string())),
                Err(error) => Err(missing(path, span, error)),
            };
        }
        Kind::of_metadata(path, &metadata, span)
    }

    /// What a path is once its links are followed.
    pub(super) fn followed(path: &Utf8Path, span: Option<&Span>) -> Result<Self, Error> {
        let metadata = std::fs::metadata(path).map_err(|error| missing(path, span, error))?;
        Kind::of_metadata(path, &metadata, span)
    }

    fn of_metadata(
        path: &Utf8Path,
        metadata: &Metadata,
        span: Option<&Span>,
    ) -> Result<Self, Error> {
        if metadata.is_dir() {
            return Ok(Kind::Folder);
        }
        if metadata.is_file() {
            let executable = metadata.permissions().mode() & 0o100 != 0;
            return Ok(Kind::File { executable });
        }
        Err(Error::Special {
            path: path.to_owned(),
            what: special(metadata.file_type()),
            span: span.cloned(),
        })
    }
}

fn special(kind: FileType) -> &'static str {
    if kind.is_socket() {
        "a socket"
    } else if kind.is_fifo() {
        "a pipe"
    } else {
        "a device"
    }
}

fn missing(path: &Utf8Path, span: Option<&Span>, source: std::io::Error) -> Error {
    Error::Missing {
        path: path.to_owned(),
        span: span.cloned(),
        source,
    }
}

/// The names in a folder, sorted.
fn names(folder: &Utf8Path, span: Option<&Span>) -> Result<Vec<String>, Error> {
    let failed = |error| missing(folder, span, error);
    let mut names = Vec::new();
    for entry in folder.as_std_path().read_dir().map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        names.push(name.into_string().map_err(|name| Error::Name {
            folder: folder.to_owned(),
            name: name.to_string_lossy().into_owned(),
            span: span.cloned(),
        })?);
    }
    names.sort();
    Ok(names)
}

fn join(below: &str, name: &str) -> String {
    if below.is_empty() {
        name.to_owned()
    } else {
        format!("{below}/{name}")
    }
}

/// How many parts a path has.
fn parts(below: &str) -> usize {
    below.split('/').filter(|part| !part.is_empty()).count()
}

/// Everything in a folder, itself first.
pub(super) fn walk(root: &Utf8Path, span: Option<&Span>) -> Result<Vec<Found>, Error> {
    walk_to(root, usize::MAX, span)
}

/// As [`walk`], with paths of this many parts at most.
pub(super) fn walk_to(
    root: &Utf8Path,
    depth: usize,
    span: Option<&Span>,
) -> Result<Vec<Found>, Error> {
    let mut found = Vec::new();
    let mut next = vec![Found {
        path: root.to_owned(),
        below: String::new(),
        kind: Kind::Folder,
    }];
    while let Some(here) = next.pop() {
        if here.kind == Kind::Folder && parts(&here.below) < depth {
            let mut inside = Vec::new();
            for name in names(&here.path, span)? {
                let path = here.path.join(&name);
                let kind = Kind::of(&path, span)?;
                let below = join(&here.below, &name);
                inside.push(Found { path, below, kind });
            }
            next.extend(inside.into_iter().rev());
        }
        found.push(here);
    }
    Ok(found)
}

/// Whether a source is a pattern.
pub(super) fn is_pattern(source: &str) -> bool {
    source.contains(['*', '?', '[', '{'])
}

/// A pattern, parted into the folder that it begins in and what is matched below it.
struct Pattern {
    matcher: Glob,
    /// How deep it reaches; nothing where it has `**`.
    depth: Option<usize>,
    /// Whether it asks for names that begin with a dot, which `*` does not match, as in a shell.
    hidden: bool,
}

/// What a pattern matches, and whole folders that it matches with all that is in them. Of each the
/// path below the last folder that the pattern names without a wildcard.
pub(super) fn expand(
    project: &Utf8Path,
    source: &str,
    span: Option<&Span>,
) -> Result<Vec<Found>, Error> {
    let parts: Vec<&str> = source.split('/').collect();
    let fixed = parts.iter().take_while(|part| !is_pattern(part)).count();
    let folder = project.join(parts[..fixed].join("/"));
    let folder = if source.starts_with('/') {
        Utf8PathBuf::from(format!("/{}", parts[..fixed].join("/").trim_matches('/')))
    } else {
        folder
    };
    let rest = parts[fixed..].join("/");
    let pattern = Pattern {
        matcher: Glob::parse(&rest, Across::Nothing).map_err(|problem| Error::Pattern {
            pattern: source.to_owned(),
            problem,
            span: span.cloned(),
        })?,
        depth: (!rest.contains("**")).then(|| rest.split('/').count()),
        hidden: rest.split('/').any(|part| part.starts_with('.')),
    };
    let mut found = Vec::new();
    if folder.is_dir() {
        search(&pattern, &folder, "", span, &mut found)?;
    }
    if found.is_empty() {
        return Err(Error::NoMatch {
            pattern: source.to_owned(),
            folder,
            span: span.cloned(),
        });
    }
    Ok(found)
}

fn search(
    pattern: &Pattern,
    folder: &Utf8Path,
    below: &str,
    span: Option<&Span>,
    found: &mut Vec<Found>,
) -> Result<(), Error> {
    // What cargo and other programs mark as their cache (CACHEDIR.TAG, the Cache Directory Tagging
    // Specification) is nothing that somebody wrote.
    if !below.is_empty() && folder.join("CACHEDIR.TAG").is_file() {
        return Ok(());
    }
    let depth = parts(below) + 1;
    for name in names(folder, span)? {
        if name.starts_with('.') && !pattern.hidden {
            continue;
        }
        let path = folder.join(&name);
        let below = join(below, &name);
        let is_match = pattern.matcher.is_match(&below);
        let is_folder = || path.symlink_metadata().is_ok_and(|facts| facts.is_dir());
        if is_match && is_folder() {
            let inside = walk(&path, span)?.into_iter();
            found.extend(inside.map(|inner| Found {
                below: join(&below, &inner.below).trim_end_matches('/').to_owned(),
                ..inner
            }));
        } else if is_match {
            let kind = Kind::of(&path, span)?;
            found.push(Found { path, below, kind });
        } else if pattern.depth.is_none_or(|most| depth < most) && is_folder() {
            search(pattern, &path, &below, span, found)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
        for file in [
            "etc/b.toml",
            "etc/a.toml",
            "etc/sub/c.toml",
            "etc/.hidden.toml",
            "x",
        ] {
            let file = path.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        std::fs::create_dir(path.join("etc/empty")).unwrap();
        std::os::unix::fs::symlink("a.toml", path.join("etc/link.toml")).unwrap();
        std::os::unix::fs::symlink("..", path.join("etc/up")).unwrap();
        (folder, path)
    }

    fn below(found: Result<Vec<Found>, Error>) -> Vec<String> {
        found
            .unwrap()
            .into_iter()
            .map(|found| found.below)
            .collect()
    }

    #[test]
    fn a_walk_keeps_links_and_empty_folders_in_the_order_of_names() {
        let (_keep, project) = project();
        let found = walk(&project.join("etc"), None).unwrap();
        let kinds: Vec<String> = found
            .iter()
            .map(|found| format!("{} {:?}", found.below, found.kind))
            .collect();
        insta::assert_snapshot!(kinds.join("\n"), @r#"
         Folder
        .hidden.toml File { executable: false }
        a.toml File { executable: false }
        b.toml File { executable: false }
        empty Folder
        link.toml Link("a.toml")
        sub Folder
        sub/c.toml File { executable: false }
        up Link("..")
        "#);
    }

    #[test]
    fn a_walk_goes_as_deep_as_it_is_told() {
        let (_keep, project) = project();
        let deepest = |depth| {
            let found = below(walk_to(&project, depth, None));
            found.iter().map(|below| parts(below)).max()
        };
        assert_eq!(
            (deepest(1), deepest(2), deepest(9)),
            (Some(1), Some(2), Some(3))
        );
    }

    #[test]
    fn a_pattern_matches_as_in_a_shell() {
        let (_keep, project) = project();
        let matched = |pattern| below(expand(&project, pattern, None));
        assert_eq!(matched("etc/*.toml"), ["a.toml", "b.toml", "link.toml"]);
        assert_eq!(
            matched("etc/**/*.toml"),
            ["a.toml", "b.toml", "link.toml", "sub/c.toml"]
        );
        assert_eq!(matched("*/s*"), ["etc/sub", "etc/sub/c.toml"]);
        assert_eq!(matched("etc/.h*"), [".hidden.toml"]);
        assert_eq!(matched("{x,y}"), ["x"]);
        assert_eq!(matched(&format!("{project}/e*/a*"))[0], "etc/a.toml");
    }

    #[test]
    fn a_pattern_that_is_none_or_matches_nothing_is_told() {
        let (_keep, project) = project();
        for pattern in ["etc/*.conf", "no/*.toml", "etc/[a"] {
            assert!(expand(&project, pattern, None).is_err(), "{pattern}");
        }
    }

    #[test]
    fn a_pattern_does_not_reach_into_caches() {
        let (_keep, project) = project();
        std::fs::create_dir(project.join("target")).unwrap();
        std::fs::write(project.join("target/CACHEDIR.TAG"), "").unwrap();
        std::fs::write(project.join("target/d.toml"), "").unwrap();
        assert!(!below(expand(&project, "**/*.toml", None)).contains(&"target/d.toml".to_owned()));
    }

    #[test]
    fn a_socket_is_nothing_to_ship() {
        let (_keep, project) = project();
        let _socket = std::os::unix::net::UnixListener::bind(project.join("etc/s")).unwrap();
        let error = walk(&project.join("etc"), None).unwrap_err();
        assert!(error.to_string().ends_with("is a socket"), "{error}");
        assert!(expand(&project, "etc/*.toml", None).is_ok());
    }
}
