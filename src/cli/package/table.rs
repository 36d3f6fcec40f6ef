//! What a run over several packages made, in one table.

use crate::pipeline::{Artifact, Outcome};
use crate::report::{Failure, size};
use std::fmt::Write;

const HEADINGS: [&str; 5] = ["target", "made", "size", "glibc", "check"];

/// The table; nothing of a run that was for one package.
pub(super) fn table(outcome: &Outcome) -> Option<String> {
    let mut packages: Vec<&str> = outcome
        .artifacts
        .iter()
        .map(|made| made.package.as_str())
        .collect();
    packages.extend(outcome.failed.iter().map(|(name, _)| name.as_str()));
    packages.sort_unstable();
    packages.dedup();
    if packages.len() < 2 {
        return None;
    }
    let mut rows: Vec<[String; 5]> = outcome.artifacts.iter().map(row).collect();
    rows.extend(
        outcome
            .failed
            .iter()
            .map(|(name, failure)| failed(name, *failure)),
    );
    let wide = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([HEADINGS[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEADINGS.len()).map(wide).collect();
    let bold = anstyle::Style::new().bold();
    let mut text = format!(
        "\n{bold}{}{bold:#}\n",
        line(&HEADINGS.map(str::to_owned), &widths)
    );
    for row in &rows {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", line(row, &widths));
    }
    Some(text)
}

fn row(made: &Artifact) -> [String; 5] {
    let name = match made.fresh {
        true => format!("{} (fresh)", made.nevra),
        false => made.nevra.to_string(),
    };
    [
        made.target.to_string(),
        name,
        size(made.size),
        made.glibc.clone().unwrap_or_default(),
        match made.warnings {
            0 => "clean".to_owned(),
            1 => "1 warning".to_owned(),
            count => format!("{count} warnings"),
        },
    ]
}

fn failed(name: &str, failure: Failure) -> [String; 5] {
    let made = format!("{name}: not made");
    let check = match failure {
        Failure::Denied => "errors",
        Failure::Cargo => "build failed",
        // What else fails comes after the check.
        _ => "no errors",
    };
    ["", &made, "", "", check].map(str::to_owned)
}

/// Sizes stand right, all else left.
fn line(cells: &[String; 5], widths: &[usize]) -> String {
    let mut line = String::new();
    for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let _ = match column {
            2 => write!(line, "  {cell:>width$}"),
            _ => write!(line, "  {cell:<width$}"),
        };
    }
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Failure, failed};

    #[test]
    fn what_failed_after_the_check_is_not_laid_to_it() {
        let check = |failure| failed("worker", failure)[4].clone();
        assert_eq!(check(Failure::Denied), "errors");
        assert_eq!(check(Failure::Cargo), "build failed");
        assert_eq!(check(Failure::Project), "no errors");
    }
}
