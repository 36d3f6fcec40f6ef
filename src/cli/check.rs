//! `cargo ambot check`

use super::args::{CheckArgs, MessageFormat, OutputArgs};
use super::{Stop, environment, signals};
use crate::build::Interrupt;
use crate::disk::{self, Readers};
use crate::lint;
use crate::pipeline::{self, CheckedFindings, FilesRequest, NotChecked, WhenNames};
use crate::report::{
    self, Diagnose, Diagnostic, Failure, Fix, Severity, Sink, SourceFile, Terminal, Verbosity,
};
use crate::target::{self, TargetName};
use camino::Utf8Path;
use std::collections::BTreeMap;

pub(super) fn run(args: &CheckArgs, output: &OutputArgs, terminal: &Terminal) -> Result<(), Stop> {
    let checked = match checked(args, terminal) {
        Ok(checked) => checked,
        Err(stop) => {
            // Who reads SARIF is told there, too, that nothing was checked.
            if output.message_format == MessageFormat::Sarif {
                let why: Vec<Diagnostic> =
                    stop.diagnostic.as_deref().cloned().into_iter().collect();
                show(&[], &why, output.message_format, terminal)
                    .map_err(|error| Stop::stdout(&error))?;
            }
            return Err(stop);
        }
    };
    let mut findings = checked.findings.clone();
    if args.fix {
        findings = fix(findings, &environment::current_dir()?, terminal)?;
    }
    let failures: Vec<Diagnostic> = checked.not_checked.iter().map(failure).collect();
    show(&findings, &failures, output.message_format, terminal)
        .map_err(|error| Stop::stdout(&error))?;
    summarise(&checked, &findings, terminal);
    let is_denied = |finding: &Diagnostic| finding.severity == Severity::Error;
    let failure = match (failures.is_empty(), findings.iter().any(is_denied)) {
        (false, _) => Failure::Project,
        (true, true) => Failure::Denied,
        (true, false) => return Ok(()),
    };
    Err(Stop {
        diagnostic: None,
        failure,
    })
}

fn checked(args: &CheckArgs, terminal: &Terminal) -> Result<CheckedFindings, Stop> {
    if args.files.is_empty() {
        if args.stdin_name.is_some() {
            return Err(usage(
                "`--stdin-name` is for a unit on standard input: `check -`",
            ));
        }
        let mut request = environment::request(&args.project, &[], Vec::new())?;
        let when = args.names.map_or(WhenNames::Cached, Into::into);
        request.names = environment::names(when, environment::offline(&args.project));
        return Ok(pipeline::check_project(
            &request,
            &Interrupt::new(),
            terminal,
        )?);
    }
    fits_files(args)?;
    Ok(pipeline::check_files(&FilesRequest {
        paths: args.files.clone(),
        stdin_name: args.stdin_name.clone(),
        targets: targets(&args.project.target, terminal)?,
        from: environment::current_dir()?,
    })?)
}

fn usage(message: &str) -> Stop {
    Stop::new(Diagnostic::error(message), Failure::Usage)
}

/// What is about a project says nothing about files that belong to none.
fn fits_files(args: &CheckArgs) -> Result<(), Stop> {
    let project = &args.project;
    let of_projects = [
        ("--set", !project.set.is_empty()),
        ("--package", !project.package.is_empty()),
        ("--workspace", project.workspace),
        ("--manifest-path", project.manifest_path.is_some()),
        ("--target-dir", project.target_dir.is_some()),
        ("--config", !project.config.is_empty()),
        ("-Z", !project.unstable.is_empty()),
        ("--names", args.names.is_some()),
    ];
    if let Some((flag, _)) = of_projects.iter().find(|(_, is_given)| *is_given) {
        return Err(usage(&format!(
            "`{flag}` is for a project, and FILE belongs to none"
        )));
    }
    let is_stdin = args.files.iter().any(|path| path == "-");
    if is_stdin && args.fix {
        return Err(usage("`--fix` writes to files, and standard input is none"));
    }
    if !is_stdin && args.stdin_name.is_some() {
        return Err(usage(
            "`--stdin-name` is for a unit on standard input: `check -`",
        ));
    }
    Ok(())
}

/// The targets of these names. Only one that is not ours is worth the time that cargo takes to
/// tell of the project's own.
fn targets(words: &[String], terminal: &Terminal) -> Result<Vec<TargetName>, Stop> {
    let words: Vec<&str> = words.iter().map(|word| word.trim()).collect();
    let words = || words.iter().filter(|word| !word.is_empty());
    let ours: Result<Vec<_>, _> = words().map(|word| target::find(word)).collect();
    match ours {
        Ok(targets) => Ok(targets),
        Err(target::Error::Unknown { .. }) => {
            let known = environment::targets(terminal)?;
            let found: Result<Vec<_>, _> = words().map(|word| known.find(word)).collect();
            Ok(found?)
        }
        Err(error) => Err(error.into()),
    }
}

/// A file that could not be looked at, with the file as its place.
fn failure(not_checked: &NotChecked) -> Diagnostic {
    let diagnostic = not_checked.error.diagnostic();
    match diagnostic.labels.is_empty() {
        true => diagnostic.at(
            Some(&SourceFile::new(&*not_checked.path, "").span(0..0)),
            "",
        ),
        false => diagnostic,
    }
}

/// Results of the command go to stdout in every form but the one for people.
fn show(
    findings: &[Diagnostic],
    failures: &[Diagnostic],
    format: MessageFormat,
    terminal: &Terminal,
) -> std::io::Result<()> {
    let all = || failures.iter().chain(findings);
    let is_quiet = terminal.verbosity() == Verbosity::Quiet;
    let shown = || all().filter(|one| !is_quiet || one.severity > Severity::Note);
    match format {
        MessageFormat::Human | MessageFormat::Json => {
            for finding in all() {
                terminal.diagnostic(finding);
            }
            Ok(())
        }
        MessageFormat::Short => terminal.print(&lines(shown(), report::short)),
        MessageFormat::Github => terminal.print(&lines(shown(), report::github)),
        MessageFormat::Sarif => {
            let rules: Vec<_> = lint::all().iter().map(|rule| rule.info()).collect();
            let run = report::sarif(&rules, findings, failures);
            terminal.print(&format!("{run:#}\n"))
        }
    }
}

fn lines<'a>(
    findings: impl Iterator<Item = &'a Diagnostic>,
    line: impl Fn(&Diagnostic) -> String,
) -> String {
    findings.map(|finding| line(finding) + "\n").collect()
}

fn summarise(checked: &CheckedFindings, findings: &[Diagnostic], terminal: &Terminal) {
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let number = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    };
    let targets = match checked.all_targets {
        true => format!("all {} targets", checked.targets.len()),
        false => checked.targets.join(", "),
    };
    let text = format!(
        "{} for {targets}: {}, {}, {}",
        number(checked.units, "unit"),
        number(count(Severity::Error), "error"),
        number(count(Severity::Warning), "warning"),
        number(count(Severity::Note), "note"),
    );
    terminal.status("Checked", &text);
    let fixable = findings.iter().filter(|finding| finding.fix.is_some());
    match fixable.count() {
        0 => {}
        1 => terminal.status("Fixable", "1 finding can be mended with --fix"),
        count => terminal.status(
            "Fixable",
            &format!("{count} findings can be mended with --fix"),
        ),
    }
}

/// Somebody else wrote to a file meanwhile, and what he wrote is not to be lost.
fn changed(path: &Utf8Path) -> Stop {
    let what = format!("{path} is not as it was checked any more, and is left as it is");
    let diagnostic = Diagnostic::error(what).with_help("run `cargo ambot check --fix` again");
    Stop::new(diagnostic, Failure::Project)
}

/// Applies what can be applied, file by file, and gives back the findings that are left.
fn fix(
    findings: Vec<Diagnostic>,
    from: &Utf8Path,
    terminal: &Terminal,
) -> Result<Vec<Diagnostic>, Stop> {
    let mut files: BTreeMap<String, (SourceFile, Vec<&Fix>)> = BTreeMap::new();
    for fix in findings.iter().filter_map(|finding| finding.fix.as_ref()) {
        let Some(file) = fix.edits.first().map(|edit| edit.span.file().clone()) else {
            continue;
        };
        let entry = files
            .entry(file.path().to_string())
            .or_insert_with(|| (file, Vec::new()));
        if !entry.1.contains(&fix) {
            entry.1.push(fix);
        }
    }
    let mut applied: Vec<Fix> = Vec::new();
    let interrupt = signals::watch();
    for (file, fixes) in files.values() {
        let path = from.join(file.path());
        let (text, done) = report::apply(file, fixes);
        signals::look_for(&interrupt)?;
        let there = std::fs::read(&path).map_err(|error| Stop::file("read", &path, &error))?;
        if there != file.text().as_bytes() {
            return Err(changed(&path));
        }
        disk::write(&path, text.as_bytes(), Readers::Umask)
            .map_err(|error| Stop::file("write", &path, &error))?;
        for fix in done {
            terminal.status("Fixed", &format!("{}: {}", file.path(), fix.what));
            applied.push(fix.clone());
        }
    }
    if applied.is_empty() {
        terminal.status(
            "Fixed",
            "nothing: no finding has a fix that is sure to mean the same",
        );
    }
    let mut left = findings;
    left.retain(|finding| {
        finding
            .fix
            .as_ref()
            .is_none_or(|fix| !applied.contains(fix))
    });
    Ok(left)
}
