//! What rpm's own generator would say that a file requires and provides.

use super::{Class, ElfFacts, Kind};

/// The capabilities that the libraries of the target must provide, sorted, each once.
///
/// As `elfdeps --requires` of rpm 4.18 prints them (`tools/elfdeps.c`): `libc.so.6()(64bit)`,
/// `libc.so.6(GLIBC_2.17)(64bit)`, and `rtld(GNU_HASH)` where there is no hash table of the old
/// kind. A file that asks for a loader and may not be executed needs nothing. The `elfdeps` of 4.11.3
/// and 4.14.3 says the same of executable files and nothing of any other, though a library needs its
/// own libraries all the same. A library without `.so` in
/// its name or beginning neither with `lib` nor as a loader does is left out, as rpm does it since
/// 4.12. The interpreter is not named by itself: rpm's own set has it among the libraries.
pub fn requires(facts: &ElfFacts, is_executable: bool) -> Vec<String> {
    let is_run = is_executable || facts.interpreter.is_none();
    if facts.kind == Kind::Other || !is_run {
        return Vec::new();
    }
    let libraries = facts
        .needed
        .iter()
        .filter_map(|name| capability(facts, name, None));
    let versions = facts
        .versions
        .iter()
        .filter_map(|needed| capability(facts, &needed.library, Some(&needed.version)));
    let hash = (facts.has_gnu_hash && !facts.has_hash).then(|| "rtld(GNU_HASH)".to_owned());
    sorted(libraries.chain(versions).chain(hash))
}

/// The capabilities that a library has for others, sorted, each once.
///
/// As `elfdeps --provides` prints them: the name in `DT_SONAME`, else that of its file, and a
/// version of its interface each. A program, which a loader leaves a word for debuggers in,
/// provides its versions alone.
pub fn provides(facts: &ElfFacts, file_name: &str) -> Vec<String> {
    if facts.kind == Kind::Other {
        return Vec::new();
    }
    let is_library = facts.kind != Kind::Executable && !facts.has_debug;
    let name = is_library.then(|| facts.soname.as_deref().unwrap_or(file_name));
    let name = name.and_then(|name| capability(facts, name, None));
    let versions = facts
        .defined_versions
        .iter()
        .filter_map(|defined| capability(facts, &defined.library, Some(&defined.version)));
    sorted(name.into_iter().chain(versions))
}

/// `LIBRARY(VERSION)(64bit)`; the mark goes to 64-bit files alone.
fn capability(facts: &ElfFacts, library: &str, version: Option<&str>) -> Option<String> {
    if !is_library_name(library) {
        return None;
    }
    Some(match (facts.class, version) {
        (Class::Elf64, version) => format!("{library}({})(64bit)", version.unwrap_or_default()),
        (Class::Elf32, Some(version)) => format!("{library}({version})"),
        (Class::Elf32, None) => library.to_owned(),
    })
}

fn is_library_name(name: &str) -> bool {
    const BEGINNINGS: [&str; 5] = ["lib", "ld.", "ld-", "ld64.", "ld64-"];
    name.contains(".so") && BEGINNINGS.iter().any(|start| name.starts_with(start))
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = names.collect();
    all.sort();
    all.dedup();
    all
}
