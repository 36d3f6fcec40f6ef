//! The accounts that a package makes, as far as it says so in a form that can be read: sysusers.d(5)
//! and `Provides: user(NAME)`. What scriptlets do is not guessed.

use super::contents::Text;
use super::examine::Examined;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Whether it is a user; else a group.
    pub is_user: bool,
    /// The file or capability that says so.
    pub from: String,
}

/// The accounts of a package, each once.
pub fn of(examined: &Examined) -> Vec<Account> {
    let provides = examined.metadata.provides();
    let provided = provides.iter().filter_map(|provide| {
        let (kind, rest) = provide.name.split_once('(')?;
        let name = rest.strip_suffix(')')?;
        let is_user = match kind {
            "user" => true,
            "group" => false,
            _ => return None,
        };
        Some(Account {
            name: name.to_owned(),
            is_user,
            from: "Provides".to_owned(),
        })
    });
    let lists = examined.contents.texts.iter();
    let lists = lists.filter(|text| text.path.contains("/sysusers.d/"));
    let mut accounts: Vec<Account> = lists.flat_map(listed).chain(provided).collect();
    accounts.sort();
    accounts.dedup_by(|a, b| (&a.name, a.is_user) == (&b.name, b.is_user));
    accounts
}

/// `u NAME …` and `g NAME …`, with marks such as `u!` (systemd 257). A user makes a group of its name
/// (sysusers.d(5)).
fn listed(text: &Text) -> Vec<Account> {
    let lines = String::from_utf8_lossy(&text.bytes).into_owned();
    let account = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let kind = words.next()?.trim_end_matches('!');
        let name = words.next()?;
        let account = |is_user: bool| Account {
            name: name.to_owned(),
            is_user,
            from: text.path.clone(),
        };
        match kind {
            "g" => Some(vec![account(false)]),
            // `u NAME UID:GROUP` has another group than one of its name.
            "u" if words.next().is_some_and(|id| id.contains(':')) => Some(vec![account(true)]),
            "u" => Some(vec![account(true), account(false)]),
            _ => None,
        }
    };
    lines
        .lines()
        .filter_map(account)
        .flatten()
        .take(1000)
        .collect()
}
