//! Exit statuses and signals, as in `SuccessExitStatus=`.

use super::digits::number;
use super::invalid::{Invalid, Reason};
use super::list::List;
use super::signal::{Signal, signal};
use super::version::Version;

/// The version that knows names.
const NAMED_SINCE: u16 = 243;

/// The names, their statuses and the versions that they came with: `exit_status_mappings` of
/// exit-status.c, v243 to v251. 223 and 234 are not in use.
const NAMES: [(&str, u8, u16); 67] = [
    ("SUCCESS", 0, 243),
    ("FAILURE", 1, 243),
    ("INVALIDARGUMENT", 2, 243),
    ("NOTIMPLEMENTED", 3, 243),
    ("NOPERMISSION", 4, 243),
    ("NOTINSTALLED", 5, 243),
    ("NOTCONFIGURED", 6, 243),
    ("NOTRUNNING", 7, 243),
    ("USAGE", 64, 243),
    ("DATAERR", 65, 243),
    ("NOINPUT", 66, 243),
    ("NOUSER", 67, 243),
    ("NOHOST", 68, 243),
    ("UNAVAILABLE", 69, 243),
    ("SOFTWARE", 70, 243),
    ("OSERR", 71, 243),
    ("OSFILE", 72, 243),
    ("CANTCREAT", 73, 243),
    ("IOERR", 74, 243),
    ("TEMPFAIL", 75, 243),
    ("PROTOCOL", 76, 243),
    ("NOPERM", 77, 243),
    ("CONFIG", 78, 243),
    ("CHDIR", 200, 243),
    ("NICE", 201, 243),
    ("FDS", 202, 243),
    ("EXEC", 203, 243),
    ("MEMORY", 204, 243),
    ("LIMITS", 205, 243),
    ("OOM_ADJUST", 206, 243),
    ("SIGNAL_MASK", 207, 243),
    ("STDIN", 208, 243),
    ("STDOUT", 209, 243),
    ("CHROOT", 210, 243),
    ("IOPRIO", 211, 243),
    ("TIMERSLACK", 212, 243),
    ("SECUREBITS", 213, 243),
    ("SETSCHEDULER", 214, 243),
    ("CPUAFFINITY", 215, 243),
    ("GROUP", 216, 243),
    ("USER", 217, 243),
    ("CAPABILITIES", 218, 243),
    ("CGROUP", 219, 243),
    ("SETSID", 220, 243),
    ("CONFIRM", 221, 243),
    ("STDERR", 222, 243),
    ("PAM", 224, 243),
    ("NETWORK", 225, 243),
    ("NAMESPACE", 226, 243),
    ("NO_NEW_PRIVILEGES", 227, 243),
    ("SECCOMP", 228, 243),
    ("SELINUX_CONTEXT", 229, 243),
    ("PERSONALITY", 230, 243),
    ("APPARMOR", 231, 243),
    ("ADDRESS_FAMILIES", 232, 243),
    ("RUNTIME_DIRECTORY", 233, 243),
    ("CHOWN", 235, 243),
    ("SMACK_PROCESS_LABEL", 236, 243),
    ("KEYRING", 237, 243),
    ("STATE_DIRECTORY", 238, 243),
    ("CACHE_DIRECTORY", 239, 243),
    ("LOGS_DIRECTORY", 240, 243),
    ("CONFIGURATION_DIRECTORY", 241, 243),
    ("NUMA_POLICY", 242, 243),
    ("CREDENTIALS", 243, 247),
    ("BPF", 244, 250),
    ("EXCEPTION", 255, 243),
];

/// How a process can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExitStatus {
    /// With this status.
    Code(u8),
    /// By this signal.
    Signal(Signal),
}

/// The list of `SuccessExitStatus=` and its kin: numbers are statuses, names signals or, from v243
/// on, statuses first.
///
/// `config_parse_set_status()` of load-fragment.c; a word that is none is passed over.
pub fn exit_statuses(value: &str, version: Version) -> List<ExitStatus> {
    let mut list = List::default();
    for word in value
        .split([' ', '\t', '\n', '\r'])
        .filter(|word| !word.is_empty())
    {
        let start = word.as_ptr().addr() - value.as_ptr().addr();
        list.add(exit_status(word, version).map_err(|invalid| invalid.moved(start)));
    }
    list
}

/// One word of such a list.
///
/// # Errors
/// What is neither a status nor a signal.
pub fn exit_status(word: &str, version: Version) -> Result<ExitStatus, Invalid> {
    if let Ok(number) = number(word, version) {
        let (least, most) = (0, 255);
        return u8::try_from(number)
            .map(ExitStatus::Code)
            .map_err(|_| Invalid::whole(word, Reason::OutOfRange { least, most }));
    }
    let named = NAMES.iter().find(|(name, ..)| *name == word);
    if let Some((_, status, since)) = named {
        if version.names_exit_statuses() && version.number() >= *since {
            return Ok(ExitStatus::Code(*status));
        }
        let since = (*since).max(NAMED_SINCE);
        let invalid = Invalid::whole(word, Reason::ExitStatusName(since));
        return Err(invalid.instead(status.to_string()));
    }
    signal(word, version)
        .map(ExitStatus::Signal)
        .map_err(|wrong| {
            let upper = word.to_ascii_uppercase();
            let status = NAMES.iter().find(|(name, ..)| *name == upper);
            let instead = wrong.instead.or_else(|| Some(status?.1.to_string()));
            Invalid::whole(word, Reason::ExitStatus(word.to_owned())).instead_if(instead)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Seen on 219, 239 and 252.
    #[test]
    fn names_of_statuses_came_late() {
        let value = "FAILURE 0x10 SIGKILL 256 TERM";
        let list = exit_statuses(value, Version::V239);
        let kill = ExitStatus::Signal(signal("KILL", Version::V239).unwrap());
        let term = ExitStatus::Signal(signal("TERM", Version::V239).unwrap());
        assert_eq!(list.items, [ExitStatus::Code(16), kill, term]);
        let problems: Vec<_> = list
            .problems
            .iter()
            .map(|p| &value[p.range.clone()])
            .collect();
        assert_eq!(problems, ["FAILURE", "256"]);
        assert_eq!(list.problems[0].instead.as_deref(), Some("1"));
        let list = exit_statuses("FAILURE", Version::new(252));
        assert_eq!(list.items, [ExitStatus::Code(1)]);
    }

    #[test]
    fn some_names_came_later_still() {
        let wrong = exit_status("BPF", Version::new(249)).unwrap_err();
        assert_eq!(wrong.reason, Reason::ExitStatusName(250));
        assert!(exit_status("BPF", Version::new(250)).is_ok());
        assert!(exit_status("success", Version::new(252)).is_err());
        assert!(exit_statuses("", Version::V219).is_valid());
    }

    proptest! {
        #[test]
        fn nothing_panics(value in "[0-9A-Zx ü\t_-]{0,24}") {
            let list = exit_statuses(&value, Version::new(252));
            for problem in list.problems {
                prop_assert!(value.get(problem.range).is_some());
            }
        }
    }
}
