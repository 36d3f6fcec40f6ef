//! What several runs of a row come to.

use super::measure::Run;
use super::payload::Payload;
use super::rows::Gap;
use std::collections::BTreeMap;
use std::time::Duration;

/// The figures of a row: medians of time, and the largest of what must stay small.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Figures {
    /// Seconds by the clock.
    pub(super) wall: f64,
    /// Seconds of all processors.
    pub(super) cpu: f64,
    /// Bytes of the largest process.
    pub(super) peak: u64,
    /// Bytes written.
    pub(super) size: u64,
}

impl Figures {
    fn of(runs: &[Run]) -> Option<Self> {
        Some(Figures {
            wall: median(runs.iter().map(|run| run.wall))?,
            cpu: median(runs.iter().map(|run| run.cpu))?,
            peak: runs.iter().map(|run| run.peak).max()?,
            size: runs.iter().map(|run| run.size).max()?,
        })
    }
}

/// The one in the middle, or the mean of the two there.
fn median(times: impl Iterator<Item = Duration>) -> Option<f64> {
    let mut seconds: Vec<f64> = times.map(|time| time.as_secs_f64()).collect();
    seconds.sort_by(f64::total_cmp);
    let middle = seconds.len() / 2;
    let upper = seconds.get(middle)?;
    if seconds.len() % 2 == 1 {
        return Some(*upper);
    }
    let lower = seconds.get(middle.checked_sub(1)?)?;
    Some((lower + upper) / 2.0)
}

/// The runs of all rows.
#[derive(Default)]
pub(super) struct Results {
    runs: BTreeMap<(Payload, &'static str), Vec<Run>>,
    gaps: BTreeMap<(Payload, &'static str), Gap>,
}

impl Results {
    /// Takes in a run, or why there is none.
    pub(super) fn add(&mut self, payload: Payload, row: &'static str, run: Result<Run, Gap>) {
        match run {
            Ok(run) => self.runs.entry((payload, row)).or_default().push(run),
            Err(gap) => drop(self.gaps.insert((payload, row), gap)),
        }
    }

    /// Why a row has no figures, if it was tried.
    pub(super) fn gap(&self, payload: Payload, row: &'static str) -> Option<&Gap> {
        self.gaps.get(&(payload, row))
    }

    /// The figures of a row; none where one of its rounds went wrong.
    pub(super) fn get(&self, payload: Payload, row: &'static str) -> Option<Figures> {
        match self.gap(payload, row) {
            Some(_) => None,
            None => Figures::of(self.runs.get(&(payload, row))?),
        }
    }

    /// Rows that were tried without success, with why.
    pub(super) fn gaps(&self) -> impl Iterator<Item = (Payload, &'static str, &Gap)> {
        self.gaps
            .iter()
            .map(|((payload, row), gap)| (*payload, *row, gap))
    }
}

#[cfg(test)]
mod tests {
    use super::{Results, median};
    use crate::bench::measure::Run;
    use crate::bench::payload::Payload::Elf5;
    use crate::bench::rows::Gap;
    use std::time::Duration;

    #[test]
    fn the_median_is_in_the_middle() {
        let median = |seconds: &[u64]| median(seconds.iter().map(|s| Duration::from_secs(*s)));
        assert_eq!(median(&[9, 1, 2]), Some(2.0));
        assert_eq!(median(&[4, 1, 2, 9]), Some(3.0));
        assert_eq!((median(&[7]), median(&[])), (Some(7.0), None));
    }

    #[test]
    fn a_row_that_went_wrong_once_has_no_figures() {
        let run = |seconds| Run {
            wall: Duration::from_secs(seconds),
            cpu: Duration::from_secs(2 * seconds),
            peak: 10 - seconds,
            size: 7,
        };
        let mut results = Results::default();
        for seconds in [3, 1, 2] {
            results.add(Elf5, "a", Ok(run(seconds)));
        }
        let figures = results.get(Elf5, "a").unwrap();
        assert_eq!((figures.wall, figures.cpu), (2.0, 4.0));
        assert_eq!((figures.peak, figures.size), (9, 7));
        results.add(Elf5, "a", Err(Gap::Failed("disk full".to_owned())));
        assert_eq!(
            (results.get(Elf5, "a"), results.get(Elf5, "b")),
            (None, None)
        );
        assert_eq!(results.gaps().count(), 1);
    }
}
