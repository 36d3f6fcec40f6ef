//! AMB010

use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::{Severity, nearest};
use crate::target::systemd;

pub(super) static RULE: Rule = Rule {
    code: "AMB010",
    name: "unknown-section",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "No version of systemd knows this section.",
    explanation: "systemd warns in its log and passes over everything in the section; the unit starts without it. \
        Section names are case-sensitive. A section whose name starts with `X-` is yours to use.",
    example: Example {
        bad: "[Servcie]\nExecStart=/usr/bin/hello",
        good: "[Service]\nExecStart=/usr/bin/hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for header in context.unit.document.sections() {
        let standing = context.profile.section(&header.name);
        if !standing.is_unknown() {
            continue;
        }
        let near = nearest(&header.name, systemd::sections());
        findings.push(
            Finding::new(&RULE, format!("systemd knows no section [{}]", header.name))
                .effect(Effect::LineIgnored)
                .at_range(
                    context.unit,
                    header.line,
                    header.name_range.clone(),
                    "everything in it is ignored",
                )
                .help_if(near.map(|near| format!("did you mean [{near}]?"))),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn a_misspelt_section_is_found_and_a_private_one_is_not() {
        insta::assert_snapshot!(said_by("AMB010", "el8", "[Servcie]\nA=1\n[X-Mine]\nA=1\n[Service]\nExecStart=/bin/true\n"), @r"
            x.service:1:2: error[AMB010]: systemd knows no section [Servcie]
            ");
    }
}
