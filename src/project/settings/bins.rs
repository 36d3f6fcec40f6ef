//! `bins`: the binaries that are packaged, of this package and of other members of its workspace.

use crate::project::error::Error;
use crate::project::reader::{Reader, wrong_kind};
use crate::project::tree::{Entry, Node, Value};
use crate::report::Spanned;

/// A binary as the user names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BinName {
    /// The member that it is of, where it is said: `{ package = "tools", bin = "helper" }`.
    pub package: Option<Spanned<String>>,
    /// Its name.
    pub name: Spanned<String>,
}

/// `None` where the key is not there.
pub(super) fn bins(entry: Option<Entry>) -> Result<Option<Vec<BinName>>, Error> {
    let Some(entry) = entry else {
        return Ok(None);
    };
    let span = entry.node.span.clone();
    match entry.node.value {
        Value::Array(items) if items.is_empty() => Err(Error::Value {
            what: "`bins` is empty".to_owned(),
            span,
            help: "name at least one, or leave `bins` out".to_owned(),
        }),
        Value::Array(items) => items
            .into_iter()
            .map(bin)
            .collect::<Result<_, _>>()
            .map(Some),
        other => Err(wrong_kind("bins", &other, "an array of strings", &span)),
    }
}

fn bin(node: Node) -> Result<BinName, Error> {
    let span = node.span;
    match node.value {
        Value::String(name) => Ok(BinName {
            package: None,
            name: Spanned::new(name, span),
        }),
        Value::Table(table) => {
            let mut reader = Reader::new(table, format!("{}.bins", super::TABLE));
            let (package, name) = (reader.line("package")?, reader.line("bin")?);
            reader.finish()?;
            let name = name.ok_or_else(|| Error::Value {
                what: "a binary without `bin`".to_owned(),
                span,
                help: "write { package = \"tools\", bin = \"helper\" }".to_owned(),
            })?;
            Ok(BinName { package, name })
        }
        other => Err(wrong_kind("bins", &other, "a name", &span)),
    }
}
