//! AMB049

use super::super::commands::report;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::value::Reason;

pub(super) static RULE: Rule = Rule {
    code: "AMB049",
    name: "variable-as-executable",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "The program of a command line comes from a variable.",
    explanation: "systemd replaces variables in arguments, never in the program. 219 drops the command, later versions \
        refuse the unit.",
    example: Example {
        bad: "[Service]\nEnvironment=JAVA_HOME=/usr/lib/jvm/jre\nExecStart=${JAVA_HOME}/bin/java -jar hello.jar",
        good: "[Service]\nExecStart=/usr/lib/jvm/jre/bin/java -jar hello.jar",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    report(
        &RULE,
        context,
        findings,
        |problem, part, directive| {
            let is_variable = problem.invalid.reason == Reason::ExecutableVariable;
            is_variable.then(|| {
                format!(
                    "{}= takes its program from a variable: `{part}`",
                    directive.key
                )
            })
        },
        |_| {
            Some(
                "write the path itself, or let `/usr/bin/env` or `/bin/sh -c '…'` look for it"
                    .to_owned(),
            )
        },
    );
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn a_variable_is_no_program_and_is_an_argument() {
        let text = "[Service]\nExecStart=${JAVA_HOME}/bin/java $OPTS\nExecStop=/bin/echo ${A}\n";
        insta::assert_snapshot!(said_by("AMB049", "centos7", text), @"x.service:2:11: error[AMB049]: ExecStart= takes its program from a variable: `${JAVA_HOME}/bin/java`");
        assert_eq!(
            said_by("AMB049", "el8", text),
            said_by("AMB049", "centos7", text)
        );
    }
}
