//! What an ELF file says of itself.
//!
//! In comes a file that nobody vouches for; out go [`ElfFacts`]: plain data, from which
//! [`requires`] and [`provides`] make the capabilities that rpm's own generator would. Nothing here
//! judges.
//!
//! Reading is bounded: whatever the bytes, it ends in time and memory that grow with the size of
//! the file at most, and it never panics (`object` checks every offset; tables whose records may
//! overlap are counted here).

mod bounded;
mod capabilities;
mod headers;
mod read;
pub mod split;
#[cfg(test)]
pub(crate) mod tests;

pub use capabilities::{provides, requires};

use super::arch::Arch;
use crate::target::GlibcVersion;
use camino::Utf8Path;
use thiserror::Error;

/// Why a file has no facts.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// It is no ELF file, or a damaged one.
    #[error("{0}")]
    Malformed(#[from] object::read::Error),
    /// It is none that a linker makes.
    #[error("{0}")]
    Odd(&'static str),
}

/// 32 or 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `ELFCLASS32`
    Elf32,
    /// `ELFCLASS64`
    Elf64,
}

/// The byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// `ELFDATA2LSB`
    Little,
    /// `ELFDATA2MSB`
    Big,
}

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A program at a fixed address (`ET_EXEC`).
    Executable,
    /// A program at any address: `ET_DYN` with `DF_1_PIE`, `DT_DEBUG` or an interpreter.
    PositionIndependentExecutable,
    /// A shared library: any other `ET_DYN`.
    SharedLibrary,
    /// An object file, a core dump or something newer.
    Other,
}

/// A symbol that a library must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeededSymbol {
    /// Its name.
    pub name: String,
    /// Whether the program starts without it (`STB_WEAK`). The *version* is asked for all the
    /// same unless it is weak itself.
    pub weak: bool,
}

/// A version of a library's interface that must be there (`.gnu.version_r`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeededVersion {
    /// The library's name, as in `DT_NEEDED`: `libc.so.6`.
    pub library: String,
    /// The version: `GLIBC_2.17`.
    pub version: String,
    /// Whether the loader only warns when it is missing (`VER_FLG_WEAK`).
    pub weak: bool,
    /// The symbols that are asked for at this version; the first [`MAX_SYMBOLS_NAMED`] of them.
    pub symbols: Vec<NeededSymbol>,
    /// How many symbols are asked for at this version.
    pub symbol_count: usize,
}

/// A version of an interface that a library has (`.gnu.version_d`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinedVersion {
    /// What the library calls itself there: the name of the version marked as its base.
    pub library: String,
    /// The version: `ZLIB_1.2.0`.
    pub version: String,
}

/// How many symbols of a needed version are kept by name.
pub const MAX_SYMBOLS_NAMED: usize = 32;

impl NeededVersion {
    /// The version of glibc that first has it: `GLIBC_2.17` came with 2.17. `GLIBC_PRIVATE` is of
    /// every version, and the versions of other libraries say nothing of glibc.
    pub fn glibc(&self) -> Option<GlibcVersion> {
        match self.version.strip_prefix("GLIBC_")? {
            // No interface but a mark that the loader must know relative relocations packed as
            // `-z pack-relative-relocs` packs them (glibc's NEWS, 2.36).
            "ABI_DT_RELR" => Some(GlibcVersion::new(2, 36)),
            // The marks of TLS descriptors (glibc's NEWS, 2.42), and those still to come.
            mark if mark.starts_with("ABI_") => Some(GlibcVersion::new(2, 42)),
            version => version.parse().ok(),
        }
    }
}

/// What an ELF file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElfFacts {
    /// 32 or 64 bits.
    pub class: Class,
    /// The byte order.
    pub byte_order: ByteOrder,
    /// The architecture, where it is one that we know.
    pub arch: Option<Arch>,
    /// `e_machine`, for one that we do not.
    pub machine: u16,
    /// What kind of file it is.
    pub kind: Kind,
    /// The program loader it asks for (`PT_INTERP`).
    pub interpreter: Option<String>,
    /// The libraries it asks for (`DT_NEEDED`), in order.
    pub needed: Vec<String>,
    /// The versions it asks for, in order.
    pub versions: Vec<NeededVersion>,
    /// The versions of its own interface, in order.
    pub defined_versions: Vec<DefinedVersion>,
    /// What it is called as a library (`DT_SONAME`).
    pub soname: Option<String>,
    /// Whether a loader leaves a word for debuggers in it (`DT_DEBUG`), as programs ask for.
    pub has_debug: bool,
    /// Whether it has a hash table of the old kind (`DT_HASH`).
    pub has_hash: bool,
    /// Whether it has a hash table of GNU's kind (`DT_GNU_HASH`).
    pub has_gnu_hash: bool,
    /// Whether it has a dynamic section, so a loader has something to do.
    pub dynamic: bool,
    /// The build id, in lower-case hexadecimal.
    pub build_id: Option<String>,
    /// Whether it holds DWARF debug information (`.debug_info`).
    pub debug_info: bool,
    /// To how many bytes its loaded segments are aligned at least (`p_align` of `PT_LOAD`).
    pub load_alignment: Option<u64>,
}

impl ElfFacts {
    /// Reads the facts of a file; only the parts that hold them are read.
    ///
    /// # Errors
    /// When it cannot be read, or is no sound ELF file.
    pub fn read(path: &Utf8Path) -> Result<Self, ReadError> {
        let cache = object::ReadCache::new(std::fs::File::open(path)?);
        read::facts(&cache)
    }

    /// Reads the facts of a file that is in memory.
    ///
    /// # Errors
    /// When it is no sound ELF file.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReadError> {
        read::facts(bytes)
    }

    /// Reads the facts of a file that a stranger made, however large: what is kept of it in memory is
    /// bounded.
    ///
    /// # Errors
    /// When it cannot be read, is no sound ELF file, or needs more memory than any does.
    pub fn read_bounded(input: impl std::io::Read + std::io::Seek) -> Result<Self, ReadError> {
        read::facts(&bounded::Bounded::new(input)?)
    }

    /// Whether no loader is needed: neither an interpreter nor a library. A static PIE has a
    /// dynamic section all the same.
    pub fn is_static(&self) -> bool {
        self.interpreter.is_none() && self.needed.is_empty()
    }

    /// The highest version of glibc that it asks for.
    pub fn glibc(&self) -> Option<GlibcVersion> {
        self.versions.iter().filter_map(NeededVersion::glibc).max()
    }
}
