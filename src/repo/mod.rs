//! Packages side by side: the names that they take from each other.
//!
//! In come the names and places of the packages of a run; out comes a verdict. Published
//! repositories, with the names that they hold, are this room's too.

mod claims;
mod error;

pub use claims::{Claim, check_claims};
pub use error::Error;
