//! `cargo ambot inspect`

use super::args::InspectArgs;
use super::{Stop, environment};
use crate::inspect::{DescribedFile, DescribedKind, Description, requires, tree};
use crate::pipeline::{self, Inspection};
use crate::report::{Failure, Terminal};
use crate::rpm::visible;
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
        ("requires", requires(description).join(", ")),
        ("changelog", latest(description)),
    ];
    for (name, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{bold}{name:<12}{bold:#}{}", wrapped(list));
    }
    for (target, refusals) in &inspection.verdicts {
        let verdict = if refusals.is_empty() {
            "nothing found against it"
        } else {
            "refused"
        };
        let _ = writeln!(text, "{bold}{:<12}{bold:#}{verdict}", target.as_str());
        for refusal in refusals {
            let _ = writeln!(text, "{:12}{}", "", wrapped(&refusal.text));
        }
    }
    text
}

/// The newest entry of the changelog, and how many there are; JSON has them all.
fn latest(description: &Description) -> String {
    let Some(newest) = description.changelog.first() else {
        return String::new();
    };
    let name = visible(&newest.name);
    match description.changelog.len() {
        1 => name,
        count => format!("{name} and {} older", count - 1),
    }
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
    let changelog = description
        .changelog
        .iter()
        .map(|change| json!({ "time": change.time, "name": change.name, "text": change.text }));
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
        ("changelog", changelog.collect()),
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
