//! Values that are lists: blank-separated words, with quotes.

use super::read::is_blank;

/// The words of a value as systemd's `extract_first_word()` with `EXTRACT_QUOTES` takes them
/// apart: blanks separate, single and double quotes hold blanks and are dropped. What follows an
/// unbalanced quote is ignored, as it is there.
pub(crate) fn words(value: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for c in value.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if u8::try_from(c).is_ok_and(is_blank) => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_none() {
        words.extend(word);
    }
    words
}

/// A boolean as systemd's `parse_boolean()` reads it; `None` for what is none.
pub(crate) fn boolean(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "1" | "yes" | "y" | "true" | "t" | "on" => Some(true),
        "0" | "no" | "n" | "false" | "f" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn blanks_separate_and_quotes_hold() {
        assert_eq!(words("  a.target \t b.target "), ["a.target", "b.target"]);
        assert_eq!(words("\"a b\" 'c'd"), ["a b", "cd"]);
        assert_eq!(words("a \"b c"), ["a"]);
        assert_eq!(words("\"\""), [""]);
        assert!(words(" ").is_empty());
    }
}
