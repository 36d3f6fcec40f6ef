//! The parts of calendar times: numbers, ranges, repetitions, and what they may be.

use super::calendar::{Component, SECOND};
use super::calendar_reader::Reader;
use super::invalid::{Invalid, Reason};
use std::ops::Range;

/// `CALENDARSPEC_COMPONENTS_MAX` of v239.
const MOST_COMPONENTS: usize = 240;

/// The bounds of a part, and what it is called.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) least: u32,
    pub(super) most: u32,
}

pub(super) fn date_bounds(end_of_month: bool) -> [Part; 3] {
    let part = |name, least, most| Part { name, least, most };
    let last_day = if end_of_month { 28 } else { 31 };
    [
        part("years", 1970, 2199),
        part("months", 1, 12),
        part("days", 1, last_day),
    ]
}

impl Reader<'_> {
    /// `*`, or numbers, ranges and repetitions with commas between them.
    pub(super) fn chain(&mut self, seconds: bool) -> Result<Vec<Component>, Invalid> {
        if self.rest().starts_with("*/") {
            let invalid = self.wrong::<Vec<Component>>(Reason::Calendar);
            return invalid.map_err(|wrong| wrong.instead("0"));
        }
        if self.take("*") {
            let every = Component {
                start: 0,
                stop: None,
                step: SECOND,
            };
            let explicit = seconds && self.version.has_calendar_ranges();
            return Ok(if explicit { vec![every] } else { Vec::new() });
        }
        let mut components = Vec::new();
        loop {
            components.push(self.component(seconds)?);
            if components.len() > MOST_COMPONENTS {
                return self.wrong(Reason::TooLarge);
            }
            if !self.take(",") {
                return Ok(components);
            }
        }
    }

    fn component(&mut self, seconds: bool) -> Result<Component, Invalid> {
        let from = self.at;
        let unit = if seconds { SECOND } else { 1 };
        let start = self.amount(seconds)?;
        let mut component = Component::single(start);
        if self.rest().starts_with("..") {
            if !self.version.has_calendar_ranges() {
                return self.since(2, "ranges", 233);
            }
            self.at += 2;
            component.stop = Some(self.amount(seconds)?);
            component.step = unit;
        }
        if self.take("/") {
            let at = self.at;
            component.step = self.amount(seconds)?;
            if component.step == 0 {
                return Err(Invalid::new(at..self.at, Reason::CalendarStep));
            }
        } else if let Some(stop) = component.stop {
            let short = seconds && start.saturating_add(unit) > stop;
            if short && self.version.refuses_short_ranges() {
                return Err(Invalid::new(from..self.at, Reason::CalendarStep));
            }
        }
        match self.next() {
            None | Some(' ' | ',' | '-' | '~' | ':') => Ok(component),
            Some(_) => self.wrong(Reason::Calendar),
        }
    }

    /// A number, in microseconds where it is one of seconds.
    fn amount(&mut self, seconds: bool) -> Result<u32, Invalid> {
        let start = self.at;
        let (whole, _) = self.number()?;
        let too_large = |end| Invalid::new(start..end, Reason::TooLarge);
        let unit = if seconds { SECOND } else { 1 };
        let mut amount = whole
            .checked_mul(u64::from(unit))
            .ok_or_else(|| too_large(self.at))?;
        let has_point = self.rest().starts_with('.') && !self.rest().starts_with("..");
        if seconds && has_point {
            if !self.version.has_calendar_fractions() {
                return self.since(1, "fractions of a second", 229);
            }
            self.at += 1;
            amount += self.fraction()?;
        }
        let amount = i32::try_from(amount).map_err(|_| too_large(self.at))?;
        Ok(amount.unsigned_abs())
    }

    pub(super) fn number(&mut self) -> Result<(u64, usize), Invalid> {
        let length = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return self.wrong(Reason::Calendar);
        }
        let range = self.at..self.at + length;
        let number = self.text[range.clone()].parse();
        let number = number.map_err(|_| Invalid::new(range, Reason::TooLarge))?;
        self.at += length;
        Ok((number, length))
    }

    /// Six digits, the seventh rounded (`parse_fractional_part_u()`).
    fn fraction(&mut self) -> Result<u64, Invalid> {
        let length = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return self.wrong(Reason::FractionMissing);
        }
        let digits = &self.rest()[..length];
        let six = format!("{:0<6}", &digits[..length.min(6)]);
        let up = digits.as_bytes().get(6).is_some_and(|digit| *digit >= b'5');
        self.at += length;
        Ok(six.parse::<u64>().unwrap_or_default() + u64::from(up))
    }
}

/// `chain_valid()`.
pub(super) fn check(
    chain: &[Component],
    range: Range<usize>,
    part: &Part,
    from_end: bool,
) -> Result<(), Invalid> {
    let Part { name, least, most } = *part;
    let bounds = least..=most;
    for component in chain {
        let stop = component.stop;
        if !bounds.contains(&component.start) || stop.is_some_and(|s| !bounds.contains(&s)) {
            let most = if name == "seconds" { 59 } else { most };
            let part = name;
            let reason = Reason::CalendarRange { part, least, most };
            return Err(Invalid::new(range, reason));
        }
        let end = component.start.saturating_add(component.step);
        if stop.is_some_and(|stop| component.start > stop) {
            return Err(Invalid::new(range, Reason::ReversedRange));
        }
        let past = match stop {
            Some(stop) => end > stop,
            None if from_end => component.start < component.step.saturating_add(least),
            None => end > most,
        };
        if past || component.step > most - least {
            return Err(Invalid::new(range, Reason::CalendarStep));
        }
    }
    Ok(())
}

/// `fix_year()`: 12 is 2012 and 89 is 1989.
pub(super) fn full_year(component: &mut Component) {
    for year in std::iter::once(&mut component.start).chain(&mut component.stop) {
        *year += match *year {
            0..70 => 2000,
            70..100 => 1900,
            _ => 0,
        };
    }
}

/// `normalize_chain()`: sorted, each once, ranges ending at their last step.
pub(super) fn tidy(mut chain: Vec<Component>) -> Vec<Component> {
    for component in &mut chain {
        if let Some(stop) = component
            .stop
            .as_mut()
            .filter(|stop| **stop > component.start)
        {
            *stop -= (*stop - component.start)
                .checked_rem(component.step)
                .unwrap_or(0);
        }
    }
    chain.sort_unstable();
    chain.dedup();
    chain
}
