//! An inspection as one JSON line. It is written as it is made: a package with a hundred thousand
//! files takes no more memory than its description.

use crate::inspect::{Account, DescribedFile, DescribedKind, DescribedUnit, Refusal, Verdict};
use crate::pipeline::Inspection;
use crate::report::JsonLine;
use crate::rpm::openpgp::{SignatureCheck, SignatureResult};
use crate::rpm::read::{
    Check, Covers, ReadChange, ReadScriptlet, ReadSignature, ReadTrigger, algorithm_name,
};
use crate::target::TargetName;
use camino::Utf8Path;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

/// What is in an RPM, and what targets make of it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Inspection", deny_unknown_fields)]
pub(in crate::cli) struct Line<'a> {
    /// The file.
    file: &'a str,
    /// `name-[epoch:]version-release.arch`
    nevra: String,
    /// Its name.
    name: &'a str,
    /// Its epoch, where it has one.
    epoch: Option<u32>,
    /// Its version.
    version: &'a str,
    /// Its release.
    release: &'a str,
    /// Its architecture.
    arch: &'a str,
    /// One line about it.
    summary: &'a str,
    /// Any number of lines about it.
    description: &'a str,
    /// Its licence.
    license: &'a str,
    /// Its page.
    url: &'a str,
    /// Who distributes it.
    vendor: &'a str,
    /// When it was built, in seconds since 1970.
    build_time: Option<u64>,
    /// The machine that it was built on.
    build_host: &'a str,
    /// The source package that it was built from.
    source_rpm: &'a str,
    /// What it takes when it is installed, in bytes.
    installed_size: u64,
    /// What its payload is compressed with.
    compressor: &'a str,
    /// Its files, in the order of their paths.
    #[schemars(with = "Vec<FileLine<'static>>")]
    files: Files<'a>,
    /// What it requires.
    requires: &'a [String],
    /// What it provides.
    provides: &'a [String],
    /// What it conflicts with.
    conflicts: &'a [String],
    /// What it obsoletes.
    obsoletes: &'a [String],
    /// What it recommends.
    recommends: &'a [String],
    /// What it suggests.
    suggests: &'a [String],
    /// What it supplements.
    supplements: &'a [String],
    /// What it enhances.
    enhances: &'a [String],
    /// What runs when it is installed and removed.
    scriptlets: Vec<ScriptletLine<'a>>,
    /// What runs when other packages are.
    triggers: Vec<TriggerLine<'a>>,
    /// Its units.
    units: Vec<InspectedUnitLine<'a>>,
    /// The users and groups that it creates.
    accounts: Vec<AccountLine<'a>>,
    /// What changed, the newest first.
    changelog: Vec<ChangeLine<'a>>,
    /// Its signatures.
    signatures: Vec<SignatureLine<'a>>,
    /// How many signatures could not be read.
    unknown_signatures: usize,
    /// What became of its signatures, where keys were given.
    verified: Option<Vec<VerifiedLine<'a>>>,
    /// What its digests say.
    digests: Vec<DigestLine<'a>>,
    /// What is damaged.
    damage: Vec<RefusalLine<'a>>,
    /// What each target that was asked about makes of it.
    verdicts: Vec<VerdictLine<'a>>,
}

impl JsonLine for Line<'_> {
    const REASON: &'static str = "ambot-inspection";
}

/// Files, written one by one.
pub(in crate::cli) struct Files<'a>(pub(in crate::cli) &'a [DescribedFile]);

impl Serialize for Files<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(FileLine::of))
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
            scriptlets: description.scriptlets.iter().map(scriptlet).collect(),
            triggers: description.triggers.iter().map(trigger).collect(),
            units: inspection.units.iter().map(unit).collect(),
            accounts: inspection.accounts.iter().map(AccountLine::of).collect(),
            changelog: description.changelog.iter().map(ChangeLine::of).collect(),
            signatures: description
                .signatures
                .iter()
                .map(SignatureLine::of)
                .collect(),
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

/// A script that rpm runs.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Scriptlet", deny_unknown_fields)]
struct ScriptletLine<'a> {
    /// When, as in a spec file without the percent sign.
    phase: &'static str,
    /// What runs it, with arguments.
    interpreter: &'a [String],
    /// Its text.
    text: &'a str,
}

fn scriptlet(scriptlet: &ReadScriptlet) -> ScriptletLine<'_> {
    ScriptletLine {
        phase: scriptlet.phase,
        interpreter: &scriptlet.interpreter,
        text: &scriptlet.text,
    }
}

/// A script that rpm runs when something happens to other packages.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Trigger", deny_unknown_fields)]
struct TriggerLine<'a> {
    /// What happens.
    kind: &'static str,
    /// To what.
    conditions: Vec<String>,
    /// What runs it.
    interpreter: &'a [String],
    /// Its text.
    text: &'a str,
    /// Its priority, where it has one.
    priority: Option<u64>,
}

fn trigger(trigger: &ReadTrigger) -> TriggerLine<'_> {
    TriggerLine {
        kind: trigger.kind,
        conditions: trigger
            .conditions
            .iter()
            .map(crate::inspect::line)
            .collect(),
        interpreter: &trigger.interpreter,
        text: &trigger.text,
        priority: trigger.priority,
    }
}

/// A unit of the package.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "InspectedUnit", deny_unknown_fields)]
struct InspectedUnitLine<'a> {
    /// Its name.
    name: &'a str,
    /// Where it lies.
    path: &'a str,
    /// Whether the package's own preset enables it; null where it says nothing.
    preset: Option<bool>,
    /// Its text.
    text: &'a str,
}

fn unit(unit: &DescribedUnit) -> InspectedUnitLine<'_> {
    InspectedUnitLine {
        name: &unit.name,
        path: &unit.path,
        preset: unit.preset,
        text: &unit.text,
    }
}

/// A user or group that the package creates.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Account", deny_unknown_fields)]
pub(in crate::cli) struct AccountLine<'a> {
    /// Its name.
    name: &'a str,
    /// `user` or `group`.
    kind: &'static str,
    /// The file or capability that says so.
    from: &'a str,
}

impl<'a> AccountLine<'a> {
    pub(in crate::cli) fn of(account: &'a Account) -> Self {
        AccountLine {
            name: &account.name,
            kind: account_kind(account.is_user),
            from: &account.from,
        }
    }
}

pub(in crate::cli) fn account_kind(is_user: bool) -> &'static str {
    if is_user { "user" } else { "group" }
}

/// An entry of the changelog.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Change", deny_unknown_fields)]
pub(in crate::cli) struct ChangeLine<'a> {
    /// Seconds since 1970.
    time: u64,
    /// Who made it.
    author: &'a str,
    /// What changed.
    text: &'a str,
}

impl<'a> ChangeLine<'a> {
    pub(in crate::cli) fn of(change: &'a ReadChange) -> Self {
        ChangeLine {
            time: change.time,
            author: &change.author,
            text: &change.text,
        }
    }
}

/// A signature, as it claims.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Signature", deny_unknown_fields)]
pub(in crate::cli) struct SignatureLine<'a> {
    /// `header` or `header-and-payload`.
    covers: &'static str,
    /// The version of its packet.
    version: u8,
    /// The public-key algorithm.
    algorithm: String,
    /// The hash algorithm.
    hash: String,
    /// The issuer's fingerprint or key id.
    key: Option<&'a str>,
    /// When it was made, in seconds since 1970.
    time: Option<u32>,
}

impl<'a> SignatureLine<'a> {
    pub(in crate::cli) fn of(signature: &'a ReadSignature) -> Self {
        SignatureLine {
            covers: match signature.covers {
                Covers::Header => "header",
                Covers::HeaderAndPayload => "header-and-payload",
            },
            version: signature.version,
            algorithm: signature.algorithm_name(),
            hash: algorithm_name(signature.hash.into()),
            key: signature.key.as_deref(),
            time: signature.time,
        }
    }
}

/// What became of a signature.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CheckedSignature", deny_unknown_fields)]
struct VerifiedLine<'a> {
    /// The number of the tag that it stands under.
    tag: u32,
    /// `good`, `bad`, `unknown-key`, `not-checked` or `unreadable`.
    result: &'static str,
    /// The fingerprint of the key, of a good one.
    key: Option<&'a str>,
    /// The first user id of its certificate.
    user: Option<&'a str>,
}

fn verified(check: &SignatureCheck) -> VerifiedLine<'_> {
    let (result, key, user) = match &check.result {
        SignatureResult::Good { fingerprint, user } => {
            ("good", Some(fingerprint.as_str()), user.as_deref())
        }
        SignatureResult::Bad => ("bad", None, None),
        SignatureResult::UnknownKey => ("unknown-key", None, None),
        SignatureResult::NotChecked => ("not-checked", None, None),
        SignatureResult::Unreadable(_) => ("unreadable", None, None),
    };
    let tag = check.tag;
    VerifiedLine {
        tag,
        result,
        key,
        user,
    }
}

/// What a digest or size says.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Digest", deny_unknown_fields)]
struct DigestLine<'a> {
    /// Which one, and of what.
    what: &'static str,
    /// Whether it is right.
    right: bool,
    /// What the file says, where that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<&'a str>,
    /// What its bytes say.
    #[serde(skip_serializing_if = "Option::is_none")]
    computed: Option<&'a str>,
}

fn digest<'a>((what, check): &'a (&'static str, Check)) -> DigestLine<'a> {
    let wrong = match check {
        Check::Bad { recorded, computed } => Some((recorded.as_str(), computed.as_str())),
        _ => None,
    };
    DigestLine {
        what,
        right: wrong.is_none(),
        recorded: wrong.map(|(recorded, _)| recorded),
        computed: wrong.map(|(_, computed)| computed),
    }
}

/// Why a package is refused.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Refusal", deny_unknown_fields)]
struct RefusalLine<'a> {
    /// What is wrong, and why.
    text: &'a str,
    /// The way out, where there is one.
    help: Option<&'a str>,
}

fn refusal(refusal: &Refusal) -> RefusalLine<'_> {
    RefusalLine {
        text: &refusal.text,
        help: refusal.help.as_deref(),
    }
}

/// What a target makes of the package.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Verdict", deny_unknown_fields)]
struct VerdictLine<'a> {
    /// The target.
    target: &'static str,
    /// Whether it is refused.
    refused: bool,
    /// Why.
    refusals: Vec<RefusalLine<'a>>,
    /// What one should know besides.
    notes: &'a [String],
}

fn verdict((target, verdict): &(TargetName, Verdict)) -> VerdictLine<'_> {
    VerdictLine {
        target: target.as_str(),
        refused: !verdict.refusals.is_empty(),
        refusals: verdict.refusals.iter().map(refusal).collect(),
        notes: &verdict.notes,
    }
}

/// A file of the package.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "File", deny_unknown_fields)]
pub(in crate::cli) struct FileLine<'a> {
    /// The path.
    path: &'a str,
    /// `file`, `directory`, `symlink` or `other`.
    kind: &'static str,
    /// Where a link points.
    link: Option<&'a str>,
    /// The permission bits, in octal digits.
    mode: String,
    /// The owner.
    user: &'a str,
    /// The group.
    group: &'a str,
    /// In bytes.
    size: u64,
    /// The digest in hexadecimal digits; empty for what has no content.
    digest: &'a str,
    /// The capabilities that it is given, or nothing.
    caps: &'a str,
    /// `config`, `noreplace`, `doc` …
    flags: &'a [&'static str],
}

impl<'a> FileLine<'a> {
    pub(in crate::cli) fn of(file: &'a DescribedFile) -> Self {
        let (kind, link) = match &file.kind {
            DescribedKind::Regular => ("file", None),
            DescribedKind::Directory => ("directory", None),
            DescribedKind::Symlink(link) => ("symlink", Some(link.as_str())),
            DescribedKind::Other => ("other", None),
        };
        FileLine {
            path: &file.path,
            kind,
            link,
            mode: format!("{:04o}", file.mode),
            user: &file.user,
            group: &file.group,
            size: file.size,
            digest: &file.digest,
            caps: &file.caps,
            flags: &file.flags,
        }
    }
}
