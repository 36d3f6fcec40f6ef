//! How a run can fail, and what every room's error can say of itself.

use super::diagnostic::Diagnostic;

/// The kinds of failure, each with an exit code of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Findings that are denied: exit 1.
    Denied,
    /// The command line asks for what cannot be: exit 2.
    Usage,
    /// The project or the environment kept us from doing it: exit 3.
    Project,
    /// A defect of cargo ambot itself: exit 70 (`EX_SOFTWARE`).
    Bug,
    /// cargo failed and has said why: exit 101, as cargo's own.
    Cargo,
    /// Ended by a signal, given by its number: exit 128 + number.
    Signal(i32),
}

impl Failure {
    /// The exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Failure::Denied => 1,
            Failure::Usage => 2,
            Failure::Project => 3,
            Failure::Bug => 70,
            Failure::Cargo => 101,
            Failure::Signal(number) => 128u8.saturating_add(u8::try_from(number).unwrap_or(0)),
        }
    }
}

/// What a signal that ended the run is called by people (signal(7)).
pub fn ended_by(signal: i32) -> &'static str {
    match signal {
        1 => "the terminal was closed",
        2 => "interrupted (Ctrl-C)",
        _ => "terminated",
    }
}

/// What an error of a room can say: itself for a person, and the kind of failure that it is.
pub trait Diagnose: std::error::Error {
    /// What, where, and the way out.
    fn diagnostic(&self) -> Diagnostic;

    /// The kind of failure; most are the project's or the environment's.
    fn failure(&self) -> Failure {
        Failure::Project
    }
}

/// The candidate that a misspelt word most likely meant, if any is near enough.
///
/// The measure is Damerau-Levenshtein with at most a third of the word changed, as rustc and
/// cargo do it, and letter case counts for nothing. Of two that are equally near, the one nearest
/// in length is meant. A word that differs only in its digits is another thing and no slip:
/// `el7` is never what `el9` meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let count = word.chars().count();
    let limit = count.max(3) / 3;
    candidates
        .into_iter()
        .map(|candidate| (candidate, candidate.to_lowercase()))
        // It takes as many steps at least, and is far sooner known.
        .filter(|(_, lower)| lower.chars().count().abs_diff(count) <= limit)
        .filter(|(_, lower)| *lower == word || !differ_in_digits_alone(&word, lower))
        .map(|(candidate, lower)| {
            let distance = strsim::damerau_levenshtein(&word, &lower);
            let length = lower.chars().count().abs_diff(count);
            (distance, length, candidate)
        })
        .filter(|(distance, ..)| *distance <= limit)
        .min()
        .map(|(.., candidate)| candidate)
}

fn differ_in_digits_alone(a: &str, b: &str) -> bool {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(|c| !c.is_ascii_digit());
        letters.collect()
    };
    letters(a) == letters(b)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn nearest_finds_typos_and_case_but_not_strangers() {
        let keys = ["targets", "services", "release", "User"];
        assert_eq!(nearest("target", keys), Some("targets"));
        assert_eq!(nearest("user", keys), Some("User"));
        assert_eq!(nearest("serivces", keys), Some("services"));
        assert_eq!(nearest("banana", keys), None);
    }

    #[test]
    fn another_number_is_no_slip() {
        assert_eq!(nearest("el9", ["el7", "el8"]), None);
        assert_eq!(nearest("cenots7", ["centos7", "centos8"]), Some("centos7"));
    }

    #[test]
    fn of_two_equally_near_the_one_of_the_same_length_is_meant() {
        assert_eq!(nearest("targest", ["target", "targets"]), Some("targets"));
    }
}
