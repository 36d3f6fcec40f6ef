//! The order in which the units of a package are started.

use super::pull::{Places, resolve, trigger};
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
    let earlier = before(units);
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

/// The units that come before each of them.
fn before(units: &[UnitFile]) -> Vec<Vec<usize>> {
    let places = Places::of(units);
    let mut earlier = vec![Vec::new(); units.len()];
    for (at, unit) in units.iter().enumerate() {
        let started = trigger(unit).map(|(name, _)| name);
        let named = names(unit, "Before").into_iter().chain(started);
        for late in named.flat_map(|name| places.meant(&name)) {
            earlier[late].push(at);
        }
        let keys = CARRYING.into_iter().chain(["After"]);
        let named = keys.flat_map(|key| names(unit, key));
        earlier[at].extend(named.flat_map(|name| places.meant(&name)));
    }
    for (at, earlier) in earlier.iter_mut().enumerate() {
        earlier.retain(|other| *other != at);
    }
    earlier
}

/// The names in the lines of a key.
fn names(unit: &UnitFile, key: &str) -> Vec<String> {
    let lines = unit.document.assignments("Unit", key);
    let words = lines.flat_map(|line| word::words(&line.value));
    words.map(|name| resolve(&name, &unit.name)).collect()
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
