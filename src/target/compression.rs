//! How a payload is compressed: the kinds that we write, and their levels.

use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

/// A compressor and its level, written `KIND` or `KIND:LEVEL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compression {
    /// gzip at a level from 1 to 9.
    Gzip(u8),
    /// xz at a preset from 0 to 9.
    Xz(u8),
    /// Zstandard at a level from 1 to 22.
    Zstd(u8),
}

/// Its name, what makes it, and its lowest, usual and highest level.
type Kind = (&'static str, fn(u8) -> Compression, [u8; 3]);

impl Compression {
    /// What every target reads, at its best level.
    pub const GZIP: Self = Compression::Gzip(9);

    /// The kinds. The usual level of gzip, 9, is rpmbuild's own
    /// (rpm 4.14.3, `build/pack.c`, `w9.gzdio`), the others are those of the distributions.
    const KINDS: [Kind; 3] = [
        ("gzip", Compression::Gzip, [1, 9, 9]),
        ("xz", Compression::Xz, [0, 2, 9]),
        ("zstd", Compression::Zstd, [1, 19, 22]),
    ];

    /// Its name, as `PAYLOADCOMPRESSOR` has it.
    pub fn kind(self) -> &'static str {
        match self {
            Compression::Gzip(_) => "gzip",
            Compression::Xz(_) => "xz",
            Compression::Zstd(_) => "zstd",
        }
    }

    /// Its level, as `PAYLOADFLAGS` has it.
    pub fn level(self) -> u8 {
        match self {
            Compression::Gzip(level) | Compression::Xz(level) | Compression::Zstd(level) => level,
        }
    }
}

impl FromStr for Compression {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, level) = match text.split_once(':') {
            Some((name, level)) => (name, Some(level)),
            None => (text, None),
        };
        let kind = Self::KINDS.iter().find(|(kind, ..)| *kind == name);
        let Some((_, make, [lowest, usual, highest])) = kind else {
            return Err(format!("`{name}` is none of gzip, xz and zstd"));
        };
        let Some(level) = level else {
            return Ok(make(*usual));
        };
        // `+3` would be a number too.
        let is_number = !level.is_empty() && level.bytes().all(|byte| byte.is_ascii_digit());
        let number = level.parse().ok().filter(|_| is_number);
        match number {
            Some(number) if (*lowest..=*highest).contains(&number) => Ok(make(number)),
            _ => Err(format!(
                "`{level}` is no level of {name}: those are {lowest} to {highest}"
            )),
        }
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.level())
    }
}

impl<'de> Deserialize<'de> for Compression {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_may_be_left_out() {
        let parse = |text: &str| text.parse::<Compression>();
        assert_eq!(parse("gzip"), Ok(Compression::Gzip(9)));
        assert_eq!(parse("xz"), Ok(Compression::Xz(2)));
        assert_eq!(parse("zstd:3"), Ok(Compression::Zstd(3)));
        assert_eq!(parse("xz:0"), Ok(Compression::Xz(0)));
        for text in ["xz:0", "gzip:9", "zstd:22"] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_kind_and_no_level_is_told() {
        let error = |text: &str| text.parse::<Compression>().unwrap_err();
        insta::assert_snapshot!(error("bzip2"), @"`bzip2` is none of gzip, xz and zstd");
        insta::assert_snapshot!(error("gzip:0"), @"`0` is no level of gzip: those are 1 to 9");
        insta::assert_snapshot!(error("zstd:23"), @"`23` is no level of zstd: those are 1 to 22");
        insta::assert_snapshot!(error("xz:+2"), @"`+2` is no level of xz: those are 0 to 9");
        insta::assert_snapshot!(error("xz:"), @"`` is no level of xz: those are 0 to 9");
        insta::assert_snapshot!(error("xz:300"), @"`300` is no level of xz: those are 0 to 9");
    }
}
