//! Lists of units, such as that of `After=`.

use super::invalid::{Invalid, Reason};
use super::lexer::{Escapes, Lexed, Lexer, Style};
use super::list::List;
use super::specifier::{is_templated, specifiers_in};
use super::version::Version;
use std::ops::Range;

/// Every kind of unit; `busname` and `snapshot` ended with v229 and v228 (unit-name.c).
const KINDS: [&str; 13] = [
    "service",
    "socket",
    "target",
    "device",
    "mount",
    "automount",
    "swap",
    "timer",
    "path",
    "slice",
    "scope",
    "busname",
    "snapshot",
];

/// `UNIT_NAME_MAX` of 256 counts the final NUL.
const LONGEST: usize = 255;

/// A unit that a value names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitReference {
    /// The name, specifiers not resolved.
    pub name: String,
    /// Where it stands, in bytes of the value.
    pub range: Range<usize>,
}

impl UnitReference {
    /// The suffix without the dot; `None` where a specifier may bring it.
    pub fn kind(&self) -> Option<&str> {
        let (_, suffix) = self.name.rsplit_once('.')?;
        KINDS.contains(&suffix).then_some(suffix)
    }
}

/// The units of `After=` and its kin, separated by blanks.
///
/// `config_parse_unit_deps()` of load-fragment.c, which passes over what is no name; 219 takes
/// quotes off, later ones take them for a part of the name. A name with specifiers is looked at as
/// far as they leave it.
pub fn unit_list(value: &str, version: Version) -> List<UnitReference> {
    let style = Style {
        quotes: !version.keeps_quotes_in_unit_lists(),
        escapes: Escapes::Keep,
        ..Style::command(version)
    };
    let mut list = List::default();
    let mut lexer = Lexer::new(value, style);
    while let Some(Lexed { word, notes, fatal }) = lexer.word() {
        list.notes.extend(notes);
        if let Some(fatal) = fatal {
            list.problems.push(fatal);
            break;
        }
        let range = word.source(0..word.text.len());
        let checked = check(&word.text, version);
        list.add(match checked {
            Ok(()) => Ok(UnitReference {
                name: word.text,
                range,
            }),
            Err(mut invalid) => {
                invalid.range = word.source(invalid.range);
                Err(invalid)
            }
        });
    }
    list
}

/// `unit_name_is_valid()` of unit-name.c.
fn check(name: &str, version: Version) -> Result<(), Invalid> {
    let wrong = |reason| Err(Invalid::whole(name, reason));
    let specifiers = specifiers_in(name);
    let is_specifier = |at: usize| {
        specifiers
            .iter()
            .any(|(from, _)| (*from..from + 2).contains(&at))
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || ":-_.\\@".contains(c);
    let mut characters = name.char_indices();
    if let Some((at, c)) = characters.find(|(at, c)| !allowed(*c) && !is_specifier(*at)) {
        let invalid = Invalid::new(at..at + c.len_utf8(), Reason::UnitCharacter(c));
        // Somebody separated the names by commas, or put them in quotes.
        let needless = matches!(c, ',' | ';' | '"' | '\'');
        return Err(invalid.instead_if(needless.then(|| {
            let last = at + 1 == name.len() || at == 0;
            String::from(if last { "" } else { " " })
        })));
    }
    let templated = is_templated(name);
    let Some((stem, suffix)) = name.rsplit_once('.') else {
        return match templated && name.ends_with(|c: char| c.is_ascii_alphanumeric()) {
            true if ends_in_specifier(name) => Ok(()),
            _ => {
                let instead = format!("{name}.service");
                Err(Invalid::whole(name, Reason::UnitSuffix).instead(instead))
            }
        };
    };
    let gone = version.number() >= 229 && matches!(suffix, "busname" | "snapshot");
    if (!KINDS.contains(&suffix) || gone) && !ends_in_specifier(name) {
        let near = |kind: &&str| strsim::damerau_levenshtein(kind, suffix) <= 2;
        let instead = KINDS[..11].iter().copied().find(near);
        let instead = instead.map_or_else(|| format!("{name}.service"), |k| format!("{stem}.{k}"));
        let reason = Reason::UnitKind(suffix.to_owned());
        return Err(Invalid::whole(name, reason).instead(instead));
    }
    if stem.is_empty() || stem.starts_with('@') {
        return wrong(Reason::UnitStem);
    }
    match name.len() > LONGEST && !templated {
        true => wrong(Reason::UnitTooLong),
        false => Ok(()),
    }
}

fn ends_in_specifier(name: &str) -> bool {
    let last = specifiers_in(name).last().copied();
    last.is_some_and(|(at, letter)| at + 2 == name.len() && letter != '%')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_every_kind() {
        let value = "network-online.target dev-sda1.device a@%i.service %n x@.timer";
        for version in [Version::V219, Version::V239] {
            let list = unit_list(value, version);
            assert!(list.is_valid(), "{list:?}");
            let kinds: Vec<_> = list.items.iter().map(UnitReference::kind).collect();
            let expected = [
                Some("target"),
                Some("device"),
                Some("service"),
                None,
                Some("timer"),
            ];
            assert_eq!(kinds, expected);
        }
    }

    #[test]
    fn errors_say_where_and_what_instead() {
        for (value, range, instead) in [
            ("a.service nosuch", 10..16, Some("nosuch.service")),
            ("a.service, b.service", 9..10, Some("")),
            ("a.service,b.service", 9..10, Some(" ")),
            ("a.servcie", 0..9, Some("a.service")),
            ("my.app", 0..6, Some("my.app.service")),
            ("a%i", 0..3, None),
            (".service", 0..8, None),
            ("/dev/sda", 0..1, None),
        ] {
            let list = unit_list(value, Version::V239);
            match list.problems.first() {
                Some(wrong) => {
                    assert_eq!(wrong.range, range, "{value}");
                    assert_eq!(wrong.instead.as_deref(), instead, "{value}");
                }
                None => assert_eq!(value, "a%i"),
            }
        }
    }

    #[test]
    fn quotes_belong_to_the_name_in_later_versions() {
        let value = "\"a.service\"";
        let old = unit_list(value, Version::V219);
        assert_eq!(
            (old.items[0].name.as_str(), old.items[0].range.clone()),
            ("a.service", 1..10)
        );
        let new = unit_list(value, Version::V239);
        assert_eq!(new.problems[0].reason, Reason::UnitCharacter('"'));
        assert_eq!(new.problems[0].instead.as_deref(), Some(""));
    }

    proptest! {
        #[test]
        fn nothing_panics(value in "[a.@%i,\"'\\\\ ü]{0,20}", number in 219u16..262) {
            for problem in unit_list(&value, Version::new(number)).problems {
                prop_assert!(value.get(problem.range).is_some());
            }
        }
    }
}
