//! AMB060

use super::super::commands::version;
use super::super::listed;
use super::super::unit_set::named;
use super::super::value::known;
use super::super::{Context, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::{UnitKind, boolean, resolve};

pub(super) static RULE: Rule = Rule {
    code: "AMB060",
    name: "needed-and-not-ordered",
    severity: Severity::Warning,
    origin: Origin::Ours,
    summary: "The unit needs another one and does not say which of them starts first.",
    explanation: "Requires= and its kin start the other unit; they do not wait for it. Without After= both start at \
        the same moment, so the other one is not there yet when this one looks for it, and when it fails to start \
        this one may be running all the same. For Wants= this is a note: to start side by side may be what is \
        wanted; for a target it never is, since a target is nothing but a moment to wait for.",
    example: Example {
        bad: "[Unit]\nRequires=postgresql.service",
        good: "[Unit]\nRequires=postgresql.service\nAfter=postgresql.service",
    },
    check,
};

/// With their old names, which `BindTo` and the others are.
const NEEDS: [&str; 7] = [
    "Requires",
    "Requisite",
    "BindsTo",
    "Wants",
    "BindTo",
    "RequiresOverridable",
    "RequisiteOverridable",
];

/// Kinds that are ordered by themselves, or that are up at once.
const UNORDERED: [&str; 7] = [
    ".socket",
    ".timer",
    ".path",
    ".slice",
    ".scope",
    ".automount",
    ".swap",
];

/// The targets that a service comes after by default (systemd.service(5)), and `network.target`,
/// which another rule speaks of.
const GIVEN: [&str; 4] = [
    "sysinit.target",
    "basic.target",
    "shutdown.target",
    "network.target",
];

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    // A target comes after what it needs by default (systemd.target(5)).
    if context.unit.name.kind() == UnitKind::Target {
        return;
    }
    for directive in context.directives() {
        let Some(key) = NEEDS.iter().find(|key| directive.is("Unit", key)) else {
            continue;
        };
        if known(context, directive).is_none() {
            continue;
        }
        for word in listed::units(directive, version(context)) {
            let name = resolve(&word.name, &context.unit.name);
            if !name.contains('.') || stands_by_itself(context, &name) || is_ordered(context, &name)
            {
                continue;
            }
            let side_by_side = *key == "Wants" && !name.ends_with(".target");
            let severity = match side_by_side {
                true => Severity::Note,
                false => Severity::Warning,
            };
            findings.push(
                Finding::new(
                    &RULE,
                    format!("{key}={} without After={}", word.name, word.name),
                )
                .severity(severity)
                .at_value(
                    context.unit,
                    directive,
                    word.range,
                    "both start at the same moment",
                )
                .help(format!("add After={}", word.name)),
            );
        }
    }
}

fn stands_by_itself(context: &Context<'_>, name: &str) -> bool {
    let by_default = context
        .last("Unit", "DefaultDependencies")
        .is_none_or(|line| boolean(&line.value) != Some(false));
    // A service with a name on the bus comes after the bus.
    let bus = context.bus_name().is_some() && name.starts_with("dbus.");
    UNORDERED.iter().any(|suffix| name.ends_with(suffix))
        || (by_default && GIVEN.contains(&name))
        || bus
}

/// Whether one of the two says which of them starts first.
fn is_ordered(context: &Context<'_>, name: &str) -> bool {
    let unit = context.unit;
    let orders = context.units.orders();
    let by_own_line = context.directives().iter().any(|line| {
        ["After", "Before"].iter().any(|key| {
            named(unit, line, key, version(context))
                .iter()
                .any(|own| own == name)
        })
    });
    let in_package = |own: usize| {
        let others = orders.meant(name, context.units);
        others.into_iter().any(|other| {
            orders.earlier(own).contains(&other) || orders.earlier(other).contains(&own)
        })
    };
    by_own_line || orders.place(unit).is_some_and(in_package)
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{said_by, said_of};

    #[test]
    fn what_is_needed_is_to_be_waited_for() {
        let said = |unit: &str| {
            let text = format!("[Unit]\n{unit}\n[Service]\nExecStart=/bin/x\n");
            said_by("AMB060", "el8", &text)
        };
        insta::assert_snapshot!(said("Requires=a.service b.service\nWants=c.service network-online.target\nAfter=a.service"), @"
        x.service:2:20: warning[AMB060]: Requires=b.service without After=b.service
        x.service:3:7: note[AMB060]: Wants=c.service without After=c.service
        x.service:3:17: warning[AMB060]: Wants=network-online.target without After=network-online.target
        ");
        for fine in [
            "Requires=a.service\nBefore=a.service",
            "Requires=x.socket basic.target",
            "Wants=%p@1.service\nAfter=x@1.service",
            "Wants=network",
        ] {
            assert_eq!(said(fine), "", "{fine}");
        }
    }

    #[test]
    fn old_names_need_an_order_too() {
        let text = "[Unit]\nBindTo=a.service\nRequiresOverridable=b.service\n[Service]\nExecStart=/bin/x\n";
        for target in ["centos7", "el9"] {
            insta::allow_duplicates! {
                insta::assert_snapshot!(said_by("AMB060", target, text), @"
                x.service:2:8: warning[AMB060]: BindTo=a.service without After=a.service
                x.service:3:21: warning[AMB060]: RequiresOverridable=b.service without After=b.service
                ");
            }
        }
    }

    #[test]
    fn the_order_may_stand_in_the_other_unit() {
        let other = |order: &str| format!("[Unit]\n{order}\n[Service]\nExecStart=/bin/x\n");
        let own = "[Unit]\nRequires=b.service\n[Service]\nExecStart=/bin/x\n";
        let said = |order: &str| {
            said_of(
                "AMB060",
                "el8",
                &[("a.service", own), ("b.service", &other(order))],
                None,
            )
        };
        assert_eq!(said("Before=a.service"), "");
        assert_ne!(said("Before=c.service"), "");
    }
}
