//! What was done to a unit, for people to read.

use super::{Adapted, Change};
use crate::report::wrap;
use crate::unit::UnitFile;
use similar::TextDiff;
use std::fmt::Write;

/// The width of what is said before the lines. It goes to standard output, which is the same
/// whatever the terminal.
const WIDTH: usize = 80;

/// Lines around a change.
const AROUND: usize = 3;

/// The unified diff of a unit as it was written and as a target gets it, with what was done and
/// why as comments before the lines that it is about; drop-ins are new files. Empty where nothing
/// was done.
pub fn diff(unit: &UnitFile, adapted: &Adapted, target: &str) -> String {
    let old = String::from_utf8_lossy(unit.document.as_bytes());
    let new = String::from_utf8_lossy(&adapted.bytes);
    let mut text = String::new();
    if adapted.changes.is_empty() {
        return text;
    }
    let diff = TextDiff::from_lines(old.as_ref(), new.as_ref());
    let mut unified = diff.unified_diff();
    unified.context_radius(AROUND);
    let hunks: Vec<_> = unified.iter_hunks().collect();
    let ends: Vec<usize> = hunks
        .iter()
        .map(|hunk| hunk.ops().last().map_or(0, |op| op.old_range().end))
        .collect();
    if !hunks.is_empty() {
        let _ = write!(text, "--- {0}\n+++ {0} for {target}\n", unit.name);
    }
    let mut left: Vec<&Change> = adapted.changes.iter().collect();
    for (n, hunk) in hunks.iter().enumerate() {
        let is_last = n + 1 == hunks.len();
        let (here, later): (Vec<&Change>, Vec<&Change>) = left.into_iter().partition(|change| {
            let line = change.place.as_ref().map(|place| place.line);
            is_last || line.is_some_and(|line| line <= ends[n])
        });
        left = later;
        explain(
            &mut text,
            here.into_iter().filter(|change| !is_drop_in(change)),
        );
        let _ = write!(text, "{hunk}");
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    for drop_in in &adapted.drop_ins {
        let lines = String::from_utf8_lossy(&drop_in.bytes);
        let count = lines.lines().count();
        let _ = write!(text, "--- /dev/null\n+++ {} for {target}\n", drop_in.path());
        explain(
            &mut text,
            adapted.changes.iter().filter(|change| is_drop_in(change)),
        );
        let _ = writeln!(text, "@@ -0,0 +1,{count} @@");
        for line in lines.lines() {
            let _ = writeln!(text, "+{line}");
        }
    }
    text
}

fn is_drop_in(change: &Change) -> bool {
    matches!(change.action, super::Action::InstallInDropIn { .. })
}

fn explain<'a>(text: &mut String, changes: impl Iterator<Item = &'a Change>) {
    for change in changes {
        let said = wrap(&format!("{change}: {}", change.reason()), WIDTH - 4);
        let _ = writeln!(text, "# {}", said.replace('\n', "\n#   "));
    }
}
