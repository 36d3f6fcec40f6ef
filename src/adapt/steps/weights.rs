//! Shares of processor and disk get the name and the scale of the other control group version.

use crate::adapt::change::Effect;
use crate::adapt::draft::Draft;
use crate::target::systemd::{ValueChange, ValueKind, directive};
use crate::unit::Entry;
use std::ops::RangeInclusive;

/// A way to count shares: what stands for the default share, and what it can be.
struct Scale {
    default: u64,
    range: RangeInclusive<u64>,
}

/// How systemd itself converts them (`cgroup.c` of 239, `cgroup_weight_cpu_to_shares()` and
/// `cgroup_weight_io_to_blkio()`): `new × default of the one ÷ default of the other`, kept within
/// the range. The values are those of `cgroup-util.h`.
fn scale(parser: &str) -> Option<Scale> {
    let (default, range) = match parser {
        "cg_weight" | "cg_cpu_weight" | "io_device_weight" => (100, 1..=10_000),
        "cpu_shares" => (1024, 2..=262_144),
        "blockio_weight" | "blockio_device_weight" => (500, 10..=1000),
        _ => return None,
    };
    Some(Scale { default, range })
}

pub(super) fn step(draft: &mut Draft<'_>) {
    let entries = draft.entries();
    for entry in &entries {
        let Some(rewrite) = draft.profile.rewrite(&entry.section, &entry.key) else {
            continue;
        };
        if rewrite.value != ValueChange::Scale {
            continue;
        }
        let name = rewrite.name;
        let unknown = draft.unknown(&format!("{}=", entry.key), draft.standing(entry));
        if entries.iter().any(|other| other.is(rewrite.section, name)) {
            let reason = format!("{unknown}, and {name}= is there for it");
            draft.leave_out(entry, Effect::Same, reason);
            continue;
        }
        let converted = |entry: &Entry| converted(entry, rewrite.section, name);
        let Some((value, is_exact)) = converted(entry) else {
            // Where others of the key get the new name, this one would be the old beside the new.
            let mut kin = entries
                .iter()
                .filter(|other| other.is(&entry.section, &entry.key));
            if kin.any(|other| converted(other).is_some()) {
                let reason = format!("{unknown}, and {name}= takes no such value");
                draft.leave_out(entry, Effect::LeftOut, reason);
            }
            continue;
        };
        let reason = format!("{unknown}; {name}= is the same on another scale");
        match is_exact {
            true => draft.rewrite(entry, name, &value, Effect::Same, reason),
            false => {
                let reason = format!("{reason}, which does not go as far");
                draft.rewrite(entry, name, &value, Effect::Weaker, reason);
            }
        }
    }
}

/// The value on the other scale, and whether it was within its range.
fn converted(entry: &Entry, section: &str, name: &str) -> Option<(String, bool)> {
    let row = directive(&entry.section, &entry.key)?;
    let new = directive(section, name)?;
    let (from, to) = (scale(row.parser)?, scale(new.parser)?);
    if entry.value.is_empty() {
        return Some((String::new(), true));
    }
    let (device, weight) = match row.kind() {
        ValueKind::DeviceLimit => {
            let (device, weight) = entry.value.rsplit_once([' ', '\t'])?;
            (format!("{} ", device.trim_end()), weight)
        }
        _ => (String::new(), entry.value.as_str()),
    };
    // `idle` (v252) gives up processor time to everything else.
    if weight == "idle" {
        return Some((to.range.start().to_string(), false));
    }
    let weight: u64 = weight.parse().ok()?;
    if !from.range.contains(&weight) {
        return None;
    }
    let exact = weight * to.default / from.default;
    let kept = exact.clamp(*to.range.start(), *to.range.end());
    Some((format!("{device}{kept}"), kept == exact))
}
