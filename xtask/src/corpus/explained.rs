//! rpmlint, and what it reports that is as it should be, with the reason.

use super::programs::bare;
use super::table::Outcome;
use crate::step::Failure;
use std::fmt;
use std::path::Path;

/// A report of rpmlint that is explained.
struct Reason {
    /// The name of the check.
    check: &'static str,
    /// What its line holds beside.
    with: &'static str,
    /// Why it is reported, and why nothing is changed.
    why: &'static str,
}

/// All of them. Whatever is not here fails the corpus, errors as well as warnings.
const REASONS: &[Reason] = &[
    Reason {
        check: "dangerous-command-in-",
        with: " rm",
        why: "the scriptlets remove their own notes below /var/lib/rpm-state",
    },
    Reason {
        check: "dangling-relative-symlink",
        with: "/usr/lib/debug/.build-id/",
        why: "leads to the program, in the main RPM, as in rpmbuild's own debuginfo RPMs",
    },
    Reason {
        check: "incoherent-version-in-changelog",
        with: "",
        why: "versions stand there without the dist tag, as in Fedora's changelogs",
    },
    Reason {
        check: "invalid-license",
        with: "",
        why: "the list of licences is left to the distribution; these are SPDX expressions",
    },
    Reason {
        check: "name-repeated-in-summary",
        with: "",
        why: "the description that the crate was published with; `summary` sets another",
    },
    Reason {
        check: "no-documentation",
        with: "-debuginfo.",
        why: "a debuginfo RPM has none, neither has rpmbuild's",
    },
    Reason {
        check: "no-group-tag",
        with: "",
        why: "`Unspecified`, as rpmbuild writes it; Fedora's guidelines leave the tag out",
    },
    Reason {
        check: "no-manual-page-for-binary",
        with: "",
        why: "these crates have none; one that is found is packaged",
    },
    Reason {
        check: "only-non-binary-in-usr-lib",
        with: "",
        why: "the place of systemd's units and presets on every architecture",
    },
    Reason {
        check: "shared-library-without-dependency-information",
        with: "/usr/lib/debug/",
        why: "what objcopy and eu-strip split off looks the same: it has no dynamic section",
    },
    Reason {
        check: "unstripped-binary-or-object",
        with: "",
        why: "names of functions stay for backtraces; debug files are made of symbols",
    },
];

/// What was met of it, over all packages.
#[derive(Default)]
pub(super) struct Explained {
    counts: [usize; REASONS.len()],
}

impl Explained {
    /// Runs rpmlint, with a home of its own, over packages: nothing without a reason.
    pub(super) fn check(
        &mut self,
        home: &Path,
        packages: &[impl AsRef<Path>],
    ) -> Result<Outcome, Failure> {
        let packages = packages.iter().map(AsRef::as_ref);
        let output = bare("rpmlint").args(packages).env("HOME", home).attempt()?;
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        // 64 and 65 say that there are errors.
        if !matches!(output.status.code(), Some(0 | 64 | 65)) {
            return Err(Failure::new(format!("rpmlint failed\n{said}{errors}")));
        }
        Ok(self.sort(&said))
    }

    fn sort(&mut self, said: &str) -> Outcome {
        let findings = said.lines().filter_map(Finding::parse);
        let (mut explained, mut rest) = (0, Vec::new());
        for finding in findings {
            match REASONS
                .iter()
                .position(|reason| finding.is_explained_by(reason))
            {
                Some(index) => {
                    self.counts[index] += 1;
                    explained += 1;
                }
                None => rest.push(finding.line),
            }
        }
        // A line that is not read as a finding would pass unseen.
        if counted(said) != Some(explained + rest.len()) {
            return Outcome::Failed(format!("what rpmlint says was not understood\n{said}"));
        }
        match rest.as_slice() {
            [] => Outcome::Passed(format!("0 ({explained} explained)")),
            rest => Outcome::Failed(rest.join("\n")),
        }
    }
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nwhat rpmlint reports and is as it should be")?;
        for (reason, count) in REASONS.iter().zip(self.counts) {
            writeln!(f, "{count:>4}  {}\n      {}", reason.check, reason.why)?;
        }
        Ok(())
    }
}

/// `hello.x86_64: W: no-documentation`
struct Finding<'a> {
    line: &'a str,
    check: &'a str,
}

impl<'a> Finding<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let levels = [": E: ", ": W: "].into_iter();
        let (_, text) = levels.filter_map(|level| line.split_once(level)).next()?;
        let (check, _) = text.split_once(' ').unwrap_or((text, ""));
        Some(Finding { line, check })
    }

    fn is_explained_by(&self, reason: &Reason) -> bool {
        // A name that ends with a hyphen is followed by that of a scriptlet.
        let is_check = match reason.check.ends_with('-') {
            true => self.check.starts_with(reason.check),
            false => self.check == reason.check,
        };
        is_check && self.line.contains(reason.with)
    }
}

/// The number of errors and warnings in rpmlint's last line.
fn counted(said: &str) -> Option<usize> {
    let (_, counts) = said.lines().last()?.split_once("checked; ")?;
    let number = |word: &str| {
        let (before, _) = counts.split_once(word)?;
        before.split_whitespace().last()?.parse::<usize>().ok()
    };
    Some(number(" errors")? + number(" warnings")?)
}

#[cfg(test)]
mod tests {
    use super::{Explained, Outcome, REASONS};

    #[test]
    fn what_has_no_reason_fails() {
        let end =
            "2 packages and 0 specfiles checked; 1 errors, 1 warnings, 1 badness; has taken 1 s";
        let explained = "a.x86_64: W: dangerous-command-in-%pre rm\na.x86_64: E: no-group-tag\n";
        let mut met = Explained::default();
        assert_eq!(
            met.sort(&format!("{explained}{end}")),
            Outcome::Passed("0 (2 explained)".to_owned())
        );
        assert!(met.to_string().contains("   1  no-group-tag\n"));
        let new = "a.x86_64: W: dangerous-command-in-%pre rm\na.x86_64: E: no-such-check /a\n";
        assert_eq!(
            met.sort(&format!("{new}{end}")),
            Outcome::Failed("a.x86_64: E: no-such-check /a".to_owned())
        );
        for unread in ["", "a.x86_64: E: no-group-tag\n"] {
            let outcome = met.sort(&format!("{unread}{end}"));
            assert!(matches!(outcome, Outcome::Failed(_)), "{unread}");
        }
    }

    #[test]
    fn reasons_are_sorted() {
        assert!(REASONS.is_sorted_by_key(|reason| reason.check));
    }
}
