//! The verdict: what a target's rpm would make of a package.

use super::error::Error;
use super::planned;
use crate::package::Plan;
use crate::rpm::read::{Check, Metadata, ReadRpm, Verification};
use crate::rpm::tag::{self, sense};
use crate::rpm::{self, visible};
use crate::target::{GlibcVersion, Profile};
use camino::Utf8Path;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::Read;

/// Whose fault a refusal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file is damaged, or was not written as planned.
    NotAsPlanned,
    /// It is sound, and the target's rpm does not take it.
    TooNew,
}

/// One reason why a package is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Whose fault it is.
    pub fault: Fault,
    /// What is wrong, in one sentence without a full stop.
    pub text: String,
}

impl Refusal {
    pub(super) fn not_as_planned(text: impl Into<String>) -> Self {
        Refusal {
            fault: Fault::NotAsPlanned,
            text: text.into(),
        }
    }

    fn too_new(text: impl Into<String>) -> Self {
        Refusal {
            fault: Fault::TooNew,
            text: text.into(),
        }
    }
}

/// What came of reading and judging a package.
#[derive(Debug)]
pub struct Verdict {
    /// Its lead and headers.
    pub metadata: Metadata,
    /// Its digests and payload.
    pub verification: Verification,
    /// Why it is refused; empty when it is not.
    pub refusals: Vec<Refusal>,
}

/// Reads a file and judges it for a target, and against the plan where there is one.
///
/// # Errors
/// When the file cannot be read or is no sound RPM. A refusal is no error.
pub fn verdict(path: &Utf8Path, profile: &Profile, plan: Option<&Plan>) -> Result<Verdict, Error> {
    judge(ReadRpm::open(path)?, profile, plan)
}

/// Judges a package whose headers are read; see [`verdict`].
///
/// # Errors
/// When the payload cannot be read.
pub fn judge<R: Read>(
    rpm: ReadRpm<R>,
    profile: &Profile,
    plan: Option<&Plan>,
) -> Result<Verdict, Error> {
    let mut refusals = Vec::new();
    payload_kind(rpm.metadata(), profile, &mut refusals);
    let (metadata, verification) = rpm.verify()?;
    let all_digests = plan.is_some();
    digests(&verification, profile, all_digests, &mut refusals);
    let problems = verification.problems.iter();
    refusals.extend(problems.map(|problem| Refusal::not_as_planned(problem.clone())));
    features(&metadata, profile, &mut refusals);
    glibc(&metadata, profile, &mut refusals);
    sizes(&metadata, profile, &mut refusals);
    links(&metadata, &verification, &mut refusals)?;
    if metadata.is_source() {
        refusals.push(Refusal::not_as_planned(
            "it is a source package, which nothing installs",
        ));
    }
    if let Some(plan) = plan {
        planned::compare(&metadata, &verification, plan, &mut refusals)?;
    }
    Ok(Verdict {
        metadata,
        verification,
        refusals,
    })
}

fn payload_kind(metadata: &Metadata, profile: &Profile, refusals: &mut Vec<Refusal>) {
    let compressor = metadata.compressor();
    if !profile.reads_payload(&compressor) {
        refusals.push(Refusal::too_new(format!(
            "its payload is compressed with {}; the rpm of {} reads {}",
            visible(&compressor),
            profile.title,
            profile.payloads.value.join(", ")
        )));
    }
}

/// Every digest that is recorded must be right. All must be recorded in a package of ours; in
/// others those that the target's rpm looks at: before 4.14, which knows payload digests, an rpm
/// sees a damaged payload by the MD5 alone.
fn digests(verification: &Verification, profile: &Profile, all: bool, refusals: &mut Vec<Refusal>) {
    // The feature came with rpm 4.12.
    let is_old = !profile.has_rpmlib("LargeFiles");
    for (check, what, needed) in [
        (
            &verification.header_sha1,
            "SHA-1 of the header",
            all || is_old,
        ),
        (&verification.header_sha256, "SHA-256 of the header", all),
        (
            &verification.md5,
            "MD5 of header and payload",
            all || is_old,
        ),
        (&verification.payload_sha256, "SHA-256 of the payload", all),
        (
            &verification.payload_alt_sha256,
            "SHA-256 of the raw payload",
            all,
        ),
        (&verification.size, "size of header and payload", all),
        (&verification.archive_size, "size of the raw payload", all),
    ] {
        match check {
            Check::Good => {}
            Check::Absent if needed => {
                refusals.push(Refusal::not_as_planned(format!("it has no {what}")));
            }
            Check::Absent => {}
            Check::Bad { recorded, computed } => refusals.push(Refusal::not_as_planned(format!(
                "its {what} is {computed}, and it says {}",
                visible(recorded)
            ))),
        }
    }
}

/// Every `rpmlib()` requirement must be in the target's list, at that version or later.
fn features(metadata: &Metadata, profile: &Profile, refusals: &mut Vec<Refusal>) {
    for required in metadata.requires() {
        let is_feature = required.flags & sense::RPMLIB != 0;
        let name = required
            .name
            .strip_prefix("rpmlib(")
            .and_then(|name| name.strip_suffix(')'));
        let Some(name) = name else {
            if is_feature {
                let text = format!("it asks rpm itself for `{}`", visible(&required.name));
                refusals.push(Refusal::too_new(text));
            }
            continue;
        };
        let known = profile.rpmlib.value.iter().any(|feature| {
            let order = rpm_version::rpm_evr_compare(&feature.version, &required.version);
            feature.name == name && order != Ordering::Less
        });
        if !known {
            refusals.push(Refusal::too_new(format!(
                "it needs {} {}, which rpm {} of {} does not have",
                visible(&required.name),
                visible(&required.version),
                profile.rpm.value,
                profile.title
            )));
        }
    }
}

/// A library of glibc at a version that the target's does not have: of each library the highest.
fn glibc(metadata: &Metadata, profile: &Profile, refusals: &mut Vec<Refusal>) {
    let has = profile.glibc.value;
    let mut newer: BTreeMap<String, (GlibcVersion, String)> = BTreeMap::new();
    for required in metadata.requires() {
        let Some((library, version)) = library_version(&required.name) else {
            continue;
        };
        let known = newer.get(library).map(|(highest, _)| *highest);
        if version > known.unwrap_or(has) {
            newer.insert(library.to_owned(), (version, required.name.clone()));
        }
    }
    refusals.extend(newer.values().map(|(_, name)| {
        Refusal::too_new(format!(
            "it needs {}, and {} has glibc {has}",
            visible(name),
            profile.title
        ))
    }));
}

/// Library and version of `libc.so.6(GLIBC_2.17)(64bit)`, as rpm's generator writes what an ELF
/// file needs. A name without a number (`GLIBC_PRIVATE`) says nothing of the version.
fn library_version(name: &str) -> Option<(&str, GlibcVersion)> {
    let (library, rest) = name.split_once("(GLIBC_")?;
    let (version, _) = rest.split_once(')')?;
    let is_library = library.contains(".so");
    Some((library, version.parse().ok()?)).filter(|_| is_library)
}

/// Holds the length of a file against what its own header says: a listing takes nothing but the
/// headers, and would show a file whose download broke off as if it were whole.
///
/// # Errors
/// When the file is shorter or longer. One that does not say its size cannot be judged.
pub fn whole(metadata: &Metadata, length: u64) -> Result<(), Error> {
    let malformed = |what| rpm::Error::Malformed {
        file: metadata.file().to_owned(),
        what,
    };
    match metadata.length().map(|said| (said, length.cmp(&said))) {
        Some((said, Ordering::Less)) => {
            Err(malformed(format!("it ends too early, at byte {length} of {said}")).into())
        }
        Some((said, Ordering::Greater)) => Err(malformed(format!(
            "it goes on after its end, at byte {said} of {length}"
        ))
        .into()),
        _ => Ok(()),
    }
}

/// 64-bit sizes break readers before rpm 4.12, even where the package is small.
fn sizes(metadata: &Metadata, profile: &Profile, refusals: &mut Vec<Refusal>) {
    if profile.has_rpmlib("LargeFiles") {
        return;
    }
    let (signature, header) = (metadata.signature(), metadata.header());
    for (is_there, what) in [
        (signature.has(tag::SIG_LONG_SIZE), "its own size"),
        (
            signature.has(tag::SIG_LONG_ARCHIVE_SIZE),
            "the size of its payload",
        ),
        (header.has(tag::LONG_SIZE), "its installed size"),
        (header.has(tag::LONG_FILE_SIZES), "the sizes of its files"),
    ] {
        if is_there {
            refusals.push(Refusal::too_new(format!(
                "it states {what} in 64 bits, which the rpm of {} does not read",
                profile.title
            )));
        }
    }
}

/// rpm 4.11 takes a link's target from the payload, where some packagers leave it out.
fn links(
    metadata: &Metadata,
    verification: &Verification,
    refusals: &mut Vec<Refusal>,
) -> Result<(), Error> {
    for (file, found) in metadata.files()?.iter().zip(&verification.files) {
        if file.is_symlink() && found.as_ref().is_some_and(|found| found.size == 0) {
            refusals.push(Refusal::not_as_planned(format!(
                "the link {} has no target in the payload",
                visible(&file.path())
            )));
        }
    }
    Ok(())
}
