//! AMB024

use super::super::value::known;
use super::super::words::used;
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd::Standing;
use crate::unit::Directive;

pub(super) static RULE: Rule = Rule {
    code: "AMB024",
    name: "outdated-value",
    severity: Severity::Warning,
    origin: Origin::Systemd,
    summary: "The target's systemd still takes this value, and warns of it.",
    explanation: "Since systemd 246 StandardOutput=syslog means the journal, which hands everything to syslog anyway, \
        and KillMode=none is warned of, because it leaves processes behind that systemd knows nothing of. Since 240 it \
        reads /run for /var/run in PIDFile= and in the addresses of sockets, and says so.",
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
        findings.extend(legacy_folder(context, directive));
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
            findings.push(
                Finding::new(&RULE, title)
                    .effect(Effect::Warned)
                    .at_value(context.unit, directive, used.range, "")
                    .help_if(instead(key, text)),
            );
        }
    }
}

/// Since when systemd reads `/run` for `/var/run` and says so (`patch_var_run()` of load-fragment.c; v240).
const LEGACY_FOLDER_SINCE: u16 = 240;

/// A path below `/var/run`, where systemd warns of it.
fn legacy_folder(context: &Context<'_>, directive: &Directive) -> Option<Finding> {
    let row = known(context, directive)?;
    let is_patched = matches!(row.parser, "pid_file" | "socket_listen")
        && !matches!(row.name, "ListenNetlink" | "ListenMessageQueue");
    let rest = directive.value.strip_prefix("/var/run/")?;
    if !is_patched || context.profile.systemd.value < LEGACY_FOLDER_SINCE {
        return None;
    }
    let key = &directive.key;
    let title = format!("{key}=: systemd reads /run for /var/run, and warns of it");
    Some(
        Finding::new(&RULE, title)
            .effect(Effect::Warned)
            .at_value(context.unit, directive, 0..directive.value.len(), "")
            .help(format!(
                "write `/run/{rest}`, which is the same folder everywhere"
            )),
    )
}

/// What to write.
fn instead(key: &str, text: &str) -> Option<String> {
    if key == "KillMode" {
        return Some(
            "leave the line out, or write `mixed`: systemd ends the main process, and then what is left"
                .to_owned(),
        );
    }
    // The journal hands everything on to syslog (systemd.exec(5)).
    let word = text.replace("syslog", "journal");
    (word != text).then(|| format!("write `{word}`"))
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{findings, said_by};

    #[test]
    fn var_run_is_an_old_name() {
        let text = "[Service]\nType=forking\nExecStart=/bin/true\nPIDFile=/var/run/x.pid\nEnvironmentFile=/var/run/x\n";
        assert_eq!(said_by("AMB024", "el8", text), "");
        insta::assert_snapshot!(said_by("AMB024", "el9", text), @"x.service:4:9: warning[AMB024]: PIDFile=: systemd reads /run for /var/run, and warns of it");
    }

    #[test]
    fn old_forms_are_warned_of_where_the_target_does() {
        let text = "[Service]\nExecStart=/bin/true\nStandardOutput=syslog\nStandardError=journal\nKillMode=none\n";
        assert_eq!(said_by("AMB024", "el8", text), "");
        insta::assert_snapshot!(said_by("AMB024", "el9", text), @"
        x.service:3:16: warning[AMB024]: StandardOutput=syslog is an old form since systemd 246
        x.service:5:10: warning[AMB024]: KillMode=none leaves processes behind, and will go
        ");
        let found = findings("el9", &[("x.service", text)], None);
        let found = found.iter().filter(|finding| finding.rule.code == "AMB024");
        assert!(found.clone().count() == 2 && found.clone().all(|f| !f.diagnostic.help.is_empty()));
    }
}
