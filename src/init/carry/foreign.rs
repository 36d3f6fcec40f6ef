//! Values of another tool's tables, taken out key by key.

use super::super::Error;
use crate::project::tree::{Entry, Node, Table, Value};
use crate::report::{Span, Spanned};

/// A table that is read; what nobody took is left in it.
pub(super) struct Foreign(Table);

impl Foreign {
    pub(super) fn new(table: &Table) -> Self {
        Foreign(table.clone())
    }

    pub(super) fn take(&mut self, key: &str) -> Option<Entry> {
        self.0.take(key)
    }

    /// Where a key was written that nobody took yet.
    pub(super) fn span(&self, key: &str) -> Option<Span> {
        self.0.get(key).map(|entry| entry.key_span.clone())
    }

    pub(super) fn string(&mut self, key: &str) -> Result<Option<Spanned<String>>, Error> {
        self.take(key)
            .map(|entry| string(&entry.key, &entry.node))
            .transpose()
    }

    pub(super) fn boolean(&mut self, key: &str) -> Result<Option<Spanned<bool>>, Error> {
        let Some(entry) = self.take(key) else {
            return Ok(None);
        };
        match entry.node.value {
            Value::Boolean(truth) => Ok(Some(Spanned::new(truth, entry.node.span))),
            _ => Err(wrong_kind(&entry.key, &entry.node, "true or false")),
        }
    }

    pub(super) fn number(&mut self, key: &str) -> Result<Option<Spanned<i64>>, Error> {
        let Some(entry) = self.take(key) else {
            return Ok(None);
        };
        let number = match &entry.node.value {
            Value::Integer { text, radix } => i64::from_str_radix(text, *radix).ok(),
            _ => None,
        };
        match number {
            Some(number) => Ok(Some(Spanned::new(number, entry.node.span))),
            None => Err(wrong_kind(&entry.key, &entry.node, "a number")),
        }
    }

    /// The texts of an array, or the one text that stands there instead.
    pub(super) fn strings(&mut self, key: &str) -> Result<Option<Vec<Spanned<String>>>, Error> {
        let Some(entry) = self.take(key) else {
            return Ok(None);
        };
        let items: Result<Vec<_>, Error> = match &entry.node.value {
            Value::Array(items) => items.iter().map(|item| string(key, item)).collect(),
            _ => string(key, &entry.node).map(|text| vec![text]),
        };
        items.map(Some)
    }

    /// What nobody took.
    pub(super) fn rest(self) -> Vec<Entry> {
        self.0.entries
    }
}

pub(super) fn table(entry: &Entry) -> Result<&Table, Error> {
    match &entry.node.value {
        Value::Table(table) => Ok(table),
        _ => Err(wrong_kind(&entry.key, &entry.node, "a table")),
    }
}

pub(super) fn string(key: &str, node: &Node) -> Result<Spanned<String>, Error> {
    match &node.value {
        Value::String(text) => Ok(Spanned::new(text.clone(), node.span.clone())),
        _ => Err(wrong_kind(key, node, "a string")),
    }
}

/// Where an asset is shown: the whole of it where it is one value, and not the header of its table, which
/// looks like that of all the others.
pub(super) fn shown_at(node: &Node, source: &Spanned<String>) -> Span {
    let has_header = node.span.text().starts_with("[[");
    let span = source.span.as_ref().filter(|_| has_header);
    span.unwrap_or(&node.span).clone()
}

pub(super) fn wrong_kind(key: &str, node: &Node, wanted: &str) -> Error {
    wrong(
        format!("`{key}` is {}, and {wanted} is needed", node.value.kind()),
        &node.span,
    )
}

pub(super) fn wrong(what: String, span: &Span) -> Error {
    Error::Foreign {
        what,
        span: span.clone(),
    }
}
