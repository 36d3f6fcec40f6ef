//! AMB090

use super::super::words::{CutCall, cut_calls};
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd::{self, Form, sandboxing};
use crate::unit::Directive;

pub(super) static RULE: Rule = Rule {
    code: "AMB090",
    name: "hardening-lost",
    severity: Severity::Note,
    origin: Origin::Ours,
    summary: "Sandboxing of the unit that the target's systemd cannot give.",
    explanation: "systemd ignores what it does not know, sandboxing too: the service runs, and is less protected than \
        the unit says. IPAddressDeny= and its kin are known to systemd 239 and do nothing on the control groups of \
        CentOS 8. This note counts the lines that are lost on a target, once for each unit, as packaging does. `hardening = \"require\"` in \
        the configuration makes packaging refuse such a target.",
    example: Example {
        bad: "[Service]\n# centos7: systemd 219 ignores it\nProtectKernelModules=yes",
        good: "[Service]\n# what 219 can give\nCapabilityBoundingSet=~CAP_SYS_MODULE",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let protecting: Vec<&Directive> = context
        .directives()
        .iter()
        .filter(|line| line.section == "Service")
        .filter(|line| sandboxing(&line.key).is_some_and(|row| row.protects(&line.value)))
        .collect();
    let cut = cut_calls(context);
    let is_lost = |line: &&&Directive| !works(context, line) || is_cut(&cut, line);
    let lost: Vec<&Directive> = protecting.iter().filter(is_lost).copied().collect();
    let Some(first) = lost.first() else {
        return;
    };
    let names: Vec<String> = lost.iter().map(|line| shown(context, line)).collect();
    let (lines, does) = match (protecting.len(), lost.len()) {
        (1, _) => ("line", "does"),
        (_, 1) => ("lines", "does"),
        _ => ("lines", "do"),
    };
    let title = format!(
        "{} of {} {lines} of sandboxing in {} {does} nothing on systemd {}",
        lost.len(),
        protecting.len(),
        context.unit.name,
        context.profile.systemd.value
    );
    let mut finding = Finding::new(&RULE, title)
        .at_directive(context.unit, first, "")
        .note(format!("lost there: {}", names.join(", ")));
    // Of a package they are not counted, see `takes_effect()`.
    let rewrite = |line: &&&Directive| context.profile.rewrite("Service", &line.key).is_some();
    let kept = lost.iter().filter(rewrite).count();
    if kept > 0 {
        finding = finding.note(format!(
            "packaging keeps {kept} of them under another name, and counts {}",
            lost.len() - kept
        ));
    }
    findings.push(finding);
}

/// Whether a list of system calls loses so much that packaging leaves the line out, or a part of it.
fn is_cut(cut: &[CutCall<'_>], line: &Directive) -> bool {
    let is_filter = line.key == "SystemCallFilter";
    let allows = !line.value.starts_with('~');
    cut.iter()
        .any(|call| call.directive.line == line.line || is_filter && allows && call.is_allowed)
}

/// What is lost: the directive, or a value of it that is not known.
fn shown(context: &Context<'_>, line: &Directive) -> String {
    let key = &line.key;
    if lacks_control_groups(context, line) {
        return format!("{key}= (it needs the second version of control groups)");
    }
    match context.profile.directive("Service", key).works() {
        true => format!("{key}={}", line.value),
        false => format!("{key}="),
    }
}

/// Whether it is known there, and needs what the target does not have.
fn lacks_control_groups(context: &Context<'_>, line: &Directive) -> bool {
    let needs = sandboxing(&line.key).is_some_and(|row| row.needs_unified_control_groups);
    needs
        && context.profile.directive("Service", &line.key).works()
        && !context.profile.unified_control_groups.value
}

/// Whether a sandboxing directive does there what it says.
fn works(context: &Context<'_>, directive: &Directive) -> bool {
    if !context.takes_effect(directive) || lacks_control_groups(context, directive) {
        return false;
    }
    let Some(row) = systemd::directive("Service", &directive.key) else {
        return true;
    };
    // A word such as `strict` may be newer than the directive. Lists lose single words at most.
    let several = row
        .enumeration()
        .is_none_or(|words| words.takes(Form::List) || words.takes(Form::Open));
    let values = context.profile.enum_values(row).unwrap_or_default();
    let known = values
        .iter()
        .find(|value| value.word.text == directive.value);
    several || known.is_none_or(|value| value.standing.works())
}

#[cfg(test)]
mod tests {
    use super::super::super::PackageFacts;
    use super::super::super::testing::{findings, said_by};

    const TEXT: &str = "[Service]\nExecStart=/bin/x\nNoNewPrivileges=yes\nProtectSystem=strict\nProtectKernelModules=yes\nProtectKernelLogs=no\nReadOnlyPaths=/etc\nReadOnlyPaths=/usr\n";

    #[test]
    fn what_is_lost_is_counted_once_for_a_unit() {
        insta::assert_snapshot!(said_by("AMB090", "centos7", TEXT), @"x.service:4:1: note[AMB090]: 4 of 5 lines of sandboxing in x.service do nothing on systemd 219");
        let found = findings("centos7", &[("x.service", TEXT)], None);
        let note = found
            .iter()
            .find(|finding| finding.rule.code == "AMB090")
            .unwrap();
        insta::assert_snapshot!(note.diagnostic.notes.join("\n"), @"
        lost there: ProtectSystem=strict, ProtectKernelModules=, ReadOnlyPaths=, ReadOnlyPaths=
        packaging keeps 2 of them under another name, and counts 2
        ");
        assert_eq!(said_by("AMB090", "el9", TEXT), "");
    }

    #[test]
    fn control_groups_of_the_first_version_filter_no_addresses() {
        let text = "[Service]\nExecStart=/bin/x\nIPAddressDeny=any\nPrivateTmp=yes\n";
        for target in ["centos8", "el8"] {
            insta::allow_duplicates! {
                insta::assert_snapshot!(said_by("AMB090", target, text), @"x.service:3:1: note[AMB090]: 1 of 2 lines of sandboxing in x.service does nothing on systemd 239");
            }
        }
        assert_eq!(said_by("AMB090", "el9", text), "");
    }

    #[test]
    fn a_list_of_calls_that_is_cut_is_lost() {
        let text = "[Service]\nExecStart=/bin/x\nSystemCallFilter=@system-service\nSystemCallFilter=read\n";
        insta::assert_snapshot!(said_by("AMB090", "centos7", text), @"x.service:3:1: note[AMB090]: 2 of 2 lines of sandboxing in x.service do nothing on systemd 219");
    }

    #[test]
    fn what_packaging_writes_under_another_name_is_not_lost() {
        let facts = PackageFacts::default();
        let text = "[Service]\nExecStart=/bin/x\nReadOnlyPaths=/etc\n";
        let found = findings("centos7", &[("x.service", text)], Some(&facts));
        assert!(found.iter().all(|finding| finding.rule.code != "AMB090"));
    }
}
