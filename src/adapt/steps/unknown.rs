//! What the target does not know and nothing else does the work of is left out, or in the way.

use crate::adapt::change::Effect;
use crate::adapt::draft::{Draft, Refusal};
use crate::adapt::tables::{LossKind, loss};
use crate::target::systemd::Standing;
use crate::unit::Entry;

/// Folders mounted from elsewhere.
const MOUNTS: [&str; 2] = ["BindPaths", "BindReadOnlyPaths"];

/// Credentials from a file, or from those of the system.
const CREDENTIALS: [&str; 2] = ["LoadCredential", "LoadCredentialEncrypted"];

pub(super) fn step(draft: &mut Draft<'_>) {
    for entry in draft.entries() {
        let standing = draft.standing(&entry);
        // What no version knows is the developer's slip: the check says so, and it stays.
        if !standing.is_unknown() || standing == Standing::Unknown {
            continue;
        }
        let unknown = draft.unknown(&format!("{}=", entry.key), standing);
        one(draft, &entry, &unknown);
    }
}

fn one(draft: &mut Draft<'_>, entry: &Entry, unknown: &str) {
    let Some(row) = loss(&entry.key) else {
        return draft.leave_out(entry, Effect::LeftOut, unknown);
    };
    if row.is_neutral(&entry.value) {
        let reason = format!("{unknown}, and does the same without it");
        return draft.leave_out(entry, Effect::Same, reason);
    }
    if MOUNTS.contains(&entry.key.as_str()) && stays_in_place(&entry.value) {
        let reason =
            format!("{unknown}; the paths are there without it, and as writable as they are");
        return draft.leave_out(entry, Effect::Hardening, reason);
    }
    // A credential without a path is taken over if there is one (systemd.exec(5)).
    if CREDENTIALS.contains(&entry.key.as_str()) && !entry.value.contains(':') {
        let reason = format!("{unknown}; the credential is not taken over");
        return draft.leave_out(entry, Effect::LeftOut, reason);
    }
    let reason = format!("{unknown}; {}", row.lost);
    match row.kind {
        LossKind::Hardening => draft.leave_out(entry, Effect::Hardening, reason),
        LossKind::LeftOut => draft.leave_out(entry, Effect::LeftOut, reason),
        LossKind::Error => draft.refuse(entry, Refusal::WouldNotWork, reason, None),
        LossKind::Privilege => draft.refuse(entry, Refusal::Privilege, reason, None),
    }
}

/// Whether every path is mounted where it is.
fn stays_in_place(value: &str) -> bool {
    value.split_ascii_whitespace().all(|word| {
        let mut parts = word.trim_start_matches('-').split(':');
        let source = parts.next();
        parts.next().is_none_or(|dest| Some(dest) == source)
    })
}
