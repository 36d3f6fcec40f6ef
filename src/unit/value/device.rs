//! Devices, with what a unit may do to them or how much of them it gets.

use super::digits::number;
use super::invalid::{Invalid, Reason};
use super::lexer::{Lexer, Style};
use super::path::{absolute_path, check_normal, normalise};
use super::size::byte_size;
use super::time_span::time_span;
use super::version::Version;
use super::word::Word;

/// What stands after a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceAmount {
    /// A weight from 1 to 10000: `IODeviceWeight=`.
    Weight,
    /// A weight from 10 to 1000: `BlockIODeviceWeight=`.
    BlockWeight,
    /// A number above 0 with K, M, G …, or `infinity`: `IOReadBandwidthMax=` and its kin.
    Limit,
    /// A number above 0 with K, M, G …: `BlockIOReadBandwidth=` and its kin.
    BlockLimit,
    /// A span of time: `IODeviceLatencyTargetSec=`.
    Latency,
}

/// A device or a file on it, and how much the unit gets of it.
///
/// `config_parse_io_limit()` and its kin of load-fragment.c: 239 takes any path that is normal,
/// 219 one below `/dev` (seen on 219, 239 and 252).
///
/// # Errors
/// What is wrong with the device or the amount.
pub fn device_amount(value: &str, amount: DeviceAmount, version: Version) -> Result<(), Invalid> {
    let (device, rest) = split(value, version)?;
    if version.has_any_path_for_devices() {
        let path = normalise(&device.text, version);
        let checked = check_normal(&path, &device.text, 0, version);
        checked.map_err(|invalid| invalid.in_word(&device))?;
    } else if !device.text.starts_with("/dev/") && device.text != "/dev" {
        return Err(Invalid::new(device.range, Reason::DeviceNode));
    }
    let start = value.len() - rest.len();
    if rest.is_empty() {
        return Err(Invalid::new(start..start, Reason::NumberMissing));
    }
    of_amount(rest, amount, version).map_err(|invalid| invalid.moved(start))
}

fn of_amount(text: &str, amount: DeviceAmount, version: Version) -> Result<(), Invalid> {
    let within = |least: i128, most: i128| match number(text, version) {
        Ok(number) if (least..=most).contains(&number) => Ok(()),
        Ok(_) => Err(Invalid::whole(text, Reason::OutOfRange { least, most })),
        Err(reason) => Err(Invalid::whole(text, reason)),
    };
    match amount {
        DeviceAmount::Weight => within(1, 10_000),
        DeviceAmount::BlockWeight => within(10, 1000),
        DeviceAmount::Limit if text == "infinity" => Ok(()),
        DeviceAmount::Limit | DeviceAmount::BlockLimit => match byte_size(text, version)? {
            0 => Err(Invalid::whole(text, Reason::Zero)),
            _ => Ok(()),
        },
        DeviceAmount::Latency => time_span(text, version).map(drop),
    }
}

/// A device or a group of them, and the rights `r`, `w` and `m`: `DeviceAllow=`.
///
/// `config_parse_device_allow()` of load-fragment.c: a node below `/dev`, since 239 in Red Hat's
/// and v240 in `/run/systemd/inaccessible/` too, or `block-` or `char-` and the name of a group.
///
/// # Errors
/// What is wrong with the device or the rights.
pub fn device_access(value: &str, version: Version) -> Result<(), Invalid> {
    let (device, rights) = split(value, version)?;
    let text = device.text.as_str();
    let is_group = ["block-", "char-"]
        .iter()
        .any(|kind| text.starts_with(kind));
    let is_node = match version.has_any_path_for_devices() {
        false => text.starts_with("/dev/"),
        true => {
            let path = normalise(text, version);
            path == "/dev"
                || ["/dev/", "/run/systemd/inaccessible/"]
                    .iter()
                    .any(|folder| path.starts_with(folder))
        }
    };
    if !is_group && !is_node {
        let under = text.trim_start_matches(['-', '~', '/']);
        let near = under.strip_prefix("dev/");
        let near = near.map(|name| format!("/dev/{name}"));
        return Err(Invalid::new(device.range, Reason::DeviceNode).instead_if(near));
    }
    if !is_group {
        absolute_path(text, &[], version).map_err(|invalid| invalid.moved(device.range.start))?;
    }
    match rights.chars().all(|right| "rwm".contains(right)) {
        true => Ok(()),
        false => {
            let range = value.len() - rights.len()..value.len();
            Err(Invalid::new(range, Reason::DeviceRights))
        }
    }
}

/// The first word and what comes after it. 219 knows no quotes here.
fn split(value: &str, version: Version) -> Result<(Word<'_>, &str), Invalid> {
    let style = Style::paths(Version::V239);
    let quotes = version.has_any_path_for_devices();
    let mut lexer = Lexer::new(value, Style { quotes, ..style });
    match lexer.word() {
        Some(lexed) => match lexed.fatal {
            Some(fatal) => Err(fatal),
            None => Ok((lexed.word, lexer.rest())),
        },
        None => Err(Invalid::whole(value, Reason::Empty)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const V219: Version = Version::V219;
    const V239: Version = Version::V239;

    #[test]
    fn a_parent_is_shown_where_it_stands_within_quotes() {
        let value = "\"/dev/a b/..\" 10M";
        let invalid = device_amount(value, DeviceAmount::Limit, V239).unwrap_err();
        assert_eq!(invalid.reason, Reason::ParentDirectory);
        assert_eq!(&value[invalid.range], "/dev/a b/..");
        assert_eq!(invalid.instead, None);
    }

    #[test]
    fn rights_and_nodes() {
        let takes = |value: &str| [V219, V239].map(|version| device_access(value, version).is_ok());
        for value in [
            "/dev/null",
            "/dev/null  rw",
            "block-loop rwm",
            "char-* r",
            "/dev/sda*",
            "/dev/null rrr",
        ] {
            assert_eq!(takes(value), [true, true], "{value}");
        }
        for value in [
            "null rw",
            "/proc/x rw",
            "/dev/null r w",
            "/dev/null RW",
            "dev/null",
            "c 1:3 rwm",
        ] {
            assert_eq!(takes(value), [false, false], "{value}");
        }
        assert_eq!(takes("/dev/../null rw"), [true, false]);
        assert_eq!(takes("\"/dev/null\" rw"), [false, true]);
        let near = device_access("dev/null", V239).unwrap_err();
        assert_eq!(near.instead.as_deref(), Some("/dev/null"));
    }

    #[test]
    fn amounts() {
        let takes = |value: &str, amount| device_amount(value, amount, V239).is_ok();
        use DeviceAmount::*;
        assert!(takes("/dev/sda 1M 5K", Limit) && takes("/var infinity", Limit));
        assert!(!takes("/dev/sda", Limit) && !takes("/dev/sda 0", Limit));
        assert!(!takes("/dev/sda 10m", BlockLimit) && !takes("/dev/sda infinity", BlockLimit));
        assert!(takes("/dev/sda 10000", Weight) && !takes("/dev/sda 10001", Weight));
        assert!(takes("/dev/sda 10", BlockWeight) && !takes("/dev/sda 9", BlockWeight));
        assert!(takes("/dev/sda 100ms", Latency) && !takes("/dev/sda 5%", Latency));
        assert!(!takes("/dev/../sda 1", Limit));
        assert!(device_amount("/var 100", BlockLimit, V219).is_err());
        let missing = device_amount("/dev/sda", Limit, V239).unwrap_err();
        assert_eq!(missing.range, 8..8);
    }

    proptest! {
        #[test]
        fn every_weight_is_read(weight in 0u32..20_000) {
            let taken = device_amount(&format!("/dev/sda {weight}"), DeviceAmount::Weight, V239);
            prop_assert_eq!(taken.is_ok(), (1..=10_000).contains(&weight));
        }

        #[test]
        fn nothing_panics(value in "[/dev.0-9Krwmü \"\\\\]{0,16}") {
            for version in [V219, V239] {
                for wrong in [
                    device_access(&value, version).err(),
                    device_amount(&value, DeviceAmount::Limit, version).err(),
                ].into_iter().flatten() {
                    prop_assert!(value.get(wrong.range).is_some());
                }
            }
        }
    }
}
