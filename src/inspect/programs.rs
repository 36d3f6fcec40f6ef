//! Whether the programs and scripts of a package find on a target what they need.

use super::contents::Elf;
use super::error::Error;
use super::examine::Examined;
use super::verdict::{Refusal, Verdict};
use crate::build::Arch;
use crate::build::elf::{ElfFacts, Kind};
use crate::build::runs::{self, Lacking};
use crate::rpm::visible;
use crate::target::{GlibcVersion, Profile, base_system, library_source};
use std::collections::{BTreeMap, BTreeSet};

/// Where programs lie that are meant for the machine that they are installed on; elsewhere lie
/// those for others, such as firmware.
const PROGRAM_FOLDERS: [&str; 3] = ["/bin/", "/sbin/", "/libexec/"];

/// What the package brings itself, and what it says that it needs.
struct Own {
    names: BTreeSet<String>,
    paths: BTreeSet<String>,
}

pub(super) fn judge(
    examined: &Examined,
    profile: &Profile,
    verdict: &mut Verdict,
) -> Result<(), Error> {
    let metadata = &examined.metadata;
    let paths: BTreeSet<String> = metadata
        .files()?
        .iter()
        .map(|file| base_system::merged_path(&file.path()))
        .chain(
            metadata
                .requires()
                .into_iter()
                .map(|required| required.name),
        )
        .collect();
    let own = Own {
        names: paths
            .iter()
            .filter_map(|path| path.rsplit('/').next())
            .map(str::to_owned)
            .collect(),
        paths,
    };
    let arch = arch(&metadata.identity().arch);
    for elf in &examined.contents.elves {
        match &elf.facts {
            Ok(facts) => program(elf, facts, arch, &own, profile, verdict),
            Err(what) => verdict.note(format!(
                "{} is a damaged ELF file: {what}",
                visible(&elf.path)
            )),
        }
    }
    required_versions(examined, profile, verdict);
    scripts(examined, &own, verdict);
    if examined.contents.passed_over > 0 {
        verdict.note(format!(
            "{} file(s) are too large or too many to be looked into",
            examined.contents.passed_over
        ));
    }
    Ok(())
}

/// The architecture of an RPM's name for it, older and newer kinds of x86 included.
fn arch(name: &str) -> Option<Arch> {
    Arch::from_rpm(name).or(match name {
        "i386" | "i486" | "i586" | "athlon" => Some(Arch::I686),
        name if name.starts_with("x86_64_v") => Some(Arch::X86_64),
        _ => None,
    })
}

fn program(
    elf: &Elf,
    facts: &ElfFacts,
    arch: Option<Arch>,
    own: &Own,
    profile: &Profile,
    verdict: &mut Verdict,
) {
    let path = visible(&elf.path);
    if facts.kind == Kind::Other {
        return;
    }
    if let Some(folder) = &elf.openssl {
        verdict.note(format!(
            "{path} has an OpenSSL of its own inside: it takes certificates from {}, not from the system, is not the FIPS-validated one, and is mended by a new package alone",
            visible(folder)
        ));
    }
    let is_program = matches!(
        facts.kind,
        Kind::Executable | Kind::PositionIndependentExecutable
    );
    let is_meant_to_run = PROGRAM_FOLDERS
        .iter()
        .any(|folder| elf.path.contains(folder));
    if facts.arch != arch && arch.is_some() {
        let is = facts.arch.map_or_else(
            || format!("machine {}", facts.machine),
            |arch| arch.rpm_name().to_owned(),
        );
        let text = format!("{path} is a program for {is}, and the package is for another machine");
        if is_program && is_meant_to_run {
            verdict.refuse(Refusal::too_new(text).help("build it for the package's architecture"));
        } else {
            verdict.note(text);
        }
        return;
    }
    if let Some(alignment) = runs::small_alignment(facts, profile).filter(|_| is_program) {
        let text = format!(
            "{path} has segments aligned to {alignment} bytes, and the kernel of {} maps pages of 64 KiB: it does not start",
            profile.title
        );
        verdict.refuse(Refusal::too_new(text).help("link it with `-Wl,-z,max-page-size=65536`"));
    }
    interpreter(&path, facts, own, verdict);
    glibc(&path, facts, profile, verdict);
    for lacking in runs::lacking(facts, profile) {
        if !own.names.contains(lacking.library()) {
            library(&path, &lacking, profile, verdict);
        }
    }
}

fn interpreter(path: &str, facts: &ElfFacts, own: &Own, verdict: &mut Verdict) {
    let (Some(asked), Some(arch)) = (&facts.interpreter, facts.arch) else {
        return;
    };
    let is_there =
        asked == arch.glibc_loader() || own.paths.contains(&base_system::merged_path(asked));
    if !is_there {
        let text = format!(
            "{path} is started by {}, which the target does not have: `No such file or directory`",
            visible(asked)
        );
        verdict.refuse(Refusal::too_new(text).help(format!(
            "link it for glibc, whose loader is {}, or statically",
            arch.glibc_loader()
        )));
    }
}

fn glibc(path: &str, facts: &ElfFacts, profile: &Profile, verdict: &mut Verdict) {
    let above = runs::glibc_above(facts, profile.glibc.value);
    let Some((_, highest)) = above.first() else {
        return;
    };
    let symbols: Vec<String> = above
        .iter()
        .flat_map(|(_, needed)| {
            let symbols = needed.symbols.iter();
            symbols.map(|symbol| format!("{}@{}", visible(&symbol.name), visible(&needed.version)))
        })
        .take(3)
        .collect();
    let symbols = match symbols.as_slice() {
        [] => String::new(),
        some => format!(" (for {})", some.join(", ")),
    };
    let text = format!(
        "{path} needs {} of {}{symbols}, and {} has glibc {}",
        visible(&highest.version),
        visible(&highest.library),
        profile.title,
        profile.glibc.value
    );
    verdict.refuse(Refusal::too_new(text).help(format!(
        "build it against glibc {}: `cargo ambot package --target {}`, cargo-zigbuild, or on the target itself",
        profile.glibc.value, profile.name
    )));
}

fn library(path: &str, lacking: &Lacking, profile: &Profile, verdict: &mut Verdict) {
    let name = visible(lacking.library());
    let text = format!("{path} needs {name}: {}", lacking.told(&profile.title));
    let text = match library_source(lacking.library()) {
        Some(source) => format!("{text} ({source})"),
        None => text,
    };
    match lacking {
        Lacking::Replaced { .. } => verdict.refuse(Refusal::too_new(text).help(
            "build it on the target, or link the library statically (`vendored`, `bundled` or `static` features)",
        )),
        Lacking::Version { .. } => verdict.refuse(
            Refusal::too_new(text)
                .help("build it with the target's compiler, or link the library statically"),
        ),
        Lacking::Elsewhere { .. } | Lacking::Unknown { .. } => verdict.note(text),
    }
}

/// What the package says that it needs of glibc, where no file of it was seen to: of each library
/// the highest version.
fn required_versions(examined: &Examined, profile: &Profile, verdict: &mut Verdict) {
    let has = profile.glibc.value;
    let seen: BTreeSet<(&str, GlibcVersion)> = examined
        .contents
        .elves
        .iter()
        .filter_map(|elf| elf.facts.as_ref().ok())
        .flat_map(|facts| runs::glibc_above(facts, has))
        .map(|(version, needed)| (needed.library.as_str(), version))
        .collect();
    let mut newer: BTreeMap<String, (GlibcVersion, String)> = BTreeMap::new();
    for required in examined.metadata.requires() {
        let Some((library, version)) = library_version(&required.name) else {
            continue;
        };
        let known = newer.get(library).map(|(highest, _)| *highest);
        if version > known.unwrap_or(has) && !seen.contains(&(library, version)) {
            newer.insert(library.to_owned(), (version, required.name.clone()));
        }
    }
    for (_, name) in newer.values() {
        verdict.refuse(Refusal::too_new(format!(
            "it needs {}, and {} has glibc {has}",
            visible(name),
            profile.title
        )));
    }
}

/// Library and version of `libc.so.6(GLIBC_2.17)(64bit)`, as rpm's generator writes what an ELF
/// file needs. A name without a number (`GLIBC_PRIVATE`) says nothing of the version.
fn library_version(name: &str) -> Option<(&str, GlibcVersion)> {
    let (library, rest) = name.split_once("(GLIBC_")?;
    let (version, _) = rest.split_once(')')?;
    let is_library = library.contains(".so");
    Some((library, version.parse().ok()?)).filter(|_| is_library)
}

/// Scripts whose interpreter nobody brings: they fail when they are run, not when installed.
fn scripts(examined: &Examined, own: &Own, verdict: &mut Verdict) {
    for script in &examined.contents.scripts {
        let program = &script.interpreter;
        let is_there = base_system::has_program(program)
            || own.paths.contains(program)
            || own.paths.contains(&base_system::merged_path(program));
        if !is_there {
            verdict.note(format!(
                "{} is run by {}, which the package neither brings nor requires",
                visible(&script.path),
                visible(program)
            ));
        }
    }
}
