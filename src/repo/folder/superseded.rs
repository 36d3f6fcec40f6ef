//! Metadata that are no longer named, and are kept for a while.
//!
//! Who has an older `repomd.xml` (a client between two requests, a proxy, dnf with what it fetched
//! yesterday) still finds the files that it names. When they are superseded is written down as their
//! time of last change, so that nothing else needs to be kept in mind.

use crate::repo::repodata::Repomd;
use camino::Utf8Path;
use std::collections::HashSet;
use std::fs::File;
use std::time::{Duration, SystemTime};

/// How long: as long as dnf takes metadata for fresh where nobody says otherwise
/// (`metadata_expire`, dnf.conf(5): 48 hours; yum's is 6).
const KEPT: Duration = Duration::from_secs(48 * 60 * 60);

/// Marks what a change superseded, and deletes what was superseded long ago. A file that cannot be
/// marked or deleted does no harm.
pub(super) fn clear(repodata: &Utf8Path, before: &Repomd, after: &Repomd, now: SystemTime) {
    let names = |repomd: &Repomd| -> HashSet<String> {
        let names = repomd.records.iter().filter_map(|record| {
            // Whoever wrote them may have named a file elsewhere.
            let name = record.href.strip_prefix("repodata/")?;
            (!name.contains('/')).then(|| name.to_owned())
        });
        names.collect()
    };
    let used = names(after);
    for name in names(before).difference(&used) {
        let path = repodata.join(name);
        // To open a pipe would be to wait.
        if path.symlink_metadata().is_ok_and(|facts| facts.is_file())
            && let Ok(file) = File::options().write(true).open(path)
        {
            let _ = file.set_modified(now);
        }
    }
    let Ok(entries) = repodata.read_dir_utf8() else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if used.contains(name) || !is_about_packages(name) {
            continue;
        }
        let since = entry.metadata().and_then(|facts| facts.modified());
        let since = since.ok().and_then(|since| now.duration_since(since).ok());
        if since.is_some_and(|since| since > KEPT) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Whether a file is one of those that are written anew with every change: by its digest in front,
/// and what it is.
fn is_about_packages(name: &str) -> bool {
    let Some((digest, rest)) = name.split_once('-') else {
        return false;
    };
    let is_digest = digest.len() >= 32 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let kinds = ["primary.", "filelists.", "other."];
    is_digest && kinds.iter().any(|kind| rest.starts_with(kind))
}
