//! What the package ships as far as it is known without a build: declared files, licence and README,
//! and the users and groups that it creates.
//!
//! In comes the [`Project`](crate::project::Project); out go [`Entry`] values, each with owner, mode
//! and the reason it is there. Sources are looked at (are they there, are they plain files), never
//! read: that happens once, while the payload is written.

mod accounts;
mod declared;
mod entry;
mod error;
mod path;
mod system;
mod tmpfiles;
mod warnings;

pub use accounts::{Accounts, Group, NO_HOME, NO_LOGIN, User, account_warnings, recipe};
pub use declared::{Texts, declared};
pub use entry::{Entry, FileFlags, FileKind, Source};
pub use error::Error;
pub use path::InstallPath;
pub use tmpfiles::{TmpfilesLine, tmpfiles};
pub use warnings::warnings;
