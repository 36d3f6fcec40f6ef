//! AMB092

use super::super::{Example, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: super::super::NOT_ON_TARGET,
    name: "not-on-target",
    severity: Severity::Error,
    origin: Origin::Ours,
    summary: "A line that the target cannot be given, not even in a weaker form.",
    explanation: "Without it the service would not work, or it would be allowed more than it should be, so packaging \
        stops. Leave the target out, or write the line in another way for it: a unit that is written as tables can \
        have lines of its own for each target. This rule cannot be allowed.",
    example: Example {
        bad: "[Service]\n# centos7: systemd knows it since 240\nStandardOutput=append:/var/log/hello.log",
        good: "# in Cargo.toml:\n[package.metadata.ambot.target.centos7.services.hello.Service]\nStandardOutput = \"journal\"",
    },
    // Packaging says it.
    check: |_, _| {},
};
