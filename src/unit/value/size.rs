//! Sizes in bytes.

use super::digits::{decimal, number};
use super::invalid::{Invalid, Reason};
use super::version::Version;

/// From the largest down, as they have to come in a value (`parse_size()`, base 1024).
const UNITS: [(&str, u32); 8] = [
    ("E", 60),
    ("P", 50),
    ("T", 40),
    ("G", 30),
    ("M", 20),
    ("K", 10),
    ("B", 0),
    ("", 0),
];

/// An amount of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many bytes.
    Bytes(u64),
    /// A share of the machine's memory, in hundredths of a percent.
    Share(u32),
    /// `infinity`.
    Infinity,
}

/// A size in bytes: `64K`, `1.5G`, `1G 512M`, each unit 1024 times the one below.
///
/// `parse_size()` of util.c in 219 and parse-util.c later, with base 1024. Units are capital
/// letters K M G T P E and B, from large to small.
///
/// # Errors
/// What is none, or larger than 2⁶³−1 on 219 and 2⁶⁴−1 later.
pub fn byte_size(value: &str, version: Version) -> Result<u64, Invalid> {
    if value.is_empty() {
        return Err(Invalid::whole(value, Reason::Empty));
    }
    let most = match version.has_unsigned_sizes() {
        true => u64::MAX,
        false => i64::MAX.unsigned_abs(),
    };
    let (mut at, mut sum, mut first_unit) = (0, 0u64, 0);
    loop {
        let term = read_term(value, at, first_unit)?;
        let bytes = term.bytes.filter(|bytes| *bytes <= u128::from(most));
        let bytes = bytes.and_then(|bytes| u64::try_from(bytes).ok());
        sum = bytes
            .and_then(|bytes| sum.checked_add(bytes))
            .filter(|sum| *sum <= most)
            .ok_or_else(|| Invalid::new(at..term.end, Reason::TooLarge))?;
        if term.end == value.len() {
            return Ok(sum);
        }
        at = term.end;
        first_unit = term.unit + 1;
    }
}

struct Term {
    bytes: Option<u128>,
    end: usize,
    unit: usize,
}

fn read_term(value: &str, at: usize, first_unit: usize) -> Result<Term, Invalid> {
    let rest = &value[at..];
    let Some((whole, length)) = decimal(rest) else {
        return Err(wrong_word(value, at));
    };
    let mut end = at + length;
    if whole < 0 || rest.trim_start().starts_with('-') && whole != 0 {
        return Err(Invalid::new(at..end, Reason::Negative));
    }
    let mut fraction = 0.0;
    if let Some(digits) = value[end..].strip_prefix('.') {
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        let number: f64 = digits[..length].parse().unwrap_or_default();
        fraction = (0..length).fold(number, |number, _| number / 10.0);
        end += 1 + length;
    }
    end = value.len()
        - value[end..]
            .trim_start_matches([' ', '\t', '\n', '\r'])
            .len();
    let starts = |(name, _): &(&str, u32)| value[end..].starts_with(name);
    let Some(found) = UNITS[first_unit..].iter().position(starts) else {
        return Err(Invalid::new(at..value.len(), Reason::SizeOrder));
    };
    let unit = first_unit + found;
    let (name, shift) = UNITS[unit];
    let named = |(name, _): &(&str, u32)| !name.is_empty() && value[end..].starts_with(name);
    if name.is_empty() && UNITS[..first_unit].iter().any(named) {
        return Err(Invalid::new(at..end + 1, Reason::SizeOrder));
    }
    // The fraction is less than 1, so that its part is less than 2⁶⁰.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )]
    let part = (fraction * (1u64 << shift) as f64) as u64;
    let whole = u128::try_from(whole)
        .ok()
        .filter(|whole| *whole <= u128::from(u64::MAX));
    let bytes = whole.map(|whole| (whole << shift) + u128::from(part));
    end += name.len();
    Ok(Term { bytes, end, unit })
}

fn wrong_word(value: &str, at: usize) -> Invalid {
    let rest = &value[at..];
    let word: String = rest.chars().take_while(|c| c.is_alphabetic()).collect();
    if word.is_empty() || at == 0 {
        let end = at + rest.chars().next().map_or(0, char::len_utf8);
        return Invalid::new(at..end, Reason::NumberMissing);
    }
    // `64k`, `64KB`, `64KiB`, `64kib`: people mean the letter.
    let previous = value[..at]
        .chars()
        .next_back()
        .filter(char::is_ascii_uppercase);
    let (start, whole) = match previous {
        Some(letter) => (at - 1, format!("{letter}{word}")),
        None => (at, word),
    };
    let end = start + whole.len();
    let lower = whole.to_ascii_lowercase();
    let letter = lower.trim_end_matches('b').trim_end_matches('i');
    let nearest = UNITS.iter().map(|(name, _)| *name);
    let instead = nearest
        .filter(|name| !name.is_empty())
        .find(|name| name.to_ascii_lowercase() == letter || (letter.is_empty() && *name == "B"));
    Invalid::new(start..end, Reason::SizeUnit(whole)).instead_if(instead.map(str::to_owned))
}

/// The value of `MemoryLimit=`, `MemoryMax=` and their kin: a size, a percentage of the machine's
/// memory where the version has these, or `infinity`.
///
/// `config_parse_memory_limit()` of load-fragment.c. Zero and less is refused for most of them,
/// which is for the caller to say.
///
/// # Errors
/// What is none of these.
pub fn memory_limit(value: &str, version: Version) -> Result<Amount, Invalid> {
    if value == "infinity" {
        return Ok(Amount::Infinity);
    }
    let Some(percent) = value.strip_suffix('%') else {
        return byte_size(value, version).map(Amount::Bytes);
    };
    let Some(most_digits) = version.percentage_digits() else {
        return Err(Invalid::whole(value, Reason::NoPercentages));
    };
    let (whole, digits) = percent.split_once('.').unwrap_or((percent, ""));
    let has_point = percent.contains('.');
    if digits.len() > usize::try_from(most_digits).unwrap_or_default()
        || (has_point && digits.is_empty())
    {
        let start = whole.len();
        return Err(Invalid::new(
            start..percent.len(),
            Reason::PercentageDigits(most_digits),
        ));
    }
    let whole = number(whole, version).map_err(|reason| Invalid::new(0..percent.len(), reason))?;
    let hundredths = match digits {
        "" => Some(0),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{digits:0<2}").parse::<i128>().ok()
        }
        _ => None,
    };
    let share = hundredths.ok_or_else(|| Invalid::new(0..percent.len(), Reason::NotANumber))?;
    match u32::try_from(whole.saturating_mul(100).saturating_add(share)) {
        Ok(share) if share <= 10_000 => Ok(Amount::Share(share)),
        _ => {
            let (least, most) = (0, 100);
            Err(Invalid::new(
                0..percent.len(),
                Reason::OutOfRange { least, most },
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const V252: Version = Version::new(252);

    #[test]
    fn units_are_powers_of_1024() {
        for (value, bytes) in [
            ("0", 0),
            ("512", 512),
            ("64K", 64 << 10),
            ("1.5M", 3 << 19),
            ("1G512M", 3 << 29),
            ("1G 512M", 3 << 29),
            ("7 B", 7),
            ("10.M", 10 << 20),
            ("7E", 7 << 60),
        ] {
            for version in [Version::V219, Version::V239, V252] {
                assert_eq!(byte_size(value, version), Ok(bytes), "{value} {version}");
            }
        }
    }

    #[test]
    fn errors_say_where_and_what_instead() {
        let wrong = |value| byte_size(value, Version::V239).unwrap_err();
        for (value, range, instead) in [
            ("64k", 2..3, Some("K")),
            ("64KB", 2..4, Some("K")),
            ("64MiB", 2..5, Some("M")),
            ("64b", 2..3, Some("B")),
            ("64Q", 2..3, None),
        ] {
            let wrong = wrong(value);
            assert_eq!(
                (wrong.range, wrong.instead.as_deref()),
                (range, instead),
                "{value}"
            );
        }
        assert_eq!(wrong("1M 1G").reason, Reason::SizeOrder);
        assert_eq!(wrong("-1").reason, Reason::Negative);
        assert_eq!(wrong("16E").reason, Reason::TooLarge);
        assert_eq!(wrong("").reason, Reason::Empty);
        assert_eq!(wrong("K").reason, Reason::NumberMissing);
    }

    #[test]
    fn the_largest_size_grew() {
        let size = u64::MAX.to_string();
        assert!(byte_size(&size, Version::V219).is_err());
        assert_eq!(byte_size(&size, Version::V239), Ok(u64::MAX));
    }

    #[test]
    fn percentages_came_step_by_step() {
        let reason = |value, version| memory_limit(value, version).unwrap_err().reason;
        assert_eq!(reason("50%", Version::V219), Reason::NoPercentages);
        assert_eq!(memory_limit("50%", Version::V239), Ok(Amount::Share(5000)));
        assert_eq!(memory_limit("0.5%", Version::V239), Ok(Amount::Share(50)));
        assert_eq!(reason("0.55%", Version::V239), Reason::PercentageDigits(1));
        assert_eq!(memory_limit("0.55%", V252), Ok(Amount::Share(55)));
        assert!(memory_limit("101%", V252).is_err());
        assert!(memory_limit("5.%", V252).is_err());
        assert!(memory_limit("%", V252).is_err());
        assert_eq!(
            memory_limit("infinity", Version::V219),
            Ok(Amount::Infinity)
        );
    }

    proptest! {
        #[test]
        fn numbers_are_read_back(bytes: u64) {
            prop_assert_eq!(byte_size(&bytes.to_string(), V252), Ok(bytes));
        }

        #[test]
        fn nothing_panics(value in "[-+.0-9KMGTPEBkibü% ]{0,16}", number in 219u16..262) {
            if let Err(invalid) = memory_limit(&value, Version::new(number)) {
                prop_assert!(value.get(invalid.range.clone()).is_some(), "{:?}", invalid);
            }
        }
    }
}
