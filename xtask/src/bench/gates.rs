//! The limits that our program has to keep, as data, and whether it does.

use super::figures::{Figures, Results};
use super::payload::Payload::{self, Elf5, Elf200, Elf2000};

/// A limit.
pub(super) struct Gate {
    /// What it is about.
    pub(super) about: &'static str,
    /// The payloads that it holds for.
    pub(super) on: &'static [Payload],
    /// Our rows: the quickest that is as small as it has to be is judged.
    ours: &'static [&'static str],
    /// The rows that it is held against; their times are added up.
    theirs: &'static [&'static str],
    limit: Limit,
    size: Option<Size>,
}

/// How much it may be.
#[derive(Clone, Copy)]
enum Limit {
    /// The time of the others, so many times.
    Times(f64),
    /// The time of the others and so many milliseconds.
    Plus(f64),
    /// So many MiB of memory.
    Peak(u64),
}

/// How large what we wrote may be, as multiples of what another row wrote.
#[derive(Clone, Copy)]
struct Size {
    of: &'static str,
    least: f64,
    most: f64,
}

/// No smaller than nothing.
const fn up_to(most: f64, of: &'static str) -> Option<Size> {
    Some(Size {
        of,
        least: 0.0,
        most,
    })
}

/// So much smaller or larger.
const fn within(about: f64, of: &'static str) -> Option<Size> {
    Some(Size {
        of,
        least: 1.0 - about,
        most: 1.0 + about,
    })
}

const fn gate(
    about: &'static str,
    on: &'static [Payload],
    ours: &'static [&'static str],
    limit: Limit,
    theirs: &'static [&'static str],
    size: Option<Size>,
) -> Gate {
    Gate {
        about,
        on,
        ours,
        theirs,
        limit,
        size,
    }
}

const GZIP: &[&str] = &[
    "ambot-gzip-4",
    "ambot-gzip-5",
    "ambot-gzip-6",
    "ambot-gzip-9",
];

/// All limits.
#[rustfmt::skip]
pub(super) const GATES: &[Gate] = &[
    gate("gzip of rpmbuild's size against cargo-generate-rpm",
        &[Elf200], GZIP, Limit::Times(0.5), &["generate-rpm-gzip"], up_to(1.02, "rpmbuild-gzip-9")),
    gate("gzip of nfpm's size against nfpm",
        &[Elf200], GZIP, Limit::Times(0.8), &["nfpm-gzip"], up_to(1.0, "nfpm-gzip")),
    gate("xz of rpmbuild's size against rpmbuild",
        &[Elf200], &["ambot-xz-2"], Limit::Times(0.55), &["rpmbuild-xz-2"], within(0.03, "rpmbuild-xz-2")),
    gate("xz against xz alone",
        &[Elf200], &["ambot-xz-2"], Limit::Times(1.1), &["xz-2"], within(0.03, "rpmbuild-xz-2")),
    gate("zstd of rpmbuild's size against rpmbuild",
        &[Elf200], &["ambot-zstd-19"], Limit::Times(0.6), &["rpmbuild-zstd-19"], within(0.02, "rpmbuild-zstd-19")),
    gate("the fast level against nfpm's zstd",
        &[Elf200], &["ambot-fast"], Limit::Times(1.0), &["nfpm-zstd"], None),
    gate("memory of gzip",
        &[Elf200, Elf2000], &["ambot-gzip-9"], Limit::Peak(96), &[], None),
    gate("four targets against one of each compressor",
        &[Elf200], &["ambot-four-targets"], Limit::Times(1.15), &["ambot-centos7", "ambot-el9"], None),
    gate("a project that did not change against its build",
        &[Elf5, Elf200], &["unchanged"], Limit::Plus(60.0), &["build"], None),
    gate("check against cargo metadata",
        &[Elf5, Elf200], &["check"], Limit::Plus(30.0), &["metadata"], None),
    gate("generate against cargo metadata",
        &[Elf5, Elf200], &["generate"], Limit::Plus(30.0), &["metadata"], None),
    gate("a small package against gzip's own time",
        &[Elf5], &["ambot-gzip-9"], Limit::Times(1.5), &["pigz-9"], None),
    gate("a small package against xz's own time",
        &[Elf5], &["ambot-xz-2"], Limit::Times(1.5), &["xz-2"], None),
    gate("a small package against zstd's own time",
        &[Elf5], &["ambot-zstd-19"], Limit::Times(1.5), &["zstd-19"], None),
    // Whoever verifies a payload takes its digest beside unpacking it.
    gate("reading gzip against gzip and a digest",
        &[Elf200], &["inspect-gzip"], Limit::Times(1.0), &["gzip-dc", "sha256sum"], None),
    gate("reading xz against xz and a digest",
        &[Elf200], &["inspect-xz"], Limit::Times(1.0), &["xz-dc", "sha256sum"], None),
    gate("reading zstd against zstd and a digest",
        &[Elf200], &["inspect-zstd"], Limit::Times(1.0), &["zstd-dc", "sha256sum"], None),
    gate("memory of reading gzip",
        &[Elf200, Elf2000], &["inspect-gzip"], Limit::Peak(32), &[], None),
    // The windows of the levels: 2 MiB and 8 MiB.
    gate("memory of reading xz",
        &[Elf200], &["inspect-xz"], Limit::Peak(32 + 2), &[], None),
    gate("memory of reading zstd",
        &[Elf200], &["inspect-zstd"], Limit::Peak(32 + 8), &[], None),
];

/// What became of a limit with a payload.
pub(super) struct Judged {
    pub(super) gate: &'static Gate,
    pub(super) payload: Payload,
    pub(super) verdict: Verdict,
}

/// Whether a limit is kept.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    /// These rows were measured.
    Measured(Measured),
    /// No row of ours has the size that it has to have; with what the smallest came to.
    WrongSize(String),
    /// These rows have no figures.
    NotJudged(Vec<&'static str>),
}

/// The figures of a judgement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Measured {
    /// The row of ours that was judged.
    pub(super) row: &'static str,
    /// What is limited, with its unit.
    pub(super) ours: String,
    /// What it is held against, with its unit.
    pub(super) theirs: String,
    /// What they come to together, and how much that may be.
    pub(super) is: String,
    pub(super) may_be: String,
    /// The size as a multiple, where it is limited.
    pub(super) size: Option<f64>,
    pub(super) is_kept: bool,
}

impl Verdict {
    /// Whether it was judged and missed.
    pub(super) fn is_missed(&self) -> bool {
        match self {
            Verdict::Measured(measured) => !measured.is_kept,
            Verdict::WrongSize(_) => true,
            Verdict::NotJudged(_) => false,
        }
    }
}

/// Judges all limits with the payloads that were measured.
pub(super) fn judge(results: &Results, payloads: &[Payload]) -> Vec<Judged> {
    let pairs = GATES
        .iter()
        .flat_map(|gate| gate.on.iter().map(move |payload| (gate, *payload)));
    let measured = pairs.filter(|(_, payload)| payloads.contains(payload));
    let judged = measured.map(|(gate, payload)| Judged {
        gate,
        payload,
        verdict: gate.judge(|row| results.get(payload, row)),
    });
    judged.collect()
}

impl Gate {
    /// The names of the rows that it takes to judge it.
    #[cfg(test)]
    fn rows(&self) -> impl Iterator<Item = &'static str> {
        let size = self.size.map(|size| size.of);
        let named = self.ours.iter().chain(self.theirs).copied();
        named.chain(size)
    }

    /// Whether a choice of rows has to do with it.
    pub(super) fn is_about(&self, row: &str) -> bool {
        self.ours.contains(&row)
    }

    fn judge(&self, figures: impl Fn(&'static str) -> Option<Figures>) -> Verdict {
        let ours = self.ours.iter();
        let ours: Vec<_> = ours.filter_map(|row| Some((*row, figures(row)?))).collect();
        let theirs: Vec<_> = self.theirs.iter().map(|row| (*row, figures(row))).collect();
        let size = self.size.map(|size| (size, figures(size.of)));
        let mut missing = Vec::new();
        if ours.is_empty() {
            missing.extend(self.ours.iter().copied());
        }
        let others = theirs.iter().copied();
        let others = others.chain(size.iter().map(|(size, figures)| (size.of, *figures)));
        missing.extend(
            others
                .filter(|(_, figures)| figures.is_none())
                .map(|(row, _)| row),
        );
        if !missing.is_empty() {
            missing.dedup();
            return Verdict::NotJudged(missing);
        }
        let multiple = |own: &Figures| {
            let (size, of) = size.as_ref()?;
            Some((size, own.size as f64 / of.as_ref()?.size as f64))
        };
        let fits = |own: &Figures| match multiple(own) {
            Some((size, times)) => (size.least..=size.most).contains(&times),
            None => true,
        };
        let fitting = ours.iter().filter(|(_, own)| fits(own));
        let Some((row, own)) = fitting.min_by(|a, b| a.1.wall.total_cmp(&b.1.wall)) else {
            return Verdict::WrongSize(
                self.wrong_size(&ours, |own| multiple(own).map(|(_, of)| of)),
            );
        };
        let against = theirs
            .iter()
            .filter_map(|(_, other)| Some(other.as_ref()?.wall))
            .sum();
        let mut measured = self.compare(row, own, against);
        measured.size = multiple(own).map(|(_, times)| times);
        Verdict::Measured(measured)
    }

    fn wrong_size(
        &self,
        ours: &[(&'static str, Figures)],
        multiple: impl Fn(&Figures) -> Option<f64>,
    ) -> String {
        let sizes = ours
            .iter()
            .filter_map(|(row, own)| Some((row, multiple(own)?)));
        let sizes: Vec<_> = sizes
            .map(|(row, times)| format!("{row} {times:.3}"))
            .collect();
        let wanted = self.size.map(|size| match size.least {
            0.0 => format!("at most {:.2} of {}", size.most, size.of),
            least => format!("{least:.2} to {:.2} of {}", size.most, size.of),
        });
        format!("{}, not {}", sizes.join(", "), wanted.unwrap_or_default())
    }

    fn compare(&self, row: &'static str, own: &Figures, against: f64) -> Measured {
        const MIB: f64 = (1 << 20) as f64;
        let seconds = |seconds: f64| format!("{seconds:.3} s");
        let peak = own.peak as f64 / MIB;
        let more = (own.wall - against) * 1000.0;
        let times = own.wall / against;
        let (is_kept, is, may_be) = match self.limit {
            Limit::Times(most) => (
                times <= most,
                format!("{times:.2} ×"),
                format!("{most:.2} ×"),
            ),
            Limit::Plus(most) => (
                more <= most,
                format!("{more:+.0} ms"),
                format!("{most:+.0} ms"),
            ),
            Limit::Peak(most) => (
                peak < most as f64,
                format!("{peak:.0} MiB"),
                format!("{most} MiB"),
            ),
        };
        let is_time = !matches!(self.limit, Limit::Peak(_));
        Measured {
            row,
            ours: if is_time {
                seconds(own.wall)
            } else {
                is.clone()
            },
            theirs: match self.theirs {
                [] => String::new(),
                rows => format!("{} {}", rows.join(" + "), seconds(against)),
            },
            is,
            may_be,
            size: None,
            is_kept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{GATES, GZIP, Gate, Limit, Verdict, gate, up_to, within};
    use crate::bench::figures::Figures;
    use crate::bench::payload::Payload::Elf5;
    use crate::bench::rows::ROWS;

    fn figures(wall: f64, size: u64) -> Option<Figures> {
        Some(Figures {
            wall,
            cpu: wall,
            peak: 50 << 20,
            size,
        })
    }

    /// nfpm and four levels of ours, of which the last two are as small as nfpm's.
    fn gzip(row: &str) -> Option<Figures> {
        match row {
            "nfpm-gzip" => figures(10.0, 100),
            "ambot-gzip-4" => figures(1.0, 120),
            "ambot-gzip-5" => figures(2.0, 101),
            "ambot-gzip-6" => figures(4.0, 100),
            "ambot-gzip-9" => figures(8.0, 90),
            _ => None,
        }
    }

    fn judge(gate: &Gate) -> Verdict {
        gate.judge(gzip)
    }

    #[test]
    fn the_rows_of_every_limit_are_measured_with_its_payloads() {
        for gate in GATES {
            for name in gate.rows() {
                let row = ROWS.iter().find(|row| row.name == name);
                let row = row.unwrap_or_else(|| panic!("{}: {name}", gate.about));
                assert!(
                    gate.on.iter().all(|payload| row.on.contains(payload)),
                    "{}: {name}",
                    gate.about
                );
            }
        }
    }

    #[test]
    fn the_quickest_row_of_the_size_is_judged() {
        for (times, kept) in [(0.4, true), (0.39, false)] {
            let limit = Limit::Times(times);
            let gate = gate(
                "",
                &[Elf5],
                GZIP,
                limit,
                &["nfpm-gzip"],
                up_to(1.0, "nfpm-gzip"),
            );
            let Verdict::Measured(measured) = judge(&gate) else {
                panic!("it was measured");
            };
            assert_eq!((measured.row, measured.is_kept), ("ambot-gzip-6", kept));
            assert_eq!((measured.is.as_str(), measured.size), ("0.40 ×", Some(1.0)));
            assert_eq!(measured.theirs, "nfpm-gzip 10.000 s");
        }
    }

    #[test]
    fn a_size_that_no_row_has_is_a_miss() {
        let size = within(0.03, "nfpm-gzip");
        let gate = gate(
            "",
            &[Elf5],
            &["ambot-gzip-4"],
            Limit::Times(1.0),
            &["nfpm-gzip"],
            size,
        );
        let verdict = judge(&gate);
        assert!(verdict.is_missed());
        let Verdict::WrongSize(why) = verdict else {
            panic!("it has another size");
        };
        assert_eq!(why, "ambot-gzip-4 1.200, not 0.97 to 1.03 of nfpm-gzip");
    }

    #[test]
    fn a_limit_without_figures_is_not_judged() {
        let xz = &["ambot-xz-2"];
        let gate = gate(
            "",
            &[Elf5],
            xz,
            Limit::Plus(1.0),
            &["nfpm-gzip", "xz-2"],
            None,
        );
        let verdict = judge(&gate);
        assert_eq!(verdict, Verdict::NotJudged(vec!["ambot-xz-2", "xz-2"]));
        assert!(!verdict.is_missed());
    }

    #[test]
    fn times_are_added_up_and_memory_stands_alone() {
        let ours = &["ambot-gzip-9"];
        let sum = &["ambot-gzip-5", "ambot-gzip-6"];
        for (limit, theirs, is, kept) in [
            (Limit::Plus(2000.0), &sum[..], "+2000 ms", true),
            (Limit::Plus(1999.0), sum, "+2000 ms", false),
            (Limit::Peak(51), &[], "50 MiB", true),
            (Limit::Peak(50), &[], "50 MiB", false),
        ] {
            let Verdict::Measured(measured) = judge(&gate("", &[Elf5], ours, limit, theirs, None))
            else {
                panic!("it was measured");
            };
            assert_eq!((measured.is.as_str(), measured.is_kept), (is, kept));
        }
    }
}
