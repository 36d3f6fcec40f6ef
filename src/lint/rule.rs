//! What a rule is.

use super::{Context, Finding};
use crate::report::{RuleInfo, Severity};

/// A rule of the check.
#[derive(Debug)]
pub struct Rule {
    /// `AMB012`
    pub code: &'static str,
    /// Its name in kebab case.
    pub name: &'static str,
    /// How much it matters unless the user says otherwise.
    pub severity: Severity,
    /// Who says so.
    pub origin: Origin,
    /// What it finds, in one sentence.
    pub summary: &'static str,
    /// Why it matters, in a few plain sentences.
    pub explanation: &'static str,
    /// What it looks like, wrong and right.
    pub example: Example,
    /// Looks at one unit.
    pub check: fn(&Context<'_>, &mut Vec<Finding>),
}

/// Who says that something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// systemd itself, which ignores a line or refuses the unit.
    Systemd,
    /// Experience: systemd takes it, and it is hardly what was meant.
    Ours,
}

/// What a rule is about, wrong and right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// What gives a finding.
    pub bad: &'static str,
    /// What does not.
    pub good: &'static str,
}

impl Rule {
    /// What reports say of it.
    pub fn info(&self) -> RuleInfo {
        RuleInfo {
            code: self.code,
            name: self.name,
            severity: self.severity,
            summary: self.summary,
            explanation: self.explanation,
        }
    }
}
