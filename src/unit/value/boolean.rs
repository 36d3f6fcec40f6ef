//! Yes and no.

use super::invalid::{Invalid, Reason};

const TRUE: [&str; 6] = ["1", "yes", "y", "true", "t", "on"];
const FALSE: [&str; 6] = ["0", "no", "n", "false", "f", "off"];

/// A boolean: `1 yes y true t on` or `0 no n false f off`, in any case.
///
/// `parse_boolean()` has been the same from 219 (util.c) to v251 (parse-util.c).
///
/// # Errors
/// Anything else.
pub fn boolean(value: &str) -> Result<bool, Invalid> {
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(value));
    if is(&TRUE) {
        Ok(true)
    } else if is(&FALSE) {
        Ok(false)
    } else if value.is_empty() {
        Err(Invalid::whole(value, Reason::Empty))
    } else {
        Err(Invalid::whole(value, Reason::Boolean).instead_if(nearest(value)))
    }
}

/// The right word for one that is not: one of other languages and programs, or a slip.
fn nearest(value: &str) -> Option<String> {
    let lower = value.to_ascii_lowercase();
    let word = match lower.as_str() {
        "enable" | "enabled" => "yes",
        "disable" | "disabled" | "never" | "none" => "no",
        _ => ["yes", "no", "true", "false", "off"]
            .into_iter()
            .find(|word| strsim::damerau_levenshtein(word, &lower) == 1)?,
    };
    Some(word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_for_yes_and_no() {
        for word in ["1", "YES", "y", "True", "t", "oN"] {
            assert_eq!(boolean(word), Ok(true), "{word}");
        }
        for word in ["0", "NO", "n", "False", "f", "off"] {
            assert_eq!(boolean(word), Ok(false), "{word}");
        }
    }

    #[test]
    fn others_are_told_the_nearest() {
        let instead = |value| boolean(value).unwrap_err().instead;
        assert_eq!(instead("ture").as_deref(), Some("true"));
        assert_eq!(instead("enabled").as_deref(), Some("yes"));
        assert_eq!(instead("maybe"), None);
        assert_eq!(boolean("").unwrap_err().reason, Reason::Empty);
        assert_eq!(boolean("yes # no").unwrap_err().range, 0..8);
    }
}
