//! Reads calendar times.

use super::calendar::{Calendar, Component, DAYS, SECOND, Shorthand, Weekdays};
use super::calendar_part::{Part, check, date_bounds, full_year, tidy};
use super::invalid::{Invalid, Reason};
use super::timezone::Timezone;
use super::version::Version;

const LONG_DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// The value of `OnCalendar=`: `Mon..Fri *-*-* 08..17:00:00 Europe/Berlin`, or a name such as
/// `daily`.
///
/// `calendar_spec_from_string()` of calendarspec.c in 219, 239 and v251. 219 knows neither `..`
/// nor `~` nor `@`, neither fractions nor time zones; weekdays in a row are `Mon-Fri` there, which
/// later ones take too. On 219 `*-*-*` without a time and `*:*` without seconds are every second;
/// from v233 on they are midnight and every minute.
///
/// # Errors
/// What this version does not take. A time zone that only some machines know is one.
pub fn calendar(value: &str, version: Version) -> Result<Calendar, Invalid> {
    if value.is_empty() {
        return Err(Invalid::whole(value, Reason::Empty));
    }
    let (text, timezone) = split_timezone(value, version)?;
    let mut reader = Reader {
        text,
        at: 0,
        version,
    };
    let mut calendar = match Shorthand::find(text) {
        Some(shorthand) => shorthand.calendar(),
        None => reader
            .calendar()
            .map_err(|invalid| invalid.instead_if_none(value))?,
    };
    calendar.timezone = timezone;
    Ok(calendar)
}

impl Invalid {
    /// A name that is near, where the whole is one misspelt word.
    fn instead_if_none(self, value: &str) -> Self {
        let names = [
            "minutely",
            "hourly",
            "daily",
            "weekly",
            "monthly",
            "quarterly",
            "yearly",
        ];
        let lower = value.to_ascii_lowercase();
        let near = |name: &&str| strsim::damerau_levenshtein(name, &lower) <= 2;
        let name = names
            .into_iter()
            .find(near)
            .filter(|_| self.instead.is_none());
        match name.filter(|_| lower.len() > 3) {
            Some(name) => Invalid::whole(value, self.reason).instead(name),
            None => self,
        }
    }
}

/// Takes the time zone from the end.
fn split_timezone(value: &str, version: Version) -> Result<(&str, Option<Timezone>), Invalid> {
    let Some((text, last)) = value.rsplit_once(' ') else {
        return Ok((value, None));
    };
    if !last.starts_with(|c: char| c.is_ascii_alphabetic()) || text.is_empty() {
        return Ok((value, None));
    }
    let start = text.len() + 1;
    let wrong = |reason| Err(Invalid::new(start..value.len(), reason));
    let since = |what, since| Reason::CalendarSince { what, since };
    match Timezone::find(last) {
        Some(Timezone::Utc) if !version.has_calendar_utc() => wrong(since("UTC", 228)),
        Some(Timezone::Named(_)) if !version.has_calendar_timezones() => {
            wrong(since("time zones", 235))
        }
        None if is_weekday(last) => Ok((value, None)),
        None => wrong(Reason::Timezone(last.to_owned())),
        found => Ok((text, found)),
    }
}

fn is_weekday(word: &str) -> bool {
    DAYS.iter().any(|day| {
        word.get(..3)
            .is_some_and(|start| start.eq_ignore_ascii_case(day))
    })
}

/// A place in a calendar time.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) version: Version,
}

impl Reader<'_> {
    pub(super) fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    pub(super) fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn take(&mut self, start: &str) -> bool {
        let found = self.rest().starts_with(start);
        self.at += if found { start.len() } else { 0 };
        found
    }

    fn skip_spaces(&mut self) {
        while self.take(" ") {}
    }

    pub(super) fn wrong<T>(&self, reason: Reason) -> Result<T, Invalid> {
        let length = self.next().map_or(0, char::len_utf8);
        Err(Invalid::new(self.at..self.at + length, reason))
    }

    pub(super) fn since<T>(
        &self,
        length: usize,
        what: &'static str,
        since: u16,
    ) -> Result<T, Invalid> {
        let reason = Reason::CalendarSince { what, since };
        Err(Invalid::new(self.at..self.at + length, reason))
    }

    fn calendar(&mut self) -> Result<Calendar, Invalid> {
        let mut calendar = Calendar {
            weekdays: self.weekdays()?,
            ..Calendar::default()
        };
        if self.rest().starts_with('@') {
            if !self.version.has_calendar_ranges() {
                return self.since(1, "timestamps", 233);
            }
            self.at += 1;
            let (number, _) = self.number()?;
            calendar.timestamp = Some(number);
        } else {
            let has_weekdays = self.at > 0;
            self.date(&mut calendar)?;
            self.time(&mut calendar, has_weekdays)?;
        }
        match self.rest().is_empty() {
            true => Ok(calendar),
            false => self.wrong(Reason::Calendar),
        }
    }

    fn weekdays(&mut self) -> Result<Option<Weekdays>, Invalid> {
        let mut days = 0u8;
        let mut from: Option<(usize, usize)> = None;
        loop {
            let start = self.at;
            let Some(day) = self.weekday()? else {
                return match days {
                    0 => Ok(None),
                    _ => self.wrong(Reason::Calendar),
                };
            };
            let (first, range_start) = from.take().unwrap_or((day, start));
            if first > day {
                let list: Vec<_> = (first..7).chain(0..=day).map(|day| DAYS[day]).collect();
                let invalid = Invalid::new(range_start..self.at, Reason::ReversedRange);
                return Err(invalid.instead(list.join(",")));
            }
            days |= (first..=day).fold(0, |days, day| days | 1 << day);
            if self.rest().starts_with("..") {
                if !self.version.has_weekday_dots() {
                    let invalid = self.since::<()>(2, "`..` between weekdays", 231);
                    return invalid.map(|()| None).map_err(|wrong| wrong.instead("-"));
                }
                self.at += 2;
                from = Some((day, start));
            } else if self.take("-") {
                from = Some((day, start));
            } else {
                self.take(",");
            }
            let ends = self.rest().is_empty() || self.rest().starts_with(' ');
            if ends && from.is_some() {
                return self.wrong(Reason::Calendar);
            }
            if ends {
                // 219 takes a comma at the end where a date or a time follows.
                let late = self.text[..self.at].ends_with(',') && self.rest().is_empty();
                if late && !self.version.has_calendar_ranges() {
                    return self.wrong(Reason::Calendar);
                }
                self.skip_spaces();
                let all = days == 0x7f;
                return Ok((!all).then_some(Weekdays(days)));
            }
        }
    }

    /// The weekday that stands here, if one does.
    fn weekday(&mut self) -> Result<Option<usize>, Invalid> {
        let rest = self.rest();
        let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let word = &rest[..length];
        if word.is_empty() {
            return Ok(None);
        }
        let is = |name: &&str| name.eq_ignore_ascii_case(word);
        let found = DAYS.iter().position(is);
        let found = found.or_else(|| LONG_DAYS.iter().position(is));
        let end = rest[length..].chars().next();
        let goes_on = end.is_none_or(|c| matches!(c, '-' | '.' | ',' | ' '));
        if found.is_some() {
            self.at += length;
            return match goes_on {
                true => Ok(found),
                false => self.wrong(Reason::Calendar),
            };
        }
        let near = DAYS.iter().find(|name| {
            word.get(..3)
                .is_some_and(|start| start.eq_ignore_ascii_case(name))
        });
        let range = self.at..self.at + length;
        let reason = Reason::Weekday(word.to_owned());
        Err(Invalid::new(range, reason).instead_if(near.map(ToString::to_string)))
    }

    fn date(&mut self, calendar: &mut Calendar) -> Result<(), Invalid> {
        let start = self.at;
        if self.rest().is_empty() {
            return Ok(());
        }
        let mut parts = vec![(self.chain(false)?, start..self.at)];
        if self.next().is_none_or(|c| c == ':') {
            // It was a time.
            self.at = start;
            return Ok(());
        }
        while self.next().is_some_and(|c| c != ' ') {
            if calendar.end_of_month || parts.len() == 3 {
                return self.wrong(Reason::Calendar);
            }
            calendar.end_of_month = self.date_separator()?;
            let from = self.at;
            parts.push((self.chain(false)?, from..self.at));
        }
        let bounds = date_bounds(calendar.end_of_month);
        let bounds = match parts.as_mut_slice() {
            [_] => return self.wrong(Reason::Calendar),
            [(years, _), _, _] => {
                years.iter_mut().for_each(full_year);
                &bounds[..]
            }
            _ => &bounds[1..],
        };
        for ((part, range), bounds) in parts.iter().zip(bounds) {
            let from_end = calendar.end_of_month && bounds.name == "days";
            check(part, range.clone(), bounds, from_end)?;
        }
        let mut parts = parts.into_iter().rev().map(|(part, _)| tidy(part));
        calendar.days = parts.next().unwrap_or_default();
        calendar.months = parts.next().unwrap_or_default();
        calendar.years = parts.next().unwrap_or_default();
        calendar.end_of_month &= !calendar.days.is_empty();
        self.skip_spaces();
        Ok(())
    }

    /// The `-` or `~` before a part of a date; true for `~`.
    fn date_separator(&mut self) -> Result<bool, Invalid> {
        if self.rest().starts_with('~') {
            if !self.version.has_calendar_ranges() {
                return self.since(1, "days from the end of the month", 233);
            }
            self.at += 1;
            return Ok(true);
        }
        match self.take("-") {
            true => Ok(false),
            false => self.wrong(Reason::Calendar),
        }
    }

    /// `has_weekdays` is true of `Mon-Sun` too, which stands for all.
    fn time(&mut self, calendar: &mut Calendar, has_weekdays: bool) -> Result<(), Invalid> {
        let zero = || vec![Component::single(0)];
        let old = !self.version.has_calendar_ranges();
        if self.rest().is_empty() {
            if !old || !calendar.days.is_empty() || has_weekdays {
                calendar.hours = zero();
                calendar.minutes = zero();
                calendar.microseconds = zero();
            }
            return Ok(());
        }
        calendar.hours = self.time_part("hours", 23)?;
        if !self.take(":") {
            return self.wrong(Reason::Calendar);
        }
        calendar.minutes = self.time_part("minutes", 59)?;
        if self.rest().is_empty() {
            let every_second = old && calendar.minutes.is_empty();
            calendar.microseconds = if every_second { Vec::new() } else { zero() };
            return Ok(());
        }
        if !self.take(":") {
            return self.wrong(Reason::Calendar);
        }
        let start = self.at;
        calendar.microseconds = self.chain(true)?;
        let bounds = Part {
            name: "seconds",
            least: 0,
            most: 60 * SECOND - 1,
        };
        check(&calendar.microseconds, start..self.at, &bounds, false)?;
        calendar.microseconds = tidy(std::mem::take(&mut calendar.microseconds));
        Ok(())
    }

    fn time_part(&mut self, name: &'static str, most: u32) -> Result<Vec<Component>, Invalid> {
        let start = self.at;
        let part = self.chain(false)?;
        let bounds = Part {
            name,
            least: 0,
            most,
        };
        check(&part, start..self.at, &bounds, false)?;
        Ok(tidy(part))
    }
}

#[cfg(test)]
mod tests;
