//! Lists of paths are written so that the target takes them.

use crate::adapt::change::Effect;
use crate::adapt::draft::Draft;
use crate::unit::Entry;

const LISTS: [&str; 3] = [
    "ReadWriteDirectories",
    "ReadOnlyDirectories",
    "InaccessibleDirectories",
];

/// Folders that are folders on every machine (file-hierarchy(7)). 219 mounts a folder over what is
/// to be inaccessible, which fails on a file and keeps the service from starting (`namespace.c`).
const FOLDERS: [&str; 30] = [
    "/bin",
    "/boot",
    "/boot/efi",
    "/dev",
    "/dev/shm",
    "/etc",
    "/home",
    "/lib",
    "/lib64",
    "/media",
    "/mnt",
    "/opt",
    "/proc",
    "/proc/sys",
    "/root",
    "/run",
    "/run/user",
    "/sbin",
    "/srv",
    "/sys",
    "/sys/fs",
    "/sys/fs/cgroup",
    "/sys/kernel",
    "/tmp",
    "/usr",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/tmp",
];

pub(super) fn step(draft: &mut Draft<'_>) {
    if draft.profile.has_full_paths() {
        return;
    }
    for entry in draft.entries() {
        // Paths in quotes are left as they are.
        if LISTS.contains(&entry.key.as_str()) && !entry.value.contains(['"', '\'']) {
            prefixes(draft, &entry);
        }
    }
}

/// `+` is for paths below another root; without one it says nothing.
fn prefixes(draft: &mut Draft<'_>, entry: &Entry) {
    let has_root = draft.last(&entry.section, "RootDirectory").is_some();
    let mut kept = Vec::new();
    let mut plus = false;
    let mut lost = Vec::new();
    for word in entry.value.split_ascii_whitespace() {
        let path = word.trim_start_matches(['-', '+']);
        let prefix = &word[..word.len() - path.len()];
        plus |= prefix.contains('+');
        let is_file = entry.key == "InaccessibleDirectories"
            && !FOLDERS.contains(&path.trim_end_matches('/'));
        if is_file || (prefix.contains('+') && has_root) {
            lost.push(word.to_owned());
        } else if prefix.contains('-') {
            kept.push(format!("-{path}"));
        } else {
            kept.push(path.to_owned());
        }
    }
    let systemd = draft.systemd();
    let reason = match lost.is_empty() {
        true => format!(
            "{systemd} does not know the prefix `+`, which says nothing without a RootDirectory="
        ),
        false if entry.key == "InaccessibleDirectories" => format!(
            "{systemd} hides folders alone, and a file in the list keeps the service from starting; {} may be one",
            lost.join(" ")
        ),
        false => format!("{systemd} knows no paths below RootDirectory="),
    };
    let value = kept.join(" ");
    match (lost.is_empty(), kept.is_empty()) {
        (true, _) if !plus => {}
        (true, _) => draft.rewrite(entry, &entry.key, &value, Effect::Same, reason),
        (false, true) => draft.leave_out(entry, Effect::Hardening, reason),
        (false, false) => draft.rewrite(entry, &entry.key, &value, Effect::Hardening, reason),
    }
}
