//! AMB057

use super::super::commands::version;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::Directive;
use crate::unit::value::{TimeSpan, time_span};
use std::time::Duration;

pub(super) static RULE: Rule = Rule {
    code: "AMB057",
    name: "unreachable-start-limit",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "The service is restarted so slowly that its start limit is never reached.",
    explanation: "systemd gives up on a service that starts more than StartLimitBurst= times (5) within \
        StartLimitIntervalSec= (10 s). With RestartSec= between two starts, the interval has to be longer than the \
        two multiplied; else the service is restarted for ever, OnFailure= is never called and StartLimitAction= \
        never taken. Where no limit was written this is only a note: for ever may be what is wanted.",
    example: Example {
        bad: "[Unit]\nStartLimitIntervalSec=10\nStartLimitBurst=5\n\n[Service]\nRestart=on-failure\nRestartSec=5",
        good: "[Unit]\nStartLimitIntervalSec=60\nStartLimitBurst=5\n\n[Service]\nRestart=on-failure\nRestartSec=5",
    },
    check,
};

/// The defaults of every version from 219 to 257: `DefaultStartLimitIntervalSec=10s` and
/// `DefaultStartLimitBurst=5` (systemd-system.conf(5)).
const INTERVAL: Duration = Duration::from_secs(10);
const BURST: u32 = 5;

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(pause) = context.last("Service", "RestartSec") else {
        return;
    };
    let Some(seconds) = span(context, pause).filter(|_| context.restart().is_some()) else {
        return;
    };
    let interval_line = limit(context, &["StartLimitIntervalSec", "StartLimitInterval"]);
    let burst_line = limit(context, &["StartLimitBurst"]);
    let interval = interval_line.map_or(Some(INTERVAL), |line| span(context, line));
    let burst = burst_line.map_or(Some(BURST), |line| line.value.parse().ok());
    let (Some(interval), Some(burst)) = (interval, burst) else {
        return;
    };
    // Zero turns the limit off, which says that for ever is meant.
    if interval.is_zero() || burst == 0 || seconds.saturating_mul(burst) < interval {
        return;
    }
    let written = [
        interval_line,
        burst_line,
        limit(context, &["StartLimitAction"]),
    ];
    let title = format!(
        "the start limit of {burst} starts in {}s is never reached with {}s between them",
        interval.as_secs_f64(),
        seconds.as_secs_f64()
    );
    let mut finding = Finding::new(&RULE, title)
        .at_directive(context.unit, pause, "")
        .note("the service is restarted for ever");
    if written.iter().all(Option::is_none) {
        finding = finding
            .severity(Severity::Note)
            .help("to give up some time, say StartLimitIntervalSec= in [Unit], longer than RestartSec= times StartLimitBurst=");
    } else {
        let needed = seconds.saturating_mul(burst).as_secs_f64();
        finding = finding.help(format!("make the interval longer than {needed}s"));
    }
    for line in written.into_iter().flatten() {
        finding = finding.and_at(context.unit, line, "");
    }
    findings.push(finding);
}

/// How long a line says.
fn span(context: &Context<'_>, line: &Directive) -> Option<Duration> {
    match time_span(&line.value, version(context)).ok()? {
        TimeSpan::Microseconds(time) => Some(Duration::from_micros(time)),
        TimeSpan::Infinity => Some(Duration::MAX),
    }
}

/// The last line of these names, in either of the sections that start limits had.
fn limit<'a>(context: &Context<'a>, keys: &[&str]) -> Option<&'a Directive> {
    let of_keys = |line: &&Directive| {
        keys.contains(&line.key.as_str()) && ["Unit", "Service"].contains(&line.section.as_str())
    };
    let mut lines = context.directives().iter();
    lines.rfind(of_keys).filter(|line| !line.value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    fn said(unit: &str, service: &str) -> String {
        let text =
            format!("[Unit]\n{unit}\n[Service]\nExecStart=/bin/x\nRestart=always\n{service}\n");
        said_by("AMB057", "el8", &text)
    }

    #[test]
    fn a_limit_that_was_written_is_a_warning_and_the_default_a_note() {
        insta::assert_snapshot!(said("", "RestartSec=2") + &said("StartLimitBurst=3", "RestartSec=1min"), @"
        x.service:6:1: note[AMB057]: the start limit of 5 starts in 10s is never reached with 2s between them
        x.service:6:1: warning[AMB057]: the start limit of 3 starts in 10s is never reached with 60s between them
        ");
    }

    #[test]
    fn a_limit_that_can_be_reached_or_is_off_is_fine() {
        for (unit, service) in [
            ("", "RestartSec=1.9"),
            ("", ""),
            ("StartLimitIntervalSec=0", "RestartSec=5"),
            ("StartLimitIntervalSec=30", "RestartSec=5"),
            ("StartLimitIntervalSec=infinity", "RestartSec=1h"),
            ("", "StartLimitInterval=1h\nRestartSec=5"),
            ("", "RestartSec=5\nRestart=no"),
        ] {
            assert_eq!(said(unit, service), "", "{unit} {service}");
        }
    }
}
