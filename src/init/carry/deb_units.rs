//! `systemd-units`: which files of a folder are units, and what is done with them.

use super::super::Error;
use super::carried::Carried;
use super::deb::plain_file;
use super::foreign::{Foreign, wrong_kind};
use super::units::{self, Policy};
use crate::project::input;
use crate::project::tree::{Table, Value};
use crate::report::{Span, Spanned};
use camino::{Utf8Path, Utf8PathBuf};

/// What cargo-deb looks for: the suffix of the package's name, and that of the file.
const KINDS: [(&str, &str); 13] = [
    ("", "mount"),
    ("", "path"),
    ("@", "path"),
    ("", "service"),
    ("@", "service"),
    ("", "socket"),
    ("@", "socket"),
    ("", "target"),
    ("@", "target"),
    ("", "timer"),
    ("@", "timer"),
    ("", "tmpfile"),
    ("", "sysusers"),
];

/// Where units are looked for where nothing says it.
const DEFAULT_FOLDER: &str = "systemd";

/// One table of `systemd-units`.
struct Units {
    span: Span,
    folder: Option<String>,
    name: Option<String>,
    policy: Policy,
}

pub(super) fn read(
    carried: &mut Carried<'_>,
    table: &mut Foreign,
    package: &str,
    scripts: Option<&Spanned<String>>,
) -> Result<(), Error> {
    let Some(entry) = table.take("systemd-units") else {
        return Ok(());
    };
    let all = match &entry.node.value {
        Value::Table(table) => vec![one(carried, table, &entry.key_span)?],
        Value::Array(items) => items
            .iter()
            .map(|item| match &item.value {
                Value::Table(table) => one(carried, table, &item.span),
                _ => Err(wrong_kind("systemd-units", item, "a table")),
            })
            .collect::<Result<_, _>>()?,
        _ => return Err(wrong_kind("systemd-units", &entry.node, "a table")),
    };
    let crate_name = carried.asked.package.name.clone();
    for units in &all {
        let folder = units
            .folder
            .as_ref()
            .or(scripts.map(|scripts| &scripts.value));
        let folder = folder.map_or(DEFAULT_FOLDER, String::as_str);
        let is_found = [package, &crate_name]
            .iter()
            .any(|name| find(carried, units, folder, name));
        if !is_found && units.folder.is_some() {
            let name = units.name.as_deref().unwrap_or(package);
            carried.missing_units.insert(format!("{name}.service"));
            carried.left(
                format!("{folder} has no units that are called as cargo-deb wants it"),
                &units.span,
                "copy those that are meant to .ambot/services",
            );
        }
    }
    for units in &all {
        settle(carried, units);
    }
    Ok(())
}

fn one(carried: &mut Carried<'_>, table: &Table, span: &Span) -> Result<Units, Error> {
    let mut table = Foreign::new(table);
    let text = |text: Option<Spanned<String>>| text.map(|text| text.value);
    let folder = text(table.string("unit-scripts")?);
    let name = text(table.string("unit-name")?);
    let mut flag = |key: &str| Ok::<_, Error>(table.boolean(key)?.is_none_or(|flag| flag.value));
    let (enable, start) = (flag("enable")?, flag("start")?);
    let (restart, stop) = (flag("restart-after-upgrade")?, flag("stop-on-upgrade")?);
    for entry in table.rest() {
        carried.left(
            format!("unknown key `{}` of systemd-units", entry.key),
            &entry.key_span,
            "cargo-deb does not know it either",
        );
    }
    Ok(Units {
        span: span.clone(),
        folder,
        name,
        policy: Policy {
            enable: Some(enable),
            start: Some(start),
            // A unit that is neither restarted, nor stopped and started again, runs on.
            restart: Some(restart || (start && stop)),
        },
    })
}

/// Takes the files over that cargo-deb would take, if there are any.
fn find(carried: &mut Carried<'_>, units: &Units, folder: &str, package: &str) -> bool {
    let directory = carried.asked.package.directory.join(folder);
    let mut is_found = false;
    for (suffix, kind) in KINDS {
        let whole = format!("{package}{suffix}");
        let Some(path) = file(
            &directory,
            &whole,
            suffix.is_empty(),
            kind,
            units.name.as_deref(),
        ) else {
            continue;
        };
        is_found = true;
        let stem = units
            .name
            .as_ref()
            .map_or(whole, |name| format!("{name}{suffix}"));
        let installed = format!("{stem}.{kind}");
        match kind {
            "tmpfile" => tmpfiles(carried, &path),
            "sysusers" => carried.left(
                format!(
                    "{folder}: users of {}",
                    path.file_name().unwrap_or_default()
                ),
                &units.span,
                "name them in `users`: users = { hello = {} }",
            ),
            _ if units::is_ours(&installed) => units::copy(carried, &installed, &path, &units.span),
            _ => {
                let source = path
                    .strip_prefix(&carried.asked.package.directory)
                    .unwrap_or(&path);
                let dest = format!("/usr/lib/systemd/system/{installed}");
                carried
                    .files
                    .push((plain_file(source.as_str(), &dest), None));
            }
        }
    }
    is_found
}

/// The first that is there, of the names that debhelper tries.
fn file(
    folder: &Utf8Path,
    package: &str,
    is_main: bool,
    kind: &str,
    unit: Option<&str>,
) -> Option<Utf8PathBuf> {
    let mut names = Vec::new();
    if let Some(unit) = unit {
        names.push(format!("{package}.{unit}.{kind}"));
        if is_main {
            names.push(format!("{unit}.{kind}"));
        }
    }
    names.push(format!("{package}.{kind}"));
    if is_main {
        names.push(kind.to_owned());
    }
    names
        .into_iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_file())
}

fn tmpfiles(carried: &mut Carried<'_>, path: &Utf8Path) {
    let text = input::read_text(path, input::MAX_TEXT).unwrap_or_default();
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in lines {
        // Each table of units finds the file of the whole package.
        if !carried.tmpfiles.iter().any(|known| known == line) {
            carried.tmpfiles.push(line.to_owned());
        }
    }
}

/// A table without a name is for all units, those among the assets too.
fn settle(carried: &mut Carried<'_>, units: &Units) {
    for (name, unit) in &mut carried.units {
        let stem = name
            .rsplit_once('.')
            .map_or(name.as_str(), |(stem, _)| stem);
        if units.name.as_ref().is_none_or(|meant| meant == stem) {
            // cargo-deb enables what has an [Install], and nothing else.
            let text = String::from_utf8_lossy(&unit.bytes);
            let is_installable = text.lines().any(|line| line.trim_end() == "[Install]");
            unit.policy = Policy {
                enable: units.policy.enable.map(|enable| enable && is_installable),
                ..units.policy
            };
        }
    }
}
