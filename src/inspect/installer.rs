//! What the target's rpm makes of a package: its form, its `rpmlib()` features, its digests and
//! signatures, its kinds of dependencies.

use super::error::Error;
use super::examine::Examined;
use super::verdict::{Refusal, Verdict};
use crate::rpm::read::{Check, Metadata, Verification};
use crate::rpm::tag::{self, sense};
use crate::rpm::visible;
use crate::target::{Profile, SignatureAlgorithm, feature_since};
use std::cmp::Ordering;

/// Whether the target's rpm reads the payload's compressor.
pub(super) fn payload_kind(metadata: &Metadata, profile: &Profile, verdict: &mut Verdict) -> bool {
    let compressor = metadata.compressor();
    let reads = profile.reads_payload(&compressor);
    if !reads {
        let text = format!(
            "its payload is compressed with {}; the rpm of {} reads {}",
            visible(&compressor),
            profile.title,
            profile.payloads.value.join(", ")
        );
        verdict.refuse(Refusal::too_new(text).help(format!(
            "build it for {} with gzip or xz: rpmbuild --define '_binary_payload w6.xzdio'; nfpm and others: `compression: gzip`",
            profile.name
        )));
    }
    reads
}

/// Judges all else; `all` says that every digest must be recorded.
pub(super) fn judge(
    examined: &Examined,
    profile: &Profile,
    all: bool,
    verdict: &mut Verdict,
) -> Result<(), Error> {
    let metadata = &examined.metadata;
    features(metadata, profile, verdict);
    rich(metadata, profile, verdict);
    sizes(metadata, profile, verdict);
    signatures(metadata, profile, verdict);
    passed_over(metadata, profile, verdict);
    if let Ok(verification) = &examined.payload {
        missing_digests(verification, profile, all, verdict);
        links(metadata, verification, verdict)?;
    }
    Ok(())
}

/// In a package of ours every digest must be recorded; in others those that the target's rpm looks
/// at.
fn missing_digests(
    verification: &Verification,
    profile: &Profile,
    all: bool,
    verdict: &mut Verdict,
) {
    // An rpm that does not hold the payload against its digest sees damage by the MD5 alone.
    let is_old = !profile.payload_digest.value;
    let missing: Vec<&str> = [
        (&verification.header_sha1, "SHA-1 of the header", true),
        (&verification.md5, "MD5 of header and payload", true),
        (&verification.header_sha256, "SHA-256 of the header", false),
        (
            &verification.payload_sha256,
            "SHA-256 of the payload",
            false,
        ),
        (&verification.size, "size of header and payload", false),
        (&verification.archive_size, "size of the raw payload", false),
    ]
    .into_iter()
    .filter(|(check, _, of_old)| **check == Check::Absent && (all || (is_old && *of_old)))
    .map(|(_, what, _)| what)
    .collect();
    if missing.is_empty() {
        return;
    }
    let missing = missing.join(" and no ");
    verdict.refuse(if is_old {
        Refusal::not_as_planned(format!(
            "it has no {missing}: rpm {} of {} knows no other digests, and would see damage in the middle of the installation, after %pre has run",
            profile.rpm.value, profile.title
        ))
        .help("build it as a package of rpm 4, with rpmbuild or this program; some builders leave these digests out")
    } else {
        Refusal::not_as_planned(format!("it has no {missing}"))
    });
}

/// Every `rpmlib()` requirement must be in the target's list, at a version that it takes: rpmbuild
/// asks for `<=` one, so what rpm has is as old as that or older.
fn features(metadata: &Metadata, profile: &Profile, verdict: &mut Verdict) {
    for required in metadata.requires() {
        let name = required
            .name
            .strip_prefix("rpmlib(")
            .and_then(|name| name.strip_suffix(')'));
        let Some(name) = name else {
            if required.flags & sense::RPMLIB != 0 {
                let text = format!("it asks rpm itself for `{}`", visible(&required.name));
                verdict.refuse(Refusal::too_new(text));
            }
            continue;
        };
        let known = profile.rpmlib.value.iter().any(|feature| {
            let order = rpm_version::rpm_evr_compare(&feature.version, &required.version);
            feature.name == name && takes(required.flags, order)
        });
        // The payload's kind has been refused before.
        let is_said = name.strip_prefix("PayloadIs").is_some_and(|kind| {
            let compressor = metadata.compressor();
            kind.eq_ignore_ascii_case(&compressor) && !profile.reads_payload(&compressor)
        });
        if known || is_said {
            continue;
        }
        let since = feature_since(name).map(|since| format!("; rpm has it since {since}"));
        let refusal = Refusal::too_new(format!(
            "it needs {} {}, which rpm {} of {} does not have{}",
            visible(&required.name),
            visible(&required.version),
            profile.rpm.value,
            profile.title,
            since.unwrap_or_default()
        ));
        verdict.refuse(match way_out(name) {
            Some(help) => refusal.help(help),
            None => refusal,
        });
    }
}

/// Whether a comparison of these flags holds where what is there stands so to what is asked for.
fn takes(flags: u32, order: Ordering) -> bool {
    let wanted = match order {
        Ordering::Less => sense::LESS,
        Ordering::Equal => sense::EQUAL,
        Ordering::Greater => sense::GREATER,
    };
    let is_any = flags & (sense::LESS | sense::EQUAL | sense::GREATER) == 0;
    is_any || flags & wanted != 0
}

/// How a package gets by without a feature.
fn way_out(feature: &str) -> Option<&'static str> {
    Some(match feature {
        "RichDependencies" => {
            "for this target, write the dependencies in brackets, such as `(a if b)`, as plain ones"
        }
        "LargeFiles" => {
            "ship files of 4 GiB and more apart from the package, and build it as a package of rpm 4"
        }
        "CaretInVersions" => "give it a version without `^`",
        "TildeInVersions" => "give it a version without `~`",
        "FileCaps" => "set the capabilities in %post with `setcap`",
        "DynamicBuildRequires" => "it is for building alone: build it on a newer system",
        _ => return None,
    })
}

/// Dependencies in brackets that do not say that rpm must know them.
fn rich(metadata: &Metadata, profile: &Profile, verdict: &mut Verdict) {
    if profile.rich_dependencies.value {
        return;
    }
    let says_so = |name: &str| name == "rpmlib(RichDependencies)";
    let requires = metadata.requires();
    if requires.iter().any(|required| says_so(&required.name)) {
        return;
    }
    let all = [requires, metadata.conflicts()].concat();
    if let Some(rich) = all
        .iter()
        .find(|dependency| dependency.name.starts_with('('))
    {
        let text = format!(
            "it has the dependency `{}`, which rpm {} of {} takes for the name of a package that nothing provides",
            visible(&rich.name),
            profile.rpm.value,
            profile.title
        );
        verdict
            .refuse(Refusal::too_new(text).help(way_out("RichDependencies").unwrap_or_default()));
    }
}

/// 64-bit sizes break readers before rpm 4.12, even where the package is small.
fn sizes(metadata: &Metadata, profile: &Profile, verdict: &mut Verdict) {
    if profile.has_rpmlib("LargeFiles") {
        return;
    }
    let (signature, header) = (metadata.signature(), metadata.header());
    let stated: Vec<&str> = [
        (signature.has(tag::SIG_LONG_SIZE), "its own size"),
        (
            signature.has(tag::SIG_LONG_ARCHIVE_SIZE),
            "the size of its payload",
        ),
        (header.has(tag::LONG_SIZE), "its installed size"),
        (header.has(tag::LONG_FILE_SIZES), "the sizes of its files"),
    ]
    .into_iter()
    .filter_map(|(is_there, what)| is_there.then_some(what))
    .collect();
    if !stated.is_empty() {
        let text = format!(
            "it states {} in 64 bits, which the rpm of {} does not read",
            stated.join(", "),
            profile.title
        );
        verdict.refuse(
            Refusal::too_new(text)
                .help("build it as a package of rpm 4, with less than 4 GiB of files"),
        );
    }
}

/// A signature that the target's rpm cannot verify makes the whole package unreadable there.
fn signatures(metadata: &Metadata, profile: &Profile, verdict: &mut Verdict) {
    let (signatures, _) = metadata.signatures();
    for signature in signatures
        .iter()
        .filter(|signature| signature.is_seen_by_all)
    {
        let known = &profile.signature_algorithms.value;
        let is_known = match signature.algorithm {
            1..=3 => known.contains(&SignatureAlgorithm::Rsa),
            // It went when distributions turned SHA-1 off.
            17 => profile.signature_sha1.value,
            19 => known.contains(&SignatureAlgorithm::Ecdsa),
            22 | 27 => known.contains(&SignatureAlgorithm::Eddsa),
            _ => false,
        };
        if !is_known {
            let text = format!(
                "its signature is {}, which rpm {} of {} cannot verify: it takes the package for unreadable, or for badly signed",
                signature.algorithm_name(),
                profile.rpm.value,
                profile.title
            );
            verdict
                .refuse(Refusal::too_new(text).help(
                    "sign it with an RSA key of 2048 bits or more, which every rpm verifies",
                ));
        }
    }
}

/// What the target's rpm reads past in silence.
fn passed_over(metadata: &Metadata, profile: &Profile, verdict: &mut Verdict) {
    if !profile.weak_dependencies.value {
        let weak = [
            ("Recommends", metadata.recommends()),
            ("Suggests", metadata.suggests()),
            ("Supplements", metadata.supplements()),
            ("Enhances", metadata.enhances()),
        ];
        for (what, list) in weak.iter().filter(|(_, list)| !list.is_empty()) {
            let names: Vec<String> = list.iter().map(|weak| visible(&weak.name)).collect();
            verdict.note(format!(
                "{what} ({}) counts for nothing: rpm {} does not know it, so install by hand what is wanted",
                names.join(", "),
                profile.rpm.value
            ));
        }
    }
    if !profile.file_triggers.value {
        let triggers = metadata.triggers();
        let of_files: Vec<&str> = triggers
            .iter()
            .map(|trigger| trigger.kind)
            .filter(|kind| kind.contains("filetrigger"))
            .collect();
        if !of_files.is_empty() {
            verdict.note(format!(
                "its %{} never runs: rpm {} does not know triggers on files",
                of_files.join(", %"),
                profile.rpm.value
            ));
        }
    }
    let knows_untrans = rpm_version::rpm_evr_compare(&profile.rpm.value, "4.19").is_ge();
    for scriptlet in metadata.scriptlets() {
        if scriptlet.phase.ends_with("untrans") && !knows_untrans {
            verdict.note(format!(
                "its %{} never runs: rpm has it since 4.19, and {} has {}",
                scriptlet.phase, profile.title, profile.rpm.value
            ));
        }
    }
}

/// rpm 4.11 takes a link's target from the payload, where some packagers leave it out.
fn links(
    metadata: &Metadata,
    verification: &Verification,
    verdict: &mut Verdict,
) -> Result<(), Error> {
    for (file, found) in metadata.files()?.iter().zip(&verification.files) {
        if file.is_symlink() && found.as_ref().is_some_and(|found| found.size == 0) {
            let text = format!(
                "the link {} has no target in the payload, from which old versions of rpm make it",
                visible(&file.path())
            );
            verdict.refuse(Refusal::not_as_planned(text).help(
                "build it with a newer version of what built it: the link's target is its content",
            ));
        }
    }
    Ok(())
}
