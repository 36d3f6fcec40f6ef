//! Where what is made goes.

use super::{Error, Format};
use crate::package::Plan;
use crate::target::TargetName;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

/// The place that the command line gave, understood.
#[derive(Clone, Debug)]
pub(super) enum Output {
    /// None: a folder for each target below cargo's.
    PerTarget(Utf8PathBuf),
    /// A folder.
    Folder(Utf8PathBuf),
    /// A file, for the one thing that the run makes. What the build brings to light besides, debug
    /// information, lies beside it under a name of its own.
    File(Utf8PathBuf),
}

impl Output {
    /// A name that ends as those of a form that is made and is no folder is a file; any other is a
    /// folder.
    pub(super) fn new(
        given: Option<&Utf8Path>,
        target_directory: &Utf8Path,
        counts: &[(Format, usize)],
    ) -> Result<Self, Error> {
        let Some(path) = given else {
            return Ok(Output::PerTarget(target_directory.join("ambot")));
        };
        let mut endings = counts.iter().map(|(format, _)| format.ending());
        let is_file = endings.any(|ending| path.as_str().ends_with(ending));
        if !is_file || path.is_dir() {
            return Ok(Output::Folder(path.to_owned()));
        }
        if counts.iter().map(|(_, count)| count).sum::<usize>() > 1 {
            let said = counts
                .iter()
                .map(|(format, count)| format!("{count} {}", format.noun(*count)));
            return Err(Error::OneFile {
                path: path.to_owned(),
                made: said.collect(),
            });
        }
        Ok(Output::File(path.to_owned()))
    }

    /// Where a file will lie; `is_main` where it is that of the main RPM of its package.
    pub(super) fn path(&self, target: &TargetName, file_name: &str, is_main: bool) -> Utf8PathBuf {
        match self {
            Output::PerTarget(root) => root.join(target.as_str()).join(file_name),
            Output::Folder(folder) => folder.join(file_name),
            Output::File(path) if is_main => path.clone(),
            Output::File(path) => folder_of(path).join(file_name),
        }
    }

    /// Where the RPM of a plan will lie.
    pub(super) fn path_of(&self, plan: &Plan) -> Utf8PathBuf {
        let is_main = plan.suffix.is_none();
        self.path(&plan.target, &plan.nevra.file_name(), is_main)
    }
}

/// The folder of a file.
pub(super) fn folder_of(path: &Utf8Path) -> Utf8PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_str().is_empty() => parent.to_owned(),
        _ => Utf8PathBuf::from("."),
    }
}

/// The folders that a run made. When it ends, those in which nothing lies are removed again.
#[derive(Debug, Default)]
pub(super) struct MadeFolders {
    /// Those that were not there before, the outer ones first.
    made: Vec<Utf8PathBuf>,
}

impl MadeFolders {
    /// Makes the folders of files, before anything is built for them.
    pub(super) fn make(&mut self, paths: &[Utf8PathBuf]) -> Result<(), Error> {
        let folders: BTreeSet<Utf8PathBuf> = paths.iter().map(|path| folder_of(path)).collect();
        for folder in folders {
            let unwritable = |source| Error::Output {
                path: folder.clone(),
                source,
            };
            let missing = folder
                .ancestors()
                .take_while(|part| !part.as_str().is_empty() && !part.exists());
            let mut missing: Vec<Utf8PathBuf> = missing.map(Utf8Path::to_owned).collect();
            missing.reverse();
            self.made.extend(missing);
            std::fs::create_dir_all(&folder).map_err(unwritable)?;
            // Asked now, because a build may take minutes: can a file be made here at all?
            tempfile::tempfile_in(&folder).map_err(unwritable)?;
        }
        Ok(())
    }
}

impl Drop for MadeFolders {
    fn drop(&mut self) {
        for folder in self.made.iter().rev() {
            // Fails where something lies in it, which then is what was made.
            let _ = std::fs::remove_dir(folder);
        }
    }
}
