//! AMB062

use super::super::commands::version;
use super::super::listed;
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::{boolean, resolve};

pub(super) static RULE: Rule = Rule {
    code: "AMB062",
    name: "isolate-several",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "Several OnFailure= units are to be isolated.",
    explanation: "To isolate a unit is to stop every other one, so there can be one of them only. systemd refuses a \
        unit with OnFailureJobMode=isolate (or OnFailureIsolate=yes, its old name) and more than one unit in \
        OnFailure= (seen on 219, 239 and 252). OnFailure= cannot be reset by an empty line.",
    example: Example {
        bad: "[Unit]\nOnFailure=rescue.target report.service\nOnFailureJobMode=isolate",
        good: "[Unit]\nOnFailure=rescue.target\nOnFailureJobMode=isolate",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    // Both names set the same thing, and the last one counts.
    let mut modes = context.directives().iter().rev().filter_map(|line| {
        let isolates = if line.is("Unit", "OnFailureIsolate") {
            boolean(&line.value)?
        } else if line.is("Unit", "OnFailureJobMode") && !line.value.is_empty() {
            line.value == "isolate"
        } else {
            return None;
        };
        Some((line, isolates))
    });
    let Some((mode, true)) = modes.next() else {
        return;
    };
    let lines = context.directives().iter();
    let mut handlers: Vec<String> = lines
        .filter(|line| line.is("Unit", "OnFailure"))
        .flat_map(|line| listed::units(line, version(context)))
        .map(|word| resolve(&word.name, &context.unit.name))
        .collect();
    handlers.sort();
    handlers.dedup();
    if handlers.len() < 2 {
        return;
    }
    findings.push(
        Finding::new(
            &RULE,
            format!("{} cannot all be isolated", handlers.join(", ")),
        )
        .effect(Effect::UnitRefused)
        .at_directive(context.unit, mode, "systemd refuses the unit")
        .help("name one unit in OnFailure=, and let it want the others"),
    );
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    fn said(unit: &str) -> String {
        let text = format!("[Unit]\n{unit}\n[Service]\nExecStart=/bin/x\n");
        said_by("AMB062", "centos7", &text)
    }

    #[test]
    fn one_unit_can_be_isolated_and_two_cannot() {
        insta::assert_snapshot!(said("OnFailure=a.service b.service\nOnFailureIsolate=yes"), @"x.service:3:1: error[AMB062]: a.service, b.service cannot all be isolated");
        // Each seen on the real programs.
        for fine in [
            "OnFailure=a.service a.service\nOnFailureJobMode=isolate",
            "OnFailure=a.service b.service\nOnFailureIsolate=yes\nOnFailureJobMode=fail",
            "OnFailure=a.service b\nOnFailureIsolate=yes",
        ] {
            assert_eq!(said(fine), "", "{fine}");
        }
        assert_ne!(
            said("OnFailure=a.service\nOnFailure=\nOnFailure=b.service\nOnFailureJobMode=isolate"),
            ""
        );
    }
}
