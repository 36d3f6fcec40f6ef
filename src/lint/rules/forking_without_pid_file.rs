//! AMB051

use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB051",
    name: "forking-without-pid-file",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A forking service does not say which of its processes is the main one.",
    explanation: "systemd then guesses, and guesses wrong where there is more than one process: it takes the service \
        for dead while it runs, or does not see it die. PIDFile= tells. A service written today does better not to \
        fork at all: Type=exec or Type=notify (systemd.service(5)).",
    example: Example {
        bad: "[Service]\nType=forking\nExecStart=/usr/bin/hello --daemon",
        good: "[Service]\nType=exec\nExecStart=/usr/bin/hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let Some(directive) = context.last_word("Type") else {
        return;
    };
    // `GuessMainPID=no` says that there is no main process.
    let is_said = ["PIDFile", "GuessMainPID"]
        .iter()
        .any(|key| context.service(key).is_some());
    if directive.value != "forking" || is_said {
        return;
    }
    findings.push(
        Finding::new(&RULE, "Type=forking without PIDFile=")
            .at_directive(context.unit, directive, "systemd guesses the main process")
            .help("let the program stay in the foreground with Type=exec or Type=notify, or name its PIDFile="),
    );
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn a_pid_file_tells_the_main_process() {
        let text = "[Service]\nType=forking\nExecStart=/bin/true\n";
        insta::assert_snapshot!(said_by("AMB051", "el8", text), @"x.service:2:1: warning[AMB051]: Type=forking without PIDFile=");
        for told in ["PIDFile=/run/x.pid", "GuessMainPID=no"] {
            assert_eq!(said_by("AMB051", "el8", &format!("{text}{told}\n")), "");
        }
        // The last type that the target knows counts.
        let replaced = format!("{text}Type=exec\n");
        assert_eq!(said_by("AMB051", "el8", &replaced), "");
        assert_ne!(said_by("AMB051", "centos7", &replaced), "");
    }
}
