//! The lists of units that packages of this program ship, `/usr/lib/ambot/NAME.units`: by the list of
//! the version that is installed, the next one's scriptlets stop the units that it no longer has.

use crate::inspect::contents::{Text, UNIT_LISTS};
use std::collections::BTreeMap;

/// The most units of a list.
const MAX_UNITS: usize = 1000;

/// What becomes of a unit that the next version does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parting {
    /// It is stopped and disabled.
    Stop,
    /// It is disabled and runs on; the list says `leave`.
    Leave,
}

/// The lists by the name of the package that they are for: the units of each.
pub(super) type UnitLists = BTreeMap<String, BTreeMap<String, Parting>>;

/// Reads the lists among the texts of a package.
pub(super) fn read(texts: &[Text]) -> UnitLists {
    let lists = texts.iter().filter_map(|text| {
        let name = text.path.strip_prefix(UNIT_LISTS)?.strip_suffix(".units")?;
        Some((
            name.to_owned(),
            units(&String::from_utf8_lossy(&text.bytes)),
        ))
    });
    lists.collect()
}

/// `NAME [leave]`, a line each; what follows is for later versions to say.
fn units(text: &str) -> BTreeMap<String, Parting> {
    let lines = text.lines().take(MAX_UNITS).filter_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let name = words.next()?.to_owned();
        let parting = match words.next() {
            Some("leave") => Parting::Leave,
            _ => Parting::Stop,
        };
        Some((name, parting))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_word_of_a_line_is_the_name() {
        let units = units("hello.service\nworker.service leave\n\ntick.timer other\n");
        let expected = [
            ("hello.service".to_owned(), Parting::Stop),
            ("tick.timer".to_owned(), Parting::Stop),
            ("worker.service".to_owned(), Parting::Leave),
        ];
        assert_eq!(units, BTreeMap::from(expected));
    }
}
