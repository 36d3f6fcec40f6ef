//! AMB012

use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd::Standing;

pub(super) static RULE: Rule = Rule {
    code: "AMB012",
    name: "too-new",
    severity: Severity::Warning,
    origin: Origin::Systemd,
    summary: "The target's systemd does not know this directive yet.",
    explanation: "systemd warns in its log and ignores the line; the service starts without what it says. Packaging \
        rewrites the line to what means the same on the target where there is such a thing, and says what it did.",
    example: Example {
        bad: "[Service]\nStateDirectory=hello    # centos7: systemd 219 knows it since 235",
        good: "[Service]\nStateDirectory=hello\n\n# and for centos7, in Cargo.toml:\n[package.metadata.ambot.target.centos7.services.hello.Service]\nStateDirectory = []",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for directive in context.directives() {
        let since = match context
            .profile
            .directive(&directive.section, &directive.key)
        {
            Standing::TooNew { since } => format!("since systemd {since}"),
            Standing::Downstream => "on another distribution only".to_owned(),
            _ => continue,
        };
        let systemd = context.profile.systemd.value;
        let title = format!(
            "{}= works {since}, and the target has {systemd}",
            directive.key
        );
        findings.push(
            Finding::new(&RULE, title)
                .effect(Effect::LineIgnored)
                .at_key(context.unit, directive, "the line is ignored there"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn a_directive_is_too_new_for_one_target_and_not_for_the_next() {
        let text = "[Service]\nExecStart=/bin/true\nStateDirectory=x\n";
        insta::assert_snapshot!(said_by("AMB012", "centos7", text), @r"
            x.service:3:1: warning[AMB012]: StateDirectory= works since systemd 235, and the target has 219
            ");
        assert_eq!(said_by("AMB012", "el8", text), "");
    }
}
