//! AMB022

use super::super::words::used;
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::{Severity, nearest};
use crate::target::systemd::{Argument, Form, Standing};

pub(super) static RULE: Rule = Rule {
    code: "AMB022",
    name: "unknown-value",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "The directive takes words, and this is none of them.",
    explanation: "systemd warns in its log and ignores the value, so that the setting keeps its default. Letter case \
        counts, except in booleans.",
    example: Example {
        bad: "[Service]\nExecStart=/usr/bin/hello\nRestart=on-fail",
        good: "[Service]\nExecStart=/usr/bin/hello\nRestart=on-failure",
    },
    check,
};

/// Other spellings of `yes` and `no` that people write out.
const BOOLEANS: [&str; 2] = ["true", "false"];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for directive in context.directives() {
        let is_condition =
            directive.key.starts_with("Condition") || directive.key.starts_with("Assert");
        for used in used(context, directive) {
            let (key, text) = (&directive.key, used.text);
            let title = match used.standing {
                Standing::Unknown => format!("{key}= does not take `{text}`"),
                Standing::Removed { since } => {
                    format!("{key}= does not take `{text}` since systemd {since}")
                }
                _ => continue,
            };
            let words = used.enumeration.words.iter();
            let mut usable: Vec<&str> = words
                .filter(|word| word.history.standing(context.profile.tables.value).works())
                .map(|word| word.text)
                .collect();
            let takes_boolean = used.enumeration.takes(Form::Boolean);
            if takes_boolean {
                usable.retain(|word| !["yes", "no"].contains(word));
                usable.splice(0..0, ["yes", "no"]);
            }
            let spellings: &[&str] = if takes_boolean { &BOOLEANS } else { &[] };
            let needs_argument = used.enumeration.word(text);
            let help = match needs_argument.filter(|word| word.argument == Argument::Needed) {
                Some(word) => Some(format!(
                    "`{}` takes an argument: `{}:…`",
                    word.text, word.text
                )),
                None => nearest(text, usable.iter().chain(spellings).copied())
                    .map(|near| format!("did you mean `{near}`?"))
                    .or_else(|| list(&usable)),
            };
            let mut finding = Finding::new(&RULE, title)
                .at_value(context.unit, directive, used.range, "this is ignored")
                .help_if(help);
            // A condition is not looked at before the unit starts.
            if !is_condition {
                finding = finding.effect(Effect::LineIgnored);
            }
            findings.push(finding);
        }
    }
}

/// All words, where they are few.
fn list(words: &[&str]) -> Option<String> {
    let shown: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    (!shown.is_empty() && shown.len() <= 12).then(|| format!("it takes {}", shown.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::findings;

    #[test]
    fn the_nearest_word_or_all_of_them_are_named() {
        let text = "[Service]\nType=simpel\nExecStart=/bin/true\nRestart=sometimes\nKillMode=Mixed\n\
            ProtectSystem=maybe\nStandardOutput=file\nProtectHome=on\nStandardError=journal\nPrivateTmp=ture\nPrivateUsers=sometimes\n";
        let found = findings("el8", &[("x.service", text)], None);
        let lines: Vec<String> = found
            .iter()
            .filter(|finding| finding.rule.code == "AMB022")
            .map(|finding| {
                let help = finding.diagnostic.help.join("; ");
                format!("{}: {help}", finding.diagnostic.title)
            })
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @"
        Type= does not take `simpel`: did you mean `simple`?
        Restart= does not take `sometimes`: it takes `no`, `on-success`, `always`, `on-failure`, `on-abort`, `on-watchdog`, `on-abnormal`
        KillMode= does not take `Mixed`: did you mean `mixed`?
        ProtectSystem= does not take `maybe`: it takes `yes`, `no`, `full`, `strict`
        StandardOutput= does not take `file`: `file` takes an argument: `file:…`
        PrivateTmp= does not take `ture`: did you mean `true`?
        PrivateUsers= does not take `sometimes`: it takes `yes`, `no`
        ");
    }
}
