//! The files that cargo builds the package from.

use super::{Error, cargo_config};
use crate::disk;
use crate::project::input;
use crate::project::{Package, Workspace};
use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The folder of vendored dependencies within the tree. Not `vendor`: a project may have one of its
/// own.
pub const VENDOR_DIR: &str = "ambot-vendor";

/// The file that says which dependencies there are.
const LOCK: &str = "Cargo.lock";

/// Where cargo's configuration lies in a workspace (The Cargo Book, "Configuration"; the second is
/// of cargo before 1.39, and is still read).
const CONFIG: [&str; 2] = [".cargo/config.toml", ".cargo/config"];

/// The files of the workspace that a source package has, and what they say of dependencies.
///
/// They lie as in the workspace. A member alone, as `cargo package` would publish it, has lost the
/// profiles, patches and path dependencies of its workspace, and would be another program.
#[derive(Clone, Debug)]
pub struct Tree {
    files: BTreeMap<Utf8PathBuf, Utf8PathBuf>,
    /// Whether there are dependencies that must be vendored.
    pub has_dependencies: bool,
}

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    source: Option<String>,
}

impl Tree {
    /// Whether there is a lock file that others can build by.
    ///
    /// # Errors
    /// When there is none, or a dependency in it lies outside the workspace.
    pub fn check_lock(workspace: &Workspace) -> Result<(), Error> {
        has_dependencies(&workspace.root.join(LOCK), &workspace.packages).map(|_| ())
    }

    /// Puts together what cargo lists for each member, its manifest and the targets that it names
    /// (cargo leaves an excluded test out of what it publishes, and out of the manifest too, which here
    /// stays as it is), the manifest of the workspace, its lock file, and its configuration of cargo,
    /// which cargo does not list where it lies in no git repository.
    ///
    /// # Errors
    /// As [`check_lock`](Self::check_lock).
    pub fn new(
        workspace: &Workspace,
        listed: &[(&Package, Vec<Utf8PathBuf>)],
    ) -> Result<Self, Error> {
        let mut files = BTreeMap::new();
        let mut add = |path: Utf8PathBuf| {
            if let Ok(inside) = path.strip_prefix(&workspace.root)
                && path.is_file()
            {
                files.insert(inside.to_owned(), path);
            }
        };
        for (package, paths) in listed {
            for path in paths {
                // A member's own lock file counts for nothing, and cargo lists one for all.
                if path != LOCK && !disk::is_unfinished(path) {
                    add(package.directory.join(path));
                }
            }
            package.sources.iter().cloned().for_each(&mut add);
        }
        for name in CONFIG {
            add(workspace.root.join(name));
        }
        let lock = workspace.root.join(LOCK);
        add(workspace.root.join("Cargo.toml"));
        add(lock.clone());
        Ok(Tree {
            files,
            has_dependencies: has_dependencies(&lock, &workspace.packages)?,
        })
    }

    /// Looks at what would be published.
    ///
    /// # Errors
    /// When cargo's configuration has a secret in it, or a file is one of tokens.
    pub fn refuse_secrets(&self) -> Result<(), Error> {
        for (inside, path) in self.files() {
            cargo_config::refuse_credentials(path)?;
            if CONFIG.iter().any(|config| inside == *config) {
                cargo_config::refuse_secrets(path)?;
            }
        }
        Ok(())
    }

    /// The files: the path in the tree, and the file.
    pub fn files(&self) -> impl Iterator<Item = (&Utf8Path, &Utf8Path)> {
        let pairs = self.files.iter();
        pairs.map(|(inside, path)| (inside.as_path(), path.as_path()))
    }

    /// Where a file lies in the tree, if it does.
    pub(super) fn find(&self, file: &Utf8Path) -> Option<&Utf8Path> {
        let found = self.files.iter().find(|(_, path)| *path == file);
        found.map(|(inside, _)| inside.as_path())
    }
}

fn has_dependencies(path: &Utf8Path, members: &[Package]) -> Result<bool, Error> {
    let text = input::read_text(path, input::MAX_TEXT).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => Error::NoLock {
            path: path.to_owned(),
        },
        _ => Error::Read {
            path: path.to_owned(),
            source,
        },
    })?;
    let lock: Lock = toml::from_str(&text).map_err(|error| Error::Lock {
        path: path.to_owned(),
        message: error.message().to_owned(),
    })?;
    let is_member = |name: &str| members.iter().any(|member| member.name == name);
    let local = lock.package.iter().filter(|locked| locked.source.is_none());
    if let Some(locked) = local.into_iter().find(|locked| !is_member(&locked.name)) {
        return Err(Error::Outside {
            name: locked.name.clone(),
        });
    }
    Ok(lock.package.iter().any(|locked| locked.source.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(text: &str) -> Result<bool, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path())
            .unwrap()
            .join("Cargo.lock");
        std::fs::write(&path, text).unwrap();
        has_dependencies(&path, &[])
    }

    #[test]
    fn a_lock_file_tells_what_must_be_vendored_and_what_cannot_be() {
        assert!(!lock("version = 4\n").unwrap());
        let registry =
            "[[package]]\nname = \"itoa\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n";
        assert!(lock(registry).unwrap());
        let outside = "[[package]]\nname = \"elsewhere\"\nversion = \"1.0.0\"\n";
        let error = lock(outside).unwrap_err();
        assert!(matches!(error, Error::Outside { name } if name == "elsewhere"));
        assert!(matches!(lock("package = 1"), Err(Error::Lock { .. })));
        let missing = has_dependencies(Utf8Path::new("/no/such/Cargo.lock"), &[]);
        assert!(matches!(missing, Err(Error::NoLock { .. })));
    }
}
