//! What changes for a machine when one package takes the place of another.
//!
//! In come two packages that anyone may have made, read to their ends within the bounds of the
//! reader ([`read_pair`]); out goes a [`Difference`]: what each part of them says now that it did not
//! say before, and the [`Effect`]s of that, the gravest first. Nothing but the two files is looked
//! at: what an administrator changed on a machine is told as "where it was edited". The rules are
//! those of rpm's own source (`lib/rpmfi.c`, `rpmfilesDecideFate`; `lib/transaction.c`, both of
//! 4.14.3).

mod accounts;
mod changelog;
mod dependencies;
mod effects;
mod files;
mod identity;
mod named;
mod scripts;
#[cfg(test)]
mod service_tests;
mod side;
#[cfg(test)]
mod tests;
mod text;
mod unit_lists;
mod units;
mod watch;

pub use accounts::{AccountChange, AccountChanges, AccountValue};
pub use dependencies::DependencyChanges;
pub use effects::{About, Effect, Weight};
pub use files::{Aspect, FileChange, FileChanges};
pub use identity::{Field, Relation};
pub use scripts::{ScriptChange, ScriptState};
pub use side::{Side, read_pair};
pub use text::TextChange;
pub use units::{DirectiveChange, UnitChange, UnitState};

use crate::rpm::read::{ReadChange, ReadSignature};
use crate::target::GlibcVersion;
use text::Texts;

/// In what two packages differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What the new package is to the old one.
    pub relation: Relation,
    /// `NAME-[EPOCH:]VERSION-RELEASE.ARCH` of both.
    pub nevra: Pair<String>,
    /// What follows, the gravest first.
    pub effects: Vec<Effect>,
    /// What the packages say of themselves.
    pub fields: Vec<Field>,
    /// Scriptlets and triggers.
    pub scripts: Vec<ScriptChange>,
    /// Units with their drop-ins.
    pub units: Vec<UnitChange>,
    /// The accounts that they make.
    pub accounts: AccountChanges,
    /// Dependencies of every kind.
    pub dependencies: Vec<DependencyChanges>,
    /// The glibc that each asks for.
    pub glibc: Pair<Option<GlibcVersion>>,
    /// Who signed each, as the signatures claim.
    pub signatures: Pair<Vec<ReadSignature>>,
    /// The digests and sizes that each records.
    pub digests: Pair<Vec<&'static str>>,
    /// What is wrong with each wherever it is installed.
    pub damage: Pair<Vec<String>>,
    /// The entries of the changelog that are new.
    pub changelog: Vec<ReadChange>,
    /// Files.
    pub files: FileChanges,
}

/// Something of the old package and of the new one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair<T> {
    /// Of the old one.
    pub old: T,
    /// Of the new one.
    pub new: T,
}

impl<T> Pair<T> {
    fn of(old: T, new: T) -> Self {
        Pair { old, new }
    }
}

impl<T: PartialEq> Pair<T> {
    /// Whether both are the same.
    pub fn is_same(&self) -> bool {
        self.old == self.new
    }
}

impl Difference {
    /// Whether nothing differs that is compared. Times of files are not: every build sets them.
    pub fn is_empty(&self) -> bool {
        let files = &self.files;
        let is_other_file = !files.added.is_empty() || !files.removed.is_empty();
        let is_same_file = files.changed.is_empty() && files.moved.is_empty() && !is_other_file;
        is_same_file
            && self.fields.is_empty()
            && self.scripts.is_empty()
            && self.units.is_empty()
            && self.accounts.is_empty()
            && self.dependencies.is_empty()
            && self.glibc.is_same()
            && self.signatures.is_same()
            && self.digests.is_same()
            && self.damage.is_same()
            && self.changelog.is_empty()
    }

    /// How grave the gravest effect is.
    pub fn weight(&self) -> Option<Weight> {
        self.effects.iter().map(|effect| effect.weight).max()
    }
}

/// Compares two packages.
pub fn compare(mut old: Side, mut new: Side) -> Difference {
    let texts = Texts::new();
    let (before, after) = (&mut old.description, &mut new.description);
    let files = files::compare(
        std::mem::take(&mut before.files),
        std::mem::take(&mut after.files),
        &old.texts,
        &new.texts,
        texts,
    );
    let mut difference = Difference {
        relation: Relation::of(before, after),
        nevra: Pair::of(before.nevra(), after.nevra()),
        effects: Vec::new(),
        fields: identity::fields(before, after),
        scripts: scripts::compare(before, after, texts),
        units: units::compare(&old.units, &new.units, texts),
        accounts: accounts::compare(&old.accounts, &new.accounts),
        dependencies: dependencies::compare(before, after),
        glibc: Pair::of(old.glibc, new.glibc),
        changelog: changelog::newer(&before.changelog, &mut after.changelog),
        signatures: Pair::of(
            std::mem::take(&mut before.signatures),
            std::mem::take(&mut after.signatures),
        ),
        digests: Pair::of(names(&old), names(&new)),
        damage: Pair::of(damage(&old), damage(&new)),
        files,
    };
    difference.effects = effects::of(&old, &new, &difference);
    difference
}

fn names(side: &Side) -> Vec<&'static str> {
    side.digests.iter().map(|(what, _)| *what).collect()
}

fn damage(side: &Side) -> Vec<String> {
    side.damage.iter().map(|one| one.text.clone()).collect()
}
