//! A user that systemd would make for the service becomes one that the package makes.

use crate::adapt::change::Effect;
use crate::adapt::draft::{Draft, Refusal};
use crate::adapt::needs::SystemUser;
use crate::project::is_account_name;
use crate::unit::Entry;
use crate::unit::value::boolean;

const SERVICE: &str = "Service";

pub(super) fn step(draft: &mut Draft<'_>) {
    let entries = draft.assignments(SERVICE, "DynamicUser");
    let Some(last) = entries.last().cloned() else {
        return;
    };
    let standing = draft.standing(&last);
    if !standing.is_unknown() {
        return;
    }
    let unknown = draft.unknown("DynamicUser=", standing);
    let is_on = boolean(&last.value) == Ok(true);
    for entry in entries {
        if !is_on || entry.id != last.id {
            let reason = format!("{unknown}, and this line asks for nothing");
            draft.leave_out(&entry, Effect::Same, reason);
        }
    }
    if is_on {
        match name(draft) {
            Ok(name) => static_user(draft, &last, &name, &unknown),
            Err(why) => draft.refuse(
                &last,
                Refusal::Privilege,
                format!("{unknown}, and {why}; the service would run as root"),
                "write `User=` with the name of a user".to_owned(),
            ),
        }
    }
}

/// The name of the user: that of `User=`, else of the unit (systemd.exec(5), `DynamicUser=`).
fn name(draft: &Draft<'_>) -> Result<String, String> {
    let given = draft.last(SERVICE, "User");
    let name = given.unwrap_or_else(|| draft.unit.name.prefix().to_owned());
    let name = draft.specifiers().resolve(&name).map_err(|letter| {
        format!("what %{letter} in its name stands for is known to no package")
    })?;
    if !is_account_name(&name) {
        return Err(format!("`{name}` cannot be the name of a user"));
    }
    match draft.last(SERVICE, "Group") {
        Some(group) if group != name => Err(format!("its group `{group}` has another name")),
        _ => Ok(name),
    }
}

/// The user, and what comes with a dynamic one (`unit_patch_contexts()` of unit.c in 239).
fn static_user(draft: &mut Draft<'_>, entry: &Entry, name: &str, unknown: &str) {
    draft.needs.users.push(SystemUser {
        name: name.to_owned(),
        reason: format!("DynamicUser= of {}", draft.unit.name),
    });
    draft.package(
        entry,
        format!("the system user {name}"),
        Effect::Hardening,
        format!(
            "{unknown}; the user stays when the service stops, and so do its IPC objects and SUID files"
        ),
    );
    for (key, value, enough) in [
        (
            "ProtectHome",
            "read-only",
            &["yes", "read-only", "tmpfs"][..],
        ),
        ("ProtectSystem", "strict", &["strict", "full"]),
        ("PrivateTmp", "yes", &["yes", "disconnected"]),
        ("NoNewPrivileges", "yes", &["yes"]),
        ("User", name, &[name]),
    ] {
        comes_with(draft, entry, key, value, enough);
    }
}

fn comes_with(draft: &mut Draft<'_>, entry: &Entry, key: &str, value: &str, enough: &[&str]) {
    let reason = "a dynamic user comes with it".to_owned();
    let last = draft.assignments(SERVICE, key).pop();
    match last.filter(|last| !last.value.is_empty()) {
        None => draft.add_after(entry, key, value, reason),
        Some(last) => {
            let is_on = boolean(&last.value) == Ok(true) && enough.contains(&"yes");
            if !is_on && !enough.contains(&last.value.as_str()) {
                draft.rewrite(&last, key, value, Effect::Same, reason);
            }
        }
    }
}
