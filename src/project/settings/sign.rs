//! `sign`: what packages are signed with. No secret has a place in a manifest.

use super::TABLE;
use crate::project::error::Error;
use crate::project::reader::Reader;
use crate::project::tree::{Entry, Table, Value};
use crate::report::Spanned;

/// `[package.metadata.ambot.sign]`; a path is looked for in the package's folder, then in that of
/// the workspace.
#[derive(Clone, Debug, Default)]
pub struct SignTable {
    /// The file of the secret key.
    pub key: Option<Spanned<String>>,
    /// The program that signs instead.
    pub command: Option<Spanned<String>>,
    /// The file of the public key that the program's signatures are held against.
    pub public_key: Option<Spanned<String>>,
    /// The file whose first line is the passphrase.
    pub passphrase_file: Option<Spanned<String>>,
}

pub(super) fn sign(table: Option<Table>) -> Result<SignTable, Error> {
    let table = table.unwrap_or_default();
    for entry in &table.entries {
        refuse_secret(entry)?;
    }
    let mut reader = Reader::new(table, format!("{TABLE}.sign"));
    let sign = SignTable {
        key: reader.line("key")?,
        command: reader.line("command")?,
        public_key: reader.line("public-key")?,
        passphrase_file: reader.line("passphrase-file")?,
    };
    reader.finish()?;
    if let (Some(_), Some(command)) = (&sign.key, &sign.command)
        && let Some(span) = &command.span
    {
        return Err(Error::Value {
            what: "`key` and `command` both say what signs".to_owned(),
            span: span.clone(),
            help: "leave one of the two out; a `command` has its own keys".to_owned(),
        });
    }
    Ok(sign)
}

/// A message with the place shows the line, so this one only names it.
fn refuse_secret(entry: &Entry) -> Result<(), Error> {
    let is_key = matches!(&entry.node.value, Value::String(text) if text.contains("-----BEGIN"));
    if entry.key != "passphrase" && !is_key {
        return Ok(());
    }
    let span = &entry.key_span;
    Err(Error::Secret {
        key: entry.key.clone(),
        place: match span.file().is_given() {
            true => "the command line".to_owned(),
            false => span.to_string(),
        },
        is_key,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use crate::project::tree::parse;
    use crate::report::{Diagnose, SourceFile};

    fn said(text: &str) -> String {
        let table = parse(&SourceFile::new("Cargo.toml", text)).unwrap();
        let said = Settings::read(table).unwrap_err().diagnostic();
        assert!(
            said.labels.is_empty() || !text.contains("hunter"),
            "{said:?}"
        );
        let rest: Vec<String> = said.notes.into_iter().chain(said.help).collect();
        format!("{}\n{}", said.title, rest.join("\n"))
    }

    #[test]
    fn secrets_are_refused_without_being_shown() {
        insta::assert_snapshot!(said("[sign]\npassphrase = \"hunter2\""), @"
        `passphrase` is a secret, and stands in Cargo.toml:2:1
        set CARGO_AMBOT_SIGN_PASSPHRASE, or write `passphrase-file`
        if others could read it, change it
        ");
        let key = "[sign]\nkey = \"\"\"-----BEGIN PGP PRIVATE KEY BLOCK-----\nhunter2\"\"\"";
        insta::assert_snapshot!(said(key), @"
        `key` is a secret, and stands in Cargo.toml:2:1
        write the path of a file outside the repository, or set CARGO_AMBOT_SIGN_KEY
        if others could read it, make a new key
        ");
    }

    #[test]
    fn one_thing_signs() {
        insta::assert_snapshot!(said("sign = { key = \"a\", command = \"gpg\" }"), @"
        `key` and `command` both say what signs
        leave one of the two out; a `command` has its own keys
        ");
        insta::assert_snapshot!(said("sign = { keys = \"a\" }"), @"
        unknown key `keys` in metadata.ambot.sign
        did you mean `key`?
        ");
    }
}
