//! What the package needs, provides and does not go along with, and what rpm's generators add.

use crate::project::error::Error;
use crate::project::reader::{Reader, word, wrong_kind};
use crate::project::tree::{Entry, Value};
use crate::report::{Span, Spanned};
use std::fmt;

/// How a package stands to what a dependency names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// It must be there.
    Requires,
    /// The package is it.
    Provides,
    /// It must not be there.
    Conflicts,
    /// The package replaces it.
    Obsoletes,
    /// It is installed too, where it can be.
    Recommends,
    /// It may be offered.
    Suggests,
    /// The package is installed with it, where it can be.
    Supplements,
    /// The package may be offered with it.
    Enhances,
}

impl Relation {
    /// All of them, in the order in which headers and messages have them.
    pub const ALL: [Relation; 8] = [
        Relation::Requires,
        Relation::Provides,
        Relation::Conflicts,
        Relation::Obsoletes,
        Relation::Recommends,
        Relation::Suggests,
        Relation::Supplements,
        Relation::Enhances,
    ];

    /// The key of the manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Relation::Requires => "requires",
            Relation::Provides => "provides",
            Relation::Conflicts => "conflicts",
            Relation::Obsoletes => "obsoletes",
            Relation::Recommends => "recommends",
            Relation::Suggests => "suggests",
            Relation::Supplements => "supplements",
            Relation::Enhances => "enhances",
        }
    }

    /// Whether it is one of the hints that came with rpm 4.12.
    pub fn is_weak(self) -> bool {
        matches!(
            self,
            Relation::Recommends | Relation::Suggests | Relation::Supplements | Relation::Enhances
        )
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A moment of a transaction at which rpm runs a script, and which a requirement can be for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// `%pretrans`: before the whole transaction that installs it.
    Pretrans,
    /// `%pre`: before the files are unpacked.
    Pre,
    /// `%post`: after the files are unpacked.
    Post,
    /// `%preun`: before the files are removed.
    Preun,
    /// `%postun`: after the files are removed.
    Postun,
    /// `%posttrans`: after the whole transaction that installed it.
    Posttrans,
    /// `%preuntrans`: before the whole transaction that removes it; since rpm 4.19.
    Preuntrans,
    /// `%postuntrans`: after the whole transaction that removed it; since rpm 4.19.
    Postuntrans,
    /// `%verifyscript`: while the package is verified.
    Verify,
}

impl Phase {
    /// All of them, with the word of the manifest.
    pub const ALL: [(&'static str, Phase); 9] = [
        ("pretrans", Phase::Pretrans),
        ("pre", Phase::Pre),
        ("post", Phase::Post),
        ("preun", Phase::Preun),
        ("postun", Phase::Postun),
        ("posttrans", Phase::Posttrans),
        ("preuntrans", Phase::Preuntrans),
        ("postuntrans", Phase::Postuntrans),
        ("verify", Phase::Verify),
    ];

    /// The word of the manifest, and of `Requires(…)` in a spec file.
    pub fn as_str(self) -> &'static str {
        match Phase::ALL.iter().find(|(_, phase)| *phase == self) {
            Some((word, _)) => word,
            None => unreachable!("every phase has its word"),
        }
    }

    /// The first rpm that knows it, where it is later than 4.11.
    pub fn since(self) -> Option<&'static str> {
        matches!(self, Phase::Preuntrans | Phase::Postuntrans).then_some("4.19")
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `requires = { NAME = VERSION }` and its kin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredDependency {
    /// Which list it stands in.
    pub relation: Relation,
    /// The package, capability or file, or a rich dependency in brackets.
    pub name: Spanned<String>,
    /// `*`, or comparisons and versions as rpm has them: `>= 7.29, < 8`.
    pub version: Spanned<String>,
    /// `Requires(…)`: what it is needed for; nothing means always.
    pub when: Vec<Spanned<Phase>>,
}

/// `auto-requires`, `auto-provides`: what is worked out from the files of the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Automatic {
    /// Whether anything is.
    pub on: bool,
    /// Globs of the names that are left out.
    pub exclude: Vec<Spanned<String>>,
}

impl Default for Automatic {
    fn default() -> Self {
        Automatic {
            on: true,
            exclude: Vec::new(),
        }
    }
}

/// All eight tables.
pub(super) fn dependencies(reader: &mut Reader) -> Result<Vec<DeclaredDependency>, Error> {
    let mut all = Vec::new();
    for relation in Relation::ALL {
        let phases = relation == Relation::Requires;
        all.extend(table(reader, relation.as_str(), relation, phases)?);
    }
    Ok(all)
}

/// `build-requires`: what must be there where others build the package. A build has no phases.
pub(super) fn build_requires(reader: &mut Reader) -> Result<Vec<DeclaredDependency>, Error> {
    table(reader, "build-requires", Relation::Requires, false)
}

fn table(
    reader: &mut Reader,
    key: &'static str,
    relation: Relation,
    phases: bool,
) -> Result<Vec<DeclaredDependency>, Error> {
    let entries = reader.table(key)?.unwrap_or_default().entries;
    let read = |entry| dependency(key, relation, phases, entry).transpose();
    entries.into_iter().filter_map(read).collect()
}

/// `false` takes away what a lower layer asks for.
fn dependency(
    key: &'static str,
    relation: Relation,
    phases: bool,
    entry: Entry,
) -> Result<Option<DeclaredDependency>, Error> {
    let name = Spanned::new(entry.key, entry.key_span);
    let span = entry.node.span;
    let (version, when) = match entry.node.value {
        Value::Boolean(false) => return Ok(None),
        Value::String(text) => (Spanned::new(text, span), Vec::new()),
        Value::Table(table) => {
            let mut reader = Reader::new(table, format!("{key}.\"{}\"", name.value));
            let version = reader.string("version")?;
            let when = match phases {
                true => when(&mut reader)?,
                false => Vec::new(),
            };
            reader.finish()?;
            let any = || Spanned::new("*".to_owned(), span);
            (version.unwrap_or_else(any), when)
        }
        other => {
            return Err(wrong_kind(
                key,
                &other,
                "a version such as \">= 7.29\" or \"*\"",
                &span,
            ));
        }
    };
    Ok(Some(DeclaredDependency {
        relation,
        name,
        version,
        when,
    }))
}

fn when(reader: &mut Reader) -> Result<Vec<Spanned<Phase>>, Error> {
    let Some(entry) = reader.take("when") else {
        return Ok(Vec::new());
    };
    let nodes = match entry.node.value {
        Value::Array(nodes) => nodes,
        Value::String(_) => vec![entry.node],
        other => {
            return Err(wrong_kind(
                "when",
                &other,
                "an array of strings",
                &entry.node.span,
            ));
        }
    };
    nodes
        .into_iter()
        .map(|node| Ok(Spanned::new(word("when", &node, &Phase::ALL)?, node.span)))
        .collect()
}

/// `true`, `false`, or `{ exclude = ["libfoo.so*"] }`.
pub(super) fn automatic(reader: &mut Reader, key: &'static str) -> Result<Automatic, Error> {
    let Some(entry) = reader.take(key) else {
        return Ok(Automatic::default());
    };
    match entry.node.value {
        Value::Boolean(on) => Ok(Automatic {
            on,
            exclude: Vec::new(),
        }),
        Value::Table(table) => {
            let mut reader = Reader::new(table, key);
            let exclude = reader.strings("exclude")?.unwrap_or_default();
            reader.finish()?;
            Ok(Automatic { on: true, exclude })
        }
        other => Err(automatic_kind(key, &other, &entry.node.span)),
    }
}

fn automatic_kind(key: &str, found: &Value, span: &Span) -> Error {
    Error::Value {
        what: format!(
            "`{key}` is {}, and true, false or a table is needed",
            found.kind()
        ),
        span: span.clone(),
        help: format!("such as {key} = {{ exclude = [\"libfoo.so*\"] }}"),
    }
}
