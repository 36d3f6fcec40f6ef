//! A value, and how we know it.

use serde::Deserialize;

/// A fact of a profile with its source.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Fact<T> {
    /// The fact.
    pub value: T,
    /// Where it was seen: a source tree and tag, a manual page, or `general knowledge`.
    pub source: String,
    /// Whether it was seen there by us, rather than taken from what is generally known.
    pub verified: bool,
}
