//! The directives of unit files.

use super::enumeration::Enumeration;
use super::history::History;
use super::table::{rows, version};
use super::value_kind::ValueKind;
use crate::report::nearest;
use std::sync::LazyLock;

pub(super) const TABLE: &str = include_str!("data/directives.tsv");

static DIRECTIVES: LazyLock<Vec<Directive>> = LazyLock::new(|| rows(TABLE).map(read).collect());

/// A directive in one section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The section, without brackets.
    pub section: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The function of systemd that reads its value, without `config_parse_`, in the newest tree
    /// that has it.
    pub parser: &'static str,
    /// Which versions know it.
    pub history: History,
    /// Where [`History::since`] was seen.
    pub since_source: Origin,
    /// Whether it belongs to the section, or to a family that several sections have.
    pub context: Context,
    /// Whether it does nothing where the distribution built systemd without a feature (SELinux,
    /// AppArmor, Smack, seccomp …).
    pub feature_gated: bool,
    /// The manual page of the newest systemd that documents it: `systemd.service`; none for what is
    /// no longer documented.
    pub man_page: Option<&'static str>,
    /// The version that the manual page gives, which for old directives is later than the first
    /// that had it, because it groups them.
    pub man_since: Option<u16>,
    /// What else is to be said, or nothing.
    pub note: &'static str,
}

/// Where the first version of something was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the sources of the releases, the first that has it.
    Tag,
    /// In the `version-info` of a manual page of 262; the sources of that release were not seen.
    ManPage,
    /// In upstream's NEWS; the sources of that release were not seen.
    News,
    /// In a distribution's own tree.
    Tree,
    /// In the sources, with releases before it that were not seen: it may be one or two earlier.
    Gap,
}

/// The family of a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Of its section alone.
    Own,
    /// systemd.exec(5): of everything that starts processes.
    Exec,
    /// systemd.resource-control(5): of everything with a control group.
    Cgroup,
    /// systemd.kill(5): of everything that ends processes.
    Kill,
}

impl Directive {
    /// What kind of value it takes.
    pub fn kind(&self) -> ValueKind {
        ValueKind::of(self)
    }

    /// The words that it takes, if it takes words.
    pub fn enumeration(&self) -> Option<&'static Enumeration> {
        super::enumeration::of(self)
    }
}

/// The directive of this name in this section, whichever version knows it. Letter case counts, as
/// it does to systemd.
pub fn directive(section: &str, name: &str) -> Option<&'static Directive> {
    let at = DIRECTIVES.binary_search_by(|row| (row.section, row.name).cmp(&(section, name)));
    at.ok().map(|at| &DIRECTIVES[at])
}

/// All directives of a section, by name; none where there is no such section.
pub fn directives_in(section: &str) -> &'static [Directive] {
    let from = DIRECTIVES.partition_point(|row| row.section < section);
    let to = DIRECTIVES.partition_point(|row| row.section <= section);
    &DIRECTIVES[from..to]
}

/// The sections that there are, by name.
pub fn sections() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    DIRECTIVES.iter().filter_map(move |row| {
        let is_new = row.section != last;
        last = row.section;
        is_new.then_some(row.section)
    })
}

/// The sections that have a directive of this name.
pub fn sections_of(name: &str) -> impl Iterator<Item = &'static str> {
    sections().filter(move |section| directive(section, name).is_some())
}

/// The directive of a section whose name is nearest to a word, if one is near.
pub fn nearest_directive(section: &str, word: &str) -> Option<&'static Directive> {
    let names = directives_in(section).iter().map(|row| row.name);
    nearest(word, names).and_then(|name| directive(section, name))
}

#[cfg(test)]
pub(super) fn all() -> &'static [Directive] {
    &DIRECTIVES
}

fn read(row: [&'static str; 12]) -> Directive {
    let [
        section,
        name,
        parser,
        since,
        source,
        removed,
        backported,
        context,
        gated,
        man,
        man_since,
        note,
    ] = row;
    Directive {
        section,
        name,
        parser,
        history: History::read(since, removed, backported),
        since_source: Origin::read(source),
        context: match context {
            "exec" => Context::Exec,
            "cgroup" => Context::Cgroup,
            "kill" => Context::Kill,
            _ => Context::Own,
        },
        feature_gated: gated == "yes",
        man_page: (!man.is_empty()).then_some(man),
        man_since: version(man_since),
        note,
    }
}

impl Origin {
    pub(super) fn read(word: &str) -> Self {
        match word {
            "man" => Origin::ManPage,
            "NEWS" => Origin::News,
            "tree" => Origin::Tree,
            "gap" => Origin::Gap,
            _ => Origin::Tag,
        }
    }
}
