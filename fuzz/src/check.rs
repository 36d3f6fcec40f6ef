//! Findings and fixes.

use crate::ground;
use crate::input::{self, is_within};
use cargo_ambot::lint::{self, Context, Levels, UnitSet};
use cargo_ambot::pipeline::{CheckedFindings, FilesRequest, check_files};
use cargo_ambot::report::{self, Diagnostic, Fix, SourceFile};
use cargo_ambot::target::{self, TargetName};
use cargo_ambot::unit::{Dialect, InstallOptions, UnitFile, decide_install};
use std::collections::BTreeMap;

/// What is found in a unit, for whichever target, lies within its text and can be told in every form.
pub fn findings(data: &[u8]) {
    let name = input::name_of_unit(data);
    let written = UnitFile::read(name, "hello.service".into(), data);
    let levels = Levels::default();
    let mut all = Vec::new();
    for profile in input::profiles() {
        let unit = written.as_read_by(Dialect::of(profile));
        let units = UnitSet::new(vec![unit], profile);
        let decisions = decide_install(&units, profile, &InstallOptions::default());
        for (unit, decision) in units.iter().zip(&decisions) {
            let context = Context {
                profile,
                unit,
                units: &units,
                decision: Some(decision),
                package: None,
            };
            for finding in lint::check(&context, &levels) {
                all.push(finding.diagnostic);
            }
        }
    }
    let mut seen: Vec<&Diagnostic> = Vec::new();
    for diagnostic in &all {
        if !seen.contains(&diagnostic) {
            seen.push(diagnostic);
            can_be_told(diagnostic);
        }
    }
    in_sarif(&all);
}

/// A diagnostic in every form: its places are places, and what stands on one line is one line, which
/// no character of a stranger's file ends.
pub(crate) fn can_be_told(diagnostic: &Diagnostic) {
    for label in &diagnostic.labels {
        is_within(&label.span.range(), label.span.file().text());
        let (line, column) = label.span.file().position(label.span.range().start);
        assert!(line > 0 && column > 0);
    }
    for edit in diagnostic.fix.iter().flat_map(|fix| &fix.edits) {
        is_within(&edit.span.range(), edit.span.file().text());
    }
    for width in [1, 80] {
        assert!(report::render(diagnostic, width).contains(diagnostic.severity.as_str()));
    }
    for line in [report::short(diagnostic), report::github(diagnostic)] {
        assert!(!line.contains(['\n', '\r']), "{line:?}");
    }
}

fn in_sarif(findings: &[Diagnostic]) {
    let rules: Vec<_> = lint::all().iter().map(|rule| rule.info()).collect();
    let run = report::sarif(&rules, findings, &[]);
    let text = run.to_string();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&text).ok(),
        Some(run)
    );
}

/// What `--fix` writes changes what it names and no other byte; a unit that was mended is checked
/// again, and there is an end of it: no fix is offered for ever.
pub fn fixes(data: &[u8]) {
    let file = input::name_of_unit(data).to_string();
    let mut bytes = data.to_vec();
    let mut done = Vec::new();
    // Each pass mends something, and what it mends is some bytes long.
    while done.len() <= data.len() / 2 + 8 {
        ground::with(|ground| ground.write(&file, &bytes));
        let checked = checked(&file);
        let fixes = of_file(&checked);
        let Some((source, fixes)) = fixes.values().next() else {
            return;
        };
        let (text, applied) = report::apply(source, fixes);
        assert!(!applied.is_empty(), "offered and not applied: {fixes:?}");
        assert_ne!(text, source.text(), "{applied:?} change nothing");
        assert_eq!(
            text.as_bytes(),
            spliced(&bytes, &applied),
            "{applied:?} change other bytes too"
        );
        done.push(
            applied
                .iter()
                .map(|fix| fix.what.clone())
                .collect::<Vec<_>>(),
        );
        bytes = text.into_bytes();
    }
    panic!("there is no end of fixes: {done:?}");
}

/// The bytes of a file with fixes applied.
fn spliced(bytes: &[u8], fixes: &[&Fix]) -> Vec<u8> {
    let mut edits: Vec<_> = fixes.iter().flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| (edit.span.range().start, edit.span.range().end));
    let mut spliced = Vec::new();
    let mut at = 0;
    for edit in edits {
        let range = edit.span.range();
        spliced.extend(&bytes[at..range.start]);
        spliced.extend(edit.replacement.as_bytes());
        at = range.end;
    }
    spliced.extend(&bytes[at..]);
    spliced
}

fn checked(file: &str) -> CheckedFindings {
    let targets = ["centos7", "centos8", "el9", "fedora"].map(|name| target::find(name).ok());
    let targets: Vec<TargetName> = targets.into_iter().flatten().collect();
    ground::with(|ground| {
        check_files(&FilesRequest {
            paths: vec![file.into()],
            stdin_name: None,
            targets,
            from: ground.path().to_owned(),
        })
    })
    .expect("a file that is there")
}

/// The fixes of each file, as the command line gathers them.
fn of_file(checked: &CheckedFindings) -> BTreeMap<String, (SourceFile, Vec<&Fix>)> {
    let mut files: BTreeMap<String, (SourceFile, Vec<&Fix>)> = BTreeMap::new();
    for finding in &checked.findings {
        can_be_told(finding);
        let Some(fix) = &finding.fix else {
            continue;
        };
        let Some(edit) = fix.edits.first() else {
            continue;
        };
        let file = edit.span.file();
        let entry = files
            .entry(file.path().to_string())
            .or_insert_with(|| (file.clone(), Vec::new()));
        if !entry.1.contains(&fix) {
            entry.1.push(fix);
        }
    }
    files
}
