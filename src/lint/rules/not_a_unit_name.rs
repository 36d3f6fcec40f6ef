//! AMB065

use super::super::commands::version;
use super::super::listed::word_at;
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::target::systemd;
use crate::unit::value::unit_list;
use crate::unit::{Dialect, Directive};
use std::ops::Range;

pub(super) static RULE: Rule = Rule {
    code: "AMB065",
    name: "not-a-unit-name",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "A word in a list of units is not the name of a unit.",
    explanation: "systemctl adds `.service` to a name without a suffix; in unit files nothing does. systemd warns in \
        its log and goes on without the dependency. In [Install] it makes `systemctl enable` fail, in Service= of a \
        socket systemd 239 refuses the unit. Since 239 quotes are part of the name.",
    example: Example {
        bad: "[Unit]\nAfter=network",
        good: "[Unit]\nAfter=network.target",
    },
    check,
};

/// Well-known targets, which are more often meant than a service of the same name.
const TARGETS: [&str; 12] = [
    "basic",
    "cloud-init",
    "graphical",
    "local-fs",
    "multi-user",
    "network",
    "network-online",
    "network-pre",
    "nss-lookup",
    "remote-fs",
    "sysinit",
    "time-sync",
];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    for directive in context.directives() {
        let Some(names) = named_by(context, directive) else {
            continue;
        };
        let value = directive.value.as_str();
        // One name, which has no instances and no quotes.
        if directive.key == "Slice" && value.contains([' ', '\t', '"', '\'', '@']) {
            findings.push(finding(context, directive, 0..value.len(), names));
            continue;
        }
        let list = unit_list(value, version(context));
        let wrong = list.problems.iter();
        let mut ranges: Vec<Range<usize>> =
            wrong.map(|wrong| word_at(value, &wrong.range)).collect();
        let others = list.items.into_iter().filter(|unit| {
            let kinds = names.suffix.zip(unit.kind());
            kinds.is_some_and(|(suffix, kind)| suffix != kind)
        });
        ranges.extend(others.map(|unit| unit.range));
        ranges.sort_by_key(|range| range.start);
        ranges.dedup();
        for range in ranges {
            findings.push(finding(context, directive, range, names));
        }
    }
}

/// What the names of a directive have to be, and what becomes of one that is none.
#[derive(Clone, Copy)]
struct Names {
    suffix: Option<&'static str>,
    effect: Option<Effect>,
    label: &'static str,
}

/// What a directive of the target that names units wants (seen on the real 219, 239 and 252).
fn named_by(context: &Context<'_>, directive: &Directive) -> Option<Names> {
    let (section, key) = (directive.section.as_str(), directive.key.as_str());
    if !context.profile.directive(section, key).works() {
        return None;
    }
    let ignored = Names {
        suffix: None,
        effect: Some(Effect::LineIgnored),
        label: "systemd goes on without it",
    };
    let parser = systemd::directive(section, key)?.parser;
    match (section, key, parser) {
        ("Unit", _, "unit_deps" | "obsolete_unit_deps") | (_, _, "trigger_unit") => Some(ignored),
        ("Service", "Sockets", _) => Some(Names {
            suffix: Some("socket"),
            ..ignored
        }),
        (_, "Slice", "unit_slice") => Some(Names {
            suffix: Some("slice"),
            ..ignored
        }),
        ("Socket", "Service", _) if context.dialect() == Dialect::V239 => Some(Names {
            suffix: Some("service"),
            effect: Some(Effect::UnitRefused),
            label: "systemd refuses the unit",
        }),
        ("Socket", "Service", _) => Some(Names {
            suffix: Some("service"),
            ..ignored
        }),
        ("Install", "WantedBy" | "RequiredBy" | "UpheldBy" | "Also", _) => Some(Names {
            suffix: None,
            effect: None,
            label: "`systemctl enable` fails",
        }),
        _ => None,
    }
}

fn finding(
    context: &Context<'_>,
    directive: &Directive,
    range: Range<usize>,
    names: Names,
) -> Finding {
    let word = &directive.value[range.clone()];
    let what = match names.suffix {
        Some(suffix) => format!("is no unit whose name ends in .{suffix}"),
        None => "is not the name of a unit".to_owned(),
    };
    let title = format!("`{word}` in {}= {what}", directive.key);
    let mut finding =
        Finding::new(&RULE, title).at_value(context.unit, directive, range, names.label);
    finding.effect = names.effect;
    let bare = word.trim_matches(['"', '\'']);
    if bare != word {
        return finding.help("write the name without quotes");
    }
    let kind = match names.suffix {
        Some(suffix) => suffix,
        None if TARGETS.contains(&bare) => "target",
        None => "service",
    };
    let near = format!("{bare}.{kind}");
    let is_near = !bare.contains('.') && unit_list(&near, version(context)).is_valid();
    finding.help_if(is_near.then(|| format!("did you mean {near}?")))
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{said_by, said_of};

    #[test]
    fn names_need_a_suffix_wherever_units_are_named() {
        let text = "[Unit]\nAfter=network sshd.service\nWants=%p\n[Service]\nExecStart=/bin/x\nSockets=x\nSlice=a.service\n[Install]\nWantedBy=multi-user\n";
        insta::assert_snapshot!(said_by("AMB065", "el8", text), @"
        x.service:2:7: error[AMB065]: `network` in After= is not the name of a unit
        x.service:6:9: error[AMB065]: `x` in Sockets= is no unit whose name ends in .socket
        x.service:7:7: error[AMB065]: `a.service` in Slice= is no unit whose name ends in .slice
        x.service:9:10: error[AMB065]: `multi-user` in WantedBy= is not the name of a unit
        ");
        let timer = ("x.timer", "[Timer]\nOnBootSec=5\nUnit=y\n");
        insta::assert_snapshot!(said_of("AMB065", "centos7", &[timer], None), @"x.timer:3:6: error[AMB065]: `y` in Unit= is not the name of a unit");
    }

    #[test]
    fn quotes_are_taken_off_by_219_alone() {
        let text = "[Unit]\nAfter='a.service'\n[Service]\nExecStart=/bin/x\n";
        assert_eq!(said_by("AMB065", "centos7", text), "");
        assert_ne!(said_by("AMB065", "el8", text), "");
    }
}
