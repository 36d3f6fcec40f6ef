//! What the package needs.

use crate::project::error::Error;
use crate::project::reader::wrong_kind;
use crate::project::tree::{Table, Value};
use crate::report::Spanned;

/// `requires = { NAME = VERSION }`
#[derive(Clone, Debug)]
pub struct Requirement {
    /// The package or capability.
    pub name: Spanned<String>,
    /// `*`, or a comparison and a version as rpm has it: `>= 7.29`.
    pub version: Spanned<String>,
}

pub(super) fn requires(table: Option<Table>) -> Result<Vec<Requirement>, Error> {
    let entries = table.unwrap_or_default().entries;
    entries
        .into_iter()
        .map(|entry| match entry.node.value {
            Value::String(text) => Ok(Requirement {
                name: Spanned::new(entry.key, entry.key_span),
                version: Spanned::new(text, entry.node.span),
            }),
            other => Err(wrong_kind(
                "requires",
                &other,
                "a version such as \">= 7.29\" or \"*\"",
                &entry.node.span,
            )),
        })
        .collect()
}
