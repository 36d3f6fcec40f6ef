//! Scriptlets and triggers in a spec file. What looks after units are the distribution's macros,
//! which stand in the template; here is what stands before and after them.

use super::Error;
use super::macros::{self, escaped, script};
use crate::package::{
    Evr, Phase, Plan, SHELL, Scriptlet, Trigger, TriggerCondition, TriggerFamily,
};
use minijinja::{Value, context};

/// The phases in which the macros of systemd have their places.
const OF_UNITS: [Phase; 3] = [Phase::Post, Phase::Preun, Phase::Postun];

/// What follows the name of a section that is not the main RPM's.
pub(super) fn option(plan: &Plan) -> String {
    let name = plan.suffix.as_ref().map(|_| &plan.nevra.name);
    name.map_or_else(String::new, |name| format!(" -n {name}"))
}

/// The scriptlets and triggers of an RPM, each with the head of its section.
///
/// # Errors
/// When one phase has scripts for two interpreters, of which rpm takes one, or a script or its
/// interpreter cannot be written in a spec file.
pub(super) fn sections(plan: &Plan) -> Result<Vec<Value>, Error> {
    let mut sections = Vec::new();
    for (_, phase) in Phase::ALL {
        let is_now = |one: &&Scriptlet| one.phase == phase;
        let early = plan.scriptlets.iter().find(is_now);
        let late = plan.late_scriptlets.iter().find(is_now);
        let units = OF_UNITS.contains(&phase) && !plan.units.is_empty();
        sections.extend(scriptlet(plan, phase, units, early, late)?);
    }
    let triggers = plan.triggers.iter().map(|one| trigger(plan, one));
    sections.extend(triggers.collect::<Result<Vec<_>, _>>()?);
    Ok(sections)
}

fn scriptlet(
    plan: &Plan,
    phase: Phase,
    units: bool,
    early: Option<&Scriptlet>,
    late: Option<&Scriptlet>,
) -> Result<Option<Value>, Error> {
    let name = match phase {
        Phase::Verify => "verifyscript",
        other => other.as_str(),
    };
    let head = |interpreter: &[String]| {
        let program = interpreter_option(interpreter)?;
        Ok::<_, Error>(format!("%{name}{}{program}", option(plan)))
    };
    let shell = [SHELL.to_owned()];
    let pieces = [early, late].into_iter().flatten();
    Ok(match pieces.clone().count() + usize::from(units) {
        0 => None,
        1 => Some(match early.or(late) {
            Some(one) => context! {
                head => head(&one.interpreter)?,
                alone => script(&one.text)?,
            },
            None => context! { head => head(&shell)?, units => phase.as_str() },
        }),
        _ => {
            if let Some(other) = pieces.clone().find(|piece| piece.interpreter != shell) {
                return Err(Error::Interpreter {
                    phase,
                    interpreter: other.interpreter.join(" "),
                });
            }
            let text = |piece: Option<&Scriptlet>| piece.map(|one| script(&one.text)).transpose();
            Some(context! {
                head => head(&shell)?,
                before => text(early)?,
                after => text(late)?,
                units => units.then(|| phase.as_str()),
                // rpm goes no further with a package whose script fails before its files come or go.
                stops => matches!(phase, Phase::Pretrans | Phase::Pre | Phase::Preun),
            })
        }
    })
}

/// `-p`; the shell is what rpm takes by itself.
///
/// # Errors
/// Words that rpmbuild would split or read otherwise: it knows one kind of quotes, around all of them.
fn interpreter_option(interpreter: &[String]) -> Result<String, Error> {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"\"'\\".contains(c);
    if !interpreter.iter().all(|word| word.chars().all(plain)) {
        return Err(Error::Words {
            interpreter: interpreter.join(" "),
        });
    }
    Ok(match interpreter {
        [] => String::new(),
        [shell] if shell == SHELL => String::new(),
        [program] => format!(" -p {}", escaped(program)),
        words => format!(" -p \"{}\"", escaped(&words.join(" "))),
    })
}

fn trigger(plan: &Plan, trigger: &Trigger) -> Result<Value, Error> {
    // `trans-file-in` is %transfiletriggerin.
    let word = trigger.event.as_str();
    let (family, event) = word.rsplit_once('-').unwrap_or(("", word));
    let mut head = format!("%{}trigger{event}{}", family.replace('-', ""), option(plan));
    if trigger.event.family() != TriggerFamily::Package && trigger.priority != Trigger::PRIORITY {
        head += &format!(" -P {}", trigger.priority);
    }
    head += &interpreter_option(std::slice::from_ref(&trigger.interpreter))?;
    let own = Some(&plan.nevra.evr);
    let conditions = trigger.conditions.iter().map(|one| condition(one, own));
    let conditions: Vec<String> = conditions.collect();
    head += &format!(" -- {}", conditions.join(", "));
    Ok(context! { head, alone => script(&trigger.text)? })
}

fn condition(condition: &TriggerCondition, own: Option<&Evr>) -> String {
    let name = escaped(&condition.name);
    match &condition.constraint {
        Some(constraint) => {
            let version = macros::version(&constraint.version, own);
            format!("{name} {} {version}", constraint.comparison.as_str())
        }
        None => name,
    }
}
