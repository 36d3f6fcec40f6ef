//! Folders below `/run` that the target does not make as they are asked for are made at boot.

use crate::adapt::change::Effect;
use crate::adapt::draft::{Draft, Refusal};
use crate::adapt::folders::RUNTIME;
use crate::adapt::steps::folders_at_start;
use crate::unit::Entry;
use crate::unit::value::{Reason, directory_list};

const PRESERVE: &str = "RuntimeDirectoryPreserve";

pub(super) fn step(draft: &mut Draft<'_>) {
    let Some(section) = draft.own_section() else {
        return;
    };
    let preserve = draft.last(section, PRESERVE);
    let is_unknown = draft.profile.directive(section, PRESERVE).is_unknown();
    let stays = is_unknown
        && preserve.is_some_and(|value| crate::unit::value::boolean(&value) != Ok(false));
    let mut is_made = false;
    for entry in draft.assignments(section, RUNTIME.key) {
        is_made |= line(draft, section, &entry, stays);
    }
    if is_made && stays {
        for entry in draft.assignments(section, PRESERVE) {
            let reason = "a folder that is made at boot stays when the service stops";
            draft.leave_out(&entry, Effect::Same, reason);
        }
    }
}

/// Sees to the folders of one line, and says whether there was something to do.
fn line(draft: &mut Draft<'_>, section: &str, entry: &Entry, stays: bool) -> bool {
    let read = directory_list(&entry.value, draft.version());
    let is_nested =
        |problem: &crate::unit::value::Invalid| problem.reason == Reason::NestedDirectory;
    let nested = read.problems.iter().any(is_nested);
    let names = RUNTIME.names(entry);
    if names.is_empty() || !(nested || stays) {
        return false;
    }
    let (made, kept): (Vec<String>, Vec<String>) = names
        .into_iter()
        .partition(|name| stays || name.contains('/'));
    let (unnamed, named): (Vec<String>, Vec<String>) = made
        .into_iter()
        .partition(|name| folders_at_start::is_of_instance(draft, name));
    for name in &named {
        match RUNTIME.directory(draft, section, name) {
            Ok(directory) => draft.needs.runtime_directories.push(directory),
            Err(why) => {
                let why = format!("{} makes no folder {name}, and {why}", draft.systemd());
                let help = "write RuntimeDirectory= with one plain name".to_owned();
                draft.refuse(entry, Refusal::WouldNotWork, why, help);
                return false;
            }
        }
    }
    if !unnamed.is_empty() && !at_start(draft, entry, &unnamed) {
        return false;
    }
    let into = into(&named, &unnamed);
    let (effect, reason) = match stays {
        true => (
            Effect::Same,
            format!("{} does not know {PRESERVE}=", draft.systemd()),
        ),
        false => {
            let systemd = draft.systemd();
            let reason = format!(
                "{systemd} makes no folder within another; it stays when the service stops"
            );
            (Effect::Weaker, reason)
        }
    };
    if kept.is_empty() {
        draft.package(entry, into, effect, reason);
    } else {
        draft.rewrite(
            entry,
            RUNTIME.key,
            &kept.join(" "),
            effect,
            format!("{reason} ({into})"),
        );
    }
    true
}

/// Who makes the folders, in a few words.
fn into(named: &[String], unnamed: &[String]) -> String {
    let paths = |names: &[String], when: &str| {
        let paths: Vec<String> = names.iter().map(|name| format!("/run/{name}")).collect();
        (!paths.is_empty()).then(|| format!("{} made at {when}", paths.join(", ")))
    };
    let parts = [paths(named, "boot"), paths(unnamed, "start")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Has the folders of an instance made when it starts, and says whether that can be done.
fn at_start(draft: &mut Draft<'_>, entry: &Entry, names: &[String]) -> bool {
    match folders_at_start::plan(draft, RUNTIME, names) {
        Ok(plan) => {
            folders_at_start::write(draft, entry, &plan);
            draft.needs.runtime_directories.extend(plan.parents);
            true
        }
        Err((why, help)) => {
            let systemd = draft.systemd();
            let why = format!("{systemd} makes no folder {}, and {why}", names.join(", "));
            draft.refuse(entry, Refusal::WouldNotWork, why, help);
            false
        }
    }
}
