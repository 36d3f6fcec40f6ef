//! The manual pages and completions of a package: those that are named, else those that are found.

use super::declared::Asked;
use super::pages::{self, Page};
use super::tree::{Found, Kind, expand, is_pattern, walk_to};
use super::{Entry, Error, FileFlags, InstallPath, Source, Texts};
use crate::project::input;
use crate::report::{Span, Spanned};
use camino::{Utf8Path, Utf8PathBuf};

/// Where projects keep manual pages, and in folders named for a section below. Published crates
/// have them so: `doc/fd.1`, `doc/hyperfine.1`, `man/man1/zoxide.1`, `man-page/dust.1`, `gen/sd.1`.
const MANUAL_FOLDERS: [&str; 14] = [
    "man",
    "man-page",
    "manpage",
    "manpages",
    "manual",
    "doc",
    "doc/man",
    "docs",
    "docs/man",
    "assets",
    "assets/man",
    "assets/manual",
    "contrib/man",
    "gen",
];

/// Where they keep completions, and in folders named for a shell below: `completions/just.bash`,
/// `contrib/completions/_zoxide`, `contrib/completion/_fd`, `completions/zsh/_eza`.
const COMPLETION_FOLDERS: [&str; 11] = [
    "completions",
    "completion",
    "complete",
    "contrib/completions",
    "contrib/completion",
    "contrib",
    "assets/completions",
    "assets/completion",
    "etc/completions",
    "gen/completions",
    "extra/completions",
];

/// How deep in the folder of a build script pages are looked for: what it compiles may lie deeper.
const MAX_DEPTH: usize = 4;

type Recognise = fn(&Utf8Path) -> Option<Page>;

/// Those that the settings name.
pub(super) fn named(asked: &Asked<'_>) -> Result<Vec<Entry>, Error> {
    let settings = asked.settings;
    let lists: [(&Option<Vec<_>>, Recognise, &'static str); 2] = [
        (&settings.man, pages::manual, "man"),
        (&settings.completions, pages::completions, "completions"),
    ];
    let mut entries = Vec::new();
    for (list, recognise, key) in lists {
        for source in list.iter().flatten() {
            let source = asked.filled(source)?;
            for path in paths(asked, &source)? {
                let page = recognise(&path).ok_or_else(|| Error::NoPage {
                    path: path.clone(),
                    key,
                    span: source.span.clone(),
                })?;
                entries.push(entry(&path, &page, source.span.as_ref())?);
            }
        }
    }
    Ok(entries)
}

/// The files of one source, links followed.
fn paths(asked: &Asked<'_>, source: &Spanned<String>) -> Result<Vec<Utf8PathBuf>, Error> {
    let (project, span) = (&asked.package.directory, source.span.as_ref());
    let paths: Vec<Utf8PathBuf> = if is_pattern(&source.value) {
        let found = expand(project, &source.value, span)?;
        let files = found.into_iter().filter(|found| found.kind != Kind::Folder);
        files.map(|found| found.path).collect()
    } else {
        vec![project.join(&source.value)]
    };
    for path in &paths {
        if Kind::followed(path, span)? == Kind::Folder {
            return Err(Error::NotAFile {
                path: path.clone(),
                span: span.cloned(),
            });
        }
        let inside = path
            .canonicalize_utf8()
            .ok()
            .zip(project.canonicalize_utf8().ok());
        if !inside.is_some_and(|(path, project)| path.starts_with(project)) {
            return Err(Error::Outside {
                path: path.clone(),
                span: span.cloned(),
            });
        }
    }
    Ok(paths)
}

/// Those that lie in the usual folders of the project, of the packaged binaries; the pages of a
/// folder that is named for pages alone are all taken.
pub(super) fn in_project(asked: &Asked<'_>) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    if asked.settings.man.is_none() {
        for folder in MANUAL_FOLDERS {
            let is_for_pages = folder
                .rsplit('/')
                .next()
                .is_some_and(|name| name.starts_with("man"));
            let below = (1..=9).map(|number| format!("{folder}/man{number}"));
            for folder in std::iter::once(folder.to_owned()).chain(below) {
                for (path, page) in list(asked, &folder, pages::manual) {
                    let is_own = match owner(asked, &page) {
                        Owner::This => true,
                        Owner::Another => false,
                        // Of the package as a whole, so the main RPM's.
                        Owner::Nobody => is_for_pages && asked.texts == Texts::All,
                    };
                    if is_own {
                        entries.push(entry(&path, &page, None)?);
                    }
                }
            }
        }
    }
    if asked.settings.completions.is_none() {
        for folder in COMPLETION_FOLDERS {
            let below = ["bash", "zsh", "fish"].map(|shell| format!("{folder}/{shell}"));
            for folder in std::iter::once(folder.to_owned()).chain(below) {
                for (path, page) in list(asked, &folder, pages::completions) {
                    if owner(asked, &page) == Owner::This {
                        entries.push(entry(&path, &page, None)?);
                    }
                }
            }
        }
    }
    Ok(entries)
}

/// Those that a build script wrote, of the packaged binaries.
pub(super) fn in_build_folder(asked: &Asked<'_>, folder: &Utf8Path) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    // What a build script leaves besides may be anything: where it cannot be walked, none is found.
    let found = walk_to(folder, MAX_DEPTH, None).unwrap_or_default();
    let is_file = |found: &Found| matches!(found.kind, Kind::File { .. });
    let files = found.into_iter().filter(is_file);
    for found in files {
        let manual = pages::manual(&found.path).filter(|_| asked.settings.man.is_none());
        let completions = asked.settings.completions.is_none();
        let page = manual.or_else(|| pages::completions(&found.path).filter(|_| completions));
        if let Some(page) = page.filter(|page| owner(asked, page) == Owner::This) {
            let entry = entry(&found.path, &page, None)?;
            entries.push(Entry {
                reason: format!("written by the build script: {}", found.below),
                ..entry
            });
        }
    }
    Ok(entries)
}

/// The files of a folder of the project that are pages, in the order of names.
fn list(asked: &Asked<'_>, folder: &str, recognise: Recognise) -> Vec<(Utf8PathBuf, Page)> {
    let folder = asked.package.directory.join(folder);
    // Nobody named the folder, so one that is not there or cannot be read has nothing.
    let Ok(entries) = folder.read_dir_utf8() else {
        return Vec::new();
    };
    let paths = entries.flatten().map(camino::Utf8DirEntry::into_path);
    let mut paths: Vec<Utf8PathBuf> = paths
        .filter(|path| path.symlink_metadata().is_ok_and(|facts| facts.is_file()))
        .collect();
    paths.sort();
    let pages = paths.into_iter();
    pages
        .filter_map(|path| recognise(&path).map(|page| (path, page)))
        .collect()
}

/// The RPM of the package that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    This,
    Another,
    Nobody,
}

/// Whose a page is, by the binary that it is of: `hello` has `hello`, `hello-sub` and `hello.conf`,
/// but not `hello-ctl` where that is a binary too.
fn owner(asked: &Asked<'_>, page: &Page) -> Owner {
    let longest = |bins: &[String]| {
        let is_of = |bin: &&String| {
            let rest = page.of.strip_prefix(bin.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
        };
        bins.iter().filter(is_of).map(String::len).max()
    };
    match (longest(asked.bins), longest(asked.other_bins)) {
        (None, None) => Owner::Nobody,
        (own, others) if own >= others => Owner::This,
        _ => Owner::Another,
    }
}

fn entry(path: &Utf8Path, page: &Page, span: Option<&Span>) -> Result<Entry, Error> {
    let source = if page.compress {
        let gzipped = input::read(path, input::MAX_TEXT).and_then(|bytes| pages::gzip(&bytes));
        Source::Bytes(gzipped.map_err(|source| Error::Missing {
            path: path.to_owned(),
            span: span.cloned(),
            source,
        })?)
    } else {
        Source::Path(path.to_owned())
    };
    let is_manual = page.dest.starts_with("/usr/share/man/");
    let what = if is_manual {
        "manual page"
    } else {
        "completions"
    };
    let reason = format!("the {what} of `{}`", page.of);
    Ok(Entry {
        flags: FileFlags {
            // As rpmbuild does, so that `--nodocs` leaves them out.
            doc: is_manual,
            ..FileFlags::default()
        },
        span: span.cloned(),
        ..Entry::file(InstallPath::new(page.dest.clone())?, source, 0o644, reason)
    })
}
