//! What a system has before any package of ours is there: its folders and its accounts.

use super::{Entry, Error, FileKind, InstallPath};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// One path a line; `#` starts a comment.
const FOLDERS: &str = include_str!("system_folders.txt");

/// The users of Enterprise Linux's `setup` package (its `/etc/passwd`).
const USERS: [&str; 13] = [
    "root", "bin", "daemon", "adm", "lp", "sync", "shutdown", "halt", "mail", "operator", "games",
    "ftp", "nobody",
];

/// The groups of the same (its `/etc/group`).
const GROUPS: [&str; 22] = [
    "root", "bin", "daemon", "sys", "adm", "tty", "disk", "lp", "mem", "kmem", "wheel", "cdrom",
    "mail", "man", "dialout", "floppy", "games", "tape", "video", "ftp", "users", "nobody",
];

/// The folders that every system has.
fn folders() -> &'static BTreeSet<&'static str> {
    static ALL: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
        let lines = FOLDERS.lines().map(str::trim);
        lines.filter(|line| line.starts_with('/')).collect()
    });
    &ALL
}

/// Whether every system has this folder.
pub(super) fn has_folder(path: &str) -> bool {
    folders().contains(path)
}

/// Whether every system has this user.
pub(super) fn has_user(name: &str) -> bool {
    USERS.contains(&name)
}

/// Whether every system has this group.
pub(super) fn has_group(name: &str) -> bool {
    GROUPS.contains(&name)
}

/// The folders above the entries that nobody owns: rpm makes them while it unpacks, and removes
/// none of them again.
pub(super) fn missing_folders(entries: &[Entry]) -> Result<Vec<Entry>, Error> {
    let own = entries
        .iter()
        .filter(|entry| entry.kind == FileKind::Directory);
    let own: BTreeSet<&str> = own.map(|entry| entry.path.as_str()).collect();
    let mut missing: BTreeSet<&str> = BTreeSet::new();
    for entry in entries {
        let mut path = entry.path.as_str();
        while let Some((folder, _)) = path
            .rsplit_once('/')
            .filter(|(folder, _)| !folder.is_empty())
        {
            if has_folder(folder) {
                break;
            }
            if !own.contains(folder) {
                missing.insert(folder);
            }
            path = folder;
        }
    }
    missing
        .into_iter()
        .map(|folder| {
            let path = InstallPath::new(folder)?;
            Ok(Entry::directory(
                path,
                "a folder of declared files that the system does not have",
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contents::Source;

    #[test]
    fn folders_that_the_system_lacks_are_owned() {
        let file = |path: &str| {
            let path = InstallPath::new(path).unwrap();
            Entry::file(path, Source::Bytes(Vec::new()), 0o644, "a test")
        };
        let entries = [
            file("/etc/hello/conf.d/a.toml"),
            file("/etc/hello.toml"),
            file("/usr/share/hello/a"),
            file("/etc/logrotate.d/hello"),
            Entry::directory(InstallPath::new("/opt/hello").unwrap(), "a test"),
            file("/opt/hello/bin/a"),
        ];
        let folders = missing_folders(&entries).unwrap();
        let paths: Vec<&str> = folders.iter().map(|entry| entry.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "/etc/hello",
                "/etc/hello/conf.d",
                "/opt/hello/bin",
                "/usr/share/hello"
            ]
        );
    }
}
