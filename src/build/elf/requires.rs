//! What rpm's own generator would say that a file requires.

use super::{Class, ElfFacts};

/// The capabilities that the libraries of the target must provide, sorted, each once.
///
/// As `elfdeps --requires` of rpm 4.11.3 to 4.18 prints them for an executable file
/// (`tools/elfdeps.c`): `libc.so.6()(64bit)`, `libc.so.6(GLIBC_2.17)(64bit)`, and
/// `rtld(GNU_HASH)` where there is no hash table of the old kind. The mark `(64bit)` goes to
/// 64-bit files alone; a library without `.so` in its name or beginning neither with `lib` nor
/// as a loader does is left out, as rpm does it since 4.12.
pub fn requires(facts: &ElfFacts) -> Vec<String> {
    let mark = match facts.class {
        Class::Elf64 => "(64bit)",
        Class::Elf32 => "",
    };
    let libraries = facts
        .needed
        .iter()
        .filter(|name| is_library_name(name))
        .map(|name| {
            if mark.is_empty() {
                name.clone()
            } else {
                format!("{name}(){mark}")
            }
        });
    let versions = facts
        .versions
        .iter()
        .filter(|needed| is_library_name(&needed.library))
        .map(|needed| format!("{}({}){mark}", needed.library, needed.version));
    let hash = (facts.has_gnu_hash && !facts.has_hash).then(|| "rtld(GNU_HASH)".to_owned());
    let mut all: Vec<String> = libraries.chain(versions).chain(hash).collect();
    all.sort();
    all.dedup();
    all
}

fn is_library_name(name: &str) -> bool {
    const BEGINNINGS: [&str; 5] = ["lib", "ld.", "ld-", "ld64.", "ld64-"];
    name.contains(".so") && BEGINNINGS.iter().any(|start| name.starts_with(start))
}
