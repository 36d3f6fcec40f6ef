//! AMB016

use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::ProblemKind;

pub(super) static RULE: Rule = Rule {
    code: "AMB016",
    name: "before-section",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "A directive stands before the first section.",
    explanation: "systemd warns in its log and ignores a directive that belongs to no section.",
    example: Example {
        bad: "Description=Hello\n[Unit]",
        good: "[Unit]\nDescription=Hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for problem in context.unit.document.problems() {
        if problem.kind == ProblemKind::OutsideSection {
            findings.push(
                Finding::new(&RULE, "the line belongs to no section")
                    .effect(Effect::LineIgnored)
                    .at_range(
                        context.unit,
                        problem.line,
                        problem.range.clone(),
                        "the line is ignored",
                    )
                    .help("move it below a section such as [Unit]"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn a_line_before_the_first_section_is_found() {
        insta::assert_snapshot!(said_by("AMB016", "el8", "Description=x\n[Service]\nExecStart=/bin/true\n"), @r"
            x.service:1:1: error[AMB016]: the line belongs to no section
            ");
    }
}
