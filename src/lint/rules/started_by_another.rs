//! AMB071

use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::Decision;

pub(super) static RULE: Rule = Rule {
    code: super::super::STARTED_BY_ANOTHER,
    name: "started-by-another",
    severity: Severity::Note,
    origin: Origin::Ours,
    summary: "The unit gets no [Install] section, because something else starts it.",
    explanation: "A service that a timer, a socket or another unit of the package starts must not be enabled by \
        itself: it would run at the next boot too. So packaging puts no [Install] into it. A template without \
        DefaultInstance= is enabled by instance, and a target by the units that want it. `install = false` in the \
        unit's table says the same for any other unit.",
    example: Example {
        bad: "# tidy.service, beside tidy.timer\n[Service]\nType=oneshot\nExecStart=/usr/bin/tidy\n\n[Install]\nWantedBy=multi-user.target",
        good: "# tidy.service, beside tidy.timer\n[Service]\nType=oneshot\nExecStart=/usr/bin/tidy",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if let Some(Decision::Exempt { reason }) = context.decision {
        findings.push(Finding::new(
            &RULE,
            format!("{reason}, so it gets no [Install] section"),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::PackageFacts;
    use super::super::super::testing::findings;

    #[test]
    fn the_reason_is_said() {
        let units = [
            (
                "a.service",
                "[Unit]\nOnFailure=b.service\n[Service]\nExecStart=/bin/true\n",
            ),
            ("b.service", "[Service]\nExecStart=/bin/true\n"),
        ];
        let found = findings("centos7", &units, Some(&PackageFacts::default()));
        let said: Vec<&str> = found
            .iter()
            .filter(|finding| finding.rule.code == "AMB071")
            .map(|finding| finding.diagnostic.title.as_str())
            .collect();
        assert_eq!(
            said,
            ["b.service: OnFailure= of a.service starts it, so it gets no [Install] section"]
        );
    }
}
