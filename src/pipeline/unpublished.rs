//! Files that packages are signed with: nothing that is made may hold one.

use super::check::Checked;
use super::{Error, KeySource, PassphraseSource, SignRequest};
use crate::contents::{FileKind, Source};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

/// The keys and passphrases that the settings, the command line and the environment name.
#[derive(Debug)]
pub(super) struct Unpublished {
    files: BTreeSet<Utf8PathBuf>,
    /// The folder that errors show files from.
    root: Utf8PathBuf,
}

impl Unpublished {
    pub(super) fn of(checked: &Checked, signing: Option<&SignRequest>) -> Self {
        let mut files: Vec<Utf8PathBuf> = Vec::new();
        for package in &checked.packages {
            for target in &package.targets {
                let table = &target.parts[0].settings.sign;
                for name in [&table.key, &table.passphrase_file].into_iter().flatten() {
                    let folders = [&package.project.package.directory, &checked.workspace.root];
                    files.extend(folders.map(|folder| folder.join(&name.value)));
                }
            }
        }
        if let Some(signing) = signing {
            if let Some(KeySource::File(path) | KeySource::HiddenFile(path)) = &signing.key {
                files.push(path.clone());
            }
            if let Some(PassphraseSource::HiddenFile(path)) = &signing.passphrase {
                files.push(path.clone());
            }
        }
        // One that is not there is told of where it is needed.
        let real = files.iter().map(|file| file.canonicalize_utf8());
        Unpublished {
            files: real.filter_map(Result::ok).collect(),
            root: checked.workspace.root.clone(),
        }
    }

    /// # Errors
    /// When a file is one of them.
    pub(super) fn refuse(&self, file: &Utf8Path, where_to: &'static str) -> Result<(), Error> {
        if self.files.is_empty() {
            return Ok(());
        }
        match file.canonicalize_utf8() {
            Ok(real) if self.files.contains(&real) => Err(Error::Unpublished {
                path: file.strip_prefix(&self.root).unwrap_or(file).to_owned(),
                where_to,
            }),
            _ => Ok(()),
        }
    }

    /// # Errors
    /// When one would be a file of a package.
    pub(super) fn refuse_contents(&self, checked: &Checked) -> Result<(), Error> {
        let targets = checked.packages.iter().flat_map(|package| &package.targets);
        let parts = targets.flat_map(|target| &target.parts);
        for entry in parts.flat_map(|part| &part.contents) {
            if let FileKind::Regular(Source::Path(path)) = &entry.kind {
                self.refuse(path, "the package")?;
            }
        }
        Ok(())
    }
}
