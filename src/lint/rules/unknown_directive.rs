//! AMB011

use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd::{self, Standing};

pub(super) static RULE: Rule = Rule {
    code: "AMB011",
    name: "unknown-directive",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "No version of systemd knows this directive.",
    explanation: "systemd warns in its log, ignores the line and exits 0 everywhere, so nobody notices. Names are \
        case-sensitive. A name that starts with `X-` is yours to use.",
    example: Example {
        bad: "[Service]\nExecRestart=/usr/bin/hello --reload",
        good: "[Service]\nExecReload=/usr/bin/hello --reload",
    },
    check,
};

/// Words that look like directives and are none, with what is meant.
const MEANT: [(&str, &str); 8] = [
    (
        "ExecRestart",
        "a restart is a stop and a start: use ExecStop= and ExecStart=, or ExecReload=",
    ),
    (
        "ExecStopPre",
        "there is nothing before the stop: put the command into ExecStop= before the other, or into ExecStopPost=, which \
         runs after it",
    ),
    ("Later", "use After= to start later than another unit"),
    ("Earlier", "use Before= to start earlier than another unit"),
    (
        "Depends",
        "use Requires= or Wants=, with After= for the order",
    ),
    ("Env", "use Environment="),
    ("Command", "use ExecStart="),
    ("WorkDir", "use WorkingDirectory="),
];

/// What is meant by a word that looks like a directive and is none.
pub(in crate::lint) fn meant(word: &str) -> Option<&'static str> {
    let mut known = MEANT.iter();
    known
        .find(|(key, _)| key.eq_ignore_ascii_case(word))
        .map(|(_, meant)| *meant)
}

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for directive in context.directives() {
        let (section, key) = (directive.section.as_str(), directive.key.as_str());
        let is_unknown = context.profile.directive(section, key) == Standing::Unknown;
        // A section that is unknown is one finding, not one for each line in it.
        if !is_unknown
            || context.profile.section(section).is_unknown()
            || systemd::sections_of(key).next().is_some()
        {
            continue;
        }
        let meant = meant(key).map(str::to_owned);
        let nearest = systemd::nearest_directive(section, key);
        let near = || nearest.map(|near| format!("did you mean {}=?", near.name));
        let mut finding = Finding::new(
            &RULE,
            format!("systemd knows no directive {key}= in [{section}]"),
        )
        .effect(Effect::LineIgnored)
        .at_key(context.unit, directive, "the line is ignored")
        .help_if(meant.or_else(near));
        // Only one directive can be meant, and what is assigned to it already stays the last word.
        let same = nearest.filter(|near| near.name.eq_ignore_ascii_case(key));
        let is_free = |name: &str| {
            let mut all = context.directives().iter();
            !all.any(|other| other.is(section, name))
        };
        if let Some(near) = same.filter(|near| is_free(near.name)) {
            finding = finding.fix_range(context.unit, directive.key_range.clone(), near.name);
        }
        findings.push(finding);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::findings;

    #[test]
    fn what_is_meant_is_said() {
        let text = "[Service]\nExecStart=/bin/true\nExecRestart=/bin/true\nexecstop=/bin/true\nRestrat=no\nX-Mine=1\nBanana=1\n";
        let found = findings("centos7", &[("x.service", text)], None);
        let lines: Vec<String> = found
            .iter()
            .filter(|finding| finding.rule.code == "AMB011")
            .map(|finding| {
                format!(
                    "{}: {}",
                    finding.diagnostic.title,
                    finding.diagnostic.help.join("; ")
                )
            })
            .collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
            systemd knows no directive ExecRestart= in [Service]: a restart is a stop and a start: use ExecStop= and ExecStart=, or ExecReload=
            systemd knows no directive execstop= in [Service]: did you mean ExecStop=?
            systemd knows no directive Restrat= in [Service]: did you mean Restart=?
            systemd knows no directive Banana= in [Service]:
            ");
    }

    #[test]
    fn letter_case_alone_is_mended_where_nothing_else_assigns() {
        let fixed = |text: &str| -> Vec<String> {
            let found = findings("el8", &[("x.service", text)], None);
            let fixes = found
                .iter()
                .filter_map(|finding| finding.diagnostic.fix.as_ref());
            fixes.map(|fix| fix.edits[0].replacement.clone()).collect()
        };
        assert_eq!(fixed("[Service]\nexecStart=/bin/true\n"), ["ExecStart"]);
        assert!(fixed("[Service]\nExecStart=/bin/true\nexecstart=/bin/false\n").is_empty());
        assert!(fixed("[Service]\nExecStart=/bin/true\nRestrat=no\n").is_empty());
    }
}
