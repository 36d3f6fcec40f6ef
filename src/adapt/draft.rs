//! A unit while it is adapted: what it says now, what was done to it, and what is in the way.

use super::change::{Action, Change, Effect, Line, Place};
use super::error::{About, Error};
use super::needs::Needs;
use super::specifier::Specifiers;
use crate::target::Profile;
use crate::target::systemd::Standing;
use crate::unit::value::Version;
use crate::unit::{Dialect, Directive, Document, Edit, Entry, EntryId, Respelling, UnitFile};
use std::collections::{BTreeMap, BTreeSet};

/// Where a program of the package lies, by its name.
pub type Programs<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// The version whose documentation a developer reads: the newest that is known here.
pub(super) const TODAY: Version = Version::new(262);

/// A unit while it is adapted.
pub(super) struct Draft<'a> {
    pub(super) unit: &'a UnitFile,
    pub(super) profile: &'a Profile,
    pub(super) programs: &'a Programs<'a>,
    pub(super) needs: Needs,
    /// The unit as it was written, read as today's systemd reads it.
    written: Document,
    edit: Edit,
    changes: Vec<Change>,
    errors: Vec<Error>,
    refused: BTreeSet<EntryId>,
    /// The entries that inserted ones come from.
    origins: BTreeMap<EntryId, EntryId>,
}

/// What kind of error a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    WouldNotWork,
    Privilege,
}

impl<'a> Draft<'a> {
    /// The unit as today's systemd reads it, written so that the target's reads the same.
    pub(super) fn new(
        unit: &'a UnitFile,
        profile: &'a Profile,
        programs: &'a Programs<'a>,
    ) -> (Self, Vec<Respelling>) {
        let written = unit.document.as_read_by(Dialect::V240);
        let (document, respelled) = written.respelled_for(Dialect::of(profile));
        let draft = Draft {
            unit,
            profile,
            programs,
            needs: Needs::default(),
            edit: Edit::new(&document),
            written,
            changes: Vec::new(),
            errors: Vec::new(),
            refused: BTreeSet::new(),
            origins: BTreeMap::new(),
        };
        (draft, respelled)
    }

    /// The unit as it is now, what was done, what is in the way and what the package has to do.
    pub(super) fn finish(self) -> (Document, Vec<Change>, Vec<Error>, Needs) {
        (self.edit.finish(), self.changes, self.errors, self.needs)
    }

    /// The entries that nothing is in the way of, as they stand now.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let entries = self.edit.entries();
        entries
            .filter(|entry| !self.refused.contains(&entry.id))
            .cloned()
            .collect()
    }

    /// Every assignment to a key, resets included.
    pub(super) fn assignments(&self, section: &str, key: &str) -> Vec<Entry> {
        self.edit.assignments(section, key)
    }

    /// The last value of a key that is no list; nothing where it was taken back.
    pub(super) fn last(&self, section: &str, key: &str) -> Option<String> {
        self.edit.last(section, key).map(str::to_owned)
    }

    /// Whether a boolean of `[Service]` is set.
    pub(super) fn is_on(&self, key: &str) -> bool {
        self.last("Service", key)
            .is_some_and(|value| crate::unit::value::boolean(&value) == Ok(true))
    }

    /// The section of the unit's own kind, such as `Service`.
    pub(super) fn own_section(&self) -> Option<&'static str> {
        self.unit.name.kind().section()
    }

    /// What the specifiers of this unit stand for.
    pub(super) fn specifiers(&self) -> Specifiers<'a> {
        Specifiers::new(&self.unit.name, self.profile)
    }

    /// The version of the target's systemd, for the parsers of values.
    pub(super) fn version(&self) -> Version {
        Version::of(self.profile)
    }

    /// `systemd 219`
    pub(super) fn systemd(&self) -> String {
        format!("systemd {}", self.profile.systemd.value)
    }

    /// What the target makes of a directive.
    pub(super) fn standing(&self, entry: &Entry) -> Standing {
        self.profile.directive(&entry.section, &entry.key)
    }

    /// `systemd 219 does not know MemoryMax=, which came with 231`
    pub(super) fn unknown(&self, what: &str, standing: Standing) -> String {
        let systemd = self.systemd();
        match standing {
            Standing::TooNew { since } => {
                format!("{systemd} does not know {what}, which came with {since}")
            }
            Standing::Removed { since } => {
                format!("{systemd} does not know {what}, which went with {since}")
            }
            Standing::Ignored { since } => {
                format!("{systemd} ignores {what}, as every one since {since}")
            }
            Standing::Obsolete { since } => {
                format!("{systemd} warns of {what}, as every one since {since}")
            }
            _ => format!("{systemd} does not know {what}"),
        }
    }

    /// Writes another key and value in the place of an entry.
    pub(super) fn rewrite(
        &mut self,
        entry: &Entry,
        key: &str,
        value: &str,
        effect: Effect,
        reason: impl Into<String>,
    ) {
        self.edit.replace(entry.id, key, value);
        let to = Line::new(&entry.section, key, value);
        let action = Action::Rewritten {
            from: line(entry),
            to,
        };
        self.note(Some(entry), action, effect, reason);
    }

    /// Writes an entry at the end of another section instead.
    pub(super) fn relocate(&mut self, entry: &Entry, to: &Line, effect: Effect, reason: String) {
        self.edit.remove(entry.id);
        let id = self.edit.append(&to.section, &to.key, &to.value);
        self.comes_from(Some(id), entry);
        let action = Action::Rewritten {
            from: line(entry),
            to: to.clone(),
        };
        self.note(Some(entry), action, effect, reason);
    }

    /// Takes an entry away.
    pub(super) fn leave_out(&mut self, entry: &Entry, effect: Effect, reason: impl Into<String>) {
        self.edit.remove(entry.id);
        let action = Action::LeftOut { from: line(entry) };
        self.note(Some(entry), action, effect, reason);
    }

    /// Takes an entry away, because the package does its work.
    pub(super) fn package(
        &mut self,
        entry: &Entry,
        into: impl Into<String>,
        effect: Effect,
        reason: impl Into<String>,
    ) {
        self.edit.remove(entry.id);
        let action = Action::Packaged {
            from: line(entry),
            into: into.into(),
        };
        self.note(Some(entry), action, effect, reason);
    }

    /// Puts an entry after another (which may be gone), for what that one asked for.
    pub(super) fn add_after(
        &mut self,
        entry: &Entry,
        key: &str,
        value: &str,
        reason: impl Into<String>,
    ) {
        let id = self.edit.insert_after(entry.id, key, value);
        self.comes_from(id, entry);
        let line = Line::new(&entry.section, key, value);
        self.note(Some(entry), Action::Added { line }, Effect::Same, reason);
    }

    /// Puts an entry before another, for what a third one asked for.
    pub(super) fn add_before(
        &mut self,
        entry: &Entry,
        before: &Entry,
        key: &str,
        value: &str,
        reason: impl Into<String>,
    ) {
        let id = self.edit.insert_before(before.id, key, value);
        self.comes_from(id, entry);
        let line = Line::new(&entry.section, key, value);
        self.note(Some(entry), Action::Added { line }, Effect::Same, reason);
    }

    /// Puts an entry before another instead of a third one.
    pub(super) fn rewrite_before(
        &mut self,
        entry: &Entry,
        before: &Entry,
        key: &str,
        effect: Effect,
        reason: impl Into<String>,
    ) {
        self.edit.remove(entry.id);
        let id = self.edit.insert_before(before.id, key, &entry.value);
        self.comes_from(id, entry);
        let action = Action::Rewritten {
            from: line(entry),
            to: Line::new(&entry.section, key, &entry.value),
        };
        self.note(Some(entry), action, effect, reason);
    }

    fn comes_from(&mut self, id: Option<EntryId>, entry: &Entry) {
        if let Some(id) = id {
            let origin = self.origins.get(&entry.id).copied();
            self.origins.insert(id, origin.unwrap_or(entry.id));
        }
    }

    /// The line of the unit as it was written that an entry stands for.
    fn directive(&self, entry: &Entry) -> Option<&Directive> {
        let id = self.origins.get(&entry.id).copied().unwrap_or(entry.id);
        id.directive(&self.written)
    }

    /// Says that a line is in the way; no step looks at it any more.
    pub(super) fn refuse(
        &mut self,
        entry: &Entry,
        refusal: Refusal,
        why: impl Into<String>,
        help: impl Into<Option<String>>,
    ) {
        self.refused.insert(entry.id);
        let directive = self.directive(entry);
        let about = About {
            unit: self.unit.name.clone(),
            span: directive.and_then(|directive| self.unit.span(directive)),
            is_table: self.unit.source().is_none(),
            line: directive.map(|directive| directive.line),
            help: help.into(),
        };
        let line = format!("{}={}", entry.key, entry.value);
        let target = self.profile.name.clone();
        let why = why.into();
        self.errors.push(match refusal {
            Refusal::WouldNotWork => Error::WouldNotWork {
                about,
                line,
                target,
                why,
            },
            Refusal::Privilege => Error::Privilege {
                about,
                line,
                target,
                why,
            },
        });
    }

    /// Keeps what was done.
    pub(super) fn note(
        &mut self,
        entry: Option<&Entry>,
        action: Action,
        effect: Effect,
        reason: impl Into<String>,
    ) {
        let directive = entry.and_then(|entry| self.directive(entry));
        let place = directive.map(Place::of);
        self.changes.push(Change {
            action,
            effect,
            place,
            reason: reason.into(),
        });
    }

    /// Takes lost sandboxing for an error.
    pub(super) fn require_hardening(&mut self) {
        for change in &self.changes {
            let (Effect::Hardening, Some(place)) = (change.effect, &change.place) else {
                continue;
            };
            let mut directives = self.written.directives().iter();
            let directive = directives.find(|directive| directive.range == place.range);
            let line = directive.map_or(String::new(), |d| format!("{}={}", d.key, d.value));
            self.errors.push(Error::Hardening {
                about: About {
                    unit: self.unit.name.clone(),
                    span: directive.and_then(|directive| self.unit.span(directive)),
                    is_table: self.unit.source().is_none(),
                    line: Some(place.line),
                    help: None,
                },
                line,
                target: self.profile.name.clone(),
                why: change.reason.clone(),
            });
        }
    }

    /// Keeps how lines were written in another way.
    pub(super) fn note_respelled(&mut self, respelled: Vec<Respelling>) {
        for Respelling { kind, range } in respelled {
            let bytes = self.written.as_bytes();
            let before = bytes.iter().take(range.start).filter(|b| **b == b'\n');
            let line = before.count() + 1;
            let directives = self.written.directives().iter();
            let place = directives
                .clone()
                .find(|d| d.range.contains(&range.start))
                .map(Place::of);
            let systemd = self.systemd();
            self.changes.push(Change {
                action: Action::Respelled { kind, line },
                effect: Effect::Same,
                place,
                reason: super::respelling_reason(kind, &systemd),
            });
        }
    }
}

fn line(entry: &Entry) -> Line {
    Line::new(&entry.section, &entry.key, &entry.value)
}
