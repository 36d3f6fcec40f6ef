//! The user's scriptlets and triggers, put together with the scriptlets that are ours.

use super::dependency::{Comparison, Constraint, check_name};
use super::plan::{SHELL, Scriptlet, Scriptlets, Trigger, TriggerCondition};
use super::template::render;
use super::{Caretaker, Error, PackageName};
use crate::project::{
    Order, Phase, Scripts, TriggerEvent, TriggerFamily, UserScriptlet, UserTrigger,
};
use crate::report::{Diagnostic, Span};
use crate::target::Profile;
use minijinja::context;
use std::cmp::Ordering;

/// The first rpm with triggers of files.
const FILE_TRIGGERS_SINCE: &str = "4.13";

/// The scriptlets of a package, in the order of their phases.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Merged {
    /// Ours, the user's, and where both have one for a phase, both as one.
    pub(super) scriptlets: Vec<Scriptlet>,
    /// The user's that stand after what looks after the units, where that is no scriptlet of ours.
    pub(super) late: Vec<Scriptlet>,
}

/// Puts all scriptlets of a package together.
///
/// # Errors
/// When both have one for a phase and the user's is not for the shell that ours is for.
pub(super) fn merge(
    package: &PackageName,
    ours: &Scriptlets,
    scripts: &Scripts,
    caretaker: Caretaker,
    profile: &Profile,
) -> Result<Merged, Error> {
    let mut all = Merged {
        scriptlets: ours.alone(),
        late: Vec::new(),
    };
    let known = |users: &&UserScriptlet| is_known(users.phase, profile);
    for users in scripts.scriptlets.iter().filter(known) {
        let alone = || Scriptlet {
            phase: users.phase,
            interpreter: users.interpreter.clone(),
            text: users.text.clone(),
        };
        let mut same = all.scriptlets.iter_mut();
        if caretaker == Caretaker::Other && users.order == Order::After {
            all.late.push(alone());
        } else if let Some(one) = same.find(|one| one.phase == users.phase) {
            one.text = merged(package, &one.text, users)?;
        } else {
            all.scriptlets.push(alone());
        }
    }
    all.scriptlets.sort_by_key(|scriptlet| scriptlet.phase);
    all.late.sort_by_key(|scriptlet| scriptlet.phase);
    Ok(all)
}

/// One script of ours and the user's.
///
/// Each runs in a subshell, so that neither `exit` nor `set -e`, folders, variables or traps of the
/// one reach the other. The user's text is evaluated there: a mistake in its grammar ends the
/// subshell and not the script that it stands in. The exit code is that of the first part that
/// failed, so that a %pre that refuses to go on still does.
fn merged(package: &PackageName, ours: &str, users: &UserScriptlet) -> Result<String, Error> {
    if users.interpreter != [SHELL] {
        return Err(Error::Declared {
            what: format!(
                "%{} of this package is a script for {SHELL} already, which looks after its units and users, and `{}` cannot run it",
                users.phase,
                users.interpreter.join(" ")
            ),
            span: users.span.clone(),
            help: format!(
                "write it for {SHELL}, or ship your program as a file and call it from there"
            ),
        });
    }
    let quoted = users.text.replace('\'', r"'\''");
    let part = |whose: &str, text: String| context! { whose, text };
    let users_part = part("the project's own", format!("eval '{quoted}\n'"));
    let our_part = part("cargo ambot's", ours.trim_end().to_owned());
    let (first, second) = match users.order {
        Order::Before => (users_part, our_part),
        Order::After => (our_part, users_part),
    };
    // rpm goes no further with a package whose script fails before its files come or go.
    let stops = matches!(
        users.phase,
        Phase::Pretrans | Phase::Pre | Phase::Preun | Phase::Preuntrans
    );
    let template = include_str!("../../templates/scriptlets/merged.sh.in");
    let context = context! { package => package.as_str(), first, second, stops };
    Ok(render(template, &context)?)
}

fn is_known(phase: Phase, profile: &Profile) -> bool {
    phase.since().is_none_or(|since| profile.has_rpm(since))
}

/// The triggers that the target's rpm knows.
///
/// # Errors
/// When one has a name, path or version that cannot be, or two are set off by the same package.
pub(super) fn triggers(scripts: &Scripts, profile: &Profile) -> Result<Vec<Trigger>, Error> {
    let mut all: Vec<Trigger> = Vec::new();
    for users in &scripts.triggers {
        let trigger = Trigger {
            event: users.event,
            conditions: conditions(users)?,
            interpreter: users.interpreter.clone(),
            text: users.text.clone(),
            priority: users.priority.unwrap_or(Trigger::PRIORITY),
        };
        if all.iter().any(|known| is_same(known, &trigger)) {
            return Err(Error::Declared {
                what: format!(
                    "two `{}` triggers are set off by the same package",
                    users.event.as_str()
                ),
                span: users.span.clone(),
                help: "put both into one script, or give them versions that exclude each other"
                    .to_owned(),
            });
        }
        if has_family(users.event, profile) {
            all.push(trigger);
        }
    }
    Ok(all)
}

fn has_family(event: TriggerEvent, profile: &Profile) -> bool {
    event.family() == TriggerFamily::Package || profile.has_rpm(FILE_TRIGGERS_SINCE)
}

fn conditions(trigger: &UserTrigger) -> Result<Vec<TriggerCondition>, Error> {
    let is_package = trigger.event.family() == TriggerFamily::Package;
    let mut conditions = Vec::new();
    for name in &trigger.names {
        let text = name.value.trim();
        let wrong = |what: &str, span: &Option<Span>, help: &str| Error::Declared {
            what: format!("`{text}` sets off no trigger: {what}"),
            span: span.clone(),
            help: help.to_owned(),
        };
        check_name(text).map_err(|what| wrong(what, &name.span, "write it without blanks"))?;
        if !is_package && !text.starts_with('/') {
            return Err(wrong(
                "it is no full path",
                &name.span,
                "write the folder or the beginning of the paths, such as /usr/lib/x",
            ));
        }
        let version = trigger.version.as_ref();
        let constraints = version.map_or(Ok(Vec::new()), |version| {
            Constraint::parse_all(&version.value).map_err(|what| {
                wrong(
                    what,
                    &version.span,
                    "write a comparison and a version: \">= 1.2\"",
                )
            })
        })?;
        if constraints.len() > 1 {
            return Err(wrong(
                "rpm would take each comparison by itself",
                &trigger
                    .version
                    .as_ref()
                    .and_then(|version| version.span.clone()),
                "write one comparison",
            ));
        }
        conditions.push(TriggerCondition {
            name: text.to_owned(),
            constraint: constraints.into_iter().next(),
        });
    }
    Ok(conditions)
}

/// Whether a package would set off both, which rpm takes only of triggers of files.
fn is_same(one: &Trigger, other: &Trigger) -> bool {
    let is_package = one.event.family() == TriggerFamily::Package;
    let mut pairs = one
        .conditions
        .iter()
        .flat_map(|a| other.conditions.iter().map(move |b| (a, b)));
    is_package && one.event == other.event && pairs.any(|(a, b)| a.name == b.name && overlap(a, b))
}

/// Whether two ranges of versions have one in common (rpm 4.14.3, `rpmdsCompareEVR`).
fn overlap(one: &TriggerCondition, other: &TriggerCondition) -> bool {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    let (Some(one), Some(other)) = (&one.constraint, &other.constraint) else {
        return true;
    };
    let up = |of: &Constraint| matches!(of.comparison, Greater | GreaterOrEqual);
    let down = |of: &Constraint| matches!(of.comparison, Less | LessOrEqual);
    let here = |of: &Constraint| matches!(of.comparison, Equal | GreaterOrEqual | LessOrEqual);
    match rpm_version::rpm_evr_compare(&one.version, &other.version) {
        Ordering::Less => up(one) || down(other),
        Ordering::Greater => down(one) || up(other),
        Ordering::Equal => {
            (here(one) && here(other)) || (up(one) && up(other)) || (down(one) && down(other))
        }
    }
}

/// What of the user's scripts is left out on the target, or is hardly meant.
pub(super) fn warnings(scripts: &Scripts, profile: &Profile) -> Vec<Diagnostic> {
    let mut said = Vec::new();
    for scriptlet in &scripts.scriptlets {
        let name = format!("%{}", scriptlet.phase);
        if !is_known(scriptlet.phase, profile) {
            said.push(left_out(&name, &scriptlet.span, profile));
        }
        said.extend(macro_warning(&name, &scriptlet.text, &scriptlet.span));
    }
    for trigger in &scripts.triggers {
        let name = format!("the `{}` trigger", trigger.event.as_str());
        if !has_family(trigger.event, profile) {
            said.push(left_out(&name, &trigger.span, profile));
        }
        said.extend(macro_warning(&name, &trigger.text, &trigger.span));
    }
    said
}

fn left_out(name: &str, span: &Option<Span>, profile: &Profile) -> Diagnostic {
    Diagnostic::warning(format!("{name} is left out for {}", profile.title))
        .at(span.as_ref(), "")
        .with_note(format!(
            "its rpm {} knows none, and would never run it",
            profile.rpm.value
        ))
        .with_help("do it another way there, or say it for the other targets alone, in [package.metadata.ambot.target.NAME]")
}

/// A spec file's macros are expanded by rpmbuild, which has no part in this.
fn macro_warning(name: &str, text: &str, span: &Option<Span>) -> Option<Diagnostic> {
    let begins = |line: &&str| {
        let line = line.trim_start();
        line.contains("%{")
            || line
                .strip_prefix('%')
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
    };
    let line = text.lines().find(begins)?.trim();
    Some(
        Diagnostic::warning(format!("{name} has a macro in it, which nothing expands"))
            .at(span.as_ref(), "")
            .with_note(format!("it runs as it is written: {line}"))
            .with_help("write what the macro stands for; units of the package are enabled, stopped and restarted without it"),
    )
}

#[cfg(test)]
mod tests;
