//! What becomes of accounts: rpm and systemd-sysusers make those that are not there, and change none
//! but for the groups that a user joins (sysusers.d(5)).

use super::{About, Effects, listed};
use crate::inspect::Account;
use crate::inspect::diff::{AccountChange, AccountChanges};
use crate::rpm::visible;

pub(super) fn tell(accounts: &AccountChanges, effects: &mut Effects) {
    let about = About::Accounts;
    for account in &accounts.removed {
        let text = format!(
            "the {} is no longer made by the package; rpm leaves it where it is",
            named(account.is_user, &account.name)
        );
        effects.attention(about, text);
    }
    for change in &accounts.changed {
        changed(change, effects);
    }
    for Account { name, is_user, .. } in &accounts.added {
        effects.note(about, format!("the {} is made", named(*is_user, name)));
    }
}

fn named(is_user: bool, name: &str) -> String {
    let kind = if is_user { "user" } else { "group" };
    format!("{kind} {}", visible(name))
}

fn changed(change: &AccountChange, effects: &mut Effects) {
    let name = named(change.is_user, &change.name);
    let values = change.values.iter().map(|value| {
        let (old, new) = (visible(&value.old), visible(&value.new));
        format!("{} {new} instead of {old}", value.what)
    });
    let values: Vec<String> = values.collect();
    if !values.is_empty() {
        let text = format!(
            "the {name} is made with {}: rpm never changes an account that is there",
            values.join(", ")
        );
        effects.attention(About::Accounts, text);
    }
    if !change.joins.is_empty() {
        let text = format!(
            "the {name} joins {}, also where it is there",
            listed(&change.joins)
        );
        effects.attention(About::Accounts, text);
    }
    if !change.leaves.is_empty() {
        let text = format!(
            "the {name} no longer joins {}: where it has, it stays in",
            listed(&change.leaves)
        );
        effects.attention(About::Accounts, text);
    }
}
