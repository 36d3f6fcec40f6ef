//! AMB045

use super::super::commands::{Exec, held};
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::value::Consequence;

pub(super) static RULE: Rule = Rule {
    code: "AMB045",
    name: "exec-start-missing",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "A service has nothing to start that the target's systemd takes.",
    explanation: "A service without ExecStart= is refused, unless it is Type=oneshot with RemainAfterExit=yes and an \
        ExecStop= (or, since systemd 240 and in Red Hat's 8.10, a SuccessAction=). Commands that the target drops do \
        not count.",
    example: Example {
        bad: "[Service]\nType=simple",
        good: "[Service]\nType=simple\nExecStart=/usr/bin/hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    // A file without a byte is a mask, which has a rule of its own.
    let is_mask = context.unit.source().is_some() && context.unit.document.as_bytes().is_empty();
    if !context.is_service() || is_mask {
        return;
    }
    let starts = held(context, "ExecStart");
    let stops = held(context, "ExecStop");
    let is_refused = |exec: &Exec<'_>| exec.line.consequence() == Some(Consequence::Refused);
    // Where a command makes systemd refuse the unit, that has been said.
    if count(&starts) > 0 || starts.iter().chain(&stops).any(is_refused) {
        return;
    }
    let Some(title) = verdict(context, &stops) else {
        return;
    };
    let mut finding = Finding::new(&RULE, title).effect(Effect::UnitRefused);
    if let Some(dropped) = starts.first() {
        finding = finding
            .at_directive(context.unit, dropped.directive, "this is dropped there")
            .note("systemd refuses a service with nothing to start");
    } else if !context.unit.document.has_section("Service") {
        finding = finding.note("there is no [Service] section");
    }
    findings.push(finding.help("write ExecStart=/usr/bin/… in [Service]"));
}

fn count(execs: &[Exec<'_>]) -> usize {
    execs.iter().map(Exec::taken).sum()
}

/// `service_verify()` of service.c: 219 and 239 want an ExecStop= at least; v240 and Red Hat's 8.10,
/// which came with the restarts of oneshot services, are content with a SuccessAction=.
fn verdict(context: &Context<'_>, stops: &[Exec<'_>]) -> Option<String> {
    let name = &context.unit.name;
    let action = context.last("Unit", "SuccessAction");
    let action_counts = context.profile.oneshot_restart.value;
    let has_action = action_counts && action.is_some_and(|action| action.value != "none");
    if count(stops) == 0 && !has_action {
        return Some(format!("{name} has no ExecStart= that the target takes"));
    }
    let kind = context.service("Type");
    if kind.is_some_and(|kind| kind != "oneshot") {
        return Some(format!("{name} has no ExecStart= and is not Type=oneshot"));
    }
    let remains = context.service("RemainAfterExit").and_then(yes);
    if remains != Some(true) && !has_action {
        return Some(format!(
            "{name} has no ExecStart= and not RemainAfterExit=yes"
        ));
    }
    None
}

fn yes(value: &str) -> Option<bool> {
    crate::unit::value::boolean(value).ok()
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn a_service_needs_a_command_that_the_target_takes() {
        let said = |target: &str, text: &str| said_by("AMB045", target, text);
        insta::assert_snapshot!(said("el8", "[Unit]\nDescription=x\n"), @"error[AMB045]: x.service has no ExecStart= that the target takes");
        insta::assert_snapshot!(said("centos7", "[Service]\nExecStart=true\n"), @"x.service:2:1: error[AMB045]: x.service has no ExecStart= that the target takes");
        assert_eq!(said("el8", "[Service]\nExecStart=true\n"), "");
        assert_eq!(
            said(
                "el8",
                "[Service]\nExecStart=/bin/true\nExecStart=\nExecStart=/bin/true\n"
            ),
            ""
        );
        insta::assert_snapshot!(said("el8", "[Service]\nType=oneshot\nExecStop=/bin/true\n"), @"error[AMB045]: x.service has no ExecStart= and not RemainAfterExit=yes");
        let stops = "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStop=/bin/true\n";
        assert_eq!(said("centos7", stops), "");
        let reboots = "[Unit]\nSuccessAction=reboot\n[Service]\nType=oneshot\n";
        assert_eq!(said("el8", reboots), "");
        assert_ne!(said("centos8", reboots), "");
    }
}
