//! AMB055

use super::super::commands::version;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::value::{TimeSpan, time_span};

pub(super) static RULE: Rule = Rule {
    code: "AMB055",
    name: "watchdog",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A watchdog that ends the service for good, or that the program may know nothing of.",
    explanation: "With WatchdogSec= systemd kills a service that does not send WATCHDOG=1 in time. A program that \
        knows nothing of it is killed again and again; one that does can say when it is ready too, which is \
        Type=notify. And without Restart= nothing starts the service again after it was killed.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello\nWatchdogSec=30",
        good: "[Service]\nType=notify\nExecStart=/usr/bin/hello\nWatchdogSec=30\nRestart=on-failure",
    },
    check,
};

/// The values of `Restart=` that start a service again after the watchdog ended it
/// (systemd.service(5), the table below `Restart=`).
const AGAIN: [&str; 4] = ["always", "on-failure", "on-abnormal", "on-watchdog"];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(watchdog) = context.last("Service", "WatchdogSec") else {
        return;
    };
    let time = time_span(&watchdog.value, version(context));
    let is_set = time.is_ok_and(|time| time != TimeSpan::Microseconds(0));
    // The bus starts such a service again when it is asked for.
    if !is_set || context.service_type() == "dbus" {
        return;
    }
    let hears = context.notifies() || context.last_word("NotifyAccess").is_some();
    let again = context
        .restart()
        .is_some_and(|restart| AGAIN.contains(&restart.value.as_str()));
    if !hears {
        findings.push(
            Finding::new(&RULE, "WatchdogSec= without Type=notify")
                .at_directive(context.unit, watchdog, "a program that sends no WATCHDOG=1 is killed")
                .help("say Type=notify where the program sends READY=1 and WATCHDOG=1; leave WatchdogSec= out where it does not"),
        );
    }
    if !again {
        findings.push(
            Finding::new(&RULE, "WatchdogSec= without Restart=")
                .at_directive(
                    context.unit,
                    watchdog,
                    "after it was killed the service stays down",
                )
                .help("say Restart=on-failure"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn a_watchdog_needs_a_program_that_speaks_and_a_restart() {
        let said = |more: &str| {
            let text = format!("[Service]\nExecStart=/bin/x\nWatchdogSec=30\n{more}\n");
            said_by("AMB055", "el8", &text)
        };
        insta::assert_snapshot!(said(""), @"
        x.service:3:1: warning[AMB055]: WatchdogSec= without Type=notify
        x.service:3:1: warning[AMB055]: WatchdogSec= without Restart=
        ");
        assert_eq!(said("Type=notify\nRestart=on-watchdog"), "");
        assert_eq!(said("NotifyAccess=main\nRestart=always"), "");
        assert_eq!(said("WatchdogSec=0"), "");
        assert_eq!(said("Type=notify\nRestart=on-success").lines().count(), 1);
    }
}
