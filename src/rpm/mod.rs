//! The RPM format, and nothing but the format: write it, and read it within bounds.
//!
//! In comes a [`Plan`](crate::package::Plan), out goes a file ([`write()`]); or in come bytes that
//! anyone may have made, out goes what they say ([`read`]). Writing uses the `rpm` crate for the
//! encoding of headers, in one module; reading is our own and shares no code with it but the
//! numbers of the tags. This module makes no decision about what a package holds and does not
//! judge what it reads.

mod compress;
mod cpio;
mod dependencies;
mod encode;
mod error;
#[cfg(test)]
pub(crate) mod fixture;
mod header;
mod imprint;
mod inputs;
mod layout;
pub mod openpgp;
mod payload;
pub mod read;
mod segment;
mod sign;
mod signature;
mod spool;
mod stamp;
pub mod tag;
mod triggers;
mod write;

pub use dependencies::{EncodedDependencies, EncodedDependency};
pub use error::Error;
pub(crate) use header::encoded_flags;
pub use imprint::{Imprint, Input};
pub(crate) use payload::Placed;
pub use sign::{SignError, SignedFile, Signer, choose_key, is_signable, sign_file};
pub use spool::Spool;
pub use stamp::Stamp;
pub use triggers::{EncodedCondition, conditions};
pub use write::{Options, Written, write};

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A text of a stranger's file as it may be shown: on one line, so that it cannot speak to the
/// terminal, and cut to 200 characters.
pub(crate) fn visible(text: &str) -> String {
    let cut: String = text.chars().take(200).collect();
    crate::report::visible_line(&cut)
}
