//! AMB047

use super::super::commands::execs;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB047",
    name: "sudo-or-su",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A command changes the user with sudo or su.",
    explanation: "User= and Group= do that. sudo and su make a session of their own through PAM, move the program into \
        another control group or leave systemd with their own process in its place, and often want a terminal; then \
        signals, the main process and the readiness of the service go astray.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/sudo -u hello /usr/bin/hello",
        good: "[Service]\nUser=hello\nExecStart=/usr/bin/hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for exec in execs(context) {
        for command in &exec.line.commands {
            let program = &command.executable;
            let name = program.text.rsplit('/').next().unwrap_or_default();
            if !matches!(name, "sudo" | "su") {
                continue;
            }
            let title = format!("{}= changes the user with {name}", exec.directive.key);
            findings.push(
                Finding::new(&RULE, title)
                    .at_value(context.unit, exec.directive, program.range.clone(), "")
                    .help("set User= and Group=, and run the program itself"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn sudo_and_su_are_found_as_programs() {
        let text = "[Service]\nExecStartPre=-/usr/bin/sudo -u a /bin/b\nExecStart=/bin/su - a -c b\nExecStop=/usr/bin/sum su\n";
        insta::assert_snapshot!(said_by("AMB047", "el8", text), @"
        x.service:2:15: warning[AMB047]: ExecStartPre= changes the user with sudo
        x.service:3:11: warning[AMB047]: ExecStart= changes the user with su
        ");
    }
}
