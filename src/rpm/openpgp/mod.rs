//! OpenPGP as far as packages need it: keys, what they may do, signatures, and whether these are
//! right. The only module that names the `pgp` crate.
//!
//! In come the bytes of keys and signatures, which anyone may have made, and facts about a target;
//! out go [`Certificate`]s with what their self-signatures say, a [`SigningKey`] that signs the
//! same bytes the same way every time, and [`SignatureCheck`]s of a package. Where keys come from
//! is not known here.

mod certificate;
mod check;
mod fit;
mod passphrase;
mod secret;
mod signature;
#[cfg(test)]
mod tests;

pub use certificate::{Certificate, KeyFacts};
pub use check::{Covers, SignatureCheck, SignatureResult, check, check_file};
pub use fit::{Misfit, fits, misfit};
pub use passphrase::Secret;
pub use secret::{SecretKey, SigningKey, WrongPassphrase};
pub use signature::Signature;
