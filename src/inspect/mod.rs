//! The verdict on a package: would the target's rpm take it, and is it what was planned?
//!
//! In comes a file that was just written, or one that a stranger made; out goes a [`Verdict`], or
//! for the former a [`VerifiedRpm`], which alone can give it its final name. The file is read by
//! [`crate::rpm::read`], which trusts nothing and shares no code with the writer.
//!
//! Judged are: every digest and size (missing ones too, MD5 among them, by which alone rpm 4.11
//! sees a damaged payload); the payload's compressor, the `rpmlib()` requirements and 64-bit sizes
//! against what the target's rpm reads; the payload against the file list, links with their
//! targets included; the room for a signature; and everything that the plan says: identity,
//! dependencies, scriptlets, and of each file path, type, mode, owner, flags, time and content.
//! Of what ELF files need, the versions of glibc are judged as the requirements state them; the
//! files themselves are not read here yet: `build` reads them before the plan is made.
//!
//! This module writes nothing but the final name and prints nothing.

mod describe;
mod error;
mod gate;
mod planned;
mod requires;
#[cfg(test)]
mod tests;
mod tree;
mod verdict;

pub use describe::{DescribedFile, DescribedKind, Description, describe};
pub use error::Error;
pub use gate::{VerifiedRpm, verify};
pub use requires::requires;
pub use tree::tree;
pub use verdict::{Fault, Refusal, Verdict, judge, verdict, whole};
