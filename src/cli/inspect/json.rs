//! An inspection as one JSON line. It is written as it is made: a package with a hundred thousand
//! files takes no more memory than its description.

use crate::inspect::{DescribedFile, DescribedKind, Description, Verdict};
use crate::pipeline::Inspection;
use crate::rpm::openpgp::{SignatureCheck, SignatureResult};
use crate::rpm::read::{Check, Covers, ReadSignature, algorithm_name};
use crate::target::TargetName;
use camino::Utf8Path;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// The fields of the line; what each means stands in `docs/inspect.md`.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Line<'a> {
    file: &'a str,
    nevra: String,
    name: &'a str,
    epoch: Option<u32>,
    version: &'a str,
    release: &'a str,
    arch: &'a str,
    summary: &'a str,
    description: &'a str,
    license: &'a str,
    url: &'a str,
    vendor: &'a str,
    build_time: Option<u64>,
    build_host: &'a str,
    source_rpm: &'a str,
    installed_size: u64,
    compressor: &'a str,
    files: Files<'a>,
    requires: &'a [String],
    provides: &'a [String],
    conflicts: &'a [String],
    obsoletes: &'a [String],
    recommends: &'a [String],
    suggests: &'a [String],
    supplements: &'a [String],
    enhances: &'a [String],
    scriptlets: Vec<Value>,
    triggers: Vec<Value>,
    units: Vec<Value>,
    accounts: Vec<Value>,
    changelog: Vec<Value>,
    signatures: Vec<Value>,
    unknown_signatures: usize,
    verified: Option<Vec<Value>>,
    digests: Vec<Value>,
    damage: Vec<Value>,
    verdicts: Vec<Value>,
}

pub(in crate::cli) struct Files<'a>(pub(in crate::cli) &'a [DescribedFile]);

impl Serialize for Files<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(file))
    }
}

impl<'a> Line<'a> {
    pub(super) fn of(path: &'a Utf8Path, inspection: &'a Inspection) -> Self {
        let description = &inspection.description;
        let identity = &description.identity;
        Line {
            file: path.as_str(),
            nevra: description.nevra(),
            name: &identity.name,
            epoch: identity.epoch,
            version: &identity.version,
            release: &identity.release,
            arch: &identity.arch,
            summary: &description.summary,
            description: &description.description,
            license: &description.license,
            url: &description.url,
            vendor: &description.vendor,
            build_time: description.build_time,
            build_host: &description.build_host,
            source_rpm: &description.source_rpm,
            installed_size: description.installed_size,
            compressor: &description.compressor,
            files: Files(&description.files),
            requires: &description.requires,
            provides: &description.provides,
            conflicts: &description.conflicts,
            obsoletes: &description.obsoletes,
            recommends: &description.recommends,
            suggests: &description.suggests,
            supplements: &description.supplements,
            enhances: &description.enhances,
            scriptlets: scriptlets(description),
            triggers: triggers(description),
            units: units(inspection),
            accounts: accounts(inspection),
            changelog: changelog(description),
            signatures: signatures(description),
            unknown_signatures: description.unknown_signatures,
            verified: inspection
                .checks
                .as_ref()
                .map(|checks| checks.iter().map(verified).collect()),
            digests: inspection.digests.iter().map(digest).collect(),
            damage: inspection.damage.iter().map(refusal).collect(),
            verdicts: inspection.verdicts.iter().map(verdict).collect(),
        }
    }
}

fn scriptlets(description: &Description) -> Vec<Value> {
    let scriptlets = description.scriptlets.iter();
    scriptlets
        .map(|scriptlet| {
            json!({
                "phase": scriptlet.phase,
                "interpreter": scriptlet.interpreter,
                "text": scriptlet.text,
            })
        })
        .collect()
}

fn triggers(description: &Description) -> Vec<Value> {
    let triggers = description.triggers.iter();
    triggers
        .map(|trigger| {
            let conditions = trigger.conditions.iter().map(crate::inspect::line);
            json!({
                "kind": trigger.kind,
                "conditions": conditions.collect::<Vec<_>>(),
                "interpreter": trigger.interpreter,
                "text": trigger.text,
                "priority": trigger.priority,
            })
        })
        .collect()
}

fn units(inspection: &Inspection) -> Vec<Value> {
    let units = inspection.units.iter();
    units
        .map(|unit| {
            json!({
                "name": unit.name,
                "path": unit.path,
                "preset": unit.preset,
                "text": unit.text,
            })
        })
        .collect()
}

fn accounts(inspection: &Inspection) -> Vec<Value> {
    let accounts = inspection.accounts.iter();
    accounts
        .map(|account| {
            let kind = if account.is_user { "user" } else { "group" };
            json!({ "name": account.name, "kind": kind, "from": account.from })
        })
        .collect()
}

fn changelog(description: &Description) -> Vec<Value> {
    let changes = description.changelog.iter();
    changes
        .map(|change| json!({ "time": change.time, "author": change.author, "text": change.text }))
        .collect()
}

fn signatures(description: &Description) -> Vec<Value> {
    description.signatures.iter().map(signature).collect()
}

pub(in crate::cli) fn signature(signature: &ReadSignature) -> Value {
    json!({
        "covers": match signature.covers {
            Covers::Header => "header",
            Covers::HeaderAndPayload => "header-and-payload",
        },
        "version": signature.version,
        "algorithm": signature.algorithm_name(),
        "hash": algorithm_name(signature.hash.into()),
        "key": signature.key,
        "time": signature.time,
    })
}

fn verified(check: &SignatureCheck) -> Value {
    let (result, key, user) = match &check.result {
        SignatureResult::Good { fingerprint, user } => ("good", Some(fingerprint), user.as_ref()),
        SignatureResult::Bad => ("bad", None, None),
        SignatureResult::UnknownKey => ("unknown-key", None, None),
        SignatureResult::NotChecked => ("not-checked", None, None),
        SignatureResult::Unreadable(_) => ("unreadable", None, None),
    };
    json!({ "tag": check.tag, "result": result, "key": key, "user": user })
}

fn digest((what, check): &(&'static str, Check)) -> Value {
    match check {
        Check::Bad { recorded, computed } => {
            json!({ "what": what, "right": false, "recorded": recorded, "computed": computed })
        }
        _ => json!({ "what": what, "right": true }),
    }
}

fn refusal(refusal: &crate::inspect::Refusal) -> Value {
    json!({ "text": refusal.text, "help": refusal.help })
}

fn verdict((target, verdict): &(TargetName, Verdict)) -> Value {
    json!({
        "target": target.as_str(),
        "refused": !verdict.refusals.is_empty(),
        "refusals": verdict.refusals.iter().map(refusal).collect::<Vec<_>>(),
        "notes": verdict.notes,
    })
}

pub(in crate::cli) fn file(file: &DescribedFile) -> Value {
    let (kind, link) = match &file.kind {
        DescribedKind::Regular => ("file", None),
        DescribedKind::Directory => ("directory", None),
        DescribedKind::Symlink(link) => ("symlink", Some(link)),
        DescribedKind::Other => ("other", None),
    };
    json!({
        "path": file.path,
        "kind": kind,
        "link": link,
        "mode": format!("{:04o}", file.mode),
        "user": file.user,
        "group": file.group,
        "size": file.size,
        "digest": file.digest,
        "caps": file.caps,
        "flags": file.flags,
    })
}
