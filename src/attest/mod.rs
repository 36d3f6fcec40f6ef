//! What is said of packages for those who have to trust them: what they were made from, and by what.
//!
//! In come plain facts about an artifact and its build; out go two texts, each of a form that others
//! read: a provenance (SLSA 1.0 in a statement of in-toto 1.0) and a bill of materials (CycloneDX
//! 1.5). The same facts give the same bytes. This room asks no program, reads no file and writes none.

mod error;
mod provenance;
mod sbom;

pub use error::Error;
pub use provenance::provenance;
pub use sbom::{Checksums, sbom};

use crate::build::Toolchain;
use crate::package::Nevra;
use crate::project::Commit;

/// An artifact that something is said of.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// The name of its file.
    pub file_name: &'a str,
    /// SHA-256 of its bytes in hexadecimal.
    pub sha256: &'a str,
    /// Its identity.
    pub nevra: &'a Nevra,
    /// The target that it is for.
    pub target: &'a str,
    /// The time that it is dated with, in seconds since 1970.
    pub time: u32,
    /// The files that it was made from, by their path in the workspace, with their SHA-256.
    pub inputs: Vec<(String, String)>,
}

/// How the programs of a package were built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildFacts {
    /// The package of cargo's.
    pub package: String,
    /// Its version.
    pub version: String,
    /// The binaries.
    pub binaries: Vec<String>,
    /// The targets that they serve.
    pub targets: Vec<String>,
    /// The Rust triple.
    pub triple: String,
    /// The glibc that they were built against, where that was chosen here.
    pub glibc: Option<String>,
    /// cargo's profile.
    pub profile: String,
    /// What was said of features, as flags.
    pub features: Vec<String>,
    /// What built them.
    pub builder: ProgramBuilder,
}

/// What built programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramBuilder {
    /// cargo, started here.
    Cargo,
    /// A command in its place.
    Command,
    /// Somebody, before this run.
    Before,
}

impl ProgramBuilder {
    /// One word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            ProgramBuilder::Cargo => "cargo",
            ProgramBuilder::Command => "command",
            ProgramBuilder::Before => "before",
        }
    }
}

/// What a run found around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// What builds.
    pub toolchain: Toolchain,
    /// SHA-256 of `Cargo.lock`, if there is one.
    pub lockfile: Option<String>,
    /// The commit that the workspace is at.
    pub commit: Option<Commit>,
}

/// Who runs the build, as far as he says: a pipeline's own names for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Builder {
    /// A URI of the pipeline.
    pub id: Option<String>,
    /// A URI of this one run of it.
    pub invocation: Option<String>,
    /// A URI of the repository.
    pub repository: Option<String>,
}

/// The version of this program.
const OURS: &str = env!("CARGO_PKG_VERSION");
