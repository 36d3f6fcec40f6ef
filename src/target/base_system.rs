//! What every target has after its smallest installation: programs, accounts, folders.
//!
//! The lists are under `base/`, each with its source. They answer whether something that a package
//! names and does not bring is there all the same; another package may bring it, too.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The folder of each program, by its name.
static PROGRAMS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let rows = include_str!("base/programs.tsv")
        .lines()
        .filter_map(|line| {
            let mut fields = line.split('\t').skip(1);
            Some((fields.next()?, fields.next()?))
        });
    rows.filter(|(folder, _)| folder.starts_with('/'))
        .flat_map(|(folder, names)| names.split(' ').map(move |name| (name, folder)))
        .collect()
});
static PATHS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| words(include_str!("base/paths.txt")).collect());
static ACCOUNTS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let lines = include_str!("base/accounts.tsv").lines();
    lines.filter_map(|line| line.split_once('\t')).collect()
});

/// The folders in which programs are found by their name alone.
const PROGRAM_FOLDERS: [&str; 2] = ["/usr/bin", "/usr/sbin"];

fn words(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter(|line| !line.starts_with("# "));
    lines.flat_map(str::split_ascii_whitespace)
}

/// A path as it is after `/bin`, `/sbin`, `/lib` and `/lib64` became links into `/usr`, which they
/// are on every target; without a slash at its end.
pub fn merged_path(path: &str) -> String {
    let trimmed = path.trim_end_matches('/');
    let top = trimmed
        .get(1..)
        .and_then(|rest| rest.split('/').next())
        .unwrap_or_default();
    if ["bin", "sbin", "lib", "lib64"].contains(&top) {
        return format!("/usr{trimmed}");
    }
    if trimmed.is_empty() { path } else { trimmed }.to_owned()
}

/// Whether the base system has this program, given by its path or by its name alone.
pub fn has_program(program: &str) -> bool {
    let path = merged_path(program);
    match path.rsplit_once('/') {
        Some((folder, name)) => PROGRAM_FOLDERS.contains(&folder) && PROGRAMS.contains_key(name),
        None => PROGRAMS.contains_key(path.as_str()),
    }
}

/// Where a program of the base system lies, by its name alone.
pub fn program_path(name: &str) -> Option<String> {
    let folder = PROGRAMS.get(name)?;
    Some(format!("{folder}/{name}"))
}

/// Whether the base system has this folder or file.
pub fn has_path(path: &str) -> bool {
    let merged = merged_path(path);
    PATHS.contains(merged.as_str()) || PATHS.contains(path.trim_end_matches('/'))
}

/// Whether the base system has this user.
pub fn has_user(name: &str) -> bool {
    has_account(name, "user")
}

/// Whether the base system has this group.
pub fn has_group(name: &str) -> bool {
    has_account(name, "group")
}

fn has_account(name: &str, wanted: &str) -> bool {
    let is = |(known, kind): &(&str, &str)| *known == name && (*kind == wanted || *kind == "both");
    ACCOUNTS.iter().any(is)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_path_and_by_name() {
        for there in ["/bin/sh", "/usr/bin/bash", "/sbin/ip", "env", "/usr/bin/["] {
            assert!(has_program(there), "{there}");
        }
        for other in [
            "/usr/bin/hello",
            "/opt/bin/sh",
            "/usr/local/bin/sh",
            "hello",
            "",
        ] {
            assert!(!has_program(other), "{other}");
        }
    }

    #[test]
    fn a_program_is_there_once_and_has_its_folder() {
        let rows = include_str!("base/programs.tsv").lines();
        let rows = rows.filter(|line| !line.starts_with('#')).skip(1);
        let names = rows.flat_map(|row| row.split('\t').nth(2).unwrap().split(' '));
        assert_eq!(names.count(), PROGRAMS.len());
        let folders = PROGRAMS.values();
        assert!(
            folders
                .into_iter()
                .all(|folder| PROGRAM_FOLDERS.contains(folder))
        );
        assert_eq!(program_path("rm").unwrap(), "/usr/bin/rm");
        assert_eq!(program_path("ip").unwrap(), "/usr/sbin/ip");
        assert_eq!(program_path("hello"), None);
        assert_eq!(program_path("names"), None, "the head of the table");
    }

    #[test]
    fn folders_are_known_under_both_their_names() {
        for there in [
            "/",
            "/var/lib/",
            "/bin",
            "/usr/bin",
            "/lib64",
            "/etc/passwd",
        ] {
            assert!(has_path(there), "{there}");
        }
        assert!(!has_path("/var/lib/hello") && !has_path("var"));
    }

    #[test]
    fn a_user_is_not_always_a_group() {
        assert!(has_user("nobody") && has_group("nobody"));
        assert!(has_group("wheel") && !has_user("wheel"));
        assert!(!has_group("nogroup"), "that is Debian's");
        assert!(!has_user("name"), "the head of the table is no user");
    }

    #[test]
    fn paths_go_through_the_links_of_the_root() {
        assert_eq!(merged_path("/bin/sh"), "/usr/bin/sh");
        assert_eq!(merged_path("/binary"), "/binary");
        assert_eq!(merged_path("/var/lib/"), "/var/lib");
        assert_eq!(merged_path("/"), "/");
    }
}
