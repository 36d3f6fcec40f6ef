//! `cargo ambot check`

use super::args::{CheckArgs, MessageFormat, OutputArgs};
use super::{Stop, environment};
use crate::lint;
use crate::pipeline::{self, CheckedFindings};
use crate::report::{self, Diagnostic, Failure, Fix, Severity, Sink, SourceFile, Terminal};
use camino::Utf8Path;
use std::collections::BTreeMap;

pub(super) fn run(args: &CheckArgs, output: &OutputArgs, terminal: &Terminal) -> Result<(), Stop> {
    let checked = if args.files.is_empty() {
        let request = environment::request(&args.project, &[], Vec::new())?;
        pipeline::check_project(&request, terminal)?
    } else {
        pipeline::check_files(
            &args.files,
            &args.project.target,
            &environment::current_dir()?,
        )?
    };
    let mut findings = checked.findings.clone();
    if args.fix {
        findings = fix(findings, &environment::current_dir()?, terminal)?;
    }
    show(&findings, output.message_format, terminal).map_err(|error| Stop::stdout(&error))?;
    summarise(&checked, &findings, terminal);
    if findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
    {
        return Err(Stop {
            diagnostic: None,
            failure: Failure::Denied,
        });
    }
    Ok(())
}

/// Results of the command go to stdout in every form but the one for people.
fn show(
    findings: &[Diagnostic],
    format: MessageFormat,
    terminal: &Terminal,
) -> std::io::Result<()> {
    match format {
        MessageFormat::Human | MessageFormat::Json => {
            for finding in findings {
                terminal.diagnostic(finding);
            }
            Ok(())
        }
        MessageFormat::Short => terminal.print(&lines(findings, report::short)),
        MessageFormat::Github => terminal.print(&lines(findings, report::github)),
        MessageFormat::Sarif => {
            let rules: Vec<_> = lint::all().iter().map(|rule| rule.info()).collect();
            terminal.print(&format!("{:#}\n", report::sarif(&rules, findings)))
        }
    }
}

fn lines(findings: &[Diagnostic], line: impl Fn(&Diagnostic) -> String) -> String {
    findings
        .iter()
        .map(|finding| line(finding) + "\n")
        .collect()
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
    let text = format!(
        "{} for {}: {}, {}, {}",
        number(checked.units, "unit"),
        checked.targets.join(", "),
        number(count(Severity::Error), "error"),
        number(count(Severity::Warning), "warning"),
        number(count(Severity::Note), "note"),
    );
    terminal.status("Checked", &text);
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
    for (file, fixes) in files.values() {
        let path = from.join(file.path());
        let (text, done) = report::apply(file, fixes);
        std::fs::write(&path, text).map_err(|error| Stop::file("write", &path, &error))?;
        for fix in done {
            terminal.status("Fixed", &format!("{}: {}", file.path(), fix.what));
            applied.push(fix.clone());
        }
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
