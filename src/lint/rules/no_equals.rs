//! AMB015

use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::{Dialect, ProblemKind};

pub(super) static RULE: Rule = Rule {
    code: "AMB015",
    name: "not-a-line",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "A line is neither a section, nor a directive, nor a comment.",
    explanation: "systemd before 240 refuses the whole unit because of one such line; later versions ignore the line. \
        Often it is the rest of a value whose first line lacks the `\\` at its end, or a comment without `#`.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello\n    --verbose",
        good: "[Service]\nExecStart=/usr/bin/hello \\\n    --verbose",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    // Seen on the real 219, 239 and 252.
    let refuses = context.dialect() < Dialect::V240;
    for problem in context.unit.document.problems() {
        let (what, effect) = match problem.kind {
            ProblemKind::NoEquals if refuses => ("the line has no `=`", Effect::UnitRefused),
            ProblemKind::NoEquals => ("the line has no `=`", Effect::LineIgnored),
            ProblemKind::Header => ("the section has no `]`", Effect::UnitRefused),
            ProblemKind::NoKey => ("there is nothing before the `=`", Effect::LineIgnored),
            _ => continue,
        };
        let label = match effect {
            Effect::UnitRefused => "systemd refuses the unit",
            _ => "the line is ignored",
        };
        findings.push(Finding::new(&RULE, what).effect(effect).at_range(
            context.unit,
            problem.line,
            problem.range.clone(),
            label,
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Effect;
    use super::super::super::testing::findings;

    #[test]
    fn a_stray_line_refuses_the_unit_on_old_systemd_alone() {
        let text = "[Service]\nExecStart=/bin/true\nstray\n";
        let effects = |target: &str| -> Vec<Option<Effect>> {
            let found = findings(target, &[("x.service", text)], None);
            found
                .iter()
                .filter(|f| f.rule.code == "AMB015")
                .map(|f| f.effect)
                .collect()
        };
        assert_eq!(effects("centos7"), [Some(Effect::UnitRefused)]);
        assert_eq!(effects("el8"), [Some(Effect::UnitRefused)]);
    }
}
