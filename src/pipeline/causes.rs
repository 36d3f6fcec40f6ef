//! One finding for one cause: what only follows from another finding is not said beside it.

use super::adapting;
use crate::lint::{self, Finding, Origin};
use crate::report::{Label, Severity};
use crate::target::systemd::sandboxing;
use crate::unit::{Dialect, UnitFile};
use std::ops::RangeInclusive;

/// The rule of comments after a value, which make the value a wrong one.
const TRAILING_COMMENT: &str = "AMB018";

/// The rule of comments within a value, after which an older systemd reads the rest as lines of
/// their own.
const COMMENT_IN_CONTINUATION: &str = "AMB017";

/// The rules of commands that a systemd drops.
const DROPPED_COMMAND: [&str; 4] = ["AMB040", "AMB041", "AMB042", "AMB049"];

/// The rule of services with nothing to start.
const NO_EXEC_START: &str = "AMB045";

/// The rules that say of a line that the target does not know it, or not so.
const NOT_KNOWN: [&str; 2] = ["AMB012", "AMB021"];

/// The findings without those that follow from another of them. What is left matters as much as
/// the worst of what it stands for, unless the user said how much it matters.
pub(super) fn one_each(unit: &UnitFile, findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    let mut echoes: Vec<Finding> = Vec::new();
    let causes: Vec<Cause> = findings.iter().filter_map(|f| Cause::of(unit, f)).collect();
    for finding in findings {
        match causes.iter().any(|cause| cause.explains(&finding)) {
            true => echoes.push(finding),
            false => kept.push(finding),
        }
    }
    for echo in echoes {
        let explains = |finding: &&mut Finding| {
            Cause::of(unit, finding).is_some_and(|cause| cause.explains(&echo))
        };
        if let Some(finding) = kept.iter_mut().find(explains) {
            let severity = severity(finding, &echo);
            *finding = absorbed(finding.clone(), echo).severity(severity);
        }
    }
    kept
}

/// How much a finding matters that stands for another one, too.
fn severity(finding: &Finding, echo: &Finding) -> Severity {
    let mut notes = finding.diagnostic.notes.iter();
    // What packaging mends is as bad as what is left of it, and nothing follows from it.
    let is_mended = notes.any(|note| note.starts_with(adapting::PACKAGING));
    match is_mended || finding.set_by_user {
        true => finding.severity,
        false => finding.severity.max(echo.severity),
    }
}

fn absorbed(mut finding: Finding, echo: Finding) -> Finding {
    finding.effect = finding.effect.or(echo.effect);
    if DROPPED_COMMAND.contains(&finding.rule.code) {
        // Packaging's own notes stand there already.
        let notes = echo.diagnostic.notes.into_iter().take(1);
        let new = notes.filter(|note| !note.starts_with(adapting::PACKAGING));
        let at = finding.diagnostic.notes.len();
        finding.diagnostic.notes.extend(new);
        finding.diagnostic.notes.rotate_left(at);
    } else if finding.rule.code == lint::HARDENING_LOST {
        let labels = &mut finding.diagnostic.labels;
        // The first label has no text, and stands where the first of the lines is.
        labels.retain(|label| !label.text.is_empty());
        let mut done = echo.diagnostic.notes.into_iter();
        let done = done.rfind(|note| note.starts_with(adapting::PACKAGING));
        let new = echo.diagnostic.labels.into_iter().take(1);
        labels.extend(new.map(|label| Label {
            text: done.clone().unwrap_or(label.text),
            ..label
        }));
        labels.sort_by_key(|label| label.span.range().start);
        // The labels say what the note lists.
        finding.diagnostic.notes.clear();
    }
    finding
}

/// A finding that others follow from.
struct Cause {
    code: &'static str,
    /// The directive, by its first line.
    directive: Option<usize>,
    /// The lines that the whole of it has to today's systemd.
    lines: Option<RangeInclusive<usize>>,
    /// The lines of the unit's sandboxing.
    sandboxing: Vec<usize>,
}

impl Cause {
    fn of(unit: &UnitFile, finding: &Finding) -> Option<Cause> {
        let code = finding.rule.code;
        let is_one = [
            TRAILING_COMMENT,
            COMMENT_IN_CONTINUATION,
            lint::HARDENING_LOST,
        ]
        .contains(&code);
        (is_one || DROPPED_COMMAND.contains(&code)).then(|| Cause {
            code,
            directive: finding.directive,
            lines: (code == COMMENT_IN_CONTINUATION)
                .then(|| whole(unit, finding.directive?))
                .flatten(),
            sandboxing: match code == lint::HARDENING_LOST {
                true => sandboxed(unit),
                false => Vec::new(),
            },
        })
    }

    fn explains(&self, other: &Finding) -> bool {
        if other.rule.code == self.code {
            return false;
        }
        match self.code {
            COMMENT_IN_CONTINUATION => {
                let here = other.line.zip(self.lines.as_ref());
                let is_after = here
                    .is_some_and(|(line, lines)| lines.contains(&line) && line != *lines.start());
                is_after || other.rule.code == TRAILING_COMMENT && other.directive == self.directive
            }
            code if DROPPED_COMMAND.contains(&code) => {
                other.rule.code == NO_EXEC_START
                    && self.directive.is_some()
                    && other.directive == self.directive
            }
            TRAILING_COMMENT => {
                other.directive == self.directive
                    && other.rule.origin == Origin::Systemd
                    && ["AMB020", "AMB022", "AMB065"].contains(&other.rule.code)
            }
            _ => {
                let line = other
                    .directive
                    .filter(|line| self.sandboxing.contains(line));
                line.is_some()
                    && NOT_KNOWN.contains(&other.rule.code)
                    && other.severity <= Severity::Warning
            }
        }
    }
}

/// The lines by which a unit is sandboxed.
fn sandboxed(unit: &UnitFile) -> Vec<usize> {
    let lines = unit.document.directives().iter().filter(|directive| {
        let row = sandboxing(&directive.key).filter(|_| directive.section == "Service");
        row.is_some_and(|row| row.protects(&directive.value))
    });
    lines.map(|directive| directive.line).collect()
}

/// The lines that a directive has to today's systemd.
fn whole(unit: &UnitFile, line: usize) -> Option<RangeInclusive<usize>> {
    let today = unit.as_read_by(Dialect::V240);
    let mut directives = today.document.directives().iter();
    let directive = directives.find(|directive| directive.line == line)?;
    let bytes = today.document.as_bytes().get(directive.range.clone())?;
    let ends = bytes.trim_ascii_end().iter().filter(|byte| **byte == b'\n');
    Some(line..=line + ends.count())
}

#[cfg(test)]
mod tests {
    use super::super::{FilesRequest, check_files};
    use super::*;
    use crate::lint::{Context, Levels, UnitSet};
    use crate::project::LintLevel;
    use crate::report::{Spanned, short};
    use crate::target;
    use crate::unit::UnitName;

    /// What is said of a service, a line each.
    fn said(target: &str, text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let from = camino::Utf8Path::from_path(folder.path()).unwrap();
        std::fs::write(from.join("x.service"), text).unwrap();
        let request = FilesRequest {
            paths: vec!["x.service".into()],
            stdin_name: None,
            targets: vec![target::find(target).unwrap()],
            from: from.to_owned(),
        };
        let install = "\n[Install]\nWantedBy=multi-user.target\n";
        std::fs::write(from.join("x.service"), format!("{text}{install}")).unwrap();
        let checked = check_files(&request).unwrap();
        let lines = checked.findings.iter().map(|finding| short(finding) + "\n");
        lines.collect()
    }

    #[test]
    fn what_follows_from_a_comment_is_not_said_beside_it() {
        let text = "[Service]\nUser=a\nExecStart=/bin/x \\\n# one\n  --a \\\n# two\n  --b\n";
        insta::assert_snapshot!(said("el8", text), @"x.service:4:1: error[AMB017]: a comment stands within the value of ExecStart=");
        insta::assert_snapshot!(said("el8", "[Service]\nUser=a\nExecStart=/bin/x\nRestartSec=5 # five\n"), @"
        x.service:4:1: warning[AMB056]: RestartSec= without Restart=
        x.service:4:14: error[AMB018]: `#` does not begin a comment after the value of RestartSec=
        ");
    }

    #[test]
    fn the_level_that_the_user_set_is_kept() {
        let profile = target::find("el8").unwrap().profile();
        let text = "[Service]\nExecStart=/bin/x\nRestart=always # why\n";
        let name = UnitName::parse("x.service").unwrap();
        let read = UnitFile::read(name, "x.service".into(), text.as_bytes());
        let units = UnitSet::new(vec![read.as_read_by(Dialect::of(profile))], profile);
        let unit = units.iter().next().unwrap();
        let context = Context {
            profile,
            unit,
            units: &units,
            decision: None,
            package: None,
        };
        let severity = |lints: &[(&str, LintLevel)]| {
            let lints = lints
                .iter()
                .map(|(code, level)| (Spanned::unwritten((*code).to_owned()), *level));
            let levels = Levels::new(&lints.collect::<Vec<_>>()).unwrap();
            let found = lint::check(&context, &levels);
            let kept = one_each(unit, found.clone());
            assert!(kept.len() < found.len(), "the value is a wrong one, too");
            let of_comment = kept.iter().find(|one| one.rule.code == TRAILING_COMMENT);
            of_comment.map(|finding| (finding.severity, finding.diagnostic.severity))
        };
        let both = |severity| Some((severity, severity));
        assert_eq!(severity(&[]), both(Severity::Error));
        let warn = (TRAILING_COMMENT, LintLevel::Warn);
        assert_eq!(severity(&[warn]), both(Severity::Warning));
    }

    #[test]
    fn a_command_that_is_dropped_is_said_once() {
        insta::assert_snapshot!(said("centos7", "[Service]\nUser=a\nExecStart=x\n"), @"x.service:3:11: error[AMB040]: ExecStart= runs `x`, and systemd 219 takes no relative path there");
    }

    #[test]
    fn lost_sandboxing_is_one_finding_with_each_line() {
        let text = "[Service]\nUser=a\nExecStart=/bin/x\nProtectClock=yes\nNoNewPrivileges=yes\nPrivateUsers=yes\n";
        insta::assert_snapshot!(said("centos7", text), @"x.service:4:1: warning[AMB090]: 2 of 3 lines of sandboxing in x.service do nothing on systemd 219");
    }
}
