//! From settings to entries.

use super::capabilities::Capabilities;
use super::found;
use super::merge::Merge;
use super::sources;
use super::texts::{Texts, texts};
use super::{Entry, Error, FileFlags, FileKind, InstallPath, Source, system};
use crate::project::{
    Attributes, BinaryCaps, Config, GhostEntry, LinkEntry, Package, Placeholders, Settings,
};
use crate::report::{Diagnostic, Span, Spanned};
use crate::target::Profile;
use camino::Utf8Path;
use std::collections::BTreeMap;

/// Which RPM of which package for which target.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The package.
    pub package: &'a Package,
    /// The root of its workspace.
    pub workspace_root: &'a Utf8Path,
    /// The name of the RPM.
    pub rpm_name: &'a str,
    /// What the user set for the target.
    pub settings: &'a Settings,
    /// The binaries that it ships.
    pub bins: &'a [String],
    /// The binaries that other RPMs of the package ship.
    pub other_bins: &'a [String],
    /// Which of the project's texts it ships; the main RPM has all.
    pub texts: Texts,
    /// Where they are installed.
    pub bin_dir: &'a str,
    /// The target.
    pub profile: &'a Profile,
}

/// What a package ships as far as it is known without a build.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// The entries, each path once.
    pub entries: Vec<Entry>,
    /// What is odd about them.
    pub warnings: Vec<Diagnostic>,
}

impl Asked<'_> {
    /// A text of the settings with its placeholders filled.
    pub(super) fn filled(&self, text: &Spanned<String>) -> Result<Spanned<String>, Error> {
        let placeholders = Placeholders {
            bin_dir: self.bin_dir,
            name: self.rpm_name,
            version: &self.package.version.to_string(),
            evr: None,
            target: &self.profile.name,
        };
        Ok(Spanned {
            value: placeholders.fill(text)?,
            span: text.span.clone(),
        })
    }
}

/// Everything that the package ships as far as it is known without a build, the units aside:
/// declared files, folders, links and ghosts, manual pages and completions, licence and README, and
/// the folders that all of them need and the system does not have.
///
/// # Errors
/// When a source is not there or cannot be shipped, a destination cannot be one or is one twice, or
/// a text of the settings is none of its kind.
pub fn declared(asked: &Asked<'_>) -> Result<Declared, Error> {
    merged(asked).map_err(|error| error.seen_from(&asked.package.directory))
}

fn merged(asked: &Asked<'_>) -> Result<Declared, Error> {
    let contents = &asked.settings.contents;
    let mut merge = Merge::default();
    for dir in &contents.dirs {
        merge.add(directory(asked, &dir.dest, &dir.attributes)?)?;
    }
    for one in &contents.ghosts {
        merge.add(ghost(asked, one)?)?;
    }
    for one in &contents.symlinks {
        merge.add(link(asked, one)?)?;
    }
    let mut links = Vec::new();
    for file in &contents.files {
        for entry in sources::entries(asked, file)? {
            if matches!(entry.kind, FileKind::Symlink(_)) {
                links.push(entry.path.clone());
            }
            merge.add_of_tree(entry)?;
        }
    }
    for page in found::named(asked)? {
        merge.add(page)?;
    }
    let texts = texts(
        asked.package,
        asked.workspace_root,
        asked.rpm_name,
        asked.texts,
    )?;
    for entry in found::in_project(asked)?.into_iter().chain(texts) {
        merge.add_unless_taken(entry);
    }
    let mut entries = merge.finish()?;
    let folders = system::missing_folders(&entries)?;
    entries.extend(folders);
    Ok(Declared {
        warnings: super::warnings::of_declared(asked, &entries, &links),
        entries,
    })
}

/// What the build script of the package wrote into its folder (`OUT_DIR`) of manual pages and
/// completions, beside the entries that there are already; these come first.
///
/// # Errors
/// When the folder cannot be read.
pub fn generated(
    asked: &Asked<'_>,
    folder: &Utf8Path,
    known: &[Entry],
) -> Result<Vec<Entry>, Error> {
    let mut all = known.to_vec();
    for entry in found::in_build_folder(asked, folder)? {
        if !all.iter().any(|known| known.path == entry.path) {
            all.push(entry);
        }
    }
    let folders = system::missing_folders(&all)?;
    all.extend(folders);
    Ok(all.split_off(known.len()))
}

/// The capabilities of binaries, by name.
///
/// # Errors
/// When a name is none of the packaged binaries, or a text none of capabilities.
pub fn bin_caps(
    settings: &Settings,
    bins: &[String],
    profile: &Profile,
) -> Result<BTreeMap<String, Capabilities>, Error> {
    let mut all = BTreeMap::new();
    for BinaryCaps { binary: name, caps } in &settings.bin_caps {
        if !bins.contains(&name.value) {
            return Err(Error::NoSuchBinary {
                name: name.value.clone(),
                known: bins.to_vec(),
                span: name.span.clone(),
            });
        }
        all.insert(name.value.clone(), Capabilities::parse(caps, profile)?);
    }
    Ok(all)
}

/// The path of an entry; a slash at its end is left out.
fn path(asked: &Asked<'_>, dest: &Spanned<String>) -> Result<InstallPath, Error> {
    let filled = asked.filled(dest)?.value;
    let trimmed = match filled.trim_end_matches('/') {
        "" => filled.as_str(),
        trimmed => trimmed,
    };
    InstallPath::new(trimmed).map_err(|error| error.at(dest.span.as_ref()))
}

fn directory(
    asked: &Asked<'_>,
    dest: &Spanned<String>,
    attributes: &Attributes,
) -> Result<Entry, Error> {
    let entry = Entry::directory(path(asked, dest)?, "one of `dirs`");
    Ok(owned(entry, attributes, dest))
}

fn ghost(asked: &Asked<'_>, ghost: &GhostEntry) -> Result<Entry, Error> {
    const REASON: &str = "one of `ghosts`";
    let path = path(asked, &ghost.dest)?;
    let entry = if ghost.dest.value.ends_with('/') {
        Entry::directory(path, REASON)
    } else {
        Entry::file(path, Source::Bytes(Vec::new()), 0o644, REASON)
    };
    let flags = FileFlags {
        ghost: true,
        ..flags(&entry, ghost.config, ghost.missingok)
    };
    let entry = owned(entry, &ghost.attributes, &ghost.dest);
    Ok(Entry { flags, ..entry })
}

fn link(asked: &Asked<'_>, link: &LinkEntry) -> Result<Entry, Error> {
    let target = asked.filled(&link.target)?.value;
    refuse_control(&target, link.target.span.as_ref())?;
    let entry = symlink(path(asked, &link.dest)?, target, "one of `symlinks`");
    Ok(Entry {
        span: link.dest.span.clone(),
        flags: flags(&entry, None, false),
        ..entry
    })
}

fn owned(entry: Entry, attributes: &Attributes, dest: &Spanned<String>) -> Entry {
    let owner = |given: &Option<String>| given.clone().unwrap_or_else(|| "root".to_owned());
    Entry {
        mode: attributes.mode.unwrap_or(entry.mode),
        user: owner(&attributes.user),
        group: owner(&attributes.group),
        span: Option::<Span>::clone(&dest.span),
        ..entry
    }
}

/// Where a link points is written into scripts and lists, as its path is.
pub(super) fn refuse_control(target: &str, span: Option<&Span>) -> Result<(), Error> {
    match target.contains(char::is_control) {
        true => Err(Error::Target {
            target: target.to_owned(),
            span: span.cloned(),
        }),
        false => Ok(()),
    }
}

/// A link of root's.
pub(super) fn symlink(path: InstallPath, target: String, reason: impl Into<String>) -> Entry {
    Entry {
        kind: FileKind::Symlink(target),
        ..Entry::file(path, Source::Bytes(Vec::new()), 0o777, reason)
    }
}

/// What is below `/etc` is configuration, so that an upgrade never throws away what an
/// administrator wrote; a folder never is.
pub(super) fn flags(entry: &Entry, config: Option<Config>, missingok: bool) -> FileFlags {
    let is_folder = entry.kind == FileKind::Directory;
    let config = match config {
        _ if is_folder => Config::No,
        Some(config) => config,
        None if entry.path.as_str().starts_with("/etc/") => Config::Noreplace,
        None => Config::No,
    };
    FileFlags {
        config: config != Config::No,
        noreplace: config == Config::Noreplace,
        missingok: missingok && !is_folder,
        ..FileFlags::default()
    }
}
