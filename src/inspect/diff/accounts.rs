//! The accounts that a package begins or ceases to make, or makes otherwise.

use crate::inspect::{Account, AccountFacts};
use std::collections::{BTreeMap, HashSet};

/// What differs of the accounts of two packages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountChanges {
    /// Those that only the old package makes.
    pub removed: Vec<Account>,
    /// Those that only the new one makes.
    pub added: Vec<Account>,
    /// Those that the new one makes otherwise.
    pub changed: Vec<AccountChange>,
}

/// An account that is made otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountChange {
    /// Its name.
    pub name: String,
    /// Whether it is a user; else a group.
    pub is_user: bool,
    /// Number, primary group, home, shell.
    pub values: Vec<AccountValue>,
    /// The groups that it joins besides.
    pub joins: Vec<String>,
    /// The groups that it joins no more.
    pub leaves: Vec<String>,
}

/// One value of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountValue {
    /// `uid`, `gid`, `group`, `home` or `shell`.
    pub what: &'static str,
    /// Before.
    pub old: String,
    /// After.
    pub new: String,
}

impl AccountChanges {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty() && self.changed.is_empty()
    }
}

/// What differs, whatever says so.
pub(super) fn compare(old: &[Account], new: &[Account]) -> AccountChanges {
    let known: BTreeMap<_, _> = old.iter().map(|one| (key(one), one)).collect();
    let changed = new.iter().filter_map(|after| {
        let before = known.get(&key(after))?;
        change(after, before.facts.as_ref()?, after.facts.as_ref()?)
    });
    AccountChanges {
        removed: missing(old, new),
        added: missing(new, old),
        changed: changed.collect(),
    }
}

fn key(account: &Account) -> (&str, bool) {
    (&account.name, account.is_user)
}

/// The accounts that the other does not make, neither by name nor as the group of a user.
fn missing(of: &[Account], from: &[Account]) -> Vec<Account> {
    let groups = from.iter().filter(|account| account.has_own_group());
    let groups = groups.map(|user| (user.name.as_str(), false));
    let known: HashSet<_> = from.iter().map(key).chain(groups).collect();
    let missing = of.iter().filter(|account| !known.contains(&key(account)));
    missing.cloned().collect()
}

fn change(account: &Account, old: &AccountFacts, new: &AccountFacts) -> Option<AccountChange> {
    let number = if account.is_user { "uid" } else { "gid" };
    let values = [
        (number, &old.id, &new.id, "any"),
        ("group", &old.group, &new.group, "one of its name"),
        ("home", &old.home, &new.home, "/"),
        ("shell", &old.shell, &new.shell, "nologin"),
    ];
    let differing = values.into_iter().filter(|(_, old, new, _)| old != new);
    let values = differing.map(|(what, old, new, default)| {
        let said = |value: &Option<String>| value.as_deref().unwrap_or(default).to_owned();
        AccountValue {
            what,
            old: said(old),
            new: said(new),
        }
    });
    let only = |here: &[String], there: &[String]| {
        let only = here.iter().filter(|group| !there.contains(group));
        only.cloned().collect()
    };
    let change = AccountChange {
        name: account.name.clone(),
        is_user: account.is_user,
        values: values.collect(),
        joins: only(&new.groups, &old.groups),
        leaves: only(&old.groups, &new.groups),
    };
    let is_same = change.values.is_empty() && change.joins.is_empty() && change.leaves.is_empty();
    (!is_same).then_some(change)
}
