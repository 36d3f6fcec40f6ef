//! AMB024

use super::super::words::used;
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd::{Standing, moves};

pub(super) static RULE: Rule = Rule {
    code: "AMB024",
    name: "outdated-value",
    severity: Severity::Warning,
    origin: Origin::Systemd,
    summary: "The target's systemd still takes this value, and warns of it.",
    explanation: "Since systemd 246 StandardOutput=syslog means the journal, which hands everything to syslog anyway, \
        and KillMode=none is warned of, because it leaves processes behind that systemd knows nothing of.",
    example: Example {
        bad: "[Service]\nStandardOutput=syslog",
        good: "[Service]\nStandardOutput=journal",
    },
    check,
};

/// The version that warns of KillMode=none (systemd NEWS 246; seen on the real 252).
const UNSAFE_KILL_MODE_SINCE: u16 = 246;

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let systemd = context.profile.systemd.value;
    for directive in context.directives() {
        for used in used(context, directive) {
            let (key, text) = (&directive.key, used.text);
            let is_unsafe = key == "KillMode" && text == "none";
            let title = match used.standing {
                Standing::Obsolete { since } => {
                    format!("{key}={text} is an old form since systemd {since}")
                }
                _ if is_unsafe && systemd >= UNSAFE_KILL_MODE_SINCE => {
                    format!("{key}={text} leaves processes behind, and will go")
                }
                _ => continue,
            };
            let written = format!("{key}={text}");
            let row = moves().iter().find(|row| row.old.name == written);
            let new = row.and_then(|row| row.new);
            findings.push(
                Finding::new(&RULE, title)
                    .effect(Effect::Warned)
                    .at_value(context.unit, directive, used.range, "")
                    .help_if(new.map(|new| format!("write {}", new.name))),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn old_forms_are_warned_of_where_the_target_does() {
        let text = "[Service]\nExecStart=/bin/true\nStandardOutput=syslog\nStandardError=journal\nKillMode=none\n";
        assert_eq!(said_by("AMB024", "el8", text), "");
        insta::assert_snapshot!(said_by("AMB024", "el9", text), @"
        x.service:3:16: warning[AMB024]: StandardOutput=syslog is an old form since systemd 246
        x.service:5:10: warning[AMB024]: KillMode=none leaves processes behind, and will go
        ");
    }
}
