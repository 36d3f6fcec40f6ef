//! Folders that systemd would make for the service become folders of the package.

use crate::adapt::change::Effect;
use crate::adapt::draft::{Draft, Refusal};
use crate::adapt::folders::{FolderKind, LASTING};
use crate::adapt::needs::Directory;
use crate::adapt::steps::folders_at_start;
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
                "whoever makes the folder of {}= gives it this mode",
                kind.key
            );
            draft.package(&entry, "the mode of the folder", Effect::Same, reason);
        }
    }
}

fn line(draft: &mut Draft<'_>, section: &str, kind: FolderKind, entry: &Entry) -> bool {
    let unknown = draft.unknown(&format!("{}=", kind.key), draft.standing(entry));
    let (unnamed, named): (Vec<String>, Vec<String>) = kind
        .names(entry)
        .into_iter()
        .partition(|name| folders_at_start::is_of_instance(draft, name));
    let mut paths = Vec::new();
    for name in named {
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
    if unnamed.is_empty() {
        let into = format!("{} in the package", paths.join(", "));
        let reason = format!("{unknown}; the package owns the folder");
        draft.package(entry, into, Effect::Same, reason);
        return true;
    }
    at_start(draft, kind, entry, &unnamed, &unknown)
}

/// The folders of an instance, which no package can have.
fn at_start(
    draft: &mut Draft<'_>,
    kind: FolderKind,
    entry: &Entry,
    names: &[String],
    unknown: &str,
) -> bool {
    let plan = match folders_at_start::plan(draft, kind, names) {
        Ok(plan) => plan,
        Err((why, help)) => {
            let why = format!("{unknown}, no package can have a folder of an instance, and {why}");
            draft.refuse(entry, Refusal::WouldNotWork, why, help);
            return false;
        }
    };
    folders_at_start::write(draft, entry, &plan);
    let paths: Vec<String> = names
        .iter()
        .map(|name| format!("{}/{name}", kind.root))
        .collect();
    let into = format!("{} made at start", paths.join(", "));
    draft.package(entry, into, plan.effect, format!("{unknown}; {}", plan.how));
    for parent in plan.parents {
        own(draft, kind, parent);
    }
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
