//! `users`, `groups` and `tmpfiles`: the accounts that the package creates, and the lines for
//! systemd-tmpfiles.
//!
//! What is read here is good on every target: shadow-utils and the systemd-sysusers of 219
//! (`valid_user_group_name()`, `valid_gecos()` and `valid_home()` of its sysusers.c) are the
//! strictest of their kinds.

use super::TABLE;
use crate::project::error::Error;
use crate::project::reader::{Reader, into_table};
use crate::project::tree::{Entry, Table};
use crate::report::Spanned;

/// The longest name of an account: one less than the field of utmp(5) has.
const LONGEST_NAME: usize = 31;

/// The largest number of an account: `UID_MAX` of login.defs(5). Ranges above are systemd's own to
/// hand out, and 65534 is `nobody`.
pub(in crate::project) const LARGEST_ID: u32 = 60_000;

/// `users.NAME`
#[derive(Clone, Debug)]
pub struct UserAccount {
    /// Its name.
    pub name: Spanned<String>,
    /// Its number, where a certain one is asked for.
    pub uid: Option<Spanned<u32>>,
    /// Its home, which nobody creates because it is named here.
    pub home: Option<Spanned<String>>,
    /// Its shell.
    pub shell: Option<Spanned<String>>,
    /// What it is for.
    pub description: Option<Spanned<String>>,
    /// Its primary group, where that has another name than the user.
    pub group: Option<Spanned<String>>,
    /// The groups that it is a member of besides.
    pub groups: Vec<Spanned<String>>,
}

/// `groups.NAME`
#[derive(Clone, Debug)]
pub struct GroupAccount {
    /// Its name.
    pub name: Spanned<String>,
    /// Its number, where a certain one is asked for.
    pub gid: Option<Spanned<u32>>,
}

/// Whether an account can have this name on every target: a small letter or `_`, then small
/// letters, digits, `_` and `-`, 31 at most.
///
/// systemd takes capitals too; useradd does not everywhere, nor does it take the dots that Red
/// Hat's does.
pub fn is_account_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c == '_';
    let other = |c: char| letter(c) || c.is_ascii_digit() || c == '-';
    name.starts_with(letter) && name.chars().all(other) && name.len() <= LONGEST_NAME
}

pub(super) fn users(table: Option<Table>) -> Result<Vec<UserAccount>, Error> {
    let entries = table.unwrap_or_default().entries;
    let users: Vec<UserAccount> = entries.into_iter().map(user).collect::<Result<_, _>>()?;
    different(
        "uid",
        users
            .iter()
            .filter_map(|user| Some((&user.name, user.uid.as_ref()?))),
    )?;
    Ok(users)
}

pub(super) fn groups(table: Option<Table>) -> Result<Vec<GroupAccount>, Error> {
    let entries = table.unwrap_or_default().entries;
    let groups: Vec<GroupAccount> = entries.into_iter().map(group).collect::<Result<_, _>>()?;
    different(
        "gid",
        groups
            .iter()
            .filter_map(|group| Some((&group.name, group.gid.as_ref()?))),
    )?;
    Ok(groups)
}

fn user(entry: Entry) -> Result<UserAccount, Error> {
    let name = name(Spanned::new(entry.key.clone(), entry.key_span))?;
    let table = into_table(&format!("users.{}", entry.key), entry.node)?;
    let mut reader = Reader::new(table, format!("{TABLE}.users.{}", entry.key));
    let user = UserAccount {
        name,
        uid: id(&mut reader, "uid")?,
        home: reader
            .line("home")?
            .map(|home| path("home", home))
            .transpose()?,
        shell: reader
            .line("shell")?
            .map(|shell| path("shell", shell))
            .transpose()?,
        description: reader.string("description")?.map(description).transpose()?,
        group: reader.line("group")?.map(self::name).transpose()?,
        groups: reader
            .strings("groups")?
            .unwrap_or_default()
            .into_iter()
            .map(self::name)
            .collect::<Result<_, _>>()?,
    };
    reader.finish()?;
    Ok(user)
}

fn group(entry: Entry) -> Result<GroupAccount, Error> {
    let name = name(Spanned::new(entry.key.clone(), entry.key_span))?;
    let table = into_table(&format!("groups.{}", entry.key), entry.node)?;
    let mut reader = Reader::new(table, format!("{TABLE}.groups.{}", entry.key));
    let gid = id(&mut reader, "gid")?;
    reader.finish()?;
    Ok(GroupAccount { name, gid })
}

/// An error at what was read; all that comes out of a table has a place.
fn refuse_if<T>(
    is_wrong: bool,
    read: &Spanned<T>,
    what: impl FnOnce() -> String,
    help: &str,
) -> Result<(), Error> {
    match &read.span {
        Some(span) if is_wrong => Err(Error::Value {
            what: what(),
            span: span.clone(),
            help: help.to_owned(),
        }),
        _ => Ok(()),
    }
}

fn name(name: Spanned<String>) -> Result<Spanned<String>, Error> {
    refuse_if(
        !is_account_name(&name.value),
        &name,
        || format!("`{}` cannot be the name of an account", name.value),
        "write small letters, digits, `_` and `-`, a letter or `_` first, 31 at most",
    )?;
    Ok(name)
}

fn id(reader: &mut Reader, key: &'static str) -> Result<Option<Spanned<u32>>, Error> {
    let span = reader.span(key);
    let Some(value) = reader.number(key)? else {
        return Ok(None);
    };
    let id = Spanned { value, span };
    refuse_if(
        !(1..=LARGEST_ID).contains(&value),
        &id,
        || format!("`{key}` cannot be {value}"),
        "write a number from 1 to 60000, or leave it out: accounts of services have one below 1000",
    )?;
    Ok(Some(id))
}

/// What neither a field of passwd(5) nor a line of sysusers.d(5) can hold as it is.
fn is_special(c: char) -> bool {
    c.is_control() || ":\"\\%".contains(c)
}

fn path(key: &str, path: Spanned<String>) -> Result<Spanned<String>, Error> {
    let text = path.value.as_str();
    let is_plain = |part: &str| !matches!(part, "" | "." | "..");
    let parts = text.strip_prefix('/').map(|rest| rest.split('/'));
    let is_good =
        (text == "/" && key == "home") || parts.is_some_and(|mut parts| parts.all(is_plain));
    let is_special = |c: char| is_special(c) || c.is_whitespace() || c == '\'';
    refuse_if(
        !is_good || text.contains(is_special),
        &path,
        || format!("`{key}` cannot be \"{text}\""),
        match key {
            "home" => "write an absolute path of plain names: \"/var/lib/hello\"",
            _ => "write the absolute path of a program: \"/sbin/nologin\"",
        },
    )?;
    Ok(path)
}

fn description(text: Spanned<String>) -> Result<Spanned<String>, Error> {
    refuse_if(
        text.value == "-" || text.value.contains(is_special),
        &text,
        || format!("the description of a user cannot be {:?}", text.value),
        "write one line without `:`, `\"`, `\\` and `%`",
    )?;
    Ok(text)
}

/// No number is asked for twice.
fn different<'a>(
    key: &str,
    accounts: impl Iterator<Item = (&'a Spanned<String>, &'a Spanned<u32>)>,
) -> Result<(), Error> {
    let mut seen: Vec<(&str, u32)> = Vec::new();
    for (name, id) in accounts {
        let first = seen.iter().find(|(_, known)| *known == id.value);
        refuse_if(
            first.is_some(),
            id,
            || {
                let first = first.map_or("", |(first, _)| first);
                format!(
                    "`{first}` and `{}` have the same {key} {}",
                    name.value, id.value
                )
            },
            "give one of them another number",
        )?;
        seen.push((&name.value, id.value));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{read, said};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_user_has_what_was_written() {
        let settings = read(
            "[users.hello]\nuid = 812\nhome = \"/var/lib/hello\"\nshell = \"/bin/bash\"\n\
             description = \"Bob's service\"\ngroup = \"www\"\ngroups = [\"adm\"]\n[groups]\nwww = { gid = 813 }\n",
        )
        .unwrap();
        let user = &settings.users[0];
        assert_eq!(user.name.value, "hello");
        assert_eq!(user.uid.as_ref().unwrap().value, 812);
        assert_eq!(user.groups[0].value, "adm");
        assert_eq!(settings.groups[0].gid.as_ref().unwrap().value, 813);
        assert!(
            read("users = { hello = {} }").unwrap().users[0]
                .uid
                .is_none()
        );
    }

    #[test]
    fn what_a_target_would_refuse_is_told() {
        insta::assert_snapshot!(said("users = { Hello = {} }"), @"
        `Hello` cannot be the name of an account
        write small letters, digits, `_` and `-`, a letter or `_` first, 31 at most
        ");
        insta::assert_snapshot!(said("users = { hello = { uid = 0 } }"), @"
        `uid` cannot be 0
        write a number from 1 to 60000, or leave it out: accounts of services have one below 1000
        ");
        insta::assert_snapshot!(said("users = { hello = { home = \"var/lib/hello\" } }"), @r#"
        `home` cannot be "var/lib/hello"
        write an absolute path of plain names: "/var/lib/hello"
        "#);
        insta::assert_snapshot!(said("users = { hello = { description = \"a: b\" } }"), @r#"
        the description of a user cannot be "a: b"
        write one line without `:`, `"`, `\` and `%`
        "#);
        insta::assert_snapshot!(said("users = { a = { uid = 7 }, b = { uid = 7 } }"), @"
        `a` and `b` have the same uid 7
        give one of them another number
        ");
        insta::assert_snapshot!(said("users = { a = { grop = \"b\" } }"), @"
        unknown key `grop` in metadata.ambot.users.a
        did you mean `group`?
        ");
        insta::assert_snapshot!(said("users = [\"hello\"]"), @"
        `users` is an array, and a table is needed
        such as users = { hello = {} }
        ");
        insta::assert_snapshot!(said("users = { hello = 812 }"), @"
        `users.hello` is an integer, and a table is needed
        such as users = { hello = {} }
        ");
        for wrong in [
            "users = { a = { shell = \"/\" } }",
            "users = { a = { shell = \"/bin/../sh\" } }",
            "users = { a = { home = \"/a b\" } }",
            "users = { a = { home = \"/a%b\" } }",
            "groups = { a = { gid = 65535 } }",
            "users = { a = { groups = [\"a:b\"] } }",
            "tmpfiles = \"d /run/a\"",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_name_that_is_taken_is_taken_by_systemd_too(name in "[a-z_A-Z0-9.:$ -]{0,34}") {
            if is_account_name(&name) {
                let first = name.chars().next().unwrap();
                prop_assert!(first.is_ascii_lowercase() || first == '_');
                prop_assert!(name.len() < 32 && !name.contains([':', ' ', '.', '$']));
            }
        }
    }
}
