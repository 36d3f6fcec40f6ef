//! Calendar times, as systemd keeps them.

use super::invalid::Reason;
use super::timezone::Timezone;
use super::version::Version;
use std::fmt;

pub(super) const SECOND: u32 = 1_000_000;

/// The moments that a calendar time stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// The days of the week; `None` for all.
    pub weekdays: Option<Weekdays>,
    /// The years; none stands for all, as in the other parts.
    pub years: Vec<Component>,
    /// The months, 1 to 12.
    pub months: Vec<Component>,
    /// The days of the month, 1 to 31.
    pub days: Vec<Component>,
    /// Whether the days count from the end of the month.
    pub end_of_month: bool,
    /// The hours, 0 to 23.
    pub hours: Vec<Component>,
    /// The minutes, 0 to 59.
    pub minutes: Vec<Component>,
    /// The seconds, in microseconds.
    pub microseconds: Vec<Component>,
    /// The moment of `@1700000000`, in seconds since 1970; nothing else counts then.
    pub timestamp: Option<u64>,
    /// The time zone; `None` for the machine's.
    pub timezone: Option<Timezone>,
}

/// A number, a range or a repetition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Component {
    /// The first number.
    pub start: u32,
    /// The last number of a range.
    pub stop: Option<u32>,
    /// The step, 0 for none.
    pub step: u32,
}

impl Component {
    /// One number.
    pub fn single(start: u32) -> Self {
        Component {
            start,
            stop: None,
            step: 0,
        }
    }
}

/// Days of the week, a bit for each from Monday on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weekdays(pub(super) u8);

pub(super) const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl Weekdays {
    /// Whether this day is among them, 0 being Monday.
    pub fn contains(self, day: u8) -> bool {
        day < 7 && self.0 & (1 << day) != 0
    }
}

/// The names that stand for a calendar time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shorthand {
    /// At second 0.
    Minutely,
    /// At minute 0.
    Hourly,
    /// At midnight.
    Daily,
    /// At midnight before Monday.
    Weekly,
    /// On the first day of the month.
    Monthly,
    /// On the first day of January, April, July and October.
    Quarterly,
    /// On the first day of January and July.
    Semiannually,
    /// On the first of January.
    Yearly,
}

impl Shorthand {
    /// The one with this name, in any case (`calendar_spec_from_string()`, 219 and later).
    pub fn find(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "minutely" => Shorthand::Minutely,
            "hourly" => Shorthand::Hourly,
            "daily" => Shorthand::Daily,
            "weekly" => Shorthand::Weekly,
            "monthly" => Shorthand::Monthly,
            "quarterly" => Shorthand::Quarterly,
            "biannually" | "bi-annually" | "semiannually" | "semi-annually" => {
                Shorthand::Semiannually
            }
            "annually" | "yearly" | "anually" => Shorthand::Yearly,
            _ => return None,
        })
    }

    /// What it stands for.
    pub fn calendar(self) -> Calendar {
        let zero = || vec![Component::single(0)];
        let first = || vec![Component::single(1)];
        let months = |months: &[u32]| months.iter().copied().map(Component::single).collect();
        let mut calendar = Calendar {
            microseconds: zero(),
            ..Calendar::default()
        };
        if self == Shorthand::Minutely {
            return calendar;
        }
        calendar.minutes = zero();
        if self == Shorthand::Hourly {
            return calendar;
        }
        calendar.hours = zero();
        match self {
            Shorthand::Minutely | Shorthand::Hourly | Shorthand::Daily => return calendar,
            Shorthand::Weekly => {
                calendar.weekdays = Some(Weekdays(1));
                return calendar;
            }
            Shorthand::Monthly => {}
            Shorthand::Quarterly => calendar.months = months(&[1, 4, 7, 10]),
            Shorthand::Semiannually => calendar.months = months(&[1, 7]),
            Shorthand::Yearly => calendar.months = months(&[1]),
        }
        calendar.days = first();
        calendar
    }
}

impl Calendar {
    /// The same in the words of a version.
    ///
    /// # Errors
    /// What this version cannot say.
    pub fn to_text(&self, version: Version) -> Result<String, Reason> {
        let since = |what, since| Reason::CalendarSince { what, since };
        let ranges = version.has_calendar_ranges();
        if self.timestamp.is_some() && !ranges {
            return Err(since("timestamps", 233));
        }
        if self.end_of_month && !ranges {
            return Err(since("days from the end of the month", 233));
        }
        match &self.timezone {
            Some(Timezone::Utc) if !version.has_calendar_utc() => return Err(since("UTC", 228)),
            Some(Timezone::Named(_)) if !version.has_calendar_timezones() => {
                return Err(since("time zones", 235));
            }
            _ => {}
        }
        let numbers = self
            .microseconds
            .iter()
            .flat_map(|c| [c.start, c.stop.unwrap_or(0), c.step]);
        if numbers.clone().any(|n| n % SECOND != 0) && !version.has_calendar_fractions() {
            return Err(since("fractions of a second", 229));
        }
        Ok(self.write(ranges))
    }

    fn write(&self, ranges: bool) -> String {
        let mut text = String::new();
        if let Some(timestamp) = self.timestamp {
            return format!("@{timestamp}");
        }
        if let Some(weekdays) = self.weekdays {
            text.push_str(&write_weekdays(weekdays));
            text.push(' ');
        }
        let part = |components: &[Component], width| {
            write_chain(components, ranges, |number| format!("{number:0width$}"))
        };
        let between = if self.end_of_month { '~' } else { '-' };
        let (years, months) = (part(&self.years, 4), part(&self.months, 2));
        let days = part(&self.days, 2);
        let (hours, minutes) = (part(&self.hours, 2), part(&self.minutes, 2));
        let seconds = self.write_seconds(ranges);
        text.push_str(&format!(
            "{years}-{months}{between}{days} {hours}:{minutes}:{seconds}"
        ));
        if let Some(timezone) = &self.timezone {
            text.push_str(&format!(" {timezone}"));
        }
        text
    }

    fn write_seconds(&self, ranges: bool) -> String {
        let every = Component {
            start: 0,
            stop: None,
            step: SECOND,
        };
        if self.microseconds == [every] {
            return "*".to_owned();
        }
        write_chain(&self.microseconds, ranges, |micros| {
            let (whole, fraction) = (micros / SECOND, micros % SECOND);
            match fraction {
                0 => format!("{whole:02}"),
                _ => format!("{whole:02}.{fraction:06}"),
            }
        })
    }
}

/// Days in a row as a list, which every version reads.
fn write_weekdays(weekdays: Weekdays) -> String {
    let days = (0..7u8)
        .zip(DAYS)
        .filter(|(day, _)| weekdays.contains(*day));
    let names: Vec<_> = days.map(|(_, name)| name).collect();
    names.join(",")
}

fn write_chain(components: &[Component], ranges: bool, write: impl Fn(u32) -> String) -> String {
    if components.is_empty() {
        return "*".to_owned();
    }
    let mut parts = Vec::new();
    for component in components {
        match component.stop {
            Some(stop) if !ranges => {
                let step = usize::try_from(component.step.max(1)).unwrap_or(1);
                parts.extend((component.start..=stop).step_by(step).map(&write));
            }
            stop => {
                let mut text = write(component.start);
                if let Some(stop) = stop {
                    text.push_str(&format!("..{}", write(stop)));
                }
                // The step of a range without one is 1, or a second.
                let default = stop.is_some() && matches!(component.step, 1 | SECOND);
                if component.step > 0 && !default {
                    text.push_str(&format!("/{}", write(component.step)));
                }
                parts.push(text);
            }
        }
    }
    parts.join(",")
}

/// As later versions write it.
impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.write(true))
    }
}
