//! AMB017

use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::{Dialect, Directive};
use std::ops::Range;

pub(super) static RULE: Rule = Rule {
    code: "AMB017",
    name: "comment-in-continuation",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "A comment stands between the lines of a continued value.",
    explanation: "Since systemd 240 a comment line within a value that goes on over several lines is skipped. Before, \
        it becomes a part of the value: the program gets `#` and its words as arguments. And where the comment does \
        not end in `\\`, the value ends there, and the next line is none that systemd can read.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello \\\n# be loud\n  --verbose",
        good: "[Service]\n# be loud\nExecStart=/usr/bin/hello \\\n  --verbose",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    if context.dialect() >= Dialect::V240 {
        return;
    }
    let bytes = context.unit.document.as_bytes();
    for directive in context.directives() {
        for (line, range) in comments(bytes, directive) {
            let finding = Finding::new(
                &RULE,
                format!("a comment stands within the value of {}=", directive.key),
            )
            .at_range(
                context.unit,
                line,
                range,
                "this becomes a part of the value",
            )
            .help(format!("move the comment above {}=", directive.key));
            findings.push(finding.about(directive).version_bound());
        }
    }
}

/// The comment lines among those that continue a directive: the line and its bytes in the file.
fn comments(bytes: &[u8], directive: &Directive) -> Vec<(usize, Range<usize>)> {
    let mut found = Vec::new();
    let mut start = directive.range.start;
    let whole = bytes.get(directive.range.clone()).unwrap_or_default();
    for (index, text) in whole.split(|byte| *byte == b'\n').enumerate() {
        let blanks = text
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let rest = text.get(blanks..).unwrap_or_default();
        if index > 0 && matches!(rest.first(), Some(b'#' | b';')) {
            let kept = rest.trim_ascii_end().len();
            found.push((
                directive.line + index,
                start + blanks..start + blanks + kept,
            ));
        }
        start += text.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn a_comment_within_a_value_is_found_where_the_target_keeps_it() {
        let text = "[Service]\n# no\nExecStart=/bin/echo a \\\n  # b \\\n; c\nRestart=no\n# d\n";
        insta::assert_snapshot!(said_by("AMB017", "el8", text), @"
        x.service:4:3: error[AMB017]: a comment stands within the value of ExecStart=
        x.service:5:1: error[AMB017]: a comment stands within the value of ExecStart=
        ");
        assert_eq!(said_by("AMB017", "el9", text), "");
    }
}
