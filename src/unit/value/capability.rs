//! Capabilities of the kernel.

use super::digits::number;
use super::invalid::{Invalid, Reason};
use super::lexer::{Lexed, Lexer, Style};
use super::list::List;
use super::version::Version;
use crate::target::CAPABILITIES;
use std::ops::Range;

/// `CAP_PERFMON` and `CAP_BPF` came with Linux 5.8 and the next with 5.9: no systemd 219 was built
/// with these (CentOS 7: 3.10, Amazon Linux 2: 4.14). Red Hat added some to its 4.18.
const FIRST_OF_LINUX_5: usize = 38;

/// The capabilities of `CapabilityBoundingSet=` and `AmbientCapabilities=`, by name or number.
///
/// `config_parse_capability_set()` of load-fragment.c. What is none is passed over: 219 warns, 239
/// and later say nothing (`capability_set_from_string()` of cap-list.c; seen on 239 and 252).
pub fn capabilities(value: &str, version: Version) -> List<u8> {
    let names = value.strip_prefix('~').unwrap_or(value);
    let inverse = value.len() - names.len();
    let mut list = List::default();
    // Red Hat's 219 has the newer parser of words here.
    let mut lexer = Lexer::new(names, Style::paths(Version::V239));
    while let Some(Lexed { word, fatal, .. }) = lexer.word() {
        let range = word.range.start + inverse..word.range.end + inverse;
        if let Some(fatal) = fatal {
            list.problems.push(fatal.moved(inverse));
            break;
        }
        list.add(capability(&word.text, range, version));
    }
    list
}

fn capability(text: &str, range: Range<usize>, version: Version) -> Result<u8, Invalid> {
    let number_of = |name: &str| {
        let found = CAPABILITIES
            .iter()
            .position(|known| known.eq_ignore_ascii_case(name));
        found.filter(|number| *number < FIRST_OF_LINUX_5 || version > Version::V219)
    };
    let by_number = number(text, version).ok();
    let found = by_number
        .and_then(|number| usize::try_from(number).ok())
        // 219 has no upper bound, and takes the number modulo 64.
        .map(|number| match version > Version::V219 {
            true => number,
            false => number % 64,
        })
        .filter(|number| *number < 64)
        .or_else(|| number_of(text));
    found
        .and_then(|number| u8::try_from(number).ok())
        .ok_or_else(|| {
            let full = format!("CAP_{}", text.to_ascii_uppercase());
            let near = number_of(&full).is_some().then_some(full);
            Invalid::new(range, Reason::Capability(text.to_owned())).instead_if(near)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_in_any_case_and_numbers() {
        for version in [Version::V219, Version::V239] {
            let list = capabilities("~CAP_CHOWN cap_net_raw \"CAP_KILL\" 12 0x5", version);
            assert_eq!((list.items, list.problems), (vec![0, 13, 5, 12, 5], vec![]));
            assert!(capabilities("~", version).is_valid());
        }
    }

    #[test]
    fn what_is_none_is_named() {
        let value = "~NET_ADMIN CAP_NET_ADMIN,CAP_CHOWN -1 CAP_ALL";
        let problems = capabilities(value, Version::V239).problems;
        let wrong: Vec<_> = problems.iter().map(|p| &value[p.range.clone()]).collect();
        assert_eq!(
            wrong,
            ["NET_ADMIN", "CAP_NET_ADMIN,CAP_CHOWN", "-1", "CAP_ALL"]
        );
        assert_eq!(problems[0].instead.as_deref(), Some("CAP_NET_ADMIN"));
    }

    #[test]
    fn the_youngest_are_not_on_219() {
        assert!(!capabilities("CAP_BPF", Version::V219).is_valid());
        assert!(capabilities("CAP_BPF", Version::V239).is_valid());
    }

    proptest! {
        #[test]
        fn every_number_has_its_name(number in 0usize..38) {
            let list = capabilities(CAPABILITIES[number], Version::V219);
            prop_assert_eq!(list.items, vec![u8::try_from(number).unwrap()]);
        }

        #[test]
        fn nothing_panics(value in "[~CAP_KILü0-9 \"\\\\]{0,16}") {
            for problem in capabilities(&value, Version::V239).problems {
                prop_assert!(value.get(problem.range).is_some());
            }
        }
    }
}
