//! AMB090

use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd::{self, Form, sandboxing};
use crate::unit::Directive;

pub(super) static RULE: Rule = Rule {
    code: "AMB090",
    name: "hardening-lost",
    severity: Severity::Note,
    origin: Origin::Ours,
    summary: "Sandboxing of the unit that the target's systemd cannot give.",
    explanation: "systemd ignores what it does not know, sandboxing too: the service runs, and is less protected than \
        the unit says. This note counts what is lost on a target, once for each unit. `hardening = \"require\"` in \
        the configuration makes packaging refuse such a target.",
    example: Example {
        bad: "[Service]\nProtectKernelModules=yes    # centos7: systemd 219 ignores it",
        good: "[Service]\nCapabilityBoundingSet=~CAP_SYS_MODULE    # what 219 can give",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let mut protecting: Vec<&str> = Vec::new();
    let mut lost: Vec<(&str, &Directive)> = Vec::new();
    for directive in context.directives() {
        let key = directive.key.as_str();
        let Some(row) = sandboxing(key).filter(|_| directive.section == "Service") else {
            continue;
        };
        if !row.protects(&directive.value) {
            continue;
        }
        if !protecting.contains(&key) {
            protecting.push(key);
        }
        if !works(context, directive) && lost.iter().all(|(known, _)| *known != key) {
            lost.push((key, directive));
        }
    }
    let Some((_, first)) = lost.first() else {
        return;
    };
    let names: Vec<String> = lost
        .iter()
        .map(
            |(key, line)| match context.profile.directive("Service", key).works() {
                true => format!("{key}={}", line.value),
                false => format!("{key}="),
            },
        )
        .collect();
    let title = format!(
        "{} of {} sandboxing directives of {} do nothing on systemd {}",
        lost.len(),
        protecting.len(),
        context.unit.name,
        context.profile.systemd.value
    );
    findings.push(
        Finding::new(&RULE, title)
            .at_directive(context.unit, first, "")
            .note(format!("lost there: {}", names.join(", "))),
    );
}

/// Whether a sandboxing directive does there what it says.
fn works(context: &Context<'_>, directive: &Directive) -> bool {
    if !context.takes_effect(directive) {
        return false;
    }
    let Some(row) = systemd::directive("Service", &directive.key) else {
        return true;
    };
    // A word such as `strict` may be newer than the directive. Lists lose single words at most.
    let several = row
        .enumeration()
        .is_none_or(|words| words.takes(Form::List) || words.takes(Form::Open));
    let values = context.profile.enum_values(row).unwrap_or_default();
    let known = values
        .iter()
        .find(|value| value.word.text == directive.value);
    several || known.is_none_or(|value| value.standing.works())
}

#[cfg(test)]
mod tests {
    use super::super::super::PackageFacts;
    use super::super::super::testing::{findings, said_by};

    const TEXT: &str = "[Service]\nExecStart=/bin/x\nNoNewPrivileges=yes\nProtectSystem=strict\nProtectKernelModules=yes\nProtectKernelLogs=no\nReadOnlyPaths=/etc\nReadOnlyPaths=/usr\n";

    #[test]
    fn what_is_lost_is_counted_once_for_a_unit() {
        insta::assert_snapshot!(said_by("AMB090", "centos7", TEXT), @"x.service:4:1: note[AMB090]: 3 of 4 sandboxing directives of x.service do nothing on systemd 219");
        let found = findings("centos7", &[("x.service", TEXT)], None);
        let note = found
            .iter()
            .find(|finding| finding.rule.code == "AMB090")
            .unwrap();
        insta::assert_snapshot!(note.diagnostic.notes.join("\n"), @"lost there: ProtectSystem=strict, ProtectKernelModules=, ReadOnlyPaths=");
        assert_eq!(said_by("AMB090", "el9", TEXT), "");
    }

    #[test]
    fn what_packaging_writes_under_another_name_is_not_lost() {
        let facts = PackageFacts::default();
        let text = "[Service]\nExecStart=/bin/x\nReadOnlyPaths=/etc\n";
        let found = findings("centos7", &[("x.service", text)], Some(&facts));
        assert!(found.iter().all(|finding| finding.rule.code != "AMB090"));
    }
}
