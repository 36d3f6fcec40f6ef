//! `cargo ambot inspect`

use super::args::InspectArgs;
use super::{Stop, environment};
use crate::inspect::{DescribedFile, DescribedKind, Description, tree};
use crate::pipeline::{self, Inspection};
use crate::report::{Failure, Terminal};
use crate::target::{self, TargetName};
use serde_json::{Map, Value, json};
use std::fmt::Write;

pub(super) fn run(args: &InspectArgs, terminal: &Terminal) -> Result<(), Stop> {
    let targets = targets(&args.target, terminal)?;
    let mut refused = false;
    for (index, path) in args.files.iter().enumerate() {
        let inspection = pipeline::inspect(path, &targets)?;
        refused |= inspection
            .verdicts
            .iter()
            .any(|(_, refusals)| !refusals.is_empty());
        let printed = if terminal.is_json() {
            terminal.print_json("ambot-inspection", object(&inspection))
        } else {
            let gap = if index > 0 { "\n" } else { "" };
            terminal.print(&format!("{gap}{}", text(&inspection)))
        };
        printed.map_err(|error| Stop::stdout(&error))?;
    }
    if refused {
        return Err(Stop {
            diagnostic: None,
            failure: Failure::Denied,
        });
    }
    Ok(())
}

/// The targets of the command line. The project is asked only where a name is none of ours: a
/// package can be judged anywhere.
fn targets(words: &[String], terminal: &Terminal) -> Result<Vec<TargetName>, Stop> {
    let ours: Result<_, _> = words.iter().map(|word| target::find(word)).collect();
    if let Ok(ours) = ours {
        return Ok(ours);
    }
    let known = environment::targets(terminal)?;
    let named = words.iter().map(|word| known.find(word));
    Ok(named.collect::<Result<_, _>>()?)
}

/// The tree of files, then what rpm runs and asks for, then the verdicts.
fn text(inspection: &Inspection) -> String {
    let bold = anstyle::Style::new().bold();
    let description = &inspection.description;
    let mut text = tree(description);
    let scriptlets: Vec<&str> = description
        .scriptlets
        .iter()
        .map(|scriptlet| scriptlet.phase)
        .collect();
    let lists = [
        ("scriptlets", scriptlets.join(", ")),
        ("requires", requires(description)),
    ];
    for (name, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{bold}{name:<12}{bold:#}{}", wrapped(list));
    }
    for (target, refusals) in &inspection.verdicts {
        let verdict = if refusals.is_empty() {
            "installs"
        } else {
            "refused"
        };
        let _ = writeln!(text, "{bold}{:<12}{bold:#}{verdict}", target.as_str());
        for refusal in refusals {
            let _ = writeln!(text, "{:12}{}", "", wrapped(&visible(&refusal.text)));
        }
    }
    text
}

/// Each name once (every scriptlet asks for the same shell), of the symbol versions of a library
/// only the highest, which is the one that decides. What rpm itself must know (`rpmlib()`) is no
/// package to install.
fn requires(description: &Description) -> String {
    let mut shown: Vec<(String, String)> = Vec::new();
    let lines = description.requires.iter();
    for line in lines.filter(|line| !line.starts_with("rpmlib(")) {
        let line = visible(line);
        // `libc.so.6(GLIBC_2.17)(64bit)`: the library is what stands before the first bracket.
        let name = match line.split_once('(') {
            Some((library, _)) if library.contains(".so") => library.to_owned(),
            _ => line.clone(),
        };
        match shown.iter_mut().find(|(known, _)| *known == name) {
            Some((_, kept)) => {
                if rpm_version::rpm_evr_compare(version(&line), version(kept)).is_gt() {
                    *kept = line;
                }
            }
            None => shown.push((name, line)),
        }
    }
    let lines: Vec<String> = shown.into_iter().map(|(_, line)| line).collect();
    lines.join(", ")
}

/// `GLIBC_2.17` of `libc.so.6(GLIBC_2.17)(64bit)`; nothing of `libc.so.6()(64bit)`.
fn version(line: &str) -> &str {
    let inside = line
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(')'));
    inside.map_or("", |(version, _)| version)
}

/// A stranger's text without control characters.
fn visible(text: &str) -> String {
    text.replace(|c: char| c.is_control(), "\u{fffd}")
}

fn wrapped(text: &str) -> String {
    let indent = " ".repeat(12);
    let options = textwrap::Options::new(80)
        .initial_indent(&indent)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options).trim_start().to_owned()
}

fn object(inspection: &Inspection) -> Map<String, Value> {
    let description = &inspection.description;
    let identity = &description.identity;
    let scriptlets = description.scriptlets.iter().map(|scriptlet| {
        json!({ "phase": scriptlet.phase, "interpreter": scriptlet.interpreter, "text": scriptlet.text })
    });
    let verdicts = inspection.verdicts.iter().map(|(target, refusals)| {
        let refusals: Vec<&str> = refusals
            .iter()
            .map(|refusal| refusal.text.as_str())
            .collect();
        json!({ "target": target.as_str(), "refusals": refusals })
    });
    let fields = [
        ("nevra", json!(description.nevra())),
        ("name", json!(identity.name)),
        ("epoch", json!(identity.epoch)),
        ("version", json!(identity.version)),
        ("release", json!(identity.release)),
        ("arch", json!(identity.arch)),
        ("summary", json!(description.summary)),
        ("description", json!(description.description)),
        ("license", json!(description.license)),
        ("url", json!(description.url)),
        ("vendor", json!(description.vendor)),
        ("build-time", json!(description.build_time)),
        ("installed-size", json!(description.installed_size)),
        ("compressor", json!(description.compressor)),
        ("files", description.files.iter().map(file).collect()),
        ("requires", json!(description.requires)),
        ("provides", json!(description.provides)),
        ("conflicts", json!(description.conflicts)),
        ("obsoletes", json!(description.obsoletes)),
        ("scriptlets", scriptlets.collect()),
        ("verdicts", verdicts.collect()),
    ];
    fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

fn file(file: &DescribedFile) -> Value {
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
        "flags": file.flags,
    })
}
