//! AMB058

use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB058",
    name: "pam-kill-mode",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "A service with PAMName= keeps some of its processes alive when it is stopped.",
    explanation: "The PAM session has a process of its own that must end with the service. So systemd refuses a unit \
        with PAMName= whose KillMode= is neither control-group nor mixed (seen on 219, 239 and 252).",
    example: Example {
        bad: "[Service]\nPAMName=login\nKillMode=process",
        good: "[Service]\nPAMName=login\nKillMode=mixed",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let (Some(mode), Some(pam)) = (
        context.last_word("KillMode"),
        context.last("Service", "PAMName"),
    ) else {
        return;
    };
    if ["control-group", "mixed"].contains(&mode.value.as_str()) {
        return;
    }
    findings.push(
        Finding::new(&RULE, format!("KillMode={} with PAMName=", mode.value))
            .effect(Effect::UnitRefused)
            .at_directive(context.unit, mode, "systemd refuses the unit")
            .and_at(context.unit, pam, "because of this")
            .help("say KillMode=mixed"),
    );
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn two_kill_modes_go_with_pam() {
        let said = |more: &str| {
            let text = format!("[Service]\nExecStart=/bin/x\nPAMName=login\n{more}\n");
            said_by("AMB058", "centos7", &text)
        };
        insta::assert_snapshot!(said("KillMode=process"), @"x.service:4:1: error[AMB058]: KillMode=process with PAMName=");
        for fine in ["", "KillMode=mixed", "KillMode=none\nPAMName="] {
            assert_eq!(said(fine), "", "{fine}");
        }
    }
}
