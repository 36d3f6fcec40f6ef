//! AMB054

use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::Directive;

pub(super) static RULE: Rule = Rule {
    code: "AMB054",
    name: "oneshot-restart",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "A oneshot service asks for a restart that the target's systemd refuses.",
    explanation: "A oneshot service is meant to end, so no version restarts it always or on success. Restarts on \
        failure are taken since systemd 244, which Red Hat's 8.10 has taken over; 219 and the 239 of CentOS 8 refuse \
        the whole unit. RestartForceExitStatus= is refused up to 254. A service without ExecStart= and Type= is a \
        oneshot one too.",
    example: Example {
        bad: "[Service]\nType=oneshot\nRestart=always\nExecStart=/usr/bin/hello-sync",
        good: "[Service]\nType=oneshot\nExecStart=/usr/bin/hello-sync",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if !context.is_service() || context.service_type() != "oneshot" {
        return;
    }
    if let Some(restart) = context.restart() {
        let never = ["always", "on-success"].contains(&restart.value.as_str());
        if never || !context.profile.oneshot_restart.value {
            let help = match never {
                true => "leave Restart= out, or let a timer start the service again and again",
                false => {
                    "leave Restart= out for this target, or let a timer start the service again"
                }
            };
            findings.push(finding(context, restart).help(help));
        }
    }
    let mut forced = context
        .list("Service", "RestartForceExitStatus")
        .into_iter();
    if let Some(forced) = forced.next()
        && context.profile.refuses_forced_restart_of_oneshot()
    {
        findings.push(finding(context, forced).help("leave the line out"));
    }
}

fn finding(context: &Context<'_>, directive: &Directive) -> Finding {
    let what = match directive.key.as_str() {
        "Restart" => format!("Restart={}", directive.value),
        key => format!("{key}="),
    };
    let title = format!(
        "systemd {} refuses {what} for a oneshot service",
        context.profile.systemd.value
    );
    Finding::new(&RULE, title)
        .effect(Effect::UnitRefused)
        .at_directive(context.unit, directive, "the unit is refused there")
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    fn refused(target: &str, lines: &str) -> bool {
        let text = format!("[Service]\n{lines}\n");
        !said_by("AMB054", target, &text).is_empty()
    }

    #[test]
    fn the_target_decides_which_restart_is_refused() {
        let on_failure = "Type=oneshot\nExecStart=/bin/true\nRestart=on-failure";
        for (target, expected) in [
            ("centos7", true),
            ("centos8", true),
            ("el8", false),
            ("el9", false),
        ] {
            assert_eq!(refused(target, on_failure), expected, "{target}");
            for never in ["always", "on-success"] {
                let always = format!("Type=oneshot\nExecStart=/bin/true\nRestart={never}");
                assert!(refused(target, &always), "{target}");
            }
            assert!(!refused(target, &format!("{on_failure}\nRestart=no")));
        }
        insta::assert_snapshot!(said_by("AMB054", "centos8", &format!("[Service]\n{on_failure}\n")), @"x.service:4:1: error[AMB054]: systemd 239 refuses Restart=on-failure for a oneshot service");
    }

    #[test]
    fn what_is_not_written_counts_as_systemd_counts_it() {
        // Seen on the real programs: no ExecStart= makes it oneshot, an empty Restart= is ignored.
        assert!(refused(
            "el9",
            "Restart=always\nRemainAfterExit=yes\nExecStop=/bin/true"
        ));
        assert!(refused(
            "centos7",
            "Type=oneshot\nExecStart=/bin/true\nRestart=on-failure\nRestart="
        ));
        assert!(!refused("centos7", "ExecStart=/bin/true\nRestart=always"));
    }

    #[test]
    fn a_forced_restart_is_refused_up_to_254() {
        let forced = "Type=oneshot\nExecStart=/bin/true\nRestartForceExitStatus=1";
        assert!(refused("el8", forced) && refused("el9", forced));
        assert!(!refused("el10", forced));
    }
}
