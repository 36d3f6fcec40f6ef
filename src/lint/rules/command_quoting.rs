//! AMB042

use super::super::commands::report;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::value::CommandFlaw;

pub(super) static RULE: Rule = Rule {
    code: "AMB042",
    name: "command-quoting",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "The quotes or escapes of a command line are not as the target's systemd reads them.",
    explanation: "systemd has quotes and C escapes of its own. An open quote drops the command on 219 and makes later \
        versions refuse the unit. On 219 quotes count only around a whole word: in `--name=\"a b\"` they are plain \
        characters and the word ends at the blank. An unknown escape such as `\\.` stays as it is, with a warning.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello --name=\"my service\"",
        good: "[Service]\nExecStart=/usr/bin/hello \"--name=my service\"",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    report(
        &RULE,
        context,
        findings,
        |problem, _, directive| {
            (problem.flaw == CommandFlaw::Quoting)
                .then(|| format!("{}=: {}", directive.key, problem.invalid.reason))
        },
        |problem| {
            let instead = problem.invalid.instead.as_ref();
            instead.map(|instead| format!("write `{instead}`"))
        },
    );
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn quotes_are_read_as_the_version_does() {
        let text = "[Service]\nExecStart=/bin/echo \"a b\" 'c d' --x=\"y z\" \\.\nExecStop=/bin/echo \"open\n";
        insta::assert_snapshot!(said_by("AMB042", "centos7", text), @r"
        x.service:2:33: warning[AMB042]: ExecStart=: systemd 219 takes a quote within a word for a plain character
        x.service:2:43: warning[AMB042]: ExecStart=: `\.` is no escape that it knows
        x.service:3:20: error[AMB042]: ExecStop=: the quote is not closed
        ");
        insta::assert_snapshot!(said_by("AMB042", "el8", text), @r"
        x.service:2:43: warning[AMB042]: ExecStart=: `\.` is no escape that it knows
        x.service:3:20: error[AMB042]: ExecStop=: the quote is not closed
        ");
        let text = "[Service]\nExecStart=/bin/echo --name=\"a b\" --v=1 \"c\"\n";
        insta::assert_snapshot!(said_by("AMB042", "centos7", text), @"x.service:2:21: warning[AMB042]: ExecStart=: systemd 219 takes a quote within a word for a plain character");
    }
}
