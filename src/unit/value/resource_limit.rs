//! Limits such as `LimitNOFILE=`.

use super::digits::number;
use super::invalid::{Invalid, Reason};
use super::size::byte_size;
use super::time_span::{TimeSpan, TimeUnit, time_span_in};
use super::version::Version;

const SECOND: u64 = 1_000_000;

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitKind {
    /// Bytes: `LimitFSIZE=`, `LimitDATA=`, `LimitSTACK=`, `LimitCORE=`, `LimitRSS=`, `LimitAS=`,
    /// `LimitMEMLOCK=`, `LimitMSGQUEUE=`.
    Bytes,
    /// Things: `LimitNOFILE=`, `LimitNPROC=`, `LimitLOCKS=`, `LimitSIGPENDING=`, `LimitRTPRIO=`.
    Count,
    /// Seconds: `LimitCPU=`.
    Seconds,
    /// Microseconds: `LimitRTTIME=`.
    Microseconds,
    /// A priority: `LimitNICE=`; `+n` and `-n` are nice levels, plain numbers the kernel's 0 to 40.
    Nice,
}

/// A soft and a hard limit; `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceLimit {
    /// The one that counts.
    pub soft: Option<u64>,
    /// What a process may raise the soft one to.
    pub hard: Option<u64>,
}

/// `soft:hard`, or one value for both; each a number of what the limit counts with the units of
/// that, or `infinity`.
///
/// `parse_rlimit_range()` of load-fragment.c in 219, `rlimit_parse()` of rlimit-util.c later, which
/// alone refuses `1:2:3`; Red Hat's 219 has the units for sizes and times.
///
/// # Errors
/// What is none, and a soft limit above the hard one. Up to 219 a count below −1 is none: it wraps
/// around to a number close to no limit (`safe_atou64()`).
pub fn resource_limit(
    value: &str,
    kind: LimitKind,
    version: Version,
) -> Result<ResourceLimit, Invalid> {
    let mut fields = value.split(':');
    let soft_text = fields.next().unwrap_or_default();
    let soft = read(soft_text, kind, version)?;
    let Some(hard_text) = fields.next() else {
        return Ok(ResourceLimit { soft, hard: soft });
    };
    let start = soft_text.len() + 1;
    let hard = read(hard_text, kind, version).map_err(|invalid| invalid.moved(start))?;
    let end = start + hard_text.len();
    if fields.next().is_some() && version.refuses_third_limit() {
        return Err(Invalid::new(end..value.len(), Reason::ThirdLimit).instead(""));
    }
    if soft.unwrap_or(u64::MAX) > hard.unwrap_or(u64::MAX) {
        let instead = format!("{hard_text}:{soft_text}");
        return Err(Invalid::new(0..end, Reason::SoftAboveHard).instead(instead));
    }
    Ok(ResourceLimit { soft, hard })
}

fn read(text: &str, kind: LimitKind, version: Version) -> Result<Option<u64>, Invalid> {
    if text.is_empty() {
        return Err(Invalid::new(0..0, Reason::Empty));
    }
    if text == "infinity" && kind != LimitKind::Nice {
        return Ok(None);
    }
    let limit = match kind {
        LimitKind::Bytes => byte_size(text, version)?,
        LimitKind::Count => count(text, 0..=i128::from(u64::MAX - 1), version)?,
        LimitKind::Seconds | LimitKind::Microseconds => {
            let (unit, per) = match kind {
                LimitKind::Seconds => (TimeUnit::Second, SECOND),
                _ => (TimeUnit::Microsecond, 1),
            };
            match time_span_in(text, unit, version)? {
                TimeSpan::Microseconds(micros) => micros.div_ceil(per),
                TimeSpan::Infinity => return Ok(None),
            }
        }
        LimitKind::Nice => return nice(text, version).map(Some),
    };
    match limit {
        u64::MAX => Err(Invalid::whole(text, Reason::TooLarge).instead("infinity")),
        limit => Ok(Some(limit)),
    }
}

fn count(
    text: &str,
    bounds: std::ops::RangeInclusive<i128>,
    version: Version,
) -> Result<u64, Invalid> {
    let number = number(text, version).map_err(|reason| {
        let instead = ["unlimited", "infinite", "-1"]
            .contains(&text)
            .then(|| "infinity".to_owned());
        Invalid::whole(text, reason).instead_if(instead)
    })?;
    if version.wraps_negative_counts() && (-(1i128 << 63)..-1).contains(&number) {
        let wrapped = i64::try_from(number).map(i64::cast_unsigned).ok();
        if let Some(wrapped) = wrapped.filter(|wrapped| bounds.contains(&i128::from(*wrapped))) {
            return Ok(wrapped);
        }
    }
    if bounds.contains(&number) {
        return u64::try_from(number).map_err(|_| Invalid::whole(text, Reason::TooLarge));
    }
    let (least, most) = bounds.into_inner();
    let invalid = Invalid::whole(text, Reason::OutOfRange { least, most });
    Err(invalid.instead_if((number == -1).then(|| "infinity".to_owned())))
}

/// `rlimit_parse_nice()`: the kernel counts 40 to 1 for −20 to 19.
fn nice(text: &str, version: Version) -> Result<u64, Invalid> {
    let moved = |invalid: Invalid| invalid.moved(1);
    match text.as_bytes().first() {
        Some(b'+') => count(&text[1..], 0..=19, version)
            .map(|level| 20 - level)
            .map_err(moved),
        Some(b'-') => count(&text[1..], 0..=20, version)
            .map(|level| 20 + level)
            .map_err(moved),
        _ => count(text, 0..=40, version),
    }
}

#[cfg(test)]
mod tests {
    use super::LimitKind::*;
    use super::*;
    use proptest::prelude::*;

    fn limit(value: &str, kind: LimitKind) -> Option<(Option<u64>, Option<u64>)> {
        let old = resource_limit(value, kind, Version::V219);
        let new = resource_limit(value, kind, Version::V239);
        assert_eq!(old.is_ok(), new.is_ok(), "{value}");
        new.ok().map(|limit| (limit.soft, limit.hard))
    }

    #[test]
    fn each_kind_has_its_units() {
        for (value, kind, expected) in [
            ("1024", Count, Some((Some(1024), Some(1024)))),
            ("1024:4096", Count, Some((Some(1024), Some(4096)))),
            ("1024:infinity", Count, Some((Some(1024), None))),
            ("infinity", Bytes, Some((None, None))),
            ("64K:1M", Bytes, Some((Some(65536), Some(1 << 20)))),
            ("1min", Seconds, Some((Some(60), Some(60)))),
            ("1ms", Seconds, Some((Some(1), Some(1)))),
            ("1ms", Microseconds, Some((Some(1000), Some(1000)))),
            ("+5", Nice, Some((Some(15), Some(15)))),
            ("-20", Nice, Some((Some(40), Some(40)))),
            ("40", Nice, Some((Some(40), Some(40)))),
            ("+20", Nice, None),
            ("infinity", Nice, None),
            ("64K", Count, None),
            ("1:", Seconds, None),
            (":1", Count, None),
            ("", Count, None),
            ("2:1", Count, None),
            ("infinity:1", Count, None),
        ] {
            assert_eq!(limit(value, kind), expected, "{value}");
        }
    }

    /// Seen on 219 and 239.
    #[test]
    fn a_third_field_is_refused_later() {
        assert!(resource_limit("1:2:3", Count, Version::V219).is_ok());
        let wrong = resource_limit("1:2:3", Count, Version::V239).unwrap_err();
        assert_eq!((wrong.range, wrong.reason), (3..5, Reason::ThirdLimit));
    }

    /// Seen on 219 and 239.
    #[test]
    fn negative_counts_wrap_on_219() {
        let huge = Some(u64::MAX - 4);
        let limit = resource_limit("-5", Count, Version::V219).map(|limit| limit.hard);
        assert_eq!(limit, Ok(huge));
        assert!(resource_limit("-1", Count, Version::V219).is_err());
        assert!(resource_limit("-5", Count, Version::V239).is_err());
    }

    #[test]
    fn the_nearest_is_told() {
        let wrong = |value| resource_limit(value, Count, Version::V239).unwrap_err();
        assert_eq!(wrong("unlimited").instead.as_deref(), Some("infinity"));
        assert_eq!(wrong("-1").instead.as_deref(), Some("infinity"));
        assert_eq!(wrong("2:1").instead.as_deref(), Some("1:2"));
        assert_eq!(wrong("1:x").range, 2..3);
    }

    proptest! {
        #[test]
        fn nothing_panics(value in "[-+0-9KMs:ü]{0,12}", kind in 0usize..5) {
            let kind = [Bytes, Count, Seconds, Microseconds, Nice][kind];
            for version in [Version::V219, Version::V239, Version::new(252)] {
                if let Err(invalid) = resource_limit(&value, kind, version) {
                    prop_assert!(value.get(invalid.range).is_some());
                }
            }
        }
    }
}
