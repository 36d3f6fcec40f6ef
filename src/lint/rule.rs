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

/// The rules that look at what a package ships or what becomes of its units, and are silent about
/// a file without one.
const OF_PACKAGES: [&str; 8] = [
    super::STARTED_BY_ANOTHER,
    "AMB080",
    "AMB081",
    "AMB082",
    "AMB083",
    "AMB084",
    super::WEAKER_ON_TARGET,
    super::NOT_ON_TARGET,
];

impl Rule {
    /// Whether `--fix` mends some of its findings at least.
    pub fn is_mended(&self) -> bool {
        super::mend::MENDED.contains(&self.code)
    }

    /// Whether it is silent about files that belong to no package.
    pub fn is_of_packages(&self) -> bool {
        OF_PACKAGES.contains(&self.code)
    }

    /// Whether nobody can say that it does not matter: what it finds cannot be packaged.
    pub fn is_final(&self) -> bool {
        self.code == super::NOT_ON_TARGET
    }

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
