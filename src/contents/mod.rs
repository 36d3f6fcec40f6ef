//! What the package ships as far as it is known without a build: declared files, folders, links and
//! ghosts, manual pages, completions, licence and README, and the users and groups that it creates.
//!
//! In comes the [`Project`](crate::project::Project); out go [`Entry`] values, each with owner, mode
//! and the reason it is there. Sources are looked at (are they there, what are they), and read once,
//! while the payload is written; manual pages alone are read here, because they are compressed.
//! What a build script made is looked at after the build, by [`generated`].

mod accounts;
mod capabilities;
mod declared;
mod entry;
mod error;
mod found;
mod glob;
mod merge;
mod pages;
mod path;
mod sources;
mod system;
mod texts;
mod tmpfiles;
mod tree;
mod warnings;

pub use accounts::{Accounts, Group, NO_HOME, NO_LOGIN, User, account_warnings, recipe};
pub use capabilities::Capabilities;
pub use declared::{Asked, Declared, bin_caps, declared, generated};
pub use entry::{Entry, FileFlags, FileKind, Source};
pub use error::Error;
pub use glob::{Across, Glob};
pub use path::InstallPath;
pub use texts::{Texts, is_license};
pub use tmpfiles::{TmpfilesLine, tmpfiles};
pub use warnings::warnings;
