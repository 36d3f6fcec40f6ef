//! `required-version`: which versions of this program a project is for.

use super::error::Error;
use super::reader::wrong_kind;
use super::tree::{Table, Value};
use semver::{Version, VersionReq};

pub(super) const KEY: &str = "required-version";

/// Takes the key out of a table, where it is no setting like the others, and holds this program to
/// it. Before any other key is read: an older program does not know what the newer one's mean.
pub(super) fn take(table: Option<&mut Table>) -> Result<(), Error> {
    match Version::parse(env!("CARGO_PKG_VERSION")) {
        Ok(ours) => take_for(table, &ours),
        // Ours is a version as cargo reads it.
        Err(_) => Ok(()),
    }
}

/// Refuses the key where it is none of a manifest's: those were taken before.
pub(super) fn refuse(settings: &Table) -> Result<(), Error> {
    match settings.get(KEY) {
        Some(entry) => Err(Error::Value {
            what: format!("`{KEY}` counts in Cargo.toml alone"),
            span: entry.key_span.clone(),
            help: "write it in [package.metadata.ambot]".to_owned(),
        }),
        None => Ok(()),
    }
}

fn take_for(table: Option<&mut Table>, ours: &Version) -> Result<(), Error> {
    let Some(entry) = table.and_then(|table| table.take(KEY)) else {
        return Ok(());
    };
    let span = entry.node.span;
    let Value::String(text) = entry.node.value else {
        return Err(wrong_kind(KEY, &entry.node.value, "a string", &span));
    };
    let required = VersionReq::parse(&text).map_err(|error| Error::Value {
        what: format!("`{text}` is no requirement on a version: {error}"),
        span: span.clone(),
        help: "write it as for a dependency: required-version = \">=0.1\"".to_owned(),
    })?;
    if required.matches(ours) {
        return Ok(());
    }
    Err(Error::OtherVersion {
        required: text,
        ours: ours.to_string(),
        span,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::tree;
    use crate::report::{Diagnose, SourceFile, render};

    fn taken(text: &str) -> Result<(), String> {
        let file = SourceFile::new("Cargo.toml", text.to_owned());
        let mut table = tree::parse(&file).unwrap();
        take_for(Some(&mut table), &Version::new(0, 3, 1))
            .map_err(|error| {
                anstream::adapter::strip_str(&render(&error.diagnostic(), 80)).to_string()
            })
            .inspect(|()| assert!(table.get(KEY).is_none()))
    }

    #[test]
    fn what_this_version_meets_is_no_key_any_more() {
        for text in [
            "",
            "required-version = \"0.3\"",
            "required-version = \">=0.2, <1\"",
        ] {
            assert_eq!(taken(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_it_does_not_is_told_with_both_versions() {
        insta::assert_snapshot!(taken("required-version = \">=0.4\"").unwrap_err(), @r#"
        error: the project is for cargo-ambot >=0.4, and this is 0.3.1
         --> Cargo.toml:1:20
          |
        1 | required-version = ">=0.4"
          |                    ^^^^^^^ required here
          |
          = help: cargo install --locked --version '>=0.4' cargo-ambot
        "#);
    }

    #[test]
    fn what_is_no_requirement_is_shown_in_its_place() {
        insta::assert_snapshot!(taken("required-version = \"newest\"").unwrap_err(), @r#"
        error: `newest` is no requirement on a version: unexpected character 'n' while
               parsing major version number
         --> Cargo.toml:1:20
          |
        1 | required-version = "newest"
          |                    ^^^^^^^^
          |
          = help: write it as for a dependency: required-version = ">=0.1"
        "#);
        insta::assert_snapshot!(taken("required-version = 1").unwrap_err(), @r#"
        error: `required-version` is an integer, and a string is needed
         --> Cargo.toml:1:20
          |
        1 | required-version = 1
          |                    ^
          |
          = help: such as required-version = ">=0.1"
        "#);
    }
}
