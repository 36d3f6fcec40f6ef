//! Targets of the user's own: `[workspace.metadata.ambot.profiles.NAME]`.

use super::error::Error;
use super::reader::{Reader, into_table, wrong_kind};
use super::tree::{Entry, Node, Table, Value};
use crate::report::{Span, Spanned};
use crate::target::{self, Heir, Targets};

const TABLE: &str = "workspace.metadata.ambot.profiles";

/// Takes the profiles out of the workspace's table, where they are no setting like the others, and
/// adds them to the targets that there are.
pub(super) fn take(workspace: Option<&mut Table>) -> Result<Targets, Error> {
    let mut targets = Targets::default();
    if let Some(entry) = workspace.and_then(|table| table.take("profiles")) {
        for entry in into_table("profiles", entry.node)?.entries {
            let heir = profile(entry, &targets)?;
            targets.add(heir);
        }
    }
    Ok(targets)
}

/// They are the workspace's: each package of it may name them.
pub(super) fn refuse_in_package(package: Option<&Table>) -> Result<(), Error> {
    match package.and_then(|table| table.get("profiles")) {
        None => Ok(()),
        Some(entry) => Err(Error::Value {
            what: "`profiles` in a package, and they belong to the workspace".to_owned(),
            span: entry.key_span.clone(),
            help: format!(
                "write [{TABLE}.NAME] in the manifest of the workspace; a package of its own is one, too"
            ),
        }),
    }
}

fn profile(entry: Entry, targets: &Targets) -> Result<target::Profile, Error> {
    let name = entry.key.clone();
    free(&name, &entry.key_span, targets)?;
    let source = format!("[{TABLE}.{name}]");
    let table = into_table(&format!("profiles.{name}"), entry.node)?;
    let mut reader = Reader::new(table, format!("{TABLE}.{name}"));
    let base = base(&mut reader, &entry.key_span)?;
    let title = reader.line("title")?;
    let title = title.map_or_else(
        || format!("{name}, as {}", base.as_str()),
        |title| title.value,
    );
    let mut aliases = Vec::new();
    for alias in reader.strings("aliases")?.unwrap_or_default() {
        free(&alias.value, &at(&alias, &entry.key_span), targets)?;
        aliases.push(alias.value);
    }
    let mut heir = Heir::new(base.profile(), &name, &title, aliases, &source);
    for (key, example) in Heir::FACTS {
        let Some(Entry { node, .. }) = reader.take(key) else {
            continue;
        };
        let span = node.span.clone();
        heir.replace(key, plain(key, node)?)
            .map_err(|message| Error::Value {
                what: format!("`{key}` cannot be this: {message}"),
                span,
                help: format!("write it as in {key} = {example}"),
            })?;
    }
    reader.finish()?;
    heir.finish().map_err(|what| Error::Value {
        what,
        span: entry.key_span,
        help: "leave one of the two out: it follows the other".to_owned(),
    })
}

/// The target whose facts are taken over: one of ours, because chains of own ones hide what holds.
fn base(reader: &mut Reader, profile: &Span) -> Result<target::TargetName, Error> {
    let Some(base) = reader.string("inherits")? else {
        return Err(Error::Value {
            what: "a profile without `inherits`".to_owned(),
            span: profile.clone(),
            help: "name the target that it is most like: inherits = \"centos7\"".to_owned(),
        });
    };
    target::find(&base.value).map_err(|source| Error::Target {
        source,
        span: base.span,
    })
}

/// Whether a name can be given to a new target.
fn free(name: &str, span: &Span, targets: &Targets) -> Result<(), Error> {
    let wrong = |what: String, help: &str| {
        Err(Error::Value {
            what,
            span: span.clone(),
            help: help.to_owned(),
        })
    };
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(good) {
        return wrong(
            format!("a target cannot be called \"{name}\""),
            "write small letters, digits and `-_.`, a letter first",
        );
    }
    match targets.find(name) {
        Ok(taken) => wrong(
            format!("`{name}` is the target {taken} already"),
            "choose another name",
        ),
        Err(target::Error::Unknown { .. }) => Ok(()),
        Err(_) => wrong(
            format!("`{name}` means something else already"),
            "choose another name",
        ),
    }
}

fn at(text: &Spanned<String>, otherwise: &Span) -> Span {
    text.span.clone().unwrap_or_else(|| otherwise.clone())
}

/// A value without its places.
fn plain(key: &str, node: Node) -> Result<toml::Value, Error> {
    Ok(match node.value {
        Value::String(text) => toml::Value::String(text),
        Value::Boolean(truth) => toml::Value::Boolean(truth),
        Value::Integer { text, radix } => match i64::from_str_radix(&text, radix) {
            Ok(number) => toml::Value::Integer(number),
            Err(_) => {
                return Err(Error::Value {
                    what: format!("`{key}` is out of range"),
                    span: node.span,
                    help: "write a smaller number".to_owned(),
                });
            }
        },
        Value::Float(_) | Value::Datetime => {
            let wanted = "a string, a whole number, a boolean or an array";
            return Err(wrong_kind(key, &node.value, wanted, &node.span));
        }
        Value::Array(items) => items
            .into_iter()
            .map(|item| plain(key, item))
            .collect::<Result<_, _>>()
            .map(toml::Value::Array)?,
        Value::Table(table) => table
            .entries
            .into_iter()
            .map(|entry| Ok((entry.key, plain(key, entry.node)?)))
            .collect::<Result<_, Error>>()
            .map(toml::Value::Table)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Diagnose, SourceFile, render};

    fn read(text: &str) -> Result<Targets, Error> {
        let file = SourceFile::new("Cargo.toml", text);
        let mut table = super::super::tree::parse(&file).unwrap();
        let targets = take(Some(&mut table))?;
        assert!(table.entries.is_empty(), "the settings do not see them");
        Ok(targets)
    }

    fn refusal(text: &str) -> String {
        let shown = render(&read(text).unwrap_err().diagnostic(), 80);
        anstream::adapter::strip_str(&shown).to_string()
    }

    #[test]
    fn an_own_target_is_found_like_any_other_and_differs_where_it_says_so() {
        let targets = read(
            "[profiles.mycorp7]\ninherits = \"rhel7\"\ntitle = \"My Corp 7\"\naliases = [\"mc7\"]\n\
             dist-tag = \"mc7\"\nglibc = \"2.18\"\n",
        )
        .unwrap();
        let own = targets.find("MC7").unwrap();
        assert_eq!(own.as_str(), "mycorp7");
        let profile = own.profile();
        assert_eq!(profile.release("1"), "1.mc7");
        assert_eq!(profile.glibc.value.to_string(), "2.18");
        let centos7 = target::find("centos7").unwrap().profile();
        assert_eq!(profile.systemd, centos7.systemd);
        assert_eq!(targets.find("el7").unwrap().as_str(), "centos7");
        assert!(target::find("mycorp7").is_err(), "it is this project's");
    }

    #[test]
    fn a_fact_that_does_not_exist_is_told_with_the_one_that_was_meant() {
        insta::assert_snapshot!(
            refusal("[profiles.mycorp7]\ninherits = \"centos7\"\nglbc = \"2.17\"\n"),
            @r#"
        error: unknown key `glbc` in workspace.metadata.ambot.profiles.mycorp7
         --> Cargo.toml:3:1
          |
        3 | glbc = "2.17"
          | ^^^^ unknown
          |
          = help: did you mean `glibc`?
        "#
        );
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_shown_with_how_to_write_it() {
        insta::assert_snapshot!(
            refusal("[profiles.mycorp7]\ninherits = \"centos7\"\nsystemd = \"two\"\n"),
            @r#"
        error: `systemd` cannot be this: invalid type: string "two", expected u16
         --> Cargo.toml:3:11
          |
        3 | systemd = "two"
          |           ^^^^^
          |
          = help: write it as in systemd = 219
        "#
        );
    }

    #[test]
    fn names_that_are_taken_or_mean_something_else_are_refused() {
        let text = "[profiles.x]\ninherits = \"centos7\"\naliases = [\"rocky9\"]";
        assert!(refusal(text).contains("`rocky9` is the target el9 already"));
        for name in ["el6", "centos7", "Corp", "x86_64-unknown-linux-gnu", "7"] {
            let text = format!("[profiles.{name}]\ninherits = \"centos7\"\n");
            assert!(read(&text).is_err(), "{name}");
        }
        assert!(refusal("[profiles.x]\n").contains("inherits = \"centos7\""));
        assert!(refusal("[profiles.x]\ninherits = \"centso7\"\n").contains("centos7"));
    }
}
