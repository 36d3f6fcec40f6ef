//! Names of users and groups.

use super::invalid::{Invalid, Reason};
use super::specifier::is_templated;
use super::version::Version;

/// The name or number of a user or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserName {
    /// A number.
    Id(u32),
    /// A name; not `portable` where other programs may not take it: a letter or `_` first, then
    /// letters, digits, `_` and `-`, 31 at most (user-util.c, strict mode).
    Name {
        /// The name.
        name: String,
        /// Whether it keeps to the narrow rules.
        portable: bool,
    },
    /// Something with a specifier in it, that only systemd can tell.
    Templated,
}

/// The value of `User=` or `Group=`, which 219 does not look at before it starts the service
/// (`config_parse_unit_string_printf()` there); 239 and later refuse the unit.
///
/// `valid_user_group_name()` of user-util.c in 239 and v251: no control characters, no `:` and no
/// `/`, no blank at either end, no number that is none, not `.` or `..`; v232 to v245 took the
/// narrow rules alone.
///
/// # Errors
/// What systemd refuses.
pub fn user_or_group_name(value: &str, version: Version) -> Result<UserName, Invalid> {
    if value.is_empty() {
        return Err(Invalid::whole(value, Reason::Empty));
    }
    if is_templated(value) {
        return Ok(UserName::Templated);
    }
    let name = value.replace("%%", "%");
    if let Some(id) = parse_id(&name) {
        return Ok(UserName::Id(id));
    }
    let portable = is_portable(&name);
    let wrong = match version.has_relaxed_user_names() {
        true => wrong_name(&name),
        false if portable => None,
        false => {
            Some("systemd takes letters, digits, `_` and `-` in a name, a letter or `_` first")
        }
    };
    match wrong.filter(|_| version.checks_user_names()) {
        Some(wrong) => Err(Invalid::whole(value, Reason::UserName(wrong))),
        None => Ok(UserName::Name { name, portable }),
    }
}

/// `parse_uid()`: decimal without a sign or zeros before it; 65535 and 4294967295 are no ids.
fn parse_id(name: &str) -> Option<u32> {
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
    let has_zeros = name.len() > 1 && name.starts_with('0');
    let id = name.parse().ok().filter(|_| is_number && !has_zeros)?;
    (id != u32::MAX && id != 0xffff).then_some(id)
}

fn is_portable(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    let other = |c: char| letter(c) || c.is_ascii_digit() || c == '-';
    name.starts_with(letter) && name.chars().all(other) && name.len() <= 31
}

fn wrong_name(name: &str) -> Option<&'static str> {
    let digits = name.strip_prefix('-').unwrap_or(name);
    if name.starts_with(' ') || name.ends_with(' ') {
        Some("a name neither starts nor ends with a blank")
    } else if name.chars().any(|c| c.is_ascii_control()) {
        Some("a name has no control characters")
    } else if name.contains([':', '/']) {
        Some("a name has neither `:` nor `/`")
    } else if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Some("it is no number of a user or a group")
    } else if matches!(name, "." | "..") {
        Some("a name is not `.` or `..`")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(name: &str, portable: bool) -> Result<UserName, Invalid> {
        let name = name.to_owned();
        Ok(UserName::Name { name, portable })
    }

    #[test]
    fn names_and_numbers() {
        let read = |value| user_or_group_name(value, Version::V239);
        assert_eq!(read("www-data"), name("www-data", true));
        assert_eq!(read("first.last"), name("first.last", false));
        assert_eq!(read("0"), Ok(UserName::Id(0)));
        assert_eq!(read("%i"), Ok(UserName::Templated));
        for wrong in [
            "",
            "a/b",
            "a:b",
            "65535",
            "4294967295",
            "007",
            "-1",
            "..",
            "a\tb",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_versions_differ_in_what_they_look_at() {
        assert_eq!(user_or_group_name("a/b", Version::V219), name("a/b", false));
        assert!(user_or_group_name("first.last", Version::new(235)).is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(value: String) {
            let _ = user_or_group_name(&value, Version::V239);
        }
    }
}
