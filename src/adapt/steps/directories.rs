//! Folders that systemd would make for the service become folders of the package.

use crate::adapt::change::Effect;
use crate::adapt::draft::{Draft, Refusal};
use crate::adapt::folders::{FolderKind, LASTING};
use crate::adapt::needs::Directory;
use crate::unit::Entry;

pub(super) fn step(draft: &mut Draft<'_>) {
    let Some(section) = draft.own_section() else {
        return;
    };
    for kind in LASTING {
        if draft.profile.directive(section, kind.key).is_unknown() {
            folders(draft, section, kind);
        }
    }
}

fn folders(draft: &mut Draft<'_>, section: &str, kind: FolderKind) {
    let held = kind.lines(draft, section);
    let mut is_owned = false;
    for entry in draft.assignments(section, kind.key) {
        if held.iter().any(|line| line.id == entry.id) {
            is_owned |= line(draft, section, kind, &entry);
        } else {
            draft.leave_out(&entry, Effect::Same, "a line after it takes it back");
        }
    }
    if is_owned {
        for entry in draft.assignments(section, kind.mode_key) {
            let reason = format!(
                "{}= is a folder of the package, which has this mode",
                kind.key
            );
            draft.package(&entry, "the mode of the folder", Effect::Same, reason);
        }
    }
}

fn line(draft: &mut Draft<'_>, section: &str, kind: FolderKind, entry: &Entry) -> bool {
    let unknown = draft.unknown(&format!("{}=", kind.key), draft.standing(entry));
    let mut paths = Vec::new();
    for name in kind.names(entry) {
        match kind.directory(draft, section, &name) {
            Ok(directory) => {
                paths.push(directory.path.clone());
                own(draft, kind, directory);
            }
            Err(why) => {
                let why = format!("{unknown}, and the package cannot have the folder: {why}");
                let help = format!("write {}= with a plain name", kind.key);
                draft.refuse(entry, Refusal::WouldNotWork, why, help);
                return false;
            }
        }
    }
    let into = format!("{} in the package", paths.join(", "));
    draft.package(
        entry,
        into,
        Effect::Same,
        format!("{unknown}; the package owns the folder"),
    );
    true
}

/// The folder, and those between it and the root of its kind, which belong to root.
fn own(draft: &mut Draft<'_>, kind: FolderKind, directory: Directory) {
    let names = directory.path.split('/').count() - 1;
    let depth = kind.root.split('/').count();
    for upto in depth..names {
        let parts: Vec<&str> = directory.path.split('/').take(upto + 1).collect();
        let parent = Directory {
            path: parts.join("/"),
            mode: 0o755,
            user: "root".to_owned(),
            group: "root".to_owned(),
            reason: directory.reason.clone(),
        };
        let owned = &mut draft.needs.directories;
        if !owned.iter().any(|known| known.path == parent.path) {
            owned.push(parent);
        }
    }
    let owned = &mut draft.needs.directories;
    owned.retain(|known| known.path != directory.path);
    owned.push(directory);
}
