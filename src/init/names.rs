//! What things are called that nobody has named yet.

use crate::project::{Package, is_account_name};

/// The longest name of an account that every target takes.
const LONGEST_ACCOUNT: usize = 31;

/// The binary that is the service: `default-run`, the one that is called as the package, else the
/// first.
pub(super) fn service_binary(package: &Package) -> Option<&str> {
    let named = package.default_run.as_ref();
    let same = package.binaries.iter().find(|name| **name == package.name);
    let name = named.or(same).or(package.binaries.first());
    name.map(String::as_str)
}

/// The account that is called as a service is, as far as accounts may be called so.
pub(super) fn account(service: &str) -> String {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    let mut name: String = service.to_lowercase();
    name.retain(allowed);
    name.truncate(LONGEST_ACCOUNT);
    match is_account_name(&name) {
        true => name,
        false => "service".to_owned(),
    }
}

/// Whether a package is a tool that people start: cargo's own words for it, and names of cargo's
/// commands.
pub(super) fn is_tool(package: &Package, binary: &str) -> bool {
    const TOOLS: [&str; 2] = ["command-line-utilities", "development-tools::"];
    let says = |category: &String| TOOLS.iter().any(|tool| category.starts_with(tool));
    package.categories.iter().any(says) || binary.starts_with("cargo-")
}

#[cfg(test)]
mod tests {
    #[test]
    fn accounts_are_called_as_services_where_they_may_be() {
        let accounts = [
            "hello",
            "Hello.World",
            "9p",
            "a-very-long-name-that-no-system-takes",
        ];
        let accounts = accounts.map(super::account);
        assert_eq!(
            accounts,
            [
                "hello",
                "helloworld",
                "service",
                "a-very-long-name-that-no-system"
            ]
        );
    }
}
