//! What was carried over so far, and its text.

use super::super::render::render;
use super::super::{Asked, Error};
use super::Tool;
use super::foreign::{self, Foreign};
use super::inline::{Inline, array, quoted};
use super::units::Unit;
use crate::report::{Diagnostic, Span, Spanned};
use crate::target::TargetName;
use minijinja::{Value, context};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of our tables.
pub(super) struct Carried<'a> {
    pub(super) asked: &'a Asked<'a>,
    pub(super) tool: Tool,
    /// Keys with one value, as TOML.
    pub(super) lines: Vec<(&'static str, String)>,
    /// Lines of `files`; those that are not there yet with the reason, as comments.
    pub(super) files: Vec<(String, Option<String>)>,
    /// Lines of `dirs` and `symlinks`.
    pub(super) dirs: Vec<String>,
    pub(super) symlinks: Vec<String>,
    /// The binaries that are named.
    pub(super) bins: BTreeSet<String>,
    pub(super) bin_caps: Inline,
    /// `requires` and its kin; for all targets, or only for those whose rpm knows it.
    pub(super) relations: Vec<(&'static str, String, String)>,
    pub(super) rich: Vec<(&'static str, String, String)>,
    /// Lines of `scriptlets`.
    pub(super) scriptlets: Vec<(&'static str, String)>,
    pub(super) users: BTreeMap<String, Inline>,
    pub(super) tmpfiles: Vec<String>,
    pub(super) units: BTreeMap<String, Unit>,
    /// Who owns files or runs units.
    pub(super) wanted_users: BTreeSet<String>,
    /// Units that are not there.
    pub(super) missing_units: BTreeSet<String>,
    /// Sources that are not there, or match nothing.
    pub(super) missing: Vec<Spanned<String>>,
    /// What could not be said, to be looked at.
    pub(super) comments: Vec<String>,
    pub(super) remarks: Vec<Diagnostic>,
}

impl<'a> Carried<'a> {
    pub(super) fn new(asked: &'a Asked<'a>, tool: Tool) -> Self {
        Carried {
            asked,
            tool,
            lines: Vec::new(),
            files: Vec::new(),
            dirs: Vec::new(),
            symlinks: Vec::new(),
            bins: BTreeSet::new(),
            bin_caps: Inline::default(),
            relations: Vec::new(),
            rich: Vec::new(),
            scriptlets: Vec::new(),
            users: BTreeMap::new(),
            tmpfiles: Vec::new(),
            units: BTreeMap::new(),
            wanted_users: BTreeSet::new(),
            missing_units: BTreeSet::new(),
            missing: Vec::new(),
            comments: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// A key with a text; the name that the package has anyway is not said.
    pub(super) fn line(&mut self, key: &'static str, text: &str) {
        if key == "name" && text == self.asked.package.name {
            return;
        }
        self.lines.push((key, quoted(text)));
    }

    /// Says that something is left out, and what to do.
    pub(super) fn left(&mut self, what: impl Into<String>, span: &Span, help: impl Into<String>) {
        let remark = Diagnostic::warning(what).at(Some(span), "not carried over");
        self.remarks.push(remark.with_help(help));
    }

    /// Says of all that is in a table of a tool's still that it is left out.
    pub(super) fn left_rest(&mut self, mut table: Foreign, tool: &str) -> Result<(), Error> {
        if let Some(entry) = table.take("variants") {
            for variant in &foreign::table(&entry)?.entries {
                self.left(
                    format!("the variant `{}`", variant.key),
                    &variant.key_span,
                    "say what differs for a target in [package.metadata.ambot.target.NAME], and \
                     what is a package of its own in [package.metadata.ambot.subpackages.NAME]",
                );
            }
        }
        for entry in table.rest() {
            self.left(
                format!("unknown key `{}`", entry.key),
                &entry.key_span,
                format!("{tool} does not know it either"),
            );
        }
        Ok(())
    }

    /// Says that something is another way now.
    pub(super) fn differs(
        &mut self,
        what: impl Into<String>,
        span: &Span,
        note: impl Into<String>,
    ) {
        let remark = Diagnostic::note(what).at(Some(span), "");
        self.remarks.push(remark.with_note(note));
    }

    /// What can be said when everything was read.
    pub(super) fn finish(&mut self) {
        let package = self.asked.package;
        let mut own: Vec<&str> = package.binaries.iter().map(String::as_str).collect();
        own.sort_unstable();
        if !self.bins.is_empty() && !self.bins.iter().map(String::as_str).eq(own) {
            let bins = array(self.bins.iter().map(String::as_str));
            self.lines.push(("bins", bins));
        }
        let manual = |line: &(String, Option<String>)| {
            line.1.is_none() && line.0.contains("\"/usr/share/man/")
        };
        if self.files.iter().any(manual) {
            self.lines.push(("man", "[]".to_owned()));
        }
        super::units::wanted(self);
        self.tell_missing();
    }

    /// One remark for all of them, with each of the places.
    fn tell_missing(&mut self) {
        let (title, they) = match &*self.missing {
            [] => return,
            [one] => (format!("`{}` is not there", one.value), "it stands"),
            all => (format!("{} sources are not there", all.len()), "they stand"),
        };
        let mut remark = Diagnostic::warning(title);
        for source in &self.missing {
            remark = remark.at(source.span.as_ref(), "");
        }
        let help =
            format!("{they} in `files` as comments, to be uncommented when something makes them");
        self.remarks.push(remark.with_help(help));
    }

    /// `[package.metadata.ambot]`
    pub(super) fn text(&self) -> Result<String, Error> {
        let missing = self.wanted_users.iter();
        let missing = missing.filter(|name| !self.users.contains_key(*name));
        let missing: Vec<String> = missing.cloned().collect();
        let targets = self.asked.targets.iter();
        let rich_targets = targets
            .clone()
            .filter(|target| target.profile().rich_dependencies.value);
        let names = |targets: Vec<&TargetName>| -> Vec<String> {
            targets
                .into_iter()
                .map(|target| target.as_str().to_owned())
                .collect()
        };
        let users = self
            .users
            .iter()
            .map(|(name, user)| (name.clone(), user.written()));
        let users: Vec<(String, String)> = users.collect();
        let relations: Vec<Value> = grouped(&self.relations);
        let policies = self.units.iter().filter_map(|(name, unit)| {
            let lines = unit.policy_lines(name);
            (!lines.is_empty()).then(|| context! { name => unit_key(name).to_owned(), lines })
        });
        render(
            include_str!("../../../templates/init/carried.toml"),
            &context! {
                table => self.tool.table(),
                targets => names(targets.collect()),
                lines => self.lines.clone(),
                files => self.files.clone(),
                dirs => self.dirs.clone(),
                symlinks => self.symlinks.clone(),
                bin_caps => (!self.bin_caps.is_empty()).then(|| self.bin_caps.written()),
                tmpfiles => self.tmpfiles.clone(),
                users,
                missing,
                no_units => self.units.is_empty(),
                missing_units => self.missing_units.iter().cloned().collect::<Vec<_>>(),
                relations,
                rich => grouped(&self.rich),
                rich_targets => names(rich_targets.collect()),
                scriptlets => self.scriptlets.clone(),
                policies => policies.collect::<Vec<Value>>(),
                comments => self.comments.clone(),
            },
        )
    }
}

/// A service by its name alone, another unit by its whole name.
fn unit_key(name: &str) -> &str {
    name.strip_suffix(".service").unwrap_or(name)
}

/// Each kind of relation with its names and versions.
fn grouped(relations: &[(&'static str, String, String)]) -> Vec<Value> {
    let mut kinds: Vec<&'static str> = Vec::new();
    for (kind, ..) in relations {
        if !kinds.contains(kind) {
            kinds.push(kind);
        }
    }
    let of = |kind: &str| -> Vec<(String, String)> {
        let same = relations.iter().filter(|(known, ..)| *known == kind);
        same.map(|(_, name, version)| (name.clone(), version.clone()))
            .collect()
    };
    let kinds = kinds.into_iter();
    kinds
        .map(|kind| context! { kind, names => of(kind) })
        .collect()
}
