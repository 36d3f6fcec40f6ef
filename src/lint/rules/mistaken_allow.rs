//! AMB003

use super::super::allow::comments;
use super::super::{Context, Example, Finding, Origin, Rule, all, find};
use crate::report::{Severity, nearest};

pub(super) static RULE: Rule = Rule {
    code: "AMB003",
    name: "mistaken-allow",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A comment that speaks to `cargo ambot` allows nothing.",
    explanation: "`# ambot: allow(AMB012)` allows a rule, by its code or its name, for the next directive, or for the \
        whole unit where it stands before the first section. Anything else after `ambot:` is not understood. How much \
        a rule matters otherwise is said in [package.metadata.ambot.lints].",
    example: Example {
        bad: "[Service]\n# ambot: allow(AMB999)\nExecStart=/usr/bin/hello",
        good: "[Service]\n# ambot: allow(AMB050)\nExecStart=/usr/bin/hello",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let unit = context.unit;
    let text = String::from_utf8_lossy(unit.document.as_bytes());
    for comment in comments(&text) {
        let Some(words) = comment.allowed() else {
            let title = format!("`ambot: {}` is not understood", comment.text);
            findings.push(
                Finding::new(&RULE, title)
                    .at_range(unit, comment.line, comment.range, "")
                    .help("write `# ambot: allow(AMB012)`, with commas between several rules"),
            );
            continue;
        };
        for (word, range) in words {
            let (title, help) = match find(word) {
                Some(rule) if rule.is_final() => (
                    format!("{} cannot be allowed", rule.code),
                    Some("the unit cannot be packaged as it is".to_owned()),
                ),
                Some(_) => continue,
                None => {
                    let names = all().iter().flat_map(|rule| [rule.code, rule.name]);
                    let near = nearest(word, names).map(|near| format!("did you mean `{near}`?"));
                    (format!("there is no rule `{word}`"), near)
                }
            };
            findings.push(
                Finding::new(&RULE, title)
                    .at_range(unit, comment.line, range, "this allows nothing")
                    .help_if(help),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn what_allows_nothing_is_said() {
        let text = "# ambot: allow(AMB012, amb011, too-new)\n[Service]\n# ambot: deny(AMB011)\n\
            ; ambot: allow(AMB999, unknown-drective,AMB092)\n# ambot\nExecStart=/bin/x\n";
        insta::assert_snapshot!(said_by("AMB003", "el8", text), @"
        x.service:3:10: warning[AMB003]: `ambot: deny(AMB011)` is not understood
        x.service:4:16: warning[AMB003]: there is no rule `AMB999`
        x.service:4:24: warning[AMB003]: there is no rule `unknown-drective`
        x.service:4:41: warning[AMB003]: AMB092 cannot be allowed
        ");
    }
}
