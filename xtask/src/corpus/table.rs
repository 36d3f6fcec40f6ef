//! The table of outcomes.

use std::fmt;

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It passed, with these figures.
    Passed(String),
    /// It failed, and this is what was said.
    Failed(String),
    /// It could not be run, and why.
    NotRun(String),
}

/// The outcomes for one crate and target: the name of each check and what it came to.
pub(super) type Row = Vec<(&'static str, Outcome)>;

/// All rows.
#[derive(Default)]
pub(super) struct Table {
    header: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    failures: Vec<String>,
    not_run: Vec<String>,
}

impl Table {
    /// Adds the outcomes for a crate and target.
    pub(super) fn add(&mut self, name: &str, target: &str, row: Row) {
        self.header = ["crate", "target"].into_iter().collect();
        self.header.extend(row.iter().map(|(check, _)| check));
        let mut cells = vec![name.to_owned(), target.to_owned()];
        for (check, outcome) in row {
            cells.push(match outcome {
                Outcome::Passed(figures) => figures,
                Outcome::Failed(said) => {
                    let said = said.trim_end();
                    self.failures
                        .push(format!("{name} for {target}: {check}\n{said}"));
                    "FAILED".to_owned()
                }
                Outcome::NotRun(why) => {
                    self.not_run.push(format!("{check}: not run: {why}"));
                    "not run".to_owned()
                }
            });
        }
        self.rows.push(cells);
    }

    /// What failed, for a person.
    pub(super) fn failures(&self) -> &[String] {
        &self.failures
    }

    /// What could not be run, and why; each reason once.
    pub(super) fn not_run(&self) -> Vec<String> {
        let mut reasons = self.not_run.clone();
        reasons.sort();
        reasons.dedup();
        reasons
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.header.iter().map(|cell| (*cell).to_owned()).collect();
        let lines: Vec<Vec<String>> = std::iter::once(header).chain(self.rows.clone()).collect();
        let width = |column: usize| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        for line in &lines {
            let cells = line.iter().enumerate();
            let padded = cells.map(|(column, cell)| format!("{cell:<0$}", width(column)));
            let text = padded.collect::<Vec<_>>().join("  ");
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Table};

    #[test]
    fn columns_are_aligned_and_what_went_wrong_is_kept() {
        let mut table = Table::default();
        let row = |outcome| {
            vec![
                ("rpm -K", Outcome::Passed("2 of 2".to_owned())),
                ("erase", outcome),
            ]
        };
        table.add("a 1.0", "el9", row(Outcome::Failed("left: x\n".to_owned())));
        for target in ["centos7", "centos8"] {
            table.add(
                "long 1.0",
                target,
                row(Outcome::NotRun("not root".to_owned())),
            );
        }
        let expected = "crate     target   rpm -K  erase\n\
                        a 1.0     el9      2 of 2  FAILED\n\
                        long 1.0  centos7  2 of 2  not run\n\
                        long 1.0  centos8  2 of 2  not run\n";
        assert_eq!(table.to_string(), expected);
        assert_eq!(table.failures(), ["a 1.0 for el9: erase\nleft: x"]);
        assert_eq!(table.not_run(), ["erase: not run: not root"]);
    }
}
