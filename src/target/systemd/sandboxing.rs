//! The directives that take something away from a service, so that a break-in does less harm.

use super::table::rows;
use std::sync::LazyLock;

pub(super) const TABLE: &str = include_str!("data/sandboxing.tsv");

static SANDBOXING: LazyLock<Vec<Sandboxing>> = LazyLock::new(|| {
    let read = |[name, off, control_groups]: [&'static str; 3]| Sandboxing {
        name,
        off,
        needs_unified_control_groups: control_groups == "v2",
    };
    rows(TABLE).map(read).collect()
});

/// A directive of the sandboxing family: one that takes something away, or says more of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sandboxing {
    /// Its name.
    pub name: &'static str,
    /// The value that takes nothing away, where there is one.
    pub off: &'static str,
    /// Whether it does nothing on the first version of control groups.
    pub needs_unified_control_groups: bool,
}

impl Sandboxing {
    /// Whether this value takes something away; the empty one does not.
    pub fn protects(&self, value: &str) -> bool {
        let value = value.to_ascii_lowercase();
        let is_no = self.off == "no" && ["no", "n", "false", "f", "off", "0"].contains(&&*value);
        !value.is_empty() && value != self.off && !is_no
    }
}

/// The sandboxing directive of this name, if it is one.
pub fn sandboxing(name: &str) -> Option<&'static Sandboxing> {
    let at = SANDBOXING.binary_search_by(|row| row.name.cmp(name));
    at.ok().map(|at| &SANDBOXING[at])
}

#[cfg(test)]
mod tests {
    use super::super::{directive, table};
    use super::*;

    #[test]
    fn the_family_is_in_order_and_of_the_directives_of_services() {
        assert_eq!(SANDBOXING.len(), table::lines(TABLE));
        assert!(SANDBOXING.windows(2).all(|two| two[0].name < two[1].name));
        for row in SANDBOXING.iter() {
            assert!(directive("Service", row.name).is_some(), "{}", row.name);
        }
    }

    #[test]
    fn a_value_can_take_nothing_away() {
        let protects = |name, value| sandboxing(name).is_some_and(|row| row.protects(value));
        assert!(protects("ProtectSystem", "strict") && protects("PrivateTmp", "true"));
        assert!(!protects("ProtectSystem", "False") && !protects("PrivateTmp", "0"));
        assert!(!protects("ProtectProc", "default") && !protects("IPAddressAllow", "any"));
    }
}
