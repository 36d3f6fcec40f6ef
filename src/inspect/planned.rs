//! A package against the plan that it was made from.
//!
//! What the plan holds as bytes is compared by its digest; of inputs that were read from disk the
//! plan knows no digest, and their content is only held against the header.

use super::error::Error;
use super::verdict::Refusal;
use crate::package::{
    FileKind, PackageKind, Phase, Plan, PlannedFile, Relation, Source, Trigger, TriggerFamily,
};
use crate::rpm::read::{
    Check, FileEntry, Found, Metadata, ReadChange, ReadDependency, ReadTrigger, Verification,
};
use crate::rpm::tag::{self, mode};
use crate::rpm::{EncodedCondition, EncodedDependencies, EncodedDependency, encoded_flags, hex};
use sha2::{Digest, Sha256};

/// What an unsigned package must keep for a signature, in bytes: an RSA signature of 4096 bits
/// takes less than 600.
const MIN_RESERVED: usize = 4096;
/// What rpm 4.14 reads of a signature header (`hdrblobRead`): entries and bytes of data.
const MAX_SIGNATURE: (usize, usize) = (32, 8192);

pub(super) fn compare(
    metadata: &Metadata,
    verification: &Verification,
    plan: &Plan,
    refusals: &mut Vec<Refusal>,
) -> Result<(), Error> {
    identity(metadata, plan, refusals);
    signature(metadata, refusals);
    dependencies(metadata, plan, refusals);
    scriptlets(metadata, plan, refusals);
    changelog(metadata, plan, refusals);
    triggers(metadata, plan, refusals);
    let files = metadata.files()?;
    if files.len() != plan.files.len() {
        refusals.push(Refusal::not_as_planned(format!(
            "it lists {} files, and {} were planned",
            files.len(),
            plan.files.len()
        )));
    }
    let found = verification.files.iter();
    for ((file, planned), found) in files.iter().zip(&plan.files).zip(found) {
        let differences = file_differences(file, planned, found.as_ref());
        if !differences.is_empty() {
            refusals.push(Refusal::not_as_planned(format!(
                "{} is not as planned: {}",
                planned.path,
                differences.join(", ")
            )));
        }
    }
    Ok(())
}

fn identity(metadata: &Metadata, plan: &Plan, refusals: &mut Vec<Refusal>) {
    let identity = metadata.identity();
    let nevra = &plan.nevra;
    let mut same = |what: &str, is: &str, planned: &str| {
        if is != planned {
            let text = format!("its {what} is `{is}`, and `{planned}` was planned");
            refusals.push(Refusal::not_as_planned(text));
        }
    };
    same("name", &identity.name, nevra.name.as_str());
    same("version", &identity.version, &nevra.evr.version);
    same("release", &identity.release, &nevra.evr.release);
    same("architecture", &identity.arch, &nevra.arch);
    let evr = &nevra.evr;
    let source = metadata.header().text(tag::SOURCE_RPM);
    // A package that names none is a source package itself.
    let planned = match plan.kind {
        PackageKind::Binary => format!("{}-{}-{}.src.rpm", plan.source, evr.version, evr.release),
        PackageKind::Source { .. } => String::new(),
    };
    same("source package", &source.unwrap_or_default(), &planned);
    let epoch = |epoch: Option<u32>| epoch.map(|epoch| epoch.to_string()).unwrap_or_default();
    same("epoch", &epoch(identity.epoch), &epoch(nevra.evr.epoch));
    for (tag, what, planned) in [
        (tag::SUMMARY, "summary", &plan.texts.summary),
        (tag::DESCRIPTION, "description", &plan.texts.description),
        (tag::LICENSE, "licence", &plan.texts.license),
    ] {
        same(
            what,
            &metadata.header().text(tag).unwrap_or_default(),
            planned,
        );
    }
}

fn signature(metadata: &Metadata, refusals: &mut Vec<Refusal>) {
    let signature = metadata.signature();
    let length = |tag| signature.binary(tag).map(<[u8]>::len);
    // What a signature took, its entry in the index included, is room that was kept for it.
    let taken = [tag::SIG_DSA, tag::SIG_RSA, tag::SIG_PGP, tag::SIG_GPG];
    let taken: usize = taken.into_iter().filter_map(length).map(|it| it + 16).sum();
    let reserved = length(tag::SIG_RESERVED_SPACE).unwrap_or(0) + taken;
    if reserved < MIN_RESERVED {
        refusals.push(Refusal::not_as_planned(format!(
            "it keeps {reserved} bytes for a signature, and {MIN_RESERVED} are needed"
        )));
    }
    let (entries, bytes) = (signature.tags().count() + 1, signature.store_length());
    if entries > MAX_SIGNATURE.0 || bytes > MAX_SIGNATURE.1 {
        refusals.push(Refusal::not_as_planned(format!(
            "its signature header has {entries} entries and {bytes} bytes"
        )));
    }
}

fn dependencies(metadata: &Metadata, plan: &Plan, refusals: &mut Vec<Refusal>) {
    let planned = EncodedDependencies::of(plan);
    let is = |a: &ReadDependency, b: &EncodedDependency| {
        (&a.name, &a.version, a.flags) == (&b.name, &b.version, b.flags)
    };
    for relation in Relation::ALL {
        let read = metadata.dependencies(relation);
        let planned = planned.list(relation);
        let same = read.len() == planned.len()
            && read
                .iter()
                .zip(planned)
                .all(|(read, planned)| is(read, planned));
        if !same {
            let text = format!("what it {relation} is not what was planned");
            refusals.push(Refusal::not_as_planned(text));
        }
    }
}

fn scriptlets(metadata: &Metadata, plan: &Plan, refusals: &mut Vec<Refusal>) {
    let read = metadata.scriptlets();
    for (word, phase) in Phase::ALL {
        let word = match phase {
            Phase::Verify => "verifyscript",
            _ => word,
        };
        let is = read.iter().find(|scriptlet| scriptlet.phase == word);
        let planned = plan.scriptlets.iter().find(|one| one.phase == phase);
        let same = match (is, planned) {
            (None, None) => true,
            (Some(is), Some(planned)) => {
                is.text == planned.text && is.interpreter == planned.interpreter
            }
            _ => false,
        };
        if !same {
            let text = format!("its %{phase} is not the one that was planned");
            refusals.push(Refusal::not_as_planned(text));
        }
    }
}

fn changelog(metadata: &Metadata, plan: &Plan, refusals: &mut Vec<Refusal>) {
    let read = metadata.changelog();
    let planned = plan.changelog.iter().map(|change| ReadChange {
        time: change.time.into(),
        author: change.name.clone(),
        text: change.text.clone(),
    });
    if !planned.eq(read) {
        let text = "its changelog is not the one that was planned".to_owned();
        refusals.push(Refusal::not_as_planned(text));
    }
}

fn triggers(metadata: &Metadata, plan: &Plan, refusals: &mut Vec<Refusal>) {
    let all = metadata.triggers();
    for family in TriggerFamily::ALL {
        let beginning = match family {
            TriggerFamily::Package => "trigger",
            TriggerFamily::File => "filetrigger",
            TriggerFamily::Transaction => "transfiletrigger",
        };
        let read = all.iter().filter(|one| one.kind.starts_with(beginning));
        let read: Vec<&ReadTrigger> = read.collect();
        let planned = plan.triggers.iter();
        let planned: Vec<&Trigger> = planned.filter(|t| t.event.family() == family).collect();
        let is = |(read, planned): (&&ReadTrigger, &&Trigger)| {
            let priority = Some(u64::from(planned.priority));
            read.text == planned.text
                && read.interpreter == [planned.interpreter.as_str()]
                && read.priority == priority.filter(|_| family != TriggerFamily::Package)
        };
        let same = read.len() == planned.len()
            && read.iter().zip(&planned).all(is)
            && conditions(&read) == crate::rpm::conditions(plan, family);
        if !same {
            let text = "its triggers are not those that were planned";
            refusals.push(Refusal::not_as_planned(text));
        }
    }
}

/// What sets off the triggers of a family, as it is planned.
fn conditions(triggers: &[&ReadTrigger]) -> Vec<EncodedCondition> {
    let mut conditions = Vec::new();
    for (index, trigger) in (0..).zip(triggers) {
        for condition in &trigger.conditions {
            conditions.push(EncodedCondition {
                name: condition.name.clone(),
                version: condition.version.clone(),
                flags: condition.flags,
                index,
            });
        }
    }
    conditions.sort();
    conditions
}

fn file_differences(
    file: &FileEntry<'_>,
    planned: &PlannedFile,
    found: Option<&Found>,
) -> Vec<&'static str> {
    let (kind, link) = match &planned.kind {
        FileKind::Regular(_) => (mode::REGULAR, ""),
        FileKind::Directory => (mode::DIRECTORY, ""),
        FileKind::Symlink(target) => (mode::SYMLINK, target.as_str()),
    };
    let is_directory = planned.kind == FileKind::Directory;
    let flags = encoded_flags(planned.flags, is_directory);
    [
        (!is_path(file, planned), "path"),
        (
            u32::from(file.mode) != kind | u32::from(planned.mode),
            "mode",
        ),
        (file.user() != planned.user, "owner"),
        (file.group() != planned.group, "group"),
        (file.flags != flags, "flags"),
        (
            file.caps() != planned.caps.as_ref().map_or("", |caps| caps.as_str()),
            "capabilities",
        ),
        (file.mtime != planned.mtime, "time"),
        (file.link() != link, "target"),
        (
            found.is_some() == planned.flags.ghost,
            "presence in the payload",
        ),
        (!content_is_planned(file, planned, found), "content"),
    ]
    .into_iter()
    .filter_map(|(differs, what)| differs.then_some(what))
    .collect()
}

/// In a source package a file has a name and no folder.
fn is_path(file: &FileEntry<'_>, planned: &PlannedFile) -> bool {
    let path = file.path();
    path == planned.path.as_str() || planned.path.as_str().strip_prefix('/') == Some(&path)
}

fn content_is_planned(file: &FileEntry<'_>, planned: &PlannedFile, found: Option<&Found>) -> bool {
    match &planned.kind {
        FileKind::Regular(_) if planned.flags.ghost => file.digest().is_empty(),
        FileKind::Regular(source) => {
            let read_right = found.is_some_and(|found| found.digest == Check::Good);
            let as_made = match source {
                Source::Bytes(bytes) => file.digest() == hex(&Sha256::digest(bytes)),
                Source::Path(_) => true,
            };
            read_right && as_made
        }
        FileKind::Directory | FileKind::Symlink(_) => file.digest().is_empty(),
    }
}
