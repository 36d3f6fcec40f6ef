//! Specifiers: a `%` and a letter that systemd replaces.

/// Where specifiers stand in a value: the byte of the `%`, and the character after it.
///
/// `%%`, a plain percent sign, is among them, as `'%'`. A `%` before anything but an ASCII letter,
/// a digit or another `%` is none, and neither is one at the very end; later versions keep both as
/// they are (`specifier_printf()`, `POSSIBLE_SPECIFIERS` of specifier.c, v236). 219 drops a `%` at
/// the very end, and keeps every specifier that it does not know.
pub fn specifiers_in(value: &str) -> Vec<(usize, char)> {
    let mut found = Vec::new();
    let mut characters = value.char_indices();
    while let Some((at, character)) = characters.next() {
        if character != '%' {
            continue;
        }
        // The character after `%` is used up whatever it is, as it is there.
        match characters.next() {
            Some((_, letter)) if letter == '%' || letter.is_ascii_alphanumeric() => {
                found.push((at, letter));
            }
            _ => {}
        }
    }
    found
}

/// A text in which systemd finds no specifier: every `%` doubled.
pub fn escape_specifiers(text: &str) -> String {
    text.replace('%', "%%")
}

/// The specifier that a value starts with, a plain percent sign not counted.
pub(super) fn leading_specifier(value: &str) -> Option<char> {
    let mut characters = value.chars();
    let percent = characters.next();
    let letter = characters.next().filter(char::is_ascii_alphanumeric);
    percent.filter(|c| *c == '%').and(letter)
}

/// Whether a value holds a specifier that could become anything.
pub(super) fn is_templated(value: &str) -> bool {
    specifiers_in(value)
        .iter()
        .any(|(_, letter)| *letter != '%')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn specifiers_are_found_where_they_stand() {
        assert_eq!(specifiers_in("/run/%n/%%i%"), [(5, 'n'), (8, '%')]);
        assert_eq!(specifiers_in("100% sure, %-x %"), []);
        assert_eq!(specifiers_in("ü%h%%%t"), [(2, 'h'), (4, '%'), (6, 't')]);
    }

    proptest! {
        #[test]
        fn escaped_text_holds_plain_percent_signs_alone(text in ".*") {
            let escaped = escape_specifiers(&text);
            let specifiers = specifiers_in(&escaped);
            prop_assert!(specifiers.iter().all(|(_, letter)| *letter == '%'));
            prop_assert_eq!(specifiers.len(), text.matches('%').count());
            for (at, _) in specifiers {
                prop_assert!(escaped[at..].starts_with("%%"));
            }
        }
    }
}
