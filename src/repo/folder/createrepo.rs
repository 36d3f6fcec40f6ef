//! Metadata made by createrepo_c, for who wants its own: the same files, put in place the same way.

use super::Error;
use super::change::Change;
use crate::build::{Interrupt, ending, run_quietly};
use crate::disk;
use crate::repo::repodata::{Repomd, UNFINISHED};
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::File;
use std::process::Command;
use tempfile::TempDir;

/// What createrepo_c made, in a folder that is deleted with this.
#[derive(Debug)]
pub(super) struct Made {
    /// The elements of `repomd.xml` of its files.
    pub(super) records: Vec<String>,
    /// Each file, and its name in `repodata`.
    pub(super) files: Vec<(Utf8PathBuf, String)>,
    _folder: TempDir,
}

/// Runs it for the packages of a change, whose files are in their places.
pub(super) fn run(
    folder: &Utf8Path,
    change: &Change,
    time: u64,
    interrupt: &Interrupt,
) -> Result<Made, Error> {
    let failed = |what: String, said: String| Error::Createrepo { what, said };
    let write = |source| Error::Write {
        path: folder.to_owned(),
        source,
    };
    let temporary = disk::workshop(folder, UNFINISHED).map_err(write)?;
    let Some(output) = Utf8Path::from_path(temporary.path()) else {
        return Err(failed(
            "needs a folder whose path is UTF-8".to_owned(),
            String::new(),
        ));
    };
    let list = output.join("packages");
    let hrefs: String = change
        .entries
        .iter()
        .map(|entry| format!("{}\n", entry.href))
        .collect();
    std::fs::write(&list, hrefs).map_err(write)?;
    let mut command = Command::new("createrepo_c");
    command
        .args([
            "--quiet",
            "--no-database",
            "--unique-md-filenames",
            "--error-exit-val",
        ])
        .args([
            "--checksum=sha256",
            "--general-compress-type=gz",
            "--update",
        ])
        .arg(format!("--update-md-path={folder}"))
        .arg(format!("--outputdir={output}"))
        .arg(format!("--pkglist={list}"))
        .arg(format!("--revision={time}"))
        .arg("--set-timestamp-to-revision")
        .arg("--")
        .arg(folder);
    let ran = run_quietly(&mut command, interrupt).map_err(|error| match error {
        crate::build::Error::Interrupted { signal } => Error::Interrupted { signal },
        crate::build::Error::Start { source, .. } => {
            failed(format!("cannot be started: {source}"), String::new())
        }
        other => failed(format!("failed: {other}"), String::new()),
    })?;
    let (status, said) = ran;
    if !status.success() {
        return Err(failed(format!("ended with {}", ending(status)), said));
    }
    let path = output.join("repodata/repomd.xml");
    let file = File::open(&path).map_err(|source| Error::Read {
        path: path.clone(),
        source,
    })?;
    let repomd = Repomd::read(file).map_err(|what| {
        failed(
            format!("wrote a repomd.xml that cannot be read: {what}"),
            said,
        )
    })?;
    let mut made = Made {
        records: Vec::new(),
        files: Vec::new(),
        _folder: temporary,
    };
    for record in repomd.about_packages() {
        let name = record.href.rsplit('/').next().unwrap_or_default();
        made.files
            .push((path.with_file_name(name), name.to_owned()));
        made.records.push(record.text.clone());
    }
    Ok(made)
}
