//! `WorkingDirectory=~` and `WorkingDirectory=-/path` are written for a target that takes neither.

use crate::adapt::change::Effect;
use crate::adapt::draft::{Draft, Refusal};
use crate::unit::Entry;

const KEY: &str = "WorkingDirectory";

/// Folders that every machine has (file-hierarchy(7)).
const FOLDERS: [&str; 12] = [
    "/", "/etc", "/home", "/opt", "/root", "/run", "/srv", "/tmp", "/usr", "/var", "/var/lib",
    "/var/tmp",
];

pub(super) fn step(draft: &mut Draft<'_>) {
    if draft.profile.has_home_as_working_directory() {
        return;
    }
    let Some(section) = draft.own_section() else {
        return;
    };
    for entry in draft.assignments(section, KEY) {
        match entry.value.strip_prefix('-') {
            _ if entry.value == "~" || entry.value == "-~" => home(draft, &entry),
            Some(path) => optional(draft, &entry, path),
            None => {}
        }
    }
}

fn home(draft: &mut Draft<'_>, entry: &Entry) {
    let systemd = draft.systemd();
    let user = draft.last(&entry.section, "User");
    match user.as_deref() {
        None | Some("root" | "0") => {
            let reason = format!("{systemd} does not know `~`, which is root's home here");
            draft.rewrite(entry, KEY, "/root", Effect::Same, reason);
        }
        Some(user) => {
            let why = format!("{systemd} does not know `~`; the service would run in /");
            let help = format!("write the path of {user}'s home");
            draft.refuse(entry, Refusal::WouldNotWork, why, help);
        }
    }
}

/// A folder that may be missing: taken where it cannot be, else left out, because the service would
/// not start without it.
fn optional(draft: &mut Draft<'_>, entry: &Entry, path: &str) {
    let systemd = draft.systemd();
    let is_owned = draft
        .needs
        .directories
        .iter()
        .any(|directory| directory.path == path);
    if is_owned || FOLDERS.contains(&path) {
        let reason = format!("{systemd} does not know the prefix `-`, and the folder is there");
        draft.rewrite(entry, KEY, path, Effect::Same, reason);
    } else {
        let reason = format!("{systemd} does not know the prefix `-`; the service runs in /");
        draft.leave_out(entry, Effect::LeftOut, reason);
    }
}
