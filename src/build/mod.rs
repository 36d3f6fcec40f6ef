//! Building: cargo against the target's glibc, and the ELF files read back.
//!
//! In comes a [`Request`]: a package, its binaries, the targets of the run, and what goes to cargo
//! as it is. Out goes one [`Built`] a target: binaries with their [`ElfFacts`], each judged for
//! that target. This room knows nothing of projects and packages; it takes plain values.
//!
//! # How it is built
//!
//! A program built against an old glibc runs with every later one, so one build, against the
//! lowest glibc of the run, serves all its targets; with `--build-each` each version gets a build
//! and a target folder of its own. `cargo-zigbuild` builds, unless the host's own glibc is old
//! enough. The paths of binaries come from cargo's JSON messages.
//!
//! # The contract of `--cargo-build CMD`
//!
//! `CMD` stands in the place of `cargo build`. It is split into words as a POSIX shell would,
//! with quotes and backslashes, but with no variables, globs or pipes. It gets the arguments that
//! `cargo build` would get from us: `--message-format`, `--manifest-path`, `--package`,
//! `--profile`, `--target` (the Rust triple, without a glibc version), `--bin`, `--target-dir`,
//! the feature flags and what stands after `--`; and the variables
//!
//! | variable | holds |
//! |---|---|
//! | `AMBOT_TRIPLE` | the Rust triple |
//! | `AMBOT_GLIBC` | the glibc version that the result may need at most, such as `2.17`; unset for a triple without glibc |
//! | `CARGO_ENCODED_RUSTFLAGS` | the rustflags and our request for a build id |
//!
//! It must hand on cargo's JSON messages on stdout, with paths as they are outside a container,
//! and end with 0 only when it has built. What it built is judged like any other binary.

mod arch;
mod cargo;
mod check;
mod command_line;
pub mod elf;
mod error;
mod generators;
mod host;
mod input;
mod install;
mod interrupt;
mod locate;
mod parted;
mod process;
mod request;
mod resolved;
mod run;
pub mod runs;
mod rustflags;
mod schedule;
mod sources;
mod toolchain;
mod zig;

pub use arch::Arch;
pub use check::{Binary, NewerGlibc, Origin};
pub use command_line::{CommandLine, HeadStart};
pub use elf::ElfFacts;
pub use error::Error;
pub use generators::Capabilities;
pub use input::Input;
pub use interrupt::Interrupt;
pub use parted::{Parted, Parting, part, promised};
pub(crate) use process::{ending, run_filter, run_quietly};
pub use request::{CargoOptions, Request, Source};
pub use resolved::{Resolved, ResolvedCrate, resolved};
pub use run::{Started, start};
pub use sources::{Asked, package_files, vendor};
pub use toolchain::Toolchain;

use crate::target::{GlibcVersion, TargetName};
use camino::Utf8PathBuf;

/// The folder that the user's environment or cargo's configuration has cargo build in, from the
/// folder that the run starts in on; nothing where neither says so, or where it cannot be read.
pub fn configured_target_directory() -> Option<Utf8PathBuf> {
    let folder = std::env::current_dir().ok()?;
    let config = cargo_config2::Config::load_with_cwd(folder).ok()?;
    Utf8PathBuf::from_path_buf(config.build.target_dir?).ok()
}

/// The binaries for one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The target.
    pub target: TargetName,
    /// The Rust triple they were built for.
    pub triple: String,
    /// The architecture.
    pub arch: Arch,
    /// The glibc they were built against, where the triple is one of glibc and we built them.
    pub glibc: Option<GlibcVersion>,
    /// The binaries, in the order in which they were asked for.
    pub binaries: Vec<Binary>,
    /// The folders that the build scripts of the binaries' packages wrote into (`OUT_DIR`), where
    /// they were built now.
    pub out_dirs: Vec<Utf8PathBuf>,
}
