//! Whether a program runs on a target, as far as its ELF facts say: the rules that the build and the
//! verdict on a package share.

use super::elf::{ElfFacts, NeededVersion};
use crate::target::{GlibcVersion, LibraryStanding, Profile, is_above};

/// Pages of the kernels that [`Profile::large_pages`] is about, in bytes.
pub const LARGE_PAGE: u64 = 64 << 10;

/// The libraries that glibc's packages have had since 2.17 (`shlib-versions` of glibc 2.17 and
/// 2.28), beside the loader.
const OF_GLIBC: [&str; 9] = [
    "libc.so.",
    "libm.so.",
    "libdl.so.",
    "libpthread.so.",
    "librt.so.",
    "libutil.so.",
    "libresolv.so.",
    "libanl.so.",
    "libmvec.so.",
];

/// What a program needs of a library beside glibc, and a target does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// The library: this one is in its place.
    Replaced {
        /// What is asked for.
        library: String,
        /// What is there.
        by: &'static str,
    },
    /// The library is not among the target's own; another repository may have it.
    Elsewhere {
        /// What is asked for.
        library: String,
    },
    /// Nothing is known of the library.
    Unknown {
        /// What is asked for.
        library: String,
    },
    /// A version of it.
    Version {
        /// The library.
        library: String,
        /// What is asked for.
        version: String,
        /// The highest that is there.
        highest: &'static str,
    },
}

impl Lacking {
    /// The library that it is about.
    pub fn library(&self) -> &str {
        match self {
            Lacking::Replaced { library, .. }
            | Lacking::Elsewhere { library }
            | Lacking::Unknown { library }
            | Lacking::Version { library, .. } => library,
        }
    }

    /// What the target has instead; `title` is what people call it.
    pub fn told(&self, title: &str) -> String {
        match self {
            Lacking::Replaced { by, .. } => format!("{title} has {by} in its place"),
            Lacking::Elsewhere { .. } => {
                format!("the repositories of {title} do not have it; others may")
            }
            Lacking::Unknown { .. } => {
                format!("whether {title} has it is not known here; some package must provide it")
            }
            Lacking::Version {
                version, highest, ..
            } => format!("it asks for {version}, and {title} has {highest}"),
        }
    }
}

/// Whether a library comes with glibc.
pub fn is_of_glibc(facts: &ElfFacts, library: &str) -> bool {
    let is_loader = |loader: &String| loader.rsplit('/').next() == Some(library);
    OF_GLIBC.iter().any(|start| library.starts_with(start))
        || library.starts_with("ld-linux")
        || facts.interpreter.as_ref().is_some_and(is_loader)
}

/// The versions of glibc above a limit that a program asks for, highest first.
pub fn glibc_above(facts: &ElfFacts, limit: GlibcVersion) -> Vec<(GlibcVersion, &NeededVersion)> {
    let versions = facts.versions.iter();
    let mut above: Vec<_> = versions
        .filter_map(|needed| Some((needed.glibc()?, needed)))
        .filter(|(version, _)| *version > limit)
        .collect();
    above.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    above
}

/// To how many bytes the segments of a program are aligned, where the target's kernel cannot map
/// them: it maps whole pages.
pub fn small_alignment(facts: &ElfFacts, profile: &Profile) -> Option<u64> {
    let arch = facts.arch?.rpm_name();
    let has_large = profile.large_pages.value.iter().any(|large| large == arch);
    facts
        .load_alignment
        .filter(|alignment| has_large && *alignment < LARGE_PAGE)
}

/// What a program needs of libraries beside glibc that the target does not have.
pub fn lacking(facts: &ElfFacts, profile: &Profile) -> Vec<Lacking> {
    let mut lacking = Vec::new();
    for library in &facts.needed {
        if is_of_glibc(facts, library) {
            continue;
        }
        let library = library.clone();
        match profile.library(&library) {
            LibraryStanding::There { highest, .. } => {
                lacking.extend(too_new(facts, &library, highest));
            }
            LibraryStanding::Other(by) => lacking.push(Lacking::Replaced { library, by }),
            LibraryStanding::Elsewhere => lacking.push(Lacking::Elsewhere { library }),
            LibraryStanding::Unknown => lacking.push(Lacking::Unknown { library }),
        }
    }
    lacking
}

/// The highest version of each interface of a library that is above what is there.
fn too_new(facts: &ElfFacts, library: &str, highest: &'static [String]) -> Vec<Lacking> {
    let mut found = Vec::new();
    for known in highest {
        let asked = facts.versions.iter().filter(|needed| {
            needed.library == library && !needed.weak && is_above(&needed.version, known)
        });
        let top = asked.max_by(|a, b| rpm_version::rpm_evr_compare(&a.version, &b.version));
        found.extend(top.map(|needed| Lacking::Version {
            library: library.to_owned(),
            version: needed.version.clone(),
            highest: known,
        }));
    }
    found
}
