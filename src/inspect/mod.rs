//! The verdict on a package: would the target's rpm take it, and is it what was planned?
//!
//! In comes a file that was just written, or one that a stranger made; out goes a [`Verdict`], or
//! for the former a [`VerifiedRpm`], which alone can give it its final name. The file is read by
//! [`crate::rpm::read`], which trusts nothing and shares no code with the writer; where the writer says
//! that a block lies, it is looked for, and must be.
//!
//! A package is read once ([`examine`]), whatever the number of targets that it is judged for. Judged
//! are: every digest and size (missing ones too, MD5 among them, by which alone rpm 4.11 sees a
//! damaged payload); the payload's compressor, the `rpmlib()` requirements, signatures, 64-bit sizes
//! and dependencies against what the target's rpm knows; the payload against the file list, links
//! with their targets included; programs and libraries against the target's glibc, its other
//! libraries, its processor and the pages of its kernel; the units by the rules of [`crate::lint`];
//! and where there is a plan everything that it says: identity, dependencies, scriptlets, the room
//! for a signature, and of each file path, type, mode, owner, flags, time and content.
//!
//! This module writes nothing but the final name, and files into a folder that is named for it
//! ([`extract`]); it prints nothing.

mod accounts;
#[cfg(test)]
mod block_tests;
mod contents;
mod describe;
pub mod diff;
mod error;
mod examine;
mod extract;
#[cfg(test)]
mod extract_tests;
mod gate;
mod installer;
mod openssl;
mod planned;
mod programs;
#[cfg(test)]
mod refusal_tests;
mod requires;
mod services;
#[cfg(test)]
mod tests;
mod tree;
mod units;
mod verdict;

pub use accounts::{Account, AccountFacts, of as accounts};
pub use contents::{Contents, Elf, Script, Text};
pub use describe::{DescribedFile, DescribedKind, Description, describe, line, line_name};
pub use error::Error;
pub use examine::{Examined, examine, extract};
pub use gate::{Options, Proven, VerifiedRpm, verify};
pub use requires::requires;
pub use services::{DescribedUnit, units};
pub use tree::tree;
pub use verdict::{Fault, Refusal, Verdict, judge, soundness, whole};
