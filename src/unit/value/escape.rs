//! C escapes.

/// What an escape stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Escape {
    pub(super) bytes: Vec<u8>,
    /// How many bytes of the value it takes, the `\` not counted.
    pub(super) length: usize,
}

/// The escape that `rest`, the text after a `\`, starts with; `None` where it starts with none.
///
/// `\a \b \f \n \r \t \v \\ \" \' \s \xNN \NNN`, and where `unicode` is set `\uNNNN` and
/// `\UNNNNNNNN`; none of them makes a NUL. `cunescape_one()` of util.c in 219 and escape.c later;
/// commands of 219 go through its older `cunescape_length()`, without `\u` and `\U` and with only
/// the low byte of `\400` and above.
pub(super) fn unescape(rest: &[u8], unicode: bool) -> Option<Escape> {
    let byte = |byte: u8| Some((vec![byte], 1));
    let (bytes, length) = match rest.first()? {
        b'a' => byte(0x07),
        b'b' => byte(0x08),
        b'f' => byte(0x0c),
        b'n' => byte(b'\n'),
        b'r' => byte(b'\r'),
        b't' => byte(b'\t'),
        b'v' => byte(0x0b),
        b's' => byte(b' '),
        quoted @ (b'\\' | b'"' | b'\'') => byte(*quoted),
        b'x' => {
            let value = number(rest.get(1..3)?, 16)?;
            Some((vec![value.to_le_bytes()[0]], 3)).filter(|_| value != 0)
        }
        b'0'..=b'7' => {
            let value = number(rest.get(..3)?, 8)?;
            let fits = value != 0 && (value < 256 || !unicode);
            Some((vec![value.to_le_bytes()[0]], 3)).filter(|_| fits)
        }
        b'u' if unicode => {
            let value = number(rest.get(1..5)?, 16)?;
            Some((encode(value), 5)).filter(|_| value != 0)
        }
        b'U' if unicode => {
            let value = number(rest.get(1..9)?, 16)?;
            Some((encode(value), 9)).filter(|_| value != 0 && is_character(value))
        }
        _ => None,
    }?;
    Some(Escape { bytes, length })
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    digits.iter().try_fold(0u32, |value, digit| {
        let digit = char::from(*digit).to_digit(radix)?;
        value.checked_mul(radix)?.checked_add(digit)
    })
}

/// `unichar_is_valid()` of utf8.c.
fn is_character(value: u32) -> bool {
    char::from_u32(value).is_some()
        && !(0xfdd0..=0xfdef).contains(&value)
        && value & 0xfffe != 0xfffe
}

/// UTF-8, or its pattern for a surrogate, which `\u` does not refuse.
fn encode(value: u32) -> Vec<u8> {
    match char::from_u32(value) {
        Some(character) => character.to_string().into_bytes(),
        None => {
            let [low, high, ..] = value.to_le_bytes();
            let middle = ((high & 0x0f) << 2) | (low >> 6);
            vec![0xe0 | (high >> 4), 0x80 | middle, 0x80 | (low & 0x3f)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rest: &str, unicode: bool) -> Option<(String, usize)> {
        let escape = unescape(rest.as_bytes(), unicode)?;
        Some((
            String::from_utf8_lossy(&escape.bytes).into_owned(),
            escape.length,
        ))
    }

    #[test]
    fn each_escape_stands_for_its_character() {
        for (rest, stands_for, length) in [
            ("n", "\n", 1),
            ("s", " ", 1),
            ("\\", "\\", 1),
            ("x41", "A", 3),
            ("101x", "A", 3),
            ("u00fc", "ü", 5),
            ("U0001F600", "😀", 9),
        ] {
            assert_eq!(
                text(rest, true),
                Some((stands_for.into(), length)),
                "{rest}"
            );
        }
    }

    #[test]
    fn what_is_none() {
        for rest in [
            "",
            "d",
            "x4",
            "x00",
            "10",
            "000",
            "400",
            "u00",
            "u0000",
            "Ud800",
            "U0000FFFF",
            ";",
        ] {
            assert_eq!(text(rest, true), None, "{rest}");
        }
        assert_eq!(text("u00fc", false), None);
        assert_eq!(text("501", false), Some(("A".into(), 3)));
        assert_eq!(unescape(b"ud800", true).unwrap().bytes, [0xed, 0xa0, 0x80]);
    }
}
