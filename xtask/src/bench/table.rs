//! The outcome, for a terminal of 80 columns or as markdown.

use super::figures::Results;
use super::gates::{Judged, Verdict};
use super::host::Host;
use super::payload::Payload;
use super::rows::{Gap, Row};
use std::fmt::Write;

const COLUMNS: [&str; 6] = ["row", "wall s", "CPU s", "peak MiB", "MiB", "wall against"];
const MIB: f64 = (1 << 20) as f64;
/// How the columns stand; the name is on the left.
const WIDTHS: [usize; 5] = [19, 8, 8, 10, 8];

/// What was meant by the columns, and what is in the figures of others.
pub(super) const LEGEND: &str = "\
Wall and CPU seconds are medians of rounds in alternating order, with files in \
the page cache; peak is the largest process of a run as the kernel counted it. \
Our program finds its binary built but in `unchanged`, which runs `build`. \
rpmbuild copies the files first, which takes about as long as `cp`; it and \
cargo-generate-rpm look for no dependencies. Compressors alone get the payload \
as one stream.";

/// All that is told.
pub(super) struct Report<'a> {
    pub(super) host: &'a Host,
    /// The payloads with how many files and bytes they have, and how many rounds were run.
    pub(super) payloads: &'a [(Payload, usize, u64, u32)],
    pub(super) rows: &'a [&'static Row],
    pub(super) results: &'a Results,
    pub(super) judged: &'a [Judged],
}

impl Report<'_> {
    /// For a terminal.
    pub(super) fn text(&self) -> String {
        let mut text = wrapped(&self.host.machine, "") + &wrapped(&self.programs(), "");
        for (number, title) in self.titles().iter().enumerate() {
            let _ = write!(text, "\n{title}\n{}", line(&COLUMNS.map(str::to_owned)));
            for cells in self.cells(self.payloads[number].0) {
                text += &line(&cells);
            }
        }
        let _ = write!(text, "\n{}\n", wrapped(LEGEND, "").trim_end());
        text.push('\n');
        for judged in self.judged {
            let [state, about, figures] = verdict(judged);
            let _ = writeln!(text, "{state:<7} {about}");
            text += &wrapped(&figures, "        ");
        }
        text
    }

    /// For a page.
    pub(super) fn markdown(&self) -> String {
        let mut text = format!("{}.\n\n{}.\n", self.host.machine, self.programs());
        for (number, title) in self.titles().iter().enumerate() {
            let _ = write!(text, "\n**{title}**\n\n| {} |\n", COLUMNS.join(" | "));
            text += "|---|---:|---:|---:|---:|---|\n";
            for cells in self.cells(self.payloads[number].0) {
                let _ = writeln!(text, "| {} |", cells.join(" | "));
            }
        }
        let _ = write!(text, "\n{LEGEND}\n\n| limit | | figures |\n|---|---|---|\n");
        for judged in self.judged {
            let [state, about, figures] = verdict(judged);
            let _ = writeln!(text, "| {about} | {state} | {figures} |");
        }
        text
    }

    fn programs(&self) -> String {
        self.host.programs.join(", ")
    }

    fn titles(&self) -> Vec<String> {
        let titles = self.payloads.iter().map(|(payload, files, bytes, rounds)| {
            let rounds = match rounds {
                1 => "one round".to_owned(),
                _ => format!("{rounds} rounds"),
            };
            let files = match files {
                1 => "one file".to_owned(),
                _ => format!("{files} files"),
            };
            let mib = *bytes as f64 / MIB;
            format!("{}: {files}, {mib:.1} MiB, {rounds}", payload.name())
        });
        titles.collect()
    }

    /// The rows of a payload, cell by cell.
    fn cells(&self, payload: Payload) -> Vec<[String; 6]> {
        let rows = self.rows.iter().filter(|row| row.on.contains(&payload));
        let cells = rows.map(|row| {
            let name = row.name.to_owned();
            let Some(figures) = self.results.get(payload, row.name) else {
                let why = match self.results.gap(payload, row.name) {
                    Some(Gap::Failed(_)) => "failed",
                    _ => "not run",
                };
                let [a, b, c, d] = ["-"; 4].map(str::to_owned);
                return [name, a, b, c, d, why.to_owned()];
            };
            let against = row.against.and_then(|other| {
                let theirs = self.results.get(payload, other)?;
                Some(format!("{:.2} × {other}", figures.wall / theirs.wall))
            });
            [
                name,
                seconds(figures.wall),
                seconds(figures.cpu),
                format!("{:.0}", figures.peak as f64 / MIB),
                match figures.size {
                    0 => "-".to_owned(),
                    size => format!("{:.2}", size as f64 / MIB),
                },
                against.unwrap_or_default(),
            ]
        });
        cells.collect()
    }
}

fn seconds(seconds: f64) -> String {
    match seconds {
        10.0.. => format!("{seconds:.1}"),
        _ => format!("{seconds:.3}"),
    }
}

fn line(cells: &[String; 6]) -> String {
    let [name, figures @ .., last] = cells;
    let mut line = format!("{name:<0$}", WIDTHS[0]);
    for (cell, width) in figures.iter().zip(&WIDTHS[1..]) {
        let _ = write!(line, "{cell:>width$}");
    }
    let _ = write!(line, "  {last}");
    line.trim_end().to_owned() + "\n"
}

/// The state of a limit, what it is about, and the figures.
pub(super) fn verdict(judged: &Judged) -> [String; 3] {
    let about = format!("{}: {}", judged.payload.name(), judged.gate.about);
    let (state, figures) = match &judged.verdict {
        Verdict::NotJudged(rows) => ("not run", format!("without {}", rows.join(", "))),
        Verdict::WrongSize(why) => ("MISSED", why.clone()),
        Verdict::Measured(measured) => {
            let mut figures = format!("{} (limit {})", measured.is, measured.may_be);
            let _ = match measured.theirs.as_str() {
                "" => write!(figures, ", {}", measured.row),
                theirs => write!(
                    figures,
                    ", {} {} against {theirs}",
                    measured.row, measured.ours
                ),
            };
            if let Some(size) = measured.size {
                let _ = write!(figures, "; size {size:.3} ×");
            }
            (if measured.is_kept { "kept" } else { "MISSED" }, figures)
        }
    };
    [state.to_owned(), about, figures]
}

/// A text in lines of 80 columns.
fn wrapped(text: &str, indent: &str) -> String {
    let mut wrapped = String::new();
    let mut line = indent.to_owned();
    for word in text.split(' ') {
        let is_first = line.len() == indent.len();
        if !is_first && line.chars().count() + 1 + word.chars().count() > 80 {
            wrapped += &line;
            wrapped.push('\n');
            line = indent.to_owned();
        } else if !is_first {
            line.push(' ');
        }
        line += word;
    }
    wrapped + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::{LEGEND, Report, wrapped};
    use crate::bench::figures::Results;
    use crate::bench::gates::judge;
    use crate::bench::host::Host;
    use crate::bench::measure::Run;
    use crate::bench::payload::Payload::Elf200;
    use crate::bench::rows::{Gap, ROWS, Row};
    use std::time::Duration;

    const SHOWN: [&str; 3] = ["ambot-gzip-9", "generate-rpm-gzip", "rpmbuild-gzip-9"];

    /// Two rows that were measured, one that was not, and what is made of them.
    fn shown(is_markdown: bool) -> String {
        let mut results = Results::default();
        for (row, seconds) in [(SHOWN[0], 6), (SHOWN[1], 12)] {
            let run = Run {
                wall: Duration::from_secs(seconds),
                cpu: Duration::from_secs(11),
                peak: 58 << 20,
                size: 76 << 20,
            };
            results.add(Elf200, row, Ok(run));
        }
        let why = "rpmbuild is not here; `--install` gets it";
        results.add(Elf200, SHOWN[2], Err(Gap::NotRun(why.to_owned())));
        let rows: Vec<&'static Row> = ROWS
            .iter()
            .filter(|row| SHOWN.contains(&row.name))
            .collect();
        let mut judged = judge(&results, &[Elf200]);
        judged.retain(|judged| judged.gate.is_about(SHOWN[0]));
        let report = Report {
            host: &Host {
                machine: "A CPU, 2 cores".to_owned(),
                programs: vec!["cargo-ambot 0.1.0".to_owned(), "xz 5.4.1".to_owned()],
            },
            payloads: &[(Elf200, 3, 209_102_000, 3)],
            rows: &rows,
            results: &results,
            judged: &judged,
        };
        if is_markdown {
            report.markdown()
        } else {
            report.text()
        }
    }

    #[test]
    fn a_terminal_of_80_columns_shows_all() {
        let text = shown(false);
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        let table = "\
A CPU, 2 cores
cargo-ambot 0.1.0, xz 5.4.1

elf-200MB: 3 files, 199.4 MiB, 3 rounds
row                  wall s   CPU s  peak MiB     MiB  wall against
ambot-gzip-9          6.000    11.0        58   76.00  0.50 × generate-rpm-gzip
generate-rpm-gzip      12.0    11.0        58   76.00
rpmbuild-gzip-9           -       -         -       -  not run
";
        assert!(text.starts_with(table), "{text}");
        let limits = "\
not run elf-200MB: gzip of rpmbuild's size against cargo-generate-rpm
        without rpmbuild-gzip-9
not run elf-200MB: gzip of nfpm's size against nfpm
        without nfpm-gzip
kept    elf-200MB: memory of gzip
        58 MiB (limit 96 MiB), ambot-gzip-9
";
        assert!(text.ends_with(limits), "{text}");
    }

    #[test]
    fn a_page_shows_the_same() {
        let page = shown(true);
        for line in [
            "| ambot-gzip-9 | 6.000 | 11.0 | 58 | 76.00 | 0.50 × generate-rpm-gzip |\n",
            "| elf-200MB: memory of gzip | kept | 58 MiB (limit 96 MiB), ambot-gzip-9 |\n",
        ] {
            assert!(page.contains(line), "{page}");
        }
    }

    #[test]
    fn lines_are_no_longer_than_80_columns_and_lose_no_word() {
        let text = wrapped(LEGEND, "  ");
        assert!(
            text.lines()
                .all(|line| line.len() <= 80 && line.starts_with("  "))
        );
        let words: Vec<&str> = text.split_whitespace().collect();
        assert_eq!(words, LEGEND.split_whitespace().collect::<Vec<_>>());
    }
}
