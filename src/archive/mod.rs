//! Archives in place of packages: deterministic `.tar.gz` files.
//!
//! In comes a [`Plan`](crate::package::Plan), out goes an archive of what it would install, with a
//! script that installs it on a host without rpm ([`hosts`]); or in come names and contents, and out
//! goes an archive of just those ([`write()`]), as a source package has them. The same in, the same
//! bytes out: entries are sorted, have one time, and belong to root. This module builds nothing and
//! knows nothing of RPMs.

mod error;
pub mod hosts;
mod tarball;

pub use error::Error;
pub use tarball::{Content, Item, Items, Written, folder_items, write};
