//! What would be made: every file, dependency and script of an RPM, each with why it is there.

use crate::inspect;
use crate::package::{FileKind, Plan, PlannedFile, Source};
use crate::pipeline::PlannedRpm;
use crate::project::Relation;
use crate::report::{JsonLine, size};
use crate::rpm::read::ReadDependency;
use crate::rpm::{EncodedDependencies, EncodedDependency};
use camino::Utf8Path;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::Write;

/// An RPM that would be made.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Plan", deny_unknown_fields)]
pub(in crate::cli) struct PlanLine<'a> {
    /// Where it would lie.
    path: &'a str,
    /// The target.
    target: &'static str,
    /// `name-[epoch:]version-release.arch`
    nevra: String,
    /// How its payload would be compressed: `xz:2`.
    compression: String,
    /// Its files, in the order of their paths.
    files: Vec<FileLine<'a>>,
    /// Its dependencies of every kind.
    dependencies: Vec<DependencyLine>,
    /// What runs when it is installed and removed.
    scriptlets: Vec<ScriptletLine<'a>>,
    /// What runs when other packages are.
    triggers: Vec<TriggerLine<'a>>,
    /// Its units, and what is done with them.
    units: Vec<super::json::UnitLine<'a>>,
}

impl JsonLine for PlanLine<'_> {
    const REASON: &'static str = "ambot-plan";
}

/// A file that would be in it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlannedFile", deny_unknown_fields)]
struct FileLine<'a> {
    /// The path.
    path: &'a str,
    /// `file`, `directory` or `symlink`.
    kind: &'static str,
    /// Where a link points.
    link: Option<&'a str>,
    /// The permission bits, in octal digits.
    mode: String,
    /// The owner.
    user: &'a str,
    /// The group.
    group: &'a str,
    /// `config`, `noreplace`, `doc` …
    flags: Vec<&'static str>,
    /// The file of this machine that it is made from; null of what is made up.
    source: Option<&'a str>,
    /// Why it is there.
    reason: &'a str,
}

/// A dependency that it would have.
#[derive(PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "PlannedDependency", deny_unknown_fields)]
struct DependencyLine {
    /// `requires`, `provides` …
    kind: &'static str,
    /// As `rpm -q` writes it.
    text: String,
    /// Where it comes from.
    origin: String,
}

/// A scriptlet that it would have.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlannedScriptlet", deny_unknown_fields)]
struct ScriptletLine<'a> {
    /// When, as in a spec file without the percent sign.
    phase: &'static str,
    /// What runs it, with arguments.
    interpreter: &'a [String],
    /// Its text.
    text: &'a str,
}

/// A trigger that it would have.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PlannedTrigger", deny_unknown_fields)]
struct TriggerLine<'a> {
    /// What sets it off.
    on: &'static str,
    /// The packages or paths.
    conditions: Vec<&'a str>,
    /// What runs it.
    interpreter: &'a str,
    /// Its text.
    text: &'a str,
}

impl<'a> PlanLine<'a> {
    pub(super) fn of(planned: &'a PlannedRpm) -> Self {
        let plan = &planned.plan;
        PlanLine {
            path: planned.path.as_str(),
            target: plan.target.as_str(),
            nevra: plan.nevra.to_string(),
            compression: plan.compression.to_string(),
            files: plan.files.iter().map(file).collect(),
            dependencies: dependencies(plan),
            scriptlets: plan
                .scriptlets
                .iter()
                .map(|scriptlet| ScriptletLine {
                    phase: scriptlet.phase.as_str(),
                    interpreter: &scriptlet.interpreter,
                    text: &scriptlet.text,
                })
                .collect(),
            triggers: plan
                .triggers
                .iter()
                .map(|trigger| TriggerLine {
                    on: trigger.event.as_str(),
                    conditions: trigger
                        .conditions
                        .iter()
                        .map(|one| one.name.as_str())
                        .collect(),
                    interpreter: &trigger.interpreter,
                    text: &trigger.text,
                })
                .collect(),
            units: plan.units.iter().map(super::json::unit).collect(),
        }
    }
}

fn file(file: &PlannedFile) -> FileLine<'_> {
    let (kind, link) = match &file.kind {
        FileKind::Regular(_) => ("file", None),
        FileKind::Directory => ("directory", None),
        FileKind::Symlink(target) => ("symlink", Some(target.as_str())),
    };
    FileLine {
        path: file.path.as_str(),
        kind,
        link,
        mode: format!("{:04o}", file.mode),
        user: &file.user,
        group: &file.group,
        flags: flags(file),
        source: file.kind.source_path().map(Utf8Path::as_str),
        reason: &file.reason,
    }
}

fn flags(file: &PlannedFile) -> Vec<&'static str> {
    let flags = &file.flags;
    let words = [
        (flags.config, "config"),
        (flags.noreplace, "noreplace"),
        (flags.missingok, "missingok"),
        (flags.doc, "doc"),
        (flags.license, "license"),
        (flags.ghost, "ghost"),
    ];
    let words = words
        .into_iter()
        .filter_map(|(is_set, word)| is_set.then_some(word));
    words.collect()
}

/// As they would stand in the header, those that rpmbuild adds by itself among them.
fn dependencies(plan: &Plan) -> Vec<DependencyLine> {
    let encoded = EncodedDependencies::of(plan);
    let of = |relation: Relation| {
        let list: Vec<&EncodedDependency> = encoded.list(relation).collect();
        list.into_iter().map(move |dependency| DependencyLine {
            kind: relation.as_str(),
            text: inspect::line(&ReadDependency {
                name: dependency.name.clone(),
                version: dependency.version.clone(),
                flags: dependency.flags,
            }),
            origin: origin(plan, relation, dependency),
        })
    };
    let mut all: Vec<DependencyLine> = Relation::ALL.into_iter().flat_map(of).collect();
    // What several scriptlets need stands there once for each.
    all.dedup();
    all
}

fn origin(plan: &Plan, relation: Relation, dependency: &EncodedDependency) -> String {
    let mut planned = plan.dependencies.list(relation).iter();
    if let Some(planned) = planned.find(|planned| planned.name == dependency.name) {
        return planned.origin.clone();
    }
    let name = &dependency.name;
    match relation {
        _ if name.starts_with("rpmlib(") => "what rpm has to know to install it".to_owned(),
        _ if name.starts_with("config(") => "it has configuration files".to_owned(),
        Relation::Provides => "its own name".to_owned(),
        _ => "runs scriptlets".to_owned(),
    }
}

/// What a terminal shows at least.
const WIDTH: usize = 80;

/// The plan for people; with `is_verbose` the texts of scripts too.
pub(super) fn text(planned: &PlannedRpm, shown_path: &str, is_verbose: bool) -> String {
    let bold = anstyle::Style::new().bold();
    let plan = &planned.plan;
    // Writing to a String cannot fail.
    let mut page = format!("{bold}{}{bold:#} for {}\n", plan.nevra, plan.target);
    let _ = writeln!(page, "  would be {shown_path}, {}", plan.compression);
    let _ = writeln!(page, "\n{bold}files{bold:#}");
    for file in &plan.files {
        let flags = flags(file);
        let mut line = format!("  {:04o}", file.mode);
        let is_roots = file.user == "root" && file.group == "root";
        if !is_roots {
            let _ = write!(line, " {}:{}", file.user, file.group);
        }
        let _ = write!(line, " {}", file.path);
        if let FileKind::Symlink(target) = &file.kind {
            let _ = write!(line, " -> {target}");
        }
        if let FileKind::Regular(Source::Path(path)) = &file.kind
            && let Ok(metadata) = path.metadata()
        {
            let _ = write!(line, " {}", size(metadata.len()));
        }
        if !flags.is_empty() {
            let _ = write!(line, " {}", flags.join(" "));
        }
        reasoned(&mut page, &line, &file.reason);
    }
    let dependencies = dependencies(plan);
    for relation in Relation::ALL.map(Relation::as_str) {
        let mut of = dependencies
            .iter()
            .filter(|one| one.kind == relation)
            .peekable();
        if of.peek().is_some() {
            let _ = writeln!(page, "\n{bold}{relation}{bold:#}");
        }
        for one in of {
            reasoned(&mut page, &format!("  {}", one.text), &one.origin);
        }
    }
    scripts(&mut page, plan, is_verbose);
    if !plan.units.is_empty() {
        let _ = writeln!(page, "\n{bold}units{bold:#}");
    }
    for unit in &plan.units {
        let _ = writeln!(page, "  {}  {}", unit.name, policy(unit));
    }
    page.push('\n');
    page
}

fn scripts(page: &mut String, plan: &Plan, is_verbose: bool) {
    let bold = anstyle::Style::new().bold();
    let dim = anstyle::Style::new().dimmed();
    if plan.scriptlets.is_empty() && plan.triggers.is_empty() {
        return;
    }
    let _ = writeln!(page, "\n{bold}runs as root{bold:#}");
    let mut script = |name: String, interpreter: &str, text: &str| {
        let lines = text.lines().count();
        let _ = writeln!(page, "  {name:<13} {interpreter}, {lines} lines");
        if is_verbose {
            for line in text.lines() {
                let _ = writeln!(page, "{dim}  | {line}{dim:#}");
            }
        }
    };
    for scriptlet in &plan.scriptlets {
        let interpreter = scriptlet.interpreter.join(" ");
        script(
            format!("%{}", scriptlet.phase),
            &interpreter,
            &scriptlet.text,
        );
    }
    for trigger in &plan.triggers {
        let conditions: Vec<&str> = trigger
            .conditions
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        let name = format!("{} of {}", trigger.event.as_str(), conditions.join(", "));
        script(name, &trigger.interpreter, &trigger.text);
    }
}

/// A line, and behind or below it why it is there.
fn reasoned(page: &mut String, line: &str, reason: &str) {
    const AT: usize = 44;
    let dim = anstyle::Style::new().dimmed();
    let length = line.chars().count();
    if length < AT && AT + reason.chars().count() <= WIDTH {
        let _ = writeln!(page, "{line:<AT$}{dim}{reason}{dim:#}");
        return;
    }
    let _ = writeln!(page, "{line}");
    for part in textwrap::wrap(reason, WIDTH - 8) {
        let _ = writeln!(page, "        {dim}{part}{dim:#}");
    }
}

fn policy(unit: &crate::package::ManagedUnit) -> String {
    let mut words = vec![match (unit.policy.enable, unit.installable) {
        (_, false) => "nothing to enable",
        (true, true) => "enabled on first install",
        (false, true) => "not enabled",
    }];
    words.extend(unit.policy.start.then_some("started on first install"));
    words.join(", ")
}
