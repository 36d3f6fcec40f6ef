//! AMB018

use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;

pub(super) static RULE: Rule = Rule {
    code: "AMB018",
    name: "trailing-comment",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "A `#` after a value does not begin a comment.",
    explanation: "Comments of unit files stand on lines of their own. After a value, `#` and what follows belong to \
        it: a program gets them as arguments, and every other setting becomes a wrong one.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello --serve # the main command",
        good: "[Service]\n# the main command\nExecStart=/usr/bin/hello --serve",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for directive in context.directives() {
        let Some(at) = comment(&directive.value) else {
            continue;
        };
        findings.push(
            Finding::new(
                &RULE,
                format!(
                    "`#` does not begin a comment after the value of {}=",
                    directive.key
                ),
            )
            .at_value(
                context.unit,
                directive,
                at..directive.value.len(),
                "this is a part of the value",
            )
            .help("put the comment on a line of its own"),
        );
    }
}

/// Where a word `#` or `;` stands outside quotes, after another word and before one.
fn comment(value: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (at, character) in value.char_indices() {
        let starts_word = at > 0 && before.is_ascii_whitespace();
        let after = value[at + character.len_utf8()..].chars().next();
        match (quote, character) {
            (None, '"' | '\'') if starts_word || at == 0 => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, '#') if starts_word && after.is_some_and(|c| c.is_ascii_whitespace()) => {
                return Some(at);
            }
            _ => {}
        }
        before = character;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn a_comment_after_a_value_is_none() {
        let text = "[Unit]\nDescription=Hello #1\n[Service]\nExecStart=/bin/echo \"a # b\" '#' #c # d\nRestart=no # never\n# e\n";
        insta::assert_snapshot!(said_by("AMB018", "el8", text), @"
        x.service:4:36: warning[AMB018]: `#` does not begin a comment after the value of ExecStart=
        x.service:5:12: warning[AMB018]: `#` does not begin a comment after the value of Restart=
        ");
    }
}
