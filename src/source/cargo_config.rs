//! cargo's configuration, which a source package has and which may hold secrets.

use super::Error;
use crate::project::input;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;
use std::io;
use toml::{Table, Value};

/// Where tokens lie that `cargo login` wrote (The Cargo Book, "Configuration", "Credentials"; the
/// second is of cargo before 1.39, and is still read). In a pipeline cargo's home is often a folder of
/// the project.
const CREDENTIALS: [&str; 2] = [".cargo/credentials.toml", ".cargo/credentials"];

/// Keys whose values are secrets, wherever they stand.
const SECRETS: [&str; 2] = ["token", "secret-key"];

/// Refuses a file of tokens.
///
/// # Errors
/// When it is one.
pub(super) fn refuse_credentials(path: &Utf8Path) -> Result<(), Error> {
    match CREDENTIALS.iter().any(|name| path.ends_with(name)) {
        true => Err(Error::Secret {
            path: path.to_owned(),
            what: "registry tokens".to_owned(),
        }),
        false => Ok(()),
    }
}

/// Refuses a configuration with a secret in it, or in one that it includes.
///
/// # Errors
/// When there is one, or nobody can tell because it cannot be read.
pub(super) fn refuse_secrets(path: &Utf8Path) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![path.to_owned()];
    while let Some(path) = waiting.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let Some(config) = read(&path)? else {
            continue;
        };
        if let Some(what) = secret_in(&config, "") {
            return Err(Error::Secret { path, what });
        }
        waiting.extend(included(&path, &config));
    }
    Ok(())
}

fn read(path: &Utf8Path) -> Result<Option<Table>, Error> {
    let text = match input::read_text(path, input::MAX_TEXT) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(Error::Read {
                path: path.to_owned(),
                source,
            });
        }
    };
    let config = toml::from_str(&text).map_err(|error| Error::Config {
        path: path.to_owned(),
        message: error.message().to_owned(),
    })?;
    Ok(Some(config))
}

/// What is secret in a table that stands below `above`.
fn secret_in(table: &Table, above: &str) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        if has_password(key, "") {
            return Some(format!("a password in the name of a table below `{above}`"));
        }
        let name = match above {
            "" => key.clone(),
            above => format!("{above}.{key}"),
        };
        if SECRETS.contains(&key.as_str()) && !above.starts_with("env") {
            return Some(format!("`{name}`"));
        }
        secret_in_value(value, &name)
    })
}

fn secret_in_value(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::String(text) => has_password(text, name).then(|| format!("a password in `{name}`")),
        Value::Array(values) => values.iter().find_map(|value| secret_in_value(value, name)),
        Value::Table(table) => secret_in(table, name),
        _ => None,
    }
}

/// Whether a text is an address with what stands for a password. A proxy needs no scheme (curl(1),
/// `--proxy`), and a name alone before the host of ssh is no secret.
fn has_password(text: &str, name: &str) -> bool {
    let (scheme, rest) = match text.split_once("://") {
        Some(parts) => parts,
        None if name.ends_with("proxy") => ("http", text),
        None => return false,
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let before = host.rsplit_once('@').map(|(before, _)| before);
    before.is_some_and(|before| !scheme.ends_with("ssh") || before.contains(':'))
}

/// The configurations that one includes (`include`, unstable for long: The Cargo Book, "Unstable
/// Features").
fn included(path: &Utf8Path, config: &Table) -> Vec<Utf8PathBuf> {
    let folder = path.parent().unwrap_or(Utf8Path::new(""));
    let one = |value: &Value| {
        let text = match value {
            Value::Table(table) => table.get("path").and_then(Value::as_str),
            value => value.as_str(),
        };
        text.map(|text| folder.join(text))
    };
    match config.get("include") {
        Some(Value::Array(all)) => all.iter().filter_map(one).collect(),
        Some(value) => one(value).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().join("config");
        std::fs::write(
            path.with_file_name("more.toml"),
            "[registry]\ntoken = \"x\"\n",
        )
        .unwrap();
        std::fs::write(&path, text).unwrap();
        refuse_secrets(&path).err().map(|error| {
            let folder = format!("{}/", path.parent().unwrap());
            error.to_string().replace(&folder, "")
        })
    }

    #[test]
    fn a_secret_is_not_published() {
        for (text, what) in [
            ("[registry]\ntoken = \"x\"", "`registry.token`"),
            (
                "[registries.ours]\ntoken = \"x\"",
                "`registries.ours.token`",
            ),
            (
                "[registries.ours]\nsecret-key = \"x\"",
                "`registries.ours.secret-key`",
            ),
            (
                "[http]\nproxy = \"me:pw@host:3128\"",
                "a password in `http.proxy`",
            ),
            (
                "[http]\nproxy = \"http://me:pw@host\"",
                "a password in `http.proxy`",
            ),
            (
                "[source.ours]\nregistry = \"sparse+https://me:pw@host/x\"",
                "a password in `source.ours.registry`",
            ),
            (
                "[source.\"git+https://me:pw@host/x.git\"]\nreplace-with = \"y\"",
                "a password in the name of a table below `source`",
            ),
            (
                "[env]\nDB = { value = \"postgres://me:pw@host/db\" }",
                "a password in `env.DB.value`",
            ),
        ] {
            let expected = format!("config has {what}, which the source package would publish");
            assert_eq!(said(text), Some(expected), "{text}");
        }
        let included = said("include = [\"more.toml\", { path = \"config\" }]").unwrap();
        assert!(
            included.starts_with("more.toml has `registry.token`"),
            "{included}"
        );
        let broken = said("a = ").unwrap();
        assert!(
            broken.starts_with("config cannot be understood"),
            "{broken}"
        );
        for text in [
            "[registries.ours]\nindex = \"https://host/x\"",
            "[registries.ours]\nindex = \"ssh://git@host/x\"",
            "[build]\ntarget = \"x\"\nrustflags = [\"-C\", \"a@b\"]",
            "[http]\nproxy = \"host:3128\"",
            "[env]\ntoken = \"a name\"",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
        assert!(refuse_secrets(Utf8Path::new("/no/such/config.toml")).is_ok());
    }

    #[test]
    fn a_file_that_cannot_be_judged_is_not_published() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path()).unwrap().join("config");
        let file = std::fs::File::create(&path).unwrap();
        file.set_len(input::MAX_TEXT + 1).unwrap();
        assert!(matches!(refuse_secrets(&path), Err(Error::Read { .. })));
        assert!(refuse_credentials(Utf8Path::new("/a/.cargo/credentials.toml")).is_err());
        assert!(refuse_credentials(Utf8Path::new("/a/credentials.toml")).is_ok());
    }
}
