//! Lengths of time, for the rules that compare two of them.

use std::time::Duration;

/// Names of units and their seconds (systemd.time(7)).
const UNITS: [(&[&str], f64); 9] = [
    (&["us", "usec", "µs"], 1e-6),
    (&["ms", "msec"], 1e-3),
    (&["", "s", "sec", "second", "seconds"], 1.0),
    (&["m", "min", "minute", "minutes"], 60.0),
    (&["h", "hr", "hour", "hours"], 3600.0),
    (&["d", "day", "days"], 86_400.0),
    (&["w", "week", "weeks"], 604_800.0),
    (&["M", "month", "months"], 2_629_800.0),
    (&["y", "year", "years"], 31_557_600.0),
];

/// A length of time such as `5min 20s`; a bare number is seconds, `infinity` the longest there is.
/// `None` for what is none.
pub(super) fn duration(value: &str) -> Option<Duration> {
    if value == "infinity" {
        return Some(Duration::MAX);
    }
    let mut rest = value.trim();
    let mut seconds = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (number, after) = rest.split_at(digits.unwrap_or(rest.len()));
        let after = after.trim_start();
        let letters = after.find(|c: char| !c.is_alphabetic());
        let (unit, after) = after.split_at(letters.unwrap_or(after.len()));
        let (_, factor) = UNITS.iter().find(|(names, _)| names.contains(&unit))?;
        seconds += number.parse::<f64>().ok()? * factor;
        rest = after.trim_start();
    }
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_sums_of_numbers_with_units() {
        for (text, seconds) in [
            ("5", 5.0),
            ("100ms", 0.1),
            ("2min 200ms", 120.2),
            ("1h30m", 5400.0),
            ("1.5 s", 1.5),
            ("0", 0.0),
        ] {
            assert_eq!(
                duration(text),
                Some(Duration::from_secs_f64(seconds)),
                "{text}"
            );
        }
        assert_eq!(duration("infinity"), Some(Duration::MAX));
        for none in ["", "soon", "5 parsecs", "s", "-1"] {
            assert_eq!(duration(none), None, "{none}");
        }
    }
}
