//! The entries of the main header: all that rpmbuild writes for a binary package and rpm reads.
//!
//! Left out on purpose: `COOKIE` and `OPTFLAGS` (what one machine did), `FILECLASS`, `CLASSDICT`
//! and the `FILEDEPENDS*` family (texts of file(1) and per-file dependencies, which only queries
//! show), and `PAYLOADDIGESTALT` (the digest of the raw payload, which rpm looks at only where that of
//! the compressed one is wrong: it would have every target of a run read all inputs again).
//! `FILECOLORS` is there because rpm decides by it which of two files wins where a 32-bit
//! and a 64-bit package ship the same path.

use super::dependencies::EncodedDependencies;
use super::encode::Entries;
use super::inputs::Seen;
use super::layout::{DEVICE, Form, Laid, Layout};
use super::payload::Payload;
use super::tag::{self, file, verify};
use super::{Error, hex, triggers};
use crate::package::{FileFlags, FileKind, PackageKind, Plan, Relation};
use std::collections::HashMap;

/// The entries for a plan whose payload is written.
pub(super) fn entries(
    plan: &Plan,
    layout: &Layout<'_>,
    payload: &Payload,
) -> Result<Entries, Error> {
    let mut entries = Entries::default();
    identity(&mut entries, plan)?;
    entries.size(tag::SIZE, tag::LONG_SIZE, layout.installed_size);
    changelog(&mut entries, plan)?;
    scriptlets(&mut entries, plan)?;
    dependencies(&mut entries, plan)?;
    triggers::entries(&mut entries, plan)?;
    if !layout.files.is_empty() {
        names(&mut entries, layout)?;
        files(&mut entries, layout, payload)?;
    }
    about_payload(&mut entries, plan, payload)?;
    Ok(entries)
}

fn identity(entries: &mut Entries, plan: &Plan) -> Result<(), Error> {
    let nevra = &plan.nevra;
    entries.strings(tag::HEADER_I18N_TABLE, "locale", ["C"])?;
    entries.string(tag::NAME, "name", nevra.name.as_str())?;
    entries.string(tag::VERSION, "version", &nevra.evr.version)?;
    entries.string(tag::RELEASE, "release", &nevra.evr.release)?;
    entries.u32s(tag::EPOCH, nevra.evr.epoch);
    entries.translated(tag::SUMMARY, "summary", &plan.texts.summary)?;
    entries.translated(tag::DESCRIPTION, "description", &plan.texts.description)?;
    entries.u32s(tag::BUILD_TIME, [plan.time]);
    // The name of the machine would make two builds differ.
    entries.string(tag::BUILD_HOST, "build host", "localhost")?;
    for (tag, what, text) in [
        (tag::VENDOR, "vendor", &plan.texts.vendor),
        (tag::PACKAGER, "packager", &plan.texts.packager),
        (tag::URL, "URL", &plan.texts.url),
    ] {
        if let Some(text) = text {
            entries.string(tag, what, text)?;
        }
    }
    entries.string(tag::LICENSE, "licence", &plan.texts.license)?;
    entries.translated(tag::GROUP, "group", "Unspecified")?;
    entries.string(tag::OS, "operating system", "linux")?;
    match &plan.kind {
        PackageKind::Binary => installed(entries, plan)?,
        PackageKind::Source {
            build_arch,
            sources,
        } => {
            entries.string(tag::ARCH, "architecture", build_arch)?;
            entries.u32s(tag::SOURCE_PACKAGE, [1]);
            let names = sources.iter().map(String::as_str);
            entries.strings(tag::SOURCE, "name of a source", names)?;
        }
    }
    // Nothing decides by it; it says what made the package.
    let program = concat!("ambot-", env!("CARGO_PKG_VERSION"));
    entries.string(tag::RPM_VERSION, "version of rpm", program)?;
    entries.string(tag::ENCODING, "encoding", "utf-8")
}

/// Three lists of one length, the newest entry first.
fn changelog(entries: &mut Entries, plan: &Plan) -> Result<(), Error> {
    let all = || plan.changelog.iter();
    entries.u32s(tag::CHANGELOG_TIME, all().map(|change| change.time));
    let names = all().map(|change| change.name.as_str());
    entries.strings(tag::CHANGELOG_NAME, "author of a change", names)?;
    let texts = all().map(|change| change.text.as_str());
    entries.strings(tag::CHANGELOG_TEXT, "text of a change", texts)
}

/// What a package that is installed says beside: its own architecture, and what it was made from.
fn installed(entries: &mut Entries, plan: &Plan) -> Result<(), Error> {
    let nevra = &plan.nevra;
    entries.string(tag::ARCH, "architecture", &nevra.arch)?;
    let platform = format!("{}-redhat-linux", nevra.arch);
    entries.string(tag::PLATFORM, "platform", &platform)?;
    let evr = &nevra.evr;
    let source = format!("{}-{}-{}.src.rpm", plan.source, evr.version, evr.release);
    entries.string(tag::SOURCE_RPM, "source package", &source)
}

/// `NAME-VERSION-RELEASE`.
pub(super) fn name_version_release(plan: &Plan) -> String {
    let nevra = &plan.nevra;
    format!("{}-{}-{}", nevra.name, nevra.evr.version, nevra.evr.release)
}

fn scriptlets(entries: &mut Entries, plan: &Plan) -> Result<(), Error> {
    for scriptlet in &plan.scriptlets {
        let (text, program) = tag::of_phase(scriptlet.phase);
        if !scriptlet.text.is_empty() {
            entries.string(text, "scriptlet", &scriptlet.text)?;
        }
        // One word is a string of its own, as rpmbuild has it for the sake of old readers.
        match scriptlet.interpreter.as_slice() {
            [word] => entries.string(program, "interpreter", word)?,
            words => {
                let words = words.iter().map(String::as_str);
                entries.strings(program, "interpreter", words)?;
            }
        }
    }
    Ok(())
}

fn dependencies(entries: &mut Entries, plan: &Plan) -> Result<(), Error> {
    let all = EncodedDependencies::of(plan);
    for relation in Relation::ALL {
        let tags = tag::of_relation(relation);
        let list = || all.list(relation);
        let names = list().map(|d| d.name.as_str());
        entries.strings(tags.name, "name of a dependency", names)?;
        let versions = list().map(|d| d.version.as_str());
        entries.strings(tags.version, "version of a dependency", versions)?;
        entries.u32s(tags.flags, list().map(|d| d.flags));
    }
    Ok(())
}

/// Folders once, names beside them: `rpmlib(CompressedFileNames)`.
fn names(entries: &mut Entries, layout: &Layout<'_>) -> Result<(), Error> {
    let mut folders: Vec<&str> = Vec::new();
    let mut known: HashMap<&str, u32> = HashMap::new();
    let mut indexes = Vec::with_capacity(layout.files.len());
    for laid in &layout.files {
        let folder = laid.folder();
        let next = u32::try_from(folders.len()).unwrap_or(u32::MAX);
        let index = *known.entry(folder).or_insert(next);
        if index == next {
            folders.push(folder);
        }
        indexes.push(index);
    }
    let base_names = layout.files.iter().map(|l| l.planned.path.base_name());
    entries.u32s(tag::DIR_INDEXES, indexes);
    entries.strings(tag::BASE_NAMES, "path of a file", base_names)?;
    entries.strings(tag::DIR_NAMES, "path of a folder", folders)
}

fn files(entries: &mut Entries, layout: &Layout<'_>, payload: &Payload) -> Result<(), Error> {
    let all = &layout.files;
    let seen = &payload.files;
    let digests: Vec<String> = seen
        .iter()
        .map(|seen| seen.digest.map_or_else(String::new, |digest| hex(&digest)))
        .collect();
    let link = |laid: &Laid<'_>| match &laid.planned.kind {
        FileKind::Symlink(target) => target.clone(),
        _ => String::new(),
    };
    let links: Vec<String> = all.iter().map(link).collect();
    let text = String::as_str;
    let sizes: Result<Vec<u32>, _> = all.iter().map(|l| u32::try_from(l.size)).collect();
    match (layout.form, sizes) {
        (Form::Named, Ok(sizes)) => entries.u32s(tag::FILE_SIZES, sizes),
        _ => entries.u64s(tag::LONG_FILE_SIZES, all.iter().map(|l| l.size)),
    }
    entries.u16s(tag::FILE_MODES, all.iter().map(|l| l.mode));
    entries.u16s(tag::FILE_RDEVS, all.iter().map(|_| 0));
    entries.u32s(tag::FILE_MTIMES, all.iter().map(|l| l.planned.mtime));
    entries.strings(tag::FILE_DIGESTS, "digest", digests.iter().map(text))?;
    entries.strings(
        tag::FILE_LINKTOS,
        "target of a link",
        links.iter().map(text),
    )?;
    entries.u32s(tag::FILE_FLAGS, all.iter().map(flags));
    let users = all.iter().map(|l| l.planned.user.as_str());
    entries.strings(tag::FILE_USERNAME, "owner of a file", users)?;
    let groups = all.iter().map(|l| l.planned.group.as_str());
    entries.strings(tag::FILE_GROUPNAME, "group of a file", groups)?;
    entries.u32s(tag::FILE_VERIFYFLAGS, all.iter().map(verify_flags));
    entries.u32s(tag::FILE_DEVICES, all.iter().map(|_| DEVICE));
    entries.u32s(tag::FILE_INODES, all.iter().map(|l| l.inode));
    entries.strings(tag::FILE_LANGS, "language", all.iter().map(|_| ""))?;
    entries.u32s(tag::FILE_COLORS, seen.iter().map(Seen::color));
    entries.u32s(tag::FILE_DIGEST_ALGO, [tag::SHA256_ALGORITHM]);
    // rpmbuild writes it only where a file has some (rpm 4.14.3, `genCpioListAndHeader`).
    if all.iter().any(|laid| laid.planned.caps.is_some()) {
        let caps = |laid: &Laid<'_>| {
            let caps = laid.planned.caps.as_ref();
            caps.map_or_else(String::new, ToString::to_string)
        };
        let caps: Vec<String> = all.iter().map(caps).collect();
        entries.strings(tag::FILE_CAPS, "capabilities", caps.iter().map(text))?;
    }
    Ok(())
}

/// `RPMFILE_*` of a file. Folders are no configuration and no documentation (rpm 4.14.3,
/// `genCpioListAndHeader` in `build/files.c`).
fn flags(laid: &Laid<'_>) -> u32 {
    encoded_flags(laid.planned.flags, laid.planned.kind == FileKind::Directory)
}

/// `RPMFILE_*` of a file's flags.
pub(crate) fn encoded_flags(flags: FileFlags, is_directory: bool) -> u32 {
    let content = !is_directory;
    [
        (flags.config && content, file::CONFIG),
        (flags.doc && content, file::DOC),
        (flags.missingok, file::MISSINGOK),
        (flags.noreplace, file::NOREPLACE),
        (flags.ghost, file::GHOST),
        (flags.license && content, file::LICENSE),
        (flags.spec && content, file::SPECFILE),
        (flags.artifact, file::ARTIFACT),
    ]
    .into_iter()
    .filter(|(is_set, _)| *is_set)
    .fold(0, |all, (_, flag)| all | flag)
}

fn verify_flags(laid: &Laid<'_>) -> u32 {
    if laid.planned.flags.ghost {
        verify::GHOST
    } else {
        verify::ALL
    }
}

fn about_payload(entries: &mut Entries, plan: &Plan, payload: &Payload) -> Result<(), Error> {
    let (compressor, level) = (plan.compression.kind(), plan.compression.level());
    entries.string(tag::PAYLOAD_FORMAT, "payload format", "cpio")?;
    entries.string(tag::PAYLOAD_COMPRESSOR, "compressor", compressor)?;
    entries.string(tag::PAYLOAD_FLAGS, "level", &level.to_string())?;
    entries.u32s(tag::PAYLOAD_DIGEST_ALGO, [tag::SHA256_ALGORITHM]);
    let digest = hex(&payload.digest);
    entries.strings(tag::PAYLOAD_DIGEST, "digest", [digest.as_str()])
}
