//! Names of units.

use std::fmt;
use thiserror::Error;

/// The kinds of unit that a package of ours holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitKind {
    /// A process.
    Service,
    /// Starts another unit by the clock.
    Timer,
    /// Starts a service when somebody connects.
    Socket,
    /// Starts another unit when a file changes.
    Path,
    /// A group of units.
    Target,
}

impl UnitKind {
    const ALL: [UnitKind; 5] = [
        UnitKind::Service,
        UnitKind::Timer,
        UnitKind::Socket,
        UnitKind::Path,
        UnitKind::Target,
    ];

    /// The suffix of the name, without the dot.
    pub fn suffix(self) -> &'static str {
        match self {
            UnitKind::Service => "service",
            UnitKind::Timer => "timer",
            UnitKind::Socket => "socket",
            UnitKind::Path => "path",
            UnitKind::Target => "target",
        }
    }

    /// The kind of a suffix without the dot.
    pub fn from_suffix(suffix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.suffix() == suffix)
    }

    /// The section that only this kind has, as systemd writes it; a target has none.
    pub fn section(self) -> Option<&'static str> {
        match self {
            UnitKind::Service => Some("Service"),
            UnitKind::Timer => Some("Timer"),
            UnitKind::Socket => Some("Socket"),
            UnitKind::Path => Some("Path"),
            UnitKind::Target => None,
        }
    }

    /// What pulls an enabled unit of this kind in at boot (systemd.special(7)); `None` for a
    /// target, which is a group and is started by whoever wants the group.
    pub fn boot_target(self) -> Option<BootTarget> {
        match self {
            UnitKind::Service => Some(BootTarget::MultiUser),
            UnitKind::Timer => Some(BootTarget::Timers),
            UnitKind::Socket => Some(BootTarget::Sockets),
            UnitKind::Path => Some(BootTarget::Paths),
            UnitKind::Target => None,
        }
    }
}

impl fmt::Display for UnitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.suffix())
    }
}

/// The targets that we put into `WantedBy=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BootTarget {
    /// `multi-user.target`.
    MultiUser,
    /// `timers.target`.
    Timers,
    /// `sockets.target`.
    Sockets,
    /// `paths.target`.
    Paths,
}

impl BootTarget {
    /// The name of the unit.
    pub fn as_str(self) -> &'static str {
        match self {
            BootTarget::MultiUser => "multi-user.target",
            BootTarget::Timers => "timers.target",
            BootTarget::Sockets => "sockets.target",
            BootTarget::Paths => "paths.target",
        }
    }
}

impl fmt::Display for BootTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The longest name in bytes, suffix included: systemd's `UNIT_NAME_MAX` of 256 counts the final
/// NUL (seen on 219 and 239).
const LONGEST: usize = 255;

/// The name of a unit: valid by construction.
///
/// What is allowed is `unit_name_is_valid()` of systemd's `unit-name.c`, with one `@` at most:
/// `hello.service`, the template `hello@.service`, its instance `hello@blue.service`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitName {
    text: String,
    kind: UnitKind,
}

impl UnitName {
    /// A name as configuration has it: `hello` is `hello.service`; any other kind of unit is
    /// written with its suffix.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn of_key(key: &str) -> Result<Self, NameProblem> {
        let suffix = key.rsplit_once('.').map(|(_, suffix)| suffix);
        match suffix.and_then(UnitKind::from_suffix) {
            Some(_) => Self::parse(key),
            None => Self::parse(&format!("{key}.service")),
        }
    }

    /// A name with its suffix.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, NameProblem> {
        if text.is_empty() {
            return Err(NameProblem::Empty);
        }
        if let Some(wrong) = text.chars().find(|c| !is_allowed(*c)) {
            return Err(match wrong {
                '/' => NameProblem::Slash,
                ' ' => NameProblem::Space,
                other if !other.is_ascii() => NameProblem::NotAscii(other),
                other => NameProblem::Character(other),
            });
        }
        let Some((stem, suffix)) = text.rsplit_once('.') else {
            return Err(NameProblem::NoSuffix);
        };
        let kind = UnitKind::ALL
            .into_iter()
            .find(|kind| kind.suffix() == suffix)
            .ok_or_else(|| NameProblem::Suffix(suffix.to_owned()))?;
        if stem.is_empty() || stem.starts_with('@') {
            return Err(NameProblem::EmptyStem);
        }
        if stem.matches('@').count() > 1 {
            return Err(NameProblem::TwoAts);
        }
        if text.len() > LONGEST {
            return Err(NameProblem::TooLong(text.len()));
        }
        Ok(UnitName {
            text: text.to_owned(),
            kind,
        })
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The kind, from the suffix.
    pub fn kind(&self) -> UnitKind {
        self.kind
    }

    /// The name without its suffix (`%N`): `hello@` of a template.
    pub fn stem(&self) -> &str {
        &self.text[..self.text.len() - self.kind.suffix().len() - 1]
    }

    /// The stem up to the `@` (`%p`).
    pub fn prefix(&self) -> &str {
        self.stem().split('@').next().unwrap_or_default()
    }

    /// What stands between `@` and the suffix, where something does.
    pub fn instance(&self) -> Option<&str> {
        let (_, instance) = self.stem().split_once('@')?;
        (!instance.is_empty()).then_some(instance)
    }

    /// Whether it is a template: `hello@.service`.
    pub fn is_template(&self) -> bool {
        self.stem().ends_with('@')
    }

    /// The same stem with another kind: the service that `hello.timer` starts by default.
    pub fn with_kind(&self, kind: UnitKind) -> String {
        format!("{}.{kind}", self.stem())
    }

    /// The characters of the stem that systemd takes and that trouble people sooner or later:
    /// everything but letters, digits, `-`, and the `@` of a template; each once.
    pub fn unusual_characters(&self) -> Vec<char> {
        let mut unusual = Vec::new();
        let usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '@');
        for c in self.stem().chars().filter(|c| !usual(*c)) {
            if !unusual.contains(&c) {
                unusual.push(c);
            }
        }
        unusual
    }
}

fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '.' | '\\' | '@')
}

impl fmt::Display for UnitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AsRef<str> for UnitName {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// What keeps a text from being the name of a unit.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NameProblem {
    /// Nothing at all.
    #[error("it is empty")]
    Empty,
    /// A path instead of a name.
    #[error("it contains a `/`")]
    Slash,
    /// A space.
    #[error("it contains a space")]
    Space,
    /// A letter that is not ASCII.
    #[error("it contains `{0}`, which is not ASCII")]
    NotAscii(char),
    /// Some other character.
    #[error("it contains {0:?}")]
    Character(char),
    /// No dot.
    #[error("it has no suffix such as `.service`")]
    NoSuffix,
    /// A suffix that is none of ours.
    #[error("`.{0}` is none of .service, .timer, .socket, .path and .target")]
    Suffix(String),
    /// Nothing before the suffix or the `@`.
    #[error("nothing stands before its suffix")]
    EmptyStem,
    /// More than one `@`.
    #[error("it contains more than one `@`")]
    TwoAts,
    /// Too long, given in bytes.
    #[error("it has {0} bytes with its suffix, and systemd takes 255")]
    TooLong(usize),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_plain_template_and_instance_names() {
        let plain = UnitName::parse("hello-web.service").unwrap();
        assert_eq!((plain.stem(), plain.prefix()), ("hello-web", "hello-web"));
        assert_eq!((plain.instance(), plain.is_template()), (None, false));
        let template = UnitName::parse("hello@.timer").unwrap();
        assert_eq!((template.stem(), template.prefix()), ("hello@", "hello"));
        assert_eq!((template.instance(), template.is_template()), (None, true));
        assert_eq!(template.with_kind(UnitKind::Service), "hello@.service");
        let instance = UnitName::parse("hello@a.b.service").unwrap();
        assert_eq!(instance.instance(), Some("a.b"));
        assert!(!instance.is_template());
        assert_eq!(instance.kind(), UnitKind::Service);
    }

    #[test]
    fn each_wrong_name_is_told_what_is_wrong() {
        let long = format!("{}.service", "a".repeat(248));
        for (text, problem) in [
            ("", NameProblem::Empty),
            ("../hello.service", NameProblem::Slash),
            ("my hello.service", NameProblem::Space),
            ("grüße.service", NameProblem::NotAscii('ü')),
            ("a\nb.service", NameProblem::Character('\n')),
            ("a%i.service", NameProblem::Character('%')),
            ("hello", NameProblem::NoSuffix),
            ("hello.mount", NameProblem::Suffix("mount".into())),
            ("hello.Service", NameProblem::Suffix("Service".into())),
            (".service", NameProblem::EmptyStem),
            ("@.service", NameProblem::EmptyStem),
            ("@a.service", NameProblem::EmptyStem),
            ("a@b@c.service", NameProblem::TwoAts),
            (long.as_str(), NameProblem::TooLong(256)),
        ] {
            assert_eq!(UnitName::parse(text), Err(problem), "{text}");
        }
        assert!(UnitName::parse(&long[1..]).is_ok());
        assert!(UnitName::parse(r"a:b-c_d.e\x2d@f.service").is_ok());
    }

    #[test]
    fn unusual_characters_are_named_once() {
        let name = UnitName::parse("a_b:c.d:e.f@e.service").unwrap();
        assert_eq!(name.unusual_characters(), [':', '.']);
        let usual = UnitName::parse("web-2@.service").unwrap();
        assert!(usual.unusual_characters().is_empty());
    }
}
