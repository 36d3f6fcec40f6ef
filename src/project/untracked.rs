//! Files that git does not know.

use super::commit::git;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

/// The files below a folder that git neither has nor ignores, as seen from there; none outside a
/// repository, or without git.
pub fn untracked(folder: &Utf8Path) -> BTreeSet<Utf8PathBuf> {
    let said = git(
        folder,
        &["ls-files", "--others", "--exclude-standard", "-z"],
    );
    let said = said.unwrap_or_default();
    let paths = said.split('\0').filter(|path| !path.is_empty());
    paths.map(Utf8PathBuf::from).collect()
}
