//! The accounts that a package makes, as far as it says so in a form that can be read: sysusers.d(5)
//! and `Provides: user(NAME)`. What scriptlets do is not guessed.

use super::contents::Text;
use super::examine::Examined;
use crate::unit::words;

/// The most lines of a list that are read.
const MAX_LINES: usize = 1000;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Whether it is a user; else a group.
    pub is_user: bool,
    /// The file or capability that says so.
    pub from: String,
    /// What a line of sysusers.d(5) says of it; a capability says no more than the name.
    pub facts: Option<AccountFacts>,
}

/// What a line of sysusers.d(5) says of an account; nothing stands for the default.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountFacts {
    /// The number, or a file whose owner gives it; by default a free one.
    pub id: Option<String>,
    /// The primary group of a user; by default one of the user's name, which is made with it.
    pub group: Option<String>,
    /// The home of a user; by default `/`.
    pub home: Option<String>,
    /// The shell of a user; by default one that lets nobody in.
    pub shell: Option<String>,
    /// The other groups that a user joins, by name.
    pub groups: Vec<String>,
}

impl Account {
    /// Whether it is a user with whom a group of the same name is made.
    pub fn has_own_group(&self) -> bool {
        let facts = self.facts.as_ref();
        self.is_user && facts.is_some_and(|facts| facts.group.is_none())
    }
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
            facts: None,
        })
    });
    let texts = examined.contents.texts.iter();
    let lists: Vec<&Text> = texts
        .filter(|text| text.path.contains("/sysusers.d/"))
        .collect();
    let listed = lists.iter().flat_map(|text| listed(text));
    let mut accounts: Vec<Account> = listed.chain(provided).collect();
    accounts.sort();
    // A list comes before `Provides`, and says more.
    accounts.dedup_by(|a, b| (&a.name, a.is_user) == (&b.name, b.is_user));
    for (user, group) in lists.iter().flat_map(|text| memberships(text)) {
        let mut users = accounts.iter_mut().filter(|one| one.is_user);
        let facts = users.find(|one| one.name == user);
        if let Some(facts) = facts.and_then(|one| one.facts.as_mut()) {
            facts.groups.push(group);
        }
    }
    for facts in accounts.iter_mut().filter_map(|one| one.facts.as_mut()) {
        facts.groups.sort();
        facts.groups.dedup();
    }
    accounts
}

fn lines(text: &Text) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(&text.bytes);
    text.lines().take(MAX_LINES).map(words).collect()
}

/// `u NAME …` and `g NAME …`, with marks such as `u!` (systemd 257).
fn listed(text: &Text) -> Vec<Account> {
    let account = |words: Vec<String>| {
        let is_user = match words.first()?.trim_end_matches('!') {
            "u" => true,
            "g" => false,
            _ => return None,
        };
        Some(Account {
            name: words.get(1)?.clone(),
            is_user,
            from: text.path.clone(),
            facts: Some(facts(&words)),
        })
    };
    lines(text).into_iter().filter_map(account).collect()
}

/// The fields after type and name: number, description, home, shell.
fn facts(words: &[String]) -> AccountFacts {
    const NOBODY: [&str; 4] = [
        "/sbin/nologin",
        "/usr/sbin/nologin",
        "/bin/false",
        "/usr/bin/false",
    ];
    let field = |at: usize| words.get(at).filter(|word| *word != "-").cloned();
    let number = field(2).unwrap_or_default();
    // `UID:GROUP`, and `-:GROUP`, name the primary group.
    let (id, group) = match number.split_once(':') {
        Some((id, group)) => (id, Some(group.to_owned())),
        None => (number.as_str(), None),
    };
    AccountFacts {
        id: Some(id.to_owned()).filter(|id| !id.is_empty() && id != "-"),
        group,
        home: field(4).filter(|home| home != "/"),
        shell: field(5).filter(|shell| !NOBODY.contains(&shell.as_str())),
        groups: Vec::new(),
    }
}

/// `m USER GROUP`.
fn memberships(text: &Text) -> Vec<(String, String)> {
    let pair = |words: Vec<String>| match words.as_slice() {
        [kind, user, group, ..] if kind == "m" => Some((user.clone(), group.clone())),
        _ => None,
    };
    lines(text).into_iter().filter_map(pair).collect()
}
