//! Whole numbers and modes.

use super::digits::number;
use super::invalid::{Invalid, Reason};
use super::version::Version;
use std::ops::RangeInclusive;

/// A whole number within bounds, in decimal, `0x` or octal with a `0` before it.
///
/// `safe_atoi()` and its kin: util.c in 219, parse-util.c later.
///
/// # Errors
/// What is no number, or out of the bounds.
pub fn integer(value: &str, bounds: RangeInclusive<i64>, version: Version) -> Result<i64, Invalid> {
    if value.is_empty() {
        return Err(Invalid::whole(value, Reason::Empty));
    }
    let number = number(value, version).map_err(|reason| {
        let decimal = value.trim_start_matches('0').to_owned();
        let instead = (reason == Reason::LeadingZero).then_some(decimal);
        Invalid::whole(value, reason).instead_if(instead)
    })?;
    let (least, most) = (i128::from(*bounds.start()), i128::from(*bounds.end()));
    match i64::try_from(number) {
        Ok(small) if bounds.contains(&small) => Ok(small),
        _ => {
            let nearest = number.clamp(least, most).to_string();
            let reason = Reason::OutOfRange { least, most };
            Err(Invalid::whole(value, reason).instead(nearest))
        }
    }
}

/// A priority for `Nice=`: −20 to 19 (`config_parse_exec_nice()`, 219 and later).
///
/// # Errors
/// What is no number, or out of the bounds.
pub fn nice(value: &str, version: Version) -> Result<i8, Invalid> {
    let number = integer(value, -20..=19, version)?;
    i8::try_from(number).map_err(|_| Invalid::whole(value, Reason::NotANumber))
}

/// The mode of a file in base 8, up to 7777.
///
/// `config_parse_mode()`: conf-parser.c of 219, which lets blanks and a sign pass; `parse_mode()`
/// of parse-util.c in v246 and 239.
///
/// # Errors
/// What is no octal number, or too large.
pub fn octal_mode(value: &str, version: Version) -> Result<u32, Invalid> {
    if value.is_empty() {
        return Err(Invalid::whole(value, Reason::Empty));
    }
    let blank = |c: char| matches!(c, ' ' | '\t'..='\r');
    let trimmed = value.trim_start_matches(blank);
    let digits = match version.refuses_signed_modes() {
        true => trimmed,
        false => trimmed.strip_prefix('+').unwrap_or(trimmed),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(8)) {
        return Err(Invalid::whole(value, Reason::NotOctal).instead_if(nearest_mode(value)));
    }
    match u32::from_str_radix(digits, 8) {
        Ok(mode) if mode <= 0o7777 => Ok(mode),
        _ => Err(Invalid::whole(value, Reason::TooLarge)),
    }
}

/// Reads `UMask=`, which is a mode.
///
/// # Errors
/// What is no octal number, or too large.
pub fn umask(value: &str, version: Version) -> Result<u32, Invalid> {
    octal_mode(value, version)
}

fn nearest_mode(value: &str) -> Option<String> {
    let digits = value
        .strip_prefix("0o")
        .or(value.strip_prefix(['+', '0']))?;
    let is_mode = !digits.is_empty() && digits.chars().all(|c| c.is_digit(8));
    is_mode.then(|| format!("0{}", digits.trim_start_matches('0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_come_in_several_bases() {
        let at = |version| move |value| integer(value, -100..=100, version).ok();
        let (old, new) = (at(Version::V219), at(Version::V239));
        for (value, number) in [
            ("12", Some(12)),
            ("-12", Some(-12)),
            ("+5", Some(5)),
            ("0x1F", Some(31)),
            ("-0x1F", Some(-31)),
            ("017", Some(15)),
            ("0", Some(0)),
            ("0x", None),
            ("5 ", None),
            ("5k", None),
            ("101", None),
            ("", None),
        ] {
            assert_eq!((old(value), new(value)), (number, number), "{value}");
        }
        assert_eq!((old("0b11"), new("0b11")), (None, Some(3)));
        assert_eq!((old("0o17"), new("0o17")), (None, Some(15)));
    }

    #[test]
    fn a_leading_zero_is_explained() {
        let wrong = integer("08", 0..=9, Version::V239).unwrap_err();
        assert_eq!(wrong.reason, Reason::LeadingZero);
        assert_eq!(wrong.instead.as_deref(), Some("8"));
        let wrong = nice("20", Version::V219).unwrap_err();
        assert_eq!(wrong.to_string(), "it is not within -20 to 19");
        assert_eq!(wrong.instead.as_deref(), Some("19"));
    }

    #[test]
    fn modes_are_octal() {
        assert_eq!(octal_mode("0755", Version::V219), Ok(0o755));
        assert_eq!(umask("22", Version::V239), Ok(0o22));
        assert_eq!(umask("+22", Version::V219), Ok(0o22));
        let wrong = umask("+22", Version::V239).unwrap_err();
        assert_eq!(wrong.instead.as_deref(), Some("022"));
        let reason = |value| octal_mode(value, Version::V239).unwrap_err().reason;
        assert_eq!(reason("0888"), Reason::NotOctal);
        assert_eq!(reason("u=rwx"), Reason::NotOctal);
        assert_eq!(reason("10000"), Reason::TooLarge);
        assert_eq!(reason(""), Reason::Empty);
    }

    proptest! {
        #[test]
        fn numbers_and_modes_are_read_back(number: i64, mode in 0u32..=0o7777) {
            let all = i64::MIN..=i64::MAX;
            for version in [Version::V219, Version::V239] {
                prop_assert_eq!(integer(&number.to_string(), all.clone(), version), Ok(number));
                prop_assert_eq!(octal_mode(&format!("{mode:04o}"), version), Ok(mode));
            }
        }

        #[test]
        fn nothing_panics(value in "[-+0-9xob ü]*") {
            let _ = integer(&value, 0..=10, Version::V239);
            let _ = octal_mode(&value, Version::V219);
        }
    }
}
