//! Assignments of `Environment=`.

use super::invalid::{Invalid, Reason};
use super::lexer::{Escapes, Lexed, Lexer, Style};
use super::list::List;
use super::version::Version;
use super::word::Word;

/// An assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment<'a> {
    /// The name.
    pub name: String,
    /// The value, quotes and escapes gone, specifiers not resolved.
    pub value: String,
    /// The word that it stands in.
    pub word: Word<'a>,
}

/// The assignments of `Environment=`: `NAME=value`, in quotes around all of it where it has
/// blanks.
///
/// `config_parse_environ()` of load-fragment.c. What is no assignment is passed over. 219 takes
/// quotes within a word for plain characters, so that `A="b c"` is `A="b` and an error; it keeps
/// an unknown escape, at which v233 and later give up the rest of the value. Its `\u` and `\U` are
/// unknown.
pub fn environment(value: &str, version: Version) -> List<Assignment<'_>> {
    let mut list = List::default();
    let escapes = match version.refuses_unknown_escapes() {
        true => Escapes::Refuse,
        false => Escapes::Unescape,
    };
    let style = Style {
        escapes,
        ..Style::command(version)
    };
    let mut lexer = Lexer::new(value, style);
    while let Some(Lexed { word, notes, fatal }) = lexer.word() {
        list.notes.extend(notes);
        if let Some(fatal) = fatal {
            list.problems.push(fatal);
            break;
        }
        list.add(assignment(word, version));
    }
    list
}

fn assignment(word: Word<'_>, version: Version) -> Result<Assignment<'_>, Invalid> {
    let Some((name, value)) = word.text.split_once('=') else {
        return Err(Invalid::new(word.range, Reason::NoAssignment));
    };
    let (name, value) = (name.to_owned(), value.to_owned());
    // A name with a specifier is looked at when that is resolved.
    let is_templated = name.contains('%');
    if !is_templated && !is_name(&name) {
        let range = word.source(0..name.len());
        return Err(Invalid::new(range, Reason::VariableName(name)));
    }
    let breaks = version.has_line_breaks_in_environment();
    let is_wrong = |c: &char| c.is_ascii_control() && *c != '\t' && !(breaks && *c == '\n');
    if let Some(character) = value.chars().find(is_wrong) {
        return Err(Invalid::new(
            word.range,
            Reason::ControlCharacter(character),
        ));
    }
    if !word.is_utf8 {
        return Err(Invalid::new(word.range, Reason::NotUtf8));
    }
    Ok(Assignment { name, value, word })
}

/// `env_name_is_valid()`: ASCII letters, digits and `_`, no digit first.
fn is_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(allowed) && !name.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::word::quote_word;
    use super::*;
    use proptest::prelude::*;

    fn read(value: &str, version: Version) -> (Vec<String>, Vec<Reason>) {
        let list = environment(value, version);
        let items = list.items.iter().map(|a| format!("{}={}", a.name, a.value));
        let reasons = list.problems.iter().chain(&list.notes);
        let reasons = reasons.map(|p| p.reason.clone());
        (items.collect(), reasons.collect())
    }

    #[test]
    fn assignments_in_and_without_quotes() {
        for version in [Version::V219, Version::V239] {
            let (items, reasons) = read(r#"A=1 "B=2 3" 'C=4' D= "E=\x41\tx""#, version);
            assert_eq!(items, ["A=1", "B=2 3", "C=4", "D=", "E=A\tx"]);
            assert!(reasons.is_empty());
            let (items, reasons) = read("1A=x B A-B=1 =x C=1", version);
            assert_eq!(items, ["C=1"]);
            assert_eq!(reasons.len(), 4);
        }
    }

    /// Seen on `systemd-analyze verify` of 219 and 239.
    #[test]
    fn where_the_versions_differ() {
        let (items, reasons) = read(r#"A="b c" D=1"#, Version::V219);
        assert_eq!(items, ["A=\"b", "D=1"]);
        assert!(reasons.contains(&Reason::QuoteWithinWord));
        let list = environment(r#"A="b c""#, Version::V219);
        assert!(list.problems.len() == 1 && list.items.len() == 1);
        let instead = list.notes[0].instead.as_deref();
        assert_eq!(instead, Some(r#""A=b c""#));
        let (items, _) = read(r#"A="b c" D=1"#, Version::V239);
        assert_eq!(items, ["A=b c", "D=1"]);

        let (items, reasons) = read(r#""A=\d" B=2"#, Version::V219);
        assert_eq!(items, [r"A=\d", "B=2"]);
        assert_eq!(reasons, [Reason::UnknownEscape(r"\d".into())]);
        let (items, reasons) = read(r#""A=\d" B=2"#, Version::V239);
        assert!(items.is_empty());
        assert_eq!(reasons, [Reason::UnknownEscape(r"\d".into())]);

        let (items, _) = read(r"A=\n", Version::V219);
        assert!(items.is_empty());
        let (items, _) = read(r"A=\n", Version::V239);
        assert_eq!(items, ["A=\n"]);
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_read_back(value in "[ -~ü\t]*", number in 219u16..262) {
            let version = Version::new(number);
            let text = format!("A={value}");
            let quoted = quote_word(&text);
            let list = environment(&quoted, version);
            prop_assert!(list.is_valid(), "{:?}", list);
            prop_assert_eq!(list.items.len(), 1);
            prop_assert_eq!(&list.items[0].value, &value);
        }

        #[test]
        fn nothing_panics(value in "[A1=\"'\\\\ xnü]{0,20}", number in 219u16..262) {
            for problem in environment(&value, Version::new(number)).problems {
                prop_assert!(value.get(problem.range).is_some());
            }
        }
    }
}
