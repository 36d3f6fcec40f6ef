//! How bytes become what a property is about.

use cargo_ambot::target::{self, Profile};
use cargo_ambot::unit::UnitName;
use std::borrow::Cow;
use std::sync::LazyLock;

/// What stands between the parts of an input that has several, on a line of its own.
pub(crate) const CUT: &[u8] = b"\n--8<--\n";

/// The parts of an input; those that are missing are empty, and the last one has the rest.
pub(crate) fn parts<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut rest = data;
    let mut parts = [&data[..0]; N];
    for (index, part) in parts.iter_mut().enumerate() {
        let cut = match index + 1 == N {
            true => None,
            false => rest.windows(CUT.len()).position(|window| window == CUT),
        };
        let end = cut.unwrap_or(rest.len());
        *part = &rest[..end];
        rest = &rest[(end + CUT.len()).min(rest.len())..];
    }
    parts
}

/// The input as text; bytes that are none become replacement characters.
pub(crate) fn text(data: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(data)
}

/// The profiles of all targets.
pub(crate) fn profiles() -> impl Iterator<Item = &'static Profile> {
    static NAMES: LazyLock<Vec<target::TargetName>> = LazyLock::new(|| target::names().collect());
    NAMES.iter().map(target::TargetName::profile)
}

/// A name for a unit that fits the sections in it.
pub(crate) fn name_of_unit(data: &[u8]) -> UnitName {
    let has = |section: &[u8]| data.windows(section.len()).any(|window| window == section);
    let name = match () {
        () if has(b"[Timer]") => "hello.timer",
        () if has(b"[Socket]") => "hello.socket",
        () if has(b"[Path]") => "hello.path",
        () if has(b"%i") => "hello@.service",
        () if has(b"[Service]") || !has(b"[Unit]") => "hello.service",
        () => "hello.target",
    };
    UnitName::parse(name).expect("a name of ours")
}

/// Fails where a range is none of a text: out of bounds, or within a character.
#[track_caller]
pub(crate) fn is_within(range: &std::ops::Range<usize>, text: &str) {
    assert!(
        text.get(range.clone()).is_some(),
        "{range:?} is no part of {text:?}"
    );
}
