//! What is wrong with the values of sandboxing and resource control.

use super::Effect;
use super::value::{Wrong, all, one};
use crate::target::systemd::{self, ValueKind};
use crate::unit::value::{self, DeviceAmount, Version};

/// What is wrong with a value of these kinds; nothing for other kinds.
pub(super) fn of_kind(
    row: &systemd::Directive,
    text: &str,
    version: Version,
) -> Option<Vec<Wrong>> {
    Some(match row.kind() {
        ValueKind::AddressFamilies => all(value::address_families(text, version)),
        ValueKind::IpPrefixes => all(value::ip_prefixes(text, version)),
        ValueKind::Capabilities if row.parser == "capability_set" => capabilities(text, version),
        ValueKind::SystemCalls => all(value::system_calls(text, version)),
        ValueKind::ErrorNumber => error_number(text, version),
        ValueKind::BindPaths => all(value::bind_paths(text, version)),
        ValueKind::TemporaryFileSystems => all(value::temporary_file_systems(text, version)),
        ValueKind::DeviceAccess => one(value::device_access(text, version)),
        ValueKind::DeviceLimit => one(value::device_amount(text, amount(row), version)),
        _ => return None,
    })
}

/// 239 and later pass over what is no capability without a word.
fn capabilities(text: &str, version: Version) -> Vec<Wrong> {
    let mut found = all(value::capabilities(text, version));
    if version >= Version::V239 {
        quietly(&mut found);
    }
    found
}

/// 219 kills the process where it knows no error of the name, without a word.
fn error_number(text: &str, version: Version) -> Vec<Wrong> {
    let mut found = one(value::call_error(text, version));
    if version <= Version::V219 {
        quietly(&mut found);
    }
    found
}

fn quietly(found: &mut [Wrong]) {
    for wrong in found {
        wrong.effect = wrong.effect.filter(|effect| *effect != Effect::LineIgnored);
    }
}

fn amount(row: &systemd::Directive) -> DeviceAmount {
    match row.parser {
        "io_device_weight" => DeviceAmount::Weight,
        "blockio_device_weight" => DeviceAmount::BlockWeight,
        "blockio_bandwidth" => DeviceAmount::BlockLimit,
        "io_device_latency" => DeviceAmount::Latency,
        _ => DeviceAmount::Limit,
    }
}
