//! Addresses and networks that a unit may talk to.

use super::digits::number;
use super::invalid::{Invalid, Reason};
use super::lexer::{Escapes, Lexed, Lexer, Style};
use super::list::List;
use super::version::Version;
use std::net::IpAddr;

/// Names that stand for networks (systemd.resource-control(5)).
const NAMED: [&str; 3] = ["any", "link-local", "multicast"];

/// The networks of `IPAddressAllow=`: `ADDRESS`, `ADDRESS/LENGTH`, or one of the names.
///
/// `config_parse_ip_address_access()` of ip-address-access.c in 239, where the first wrong one
/// ends the reading and nothing of the line counts; `config_parse_in_addr_prefixes()` of
/// load-fragment.c in 252. Quotes are part of a word.
pub fn ip_prefixes(value: &str, version: Version) -> List<String> {
    let style = Style {
        quotes: false,
        escapes: Escapes::Drop,
        ..Style::command(Version::V239)
    };
    let mut list = List::default();
    let mut lexer = Lexer::new(value, style);
    while let Some(Lexed { word, .. }) = lexer.word() {
        let name = word.text.as_str();
        let is_known = NAMED.contains(&name) || is_localhost(name);
        list.add(match is_known {
            true => Ok(word.text),
            false => match prefix(name, version) {
                Ok(()) => Ok(word.text),
                Err(reason) => Err(Invalid::new(word.range, reason)),
            },
        });
    }
    list
}

/// `is_localhost()` of hostname-util.c.
fn is_localhost(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name);
    ["localhost", "localhost.localdomain"]
        .iter()
        .any(|known| name == *known || name.ends_with(&format!(".{known}")))
}

/// `in_addr_prefix_from_string_auto()` of in-addr-util.c.
fn prefix(text: &str, version: Version) -> Result<(), Reason> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let most = match address.parse() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return Err(Reason::Address(address.to_owned())),
    };
    match length.map(|length| number(length, version)) {
        None => Ok(()),
        Some(Ok(length)) if (0..=most).contains(&length) => Ok(()),
        Some(_) => Err(Reason::PrefixLength { most }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn takes(value: &str) -> bool {
        ip_prefixes(value, Version::V239).is_valid()
    }

    #[test]
    fn addresses_networks_and_names() {
        for value in [
            "10.0.0.0/8 ::1/128",
            "any",
            "LOCALHOST foo.localhost localhost.",
            "link-local multicast",
            "::ffff:1.2.3.4/96",
            "0.0.0.0/0",
            "10.0.0.1/+8",
        ] {
            assert!(takes(value), "{value}");
        }
        for value in [
            "Any",
            "10.0.0.0/33",
            "::/129",
            "10.0.0",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "10.0.0.0/08",
            "010.0.0.1",
            "[::1]",
            "fe80::1%lo",
            "\"10.0.0.1\"",
            "10.0.0.0/8,10.1.0.0/16",
            "~10.0.0.0/8",
        ] {
            assert!(!takes(value), "{value}");
        }
    }

    #[test]
    fn the_word_is_named() {
        let list = ip_prefixes("10.0.0.0/8 10.1.0.0/40", Version::V239);
        assert_eq!(list.problems[0].range, 11..22);
        assert_eq!(
            list.problems[0].to_string(),
            "the length of its prefix is no number from 0 to 32"
        );
    }

    proptest! {
        #[test]
        fn every_address_is_one(bits: u32, more: u128, length in 0u8..=32) {
            let four = std::net::Ipv4Addr::from(bits);
            let six = std::net::Ipv6Addr::from(more);
            let value = format!("{four}/{length} {six}");
            prop_assert!(takes(&value), "{}", value);
        }

        #[test]
        fn nothing_panics(value in "[0-9a-f:./ü \"\\\\]{0,16}") {
            for problem in ip_prefixes(&value, Version::V239).problems {
                prop_assert!(value.get(problem.range).is_some());
            }
        }
    }
}
