//! AMB012

use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd::{Sandboxing, Standing, sandboxing};

pub(super) static RULE: Rule = Rule {
    code: "AMB012",
    name: "too-new",
    severity: Severity::Warning,
    origin: Origin::Systemd,
    summary: "The target's systemd does not know this directive yet.",
    explanation: "systemd warns in its log and ignores the line; the service starts without what it says. Packaging \
        rewrites the line to what means the same on the target where there is such a thing, and says what it did.",
    example: Example {
        bad: "[Service]\n# centos7: systemd 219 knows it since 243\nExecCondition=/usr/bin/hello --is-due",
        good: "[Unit]\n# what every version knows\nConditionPathExists=/etc/hello/enabled",
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
        let mut finding = Finding::new(&RULE, title)
            .effect(Effect::LineIgnored)
            .at_key(context.unit, directive, "the line is ignored there");
        // What takes nothing away is what the target does anyway.
        let is_off =
            |row: &Sandboxing| !directive.value.is_empty() && !row.protects(&directive.value);
        if sandboxing(&directive.key).is_some_and(is_off) {
            finding = finding
                .severity(Severity::Note)
                .note("nothing is lost: this is what holds without the line");
        }
        findings.push(finding);
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

    #[test]
    fn protection_that_is_turned_off_is_no_loss() {
        let text = "[Service]\nExecStart=/bin/true\nMemoryDenyWriteExecute=false\nProtectKernelModules=yes\n";
        insta::assert_snapshot!(said_by("AMB012", "centos7", text), @"
        x.service:3:1: note[AMB012]: MemoryDenyWriteExecute= works since systemd 231, and the target has 219
        x.service:4:1: warning[AMB012]: ProtectKernelModules= works since systemd 232, and the target has 219
        ");
    }
}
