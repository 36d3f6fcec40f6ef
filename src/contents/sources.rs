//! One item of `files`: a file, what a pattern matches, or a whole folder.

use super::capabilities::Capabilities;
use super::declared::{Asked, flags, refuse_control, symlink};
use super::tree::{Found, Kind, expand, is_pattern, walk};
use super::{Entry, Error, FileFlags, FileKind, InstallPath, Source, system};
use crate::project::SourceEntry;
use crate::report::{Span, Spanned};
use camino::{Utf8Path, Utf8PathBuf};

/// The folders whose files rpmbuild takes for documentation without being told (rpm 4.14.3,
/// `processPackageFiles` in `build/files.c`).
const DOC_FOLDERS: [&str; 3] = ["/usr/share/doc/", "/usr/share/man/", "/usr/share/info/"];

/// The entries of an item.
pub(super) fn entries(asked: &Asked<'_>, file: &SourceEntry) -> Result<Vec<Entry>, Error> {
    let source = asked.filled(&file.source)?;
    let dest = asked.filled(&file.dest)?;
    let span = source.span.as_ref();
    let caps = file.caps.as_ref();
    let caps = caps.map(|caps| Capabilities::parse(caps, asked.profile));
    let caps = caps.transpose()?;
    let project = &asked.package.directory;
    let found = look(project, file, &source, &dest.value)?;
    let mut entries = Vec::new();
    for (found, path) in found {
        // The root of a package is nobody's, as are the folders that the system has.
        let is_root = path.trim_matches('/').is_empty();
        if found.kind == Kind::Folder && (is_root || system::has_folder(&path)) {
            continue;
        }
        let path = InstallPath::new(path).map_err(|error| error.at(dest.span.as_ref()))?;
        if let (Some(_), Kind::Folder | Kind::Link(_)) = (&caps, &found.kind) {
            return Err(Error::CapabilitiesOfFolder {
                path: found.path,
                span: file.caps.as_ref().and_then(|caps| caps.span.clone()),
            });
        }
        refuse_link_into_project(project, &found, span)?;
        if let Kind::Link(target) = &found.kind {
            refuse_control(target, span)?;
        }
        let entry = entry(file, found, path, &source);
        let is_file = matches!(entry.kind, FileKind::Regular(_));
        entries.push(Entry {
            caps: caps.clone().filter(|_| is_file),
            ..entry
        });
    }
    Ok(entries)
}

/// What the source stands for, each with its path on the target.
fn look(
    project: &Utf8Path,
    file: &SourceEntry,
    source: &Spanned<String>,
    dest: &str,
) -> Result<Vec<(Found, String)>, Error> {
    let span = source.span.as_ref();
    let path = match source.value.trim_end_matches('/') {
        // The root of the file system, and not the project.
        "" if source.value.starts_with('/') => Utf8PathBuf::from("/"),
        plain => project.join(plain),
    };
    if is_pattern(&source.value) && path.symlink_metadata().is_err() {
        let Some(folder) = dest.strip_suffix('/') else {
            return Err(Error::PatternDest {
                pattern: source.value.clone(),
                dest: dest.to_owned(),
                span: file.dest.span.clone(),
            });
        };
        let found = expand(project, &source.value, span)?;
        for one in &found {
            refuse_outside(project, &one.path, file, span)?;
        }
        let placed = found.into_iter().map(|found| {
            let path = format!("{folder}/{}", found.below);
            (found, path)
        });
        return Ok(placed.collect());
    }
    let kind = Kind::followed(&path, span)?;
    refuse_outside(project, &path, file, span)?;
    let own = match dest.ends_with('/') {
        true => format!("{dest}{}", path.file_name().unwrap_or_default()),
        false => dest.to_owned(),
    };
    if kind != Kind::Folder {
        let below = String::new();
        return Ok(vec![(Found { path, below, kind }, own)]);
    }
    let placed = walk(&path, span)?.into_iter().map(|found| {
        let place = match found.below.as_str() {
            "" => own.clone(),
            below => format!("{own}/{below}"),
        };
        (found, place)
    });
    Ok(placed.collect())
}

/// Where something really lies: the folder's links are followed, so that none leads out unseen,
/// its own is not where it is kept as a link.
fn refuse_outside(
    project: &Utf8Path,
    path: &Utf8Path,
    file: &SourceEntry,
    span: Option<&Span>,
) -> Result<(), Error> {
    let kept_link = is_pattern(&file.source.value) && path.is_symlink();
    let real = match (kept_link, path.parent()) {
        (true, Some(folder)) => folder.canonicalize_utf8(),
        _ => path.canonicalize_utf8(),
    };
    let inside = match (real, project.canonicalize_utf8()) {
        (Ok(real), Ok(project)) => real.starts_with(project),
        _ => false,
    };
    if inside || file.outside_project {
        return Ok(());
    }
    Err(Error::Outside {
        path: path.to_owned(),
        span: span.cloned(),
    })
}

/// A link that is written as a full path into the project leads nowhere on the target.
fn refuse_link_into_project(
    project: &Utf8Path,
    found: &Found,
    span: Option<&Span>,
) -> Result<(), Error> {
    match &found.kind {
        Kind::Link(target) if Utf8Path::new(target).starts_with(project) => {
            Err(Error::LinkIntoProject {
                path: found.path.clone(),
                span: span.cloned(),
            })
        }
        _ => Ok(()),
    }
}

fn entry(file: &SourceEntry, found: Found, path: InstallPath, source: &Spanned<String>) -> Entry {
    let reason = format!("declared in `files` from {}", source.value);
    let attributes = &file.attributes;
    let usual = |executable: bool| if executable { 0o755 } else { 0o644 };
    let entry = match found.kind {
        Kind::Folder => {
            let mode = attributes.mode.map_or(0o755, folder_mode);
            Entry {
                mode,
                ..Entry::directory(path, reason)
            }
        }
        Kind::Link(target) => symlink(path, target, reason),
        Kind::File { executable } => {
            let mode = attributes.mode.unwrap_or_else(|| usual(executable));
            Entry::file(
                path,
                Source::Path(Utf8PathBuf::clone(&found.path)),
                mode,
                reason,
            )
        }
    };
    let owner = |given: &Option<String>| given.clone().unwrap_or_else(|| "root".to_owned());
    let is_doc = |folder: &&str| entry.path.as_str().starts_with(folder);
    let is_link = matches!(entry.kind, FileKind::Symlink(_));
    Entry {
        user: if is_link {
            "root".to_owned()
        } else {
            owner(&attributes.user)
        },
        group: if is_link {
            "root".to_owned()
        } else {
            owner(&attributes.group)
        },
        flags: FileFlags {
            doc: file.doc || DOC_FOLDERS.iter().any(is_doc),
            license: file.license,
            ..flags(&entry, file.config, file.missingok)
        },
        span: source.span.clone(),
        ..entry
    }
}

/// The mode of a folder whose files have this one: who may read them may enter it. Bits beyond the
/// permissions mean other things on folders.
fn folder_mode(mode: u16) -> u16 {
    let readers = mode & 0o444;
    (mode & 0o777) | (readers >> 2)
}

#[cfg(test)]
mod tests {
    use super::folder_mode;

    #[test]
    fn who_may_read_a_file_may_enter_its_folder() {
        for (file, folder) in [
            (0o640, 0o750),
            (0o600, 0o700),
            (0o4755, 0o755),
            (0o644, 0o755),
        ] {
            assert_eq!(folder_mode(file), folder, "{file:o}");
        }
    }
}
