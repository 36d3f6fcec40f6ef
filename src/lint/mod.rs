//! Findings: what will not work on a target, or is probably not what was meant.
//!
//! In come the units of a package (or one unit file alone), the decisions about `[Install]` and what
//! the package ships; out go [`Finding`]s, each of a [`Rule`]. One rule is one file below
//! `rules/`: its code, its explanation with an example, its check and its tests. This room knows
//! neither how units are adapted nor the network, and changes nothing.

mod about;
mod allow;
mod commands;
mod context;
mod error;
mod finding;
mod levels;
mod listed;
mod mend;
mod page;
mod place;
mod program;
mod rule;
mod rules;
mod sandbox;
mod service;
#[cfg(test)]
mod testing;
mod unit_set;
mod value;
mod words;

pub use context::{Context, PackageFacts};
pub use error::Error;
pub use finding::{Effect, Finding};
pub use levels::Levels;
pub use page::rules_page;
pub use rule::{Example, Origin, Rule};
pub use rules::{all, find, meant};
pub use unit_set::UnitSet;

use crate::unit::UnitFile;

/// The code of the rule that says which units get no `[Install]` section, and why; packaging says
/// it too.
pub const STARTED_BY_ANOTHER: &str = "AMB071";

/// The code of the rule that counts the sandboxing that is lost; packaging counts it too, with what
/// it writes instead.
pub const HARDENING_LOST: &str = "AMB090";

/// The code of the rule that says what means less on the target; packaging says it.
pub const WEAKER_ON_TARGET: &str = "AMB091";

/// The code of the rule that says what the target cannot be given; packaging says it.
pub const NOT_ON_TARGET: &str = "AMB092";

/// Checks one unit of a set for one target; the findings are in the order of the rules.
pub fn check(context: &Context<'_>, levels: &Levels) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in all() {
        (rule.check)(context, &mut findings);
    }
    mend::mend(context, &mut findings);
    judged(context.unit, levels, findings)
}

/// The findings that the user wants to hear of, each with the severity that it has to the user.
pub fn judged(unit: &UnitFile, levels: &Levels, mut findings: Vec<Finding>) -> Vec<Finding> {
    if !findings.is_empty() {
        let allowed = allow::Allowed::of(unit);
        findings.retain_mut(|finding| levels.set(finding) && !allowed.covers(finding));
    }
    findings
}
