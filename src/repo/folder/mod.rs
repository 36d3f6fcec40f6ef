//! The folder of a yum repository: packages, and `repodata` with their metadata.
//!
//! In come packages that are to be added, or names of those that are to go; out go the packages that
//! are there afterwards. A change is decided as a whole ([`Change`]) before anything is written, and
//! what is written has no name that clients look for until `repomd.xml` is put in its place, which is
//! one step: who is killed before leaves the repository as it was. One change is made at a time, under
//! a lock.
//!
//! | file | is |
//! |---|---|
//! | `NAME-VERSION-RELEASE.ARCH.rpm` | a package; with eight digits of its digest before `.rpm` where another has that name |
//! | `repodata/DIGEST-primary.xml.gz` … | metadata, never overwritten |
//! | `repodata/repomd.xml` | the metadata that count |
//! | `repodata/repomd.xml.asc`, `repomd.xml.key` | its signature, and the public key |
//! | `.ambot.lock` | what is locked |
//! | `.ambot-….repo.part` | what is not finished; the next change takes away what was left |

mod add;
mod candidate;
mod change;
mod createrepo;
mod error;
mod lock;
mod publish;
mod remove;
mod stock;
mod superseded;

pub use add::{add, share_a_system};
pub use candidate::Candidate;
pub use change::{Change, Outcome, What};
pub use error::{Doubles, Error, TakenUnit};
pub use publish::{Maker, Published, Signing, publish};
pub use remove::{prune, remove};
pub use stock::{Folder, list};
