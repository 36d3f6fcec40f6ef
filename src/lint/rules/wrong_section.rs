//! AMB013

use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use super::unknown_directive::meant;
use crate::report::Severity;
use crate::target::systemd::{self, Standing};

pub(super) static RULE: Rule = Rule {
    code: "AMB013",
    name: "wrong-section",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "The directive is right and its section is not.",
    explanation: "Each directive belongs to one section, or to a few. In another one systemd does not know it: it \
        warns in its log and ignores the line.",
    example: Example {
        bad: "[Unit]\nUser=hello",
        good: "[Service]\nUser=hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for directive in context.directives() {
        let (section, key) = (directive.section.as_str(), directive.key.as_str());
        if context.profile.directive(section, key) != Standing::Unknown
            || context.profile.section(section).is_unknown()
        {
            continue;
        }
        let others: Vec<&str> = systemd::sections_of(key).collect();
        if others.is_empty() {
            continue;
        }
        // Of all sections that have it, those that the unit can have are meant.
        let own = context.unit.name.kind().section();
        let fitting = others
            .iter()
            .find(|other| Some(**other) == own || ["Unit", "Install"].contains(*other));
        let belongs = fitting.unwrap_or(&others[0]);
        let help = match (meant(key), fitting) {
            (Some(meant), None) => meant.to_owned(),
            (_, Some(section)) => format!("move the line below [{section}]"),
            // Such a section cannot stand in this unit.
            (None, None) => format!("it is for .{} units", belongs.to_ascii_lowercase()),
        };
        findings.push(
            Finding::new(
                &RULE,
                format!("{key}= belongs into [{belongs}], not into [{section}]"),
            )
            .effect(Effect::LineIgnored)
            .at_key(context.unit, directive, "the line is ignored here")
            .help(help),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{findings, said_by};

    #[test]
    fn the_section_that_the_unit_can_have_is_named() {
        let text = "[Unit]\nUser=a\nWantedBy=b.target\n[Service]\nExecStart=/bin/true\nAfter=c.target\n[Install]\nRestart=no\n";
        insta::assert_snapshot!(said_by("AMB013", "el8", text), @r"
            x.service:2:1: error[AMB013]: User= belongs into [Service], not into [Unit]
            x.service:3:1: error[AMB013]: WantedBy= belongs into [Install], not into [Unit]
            x.service:6:1: error[AMB013]: After= belongs into [Unit], not into [Service]
            x.service:8:1: error[AMB013]: Restart= belongs into [Service], not into [Install]
            ");
    }

    #[test]
    fn what_the_unit_cannot_have_is_not_to_be_moved() {
        let text = "[Service]\nExecStart=/bin/true\nExecStopPre=/bin/x\nOnCalendar=daily\nAfter=a.service\n";
        let found = findings("el8", &[("x.service", text)], None);
        let found = found.iter().filter(|finding| finding.rule.code == "AMB013");
        let helps: Vec<String> = found
            .map(|finding| finding.diagnostic.help.join("; "))
            .collect();
        insta::assert_snapshot!(helps.join("\n"), @"
        there is nothing before the stop: put the command into ExecStop= before the other, or into ExecStopPost=, which runs after it
        it is for .timer units
        move the line below [Unit]
        ");
    }
}
