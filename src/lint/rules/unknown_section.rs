//! AMB010

use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::{Severity, nearest};
use crate::target::systemd;

pub(super) static RULE: Rule = Rule {
    code: "AMB010",
    name: "unknown-section",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "No version of systemd knows this section.",
    explanation: "systemd warns in its log and passes over everything in the section; the unit starts without it. \
        Section names are case-sensitive. A section whose name starts with `X-` is yours to use.",
    example: Example {
        bad: "[Servcie]\nExecStart=/usr/bin/hello",
        good: "[Service]\nExecStart=/usr/bin/hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for header in context.unit.document.sections() {
        let standing = context.profile.section(&header.name);
        if !standing.is_unknown() {
            continue;
        }
        let near = nearest(&header.name, systemd::sections());
        let mut finding =
            Finding::new(&RULE, format!("systemd knows no section [{}]", header.name))
                .effect(Effect::LineIgnored)
                .at_range(
                    context.unit,
                    header.line,
                    header.name_range.clone(),
                    "everything in it is ignored",
                )
                .help_if(near.map(|near| format!("did you mean [{near}]?")));
        // Only one section can be meant, and none that is there is changed by it.
        let same = near.filter(|near| near.eq_ignore_ascii_case(&header.name));
        if let Some(name) = same.filter(|name| !context.unit.document.has_section(name)) {
            finding = finding.fix_range(context.unit, header.name_range.clone(), name);
        }
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{findings, said_by};

    #[test]
    fn a_misspelt_section_is_found_and_a_private_one_is_not() {
        insta::assert_snapshot!(said_by("AMB010", "el8", "[Servcie]\nA=1\n[X-Mine]\nA=1\n[Service]\nExecStart=/bin/true\n"), @r"
            x.service:1:2: error[AMB010]: systemd knows no section [Servcie]
            ");
    }

    #[test]
    fn letter_case_alone_is_mended_where_the_section_is_not_there_already() {
        let fixes = |text: &str| -> Vec<String> {
            let found = findings("el8", &[("x.service", text)], None);
            let fixes = found
                .iter()
                .filter_map(|finding| finding.diagnostic.fix.as_ref());
            fixes
                .map(|fix| format!("{} for {}", fix.what, fix.edits[0].span.text()))
                .collect()
        };
        assert_eq!(
            fixes("[service]\nExecStart=/bin/true\n"),
            ["write `Service` for service"]
        );
        assert!(fixes("[Service]\nExecStart=/bin/true\n[service]\n").is_empty());
        assert!(fixes("[Servcie]\nExecStart=/bin/true\n").is_empty());
    }
}
