//! Lists of processors.

use super::digits::number;
use super::invalid::{Invalid, Reason};
use super::lexer::{Lexed, Lexer, Style};
use super::version::Version;
use std::ops::RangeInclusive;

/// The processors of `CPUAffinity=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CpuList {
    /// Those that `NUMAMask=` names.
    Numa,
    /// These; none at all is a reset.
    Ranges(Vec<RangeInclusive<u32>>),
}

/// The processors of `CPUAffinity=`: numbers and ranges, separated by blanks or commas, or `numa`.
///
/// `parse_cpu_set_and_warn()` of Red Hat's 219 (util.c) and `parse_cpu_set_full()` of cpu-set-util.c
/// in 239 and v251. One that is none makes 219 and 239 refuse the unit (seen on both), and v251 and
/// later ignore the whole value. A range that ends before it starts is an error here, and a
/// warning there.
///
/// # Errors
/// The first word that is none.
pub fn cpu_list(value: &str, version: Version) -> Result<CpuList, Invalid> {
    if value == "numa" && version.has_numa_affinity() {
        return Ok(CpuList::Numa);
    }
    // Red Hat's 219 has the newer parser of words here.
    let style = Style {
        whole_quotes: false,
        comma_separates: true,
        ..Style::paths(Version::V239)
    };
    let mut lexer = Lexer::new(value, style);
    let mut ranges = Vec::new();
    while let Some(Lexed { word, fatal, .. }) = lexer.word() {
        if let Some(fatal) = fatal {
            return Err(fatal);
        }
        let (first, last) = word
            .text
            .split_once('-')
            .unwrap_or((&word.text, &word.text));
        let most = i128::from(version.cpus()) - 1;
        let read = |text: &str| match number(text, version) {
            Ok(number) if (0..=most).contains(&number) => Ok(u32::try_from(number).unwrap_or(0)),
            Ok(_) => Err(Reason::OutOfRange { least: 0, most }),
            Err(_) => Err(Reason::Cpu),
        };
        let wrong = |reason| Invalid::new(word.range.clone(), reason);
        let (first, last) = (read(first).map_err(wrong)?, read(last).map_err(wrong)?);
        if first > last {
            return Err(wrong(Reason::ReversedRange).instead(format!("{last}-{first}")));
        }
        ranges.push(first..=last);
    }
    Ok(CpuList::Ranges(ranges))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_ranges_and_separators() {
        for version in [Version::V219, Version::V239] {
            let list = cpu_list("0-3,5 \"7\" , 9", version);
            assert_eq!(list, Ok(CpuList::Ranges(vec![0..=3, 5..=5, 7..=7, 9..=9])));
            assert_eq!(cpu_list("", version), Ok(CpuList::Ranges(vec![])));
            assert_eq!(cpu_list("0 all", version).unwrap_err().range, 2..5);
            assert!(cpu_list("3-", version).is_err());
        }
        let reversed = cpu_list("3-0", Version::V239).unwrap_err();
        assert_eq!(reversed.instead.as_deref(), Some("0-3"));
    }

    #[test]
    fn where_the_versions_differ() {
        assert!(cpu_list("numa", Version::V219).is_err());
        assert_eq!(cpu_list("numa", Version::V239), Ok(CpuList::Numa));
        assert!(cpu_list("2000", Version::V219).is_err());
        assert!(cpu_list("2000", Version::V239).is_ok());
        assert!(cpu_list("8192", Version::V239).is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(value in "[0-9, \"'\\\\ü-]{0,16}") {
            if let Err(invalid) = cpu_list(&value, Version::V239) {
                prop_assert!(value.get(invalid.range).is_some());
            }
        }
    }
}
