//! What is written instead of what a target does not know, and what is lost without it.

use super::change::Effect;
use std::sync::LazyLock;

const KIN: &str = include_str!("data/kin.tsv");
const LOSSES: &str = include_str!("data/losses.tsv");

static ALL_KIN: LazyLock<Vec<Kin>> = LazyLock::new(|| rows(KIN).filter_map(Kin::read).collect());
static ALL_LOSSES: LazyLock<Vec<Loss>> =
    LazyLock::new(|| rows(LOSSES).filter_map(Loss::read).collect());

/// What does nearly the same as a directive, or as one of its values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kin {
    pub(super) key: &'static str,
    /// The value that it is about; any where there is none.
    pub(super) value: Option<&'static str>,
    pub(super) new_key: &'static str,
    /// The value to write; the same where there is none.
    pub(super) new_value: Option<&'static str>,
    pub(super) effect: Effect,
    /// What is lost, or nothing.
    pub(super) lost: &'static str,
}

/// What is lost without a directive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loss {
    pub(super) key: &'static str,
    pub(super) kind: LossKind,
    neutral: &'static str,
    pub(super) lost: &'static str,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LossKind {
    /// Sandboxing.
    Hardening,
    /// Something else that the service can do without.
    LeftOut,
    /// The service would not work.
    Error,
    /// Its identity would be another, or its privileges would grow.
    Privilege,
}

/// What is written instead of a value of a directive, where a row is about that value or about any.
pub(super) fn kin(key: &str, value: &str) -> Option<&'static Kin> {
    ALL_KIN
        .iter()
        .find(|row| row.key == key && row.value.is_none_or(|known| known == value))
}

/// What is lost without a directive.
pub(super) fn loss(key: &str) -> Option<&'static Loss> {
    let at = ALL_LOSSES.binary_search_by(|row| row.key.cmp(key));
    at.ok().map(|at| &ALL_LOSSES[at])
}

impl Loss {
    /// Whether nothing is lost with this value, because the target does the same without it.
    pub(super) fn is_neutral(&self, value: &str) -> bool {
        let value = match value.to_ascii_lowercase().as_str() {
            "1" | "y" | "true" | "t" | "on" => "yes".to_owned(),
            "0" | "n" | "false" | "f" | "off" if self.neutral.split(',').any(|n| n == "no") => {
                "no".to_owned()
            }
            other => other.to_owned(),
        };
        let mut neutral = self.neutral.split(',').filter(|word| !word.is_empty());
        value.is_empty() || neutral.any(|word| word.eq_ignore_ascii_case(&value))
    }

    fn read([key, kind, neutral, lost]: [&'static str; 4]) -> Option<Self> {
        let kind = match kind {
            "hardening" => LossKind::Hardening,
            "left-out" => LossKind::LeftOut,
            "error" => LossKind::Error,
            "privilege" => LossKind::Privilege,
            _ => return None,
        };
        Some(Loss {
            key,
            kind,
            neutral,
            lost,
        })
    }
}

impl Kin {
    fn read([key, value, new_key, new_value, effect, lost]: [&'static str; 6]) -> Option<Self> {
        let some = |text: &'static str| (!text.is_empty()).then_some(text);
        let effect = match effect {
            "same" => Effect::Same,
            "weaker" => Effect::Weaker,
            "hardening" => Effect::Hardening,
            _ => return None,
        };
        Some(Kin {
            key,
            value: some(value),
            new_key,
            new_value: some(new_value),
            effect,
            lost,
        })
    }
}

/// The rows of a table: tabs between the fields, comments at the top, then the names of columns.
fn rows<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    let lines = text
        .lines()
        .skip_while(|line| line.starts_with("# "))
        .skip(1);
    lines.filter_map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        fields.try_into().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::systemd::sandboxing;
    use crate::target::systemd::{directives_in, moves};

    fn count(text: &str) -> usize {
        text.lines().filter(|line| !line.starts_with('#')).count() - 1
    }

    #[test]
    fn what_is_counted_as_sandboxing_is_of_that_family() {
        let hardening = ALL_LOSSES
            .iter()
            .filter(|row| row.kind == LossKind::Hardening);
        for row in hardening {
            assert!(sandboxing(row.key).is_some(), "{}", row.key);
        }
    }

    #[test]
    fn every_row_is_read_and_about_a_directive() {
        assert_eq!(ALL_KIN.len(), count(KIN));
        assert_eq!(ALL_LOSSES.len(), count(LOSSES));
        assert!(ALL_LOSSES.is_sorted_by(|a, b| a.key < b.key));
        let known = |key: &str| crate::target::systemd::sections_of(key).next().is_some();
        for key in ALL_LOSSES.iter().map(|row| row.key) {
            assert!(known(key), "{key}");
        }
        for row in ALL_KIN.iter() {
            assert!(known(row.key) && known(row.new_key), "{row:?}");
            assert_eq!(row.lost.is_empty(), row.effect == Effect::Same, "{row:?}");
        }
    }

    #[test]
    fn there_is_a_row_for_whatever_a_service_can_lose() {
        for section in ["Unit", "Service", "Timer", "Socket", "Path", "Install"] {
            for row in directives_in(section) {
                let newer = row.history.since.is_none_or(|since| since > 219);
                let moved = moves().iter().any(|row_| {
                    row_.new.as_ref().is_some_and(|new| new.name == row.name)
                        && row_.keeps_meaning()
                });
                assert!(!newer || moved || loss(row.name).is_some(), "{}", row.name);
            }
        }
    }

    #[test]
    fn what_the_target_does_anyway_is_no_loss() {
        assert!(loss("PrivateUsers").unwrap().is_neutral("False"));
        assert!(!loss("PrivateUsers").unwrap().is_neutral("1"));
        assert!(loss("OOMPolicy").unwrap().is_neutral("continue"));
        assert!(loss("MemoryMax").unwrap().is_neutral(""));
    }
}
