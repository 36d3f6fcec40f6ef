//! AMB041

use super::super::commands::report;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::value::CommandFlaw;

pub(super) static RULE: Rule = Rule {
    code: "AMB041",
    name: "exec-prefix",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "A prefix before the program is none that the target's systemd knows, or does not go with the others.",
    explanation: "`-` and `@` are as old as systemd. `+` came with 231, `!` and `!!` with 235, `:` with 242, `|` with \
        258. An older systemd takes an unknown one for a part of the path: 219 drops the command, 239 refuses the \
        unit. Of `+`, `!` and `!!` a command can have one, and each prefix once.",
    example: Example {
        bad: "[Service]\n# centos7: since systemd 231\nExecStartPre=+/usr/bin/hello-prepare\nExecStart=/usr/bin/hello",
        good: "[Service]\nPermissionsStartOnly=yes\nExecStartPre=/usr/bin/hello-prepare\nExecStart=/usr/bin/hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let systemd = context.profile.systemd.value;
    report(
        &RULE,
        context,
        findings,
        |problem, _, directive| {
            (problem.flaw == CommandFlaw::Prefix).then(|| {
                let key = &directive.key;
                format!(
                    "{key}=: {}; the target has {systemd}",
                    problem.invalid.reason
                )
            })
        },
        |_| None,
    );
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn prefixes_are_known_from_a_version_on() {
        let text = "[Service]\nExecStart=-@/bin/true a\nExecStop=+/bin/true\nExecReload=:/bin/true\nExecStopPost=-!/bin/true\n";
        insta::assert_snapshot!(said_by("AMB041", "centos7", text), @"
        x.service:3:10: error[AMB041]: ExecStop=: the prefix `+` came with systemd 231; the target has 219
        x.service:4:12: error[AMB041]: ExecReload=: the prefix `:` came with systemd 242; the target has 219
        x.service:5:15: error[AMB041]: ExecStopPost=: the prefix `!` came with systemd 235; the target has 219
        ");
        insta::assert_snapshot!(said_by("AMB041", "el8", text), @"x.service:4:12: error[AMB041]: ExecReload=: the prefix `:` came with systemd 242; the target has 239");
        assert_eq!(said_by("AMB041", "el9", text), "");
    }
}
