//! What a socket listens on.

use super::digits::number;
use super::invalid::{Invalid, Reason};
use super::version::Version;
use std::net::{Ipv4Addr, Ipv6Addr};

/// `sun_path` of `struct sockaddr_un`.
const SUN_PATH: usize = 108;

/// `IF_NAMESIZE` counts the final NUL.
const LONGEST_INTERFACE: usize = 15;

/// `netlink_family_table` of socket-util.c, the same in 219, 239 and 252.
const NETLINK_FAMILIES: [&str; 18] = [
    "route",
    "firewall",
    "inet-diag",
    "nflog",
    "xfrm",
    "selinux",
    "iscsi",
    "audit",
    "fib-lookup",
    "connector",
    "netfilter",
    "ip6-fw",
    "dnrtmsg",
    "kobject-uevent",
    "generic",
    "scsitransport",
    "ecryptfs",
    "rdma",
];

/// An address to listen on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketAddress {
    /// A path in the file system.
    Path(String),
    /// A name after `@` that is in no file system.
    Abstract(String),
    /// A port on all addresses, an address and a port, or an interface and a port.
    Internet {
        /// The port.
        port: u16,
    },
    /// `vsock:CID:PORT`.
    Vsock,
}

/// The address of `ListenStream=` and its kin: a path, `@` and a name, a port, `IPV4:PORT`,
/// `[IPV6]:PORT` or `vsock:CID:PORT`; before v246 `INTERFACE:PORT` too.
///
/// `socket_address_parse()` of socket-util.c in 219 and 239, of socket-netlink.c in v249 and later.
/// Names of hosts are never resolved. Whether a path is normal is not looked at.
///
/// # Errors
/// What is no address.
pub fn socket_address(value: &str, version: Version) -> Result<SocketAddress, Invalid> {
    match value.as_bytes().first() {
        Some(b'/') if value.len() >= SUN_PATH => {
            Err(Invalid::whole(value, Reason::SocketPathTooLong))
        }
        Some(b'/') => Ok(SocketAddress::Path(value.to_owned())),
        Some(b'@') if value.len() > SUN_PATH => {
            Err(Invalid::whole(value, Reason::SocketPathTooLong))
        }
        Some(b'@') if value.len() == 1 && version.refuses_empty_abstract_names() => {
            Err(Invalid::whole(value, Reason::Empty))
        }
        Some(b'@') => Ok(SocketAddress::Abstract(value[1..].to_owned())),
        Some(b'[') => bracketed(value, version),
        _ if value.starts_with("vsock:") && version.has_vsock() => vsock(value, version),
        // `vsock-stream:` and its kin came with v254.
        _ if value.starts_with("vsock") && version.number() >= 254 => Ok(SocketAddress::Vsock),
        _ => host_and_port(value, version),
    }
}

fn bracketed(value: &str, version: Version) -> Result<SocketAddress, Invalid> {
    let wrong = || Invalid::whole(value, Reason::SocketAddress);
    let (address, rest) = value[1..].split_once(']').ok_or_else(wrong)?;
    // An interface after `%` has to be there on the machine.
    if version.has_scopes() && value.contains('%') {
        return Ok(SocketAddress::Internet { port: 0 });
    }
    if address.parse::<Ipv6Addr>().is_err() {
        let reason = Reason::Address(address.to_owned());
        return Err(Invalid::new(1..1 + address.len(), reason));
    }
    let port = rest.strip_prefix(':').ok_or_else(wrong)?;
    internet(value, port, version)
}

fn host_and_port(value: &str, version: Version) -> Result<SocketAddress, Invalid> {
    let Some((host, port)) = value.split_once(':') else {
        return match number(value, version) {
            Ok(_) => internet(value, value, version),
            Err(reason @ Reason::LeadingZero) => Err(Invalid::whole(value, reason)),
            Err(_) => Err(Invalid::whole(value, Reason::SocketAddress)),
        };
    };
    if host.parse::<Ipv4Addr>().is_err() && !(version.has_interfaces() && is_interface(host)) {
        if value.parse::<Ipv6Addr>().is_ok() {
            return Err(Invalid::whole(value, Reason::SocketAddress));
        }
        let reason = Reason::Address(host.to_owned());
        return Err(Invalid::new(0..host.len(), reason));
    }
    internet(value, port, version)
}

/// Whether it may be the name of an interface of the machine.
fn is_interface(host: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let is_address = host.chars().all(|c| c.is_ascii_digit() || c == '.');
    host.len() <= LONGEST_INTERFACE
        && !matches!(host, "localhost" | "vsock")
        && host.chars().all(is_plain)
        && !is_address
}

fn internet(value: &str, port: &str, version: Version) -> Result<SocketAddress, Invalid> {
    let read = number(port, version);
    match read.map(u16::try_from) {
        Ok(Ok(port)) if port > 0 => Ok(SocketAddress::Internet { port }),
        _ => Err(Invalid::new(
            value.len() - port.len()..value.len(),
            Reason::Port,
        )),
    }
}

fn vsock(value: &str, version: Version) -> Result<SocketAddress, Invalid> {
    let is_number =
        |text: &str| number(text, version).is_ok_and(|number| u32::try_from(number).is_ok());
    let parts = value["vsock:".len()..].split_once(':');
    match parts {
        Some((cid, port)) if (cid.is_empty() || is_number(cid)) && is_number(port) => {
            Ok(SocketAddress::Vsock)
        }
        _ => Err(Invalid::whole(value, Reason::Vsock)),
    }
}

/// The family of `ListenNetlink=` and a multicast group.
///
/// `socket_address_parse_netlink()` of socket-util.c; before v246 what is no group is group 0.
///
/// # Errors
/// A family or a group that there is not.
pub fn netlink_address(value: &str, version: Version) -> Result<(), Invalid> {
    let (family, group) = match value.split_once([' ', '\t']) {
        Some((family, group)) => (family, group.trim_start()),
        None => (value, ""),
    };
    let by_number = || number(family, version).is_ok_and(|number| i32::try_from(number).is_ok());
    if !NETLINK_FAMILIES.contains(&family) && !by_number() {
        let reason = Reason::NetlinkFamily(family.to_owned());
        return Err(Invalid::new(0..family.len(), reason));
    }
    let is_group = group.is_empty()
        || number(group, version).is_ok_and(|number| u32::try_from(number).is_ok());
    match is_group || !version.checks_netlink_groups() {
        true => Ok(()),
        false => Err(Invalid::new(
            value.len() - group.len()..value.len(),
            Reason::NotANumber,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const V252: Version = Version::new(252);

    fn takes(value: &str) -> [bool; 3] {
        [Version::V219, Version::V239, V252].map(|version| socket_address(value, version).is_ok())
    }

    #[test]
    fn addresses_that_all_take() {
        for value in [
            "80",
            "+80",
            "0x50",
            "127.0.0.1:80",
            "[::1]:80",
            "/run/x y",
            "@abstract",
        ] {
            assert_eq!(takes(value), [true; 3], "{value}");
        }
    }

    #[test]
    fn what_none_takes() {
        for value in [
            "0",
            "65536",
            "-1",
            "080",
            "foo",
            "80 90",
            "127.0.0.1",
            "[::1]",
            "::1:80",
            "localhost:80",
            "*:80",
            "127.0.0.1:0",
            "[::1]80",
            "1.2.3:80",
            "~/x",
            "\"80\"",
            ":80",
            "vsock:2",
            "vsock:x:1",
            "[::]:http",
        ] {
            assert_eq!(takes(value), [false; 3], "{value}");
        }
        let long = format!("/{}", "x".repeat(107));
        assert_eq!((takes(&long), takes(&long[..107])), ([false; 3], [true; 3]));
    }

    #[test]
    fn where_the_versions_differ() {
        assert_eq!(takes("eth0:80"), [true, true, false]);
        assert_eq!(takes("vsock::1234"), [false, true, true]);
        assert_eq!(takes("@"), [true, true, false]);
    }

    #[test]
    fn netlink_families() {
        let takes = |value: &str| {
            [Version::V219, Version::V239, V252].map(|v| netlink_address(value, v).is_ok())
        };
        assert_eq!(takes("route 1361"), [true; 3]);
        assert_eq!(takes("kobject-uevent"), [true; 3]);
        assert_eq!(takes("Route 1"), [false; 3]);
        assert_eq!(takes("route x"), [true, true, false]);
    }

    proptest! {
        #[test]
        fn every_address_with_a_port_is_one(four: u32, six: u128, port in 1u16..) {
            for value in [
                format!("{}:{port}", Ipv4Addr::from(four)),
                format!("[{}]:{port}", Ipv6Addr::from(six)),
                port.to_string(),
            ] {
                prop_assert_eq!(takes(&value), [true; 3], "{}", value);
            }
        }

        #[test]
        fn nothing_panics(value in "[0-9:@/.%vsock\\[\\]ü ]{0,16}") {
            for version in [Version::V219, Version::V239, V252] {
                if let Err(wrong) = socket_address(&value, version) {
                    prop_assert!(value.get(wrong.range).is_some());
                }
                let _ = netlink_address(&value, version);
            }
        }
    }
}
