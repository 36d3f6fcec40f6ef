//! AMB001

use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB001",
    name: "unusual-name",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "The name of a unit has characters beyond letters, digits, `-` and `_`.",
    explanation: "systemd takes `:`, `.` and `\\` too. But a dot looks like a suffix, a backslash needs quoting in \
        every shell, and a colon parts words in lists of paths. Scripts that handle the unit stumble.",
    example: Example {
        bad: ".ambot/services/my.web.server.service",
        good: ".ambot/services/my-web-server.service",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let unusual = context.unit.name.unusual_characters();
    if unusual.is_empty() {
        return;
    }
    let shown: Vec<String> = unusual.iter().map(|c| format!("`{c}`")).collect();
    let title = format!(
        "the unit name {} has {} in it",
        context.unit.name,
        shown.join(", ")
    );
    findings.push(Finding::new(&RULE, title).help("use letters, digits, `-` and `_`"));
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::findings;

    #[test]
    fn characters_that_tools_stumble_over_are_named_once() {
        let text = "[Service]\nExecStart=/bin/true\n";
        let found = findings(
            "el8",
            &[("a_b:c.d.service", text), ("a-b_c@.service", text)],
            None,
        );
        let titles: Vec<&str> = found
            .iter()
            .filter(|finding| finding.rule.code == "AMB001")
            .map(|finding| finding.diagnostic.title.as_str())
            .collect();
        assert_eq!(titles, ["the unit name a_b:c.d.service has `:`, `.` in it"]);
    }
}
