//! AMB050

use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB050",
    name: "runs-as-root",
    severity: Severity::Note,
    origin: Origin::Ours,
    summary: "The service runs as root, and nothing says that it is meant to.",
    explanation: "A system service without User= runs as root: whoever breaks into it has the machine. Most services \
        need no more than their own files and a port above 1024. `User=root` says that root is meant, and so do \
        CapabilityBoundingSet=, PAMName= and DefaultDependencies=no.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello",
        good: "[Service]\nExecStart=/usr/bin/hello\nUser=hello",
    },
    check,
};

/// What says who the service is, or that it was thought about.
const SAYING: [&str; 4] = ["User", "DynamicUser", "CapabilityBoundingSet", "PAMName"];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let commands = context.list("Service", "ExecStart");
    let Some(command) = commands.first().filter(|_| context.is_service()) else {
        return;
    };
    let is_said = SAYING.iter().any(|key| context.service(key).is_some());
    let is_early = context
        .last("Unit", "DefaultDependencies")
        .is_some_and(|line| crate::unit::boolean(&line.value) == Some(false));
    if is_said || is_early {
        return;
    }
    findings.push(
        Finding::new(&RULE, format!("{} runs as root", context.unit.name))
            .at_directive(context.unit, command, "")
            .help("name a user with User=, or say User=root where root is meant"),
    );
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn root_is_said_unless_somebody_thought_of_it() {
        let said = |more: &str| {
            let text = format!("[Service]\nExecStart=/bin/true\n{more}\n");
            said_by("AMB050", "el8", &text)
        };
        insta::assert_snapshot!(said(""), @"x.service:2:1: note[AMB050]: x.service runs as root");
        for meant in [
            "User=root",
            "User=x",
            "DynamicUser=yes",
            "[Unit]\nDefaultDependencies=no",
        ] {
            assert_eq!(said(meant), "", "{meant}");
        }
        assert_ne!(said("User="), "");
    }
}
