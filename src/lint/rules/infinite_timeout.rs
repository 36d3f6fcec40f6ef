//! AMB026

use super::super::value::known;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB026",
    name: "infinite-timeout",
    severity: Severity::Error,
    origin: Origin::Ours,
    summary: "A timeout of `infinity` is over at once on the target's systemd.",
    explanation: "Before systemd 229 the time at which a timeout ends is now plus the timeout, which overflows with \
        `infinity`: the start fails with a timeout as soon as it begins. systemd says nothing of it. \
        What turns these timeouts off is `0` there, which later versions take too. Packaging writes it.",
    example: Example {
        bad: "[Service]\n# centos7: systemd 219 ends the start at once\nTimeoutStartSec=infinity",
        good: "[Service]\nTimeoutStartSec=0",
    },
    check,
};

/// The timeouts that are armed with `service_arm_timer()` and its like (service.c and job.c of 219).
const TIMEOUTS: [&str; 6] = [
    "JobTimeoutSec",
    "RestartSec",
    "TimeoutSec",
    "TimeoutStartSec",
    "TimeoutStopSec",
    "WatchdogSec",
];

/// The one that `0` does not turn off.
const PAUSE: &str = "RestartSec";

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if context.profile.has_infinite_timeouts() {
        return;
    }
    let systemd = context.profile.systemd.value;
    for directive in context.directives() {
        let key = directive.key.as_str();
        let is_meant = TIMEOUTS.contains(&key) && directive.value == "infinity";
        if !is_meant || known(context, directive).is_none() {
            continue;
        }
        let help = match key == PAUSE {
            true => "write a long time, such as `100y`",
            false => "write `0`, which turns it off in every version",
        };
        let title = format!("{key}=infinity is over at once on systemd {systemd}");
        let whole = 0..directive.value.len();
        findings.push(
            Finding::new(&RULE, title)
                .version_bound()
                .at_value(context.unit, directive, whole, "this overflows there")
                .help(help),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn infinity_overflows_before_229() {
        let text = "[Unit]\nJobTimeoutSec=infinity\n[Service]\nExecStart=/bin/true\nTimeoutStartSec=infinity\n\
            TimeoutStopSec=0\nTimeoutSec=1h\nLimitNOFILE=infinity\n";
        insta::assert_snapshot!(said_by("AMB026", "centos7", text), @"
        x.service:2:15: error[AMB026]: JobTimeoutSec=infinity is over at once on systemd 219
        x.service:5:17: error[AMB026]: TimeoutStartSec=infinity is over at once on systemd 219
        ");
        assert_eq!(said_by("AMB026", "el8", text), "");
    }
}
