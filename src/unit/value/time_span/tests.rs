use super::*;
use proptest::prelude::*;

const V252: Version = Version::new(252);

fn micros(value: &str, version: Version) -> Option<u64> {
    match time_span(value, version).ok()? {
        TimeSpan::Microseconds(micros) => Some(micros),
        TimeSpan::Infinity => panic!("{value} is infinity"),
    }
}

#[test]
fn what_all_versions_read_alike() {
    for (value, expected) in [
        ("0", Some(0)),
        ("90", Some(90 * SECOND)),
        ("5min 20s", Some(5 * MINUTE + 20 * SECOND)),
        ("5min20s", Some(5 * MINUTE + 20 * SECOND)),
        ("1h 5 6", Some(HOUR + 11 * SECOND)),
        ("2m", Some(2 * MINUTE)),
        ("2ms", Some(2000)),
        ("2 month", Some(2 * MONTH)),
        ("1.5h", Some(90 * MINUTE)),
        (".5", Some(SECOND / 2)),
        ("+5us", Some(5)),
        ("1y1w1d", Some(YEAR + WEEK + DAY)),
        ("-5", None),
        ("5x", None),
        ("s", None),
        ("", None),
        ("3.", None),
        ("5s # five", None),
        ("infinity 5", None),
    ] {
        for version in [Version::V219, Version::V239, V252] {
            assert_eq!(micros(value, version), expected, "{value} {version}");
        }
    }
    for version in [Version::V219, V252] {
        assert_eq!(time_span("infinity", version), Ok(TimeSpan::Infinity));
    }
}

/// Seen on `systemd-analyze verify` of 219 and 239, and `systemd-analyze timespan` of 252.
#[test]
fn where_the_versions_differ() {
    for (value, old, middle, new) in [
        ("1M", None, Some(MONTH), Some(MONTH)),
        ("5µs", None, Some(5), Some(5)),
        ("-0", Some(0), Some(0), None),
        ("1.2.3", Some(1_500_000), Some(1_500_000), None),
        ("1.2 .3", Some(1_500_000), Some(1_500_000), Some(1_500_000)),
        (
            "99999999999999s",
            Some(7_766_279_631_451_241_920),
            Some(7_766_279_631_451_241_920),
            None,
        ),
        ("0.0000000000000000000001s", Some(0), Some(0), Some(0)),
    ] {
        assert_eq!(micros(value, Version::V219), old, "219 {value}");
        assert_eq!(micros(value, Version::V239), middle, "239 {value}");
        assert_eq!(micros(value, V252), new, "252 {value}");
    }
}

#[test]
fn a_bare_number_has_the_unit_that_is_asked_for() {
    let span = time_span_in("5", TimeUnit::Microsecond, Version::V219);
    assert_eq!(span, Ok(TimeSpan::Microseconds(5)));
}

#[test]
fn errors_say_where_and_what_instead() {
    let wrong = |value, version| time_span(value, version).unwrap_err();
    let month = wrong("5min 1M", Version::V219);
    assert_eq!(
        (month.range, month.instead.as_deref()),
        (6..7, Some("month"))
    );
    let typo = wrong("5 minuts", V252);
    assert_eq!(
        (typo.range, typo.instead.as_deref()),
        (2..8, Some("minutes"))
    );
    let secs = wrong("5secs", V252);
    assert_eq!((secs.range, secs.instead.as_deref()), (1..5, Some("s")));
    let never = wrong("never", V252);
    assert_eq!(never.instead.as_deref(), Some("infinity"));
    assert_eq!(wrong("3.sec", V252).instead.as_deref(), Some("3"));
}

proptest! {
    #[test]
    fn a_written_span_is_read_back(micros in 0..u64::MAX / 2) {
        let span = TimeSpan::Microseconds(micros);
        for version in [Version::V219, Version::V239, V252] {
            prop_assert_eq!(time_span(&span.to_string(), version), Ok(span));
        }
    }

    #[test]
    fn nothing_panics(value in "[-+.0-9smhdwyMµ infty]{0,24}", number in 219u16..262) {
        if let Err(invalid) = time_span(&value, Version::new(number)) {
            prop_assert!(value.get(invalid.range.clone()).is_some(), "{:?}", invalid);
        }
    }

    #[test]
    fn any_text_is_survived(value: String) {
        let _ = time_span(&value, Version::V219);
        let _ = time_span(&value, V252);
    }
}
