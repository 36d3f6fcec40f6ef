//! From settings to entries.

use super::{Entry, Error, FileFlags, InstallPath, Source};
use crate::project::{Config, Package, Settings, SourceEntry};
use camino::{Utf8Path, Utf8PathBuf};

/// Everything that the package ships as far as it is known without a build, the units aside:
/// declared files, licence and README.
///
/// # Errors
/// When a source is not there or not a plain file, or a destination cannot be one.
pub fn declared(
    package: &Package,
    rpm_name: &str,
    settings: &Settings,
) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    for file in &settings.files {
        entries.push(declared_file(&package.directory, file)?);
    }
    texts(package, rpm_name, &mut entries)?;
    Ok(entries)
}

fn declared_file(project: &Utf8Path, file: &SourceEntry) -> Result<Entry, Error> {
    let asked = file.source.span.as_ref();
    let source = project.join(&file.source.value);
    let mut dest = file.dest.value.clone();
    if dest.ends_with('/') {
        dest.push_str(source.file_name().unwrap_or_default());
    }
    let path = InstallPath::new(dest).map_err(|error| error.at(file.dest.span.as_ref()))?;
    let metadata = std::fs::metadata(&source).map_err(|error| Error::Missing {
        path: source.clone(),
        span: asked.cloned(),
        source: error,
    })?;
    if !metadata.is_file() {
        return Err(Error::NotAFile {
            path: source,
            span: asked.cloned(),
        });
    }
    if !is_inside(&source, project) {
        return Err(Error::Outside {
            path: source,
            span: asked.cloned(),
        });
    }
    let config = match file.config {
        Some(config) => config,
        // Configuration, so that an upgrade never throws away what an administrator wrote.
        None if path.as_str().starts_with("/etc/") => Config::Noreplace,
        None => Config::No,
    };
    let owner = |given: &Option<String>| given.clone().unwrap_or_else(|| "root".to_owned());
    Ok(Entry {
        user: owner(&file.user),
        group: owner(&file.group),
        flags: FileFlags {
            config: config != Config::No,
            noreplace: config == Config::Noreplace,
            ..FileFlags::default()
        },
        span: file.source.span.clone(),
        ..Entry::file(
            path,
            Source::Path(source),
            file.mode.unwrap_or_else(|| default_mode(&metadata)),
            format!("declared in `files` from {}", file.source.value),
        )
    })
}

/// What git keeps of a mode: whether the owner may execute it. The umask of the build machine does
/// not get into the package.
fn default_mode(metadata: &std::fs::Metadata) -> u16 {
    use std::os::unix::fs::PermissionsExt;
    if metadata.permissions().mode() & 0o100 == 0 {
        0o644
    } else {
        0o755
    }
}

/// Links are followed before the comparison, so that none leads out unseen.
fn is_inside(source: &Utf8Path, project: &Utf8Path) -> bool {
    match (source.canonicalize_utf8(), project.canonicalize_utf8()) {
        (Ok(source), Ok(project)) => source.starts_with(project),
        _ => false,
    }
}

/// Licences to `/usr/share/licenses/NAME`, the README to `/usr/share/doc/NAME`.
fn texts(package: &Package, rpm_name: &str, entries: &mut Vec<Entry>) -> Result<(), Error> {
    let licenses = license_files(package)?;
    let readme: Vec<Utf8PathBuf> = package
        .readme
        .iter()
        .filter(|path| path.is_file())
        .cloned()
        .collect();
    let kinds = [
        (
            "licenses",
            "licence",
            licenses,
            FileFlags {
                license: true,
                ..FileFlags::default()
            },
        ),
        (
            "doc",
            "README",
            readme,
            FileFlags {
                doc: true,
                ..FileFlags::default()
            },
        ),
    ];
    for (folder, what, files, flags) in kinds {
        if files.is_empty() {
            continue;
        }
        let dir = format!("/usr/share/{folder}/{rpm_name}");
        entries.push(Entry {
            flags: FileFlags {
                doc: flags.doc,
                ..FileFlags::default()
            },
            ..Entry::directory(
                InstallPath::new(dir.clone())?,
                format!("the folder of the {what}"),
            )
        });
        for file in files {
            let path = InstallPath::new(format!("{dir}/{}", file.file_name().unwrap_or_default()))?;
            entries.push(Entry {
                flags,
                ..Entry::file(
                    path,
                    Source::Path(file),
                    0o644,
                    format!("the {what} of the project"),
                )
            });
        }
    }
    Ok(())
}

/// `license-file`, and the files that are named as licences are.
fn license_files(package: &Package) -> Result<Vec<Utf8PathBuf>, Error> {
    let unreadable = |source| Error::Missing {
        path: package.directory.clone(),
        span: None,
        source,
    };
    let mut files: Vec<Utf8PathBuf> = package
        .license_file
        .iter()
        .filter(|path| path.is_file())
        .cloned()
        .collect();
    for entry in package.directory.read_dir_utf8().map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.into_path();
        let name = path.file_name().unwrap_or_default().to_ascii_uppercase();
        let named = [
            "LICENSE",
            "LICENCE",
            "COPYING",
            "COPYRIGHT",
            "NOTICE",
            "UNLICENSE",
        ]
        .iter()
        .any(|word| name.starts_with(word));
        if named && path.is_file() && !files.contains(&path) {
            files.push(path);
        }
    }
    files.sort();
    files.dedup_by(|a, b| a.file_name() == b.file_name());
    Ok(files)
}
