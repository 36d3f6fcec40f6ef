//! AMB056

use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB056",
    name: "restart-settings-without-restart",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "The unit says how to restart the service, and not that it is to be restarted.",
    explanation: "Restart= is `no` unless it is written, so a service that dies stays down, and RestartSec= and its \
        kin have nothing to do.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello\nRestartSec=5",
        good: "[Service]\nExecStart=/usr/bin/hello\nRestart=on-failure\nRestartSec=5",
    },
    check,
};

const SETTINGS: [&str; 5] = [
    "RestartSec",
    "RestartPreventExitStatus",
    "RestartMode",
    "RestartSteps",
    "RestartMaxDelaySec",
];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let forced = !context.list("Service", "RestartForceExitStatus").is_empty();
    if forced || context.restart().is_some() {
        return;
    }
    // A value that the target does not know is what other rules speak of.
    let written = context
        .last("Service", "Restart")
        .is_some_and(|line| line.value != "no");
    let settings = SETTINGS
        .iter()
        .filter_map(|key| context.last("Service", key));
    for directive in settings.filter(|_| !written) {
        findings.push(
            Finding::new(&RULE, format!("{}= without Restart=", directive.key))
                .at_directive(context.unit, directive, "the service is never restarted")
                .help("say Restart=on-failure, or leave the line out"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn settings_of_a_restart_need_one() {
        let said = |more: &str| {
            let text = format!("[Service]\nExecStart=/bin/x\nRestartSec=5\n{more}\n");
            said_by("AMB056", "el8", &text)
        };
        insta::assert_snapshot!(said("RestartPreventExitStatus=2"), @"
        x.service:3:1: warning[AMB056]: RestartSec= without Restart=
        x.service:4:1: warning[AMB056]: RestartPreventExitStatus= without Restart=
        ");
        assert_ne!(said("Restart=no"), "");
        for fine in ["Restart=always", "RestartForceExitStatus=1", "RestartSec="] {
            assert_eq!(said(fine), "", "{fine}");
        }
    }
}
