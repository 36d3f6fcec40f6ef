//! Settings from the environment and the command line, as layers like any other.

use super::error::Error;
use super::secrets::SECRET_VARIABLES;
use super::settings;
use super::tree::{self, Table};
use crate::report::{SourceFile, nearest, without_user_info};

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
        Override::Flag { flag, key, value } => Ok(plain(&format!("{flag} {value}"), key, value)),
    }
}

/// `CARGO_AMBOT_RELEASE=2` sets `release`; lists are split at commas.
fn variable(name: &str, value: &str) -> Result<Table, Error> {
    let key = name
        .strip_prefix(PREFIX)
        .unwrap_or(name)
        .to_lowercase()
        .replace('_', "-");
    let known = |keys: &[&str]| keys.contains(&key.as_str());
    if value.trim().is_empty() && (known(&settings::TEXT_KEYS) || known(&settings::LIST_KEYS)) {
        return Err(Error::EmptyVariable {
            name: name.to_owned(),
        });
    }
    let given = format!("{name}={value}");
    if known(&settings::TEXT_KEYS) {
        return Ok(plain(&given, &key, value));
    }
    if known(&settings::LIST_KEYS) {
        let words: Vec<String> = value
            .split(',')
            .map(|word| toml_string(word.trim()))
            .collect();
        return parse(&given, &format!("{key} = [{}]", words.join(", ")));
    }
    // Without the prefix, which would make any two variables look alike.
    let keys = settings::TEXT_KEYS.into_iter().chain(settings::LIST_KEYS);
    let variable = |key: &str| format!("{PREFIX}{}", key.to_uppercase().replace('-', "_"));
    let secret = nearest(name, SECRET_VARIABLES).map(str::to_owned);
    let near = nearest(&key, keys.clone()).map(variable).or(secret);
    let names: Vec<String> = keys.map(variable).collect();
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
        text: without_user_info(text).into_owned(),
        message: message.to_owned(),
    };
    if !text.contains('=') {
        return Err(wrong("there is no `=`"));
    }
    let given = format!("--set {text}");
    let as_text =
        |key: &str, value: &str| parse(&given, &format!("{key} = {}", toml_string(value.trim())));
    match (
        tree::parse(&SourceFile::given(&given, text)),
        text.split_once('='),
    ) {
        // `release=1.0` is a float to TOML, and a text to whoever sets a release.
        (Ok(_), Some((key, value))) if is_text_key(key) && is_bare(value) => as_text(key, value),
        (Ok(table), _) => Ok(table),
        // A bare word is taken as a string, which is what a shell user means.
        (Err((message, _)), Some((key, value))) if is_bare(value) => {
            as_text(key, value).map_err(|_| wrong(&message))
        }
        (Err((message, _)), _) => Err(wrong(message.lines().next().unwrap_or_default())),
    }
}

fn is_bare(value: &str) -> bool {
    !value.trim().is_empty() && !value.trim_start().starts_with(['"', '\'', '[', '{'])
}

/// Whether the value of this key is a line of text, for all targets or for one.
fn is_text_key(key: &str) -> bool {
    let mut parts: Vec<&str> = key.split('.').map(str::trim).collect();
    if parts.first() == Some(&"target") && parts.len() == 3 {
        parts.drain(..2);
    }
    matches!(parts.as_slice(), [key] if settings::TEXT_KEYS.contains(key))
}

fn plain(given: &str, key: &str, value: &str) -> Table {
    parse(given, &format!("{key} = {}", toml_string(value))).unwrap_or_default()
}

/// `given` is what the user wrote, for messages.
fn parse(given: &str, text: &str) -> Result<Table, Error> {
    tree::parse(&SourceFile::given(given, text)).map_err(|(message, _)| Error::Set {
        text: without_user_info(text).into_owned(),
        message,
    })
}

fn toml_string(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::*;
    use crate::report::Diagnose;

    fn read(one: Override) -> Result<Settings, Error> {
        let layers = layers(&[one])?;
        Settings::read(layers.into_iter().next().unwrap_or_default())
    }

    fn variable(name: &str, value: &str) -> Override {
        Override::Variable {
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    fn said(one: Override) -> String {
        let said = read(one).unwrap_err().diagnostic();
        let rest: Vec<String> = said.notes.into_iter().chain(said.help).collect();
        format!("{}\n{}", said.title, rest.join("\n"))
    }

    #[test]
    fn a_bare_value_of_a_text_is_a_text() {
        for (text, release) in [
            ("release=2", "2"),
            ("release=1.0", "1.0"),
            ("release = \"3\"", "3"),
        ] {
            let settings = read(Override::Set(text.to_owned())).unwrap();
            assert_eq!(settings.release.unwrap().value, release, "{text}");
        }
        assert_eq!(
            read(Override::Set("epoch=2".into())).unwrap().epoch,
            Some(2)
        );
        assert!(is_text_key("target.el7.release"));
        assert!(!is_text_key("services.release"));
    }

    #[test]
    fn mistakes_are_shown_in_the_users_own_words() {
        insta::assert_snapshot!(said(Override::Set("relase=7".into())), @r"
        unknown key `relase` in metadata.ambot
        in `--set relase=7`
        did you mean `release`?
        ");
        insta::assert_snapshot!(said(Override::Set("required-version=>=0.1".into())), @"
        `required-version` counts in Cargo.toml alone
        in `--set required-version=>=0.1`
        write it in [package.metadata.ambot]
        ");
        insta::assert_snapshot!(said(variable("CARGO_AMBOT_BIN", "x")), @r"
        unknown environment variable CARGO_AMBOT_BIN
        did you mean CARGO_AMBOT_BINS?
        ");
        insta::assert_snapshot!(said(variable("CARGO_AMBOT_X", "x")), @"
        unknown environment variable CARGO_AMBOT_X
        there are CARGO_AMBOT_NAME, CARGO_AMBOT_SUMMARY, CARGO_AMBOT_DESCRIPTION, CARGO_AMBOT_LICENSE, CARGO_AMBOT_URL, CARGO_AMBOT_VENDOR, CARGO_AMBOT_PACKAGER, CARGO_AMBOT_RELEASE, CARGO_AMBOT_PAYLOAD_COMPRESS, CARGO_AMBOT_TARGETS, CARGO_AMBOT_BINS, CARGO_AMBOT_REPOS; other settings go through --set
        ");
        insta::assert_snapshot!(said(variable("CARGO_AMBOT_RELEASE", "")), @r"
        the environment variable CARGO_AMBOT_RELEASE is empty
        give it a value, or unset it
        ");
        let flag = Override::Flag {
            flag: "--rpm-release",
            key: "release",
            value: "a".to_owned(),
        };
        assert!(said(flag).contains("in `--rpm-release a`"));
    }
}
