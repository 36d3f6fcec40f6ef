//! A difference as one JSON line, written as it is made.

use crate::cli::inspect::json::{Files, file, signature};
use crate::inspect::Account;
use crate::inspect::diff::{
    About, AccountChanges, Aspect, DependencyChanges, Difference, Effect, FileChange, Pair,
    Relation, ScriptChange, ScriptState, TextChange, UnitChange, UnitState, Weight,
};
use crate::rpm::read::ReadSignature;
use camino::Utf8Path;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// The fields of the line; what each means stands in `docs/diff.md`.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Line<'a> {
    old: Value,
    new: Value,
    relation: &'static str,
    differs: bool,
    weight: &'static str,
    effects: Vec<Value>,
    fields: Vec<Value>,
    scripts: Vec<Value>,
    units: Vec<Value>,
    accounts: Value,
    dependencies: Vec<Value>,
    glibc: Value,
    signatures: Value,
    digests: Value,
    damage: Value,
    changelog: Vec<Value>,
    files: FileLines<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct FileLines<'a> {
    added: Files<'a>,
    removed: Files<'a>,
    moved: Changes<'a>,
    changed: Changes<'a>,
    same: usize,
}

struct Changes<'a>(&'a [FileChange]);

impl Serialize for Changes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(change))
    }
}

impl<'a> Line<'a> {
    pub(super) fn of(old: &Utf8Path, new: &Utf8Path, difference: &'a Difference) -> Self {
        let nevra = &difference.nevra;
        let files = &difference.files;
        Line {
            old: json!({ "file": old, "nevra": nevra.old }),
            new: json!({ "file": new, "nevra": nevra.new }),
            relation: relation(difference.relation),
            differs: !difference.is_empty(),
            weight: difference.weight().map_or("none", weight),
            effects: difference.effects.iter().map(effect).collect(),
            fields: difference
                .fields
                .iter()
                .map(|field| json!({ "name": field.name, "old": field.old, "new": field.new }))
                .collect(),
            scripts: difference.scripts.iter().map(script).collect(),
            units: difference.units.iter().map(unit).collect(),
            accounts: accounts(&difference.accounts),
            dependencies: difference.dependencies.iter().map(dependencies).collect(),
            glibc: json!({
                "old": difference.glibc.old.map(|version| version.to_string()),
                "new": difference.glibc.new.map(|version| version.to_string()),
            }),
            signatures: signatures(&difference.signatures),
            digests: json!({ "old": difference.digests.old, "new": difference.digests.new }),
            damage: json!({ "old": difference.damage.old, "new": difference.damage.new }),
            changelog: difference
                .changelog
                .iter()
                .map(|one| json!({ "time": one.time, "author": one.author, "text": one.text }))
                .collect(),
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

fn effect(effect: &Effect) -> Value {
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
    json!({ "weight": weight(effect.weight), "about": about, "text": effect.text })
}

fn script(change: &ScriptChange) -> Value {
    let state = |state: Option<&ScriptState>| {
        state.map(|state| json!({ "interpreter": state.interpreter, "text": state.text }))
    };
    json!({
        "name": change.name,
        "old": state(change.old.as_ref()),
        "new": state(change.new.as_ref()),
        "diff": diff(change.text.as_ref()),
    })
}

fn diff(text: Option<&TextChange>) -> Option<&str> {
    text.map(|text| text.diff.as_str())
}

fn unit(change: &UnitChange) -> Value {
    let state = |state: Option<&UnitState>| {
        state.map(|state| {
            json!({
                "paths": state.paths,
                "preset": state.preset,
                "has-install": state.has_install,
            })
        })
    };
    let directives = change.directives.iter().map(
        |one| json!({ "section": one.section, "key": one.key, "old": one.old, "new": one.new }),
    );
    let texts = change.texts.iter();
    let texts = texts.map(|(path, text)| json!({ "path": path, "diff": text.diff }));
    json!({
        "name": change.name,
        "old": state(change.old.as_ref()),
        "new": state(change.new.as_ref()),
        "directives": directives.collect::<Vec<_>>(),
        "files": texts.collect::<Vec<_>>(),
    })
}

fn accounts(accounts: &AccountChanges) -> Value {
    let kind = |is_user| if is_user { "user" } else { "group" };
    let list = |list: &[Account]| -> Vec<Value> {
        let accounts = list.iter().map(|account| {
            json!({ "name": account.name, "kind": kind(account.is_user), "from": account.from })
        });
        accounts.collect()
    };
    let changed = accounts.changed.iter().map(|change| {
        let values = change.values.iter();
        let values = values.map(|v| json!({ "name": v.what, "old": v.old, "new": v.new }));
        json!({
            "name": change.name,
            "kind": kind(change.is_user),
            "values": values.collect::<Vec<_>>(),
            "joins": change.joins,
            "leaves": change.leaves,
        })
    });
    json!({
        "removed": list(&accounts.removed),
        "added": list(&accounts.added),
        "changed": changed.collect::<Vec<_>>(),
    })
}

fn dependencies(changes: &DependencyChanges) -> Value {
    let changed = changes.changed.iter();
    let changed = changed.map(|(old, new)| json!({ "old": old, "new": new }));
    json!({
        "kind": changes.kind,
        "added": changes.added,
        "removed": changes.removed,
        "changed": changed.collect::<Vec<_>>(),
    })
}

fn signatures(signatures: &Pair<Vec<ReadSignature>>) -> Value {
    let list = |list: &[ReadSignature]| list.iter().map(signature).collect::<Vec<_>>();
    json!({ "old": list(&signatures.old), "new": list(&signatures.new) })
}

fn change(change: &FileChange) -> Value {
    let aspects = change.aspects().into_iter().map(Aspect::name);
    json!({
        "old": file(&change.old),
        "new": file(&change.new),
        "differs-in": aspects.collect::<Vec<_>>(),
        "diff": diff(change.text.as_ref()),
    })
}
