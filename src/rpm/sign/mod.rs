//! Signing a package: a key or a program signs the header's bytes, and the signature takes the place
//! that was kept for it.
//!
//! In comes a written package or the path of one that is there, and a [`Signer`]; the bytes of the
//! signature header change, and nothing else: digests and sizes stay as they are, and where the
//! reserved space suffices nothing moves. A signer was judged for its target when it was made, so
//! that a key is refused before anything is built.
//!
//! A signature of the header covers the payload too where the header has the payload's digest and
//! rpm looks at it, since 4.14. Else the only digest of the payload (MD5) stands outside of what is
//! signed: rpm 4.11.3 calls a package OK whose payload and MD5 somebody changed, and rpm 4.18 calls
//! one NOT OK that has no digest and no signature of the payload. So for such a target or package
//! header and payload are signed together as well, as rpm 4.11's own rpmsign does.

mod error;
mod file;
mod front;
mod program;
mod signer;

pub use error::SignError;
pub(super) use file::sign_in_place;
pub use file::{SignedFile, is_signable, sign_file};
pub use signer::{Signer, choose_key};
