//! AMB027

use super::super::value::{Misquoted, misquoted};
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB027",
    name: "environment-quoting",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "The target's systemd takes the quotes of a variable's value for a part of it.",
    explanation: "systemd 219 knows quotes around a whole assignment alone. In Environment=NAME=\"two words\" the \
        variable becomes `\"two`, with the quote, and `words\"` is an assignment of its own, or none and ignored. All \
        versions read \"NAME=two words\" in the same way. Packaging writes it so.",
    example: Example {
        bad: "[Service]\nEnvironment=GREETING=\"good day\"",
        good: "[Service]\nEnvironment=\"GREETING=good day\"",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let systemd = context.profile.systemd.value;
    for directive in context.directives() {
        let Some(misquoted) = misquoted(context, directive) else {
            continue;
        };
        let title = format!(
            "{}=: systemd {systemd} takes a quote within an assignment for a part of it",
            directive.key
        );
        let Misquoted { range, instead, .. } = misquoted;
        let help = instead
            .map(|instead| format!("put the quotes around each whole assignment: `{instead}`"));
        let mut finding = Finding::new(&RULE, title)
            .version_bound()
            .at_value(context.unit, directive, range, "no quotes there")
            .help_if(help);
        // It complains of what is no assignment then.
        if misquoted.leaves_no_assignment {
            finding = finding.effect(Effect::LineIgnored);
        }
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{codes_of, said_by};

    #[test]
    fn quotes_go_around_the_whole_assignment_on_219() {
        let text = "[Service]\nExecStart=/bin/true\nEnvironment=A=1 B=\"two words\" \"C=d e\"\nEnvironment=F=\"g h=i\" J=\"k\"\n";
        insta::assert_snapshot!(said_by("AMB027", "centos7", text), @"
        x.service:3:17: error[AMB027]: Environment=: systemd 219 takes a quote within an assignment for a part of it
        x.service:4:13: error[AMB027]: Environment=: systemd 219 takes a quote within an assignment for a part of it
        ");
        assert!(!codes_of("centos7", text).contains(&"AMB020".to_owned()));
        assert_eq!(said_by("AMB027", "el8", text), "");
    }
}
