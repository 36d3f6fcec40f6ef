//! `[package.metadata.deb]`, as cargo-deb 3 reads it (its `parse::manifest` and `config` modules).

use super::super::Error;
use super::assets::{self, Asset, absolute, installed_as};
use super::carried::Carried;
use super::foreign::{self, Foreign, wrong, wrong_kind};
use super::inline::{Inline, quoted};
use super::{deb_scripts, deb_units, units};
use crate::contents::is_license;
use crate::project::input;
use crate::project::tree::{Node, Table, Value};
use crate::report::{Span, Spanned};
use camino::Utf8Path;

/// Lists of Debian's packages, and where ours would stand.
const RELATIONS: [(&str, &str); 9] = [
    ("depends", "requires"),
    ("pre-depends", "requires"),
    ("recommends", "recommends"),
    ("suggests", "suggests"),
    ("enhances", "enhances"),
    ("conflicts", "conflicts"),
    ("breaks", "conflicts"),
    ("replaces", "obsoletes"),
    ("provides", "provides"),
];

/// Keys that say what an RPM has no word for.
const WITHOUT: [(&str, &str); 3] = [
    (
        "copyright",
        "an RPM names the licence, and has the files that are named as licences are",
    ),
    ("section", "rpm has no sections"),
    ("priority", "rpm has no priorities"),
];

/// Keys that say what we say elsewhere.
const ELSEWHERE: [(&str, &str); 5] = [
    (
        "changelog",
        "`changelog` takes a file in the form of Keep a Changelog; CHANGELOG.md is taken by itself",
    ),
    (
        "triggers-file",
        "[[package.metadata.ambot.triggers]] has rpm's triggers",
    ),
    (
        "features",
        "give them to `cargo ambot package` with --features",
    ),
    ("profile", "give it to `cargo ambot package` with --profile"),
    ("merge-assets", "name the files in `files`"),
];

pub(super) fn read(carried: &mut Carried<'_>, table: &Table) -> Result<(), Error> {
    let mut table = Foreign::new(table);
    let name = table.string("name")?;
    if let Some(name) = &name {
        carried.line("name", &name.value);
    }
    texts(carried, &mut table)?;
    revision(carried, &mut table)?;
    let configuration = table.strings("conf-files")?.unwrap_or_default();
    let configuration: Vec<String> = configuration
        .into_iter()
        .map(|path| absolute(&path.value))
        .collect();
    assets(carried, &mut table, &configuration)?;
    license(carried, &mut table)?;
    for (key, ours) in RELATIONS {
        relation(carried, &mut table, key, ours)?;
    }
    debug(carried, &mut table)?;
    let name = name.map_or_else(
        || debian_name(&carried.asked.package.name),
        |name| name.value,
    );
    let scripts = table.string("maintainer-scripts")?;
    deb_units::read(carried, &mut table, &name, scripts.as_ref())?;
    let enabled = deb_scripts::read(carried, &name, scripts.as_ref());
    units::settle(carried, &enabled, &[]);
    if table
        .boolean("default-features")?
        .is_some_and(|on| !on.value)
    {
        carried
            .comments
            .push("Packaged with --no-default-features until now.".to_owned());
    }
    for (key, why) in WITHOUT {
        if let Some(entry) = table.take(key) {
            carried.differs(format!("`{key}` is left out"), &entry.key_span, why);
        }
    }
    for (key, instead) in ELSEWHERE {
        if let Some(entry) = table.take(key) {
            carried.left(format!("`{key}`"), &entry.key_span, instead);
        }
    }
    carried.left_rest(table, "cargo-deb")
}

/// A crate's name as Debian takes it.
fn debian_name(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

fn texts(carried: &mut Carried<'_>, table: &mut Foreign) -> Result<(), Error> {
    if let Some(maintainer) = table.string("maintainer")? {
        carried.line("packager", maintainer.value.trim());
    }
    let text = table.string("extended-description")?;
    let file = table.string("extended-description-file")?;
    if let Some(text) = text {
        carried.line("description", text.value.trim());
    } else if let Some(Spanned {
        value,
        span: Some(span),
    }) = file
    {
        match input::read_text(
            &carried.asked.package.directory.join(&value),
            input::MAX_TEXT,
        ) {
            Ok(text) => carried.line("description", text.trim()),
            Err(error) => carried.left(
                format!("{value} cannot be read: {error}"),
                &span,
                "write the text as `description`",
            ),
        }
    }
    Ok(())
}

/// Debian's revision counts what rpm's release counts.
fn revision(carried: &mut Carried<'_>, table: &mut Foreign) -> Result<(), Error> {
    let Some(Spanned {
        value,
        span: Some(span),
    }) = table.string("revision")?
    else {
        return Ok(());
    };
    let good = |c: char| c.is_ascii_alphanumeric() || "._+~".contains(c);
    if ["", "0", "1"].contains(&value.as_str()) {
        // The first release is 1.
    } else if value.starts_with(|c: char| c.is_ascii_digit()) && value.chars().all(good) {
        carried.line("release", &value);
    } else {
        carried.left(
            format!("the revision `{value}`"),
            &span,
            "a release begins with a digit: release = \"2\"",
        );
    }
    Ok(())
}

/// A file that is not named as licences are is not found by itself.
fn license(carried: &mut Carried<'_>, table: &mut Foreign) -> Result<(), Error> {
    let Some(file) = table.strings("license-file")? else {
        return Ok(());
    };
    let Some(file) = file.into_iter().next() else {
        return Ok(());
    };
    let path = carried.asked.package.directory.join(&file.value);
    let is_found = !file.value.contains('/') && is_license(&file.value);
    if is_found && path.is_file() {
        return Ok(());
    }
    if !path.is_file() {
        carried.missing.push(file);
        return Ok(());
    }
    let line = Inline::default()
        .text("source", &file.value)
        .flag("license", true);
    carried.files.push((
        line.flag("outside-project", file.value.starts_with("../"))
            .written(),
        None,
    ));
    Ok(())
}

fn assets(
    carried: &mut Carried<'_>,
    table: &mut Foreign,
    configuration: &[String],
) -> Result<(), Error> {
    let preserve = table.boolean("preserve-symlinks")?;
    let rules = Rules {
        configuration,
        keep_links: preserve.is_some_and(|preserve| preserve.value),
    };
    let Some(entry) = table.take("assets") else {
        return Ok(());
    };
    let Value::Array(items) = &entry.node.value else {
        return Err(wrong_kind("assets", &entry.node, "an array"));
    };
    for item in items {
        match &item.value {
            // All binaries, and the README, which are packaged without being named.
            Value::String(word) if word == "$auto" => {
                let own = carried.asked.package.binaries.iter().cloned();
                carried.bins.extend(own);
            }
            Value::Array(parts) => listed(carried, item, parts, &rules)?,
            Value::Table(table) => named(carried, item, table, &rules)?,
            _ => return Err(wrong_kind("assets", item, "an array or a table")),
        }
    }
    Ok(())
}

/// What holds for all assets.
#[derive(Clone, Copy)]
struct Rules<'a> {
    /// The paths of `conf-files`.
    configuration: &'a [String],
    /// Whether a source that is a link stays one.
    keep_links: bool,
}

/// `["source", "dest", "mode"]`
fn listed(
    carried: &mut Carried<'_>,
    item: &Node,
    parts: &[Node],
    rules: &Rules<'_>,
) -> Result<(), Error> {
    let texts: Result<Vec<_>, Error> = parts
        .iter()
        .map(|part| foreign::string("assets", part))
        .collect();
    let mut texts = texts?.into_iter();
    let (Some(source), Some(dest)) = (texts.next(), texts.next()) else {
        return Err(wrong(
            "an asset needs a source and a destination".to_owned(),
            &item.span,
        ));
    };
    place(carried, source, dest, texts.next(), &item.span, rules);
    Ok(())
}

/// `{ source, dest, mode }`, or a link: `{ dest, link_name }`.
fn named(
    carried: &mut Carried<'_>,
    item: &Node,
    table: &Table,
    rules: &Rules<'_>,
) -> Result<(), Error> {
    let mut table = Foreign::new(table);
    let missing = |key: &str| wrong(format!("an asset without `{key}`"), &item.span);
    let dest = table.string("dest")?.ok_or_else(|| missing("dest"))?;
    let preserve = table.boolean("preserve_symlinks")?;
    if let Some(target) = table.string("link_name")? {
        let name = Utf8Path::new(&target.value).file_name().unwrap_or_default();
        let dest = installed_as(&absolute(&dest.value), name);
        let line = Inline::default()
            .text("dest", &dest)
            .text("target", &target.value);
        carried.symlinks.push(line.written());
        return Ok(());
    }
    let source = table.string("source")?.ok_or_else(|| missing("source"))?;
    let mode = table.string("mode")?;
    let rules = Rules {
        keep_links: preserve.map_or(rules.keep_links, |preserve| preserve.value),
        ..*rules
    };
    for entry in table.rest() {
        carried.left(
            format!("unknown key `{}` of an asset", entry.key),
            &entry.key_span,
            "cargo-deb does not know it either",
        );
    }
    let span = foreign::shown_at(item, &source);
    place(carried, source, dest, mode, &span, &rules);
    Ok(())
}

fn place(
    carried: &mut Carried<'_>,
    source: Spanned<String>,
    dest: Spanned<String>,
    mode: Option<Spanned<String>>,
    span: &Span,
    rules: &Rules<'_>,
) {
    let name = Utf8Path::new(&source.value).file_name().unwrap_or_default();
    let installed = installed_as(&absolute(&dest.value), name);
    let link = carried.asked.package.directory.join(&source.value);
    let target = link.read_link_utf8().ok().filter(|_| rules.keep_links);
    if let Some(target) = target {
        let line = Inline::default()
            .text("dest", &installed)
            .text("target", target.as_str());
        carried.symlinks.push(line.written());
        return;
    }
    // What is below /etc is configuration with both.
    let is_config = rules.configuration.contains(&installed) && !installed.starts_with("/etc/");
    assets::place(
        carried,
        Asset {
            span: span.clone(),
            source,
            dest,
            mode,
            user: None,
            group: None,
            config: is_config.then_some("\"noreplace\""),
            missingok: false,
            caps: None,
            doc: false,
        },
    );
}

/// The names are Debian's. What they are called elsewhere nobody can tell from them.
fn relation(
    carried: &mut Carried<'_>,
    table: &mut Foreign,
    key: &'static str,
    ours: &str,
) -> Result<(), Error> {
    let span = table.span(key);
    let (Some(lists), Some(span)) = (table.strings(key)?, span) else {
        return Ok(());
    };
    let names = lists.iter().flat_map(|list| list.value.split(','));
    let names = names
        .map(str::trim)
        .filter(|name| !name.is_empty() && !name.starts_with('$'));
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        return Ok(());
    }
    let names = names.join(", ");
    carried.comments.push(format!(
        "{key} of the Debian package, for `{ours}`: {names}"
    ));
    let help = match key {
        "depends" | "pre-depends" => format!(
            "libraries of the binaries are found by themselves; write the others into `{ours}` by the names \
             that they have on the targets: `dnf provides` finds them"
        ),
        _ => format!("write them into `{ours}` by the names that they have on the targets"),
    };
    carried.left(
        format!("`{key}` names packages of Debian: {names}"),
        &span,
        help,
    );
    Ok(())
}

/// Debug information becomes an RPM of its own where binaries have any.
fn debug(carried: &mut Carried<'_>, table: &mut Foreign) -> Result<(), Error> {
    let asked = ["separate-debug-symbols", "dbgsym"].map(|key| table.boolean(key));
    let mut is_asked = false;
    for one in asked {
        is_asked |= one?.is_some_and(|asked| asked.value);
    }
    table.boolean("compress-debug-symbols")?;
    if is_asked {
        carried.lines.push(("debuginfo", "true".to_owned()));
    }
    Ok(())
}

/// A file that is shipped under another name, as it is.
pub(super) fn plain_file(source: &str, dest: &str) -> String {
    let line = Inline::default().text("source", source);
    line.raw("dest", &quoted(dest)).written()
}
