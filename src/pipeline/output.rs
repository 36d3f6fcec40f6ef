//! Where an RPM goes.

use super::Error;
use crate::target::TargetName;
use camino::{Utf8Path, Utf8PathBuf};

/// The place that the command line gave, understood.
#[derive(Clone, Debug)]
pub(super) enum Output {
    /// None: a folder for each target below cargo's.
    PerTarget(Utf8PathBuf),
    /// A folder.
    Folder(Utf8PathBuf),
    /// A file, for the one RPM of the run.
    File(Utf8PathBuf),
}

impl Output {
    /// A name that ends in `.rpm` and is no folder is a file; any other is a folder.
    pub(super) fn new(
        given: Option<&Utf8Path>,
        target_directory: &Utf8Path,
        count: usize,
    ) -> Result<Self, Error> {
        let Some(path) = given else {
            return Ok(Output::PerTarget(target_directory.join("ambot")));
        };
        if path.extension() != Some("rpm") || path.is_dir() || path.as_str().ends_with('/') {
            return Ok(Output::Folder(path.to_owned()));
        }
        if count > 1 {
            return Err(Error::OneFile {
                path: path.to_owned(),
                count,
            });
        }
        Ok(Output::File(path.to_owned()))
    }

    pub(super) fn path(&self, target: &TargetName, file_name: &str) -> Utf8PathBuf {
        match self {
            Output::PerTarget(root) => root.join(target.as_str()).join(file_name),
            Output::Folder(folder) => folder.join(file_name),
            Output::File(path) => path.clone(),
        }
    }
}

/// Makes the folder of a file, before anything is built for it.
pub(super) fn make_folder(path: &Utf8Path) -> Result<Utf8PathBuf, Error> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_str().is_empty() => parent.to_owned(),
        _ => Utf8PathBuf::from("."),
    };
    let unwritable = |source| Error::Output {
        path: folder.clone(),
        source,
    };
    std::fs::create_dir_all(&folder).map_err(unwritable)?;
    // Asked now, because a build may take minutes: can a file be made here at all?
    tempfile::tempfile_in(&folder).map_err(unwritable)?;
    Ok(folder)
}
