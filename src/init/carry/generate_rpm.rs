//! `[package.metadata.generate-rpm]`, as cargo-generate-rpm 0.21 reads it (its `config` module).

use super::super::Error;
use super::assets::{self, Asset};
use super::carried::Carried;
use super::foreign::{self, Foreign, wrong, wrong_kind};
use super::inline::Inline;
use super::{dependencies, scripts, units};
use crate::project::tree::{Node, Table, Value};
use crate::report::Spanned;

/// What it gives a file without a `mode`, and a folder.
const DEFAULT_MODE: &str = "0664";
const DEFAULT_FOLDER_MODE: &str = "0775";

/// Its scripts, and ours.
const SCRIPTS: [(&str, &str); 8] = [
    ("pre_trans_script", "pretrans"),
    ("pre_install_script", "pre"),
    ("post_install_script", "post"),
    ("pre_uninstall_script", "preun"),
    ("post_uninstall_script", "postun"),
    ("post_trans_script", "posttrans"),
    ("pre_untrans_script", "preuntrans"),
    ("post_untrans_script", "postuntrans"),
];

const RELATIONS: [&str; 8] = [
    "requires",
    "provides",
    "conflicts",
    "obsoletes",
    "recommends",
    "suggests",
    "supplements",
    "enhances",
];

pub(super) fn read(carried: &mut Carried<'_>, table: &Table) -> Result<(), Error> {
    let mut table = Foreign::new(table);
    texts(carried, &mut table)?;
    versions(carried, &mut table)?;
    for node in array(&mut table, "assets")? {
        asset(carried, &node)?;
    }
    for kind in RELATIONS {
        if let Some(entry) = table.take(kind) {
            dependencies::relation(carried, kind, &entry)?;
        }
    }
    let automatic = table.string("auto-req")?;
    if automatic.is_some_and(|word| ["no", "disabled"].contains(&word.value.as_str())) {
        carried.lines.push(("auto-requires", "false".to_owned()));
    }
    // Ours requires a shell where a scriptlet needs one, whatever is said here.
    table.boolean("require-sh")?;
    let mut all = Vec::new();
    for (key, phase) in SCRIPTS {
        all.extend(script(carried, &mut table, key, phase)?);
    }
    let (enabled, started) = scripts::carry(carried, all);
    units::settle(carried, &enabled, &started);
    carried.left_rest(table, "cargo-generate-rpm")
}

fn array(table: &mut Foreign, key: &str) -> Result<Vec<Node>, Error> {
    let Some(entry) = table.take(key) else {
        return Ok(Vec::new());
    };
    match entry.node.value {
        Value::Array(items) => Ok(items),
        _ => Err(wrong_kind(&entry.key, &entry.node, "an array")),
    }
}

/// Texts of one line that have the same name with us.
fn texts(carried: &mut Carried<'_>, table: &mut Foreign) -> Result<(), Error> {
    let description = table.string("description")?;
    let summary = table.string("summary")?;
    let summary = summary.or(description);
    let keys = ["name", "license", "url", "vendor"];
    for key in keys {
        if let Some(text) = table.string(key)? {
            one_line(carried, key, &text);
        }
    }
    if let Some(text) = summary {
        one_line(carried, "summary", &text);
    }
    Ok(())
}

fn one_line(carried: &mut Carried<'_>, key: &'static str, text: &Spanned<String>) {
    let line = text.value.trim();
    let Some(span) = text
        .span
        .as_ref()
        .filter(|_| line.is_empty() || line.contains('\n'))
    else {
        carried.line(key, line);
        return;
    };
    carried.left(
        format!("`{key}` is not one line"),
        span,
        format!("write `{key}` as one line"),
    );
}

fn versions(carried: &mut Carried<'_>, table: &mut Foreign) -> Result<(), Error> {
    if let Some(Spanned {
        value,
        span: Some(span),
    }) = table.string("version")?
        && value != carried.asked.package.version.to_string()
    {
        carried.left(
            format!("the version {value}, which is not that of the package"),
            &span,
            "an RPM has the version of [package]: change it there",
        );
    }
    if let Some(entry) = table.take("release") {
        let text = match &entry.node.value {
            Value::String(text) | Value::Integer { text, .. } => text.clone(),
            _ => return Err(wrong_kind("release", &entry.node, "a string or a number")),
        };
        // The dist tag comes by itself.
        let plain = text.split('%').next().unwrap_or_default();
        let good = |c: char| c.is_ascii_alphanumeric() || "._+~".contains(c);
        if plain.starts_with(|c: char| c.is_ascii_digit())
            && plain.chars().all(good)
            && plain == text
        {
            carried.line("release", plain);
        } else {
            carried.left(
                format!("the release `{text}`"),
                &entry.node.span,
                "a release begins with a digit, and cargo ambot puts the dist tag behind it: release = \"1\"",
            );
        }
    }
    if let Some(Spanned {
        value,
        span: Some(span),
    }) = table.number("epoch")?
    {
        match u32::try_from(value) {
            Ok(epoch) => carried.lines.push(("epoch", epoch.to_string())),
            Err(_) => return Err(wrong("`epoch` is out of range".to_owned(), &span)),
        }
    }
    Ok(())
}

fn asset(carried: &mut Carried<'_>, node: &Node) -> Result<(), Error> {
    let Value::Table(table) = &node.value else {
        return Err(wrong_kind("assets", node, "a table"));
    };
    let mut table = Foreign::new(table);
    let span = node.span.clone();
    let missing = |key: &str| wrong(format!("an asset without `{key}`"), &span);
    let is_folder = table.boolean("dir")?.is_some_and(|dir| dir.value);
    let source = table.string("source")?;
    let dest = table.string("dest")?.ok_or_else(|| missing("dest"))?;
    let mode = table.string("mode")?;
    let (user, group) = (table.string("user")?, table.string("group")?);
    let (user, group) = (user.map(|user| user.value), group.map(|group| group.value));
    let (config, missingok) = config(&mut table)?;
    let doc = table.boolean("doc")?.is_some_and(|doc| doc.value);
    let caps = table.string("caps")?.map(|caps| caps.value);
    for entry in table.rest() {
        carried.left(
            format!("unknown key `{}` of an asset", entry.key),
            &entry.key_span,
            "cargo-generate-rpm does not know it either",
        );
    }
    if is_folder {
        let mode = mode.map_or(DEFAULT_FOLDER_MODE.to_owned(), |mode| mode.value);
        let bits = u32::from_str_radix(&mode, 8).unwrap_or(0o775) & 0o7777;
        let line = Inline::default()
            .text("dest", dest.value.trim_end_matches('/'))
            .text("mode", &format!("{bits:04o}"))
            .text_if("user", user.as_deref())
            .text_if("group", group.as_deref());
        carried.dirs.push(line.written());
        return Ok(());
    }
    let mode = mode.unwrap_or_else(|| Spanned::new(DEFAULT_MODE.to_owned(), span.clone()));
    if u32::from_str_radix(&mode.value, 8).is_err() {
        return Err(wrong(
            format!("`mode` is not octal: \"{}\"", mode.value),
            &span,
        ));
    }
    let source = source.ok_or_else(|| missing("source"))?;
    let asset = Asset {
        span: foreign::shown_at(node, &source),
        source,
        dest,
        mode: Some(mode),
        user,
        group,
        config,
        missingok,
        caps,
        doc,
    };
    if asset
        .dest
        .value
        .trim_start_matches('.')
        .starts_with("/etc/")
        && asset.config.is_none()
    {
        carried.differs(
            "a file below /etc is configuration with cargo ambot",
            &asset.span,
            "an upgrade keeps what an administrator changed in it; `config = false` makes it a file \
             like any other",
        );
    }
    assets::place(carried, asset);
    Ok(())
}

/// `true`, `false`, `"noreplace"`, `"missingok"`, or an array of the last two.
fn config(table: &mut Foreign) -> Result<(Option<&'static str>, bool), Error> {
    let Some(entry) = table.take("config") else {
        return Ok((None, false));
    };
    let words: Vec<&str> = match &entry.node.value {
        Value::Boolean(truth) => return Ok((Some(if *truth { "true" } else { "false" }), false)),
        Value::String(word) => vec![word],
        Value::Array(items) => items
            .iter()
            .map(|item| match &item.value {
                Value::String(word) => Ok(word.as_str()),
                _ => Err(wrong_kind("config", item, "a string")),
            })
            .collect::<Result<_, _>>()?,
        _ => {
            return Err(wrong_kind(
                "config",
                &entry.node,
                "a boolean, a string or an array",
            ));
        }
    };
    let known = ["noreplace", "missingok"];
    if let Some(word) = words.iter().find(|word| !known.contains(word)) {
        return Err(wrong(
            format!("`config` cannot be \"{word}\""),
            &entry.node.span,
        ));
    }
    let kind = if words.contains(&"noreplace") {
        "\"noreplace\""
    } else {
        "true"
    };
    Ok((Some(kind), words.contains(&"missingok")))
}

fn script(
    carried: &mut Carried<'_>,
    table: &mut Foreign,
    key: &'static str,
    phase: &'static str,
) -> Result<Option<scripts::Script>, Error> {
    let text = table.string(key)?;
    let flags = table.number(&format!("{key}_flags"))?;
    let program = table.strings(&format!("{key}_prog"))?;
    let Some(Spanned {
        value,
        span: Some(span),
    }) = text
    else {
        return Ok(None);
    };
    if let Some(Spanned {
        value,
        span: Some(span),
    }) = flags.filter(|flags| flags.value != 0)
    {
        carried.left(
            format!("the flags {value} of `{key}`"),
            &span,
            "a scriptlet runs as it is written: write what a macro would have become",
        );
    }
    let interpreter = program.unwrap_or_default();
    let interpreter: Vec<String> = interpreter.into_iter().map(|word| word.value).collect();
    Ok(Some(scripts::Script {
        key,
        phase,
        text: value,
        span,
        interpreter,
    }))
}
