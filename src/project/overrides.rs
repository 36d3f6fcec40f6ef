//! Settings from the environment and the command line, as layers like any other.

use super::error::Error;
use super::settings;
use super::tree::{self, Table, Value};
use crate::report::{SourceFile, nearest};

/// A setting that does not come from a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Override {
    /// A variable: its whole name and its value.
    Variable {
        /// `CARGO_AMBOT_…`
        name: String,
        /// Its value.
        value: String,
    },
    /// `--set KEY=VALUE`
    Set(String),
    /// A flag of its own, such as `--rpm-release`: the flag, the key and the value.
    Flag {
        /// As the user wrote it.
        flag: &'static str,
        /// The key that it sets.
        key: &'static str,
        /// The value.
        value: String,
    },
}

impl Override {
    /// The start of the names of our variables.
    pub const PREFIX: &'static str = "CARGO_AMBOT_";
}

const PREFIX: &str = Override::PREFIX;

/// The layers, lowest first: variables, then `--set`, then flags.
pub(super) fn layers(overrides: &[Override]) -> Result<Vec<Table>, Error> {
    let mut sorted: Vec<&Override> = overrides.iter().collect();
    sorted.sort_by_key(|one| match one {
        Override::Variable { .. } => 0,
        Override::Set(_) => 1,
        Override::Flag { .. } => 2,
    });
    sorted.into_iter().map(layer).collect()
}

fn layer(one: &Override) -> Result<Table, Error> {
    match one {
        Override::Variable { name, value } => variable(name, value),
        Override::Set(text) => set(text),
        Override::Flag { flag, key, value } => Ok(plain(flag, key, value)),
    }
}

/// `CARGO_AMBOT_RELEASE=2` sets `release`; lists are split at commas.
fn variable(name: &str, value: &str) -> Result<Table, Error> {
    let key = name
        .strip_prefix(PREFIX)
        .unwrap_or(name)
        .to_lowercase()
        .replace('_', "-");
    if settings::TEXT_KEYS.contains(&key.as_str()) {
        return Ok(plain(name, &key, value));
    }
    if settings::LIST_KEYS.contains(&key.as_str()) {
        let words: Vec<String> = value
            .split(',')
            .map(|word| toml_string(word.trim()))
            .collect();
        return parse(name, &format!("{key} = [{}]", words.join(", ")));
    }
    let names = settings::TEXT_KEYS.iter().chain(&settings::LIST_KEYS);
    let names: Vec<String> = names
        .map(|key| format!("{PREFIX}{}", key.to_uppercase().replace('-', "_")))
        .collect();
    let near = nearest(name, names.iter().map(String::as_str));
    Err(Error::UnknownVariable {
        name: name.to_owned(),
        help: match near {
            Some(near) => format!("did you mean {near}?"),
            None => format!(
                "there are {}; other settings go through --set",
                names.join(", ")
            ),
        },
    })
}

fn set(text: &str) -> Result<Table, Error> {
    let wrong = |message: &str| Error::Set {
        text: text.to_owned(),
        message: message.to_owned(),
    };
    if !text.contains('=') {
        return Err(wrong("there is no `=`"));
    }
    match tree::parse(&SourceFile::new("--set", text)) {
        Ok(table) => Ok(table),
        // A bare word is taken as a string, which is what a shell user means.
        Err((message, _)) => match text.split_once('=') {
            Some((key, value)) if is_bare(value) => {
                parse("--set", &format!("{key} = {}", toml_string(value.trim())))
                    .map_err(|_| wrong(&message))
            }
            _ => Err(wrong(message.lines().next().unwrap_or_default())),
        },
    }
}

fn is_bare(value: &str) -> bool {
    !value.trim().is_empty() && !value.trim_start().starts_with(['"', '\'', '[', '{'])
}

fn plain(name: &str, key: &str, value: &str) -> Table {
    parse(name, &format!("{key} = {}", toml_string(value))).unwrap_or_default()
}

fn parse(name: &str, text: &str) -> Result<Table, Error> {
    tree::parse(&SourceFile::new(name, text)).map_err(|(message, _)| Error::Set {
        text: text.to_owned(),
        message,
    })
}

fn toml_string(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

impl Value {
    /// Whether it is an empty array, which takes a setting away.
    pub(super) fn is_empty_array(&self) -> bool {
        matches!(self, Value::Array(items) if items.is_empty())
    }
}
