//! Signals.

use super::digits::number;
use super::invalid::{Invalid, Reason};
use super::version::Version;
use std::fmt;

/// Names and numbers on all of x86-64, aarch64 and ppc64le (signal(7)), without `SIG`;
/// `__signal_table` of util.c in 219 and signal-util.c later.
const NAMES: [(&str, u8); 31] = [
    ("HUP", 1),
    ("INT", 2),
    ("QUIT", 3),
    ("ILL", 4),
    ("TRAP", 5),
    ("ABRT", 6),
    ("BUS", 7),
    ("FPE", 8),
    ("KILL", 9),
    ("USR1", 10),
    ("SEGV", 11),
    ("USR2", 12),
    ("PIPE", 13),
    ("ALRM", 14),
    ("TERM", 15),
    ("STKFLT", 16),
    ("CHLD", 17),
    ("CONT", 18),
    ("STOP", 19),
    ("TSTP", 20),
    ("TTIN", 21),
    ("TTOU", 22),
    ("URG", 23),
    ("XCPU", 24),
    ("XFSZ", 25),
    ("VTALRM", 26),
    ("PROF", 27),
    ("WINCH", 28),
    ("IO", 29),
    ("PWR", 30),
    ("SYS", 31),
];

/// The real-time signals of glibc, which keeps 32 and 33 to itself.
const RTMIN: i128 = 34;
const RTMAX: i128 = 64;

/// A signal by its number, 1 to 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signal(u8);

impl Signal {
    /// The number.
    pub fn number(self) -> u8 {
        self.0
    }

    fn from_number(number: i128) -> Option<Self> {
        let number = u8::try_from(number).ok()?;
        (1..=64).contains(&number).then_some(Signal(number))
    }
}

/// As all versions read it: `SIGTERM`, `RTMIN+3`, or a number.
impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(_, number)| *number == self.0) {
            Some((name, _)) => write!(f, "SIG{name}"),
            None if i128::from(self.0) >= RTMIN => {
                write!(f, "RTMIN+{}", i128::from(self.0) - RTMIN)
            }
            None => write!(f, "{}", self.0),
        }
    }
}

/// A signal: its name in capitals, with or without `SIG`, its number, `RTMIN+n`, and in later
/// versions `RTMIN`, `RTMAX` and `RTMAX-n`.
///
/// `signal_from_string_try_harder()` of util.c in 219, which takes `SIG15` too;
/// `signal_from_string()` of signal-util.c in 239.
///
/// # Errors
/// What is none.
pub fn signal(value: &str, version: Version) -> Result<Signal, Invalid> {
    if value.is_empty() {
        return Err(Invalid::whole(value, Reason::Empty));
    }
    let found = match version.has_rtmax() {
        true => read(value, version),
        false => read_219(value, version).or_else(|| read_219(value.strip_prefix("SIG")?, version)),
    };
    found.ok_or_else(|| {
        let reason = Reason::Signal(value.to_owned());
        Invalid::whole(value, reason).instead_if(nearest(value, version))
    })
}

fn by_name(name: &str) -> Option<Signal> {
    let known = NAMES.iter().find(|(known, _)| *known == name);
    known.map(|(_, number)| Signal(*number))
}

fn read(value: &str, version: Version) -> Option<Signal> {
    if let Ok(number) = number(value, version) {
        return Signal::from_number(number);
    }
    let name = value.strip_prefix("SIG").unwrap_or(value);
    let offset = |rest: &str| match rest.is_empty() {
        true => Some(0),
        false => number(rest, version).ok(),
    };
    if let Some(rest) = name.strip_prefix("RTMIN") {
        let up = rest.is_empty() || rest.starts_with('+');
        let number = RTMIN + offset(rest).filter(|_| up)?;
        return Signal::from_number(number).filter(|_| number <= RTMAX);
    }
    if let Some(rest) = name.strip_prefix("RTMAX") {
        let down = rest.is_empty() || rest.starts_with('-');
        let number = RTMAX + offset(rest).filter(|_| down)?;
        return Signal::from_number(number).filter(|_| number >= RTMIN);
    }
    by_name(name)
}

fn read_219(value: &str, version: Version) -> Option<Signal> {
    let (offset, digits) = match value.strip_prefix("RTMIN+") {
        Some(rest) => (RTMIN, rest),
        None => (0, value),
    };
    by_name(value).or_else(|| {
        let number = number(digits, version).ok().filter(|number| *number >= 0)?;
        Signal::from_number(number + offset)
    })
}

fn nearest(value: &str, version: Version) -> Option<String> {
    let upper = value.to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    if version.has_rtmax() {
        if let Ok(number) = number(name, version) {
            return Signal::from_number(number).map(|signal| signal.to_string());
        }
    } else if let Some(signal) = read(name, Version::V239) {
        return Some(signal.to_string());
    }
    let distance =
        |(known, number): &(&str, u8)| (strsim::damerau_levenshtein(known, name), *number);
    let (_, number) = NAMES.iter().min_by_key(|known| distance(known))?;
    let near = NAMES
        .iter()
        .any(|known| distance(known).0 <= 1 && known.1 == *number);
    near.then(|| Signal(*number).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn numbers(value: &str) -> (Option<u8>, Option<u8>) {
        let at = |version| signal(value, version).ok().map(Signal::number);
        (at(Version::V219), at(Version::V239))
    }

    #[test]
    fn names_and_numbers() {
        for (value, expected) in [
            ("SIGTERM", (Some(15), Some(15))),
            ("KILL", (Some(9), Some(9))),
            ("0x0f", (Some(15), Some(15))),
            ("64", (Some(64), Some(64))),
            ("65", (None, None)),
            ("0", (None, None)),
            ("-1", (None, None)),
            ("sigterm", (None, None)),
            ("", (None, None)),
            ("RTMIN+3", (Some(37), Some(37))),
            ("SIGRTMIN+3", (Some(37), Some(37))),
            ("RTMIN+31", (None, None)),
            ("RTMIN", (None, Some(34))),
            ("RTMAX-1", (None, Some(63))),
            ("RTMAX+1", (None, None)),
            ("SIG15", (Some(15), None)),
        ] {
            assert_eq!(numbers(value), expected, "{value}");
        }
    }

    #[test]
    fn the_nearest_is_told() {
        let instead = |value, version| signal(value, version).unwrap_err().instead;
        assert_eq!(
            instead("sigterm", Version::V219).as_deref(),
            Some("SIGTERM")
        );
        assert_eq!(instead("SIGKIL", Version::V239).as_deref(), Some("SIGKILL"));
        assert_eq!(instead("SIG15", Version::V239).as_deref(), Some("SIGTERM"));
        assert_eq!(instead("RTMAX", Version::V219).as_deref(), Some("RTMIN+30"));
        assert_eq!(instead("everything", Version::V219), None);
    }

    proptest! {
        #[test]
        fn a_written_signal_is_read_back(number in 1i128..=64) {
            let expected = Signal::from_number(number).unwrap();
            for version in [Version::V219, Version::V239, Version::new(252)] {
                prop_assert_eq!(signal(&expected.to_string(), version), Ok(expected));
            }
        }

        #[test]
        fn nothing_panics(value in "(SIG)?(RTMIN|RTMAX)?[-+0-9A-Zü]{0,9}") {
            let _ = signal(&value, Version::V219);
            let _ = signal(&value, Version::V239);
        }
    }
}
