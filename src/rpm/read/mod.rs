//! Reading RPM files that anyone may have made.
//!
//! In come bytes, out goes what they say, or an error; never a panic, and never more memory than
//! the limits here allow: every offset, count, alignment and type is checked before anything is
//! believed or allocated. Nothing is unpacked to disk. The `rpm` crate has no part in it (it
//! panics and aborts on damaged headers), nor has the code that writes.
//!
//! [`ReadRpm::parse`] takes lead and headers; [`ReadRpm::verify`] then streams the payload once,
//! computes every digest anew and holds the payload against the file list, and a [`Visit`]or may
//! look at the files on the way. All that rpm itself has ever written is read: gzip, xz, lzma, bzip2,
//! zstd or nothing around cpio of either kind, source packages, packages of rpm 6.

mod around;
mod blocks;
#[cfg(test)]
mod container_tests;
mod decompress;
mod dependencies;
mod digest;
mod files;
mod header;
mod hooks;
mod names;
mod openpgp;
mod package;
mod payload;
mod proven;
mod raw;
#[cfg(test)]
mod tests;
mod unpack;
mod walk;

pub use dependencies::{ReadChange, ReadDependency, ReadScriptlet, ReadTrigger};
pub use digest::{Check, algorithm_name};
pub use files::FileEntry;
pub use header::Header;
#[cfg(test)]
pub(super) use header::Kind;
pub use hooks::Visit;
pub use openpgp::{Covers, ReadSignature};
pub(crate) use package::Blocks;
pub(super) use package::LEAD;
pub use package::{Identity, Metadata, ReadRpm};
pub use payload::Verification;
pub use proven::Proven;
pub use walk::Found;

/// The most entries of a main header; rpm's own limit (rpm 4.14.3, `HEADER_TAGS_MAX`).
const MAX_ENTRIES: usize = 0xffff;
/// The most bytes of a main header's data: some ten times what 30,000 files take. rpm's own limit is
/// 256 MiB, but a description of ours holds the texts once more.
const MAX_STORE: usize = 32 << 20;
/// The most bytes of a signature header's data; it grows with file signatures (IMA).
const MAX_SIGNATURE_STORE: usize = 16 << 20;
/// The most items of an entry that is a list of numbers or strings, files among them.
const MAX_ITEMS: usize = 1 << 17;
/// The most bytes of a path, Linux's own limit (`PATH_MAX`).
const MAX_PATH: usize = 4096;
/// The most bytes of all paths together, folders repeated for each file.
const MAX_PATHS: usize = 32 << 20;
