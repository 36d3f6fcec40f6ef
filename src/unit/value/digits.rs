//! Numbers as the C library reads them.

use super::invalid::Reason;
use super::version::Version;

/// More than any number that systemd takes, and far enough from overflow.
const HUGE: i128 = 1 << 100;

/// The decimal number that a text starts with, and its length, as `strtoll()` finds them: blanks
/// and a sign may come first. `None` where there are no digits.
pub(super) fn decimal(text: &str) -> Option<(i128, usize)> {
    let blanks = text.len() - text.trim_start_matches(is_space).len();
    let (number, length) = signed(&text[blanks..], 10)?;
    Some((number, blanks + length))
}

/// What `isspace()` means.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r')
}

fn signed(text: &str, radix: u32) -> Option<(i128, usize)> {
    let sign = usize::from(text.starts_with(['+', '-']));
    let digits = text[sign..].chars().map_while(|c| c.to_digit(radix));
    let (mut number, mut length) = (0i128, 0);
    for digit in digits {
        number = (number * i128::from(radix) + i128::from(digit)).min(HUGE);
        length += 1;
    }
    let number = if text.starts_with('-') {
        -number
    } else {
        number
    };
    (length > 0).then_some((number, sign + length))
}

/// The number that all of a text is, as `safe_atoi()` and its kin read it: `0x` starts a
/// hexadecimal number, `0` an octal one, and in later versions `0b` and `0o` one in base 2 and 8.
pub(super) fn number(text: &str, version: Version) -> Result<i128, Reason> {
    let trimmed = text.trim_start_matches(is_space);
    let sign = usize::from(trimmed.starts_with(['+', '-']));
    let (marker, unsigned) = (&trimmed[..sign], &trimmed[sign..]);
    let prefix = unsigned.get(..2).unwrap_or_default().to_ascii_lowercase();
    let binary = version.has_binary_numbers() && marker.is_empty();
    let (radix, digits) = match prefix.as_str() {
        "0x" => (16, &unsigned[2..]),
        "0b" if binary => (2, &unsigned[2..]),
        "0o" if binary => (8, &unsigned[2..]),
        _ if unsigned.len() > 1 && unsigned.starts_with('0') => (8, &unsigned[1..]),
        _ => (10, unsigned),
    };
    let is_number = |radix| !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    if !is_number(radix) {
        return Err(match radix == 8 && is_number(10) {
            true => Reason::LeadingZero,
            false => Reason::NotANumber,
        });
    }
    let (number, _) = signed(digits, radix).ok_or(Reason::NotANumber)?;
    Ok(if marker == "-" { -number } else { number })
}
