//! Variables of the environment in the arguments of a command.

use super::version::Version;
use std::ops::Range;

/// A `$` in an argument, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Where it stands, from the `$` on; in bytes of the value where it comes from a word.
    pub range: Range<usize>,
    /// The name that is looked up, or would be.
    pub name: String,
    /// What becomes of it.
    pub kind: VariableKind,
}

/// What becomes of a `$`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// The word is `$NAME`: the value is split at blanks into as many words as it has, none where
    /// it is not set. All of the word after `$` is the name, so that `$HOME/x` is always none.
    Split,
    /// `${NAME}`: the value takes its place within the word; nothing where it is not set.
    Inserted,
    /// `$$`: a dollar sign.
    Dollar,
    /// `$NAME` within a word: stays as it is.
    Untouched,
    /// `${NAME:-x}` and its like, which systemd does not know: 219 looks up all of it as a name
    /// and puts nothing in its place, later ones leave it as it is.
    Extended,
    /// `${` without `}`: stays as it is.
    Open,
}

/// The variables in a word of a command, quotes and escapes gone.
///
/// `replace_env_argv()` and `replace_env()`: util.c in 219, env-util.c in 239 and v251.
pub fn variables_in(text: &str, version: Version) -> Vec<Variable> {
    let bytes = text.as_bytes();
    let is_word = match (bytes.first(), bytes.get(1)) {
        (Some(b'$'), Some(b'{')) => false,
        (Some(b'$'), Some(b'$')) => !version.escapes_dollar_at_start(),
        (first, _) => first == Some(&b'$'),
    };
    if is_word {
        return vec![Variable {
            range: 0..text.len(),
            name: text[1..].to_owned(),
            kind: VariableKind::Split,
        }];
    }
    let mut variables = Vec::new();
    let mut at = 0;
    while let Some(dollar) = text[at..].find('$').map(|found| at + found) {
        let rest = &text[dollar + 1..];
        let (name, length, kind) = match rest.chars().next() {
            Some('$') => (String::new(), 1, VariableKind::Dollar),
            Some('{') => braced(rest),
            Some(_) => {
                let name: String = rest.chars().take_while(|c| is_name(*c)).collect();
                let length = name.len();
                (name, length, VariableKind::Untouched)
            }
            None => break,
        };
        at = dollar + 1 + length;
        if kind != VariableKind::Untouched || !name.is_empty() {
            let range = dollar..at;
            variables.push(Variable { range, name, kind });
        }
    }
    variables
}

fn is_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// What `{` starts, with its length.
fn braced(rest: &str) -> (String, usize, VariableKind) {
    let Some(end) = rest.find('}') else {
        return (rest[1..].to_owned(), rest.len(), VariableKind::Open);
    };
    let name = rest[1..end].to_owned();
    let kind = match name.contains(':') {
        true => VariableKind::Extended,
        false => VariableKind::Inserted,
    };
    (name, end + 1, kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use VariableKind::*;
    use proptest::prelude::*;

    fn kinds(text: &str, version: Version) -> Vec<(String, VariableKind)> {
        let variables = variables_in(text, version).into_iter();
        variables
            .map(|v| (text[v.range].to_owned(), v.kind))
            .collect()
    }

    fn at_239(text: &str) -> Vec<(String, VariableKind)> {
        kinds(text, Version::V239)
    }

    #[test]
    fn each_dollar_has_its_meaning() {
        assert_eq!(at_239("$A"), [("$A".into(), Split)]);
        assert_eq!(at_239("$HOME/x"), [("$HOME/x".into(), Split)]);
        assert_eq!(at_239("${A}/${B}").len(), 2);
        assert_eq!(at_239("x$A"), [("$A".into(), Untouched)]);
        assert_eq!(at_239("${A:-b}"), [("${A:-b}".into(), Extended)]);
        assert_eq!(at_239("${A"), [("${A".into(), Open)]);
        assert_eq!(at_239("a$$b$"), [("$$".into(), Dollar)]);
        assert_eq!(at_239("5$ ^a$)"), []);
    }

    #[test]
    fn a_double_dollar_at_the_start_came_later() {
        assert_eq!(at_239("$$A"), [("$$".into(), Dollar)]);
        assert_eq!(kinds("$$A", Version::V219), [("$$A".into(), Split)]);
    }

    proptest! {
        #[test]
        fn ranges_are_of_the_text(text in "[${}:aü_ ]*") {
            for variable in variables_in(&text, Version::V219) {
                prop_assert!(text[variable.range].starts_with('$'));
            }
        }
    }
}
