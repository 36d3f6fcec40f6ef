//! The names that published repositories hold: which package ships which unit.
//!
//! In come addresses of repositories that somebody else keeps; out go the units of their packages
//! ([`Known`]). Only `filelists` is read, in which every file of every package is. What was found in
//! a repository on the network is kept in a folder of the user's, so that the next look asks for
//! nothing that did not change, and can do without the network. Everything that comes is of bounded
//! size and streamed. The network is reached by `http` alone.

mod address;
mod cache;
mod error;
mod http;
mod look;
mod pace;

pub use address::{Address, Web};
pub use error::Error;
pub use http::Network;
pub use look::{Known, Looking, look};

use serde::{Deserialize, Serialize};

/// A package that ships units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shipped {
    /// Its name.
    pub name: String,
    /// `[EPOCH:]VERSION-RELEASE`
    pub version: String,
    /// Its architecture.
    pub arch: String,
    /// Its units, in order.
    pub units: Vec<String>,
}

impl Shipped {
    /// `NAME-[EPOCH:]VERSION-RELEASE.ARCH`
    pub fn nevra(&self) -> String {
        format!("{}-{}.{}", self.name, self.version, self.arch)
    }
}
