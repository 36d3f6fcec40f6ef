//! AMB040

use super::super::commands::report;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::value::{CommandFlaw, Reason};

pub(super) static RULE: Rule = Rule {
    code: "AMB040",
    name: "relative-executable",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "The program of a command line is none that the target's systemd can start.",
    explanation: "systemd before 239 wants an absolute path and drops the command; a service that has no other \
        ExecStart= is then refused. Later versions look a plain name up in a fixed list of folders, never in PATH of \
        the service, and still refuse a relative path with a slash. No shell is asked, so `~` means nothing.",
    example: Example {
        bad: "[Service]\nExecStart=hello --serve",
        good: "[Service]\nExecStart=/usr/bin/hello --serve",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let systemd = context.profile.systemd.value;
    report(
        &RULE,
        context,
        findings,
        |problem, part, directive| {
            let is_variable = problem.invalid.reason == Reason::ExecutableVariable;
            if problem.flaw != CommandFlaw::Executable || is_variable {
                return None;
            }
            let key = &directive.key;
            Some(match problem.invalid.reason {
                Reason::ExecutableNotAbsolute => format!(
                    "{key}= runs `{part}`, and systemd {systemd} takes no relative path there"
                ),
                _ => format!("{key}=: {}", problem.invalid.reason),
            })
        },
        |problem| {
            let is_relative = problem.invalid.reason == Reason::ExecutableNotAbsolute;
            is_relative.then(|| "write the absolute path, such as /usr/bin/…".to_owned())
        },
    );
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn a_plain_name_needs_systemd_239_and_a_relative_path_never_works() {
        let text = "[Service]\nExecStart=true\nExecStop=bin/true\nExecReload=/bin/true\nExecStopPost=/usr/\n";
        insta::assert_snapshot!(said_by("AMB040", "centos7", text), @"
        x.service:2:11: error[AMB040]: ExecStart= runs `true`, and systemd 219 takes no relative path there
        x.service:3:10: error[AMB040]: ExecStop= runs `bin/true`, and systemd 219 takes no relative path there
        x.service:5:14: error[AMB040]: ExecStopPost=: the program is a directory
        ");
        insta::assert_snapshot!(said_by("AMB040", "el8", text), @"
        x.service:3:10: error[AMB040]: ExecStop= runs `bin/true`, and systemd 239 takes no relative path there
        x.service:5:14: error[AMB040]: ExecStopPost=: the program is a directory
        ");
    }
}
