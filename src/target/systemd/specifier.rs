//! Specifiers: `%i`, `%h` and their kin.

use super::history::{History, Standing};
use super::table::{rows, version};
use super::tree::Tree;
use std::sync::LazyLock;

pub(super) const TABLE: &str = include_str!("data/specifiers.tsv");

static SPECIFIERS: LazyLock<Vec<Specifier>> =
    LazyLock::new(|| rows(TABLE).filter_map(read).collect());

/// Where a specifier stands. The three places know different ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecifierContext {
    /// In the value of a directive that resolves specifiers.
    Value,
    /// In the name of a unit in a dependency such as `After=`.
    UnitName,
    /// In the `[Install]` section.
    Install,
}

/// A specifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specifier {
    /// The character after `%`.
    pub letter: char,
    /// What it stands for.
    pub meaning: &'static str,
    /// The first version that resolves it in values; 1 stands for 1 and earlier.
    pub since: u16,
    /// The same for names of units, if any does.
    pub since_in_unit_names: Option<u16>,
    /// The same for `[Install]`, if any does.
    pub since_in_install: Option<u16>,
    /// What else is to be said, or nothing.
    pub note: &'static str,
}

impl Specifier {
    /// The first version that resolves it in a place, if any does.
    pub fn since_in(&self, context: SpecifierContext) -> Option<u16> {
        match context {
            SpecifierContext::Value => Some(self.since),
            SpecifierContext::UnitName => self.since_in_unit_names,
            SpecifierContext::Install => self.since_in_install,
        }
    }

    /// What a tree makes of it in a place; [`Standing::Unknown`] where no version resolves it.
    /// What an unknown one comes to depends on the version: before 236 it stays as it is written,
    /// since then the line is refused (systemd NEWS 236; `specifier.c`).
    pub fn standing(&self, tree: Tree, context: SpecifierContext) -> Standing {
        match self.since_in(context) {
            Some(since) => History::from_release(since).standing(tree),
            None => Standing::Unknown,
        }
    }
}

/// The specifier of a character, whichever version knows it.
pub fn specifier(letter: char) -> Option<&'static Specifier> {
    specifiers().iter().find(|row| row.letter == letter)
}

/// All specifiers.
pub fn specifiers() -> &'static [Specifier] {
    &SPECIFIERS
}

fn read(row: [&'static str; 6]) -> Option<Specifier> {
    let [letter, meaning, since, in_names, in_install, note] = row;
    Some(Specifier {
        letter: letter.chars().next()?,
        meaning,
        since: version(since)?,
        since_in_unit_names: version(in_names),
        since_in_install: version(in_install),
        note,
    })
}
