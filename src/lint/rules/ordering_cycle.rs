//! AMB061

use super::super::commands::version;
use super::super::listed;
use super::super::unit_set::{Orders, named};
use super::super::{Context, Effect, Example, Finding, Origin, Rule};
use crate::report::Severity;
use crate::unit::{Directive, means, resolve};
use std::collections::{HashMap, VecDeque};

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
    let orders = context.units.orders();
    let Some(own) = orders.place(context.unit) else {
        return;
    };
    for line in context.directives().iter().filter(|line| is_order(line)) {
        let mut words = listed::units(line, version(context)).into_iter();
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
    if let Some(ring) = ring(orders, own) {
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
        let (unit, about) = (&context.units[of], &context.units[about]);
        let mut lines = unit.document.directives().iter();
        let line = lines.find(|line| {
            let names = named(unit, line, key, version(context));
            names.iter().any(|name| means(name, &about.name))
        })?;
        Some((of, line))
    };
    says(late, "After", early).or_else(|| says(early, "Before", late))
}

/// The shortest ring through a unit in which it is the first of the package.
fn ring(orders: &Orders, own: usize) -> Option<Vec<usize>> {
    let mut came_from: HashMap<usize, usize> = HashMap::new();
    let mut next = VecDeque::from([own]);
    while let Some(late) = next.pop_front() {
        for early in orders.earlier(late).iter().copied() {
            if early == own && late != own {
                let back = |at: &usize| came_from.get(at).copied();
                let mut ring: Vec<usize> = std::iter::successors(Some(late), back).collect();
                ring.reverse();
                return Some(ring);
            }
            // A ring with an earlier unit in it is told of there; a unit after itself is none.
            if early > own && !came_from.contains_key(&early) {
                came_from.insert(early, late);
                next.push_back(early);
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
        c.service:2:1: error[AMB061]: z.service, c.service, a.service, b.service wait for each other in a ring
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
        insta::assert_snapshot!(said_of("AMB061", "el8", &units, None), @"a.service:2:1: error[AMB061]: a.timer, a.service wait for each other in a ring");
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
