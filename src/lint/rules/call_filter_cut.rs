//! AMB025

use super::super::words::cut_calls;
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB025",
    name: "call-filter-cut",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "A list of allowed system calls loses what the target's systemd does not know, and with it the service.",
    explanation: "systemd passes over a word of SystemCallFilter= that it does not know. In a list of what is allowed \
        the rest stays in force: on systemd 219, which knows no groups, SystemCallFilter=@system-service allows execve, \
        exit and sigreturn alone, and the program is killed at its first other call. Packaging leaves such a list \
        out for that target, and counts it as lost sandboxing.",
    example: Example {
        bad: "[Service]\n# centos7: systemd 219 knows no groups\nSystemCallFilter=@system-service",
        good: "[Service]\n# what is not allowed, call by call\nSystemCallFilter=~ptrace mount umount2 reboot",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for cut in cut_calls(context).iter().filter(|cut| cut.is_allowed) {
        let title = format!(
            "SystemCallFilter={} works since systemd {}, and without it the list kills the service on {}",
            cut.text, cut.since, context.profile.systemd.value
        );
        findings.push(
            Finding::new(&RULE, title)
                .effect(Effect::LineIgnored)
                .at_value(
                    context.unit,
                    cut.directive,
                    cut.range.clone(),
                    "this is ignored, the rest of the list is not",
                )
                .help("list single calls, or with `~` what is not allowed"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    /// Seen of the parser of the real 219, which names each of these words.
    #[test]
    fn a_list_of_what_is_allowed_needs_all_its_words() {
        let text = "[Service]\nExecStart=/bin/true\nSystemCallFilter=@system-service read\nSystemCallFilter=~@clock\n\
            SystemCallFilter=write:EPERM\nSystemCallFilter=\nSystemCallFilter=~@clock\nSystemCallFilter=@chown\n";
        insta::assert_snapshot!(said_by("AMB025", "centos7", text), @"
        x.service:3:18: error[AMB025]: SystemCallFilter=@system-service works since systemd 239, and without it the list kills the service on 219
        x.service:5:18: error[AMB025]: SystemCallFilter=write:EPERM works since systemd 233, and without it the list kills the service on 219
        ");
        insta::assert_snapshot!(said_by("AMB021", "centos7", text), @"
        x.service:4:19: warning[AMB021]: SystemCallFilter=@clock works since systemd 231, and the target has 219
        x.service:7:19: warning[AMB021]: SystemCallFilter=@clock works since systemd 231, and the target has 219
        x.service:8:18: warning[AMB021]: SystemCallFilter=@chown works since systemd 235, and the target has 219
        ");
        assert_eq!(said_by("AMB025", "el8", text), "");
    }
}
