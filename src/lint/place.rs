//! What is wrong with what a socket listens on and what a path unit waits for.

use super::Effect;
use super::value::{Wrong, one};
use crate::target::systemd;
use crate::unit::value::{self, Reason, SocketAddress, Version};

/// What is wrong with a value of these directives; nothing for other directives.
pub(super) fn of_kind(
    row: &systemd::Directive,
    text: &str,
    version: Version,
) -> Option<Vec<Wrong>> {
    Some(match (row.parser, row.name) {
        ("socket_listen", "ListenStream" | "ListenDatagram") => address(text, version),
        ("socket_listen", "ListenSequentialPacket") => sequential(text, version),
        ("socket_listen", "ListenNetlink") => one(value::netlink_address(text, version)),
        // 219 takes any text for the name of a queue.
        ("socket_listen", "ListenMessageQueue") if version <= Version::V219 => Vec::new(),
        ("socket_listen", "ListenFIFO" | "ListenSpecial") => mounts_for(
            one(value::absolute_path(text, &[], version)),
            text,
            version,
            true,
        ),
        ("socket_listen", _) => one(value::absolute_path(text, &[], version)),
        ("path_spec", _) => mounts_for(
            one(value::absolute_path(text, &[], version)),
            text,
            version,
            false,
        ),
        _ => return None,
    })
}

fn address(text: &str, version: Version) -> Vec<Wrong> {
    let read = value::socket_address(text, version);
    let is_path = matches!(read, Ok(SocketAddress::Path(_)));
    let found = one(read);
    // The parser takes any path; the unit is refused after, by every version that was tried.
    let refuses_dots = version <= Version::V239;
    match is_path && found.is_empty() {
        true => dots(text, refuses_dots).into_iter().collect(),
        false => found,
    }
}

fn sequential(text: &str, version: Version) -> Vec<Wrong> {
    match value::socket_address(text, version) {
        Ok(SocketAddress::Internet { .. } | SocketAddress::Vsock) => {
            let what = "only paths and names after `@` have sequential packets";
            vec![Wrong::new(0..text.len(), what)]
        }
        _ => address(text, version),
    }
}

/// 219 lets a path pass that is not normal, and refuses the unit when it looks for the mount
/// points of the path (`unit_require_mounts_for()`; seen on the real 219); so it does with the
/// relative paths of sockets.
fn mounts_for(
    mut found: Vec<Wrong>,
    text: &str,
    version: Version,
    refuses_relative: bool,
) -> Vec<Wrong> {
    if version > Version::V219 {
        return found;
    }
    if refuses_relative {
        for wrong in &mut found {
            wrong.effect = Some(Effect::UnitRefused);
        }
    }
    if found.is_empty() {
        found.extend(dots(text, true));
    }
    found
}

/// A path with `..` or, where it counts, with `.`, that makes systemd refuse the unit.
fn dots(path: &str, with_single: bool) -> Option<Wrong> {
    let mut parts = path.split('/');
    let what = match parts.clone().any(|part| part == "..") {
        true => Reason::ParentDirectory.to_string(),
        false if with_single && parts.any(|part| part == ".") => "the path contains `.`".to_owned(),
        false => return None,
    };
    let mut wrong = Wrong::new(0..path.len(), what);
    wrong.effect = Some(Effect::UnitRefused);
    Some(wrong)
}
