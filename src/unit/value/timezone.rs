//! Time zones after calendar times.

use std::fmt;

/// A time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Timezone {
    /// `UTC`.
    Utc,
    /// One of the tz database, such as `Europe/Berlin`.
    Named(String),
}

impl fmt::Display for Timezone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Timezone::Utc => f.write_str("UTC"),
            Timezone::Named(name) => f.write_str(name),
        }
    }
}

/// The areas of the tz database, and its names without an area.
const AREAS: [&str; 16] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Brazil",
    "Canada",
    "Chile",
    "Etc",
    "Europe",
    "Indian",
    "Mexico",
    "Pacific",
    "US",
];
const NAMES: [&str; 41] = [
    "CET",
    "CST6CDT",
    "Cuba",
    "EET",
    "EST",
    "EST5EDT",
    "Egypt",
    "Eire",
    "GB",
    "GB-Eire",
    "GMT",
    "GMT+0",
    "GMT-0",
    "GMT0",
    "Greenwich",
    "HST",
    "Hongkong",
    "Iceland",
    "Iran",
    "Israel",
    "Jamaica",
    "Japan",
    "Kwajalein",
    "Libya",
    "MET",
    "MST",
    "MST7MDT",
    "NZ",
    "NZ-CHAT",
    "Navajo",
    "PRC",
    "PST8PDT",
    "Poland",
    "Portugal",
    "ROC",
    "ROK",
    "Singapore",
    "Turkey",
    "UCT",
    "WET",
    "Zulu",
];

impl Timezone {
    /// The zone that every machine with the tz database knows by this name; whether it has the
    /// place within the area is not looked at.
    pub(super) fn find(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("UTC") {
            return Some(Timezone::Utc);
        }
        let is_part = |part: &str| {
            let allowed = |c: char| c.is_ascii_alphanumeric() || "_+-".contains(c);
            !part.is_empty() && part.chars().all(allowed)
        };
        let known = match name.split_once('/') {
            Some((area, place)) => AREAS.contains(&area) && place.split('/').all(is_part),
            None => NAMES.contains(&name) || name == "Universal" || name == "W-SU",
        };
        known.then(|| Timezone::Named(name.to_owned()))
    }
}
