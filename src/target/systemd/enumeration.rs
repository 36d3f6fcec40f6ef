//! The directives that take words, and which version knows which word.

use super::directive::{Directive, Origin};
use super::history::{History, Removal, Standing};
use super::table::{rows, words};
use std::sync::LazyLock;

pub(super) const TABLE: &str = include_str!("data/enumerations.tsv");
pub(super) const VALUES: &str = include_str!("data/enum_values.tsv");

/// Both tables are sorted by the name of the directive, so that one pass joins them.
static ENUMERATIONS: LazyLock<Vec<Enumeration>> = LazyLock::new(|| {
    let mut values = rows(VALUES).peekable();
    let read = |[name, section, forms]: [&'static str; 3]| Enumeration {
        name,
        section: (!section.is_empty()).then_some(section),
        forms: words(forms).filter_map(Form::read).collect(),
        words: std::iter::from_fn(|| values.next_if(|row| row[0] == name))
            .map(Word::read)
            .collect(),
    };
    rows(TABLE).map(read).collect()
});

/// The words that a directive takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enumeration {
    /// The directive. `Assert…` takes the same words as `Condition…`.
    pub name: &'static str,
    /// The section, where the same name means something else in others.
    pub section: Option<&'static str>,
    /// What else it takes.
    pub forms: Vec<Form>,
    /// The words that any version ever took.
    pub words: Vec<Word>,
}

/// What a directive takes besides its words, or how it takes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A boolean in any spelling.
    Boolean,
    /// A number.
    Number,
    /// Several words with blanks between them.
    List,
    /// `~` before the list: all but these.
    Inverse,
    /// Words that are not in the list, too: names of system calls.
    Open,
}

/// A word that a directive takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub text: &'static str,
    /// Which versions know it.
    pub history: History,
    /// Where [`History::since`] was seen.
    pub since_source: Origin,
    /// Whether `:ARGUMENT` follows it.
    pub argument: Argument,
    /// What else is to be said, or nothing.
    pub note: &'static str,
}

/// Whether `:ARGUMENT` follows a word, as in `file:/var/log/x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// It may not.
    None,
    /// It may.
    Optional,
    /// It must.
    Needed,
}

/// A word as one target sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnumValue {
    /// The word.
    pub word: &'static Word,
    /// What the target makes of it.
    pub standing: Standing,
}

impl Word {
    /// Whether every target's systemd has forgotten it; 219 is the oldest.
    pub fn is_of_the_past(&self) -> bool {
        matches!(self.history.removed, Some(Removal::Gone { since }) if since <= 219)
    }
}

impl Enumeration {
    /// Whether it takes values of this form.
    pub fn takes(&self, form: Form) -> bool {
        self.forms.contains(&form)
    }

    /// The word of this text.
    pub fn word(&self, text: &str) -> Option<&Word> {
        self.words.iter().find(|word| word.text == text)
    }
}

/// The words of a directive.
pub(super) fn of(directive: &Directive) -> Option<&'static Enumeration> {
    let condition = directive.name.strip_prefix("Assert");
    ENUMERATIONS.iter().find(|row| {
        let same = row.name == directive.name
            || condition.is_some_and(|rest| row.name.strip_prefix("Condition") == Some(rest));
        same && row
            .section
            .is_none_or(|section| section == directive.section)
    })
}

#[cfg(test)]
pub(super) fn all() -> &'static [Enumeration] {
    &ENUMERATIONS
}

impl Form {
    fn read(word: &str) -> Option<Self> {
        match word {
            "boolean" => Some(Form::Boolean),
            "number" => Some(Form::Number),
            "list" => Some(Form::List),
            "inverse" => Some(Form::Inverse),
            "open" => Some(Form::Open),
            _ => None,
        }
    }
}

impl Word {
    fn read(row: [&'static str; 8]) -> Self {
        let [_, text, since, source, removed, backported, argument, note] = row;
        Word {
            text,
            history: History::read(since, removed, backported),
            since_source: Origin::read(source),
            argument: match argument {
                "needed" => Argument::Needed,
                "optional" => Argument::Optional,
                _ => Argument::None,
            },
            note,
        }
    }
}
