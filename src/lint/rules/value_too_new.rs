//! AMB021

use super::super::value::known;
use super::super::words::{cut_calls, used};
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd::{Standing, ValueKind};
use crate::unit::Directive;
use crate::unit::value::{Version, directory_list};

pub(super) static RULE: Rule = Rule {
    code: "AMB021",
    name: "value-too-new",
    severity: Severity::Warning,
    origin: Origin::Systemd,
    summary: "The target's systemd knows the directive and not this value of it yet.",
    explanation: "systemd warns in its log and ignores the value, so that the setting keeps its default: \
        ProtectSystem=strict on systemd 219 protects nothing at all, and Type=exec becomes Type=simple. Packaging \
        rewrites what has a weaker or equal form on the target, and says what it did.",
    example: Example {
        bad: "[Service]\n# centos7: systemd 219 knows it since 232\nProtectSystem=strict",
        good: "[Service]\nProtectSystem=full",
    },
    check,
};

/// Links came with it (load-fragment.c of v249 and v250).
const LINKS_SINCE: Version = Version::new(250);

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for directive in context.directives() {
        let is_condition =
            directive.key.starts_with("Condition") || directive.key.starts_with("Assert");
        // These have their own rule where a list of what is allowed is cut short.
        let is_filter = directive.key == "SystemCallFilter";
        for used in used(context, directive) {
            if is_filter {
                break;
            }
            let since = match used.standing {
                Standing::TooNew { since } => format!("since systemd {since}"),
                Standing::Downstream => "on another distribution only".to_owned(),
                _ => continue,
            };
            let systemd = context.profile.systemd.value;
            let (key, text) = (&directive.key, used.text);
            let mut finding = Finding::new(
                &RULE,
                format!("{key}={text} works {since}, and the target has {systemd}"),
            )
            .at_value(context.unit, directive, used.range, "this is ignored there");
            // A condition is not looked at before the unit starts.
            if !is_condition {
                finding = finding.effect(Effect::LineIgnored);
            }
            findings.push(finding);
        }
        if let Some(finding) = links(context, directive) {
            findings.push(finding);
        }
    }
    calls(context, findings);
}

/// System calls that are not denied there.
fn calls(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let systemd = context.profile.systemd.value;
    for cut in cut_calls(context).into_iter().filter(|cut| !cut.is_allowed) {
        let title = format!(
            "SystemCallFilter={} works since systemd {}, and the target has {systemd}",
            cut.text, cut.since
        );
        findings.push(
            Finding::new(&RULE, title)
                .effect(Effect::LineIgnored)
                .at_value(
                    context.unit,
                    cut.directive,
                    cut.range,
                    "this is ignored there",
                ),
        );
    }
}

/// `NAME:LINK` in `StateDirectory=` and its kin, which is one name to older versions: they warn of
/// nothing.
fn links(context: &Context<'_>, directive: &Directive) -> Option<Finding> {
    let version = Version::of(context.profile);
    let row = known(context, directive)?;
    if row.kind() != ValueKind::DirectoryNames || version.has_directory_links() {
        return None;
    }
    let directories = directory_list(&directive.value, LINKS_SINCE).items;
    let linked = directories.iter().find(|item| item.link.is_some())?;
    let (key, systemd) = (&directive.key, version.number());
    let title = format!(
        "{key}= takes a link after a `:` since systemd {}, and the target has {systemd}",
        LINKS_SINCE.number()
    );
    let link = format!(":{}", linked.link.as_deref().unwrap_or_default());
    let at = directive.value.find(&link).unwrap_or_default();
    Some(Finding::new(&RULE, title).version_bound().at_value(
        context.unit,
        directive,
        at..at + link.len(),
        "a part of the name there",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_by;

    #[test]
    fn a_value_is_too_new_for_one_target_and_not_for_the_next() {
        let text = "[Service]\nType=exec\nExecStart=/bin/true\nProtectSystem=strict\nProtectHome=tmpfs\n\
            StandardOutput=append:/var/log/x\nSystemCallFilter=~@clock @system-service read\nType=notify-reload\n\
            RuntimeDirectory=a:b\n";
        insta::assert_snapshot!(said_by("AMB021", "centos7", text), @"
        x.service:2:6: warning[AMB021]: Type=exec works since systemd 240, and the target has 219
        x.service:4:15: warning[AMB021]: ProtectSystem=strict works since systemd 232, and the target has 219
        x.service:5:13: warning[AMB021]: ProtectHome=tmpfs works since systemd 238, and the target has 219
        x.service:6:16: warning[AMB021]: StandardOutput=append works since systemd 240, and the target has 219
        x.service:8:6: warning[AMB021]: Type=notify-reload works since systemd 253, and the target has 219
        x.service:9:19: warning[AMB021]: RuntimeDirectory= takes a link after a `:` since systemd 250, and the target has 219
        x.service:7:19: warning[AMB021]: SystemCallFilter=@clock works since systemd 231, and the target has 219
        x.service:7:26: warning[AMB021]: SystemCallFilter=@system-service works since systemd 239, and the target has 219
        ");
        insta::assert_snapshot!(said_by("AMB021", "el8", text), @"
        x.service:8:6: warning[AMB021]: Type=notify-reload works since systemd 253, and the target has 239
        x.service:9:19: warning[AMB021]: RuntimeDirectory= takes a link after a `:` since systemd 250, and the target has 239
        ");
        assert_eq!(said_by("AMB021", "el10", text), "");
    }
}
