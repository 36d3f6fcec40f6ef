//! The users and groups of a package: declared, and needed by its units.

use super::CheckedPart;
use crate::contents::{Accounts, Entry, TmpfilesLine, User, account_warnings};
use crate::lint::{PackageFacts, UnitSet};
use crate::report::Diagnostic;
use crate::target::TargetName;
use crate::unit::{Dialect, ServiceUnit};

/// Gives each RPM what its settings declare and its units need. A user that the units of one RPM
/// need and another RPM declares is created as it is declared, whichever is installed first.
pub(super) fn create(parts: &mut [CheckedPart]) {
    let declared = |part: &CheckedPart| Accounts::declared(&part.settings, part.rpm_name.as_str());
    let all: Vec<Accounts> = parts.iter().map(declared).collect();
    for (part, own) in parts.iter_mut().zip(&all) {
        part.accounts = own.clone();
        for user in &part.needs.users {
            let mut elsewhere = all.iter().filter(|other| other.has_user(&user.name));
            match elsewhere.next() {
                Some(other) if !own.has_user(&user.name) => {
                    take_over(&mut part.accounts, other, &user.name);
                }
                _ => part
                    .accounts
                    .add_service_user(&user.name, part.rpm_name.as_str()),
            }
        }
    }
}

/// A user as another RPM declares it, with the groups of that one which it is in.
fn take_over(accounts: &mut Accounts, from: &Accounts, name: &str) {
    for user in from.users.iter().filter(|user| user.name == name) {
        for group in &from.groups {
            let is_in = group.name == user.group || user.groups.contains(&group.name);
            if is_in && !accounts.has_group(&group.name) {
                accounts.groups.push(group.clone());
            }
        }
        accounts.users.push(user.clone());
    }
}

/// What all RPMs create together, and their lines for systemd-tmpfiles.
pub(super) fn of_all(parts: &[CheckedPart]) -> (Accounts, Vec<TmpfilesLine>) {
    let mut all = Accounts::default();
    let mut lines = Vec::new();
    for part in parts {
        let is_new = |user: &&User| !all.users.iter().any(|known| known.name == user.name);
        let users: Vec<User> = part.accounts.users.iter().filter(is_new).cloned().collect();
        all.users.extend(users);
        all.groups.extend(part.accounts.groups.iter().cloned());
        lines.extend(part.tmpfiles.iter().cloned());
    }
    (all, lines)
}

/// What is odd about them, and no reason not to make the package.
pub(super) fn warnings(
    accounts: &Accounts,
    contents: &[Entry],
    tmpfiles: &[TmpfilesLine],
    units: &[ServiceUnit],
    target: &TargetName,
) -> Vec<Diagnostic> {
    let dialect = Dialect::of(target.profile());
    let read = units.iter().map(|unit| unit.file.as_read_by(dialect));
    let units = UnitSet::new(read.collect(), target.profile());
    account_warnings(accounts, contents, tmpfiles, units.created_folders())
}

/// Tells the rules of them, and of the folders that systemd-tmpfiles makes.
pub(super) fn tell(accounts: &Accounts, tmpfiles: &[TmpfilesLine], facts: &mut PackageFacts) {
    let owned = |names: &mut dyn Iterator<Item = &str>| names.map(str::to_owned).collect();
    facts.users = owned(&mut accounts.user_names());
    facts.groups = owned(&mut accounts.group_names());
    let folders = tmpfiles.iter().filter(|line| line.makes_folder());
    facts.folders.extend(folders.map(|line| line.path.clone()));
}
