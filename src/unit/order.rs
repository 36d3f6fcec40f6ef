//! The order in which the units of a package are started.

use super::pull::{means, trigger};
use super::unit_file::UnitFile;
use super::word;

/// The place of each unit in the order in which they are started, in the order of the units.
///
/// systemd orders jobs that are there together (systemd.unit(5), `Before=`, `After=`), and what is
/// queued first may run before the next is queued. So what comes first is queued first. A timer,
/// socket or path comes before what it starts: a socket cannot listen once its service runs, and a
/// service that its socket has started is not started again. What takes others along when it is
/// restarted comes before them. Units that nothing orders, and those
/// that are ordered in a ring, are in the order of their names.
pub fn start_ranks(units: &[UnitFile]) -> Vec<usize> {
    let earlier: Vec<Vec<usize>> = (0..units.len()).map(|of| before(units, of)).collect();
    let mut ranks = vec![None; units.len()];
    for rank in 0..units.len() {
        let waits = |index: usize| earlier[index].iter().any(|other| ranks[*other].is_none());
        let left = || (0..units.len()).filter(|index| ranks[*index].is_none());
        let free = left().filter(|index| !waits(*index));
        let by_name = |index: &usize| units[*index].name.as_str();
        let next = free
            .min_by_key(by_name)
            .or_else(|| left().min_by_key(by_name));
        if let Some(next) = next {
            ranks[next] = Some(rank);
        }
    }
    ranks.into_iter().map(Option::unwrap_or_default).collect()
}

/// By these a unit is restarted when the other one is (systemd.unit(5)).
const CARRYING: [&str; 3] = ["Requires", "BindsTo", "PartOf"];

/// The units that come before one of them.
fn before(units: &[UnitFile], of: usize) -> Vec<usize> {
    let unit = &units[of];
    let is_before = |other: &UnitFile| {
        let starts = trigger(other).is_some_and(|(name, _)| means(&name, &unit.name));
        let carries = CARRYING.iter().any(|key| names(unit, key, other));
        starts || carries || names(unit, "After", other) || names(other, "Before", unit)
    };
    let others = units.iter().enumerate();
    let others = others.filter(|(index, other)| *index != of && is_before(other));
    others.map(|(index, _)| index).collect()
}

fn names(unit: &UnitFile, key: &str, other: &UnitFile) -> bool {
    let mut lines = unit.document.assignments("Unit", key);
    lines.any(|line| {
        let mut words = word::words(&line.value).into_iter();
        words.any(|name| means(&super::pull::resolve(&name, &unit.name), &other.name))
    })
}

#[cfg(test)]
mod tests {
    use super::super::document::Document;
    use super::super::name::UnitName;
    use super::super::unit_file::Tables;
    use super::*;
    use proptest::prelude::*;

    fn unit(name: &str, text: &str) -> UnitFile {
        let name = UnitName::parse(name).unwrap();
        UnitFile::generated(name, Document::parse(text.as_bytes()), Tables::default())
    }

    fn ordered(units: &[UnitFile]) -> Vec<&str> {
        let mut all: Vec<(usize, &str)> = start_ranks(units)
            .into_iter()
            .zip(units.iter().map(|unit| unit.name.as_str()))
            .collect();
        all.sort_unstable();
        all.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn what_starts_another_and_what_is_said_to_come_first_comes_first() {
        let units = [
            unit("a.service", "[Unit]\nAfter=z.service\n"),
            unit("a.socket", "[Socket]\nListenStream=80\n"),
            unit("b.service", "[Unit]\nBefore=z.service\n"),
            unit("b.timer", "[Timer]\nOnCalendar=daily\n"),
            unit("c@.service", "[Unit]\nBefore=b.service\n"),
            unit("z.service", ""),
        ];
        assert_eq!(
            ordered(&units),
            [
                "a.socket",
                "b.timer",
                "c@.service",
                "b.service",
                "z.service",
                "a.service"
            ]
        );
    }

    #[test]
    fn a_ring_is_in_the_order_of_names() {
        let units = [
            unit("b.service", "[Unit]\nAfter=a.service\n"),
            unit("a.service", "[Unit]\nAfter=b.service\n"),
        ];
        assert_eq!(ordered(&units), ["a.service", "b.service"]);
    }

    proptest! {
        #[test]
        fn every_unit_has_a_place_of_its_own(edges in prop::collection::vec((0..5_usize, 0..5_usize), 0..12)) {
            let units: Vec<UnitFile> = (0..5)
                .map(|index| {
                    let after = edges.iter().filter(|(from, _)| *from == index);
                    let lines: String = after.map(|(_, to)| format!("After=u{to}.service\n")).collect();
                    unit(&format!("u{index}.service"), &format!("[Unit]\n{lines}"))
                })
                .collect();
            let mut ranks = start_ranks(&units);
            ranks.sort_unstable();
            prop_assert_eq!(ranks, (0..5).collect::<Vec<_>>());
        }
    }
}
