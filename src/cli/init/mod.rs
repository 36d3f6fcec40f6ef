//! `cargo ambot init`

mod args;

pub(super) use args::InitArgs;

use super::generate::coloured;
use super::{Stop, environment, signals};
use crate::init::{Draft, DraftFile, Start};
use crate::pipeline::{self, Init, InitRequest};
use crate::project::{CargoOptions, Selection};
use crate::report::{JsonLine, Severity, Sink, Terminal};
use camino::Utf8Path;
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn run(args: &InitArgs, terminal: &Terminal) -> Result<(), Stop> {
    let drafts = pipeline::init(&request(args)?)?;
    for draft in &drafts {
        for remark in &draft.remarks {
            terminal.diagnostic(remark);
        }
    }
    let interrupt = signals::watch();
    for file in drafts.iter().flat_map(|draft| &draft.files) {
        if !args.dry_run {
            signals::look_for(&interrupt)?;
            file.write()?;
        }
        show(file, args.dry_run, terminal).map_err(|error| Stop::stdout(&error))?;
    }
    for draft in &drafts {
        summarise(draft, terminal);
    }
    if !args.dry_run {
        next(&drafts, args, terminal);
    }
    Ok(())
}

fn request(args: &InitArgs) -> Result<InitRequest, Stop> {
    let what = match (args.ci, args.from, args.service) {
        (Some(ci), ..) => Init::Pipeline(ci.forge()),
        (None, Some(from), _) => Init::Packages(Start::From(from.tool())),
        (None, None, true) => Init::Packages(Start::UnitFile),
        (None, None, false) => Init::Packages(Start::Tables),
    };
    Ok(InitRequest {
        cargo: CargoOptions {
            manifest_path: args.manifest_path.clone(),
            ..environment::here()?
        },
        selection: Selection {
            packages: args.package.clone(),
            workspace: args.workspace,
            exclude: args.exclude.clone(),
        },
        targets: args.target.clone(),
        what,
        force: args.force,
    })
}

/// A file that is written for the user.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WrittenFile", deny_unknown_fields)]
pub(super) struct FileLine<'a> {
    /// Where it lies.
    path: &'a str,
    /// The part of it that is ours; null where all of it is.
    part: Option<&'a str>,
    /// Whether it was written: not in a dry run, and not where it is as it would be.
    written: bool,
    /// The whole text.
    text: &'a str,
}

impl<'a> FileLine<'a> {
    /// A file that was written, all of which is ours.
    pub(super) fn whole(path: &'a Utf8Path, text: &'a str) -> Self {
        FileLine {
            path: path.as_str(),
            part: None,
            written: true,
            text,
        }
    }
}

impl JsonLine for FileLine<'_> {
    const REASON: &'static str = "ambot-file";
}

/// The path of what was written; of what would be, the difference.
fn show(file: &DraftFile, dry_run: bool, terminal: &Terminal) -> std::io::Result<()> {
    if terminal.is_json() {
        return terminal.print_json(&FileLine {
            path: file.shown.as_str(),
            part: file.part,
            written: !dry_run && !file.is_same(),
            text: &String::from_utf8_lossy(&file.after),
        });
    }
    if dry_run {
        let lines: String = diff(file).lines().map(coloured).collect();
        return terminal.print(&lines);
    }
    let (verb, what) = match (file.is_same(), file.part) {
        (true, _) => ("Fresh", file.shown.to_string()),
        (false, Some(part)) => ("Written", format!("{part} to {}", file.shown)),
        (false, None) => ("Written", file.shown.to_string()),
    };
    terminal.status(verb, &what);
    terminal.print(&format!("{}\n", file.shown))
}

fn diff(file: &DraftFile) -> String {
    let before = file.before.as_deref().map(String::from_utf8_lossy);
    let after = String::from_utf8_lossy(&file.after);
    let old = match before {
        Some(_) => format!("a/{}", file.shown),
        None => "/dev/null".to_owned(),
    };
    similar::TextDiff::from_lines(before.unwrap_or_default().as_ref(), after.as_ref())
        .unified_diff()
        .header(&old, &format!("b/{}", file.shown))
        .to_string()
}

fn summarise(draft: &Draft, terminal: &Terminal) {
    if !draft.found.is_empty() {
        terminal.status("Found", &draft.found.join(", "));
    }
    let is_left = |remark: &&crate::report::Diagnostic| remark.severity == Severity::Warning;
    match draft.remarks.iter().filter(is_left).count() {
        0 => {}
        1 => terminal.status("Left", "1 thing to look at, see above"),
        count => terminal.status("Left", &format!("{count} things to look at, see above")),
    }
}

/// What to do now.
fn next(drafts: &[Draft], args: &InitArgs, terminal: &Terminal) {
    if args.ci.is_some() {
        let text = "read it: its first lines name the secrets that it signs with";
        return terminal.status("Next", text);
    }
    let path = args.manifest_path.as_ref();
    let path = path.map_or(String::new(), |path| format!(" --manifest-path {path}"));
    let package = match (&*args.package, args.workspace, drafts) {
        ([name], ..) => format!(" -p {name}"),
        ([], false, [_]) => String::new(),
        _ => " --workspace".to_owned(),
    };
    terminal.status(
        "Next",
        &format!("`cargo ambot check{path}{package}`, then `cargo ambot package{path}{package}`"),
    );
}
