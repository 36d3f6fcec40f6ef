//! AMB030

use super::super::value::known;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd::ValueKind;

pub(super) static RULE: Rule = Rule {
    code: "AMB030",
    name: "quoted-text",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "The quotes around a text become part of it.",
    explanation: "systemd takes quotes off where a value is a list of words. Description= and other texts are one piece \
        from the `=` to the end of the line, and the quotes are shown with them.",
    example: Example {
        bad: "[Unit]\nDescription=\"Hello Web Server\"",
        good: "[Unit]\nDescription=Hello Web Server",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for directive in context.directives() {
        let is_text = known(context, directive).is_some_and(|row| row.kind() == ValueKind::Text);
        let value = directive.value.as_str();
        let inner = ['"', '\'']
            .iter()
            .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
        let Some(inner) = inner.filter(|_| is_text) else {
            continue;
        };
        let title = format!("the quotes become part of {}=", directive.key);
        findings.push(
            Finding::new(&RULE, title)
                .at_value(context.unit, directive, 0..value.len(), "")
                .help(format!("write `{inner}`")),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn texts_are_not_unquoted() {
        let text = "[Unit]\nDescription=\"Hello\"\n[Service]\nExecStart=/bin/x \"a b\"\nSyslogIdentifier='x'\n";
        insta::assert_snapshot!(said_by("AMB030", "el8", text), @"
        x.service:2:13: warning[AMB030]: the quotes become part of Description=
        x.service:5:18: warning[AMB030]: the quotes become part of SyslogIdentifier=
        ");
        let fine = "[Unit]\nDescription=\"Hello\" and more\n[Service]\nExecStart=/bin/x\n";
        assert_eq!(said_by("AMB030", "el8", fine), "");
    }
}
