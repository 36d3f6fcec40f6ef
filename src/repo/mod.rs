//! Packages side by side: the names that they take from each other, and the repositories that they
//! are published in.
//!
//! In come the names and places of the packages of a run; out comes a verdict. In come RPMs and the
//! folder of a yum repository ([`folder`]); out go the same folder with the packages in it, and its
//! metadata ([`Repodata`]). In come the addresses of repositories of others; out go the units that
//! their packages ship ([`taken`]). This room reads packages with [`crate::rpm::read`] and asks
//! [`crate::inspect`] whether they are sound; which key signs is decided elsewhere.

mod claims;
mod error;
pub mod folder;
mod regular;
mod repodata;
pub mod taken;

pub use claims::{Claim, check_claims};
pub use error::Error;
pub use repodata::{Entry, FileFacts, Record, Repodata, Repomd, nevra};
