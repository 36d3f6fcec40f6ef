//! Whether the units of a package load on a target: they are read out of its payload and checked by
//! the rules that `cargo ambot check` has.

use super::contents::Text;
use super::error::Error;
use super::examine::Examined;
use super::verdict::{Refusal, Verdict};
use crate::lint::{self, Context, Effect, Finding, Levels, PackageFacts, UnitSet};
use crate::report::Severity;
use crate::rpm::visible;
use crate::target::{InstallStyle, Profile};
use crate::unit::{Dialect, Document, UnitFile, UnitName};
use camino::Utf8Path;

/// The most units that are judged; the distributions' largest package has some 300.
const MAX_UNITS: usize = 1000;
/// Notes about one unit.
const MAX_NOTES: usize = 20;

pub(super) fn judge(
    examined: &Examined,
    profile: &Profile,
    levels: &Levels,
    verdict: &mut Verdict,
) -> Result<(), Error> {
    let dialect = Dialect::of(profile);
    let mut units = Vec::new();
    for text in examined.contents.units.iter().take(MAX_UNITS) {
        let Some(name) = unit_name(text) else {
            continue;
        };
        let unit = UnitFile::read(name, Utf8Path::new(&text.path), &text.bytes);
        units.push(unit.as_read_by(dialect));
    }
    if units.is_empty() {
        return Ok(());
    }
    let package = facts(examined)?;
    let units = UnitSet::new(units, profile);
    drop_ins(examined, &units, profile, verdict);
    for unit in units.iter() {
        let context = Context {
            profile,
            unit,
            units: &units,
            decision: None,
            package: Some(&package),
        };
        let findings = lint::check(&context, levels);
        let path = unit.source().map(|source| source.path().to_string());
        let path = visible(&path.unwrap_or_else(|| unit.name.to_string()));
        said(&path, &findings, profile, verdict);
    }
    Ok(())
}

/// Units that are enabled through a drop-in alone, where the target's systemd reads no `[Install]` from
/// one.
fn drop_ins(examined: &Examined, units: &UnitSet, profile: &Profile, verdict: &mut Verdict) {
    let systemd = profile.systemd.value;
    if profile.install_style() == InstallStyle::DropIn {
        return;
    }
    let texts = examined.contents.units.iter().take(MAX_UNITS);
    for text in texts {
        let folder = text.path.rsplit('/').nth(1);
        let Some(name) = folder.and_then(|folder| folder.strip_suffix(".d")) else {
            continue;
        };
        let own = units.iter().find(|unit| unit.name.as_str() == name);
        let has_own = own.is_some_and(|unit| unit.document.has_install_information(systemd));
        if has_own || !Document::parse(&text.bytes).has_install_information(systemd) {
            continue;
        }
        verdict.refuse(
            Refusal::too_new(format!(
                "{name} is enabled through {}, and systemd {systemd} of {} reads no [Install] from a drop-in: it would not start after a reboot",
                visible(&text.path),
                profile.title
            ))
            .help("package it for this target: its [Install] then stands in the file itself"),
        );
    }
}

/// The unit of a file that is one itself; drop-ins and links of `.wants` are none.
fn unit_name(text: &Text) -> Option<UnitName> {
    let (folder, name) = text.path.rsplit_once('/')?;
    let is_unit = folder.ends_with("/system");
    UnitName::parse(name).ok().filter(|_| is_unit)
}

fn said(path: &str, findings: &[Finding], profile: &Profile, verdict: &mut Verdict) {
    let mut notes = 0;
    for finding in findings {
        let place = finding.line.map(|line| format!(", line {line}"));
        let title = visible(&finding.diagnostic.title);
        let text = format!("{path}{}: {title}", place.unwrap_or_default());
        let is_refused =
            finding.effect == Some(Effect::UnitRefused) && finding.severity == Severity::Error;
        if is_refused {
            let text = format!("{text}; the unit does not load on {}", profile.title);
            let help = finding.diagnostic.help.first().map(|help| visible(help));
            let refusal = Refusal::too_new(text);
            verdict.refuse(match help {
                Some(help) => refusal.help(help),
                None => refusal,
            });
        } else if finding.severity > Severity::Note && notes < MAX_NOTES {
            verdict.note(format!("{text} ({})", finding.rule.code));
            notes += 1;
        }
    }
}

/// What the package ships, as the rules ask for it.
fn facts(examined: &Examined) -> Result<PackageFacts, Error> {
    let metadata = &examined.metadata;
    let mut facts = PackageFacts::default();
    for file in metadata.files()? {
        let path = file.path();
        if file.is_directory() {
            facts.folders.insert(path);
            continue;
        }
        if file.permissions() & 0o111 != 0 {
            facts.programs.insert(path.clone());
        }
        if !file.caps().is_empty() {
            facts.capable.insert(path.clone());
        }
        facts.files.insert(path);
    }
    let requires = metadata
        .requires()
        .into_iter()
        .map(|required| required.name);
    facts.required_files = requires.filter(|name| name.starts_with('/')).collect();
    for account in super::accounts::of(examined) {
        facts.groups.insert(account.name.clone());
        if account.is_user {
            facts.users.insert(account.name);
        }
    }
    Ok(facts)
}
