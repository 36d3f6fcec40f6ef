//! A TOML value of which every part knows where it was written.

use crate::report::{SourceFile, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it was written; of a table with a header of its own, the header.
    pub span: Span,
}

/// A TOML value; numbers as they were written.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string.
    String(String),
    /// An integer.
    Integer {
        /// Its digits, without a prefix such as `0o`.
        text: String,
        /// What they are to be read as.
        radix: u32,
    },
    /// A float, as it was written.
    Float(String),
    /// `true` or `false`.
    Boolean(bool),
    /// A date or a time, of which nothing is kept.
    Datetime,
    /// An array.
    Array(Vec<Node>),
    /// A table, whichever way it was written.
    Table(Table),
}

impl Value {
    /// The word that messages use.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::String(_) => "a string",
            Value::Integer { .. } => "an integer",
            Value::Float(_) => "a float",
            Value::Boolean(_) => "a boolean",
            Value::Datetime => "a date",
            Value::Array(_) => "an array",
            Value::Table(_) => "a table",
        }
    }
}

/// A table in the order in which it was written.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Its keys and values.
    pub entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where it was written first.
    pub key_span: Span,
    /// The value.
    pub node: Node,
}

impl Table {
    /// The entry of a key.
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Takes the entry of a key out.
    pub fn take(&mut self, key: &str) -> Option<Entry> {
        let at = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(at))
    }

    /// The table under a path of keys, if every part of the path is a table.
    pub fn descend(&self, path: &[&str]) -> Option<&Entry> {
        let (first, rest) = path.split_first()?;
        let entry = self.get(first)?;
        if rest.is_empty() {
            return Some(entry);
        }
        match &entry.node.value {
            Value::Table(table) => table.descend(rest),
            _ => None,
        }
    }
}

/// Parses a whole file.
///
/// # Errors
/// The message of the parser and the place that it speaks of.
pub fn parse(file: &SourceFile) -> Result<Table, (String, Option<Span>)> {
    match DeTable::parse(file.text()) {
        Ok(table) => Ok(table_of(table.into_inner(), file)),
        Err(error) => Err((
            error.message().to_owned(),
            error.span().map(|range| file.span(range)),
        )),
    }
}

fn table_of(table: DeTable<'_>, file: &SourceFile) -> Table {
    let entries = table.into_iter().map(|(key, value)| Entry {
        key_span: file.span(key.span()),
        key: key.into_inner().into_owned(),
        node: node_of(value, file),
    });
    Table {
        entries: entries.collect(),
    }
}

fn node_of(value: Spanned<DeValue<'_>>, file: &SourceFile) -> Node {
    let span = file.span(value.span());
    let value = match value.into_inner() {
        DeValue::String(text) => Value::String(text.into_owned()),
        DeValue::Integer(number) => Value::Integer {
            text: number.as_str().to_owned(),
            radix: number.radix(),
        },
        DeValue::Float(number) => Value::Float(number.as_str().to_owned()),
        DeValue::Boolean(truth) => Value::Boolean(truth),
        DeValue::Datetime(_) => Value::Datetime,
        DeValue::Array(items) => {
            Value::Array(items.into_iter().map(|item| node_of(item, file)).collect())
        }
        DeValue::Table(table) => Value::Table(table_of(table, file)),
    };
    Node { value, span }
}
