//! Errors of the system, by name or number.

use super::digits::number;
use super::invalid::{Invalid, Reason};
use super::version::Version;

const NAMES: &str = include_str!("data/errors.txt");

/// What a system call that is not allowed gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The process is killed.
    Kill,
    /// The call fails with an error that has a name, or a number from 1 to 4095.
    Fails,
}

/// The error of `SystemCallErrorNumber=`: a name or a number, or `kill` since v247.
///
/// `config_parse_syscall_errno()` of load-fragment.c and `parse_errno()` of parse-util.c. 219 takes
/// names alone; of anything else it makes `kill`, without a word (seen on the real 219).
///
/// # Errors
/// What is no error.
pub fn call_error(value: &str, version: Version) -> Result<CallError, Invalid> {
    let kill = value == "kill" && version.kills_by_name();
    match kill {
        true => Ok(CallError::Kill),
        false => match error_number(value, version) {
            Some(0) | None => Err(unknown(value)),
            Some(_) => Ok(CallError::Fails),
        },
    }
}

/// The number of an error, 1 standing for all that have a name.
pub(super) fn error_number(text: &str, version: Version) -> Option<u16> {
    let is_name = NAMES
        .lines()
        .any(|name| !name.starts_with('#') && name.eq_ignore_ascii_case(text));
    if is_name {
        return Some(1);
    }
    let by_number = number(text, version).ok();
    let by_number = by_number.filter(|_| version > Version::V219);
    u16::try_from(by_number?).ok().filter(|n| *n <= 4095)
}

fn unknown(value: &str) -> Invalid {
    let full = format!("E{}", value.to_ascii_uppercase());
    let near = NAMES.lines().any(|name| name == full).then_some(full);
    Invalid::whole(value, Reason::ErrorNumber(value.to_owned())).instead_if(near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_numbers_and_kill() {
        let takes = |value: &str, number| call_error(value, Version::new(number)).is_ok();
        for value in ["EPERM", "eacces", "EWOULDBLOCK", "EHWPOISON"] {
            assert_eq!(
                [219, 239, 252].map(|n| takes(value, n)),
                [true; 3],
                "{value}"
            );
        }
        for value in ["PERM", "EFOO", "0", "4096", "-1", "KILL", "EPERM EIO", "# "] {
            assert_eq!(
                [219, 239, 252].map(|n| takes(value, n)),
                [false; 3],
                "{value}"
            );
        }
        assert_eq!([219, 239, 252].map(|n| takes("1", n)), [false, true, true]);
        assert_eq!(
            [219, 239, 252].map(|n| takes("kill", n)),
            [false, false, true]
        );
        let near = call_error("perm", Version::V239).unwrap_err();
        assert_eq!(near.instead.as_deref(), Some("EPERM"));
    }

    proptest! {
        #[test]
        fn numbers_up_to_the_largest_are_taken(number in 1u16..6000) {
            let taken = call_error(&number.to_string(), Version::V239).is_ok();
            prop_assert_eq!(taken, number <= 4095);
        }
    }
}
