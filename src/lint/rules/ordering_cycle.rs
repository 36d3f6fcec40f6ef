//! AMB061

use super::super::listed::listed;
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::{Directive, means, resolve, trigger};
use std::collections::VecDeque;

pub(super) static RULE: Rule = Rule {
    code: "AMB061",
    name: "ordering-cycle",
    severity: Severity::Error,
    origin: Origin::Systemd,
    summary: "Units of the package wait for each other in a ring.",
    explanation: "When the units of a ring are to be started together, systemd writes `Found ordering cycle` to its \
        log and leaves one of them out, which one being a matter of chance. Timers, sockets and paths come before \
        the unit that they start by themselves.",
    example: Example {
        bad: "# a.service\n[Unit]\nAfter=b.service\n\n# b.service\n[Unit]\nAfter=a.service",
        good: "# a.service\n[Unit]\nAfter=b.service\n\n# b.service\n[Unit]\nDescription=B",
    },
    check,
};

fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    let units = context.units;
    let Some(own) = units.iter().position(|unit| unit.name == context.unit.name) else {
        return;
    };
    for line in context.directives().iter().filter(|line| is_order(line)) {
        let mut words = listed(line, context.dialect()).into_iter();
        let itself = |name: &str| resolve(name, &context.unit.name) == context.unit.name.as_str();
        if let Some(word) = words.find(|word| itself(&word.name)) {
            findings.push(
                Finding::new(
                    &RULE,
                    format!("{}={} names the unit itself", line.key, word.name),
                )
                .severity(Severity::Warning)
                .effect(Effect::Warned)
                .at_value(context.unit, line, word.range, "systemd drops it"),
            );
        }
    }
    // Each ring is told of once, at the first of its units.
    if let Some(ring) = ring(context, own) {
        findings.push(told(context, &ring));
    }
}

fn is_order(line: &Directive) -> bool {
    line.is("Unit", "After") || line.is("Unit", "Before")
}

fn told(context: &Context<'_>, ring: &[usize]) -> Finding {
    let units = context.units;
    let names: Vec<&str> = ring.iter().map(|at| units[*at].name.as_str()).collect();
    let title = format!("{} wait for each other in a ring", names.join(", "));
    let mut finding = Finding::new(&RULE, title).effect(Effect::Warned);
    let mut lines = Vec::new();
    for (place, late) in ring.iter().enumerate() {
        let early = ring[(place + 1) % ring.len()];
        finding = finding.note(format!(
            "{} starts after {}",
            units[*late].name, units[early].name
        ));
        lines.extend(line_between(context, *late, early));
    }
    // The lines of the unit itself come first.
    lines.sort_by_key(|(unit, _)| *unit != ring[0]);
    for (place, (unit, line)) in lines.into_iter().enumerate() {
        finding = match place == 0 && unit == ring[0] {
            true => finding.at_directive(&units[unit], line, ""),
            false => finding.and_at(&units[unit], line, ""),
        };
    }
    finding.help("take one of the After= or Before= lines out")
}

/// The line that says that one unit starts after the other, and the place of the unit it stands in;
/// none where the other one is what starts it.
fn line_between<'a>(
    context: &Context<'a>,
    late: usize,
    early: usize,
) -> Option<(usize, &'a Directive)> {
    let says = |of: usize, key: &str, about: usize| {
        let mut lines = context.units[of].document.directives().iter();
        let line = lines.find(|line| {
            let names = names(context, of, line, key);
            names
                .iter()
                .any(|name| means(name, &context.units[about].name))
        })?;
        Some((of, line))
    };
    says(late, "After", early).or_else(|| says(early, "Before", late))
}

/// The units that a line names, if it is of this key.
fn names(context: &Context<'_>, of: usize, line: &Directive, key: &str) -> Vec<String> {
    if !line.is("Unit", key) {
        return Vec::new();
    }
    let words = listed(line, context.dialect());
    let own = &context.units[of].name;
    words.iter().map(|word| resolve(&word.name, own)).collect()
}

/// What one unit of the package starts after, from a place on.
fn earlier(context: &Context<'_>, late: usize, from: usize) -> Vec<usize> {
    let named = |of: usize, key: &str| -> Vec<String> {
        let lines = context.units[of].document.directives().iter();
        lines
            .flat_map(|line| names(context, of, line, key))
            .collect()
    };
    let after = named(late, "After");
    let own = &context.units[late].name;
    let is_earlier = |early: &usize| {
        let other = &context.units[*early];
        after.iter().any(|name| means(name, &other.name))
            || named(*early, "Before").iter().any(|name| means(name, own))
            || trigger(other).is_some_and(|(name, _)| means(&name, own))
    };
    (from..context.units.len())
        .filter(|early| *early != late)
        .filter(is_earlier)
        .collect()
}

/// The shortest ring through a unit in which it is the first of the package.
fn ring(context: &Context<'_>, own: usize) -> Option<Vec<usize>> {
    let mut paths = VecDeque::from([vec![own]]);
    let mut seen = vec![own];
    while let Some(path) = paths.pop_front() {
        for next in earlier(context, *path.last()?, own) {
            if next == own {
                return Some(path);
            }
            if !seen.contains(&next) {
                seen.push(next);
                paths.push_back([path.clone(), vec![next]].concat());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::said_of;

    fn said(units: &[(&str, &str)]) -> String {
        let text = |order: &str| format!("[Unit]\n{order}\n[Service]\nExecStart=/bin/x\n");
        let texts: Vec<(&str, String)> = units
            .iter()
            .map(|(name, order)| (*name, text(order)))
            .collect();
        let units: Vec<(&str, &str)> = texts
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        said_of("AMB061", "el8", &units, None)
    }

    #[test]
    fn a_ring_is_told_of_once_with_its_units() {
        insta::assert_snapshot!(said(&[
            ("z.service", ""),
            ("a.service", "After=b.service"),
            ("b.service", "After=z.service c.service"),
            ("c.service", "Before=z.service b.service\nAfter=a.service"),
        ]), @"
        z.service:2:1: error[AMB061]: z.service, c.service, a.service, b.service wait for each other in a ring
        a.service:2:1: error[AMB061]: a.service, b.service, c.service wait for each other in a ring
        ");
    }

    #[test]
    fn a_service_before_its_own_timer_is_a_ring() {
        let units = [
            ("a.timer", "[Timer]\nOnBootSec=5\n"),
            (
                "a.service",
                "[Unit]\nBefore=a.timer\n[Service]\nExecStart=/bin/x\n",
            ),
        ];
        insta::assert_snapshot!(said_of("AMB061", "el8", &units, None), @"a.timer:1:8: error[AMB061]: a.timer, a.service wait for each other in a ring");
    }

    #[test]
    fn a_chain_is_no_ring_and_a_unit_does_not_follow_itself() {
        assert_eq!(
            said(&[
                ("a.service", "After=b.service"),
                ("b.service", "After=c.service\nBefore=a.service")
            ]),
            ""
        );
        insta::assert_snapshot!(said(&[("a.service", "After=%n")]), @"a.service:2:7: warning[AMB061]: After=%n names the unit itself");
    }
}
