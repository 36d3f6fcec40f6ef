//! One finding or error, as a value.

use super::fix::Fix;
use super::shown::without_user_info;
use super::source::Span;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Note,
    /// Probably not what was meant.
    Warning,
    /// It will not work, or was not done.
    Error,
}

impl Label {
    /// Whether it is about a file as a whole, of which no line is to be shown.
    pub fn is_whole_file(&self) -> bool {
        self.span.range() == (0..0)
    }

    /// Whether the line that it is about is shown.
    pub fn is_quoted(&self) -> bool {
        !self.is_secret && !self.is_whole_file()
    }
}

impl Severity {
    /// The word that people and machines see.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A place in a user's file and what is said about it; an empty span at the beginning of a file
/// stands for the whole of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is said about it; may be empty.
    pub text: String,
    /// Whether a secret stands there: the place is named, and no line of it is shown.
    pub is_secret: bool,
}

/// What is said to the user: what, where, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// The code of the rule, where a rule says it.
    pub code: Option<&'static str>,
    /// What is wrong, in one sentence without a full stop.
    pub title: String,
    /// Where; the first is the primary one.
    pub labels: Vec<Label>,
    /// What one needs to know besides.
    pub notes: Vec<String>,
    /// The way out.
    pub help: Vec<String>,
    /// The targets it speaks of, by name; empty where it is about none.
    pub targets: Vec<String>,
    /// Whether those are all that were asked about, so that people need not be told.
    pub for_all_targets: bool,
    /// What would mend it, where that is certain.
    pub fix: Option<Fix>,
    /// Whether it speaks of words of the command line or the environment, and not of a file.
    pub is_usage: bool,
}

impl Diagnostic {
    /// A diagnostic without a place.
    pub fn new(severity: Severity, title: impl Into<String>) -> Self {
        Diagnostic {
            severity,
            code: None,
            title: title.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            targets: Vec::new(),
            for_all_targets: false,
            fix: None,
            is_usage: false,
        }
    }

    /// An error without a place.
    pub fn error(title: impl Into<String>) -> Self {
        Self::new(Severity::Error, title)
    }

    /// A warning without a place.
    pub fn warning(title: impl Into<String>) -> Self {
        Self::new(Severity::Warning, title)
    }

    /// A note without a place.
    pub fn note(title: impl Into<String>) -> Self {
        Self::new(Severity::Note, title)
    }

    /// Adds a place, if there is one, and what is said about it. Words of the command line are
    /// named in a note: there is no file to show.
    #[must_use]
    pub fn at(mut self, span: Option<&Span>, text: impl Into<String>) -> Self {
        if let Some(given) = span.map(Span::file).filter(|file| file.is_given()) {
            self.is_usage = true;
            let words = without_user_info(given.path().as_str());
            let note = format!("in `{words}`");
            return self.with_note(note);
        }
        if let Some(span) = span {
            self.labels.push(Label {
                span: span.clone(),
                text: text.into(),
                is_secret: false,
            });
        }
        self
    }

    /// Adds a place where a secret may stand: it is named, and nothing of it is shown.
    #[must_use]
    pub fn at_secret(mut self, span: Option<&Span>) -> Self {
        let Some(span) = span else { return self };
        if span.file().is_given() {
            self.is_usage = true;
            let words = span.file().path().as_str();
            let key = words.split('=').next().unwrap_or_default();
            return self.with_note(format!("in `{key}`"));
        }
        self.labels.push(Label {
            span: span.clone(),
            text: String::new(),
            is_secret: true,
        });
        self
    }

    /// The targets that people are to be told of.
    pub fn told_targets(&self) -> &[String] {
        match self.for_all_targets {
            true => &[],
            false => &self.targets,
        }
    }

    /// Adds something one needs to know.
    #[must_use]
    pub fn with_note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds the way out.
    #[must_use]
    pub fn with_help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds the way out, where there is one.
    #[must_use]
    pub fn with_help_if(mut self, text: Option<String>) -> Self {
        self.help.extend(text);
        self
    }
}
