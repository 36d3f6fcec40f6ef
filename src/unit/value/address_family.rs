//! Address families of sockets.

use super::invalid::{Invalid, Reason};
use super::lexer::{Lexed, Lexer, Style};
use super::list::List;
use super::version::Version;

/// The families that glibc 2.15 and every later one know. systemd takes the names of the headers
/// that it was built with, in any letter case (`af-list.c`).
const FAMILIES: [&str; 40] = [
    "AF_ALG",
    "AF_APPLETALK",
    "AF_ASH",
    "AF_ATMPVC",
    "AF_ATMSVC",
    "AF_AX25",
    "AF_BLUETOOTH",
    "AF_BRIDGE",
    "AF_CAIF",
    "AF_CAN",
    "AF_DECnet",
    "AF_ECONET",
    "AF_FILE",
    "AF_IEEE802154",
    "AF_INET",
    "AF_INET6",
    "AF_IPX",
    "AF_IRDA",
    "AF_ISDN",
    "AF_IUCV",
    "AF_KEY",
    "AF_LLC",
    "AF_LOCAL",
    "AF_NETBEUI",
    "AF_NETLINK",
    "AF_NETROM",
    "AF_NFC",
    "AF_PACKET",
    "AF_PHONET",
    "AF_PPPOX",
    "AF_RDS",
    "AF_ROSE",
    "AF_ROUTE",
    "AF_RXRPC",
    "AF_SECURITY",
    "AF_SNA",
    "AF_TIPC",
    "AF_UNIX",
    "AF_WANPIPE",
    "AF_X25",
];

/// Those that came to `bits/socket.h` of glibc later, and the first systemd that every target
/// builds with such a glibc: 2.18 to 2.26 came in time for the 239 of el8 and the 219 of Amazon
/// Linux 2, 2.29 and 2.35 did not.
const LATER: [(&str, u16); 8] = [
    ("AF_VSOCK", 0),
    ("AF_IB", 0),
    ("AF_MPLS", 0),
    ("AF_KCM", 0),
    ("AF_QIPCRTR", 0),
    ("AF_SMC", 0),
    // 2.29. Red Hat may have added it to the 2.28 of el8.
    ("AF_XDP", 220),
    // 2.35. openEuler may have added it to the 2.34 that its 249 was built with.
    ("AF_MCTP", 240),
];

/// The families of `RestrictAddressFamilies=`; nothing where it is `none`, since v249.
///
/// `config_parse_address_families()` of load-fragment.c. What is no family is passed over. A name
/// that some build of this version knows is let pass.
pub fn address_families(value: &str, version: Version) -> List<String> {
    let mut list = List::default();
    if value == "none" && version.has_no_address_families() {
        return list;
    }
    let families = value.strip_prefix('~').unwrap_or(value);
    let inverse = value.len() - families.len();
    let mut lexer = Lexer::new(families, Style::paths(version));
    while let Some(Lexed { word, fatal, .. }) = lexer.word() {
        let range = word.range.start + inverse..word.range.end + inverse;
        if let Some(fatal) = fatal {
            list.problems.push(fatal.moved(inverse));
            break;
        }
        list.add(match is_family(&word.text, version) {
            true => Ok(word.text),
            false => Err(unknown(&word.text, range)),
        });
    }
    list
}

fn is_family(text: &str, version: Version) -> bool {
    let later =
        |(name, since): &(&str, u16)| name.eq_ignore_ascii_case(text) && version.number() >= *since;
    FAMILIES.iter().any(|name| name.eq_ignore_ascii_case(text)) || LATER.iter().any(later)
}

fn unknown(text: &str, range: std::ops::Range<usize>) -> Invalid {
    let full = format!("AF_{}", text.to_ascii_uppercase());
    let known = FAMILIES.contains(&full.as_str()).then_some(full);
    Invalid::new(range, Reason::AddressFamily(text.to_owned())).instead_if(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn families_have_their_prefix_and_any_case() {
        for version in [Version::V219, Version::V239] {
            let list = address_families("~AF_INET af_inet6 \"AF_UNIX\"", version);
            assert!(list.is_valid(), "{:?}", list.problems);
            let value = "AF_FOO AF_INET,AF_UNIX inet";
            let list = address_families(value, version);
            let wrong: Vec<_> = list
                .problems
                .iter()
                .map(|p| &value[p.range.clone()])
                .collect();
            assert_eq!(wrong, ["AF_FOO", "AF_INET,AF_UNIX", "inet"]);
            assert_eq!(list.problems[2].instead.as_deref(), Some("AF_INET"));
            assert!(!address_families("AF_UNSPEC", version).is_valid());
        }
    }

    #[test]
    fn some_came_later() {
        assert!(!address_families("AF_XDP", Version::V219).is_valid());
        assert!(address_families("AF_XDP", Version::V239).is_valid());
        assert!(!address_families("none", Version::V239).is_valid());
        assert!(address_families("none", Version::new(252)).is_valid());
        assert!(!address_families("~none", Version::new(252)).is_valid());
    }

    proptest! {
        #[test]
        fn nothing_panics(value in "[~AF_INETü \"'\\\\]{0,16}") {
            for version in [Version::V219, Version::V239] {
                for problem in address_families(&value, version).problems {
                    prop_assert!(value.get(problem.range).is_some());
                }
            }
        }
    }
}
