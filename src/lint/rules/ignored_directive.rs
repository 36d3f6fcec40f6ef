//! AMB014

use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd::{Standing, moves};

pub(super) static RULE: Rule = Rule {
    code: "AMB014",
    name: "outdated-directive",
    severity: Severity::Warning,
    origin: Origin::Systemd,
    summary: "The target's systemd ignores this directive, or means another one by it.",
    explanation: "Directives are renamed, replaced and dropped over time. Some old names are still read as the new \
        ones, with a warning; some are known and do nothing; some are no longer known at all.",
    example: Example {
        bad: "[Unit]\nRequiresOverridable=database.service",
        good: "[Unit]\nRequires=database.service",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for directive in context.directives() {
        let (section, key) = (directive.section.as_str(), directive.key.as_str());
        let (effect, what) = match context.profile.directive(section, key) {
            Standing::Ignored { since } => (
                Effect::Warned,
                format!("does nothing since systemd {since}"),
            ),
            Standing::Obsolete { since } => (
                Effect::Warned,
                format!("is an old name since systemd {since}"),
            ),
            Standing::Removed { since } => (
                Effect::LineIgnored,
                format!("is gone since systemd {since}"),
            ),
            _ => continue,
        };
        let new = moves()
            .iter()
            .filter(|row| row.old.section == section && row.old.name == key)
            .find_map(|row| {
                row.new
                    .filter(|new| context.profile.directive(new.section, new.name).works())
            });
        findings.push(
            Finding::new(&RULE, format!("{key}= {what}"))
                .effect(effect)
                .at_key(context.unit, directive, "")
                .help_if(new.map(|new| format!("use {}= in [{}]", new.name, new.section))),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn what_became_of_a_directive_depends_on_the_target() {
        let text = "[Unit]\nRequiresOverridable=a.service\n[Service]\nExecStart=/bin/true\nCapabilities=cap_x\n";
        assert_eq!(said_by("AMB014", "centos7", text), "");
        insta::assert_snapshot!(said_by("AMB014", "el8", text), @r"
            x.service:2:1: warning[AMB014]: RequiresOverridable= is an old name since systemd 228
            x.service:5:1: warning[AMB014]: Capabilities= does nothing since systemd 230
            ");
    }
}
