//! The users and groups of a package: declared, and needed by its units.

use crate::adapt::Needs;
use crate::contents::{Accounts, Entry, TmpfilesLine, account_warnings};
use crate::lint::{PackageFacts, UnitSet};
use crate::package::PackageName;
use crate::project::Settings;
use crate::report::Diagnostic;
use crate::target::TargetName;
use crate::unit::{Dialect, ServiceUnit};

/// All that the package creates.
pub(super) fn created(settings: &Settings, package: &PackageName, needs: &Needs) -> Accounts {
    let mut accounts = Accounts::declared(settings, package.as_str());
    for user in &needs.users {
        accounts.add_service_user(&user.name, package.as_str());
    }
    accounts
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
