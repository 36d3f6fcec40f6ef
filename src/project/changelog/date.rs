//! A day of the calendar.

use std::fmt;

/// A day from 1970 to 2105, the years whose seconds fit the 32 bits of a changelog's times.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u32,
    month: u32,
    day: u32,
}

impl Date {
    /// Reads `2026-01-31`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let is_form = bytes.len() == 10
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !is_form {
            return None;
        }
        let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u32>().ok();
        let date = Date {
            year: number(0..4)?,
            month: number(5..7)?,
            day: number(8..10)?,
        };
        let is_day = (1970..=2105).contains(&date.year)
            && (1..=12).contains(&date.month)
            && (1..=days_in(date.year, date.month)).contains(&date.day);
        is_day.then_some(date)
    }

    /// The first day that is written in a text.
    pub(super) fn within(text: &str) -> Option<Self> {
        (0..text.len()).find_map(|at| Self::parse(text.get(at..at + 10)?))
    }

    /// Seconds from 1970 to its noon in UTC: what rpmbuild gives an entry of `%changelog`, so that
    /// it is the same day in every zone (rpm 4.14, `dateToTimet` in `build/parseChangelog.c`).
    pub fn noon(self) -> u32 {
        let years = (1970..self.year).map(|year| if is_leap(year) { 366 } else { 365 });
        let months = (1..self.month).map(|month| days_in(self.year, month));
        let days: u32 = years.chain(months).sum::<u32>() + self.day - 1;
        days * 86_400 + 43_200
    }
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seconds are those of `date -u -d DAY\ 12:00 +%s`.
    #[test]
    fn noon_is_the_same_as_the_system_has_it() {
        for (day, seconds) in [
            ("1970-01-01", 43_200),
            ("2000-02-29", 951_825_600),
            ("2024-12-31", 1_735_646_400),
            ("2026-01-31", 1_769_860_800),
            ("2105-12-31", 4_291_704_000),
        ] {
            assert_eq!(Date::parse(day).unwrap().noon(), seconds, "{day}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in [
            "2025-02-29",
            "2025-13-01",
            "2025-1-01",
            "1969-12-31",
            "2025-00-10",
            "20250101ab",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert_eq!(Date::within("– (2025-03-01)"), Date::parse("2025-03-01"));
        assert_eq!(Date::within("ä2025-3-1"), None);
    }
}
