//! Takes typed values out of a table and, at the end, finds the keys that nobody took.

use super::error::Error;
use super::tree::{Entry, Node, Table, Value};
use crate::report::{Span, Spanned, nearest};

/// A table that is being read. The keys asked for are the keys there are, so an unknown one can be
/// told with its nearest neighbour.
pub(super) struct Reader {
    table: Table,
    /// As messages name it: `[package.metadata.ambot.services.hello]` without the brackets.
    name: String,
    known: Vec<&'static str>,
}

impl Reader {
    pub(super) fn new(table: Table, name: impl Into<String>) -> Self {
        Reader {
            table,
            name: name.into(),
            known: Vec::new(),
        }
    }

    pub(super) fn take(&mut self, key: &'static str) -> Option<Entry> {
        self.known.push(key);
        self.table.take(key)
    }

    pub(super) fn string(&mut self, key: &'static str) -> Result<Option<Spanned<String>>, Error> {
        let entry = self.take(key);
        entry
            .map(|entry| self.string_of(key, entry.node))
            .transpose()
    }

    fn string_of(&self, key: &str, node: Node) -> Result<Spanned<String>, Error> {
        match node.value {
            Value::String(text) => Ok(Spanned::new(text, node.span)),
            other => Err(wrong_kind(key, &other, "a string", &node.span)),
        }
    }

    /// A string that has something in it and is one line.
    pub(super) fn line(&mut self, key: &'static str) -> Result<Option<Spanned<String>>, Error> {
        let text = self.string(key)?;
        if let Some(Spanned {
            value,
            span: Some(span),
        }) = &text
            && (value.trim().is_empty() || value.contains('\n'))
        {
            return Err(Error::Value {
                what: format!("`{key}` must be one line with something in it"),
                span: span.clone(),
                help: format!("write a text, or leave `{key}` out"),
            });
        }
        Ok(text)
    }

    pub(super) fn boolean(&mut self, key: &'static str) -> Result<Option<bool>, Error> {
        let Some(entry) = self.take(key) else {
            return Ok(None);
        };
        match entry.node.value {
            Value::Boolean(truth) => Ok(Some(truth)),
            other => Err(wrong_kind(key, &other, "true or false", &entry.node.span)),
        }
    }

    pub(super) fn number(&mut self, key: &'static str) -> Result<Option<u32>, Error> {
        let Some(entry) = self.take(key) else {
            return Ok(None);
        };
        let Value::Integer { text, radix } = &entry.node.value else {
            return Err(wrong_kind(
                key,
                &entry.node.value,
                "a number",
                &entry.node.span,
            ));
        };
        u32::from_str_radix(text, *radix)
            .map(Some)
            .map_err(|_| Error::Value {
                what: format!("`{key}` is out of range"),
                span: entry.node.span.clone(),
                help: format!("write a number from 0 to {}", u32::MAX),
            })
    }

    /// A word out of a list.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, Error> {
        let entry = self.take(key);
        entry
            .map(|entry| word(key, &entry.node, choices))
            .transpose()
    }

    pub(super) fn strings(
        &mut self,
        key: &'static str,
    ) -> Result<Option<Vec<Spanned<String>>>, Error> {
        let Some(entry) = self.take(key) else {
            return Ok(None);
        };
        match entry.node.value {
            Value::Array(items) => items
                .into_iter()
                .map(|node| self.string_of(key, node))
                .collect::<Result<_, _>>()
                .map(Some),
            other => Err(wrong_kind(
                key,
                &other,
                "an array of strings",
                &entry.node.span,
            )),
        }
    }

    pub(super) fn table(&mut self, key: &'static str) -> Result<Option<Table>, Error> {
        let Some(entry) = self.take(key) else {
            return Ok(None);
        };
        into_table(key, entry.node).map(Some)
    }

    pub(super) fn tables(&mut self, key: &'static str) -> Result<Vec<(Table, Span)>, Error> {
        let Some(entry) = self.take(key) else {
            return Ok(Vec::new());
        };
        match entry.node.value {
            Value::Array(items) => items
                .into_iter()
                .map(|node| {
                    let span = node.span.clone();
                    into_table(key, node).map(|table| (table, span))
                })
                .collect(),
            other => Err(wrong_kind(
                key,
                &other,
                "an array of tables",
                &entry.node.span,
            )),
        }
    }

    /// The keys that are not known to this table are mistakes.
    pub(super) fn finish(self) -> Result<(), Error> {
        match self.table.entries.into_iter().next() {
            None => Ok(()),
            Some(entry) => Err(unknown_key(&entry, &self.name, &self.known)),
        }
    }
}

/// The meaning of a value that is a word out of a list.
pub(super) fn word<T: Copy>(key: &str, node: &Node, choices: &[(&str, T)]) -> Result<T, Error> {
    let words = || choices.iter().map(|(word, _)| *word);
    let list = format!("\"{}\"", words().collect::<Vec<_>>().join("\", \""));
    let Value::String(text) = &node.value else {
        return Err(wrong_kind(
            key,
            &node.value,
            &format!("one of {list}"),
            &node.span,
        ));
    };
    if let Some((_, choice)) = choices.iter().find(|(word, _)| word == text) {
        return Ok(*choice);
    }
    let near = nearest(text, words()).map(|near| format!("did you mean \"{near}\"? "));
    Err(Error::Value {
        what: format!("`{key}` cannot be \"{text}\""),
        span: node.span.clone(),
        help: format!("{}write one of {list}", near.unwrap_or_default()),
    })
}

pub(super) fn unknown_key(entry: &Entry, table: &str, known: &[&str]) -> Error {
    let help = match nearest(&entry.key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the keys are {}", known.join(", ")),
    };
    Error::UnknownKey {
        key: entry.key.clone(),
        table: table.to_owned(),
        span: entry.key_span.clone(),
        help,
    }
}

pub(super) fn into_table(key: &str, node: Node) -> Result<Table, Error> {
    match node.value {
        Value::Table(table) => Ok(table),
        other => Err(wrong_kind(key, &other, "a table", &node.span)),
    }
}

pub(super) fn wrong_kind(key: &str, found: &Value, wanted: &str, span: &Span) -> Error {
    Error::Value {
        what: format!("`{key}` is {}, and {wanted} is needed", found.kind()),
        span: span.clone(),
        help: format!("write {wanted}"),
    }
}
