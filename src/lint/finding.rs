//! What a rule found.

use super::Rule;
use crate::report::{Diagnostic, Edit, Fix, Severity, SourceFile, Span};
use crate::unit::{Directive, UnitFile};
use std::ops::Range;

/// What systemd makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It passes over the line, or over what is wrong in it.
    LineIgnored,
    /// It reads the line and warns, or does as something else is written.
    Warned,
    /// It refuses the unit.
    UnitRefused,
}

/// What a rule found in a unit for a target.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How much it matters.
    pub severity: Severity,
    /// What systemd makes of it; nothing where only we say so.
    pub effect: Option<Effect>,
    /// The line of the unit, from 1; nothing where it is about the whole.
    pub line: Option<usize>,
    /// The first line of the directive that it is about, from 1.
    pub directive: Option<usize>,
    /// Whether it is there because of what the target's systemd makes of the directive, so that
    /// packaging may do away with it by writing the line in another way. Advice is not.
    pub version_bound: bool,
    /// Whether the user said how much the rule matters.
    pub set_by_user: bool,
    /// What is said.
    pub diagnostic: Diagnostic,
}

impl Finding {
    /// A finding about the whole unit.
    pub fn new(rule: &'static Rule, title: impl Into<String>) -> Self {
        let mut diagnostic = Diagnostic::new(rule.severity, title);
        diagnostic.code = Some(rule.code);
        Finding {
            rule,
            severity: rule.severity,
            effect: None,
            line: None,
            directive: None,
            version_bound: false,
            set_by_user: false,
            diagnostic,
        }
    }

    /// What packaging says about a unit, or a line of it, under the code of a rule; nothing where
    /// there is no such rule.
    pub fn of_packaging(
        code: &str,
        mut diagnostic: Diagnostic,
        line: Option<usize>,
    ) -> Option<Self> {
        let rule = super::find(code)?;
        diagnostic.code = Some(rule.code);
        Some(Finding {
            rule,
            severity: diagnostic.severity,
            effect: None,
            line,
            directive: line,
            version_bound: false,
            set_by_user: false,
            diagnostic,
        })
    }

    /// Says what systemd makes of it.
    #[must_use]
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self.version_bound()
    }

    /// Says that it is there because of what the target's systemd makes of the directive.
    #[must_use]
    pub fn version_bound(mut self) -> Self {
        self.version_bound = true;
        self
    }

    /// Says which directive it is about, where its place is another.
    #[must_use]
    pub fn about(mut self, directive: &Directive) -> Self {
        self.directive = Some(directive.line);
        self
    }

    /// Another severity than the rule's own.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self.diagnostic.severity = severity;
        self
    }

    /// The place is a directive, whole.
    #[must_use]
    pub fn at_directive(
        self,
        unit: &UnitFile,
        directive: &Directive,
        label: impl Into<String>,
    ) -> Self {
        let span = unit.span(directive);
        self.about(directive)
            .at(unit, directive.line, span.as_ref(), label.into())
    }

    /// The place is the key of a directive.
    #[must_use]
    pub fn at_key(self, unit: &UnitFile, directive: &Directive, label: impl Into<String>) -> Self {
        let in_file = unit
            .source()
            .map(|source| source.span(directive.key_range.clone()));
        let span = in_file.or_else(|| unit.key_span(directive));
        self.about(directive)
            .at(unit, directive.line, span.as_ref(), label.into())
    }

    /// The place is a part of a directive's value, in bytes of it. Where the value is continued
    /// over lines, or was written in a table, the whole of it is the place.
    #[must_use]
    pub fn at_value(
        self,
        unit: &UnitFile,
        directive: &Directive,
        part: Range<usize>,
        label: impl Into<String>,
    ) -> Self {
        let whole = directive.value_range.clone();
        let is_verbatim = whole.len() == directive.value.len();
        let in_file = unit.source().map(|source| {
            source.span(if is_verbatim {
                whole.start + part.start..whole.start + part.end
            } else {
                whole
            })
        });
        let span = in_file.or_else(|| unit.span(directive));
        self.about(directive)
            .at(unit, directive.line, span.as_ref(), label.into())
    }

    /// The place is the header of a section; the whole unit where it has none.
    #[must_use]
    pub fn at_section(self, unit: &UnitFile, section: &str, label: impl Into<String>) -> Self {
        let mut headers = unit.document.sections().iter();
        match headers.find(|header| header.name == section) {
            Some(header) => self.at_range(unit, header.line, header.name_range.clone(), label),
            None => self,
        }
    }

    /// The place is a range of bytes of the file.
    #[must_use]
    pub fn at_range(
        self,
        unit: &UnitFile,
        line: usize,
        range: Range<usize>,
        label: impl Into<String>,
    ) -> Self {
        let span = unit.source().map(|source| source.span(range));
        self.at(unit, line, span.as_ref(), label.into())
    }

    fn at(mut self, unit: &UnitFile, line: usize, span: Option<&Span>, label: String) -> Self {
        self.line = Some(line);
        if span.is_none() && self.diagnostic.labels.is_empty() {
            self.diagnostic.notes.insert(0, format!("in {}", unit.name));
        }
        self.diagnostic = self.diagnostic.at(span, label);
        self
    }

    /// Another place that has to do with it.
    #[must_use]
    pub fn and_at(
        mut self,
        unit: &UnitFile,
        directive: &Directive,
        label: impl Into<String>,
    ) -> Self {
        self.diagnostic = self.diagnostic.at(unit.span(directive).as_ref(), label);
        self
    }

    /// What one needs to know besides.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.diagnostic.notes.push(text.into());
        self
    }

    /// The way out.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.diagnostic.help.push(text.into());
        self
    }

    /// The way out, where there is one.
    #[must_use]
    pub fn help_if(mut self, text: Option<String>) -> Self {
        self.diagnostic.help.extend(text);
        self
    }

    /// Mends it by writing something else in the place of a range of bytes of the file; nothing
    /// where the unit was written in a table.
    #[must_use]
    pub fn fix_range(self, unit: &UnitFile, range: Range<usize>, replacement: &str) -> Self {
        let edit = |source: &SourceFile| Fix {
            what: format!("write `{replacement}`"),
            edits: vec![Edit {
                span: source.span(range),
                replacement: replacement.to_owned(),
            }],
            of_target: false,
        };
        let fix = unit.source().map(edit);
        self.fix(fix)
    }

    /// What mends it without changing what is meant.
    #[must_use]
    pub fn fix(mut self, fix: Option<Fix>) -> Self {
        self.diagnostic.fix = fix;
        self
    }
}
