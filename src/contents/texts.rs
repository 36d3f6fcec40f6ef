//! The texts that a package has without being told: licences and the README.

use super::{Entry, Error, FileFlags, InstallPath, Source};
use crate::project::Package;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

/// Which of the project's texts an RPM of it ships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// Licences and README: it is the main RPM.
    All,
    /// The licences: it can be installed without the main RPM, and they go along with the work.
    Licences,
    /// None: the main RPM, which it needs, has them.
    None,
}

/// Licences to `/usr/share/licenses/NAME`, the README to `/usr/share/doc/NAME`.
pub(super) fn texts(
    package: &Package,
    workspace_root: &Utf8Path,
    rpm_name: &str,
    shipped: Texts,
) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    let licenses = match shipped {
        Texts::All | Texts::Licences => license_files(package, workspace_root)?,
        Texts::None => Vec::new(),
    };
    let readme = package.readme.iter().filter(|path| path.is_file());
    let readme: Vec<Utf8PathBuf> = match shipped {
        Texts::All => readme.cloned().collect(),
        Texts::Licences | Texts::None => Vec::new(),
    };
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
    Ok(entries)
}

/// `license-file` and the files that are named as licences are; for a member of a workspace that
/// has none, those of the workspace. Of two with one name the first counts.
fn license_files(package: &Package, workspace_root: &Utf8Path) -> Result<Vec<Utf8PathBuf>, Error> {
    let named = package.license_file.iter().filter(|path| path.is_file());
    let mut files: Vec<Utf8PathBuf> = named.cloned().collect();
    files.extend(licenses_in(&package.directory)?);
    if files.is_empty() {
        files = licenses_in(workspace_root)?;
    }
    let mut seen = BTreeSet::new();
    files.retain(|path| seen.insert(path.file_name().unwrap_or_default().to_owned()));
    files.sort();
    Ok(files)
}

fn licenses_in(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>, Error> {
    let unreadable = |source| Error::Missing {
        path: folder.to_owned(),
        span: None,
        source,
    };
    let mut files = Vec::new();
    for entry in folder.read_dir_utf8().map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.into_path();
        if path.file_name().is_some_and(is_license) && path.is_file() {
            files.push(path);
        }
    }
    Ok(files)
}

/// Whether a file is named as licences are: by one of the words, alone or with more behind a dot,
/// a hyphen or an underscore. An extension must be one of texts, or a name or number of a licence
/// (`COPYING.LESSER`, `LICENSE-APACHE-2.0`), so that no program and no data is taken for one.
pub fn is_license(name: &str) -> bool {
    const WORDS: [&str; 6] = [
        "LICENSE",
        "LICENCE",
        "COPYING",
        "COPYRIGHT",
        "NOTICE",
        "UNLICENSE",
    ];
    const TEXTS: [&str; 4] = ["txt", "md", "rst", "html"];
    let upper = name.to_ascii_uppercase();
    let rest = WORDS.iter().find_map(|word| upper.strip_prefix(word));
    let separated = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']));
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    separated
        && extension.is_none_or(|extension| {
            TEXTS.contains(&extension.to_ascii_lowercase().as_str())
                || !extension.contains(|c: char| c.is_ascii_lowercase())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_told_from_what_is_merely_about_them() {
        for name in [
            "LICENSE",
            "license.txt",
            "LICENSE-MIT",
            "LICENSE-APACHE-2.0",
            "Copying.md",
            "COPYING.LESSER",
            "NOTICE",
            "UNLICENSE",
            "LICENCE_MIT.html",
        ] {
            assert!(is_license(name), "{name}");
        }
        for name in [
            "LICENSE-CHECK.py",
            "notices.json",
            "licenses",
            "license.rs",
            "notice.tpl",
            "COPYRIGHTS.txt",
        ] {
            assert!(!is_license(name), "{name}");
        }
    }
}
