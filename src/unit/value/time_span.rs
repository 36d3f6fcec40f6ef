//! Spans of time.

use super::digits::decimal;
use super::invalid::{Invalid, Reason};
use super::version::Version;
use std::fmt;
use std::ops::Range;

const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;
/// `USEC_PER_MONTH` and `USEC_PER_YEAR` of time-util.h: 30.4375 and 365.25 days.
const MONTH: u64 = 2_629_800 * SECOND;
const YEAR: u64 = 31_557_600 * SECOND;

/// In the order in which systemd tries them, which says what `m` is before `min` (time-util.c).
const UNITS: [(&str, u64); 29] = [
    ("seconds", SECOND),
    ("second", SECOND),
    ("sec", SECOND),
    ("s", SECOND),
    ("minutes", MINUTE),
    ("minute", MINUTE),
    ("min", MINUTE),
    ("months", MONTH),
    ("month", MONTH),
    ("M", MONTH),
    ("msec", 1000),
    ("ms", 1000),
    ("m", MINUTE),
    ("hours", HOUR),
    ("hour", HOUR),
    ("hr", HOUR),
    ("h", HOUR),
    ("days", DAY),
    ("day", DAY),
    ("d", DAY),
    ("weeks", WEEK),
    ("week", WEEK),
    ("w", WEEK),
    ("years", YEAR),
    ("year", YEAR),
    ("y", YEAR),
    ("usec", 1),
    ("us", 1),
    ("µs", 1),
];

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeSpan {
    /// So many microseconds.
    Microseconds(u64),
    /// `infinity`.
    Infinity,
}

/// What a number without a unit means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Seconds, nearly everywhere.
    Second,
    /// Microseconds, in `LimitRTTIME=`.
    Microsecond,
}

/// A span of time, in seconds where it has no unit: `5min 20s`, `1.5h`, `90`, `infinity`.
///
/// # Errors
/// What this version does not take.
pub fn time_span(value: &str, version: Version) -> Result<TimeSpan, Invalid> {
    time_span_in(value, TimeUnit::Second, version)
}

/// The span of `OnBootSec=` and the other timers that count from an event; the same syntax
/// (`config_parse_timer()` calls `parse_sec()` in 219, 239 and v251).
///
/// # Errors
/// What this version does not take.
pub fn timer_span(value: &str, version: Version) -> Result<TimeSpan, Invalid> {
    time_span(value, version)
}

/// A span of time with the unit of bare numbers.
///
/// `parse_time()` of time-util.c. Terms add up, with or without blanks between them. Up to v239
/// overflow wraps around, `-0` is 0, `1.2.3` is 1.2 and 0.3, and a fraction may have a sign; v240
/// refuses these.
///
/// # Errors
/// What this version does not take.
pub fn time_span_in(value: &str, unit: TimeUnit, version: Version) -> Result<TimeSpan, Invalid> {
    let start = skip_blanks(value, 0);
    if let Some(rest) = value[start..].strip_prefix("infinity") {
        let end = skip_blanks(value, value.len() - rest.len());
        return match end == value.len() {
            true => Ok(TimeSpan::Infinity),
            false => Err(Invalid::new(end..value.len(), Reason::NumberMissing)),
        };
    }
    if start == value.len() {
        return Err(Invalid::whole(value, Reason::Empty));
    }
    let (mut at, mut sum) = (start, 0);
    while at < value.len() {
        let (term, end) = read_term(value, at, unit, version)?;
        sum = add(sum, term, version).ok_or_else(|| too_large(at..end))?;
        at = skip_blanks(value, end);
    }
    Ok(TimeSpan::Microseconds(sum))
}

fn add(sum: u64, term: u64, version: Version) -> Option<u64> {
    if !version.has_strict_time_spans() {
        return Some(sum.wrapping_add(term));
    }
    sum.checked_add(term).filter(|sum| *sum < u64::MAX)
}

fn too_large(range: Range<usize>) -> Invalid {
    Invalid::new(range, Reason::TooLarge).instead("infinity")
}

fn skip_blanks(value: &str, at: usize) -> usize {
    let rest = &value[at..];
    value.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len()
}

/// A number, its fraction and its unit, and where they end.
fn read_term(
    value: &str,
    at: usize,
    unit: TimeUnit,
    version: Version,
) -> Result<(u64, usize), Invalid> {
    let strict = version.has_strict_time_spans();
    let rest = &value[at..];
    let (whole, length) = match decimal(rest) {
        Some(found) => found,
        None if rest.starts_with('.') => (0, 0),
        None => return Err(wrong_word(value, at, version)),
    };
    if whole < 0 || (strict && rest.starts_with('-')) {
        return Err(Invalid::new(at..at + length, Reason::Negative));
    }
    let whole = i64::try_from(whole).map_err(|_| too_large(at..at + length))?;
    let mut end = at + length;
    let mut fraction = (0, 0);
    if value[end..].starts_with('.') {
        let digits = &value[end + 1..];
        let (number, length) =
            read_fraction(digits, strict).ok_or_else(|| fraction_missing(value, at, end))?;
        fraction = (number, length);
        end += 1 + length;
    }
    let after = skip_blanks(value, end);
    let known = |name: &str| match name {
        "M" => version.has_capital_month(),
        "µs" => version.has_micro_sign(),
        _ => true,
    };
    let found = UNITS
        .into_iter()
        .find(|(name, _)| value[after..].starts_with(name) && known(name));
    let bare = match unit {
        TimeUnit::Second => SECOND,
        TimeUnit::Microsecond => 1,
    };
    let (multiplier, end) = match found {
        Some((name, multiplier)) => (multiplier, after + name.len()),
        None if strict && after == end && end < value.len() => {
            return Err(wrong_word(value, end, version));
        }
        None => (bare, after),
    };
    let micros = scale(whole.unsigned_abs(), fraction, multiplier, strict);
    let micros = micros.ok_or_else(|| too_large(at..end))?;
    Ok((micros, end))
}

/// The digits after a point and their number; the number too large for a word counts as its first
/// digits in strict versions, and as an error before.
fn read_fraction(digits: &str, strict: bool) -> Option<(i64, usize)> {
    if strict {
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        let number = digits[..length.min(18)].parse().ok()?;
        return Some((number, length));
    }
    let (number, length) = decimal(digits)?;
    let number = i64::try_from(number).ok().filter(|number| *number >= 0)?;
    Some((number, length))
}

fn fraction_missing(value: &str, at: usize, point: usize) -> Invalid {
    let number = &value[at..point];
    let invalid = Invalid::new(at..point + 1, Reason::FractionMissing);
    invalid.instead_if((!number.is_empty()).then(|| number.to_owned()))
}

/// The number times the unit, in the arithmetic of the version.
fn scale(whole: u64, fraction: (i64, usize), multiplier: u64, strict: bool) -> Option<u64> {
    let (digits, length) = (fraction.0.unsigned_abs(), fraction.1);
    if !strict {
        let part = digits.wrapping_mul(multiplier);
        let part = (0..length.min(20)).fold(part, |part, _| part / 10);
        return Some(whole.wrapping_mul(multiplier).wrapping_add(part));
    }
    if whole >= u64::MAX / multiplier {
        return None;
    }
    // Each digit is scaled and cut by itself, as in v240.
    let text = format!("{digits:0width$}", width = length.min(18));
    let mut unit = multiplier;
    let parts = text.bytes().take(length).map(|digit| {
        unit /= 10;
        u64::from(digit - b'0') * unit
    });
    (whole * multiplier).checked_add(parts.sum())
}

/// What to say about text that is neither a number nor a unit.
fn wrong_word(value: &str, at: usize, version: Version) -> Invalid {
    let rest = &value[at..];
    if !rest.starts_with(char::is_alphabetic) {
        let end = at + rest.chars().next().map_or(0, char::len_utf8);
        return Invalid::new(at..end, Reason::NumberMissing);
    }
    // Of `minuts`, `min` has been taken for the unit already.
    let at = value[..at].trim_end_matches(char::is_alphabetic).len();
    let rest = &value[at..];
    let word = rest[..rest.len() - rest.trim_start_matches(char::is_alphabetic).len()].to_owned();
    let range = at..at + word.len();
    let instead = match word.as_str() {
        "M" if !version.has_capital_month() => Some("month"),
        "µs" | "μs" => Some("us"),
        "Infinity" | "INFINITY" | "inf" | "never" => Some("infinity"),
        "secs" | "S" => Some("s"),
        "mins" => Some("min"),
        "hrs" | "H" => Some("h"),
        "D" => Some("d"),
        _ => UNITS
            .iter()
            .map(|(name, _)| *name)
            .find(|name| name.eq_ignore_ascii_case(&word))
            .or_else(|| {
                let near = |name: &&str| name.len() > 2 && strsim::levenshtein(name, &word) == 1;
                UNITS.iter().map(|(name, _)| *name).find(near)
            }),
    };
    let starts_value = value[..at].trim_start().is_empty();
    let is_unit = instead == Some(word.as_str());
    match is_unit || (starts_value && instead != Some("infinity")) {
        true => Invalid::new(range, Reason::NumberMissing),
        false => Invalid::new(range, Reason::TimeUnit(word)).instead_if(instead.map(str::to_owned)),
    }
}

/// The span in units that every version reads, such as `1h 30min`.
impl fmt::Display for TimeSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = match self {
            TimeSpan::Infinity => return f.write_str("infinity"),
            TimeSpan::Microseconds(0) => return f.write_str("0"),
            TimeSpan::Microseconds(micros) => *micros,
        };
        let mut between = "";
        for (name, unit) in [
            ("w", WEEK),
            ("d", DAY),
            ("h", HOUR),
            ("min", MINUTE),
            ("s", SECOND),
            ("ms", 1000),
            ("us", 1),
        ] {
            if left >= unit {
                write!(f, "{between}{}{name}", left / unit)?;
                left %= unit;
                between = " ";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
