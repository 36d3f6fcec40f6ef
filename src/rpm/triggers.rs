//! Triggers as a header has them: conditions that point to scripts.

use super::dependencies::comparison_flags;
use super::encode::Entries;
use super::{Error, tag};
use crate::package::{Plan, Trigger, TriggerFamily};

/// One thing that sets off a trigger, as a header has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EncodedCondition {
    /// The package or path.
    pub name: String,
    /// `[EPOCH:]VERSION[-RELEASE]`, or nothing.
    pub version: String,
    /// `RPMSENSE_*` flags: the comparison and what happens.
    pub flags: u32,
    /// Which script of the family it sets off.
    pub index: u32,
}

/// The triggers of one family.
fn of_family(plan: &Plan, family: TriggerFamily) -> impl Iterator<Item = &Trigger> {
    let triggers = plan.triggers.iter();
    triggers.filter(move |trigger| trigger.event.family() == family)
}

/// The conditions of a family, sorted as dependencies are.
pub fn conditions(plan: &Plan, family: TriggerFamily) -> Vec<EncodedCondition> {
    let mut all = Vec::new();
    for (index, trigger) in (0..).zip(of_family(plan, family)) {
        for condition in &trigger.conditions {
            let constraint = condition.constraint.as_ref();
            let comparison = constraint.map_or(0, |of| comparison_flags(of.comparison));
            all.push(EncodedCondition {
                name: condition.name.clone(),
                version: constraint.map_or_else(String::new, |of| of.version.clone()),
                flags: tag::of_event(trigger.event) | comparison,
                index,
            });
        }
    }
    all.sort();
    all.dedup();
    all
}

/// The entries of all triggers, as rpmbuild writes them (rpm 4.14.3, `processScriptFiles` in
/// `build/pack.c`); none of them where there are none.
pub(super) fn entries(entries: &mut Entries, plan: &Plan) -> Result<(), Error> {
    for family in TriggerFamily::ALL {
        let tags = tag::of_family(family);
        let conditions = conditions(plan, family);
        let names = conditions.iter().map(|one| one.name.as_str());
        entries.strings(tags.name, "condition of a trigger", names)?;
        let versions = conditions.iter().map(|one| one.version.as_str());
        entries.strings(tags.version, "version of a trigger", versions)?;
        entries.u32s(tags.flags, conditions.iter().map(|one| one.flags));
        entries.u32s(tags.index, conditions.iter().map(|one| one.index));
        let triggers = || of_family(plan, family);
        let texts = triggers().map(|one| one.text.as_str());
        entries.strings(tags.scripts, "script of a trigger", texts)?;
        let programs = triggers().map(|one| one.interpreter.as_str());
        entries.strings(tags.programs, "interpreter", programs)?;
        if let Some(priorities) = tags.priorities {
            entries.u32s(priorities, triggers().map(|one| one.priority));
        }
    }
    Ok(())
}
