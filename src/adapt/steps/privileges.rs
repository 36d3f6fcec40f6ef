//! Prefixes of commands that the target does not know.

use crate::adapt::change::Effect;
use crate::adapt::commands::{lines, read, splice};
use crate::adapt::draft::{Draft, Refusal};
use crate::target::systemd::Standing;
use crate::unit::Entry;
use crate::unit::value::{CommandLine, ExecPrefix, VariableKind, Version};
use std::ops::Range;

/// What makes the commands of a service somebody else's than root's.
const IDENTITY: [&str; 3] = ["User", "Group", "SupplementaryGroups"];

/// What takes rights away from a command, and `PermissionsStartOnly=` gives back (the blocks of
/// `apply_permissions` in `exec_child()`, execute.c of 219), unlike `!`.
const RIGHTS: [&str; 9] = [
    "AmbientCapabilities",
    "Capabilities",
    "CapabilityBoundingSet",
    "NoNewPrivileges",
    "PAMName",
    "RestrictAddressFamilies",
    "SecureBits",
    "SystemCallArchitectures",
    "SystemCallFilter",
];

/// What makes another world for a command, and `PermissionsStartOnly=` leaves, unlike `+`.
const WORLD: [&str; 11] = [
    "InaccessibleDirectories",
    "MountFlags",
    "PrivateDevices",
    "PrivateNetwork",
    "PrivateTmp",
    "ProtectHome",
    "ProtectSystem",
    "ReadOnlyDirectories",
    "ReadWriteDirectories",
    "RootDirectory",
    "SELinuxContext",
];

const ONLY: &str = "PermissionsStartOnly";

/// A line with the prefixes that are in question.
struct Marked {
    entry: Entry,
    used: Vec<(ExecPrefix, Range<usize>)>,
    /// Whether every command of the line has `+` or `!`.
    all_raised: bool,
}

pub(super) fn step(draft: &mut Draft<'_>) {
    literal_dollars(draft);
    let marked: Vec<Marked> = lines(draft)
        .into_iter()
        .map(|entry| mark(draft, entry))
        .collect();
    shells(draft, &marked);
    let raised: Vec<&Marked> = marked.iter().filter(|line| has_raised(line)).collect();
    match raised.is_empty() {
        true => fallbacks(draft, &marked),
        false => privileges(draft, &marked, &raised),
    }
}

fn mark(draft: &Draft<'_>, entry: Entry) -> Marked {
    let line: CommandLine<'_> = read(&entry);
    let unknown = |prefix: ExecPrefix| {
        matches!(
            draft.profile.exec_prefix(prefix.as_str()),
            Standing::TooNew { .. }
        )
    };
    let used = line.commands.iter().flat_map(|command| &command.prefixes);
    let used = used
        .filter(|used| unknown(used.prefix))
        .map(|used| (used.prefix, used.range.clone()))
        .collect();
    let is_raised = |prefix: &ExecPrefix| is_raising(*prefix);
    let all_raised = line
        .commands
        .iter()
        .all(|command| command.prefixes.iter().any(|used| is_raised(&used.prefix)));
    Marked {
        used,
        all_raised,
        entry,
    }
}

fn is_raising(prefix: ExecPrefix) -> bool {
    matches!(prefix, ExecPrefix::FullPrivileges | ExecPrefix::NoSetuid)
}

fn has_raised(line: &Marked) -> bool {
    line.used.iter().any(|(prefix, _)| is_raising(*prefix))
}

/// `+` and `!`: gone where they say nothing, `PermissionsStartOnly=` where it says the same.
fn privileges(draft: &mut Draft<'_>, all: &[Marked], raised: &[&Marked]) {
    match way(draft, all, raised) {
        Ok(start_only) => {
            let mut first = true;
            for line in raised {
                let value = without(line, |_| true);
                let why = format!("{} does not know the prefix", draft.systemd());
                let reason = match start_only {
                    true => format!("{why}; {ONLY}= does the same for all of them"),
                    false => format!("{why}, which says nothing in this service"),
                };
                let entry = &line.entry;
                draft.rewrite(entry, &entry.key, &value, Effect::Same, reason);
                if start_only && first && !draft.is_on(ONLY) {
                    let reason = format!(
                        "it is `+` and `!` for all but ExecStart= on {}",
                        draft.systemd()
                    );
                    draft.add_after(entry, ONLY, "yes", reason);
                }
                first = false;
            }
        }
        Err(why) => {
            for line in raised {
                let why = format!("{} does not know the prefix, and {why}", draft.systemd());
                let help = "put the command into a service of its own that runs as root, with Before= this one and RequiredBy= it".to_owned();
                draft.refuse(&line.entry, Refusal::Privilege, why, help);
            }
        }
    }
}

/// Whether `PermissionsStartOnly=` is needed in the place of the prefixes.
fn way(draft: &Draft<'_>, all: &[Marked], raised: &[&Marked]) -> Result<bool, String> {
    let set = |keys: &[&'static str]| {
        let mut set = keys.iter().copied();
        set.find(|key| {
            draft
                .last("Service", key)
                .is_some_and(|value| !is_no(&value))
        })
    };
    let (rights, world) = (set(&RIGHTS), set(&WORLD));
    let uses = |prefix| {
        raised
            .iter()
            .any(|line| line.used.iter().any(|(used, _)| *used == prefix))
    };
    let (full, nosetuid) = (uses(ExecPrefix::FullPrivileges), uses(ExecPrefix::NoSetuid));
    let confines = full && (rights.is_some() || world.is_some());
    if set(&IDENTITY).is_none() && !confines {
        return Ok(false);
    }
    if raised.iter().any(|line| line.entry.key == "ExecStart") {
        return Err("nothing else gives ExecStart= rights of its own".to_owned());
    }
    if let Some(key) = world.filter(|_| full) {
        return Err(format!("{ONLY}= leaves {key}= in force"));
    }
    if let Some(key) = rights.filter(|_| nosetuid) {
        return Err(format!("{ONLY}= lifts {key}=, too"));
    }
    let other = all
        .iter()
        .find(|line| line.entry.key != "ExecStart" && !line.all_raised);
    match other.filter(|_| !draft.is_on(ONLY)) {
        Some(line) => Err(format!(
            "{ONLY}= would run {}= as root, too",
            line.entry.key
        )),
        None => Ok(true),
    }
}

fn is_no(value: &str) -> bool {
    crate::unit::value::boolean(value) == Ok(false)
}

/// `!!` alone: the command runs as the service does, as on a kernel with ambient capabilities.
fn fallbacks(draft: &mut Draft<'_>, marked: &[Marked]) {
    let is_fallback = |prefix: ExecPrefix| prefix == ExecPrefix::AmbientFallback;
    for line in marked {
        if !line.used.iter().any(|(prefix, _)| is_fallback(*prefix)) {
            continue;
        }
        let reason = format!(
            "{} does not know the prefix `!!`; the command has no rights beyond AmbientCapabilities=",
            draft.systemd()
        );
        let value = without(line, is_fallback);
        draft.rewrite(&line.entry, &line.entry.key, &value, Effect::Weaker, reason);
    }
}

/// `|`: nothing says which shell the user has.
fn shells(draft: &mut Draft<'_>, marked: &[Marked]) {
    for line in marked {
        if line
            .used
            .iter()
            .any(|(prefix, _)| *prefix == ExecPrefix::Shell)
        {
            let why = format!("{} does not know the prefix `|`", draft.systemd());
            let help = "write the shell: /bin/sh -c '…'".to_owned();
            draft.refuse(&line.entry, Refusal::WouldNotWork, why, help);
        }
    }
}

/// The value without the prefixes that are named.
fn without(line: &Marked, named: impl Fn(ExecPrefix) -> bool) -> String {
    let parts = line.used.iter().filter(|(prefix, _)| named(*prefix));
    let parts = parts
        .map(|(_, range)| (range.clone(), String::new()))
        .collect();
    splice(&line.entry.value, parts)
}

/// `:`: gone, with every `$` doubled.
fn literal_dollars(draft: &mut Draft<'_>) {
    let standing = draft.profile.exec_prefix(ExecPrefix::NoVariables.as_str());
    if !standing.is_unknown() {
        return;
    }
    let version = draft.version();
    for entry in lines(draft) {
        let line = read(&entry);
        let mut parts = Vec::new();
        let mut is_lost = false;
        for command in line
            .commands
            .iter()
            .filter(|c| c.has(ExecPrefix::NoVariables))
        {
            let used = command.prefixes.iter();
            parts.extend(
                used.filter(|used| used.prefix == ExecPrefix::NoVariables)
                    .map(|used| (used.range.clone(), String::new())),
            );
            for word in &command.arguments {
                is_lost |= !can_double(&word.text, version);
                let dollars = word
                    .text
                    .match_indices('$')
                    .map(|(at, _)| word.source(at..at + 1));
                parts.extend(dollars.map(|range| (range, "$$".to_owned())));
            }
        }
        let why = draft.unknown("the prefix `:`", standing);
        if is_lost {
            let why = format!("{why}, and takes `$` at the start of a word for a variable");
            let help = "put the word into a variable of Environment=, and write ${NAME}".to_owned();
            draft.refuse(&entry, Refusal::WouldNotWork, why, help);
        } else if !parts.is_empty() {
            let reason = match parts.iter().any(|(_, new)| !new.is_empty()) {
                true => format!("{why}; `$$` is a plain `$`"),
                false => format!("{why}; there is no variable in the command"),
            };
            let value = splice(&entry.value, parts);
            draft.rewrite(&entry, &entry.key, &value, Effect::Same, reason);
        }
    }
}

/// Whether every `$` of a word can be written as `$$`: before v227 not at its start.
fn can_double(text: &str, version: Version) -> bool {
    let doubled = text.replace('$', "$$");
    let read = crate::unit::value::variables(&doubled, version);
    read.iter()
        .all(|variable| variable.kind == VariableKind::Dollar)
}
