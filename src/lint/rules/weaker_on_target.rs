//! AMB091

use super::super::{Example, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: super::super::WEAKER_ON_TARGET,
    name: "weaker-on-target",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "Packaging writes a line for the target that means less, or leaves it out.",
    explanation: "Where the target's systemd has nothing that means the same, packaging writes the strongest form that \
        it has, or takes the line out, and says so. `adapt = \"off\"` in the configuration keeps the lines as they \
        are written.",
    example: Example {
        bad: "[Service]\n# el8: systemd 239 knows it since 240, and gets Type=simple\nType=exec",
        good: "[Service]\nType=simple",
    },
    // Packaging says it.
    check: |_, _| {},
};
