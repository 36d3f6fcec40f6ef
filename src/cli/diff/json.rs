//! A difference as one JSON line, written as it is made.

use crate::cli::inspect::json::{
    AccountLine, ChangeLine, FileLine, Files, SignatureLine, account_kind,
};
use crate::inspect::diff::{
    About, AccountChange, AccountChanges, Aspect, DependencyChanges, Difference, Effect,
    FileChange, Relation, ScriptChange, ScriptState, TextChange, UnitChange, UnitState, Weight,
};
use crate::report::JsonLine;
use crate::rpm::read::ReadSignature;
use camino::Utf8Path;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

/// What happens to a machine when one RPM takes the place of the other.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Difference", deny_unknown_fields)]
pub(in crate::cli) struct Line<'a> {
    /// The old RPM.
    old: Side<'a>,
    /// The new RPM.
    new: Side<'a>,
    /// What the new one is to the old one: `upgrade`, `downgrade`, `same-version`, `replacement`,
    /// `another`, `source` or `incomparable`.
    relation: &'static str,
    /// Whether anything is different.
    differs: bool,
    /// That of the gravest effect: `none`, `note`, `attention` or `refused`.
    weight: &'static str,
    /// What follows, the gravest first.
    effects: Vec<EffectLine<'a>>,
    /// What the packages say of themselves, where it differs.
    fields: Vec<ValueChange<'a>>,
    /// Scriptlets and triggers that differ.
    scripts: Vec<ScriptLine<'a>>,
    /// Units that differ, with their drop-ins.
    units: Vec<UnitLine<'a>>,
    /// The accounts that they create.
    accounts: Accounts<'a>,
    /// Dependencies of every kind.
    dependencies: Vec<DependenciesLine<'a>>,
    /// The glibc that each asks for.
    glibc: Both<Option<String>>,
    /// Who signed each, as the signatures claim.
    signatures: Both<Vec<SignatureLine<'a>>>,
    /// The digests and sizes that each records.
    digests: Both<&'a [&'static str]>,
    /// What is wrong with each wherever it is installed.
    damage: Both<&'a [String]>,
    /// The entries of the changelog that are new.
    changelog: Vec<ChangeLine<'a>>,
    /// Files.
    files: FileLines<'a>,
}

impl JsonLine for Line<'_> {
    const REASON: &'static str = "ambot-diff";
}

/// One of the two.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DiffSide", deny_unknown_fields)]
struct Side<'a> {
    /// The file.
    file: &'a str,
    /// `name-[epoch:]version-release.arch`
    nevra: &'a str,
}

/// The same of both.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Both<T> {
    /// Of the old one.
    old: T,
    /// Of the new one.
    new: T,
}

/// What follows from the difference.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Effect", deny_unknown_fields)]
struct EffectLine<'a> {
    /// `note`, `attention` or `refused`.
    weight: &'static str,
    /// What it is about: `install`, `dependencies`, `trust`, `configuration`, `files`, `services`,
    /// `scripts` or `accounts`.
    about: &'static str,
    /// What happens.
    text: &'a str,
}

/// A value before and after.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ValueChange<'a> {
    /// Which one.
    name: &'a str,
    /// Before.
    old: &'a str,
    /// After.
    new: &'a str,
}

/// A scriptlet or trigger that differs.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ScriptChange", deny_unknown_fields)]
struct ScriptLine<'a> {
    /// Its name.
    name: &'a str,
    /// The old one, if it had any.
    old: Option<Script<'a>>,
    /// The new one.
    new: Option<Script<'a>>,
    /// A unified diff of the texts.
    diff: Option<&'a str>,
}

/// A script.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Script<'a> {
    /// What runs it, with arguments.
    interpreter: &'a [String],
    /// Its text.
    text: &'a str,
}

/// A unit that differs.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UnitChange", deny_unknown_fields)]
struct UnitLine<'a> {
    /// Its name.
    name: &'a str,
    /// The old one, if it had any.
    old: Option<UnitSide<'a>>,
    /// The new one.
    new: Option<UnitSide<'a>>,
    /// The directives that differ, drop-ins folded in.
    directives: Vec<DirectiveChange<'a>>,
    /// The files that differ.
    files: Vec<TextFile<'a>>,
}

/// A unit of one of the two.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct UnitSide<'a> {
    /// Its files.
    paths: &'a [String],
    /// Whether the package's own preset enables it; null where it says nothing.
    preset: Option<bool>,
    /// Whether it can be enabled.
    has_install: bool,
}

/// A directive before and after.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct DirectiveChange<'a> {
    /// Its section.
    section: &'a str,
    /// Its name.
    key: &'a str,
    /// Before, a line each.
    old: &'a [String],
    /// After.
    new: &'a [String],
}

/// A text file that differs.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct TextFile<'a> {
    /// Where it lies.
    path: &'a str,
    /// A unified diff.
    diff: &'a str,
}

/// The accounts that differ.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Accounts<'a> {
    /// No longer created.
    removed: Vec<AccountLine<'a>>,
    /// Created anew.
    added: Vec<AccountLine<'a>>,
    /// Created otherwise.
    changed: Vec<ChangedAccount<'a>>,
}

/// An account that is created otherwise.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ChangedAccount<'a> {
    /// Its name.
    name: &'a str,
    /// `user` or `group`.
    kind: &'static str,
    /// What is different.
    values: Vec<ValueChange<'a>>,
    /// The groups that it joins.
    joins: &'a [String],
    /// The groups that it is no longer put into.
    leaves: &'a [String],
}

/// The dependencies of one kind that differ.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DependencyChanges", deny_unknown_fields)]
struct DependenciesLine<'a> {
    /// `requires`, `provides` …
    kind: &'static str,
    /// New ones.
    added: &'a [String],
    /// Those that are gone.
    removed: &'a [String],
    /// Those of another version.
    changed: Vec<Both<&'a str>>,
}

/// The files that differ.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "FileChanges", deny_unknown_fields)]
struct FileLines<'a> {
    /// New ones.
    #[schemars(with = "Vec<FileLine<'static>>")]
    added: Files<'a>,
    /// Those that are gone.
    #[schemars(with = "Vec<FileLine<'static>>")]
    removed: Files<'a>,
    /// Those of another path.
    #[schemars(with = "Vec<ChangedFile<'static>>")]
    moved: Changes<'a>,
    /// Those that are otherwise.
    #[schemars(with = "Vec<ChangedFile<'static>>")]
    changed: Changes<'a>,
    /// How many are the same.
    same: usize,
}

/// A file that is otherwise.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(deny_unknown_fields)]
struct ChangedFile<'a> {
    /// The old one.
    old: FileLine<'a>,
    /// The new one.
    new: FileLine<'a>,
    /// What is different: `content`, `mode`, `owner` …
    differs_in: Vec<&'static str>,
    /// A unified diff of short texts.
    diff: Option<&'a str>,
}

struct Changes<'a>(&'a [FileChange]);

impl Serialize for Changes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(change))
    }
}

impl<'a> Line<'a> {
    pub(super) fn of(old: &'a Utf8Path, new: &'a Utf8Path, difference: &'a Difference) -> Self {
        let nevra = &difference.nevra;
        let files = &difference.files;
        let fields = difference.fields.iter();
        let side = |file: &'a Utf8Path, nevra: &'a str| Side {
            file: file.as_str(),
            nevra,
        };
        Line {
            old: side(old, &nevra.old),
            new: side(new, &nevra.new),
            relation: relation(difference.relation),
            differs: !difference.is_empty(),
            weight: difference.weight().map_or("none", weight),
            effects: difference.effects.iter().map(effect).collect(),
            fields: fields
                .map(|field| value(field.name, &field.old, &field.new))
                .collect(),
            scripts: difference.scripts.iter().map(script).collect(),
            units: difference.units.iter().map(unit).collect(),
            accounts: accounts(&difference.accounts),
            dependencies: difference.dependencies.iter().map(dependencies).collect(),
            glibc: Both {
                old: difference.glibc.old.map(|version| version.to_string()),
                new: difference.glibc.new.map(|version| version.to_string()),
            },
            signatures: Both {
                old: signatures(&difference.signatures.old),
                new: signatures(&difference.signatures.new),
            },
            digests: Both {
                old: &difference.digests.old,
                new: &difference.digests.new,
            },
            damage: Both {
                old: &difference.damage.old,
                new: &difference.damage.new,
            },
            changelog: difference.changelog.iter().map(ChangeLine::of).collect(),
            files: FileLines {
                added: Files(&files.added),
                removed: Files(&files.removed),
                moved: Changes(&files.moved),
                changed: Changes(&files.changed),
                same: files.same,
            },
        }
    }
}

fn value<'a>(name: &'a str, old: &'a str, new: &'a str) -> ValueChange<'a> {
    ValueChange { name, old, new }
}

fn signatures(signatures: &[ReadSignature]) -> Vec<SignatureLine<'_>> {
    signatures.iter().map(SignatureLine::of).collect()
}

fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Upgrade => "upgrade",
        Relation::Downgrade => "downgrade",
        Relation::SameVersion => "same-version",
        Relation::Replacement => "replacement",
        Relation::Another => "another",
        Relation::Source => "source",
        Relation::Incomparable => "incomparable",
    }
}

fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Note => "note",
        Weight::Attention => "attention",
        Weight::Refused => "refused",
    }
}

fn effect(effect: &Effect) -> EffectLine<'_> {
    let about = match effect.about {
        About::Install => "install",
        About::Dependencies => "dependencies",
        About::Trust => "trust",
        About::Configuration => "configuration",
        About::Files => "files",
        About::Services => "services",
        About::Scripts => "scripts",
        About::Accounts => "accounts",
    };
    EffectLine {
        weight: weight(effect.weight),
        about,
        text: &effect.text,
    }
}

fn script(change: &ScriptChange) -> ScriptLine<'_> {
    ScriptLine {
        name: &change.name,
        old: change.old.as_ref().map(script_side),
        new: change.new.as_ref().map(script_side),
        diff: diff(change.text.as_ref()),
    }
}

fn script_side(state: &ScriptState) -> Script<'_> {
    Script {
        interpreter: &state.interpreter,
        text: &state.text,
    }
}

fn diff(text: Option<&TextChange>) -> Option<&str> {
    text.map(|text| text.diff.as_str())
}

fn unit(change: &UnitChange) -> UnitLine<'_> {
    let directives = change.directives.iter().map(|one| DirectiveChange {
        section: &one.section,
        key: &one.key,
        old: &one.old,
        new: &one.new,
    });
    let texts = change.texts.iter().map(|(path, text)| TextFile {
        path,
        diff: &text.diff,
    });
    UnitLine {
        name: &change.name,
        old: change.old.as_ref().map(unit_side),
        new: change.new.as_ref().map(unit_side),
        directives: directives.collect(),
        files: texts.collect(),
    }
}

fn unit_side(state: &UnitState) -> UnitSide<'_> {
    UnitSide {
        paths: &state.paths,
        preset: state.preset,
        has_install: state.has_install,
    }
}

fn accounts(accounts: &AccountChanges) -> Accounts<'_> {
    let changed = accounts.changed.iter().map(changed_account);
    Accounts {
        removed: accounts.removed.iter().map(AccountLine::of).collect(),
        added: accounts.added.iter().map(AccountLine::of).collect(),
        changed: changed.collect(),
    }
}

fn changed_account(change: &AccountChange) -> ChangedAccount<'_> {
    let values = change.values.iter();
    ChangedAccount {
        name: &change.name,
        kind: account_kind(change.is_user),
        values: values
            .map(|one| value(one.what, &one.old, &one.new))
            .collect(),
        joins: &change.joins,
        leaves: &change.leaves,
    }
}

fn dependencies(changes: &DependencyChanges) -> DependenciesLine<'_> {
    let changed = changes.changed.iter();
    DependenciesLine {
        kind: changes.kind,
        added: &changes.added,
        removed: &changes.removed,
        changed: changed
            .map(|(old, new)| Both {
                old: old.as_str(),
                new: new.as_str(),
            })
            .collect(),
    }
}

fn change(change: &FileChange) -> ChangedFile<'_> {
    ChangedFile {
        old: FileLine::of(&change.old),
        new: FileLine::of(&change.new),
        differs_in: change.aspects().into_iter().map(Aspect::name).collect(),
        diff: diff(change.text.as_ref()),
    }
}
