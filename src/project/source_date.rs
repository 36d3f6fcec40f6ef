//! The time that a package is dated with, so that two runs give the same bytes.

use super::commit::git;
use super::error::Error;
use super::{Package, UnitFile};
use camino::{Utf8Path, Utf8PathBuf};
use std::num::{IntErrorKind, ParseIntError};
use std::time::UNIX_EPOCH;

/// The value of `SOURCE_DATE_EPOCH`, understood (reproducible-builds.org's specification).
///
/// # Errors
/// When it is not a number that fits a package, which holds 32 bits.
pub fn source_date_epoch(text: &str) -> Result<u32, Error> {
    let number = text.trim();
    number.parse().map_err(|error: ParseIntError| {
        let text = number.to_owned();
        match error.kind() {
            IntErrorKind::PosOverflow => Error::LateSourceDate { text },
            _ => Error::SourceDate { text },
        }
    })
}

/// `files` are the declared ones that are shipped. Seconds since 1970: `SOURCE_DATE_EPOCH` where it is set, else the time of the last commit, else of the newest
/// input. What cargo built is no input: it is new after every build.
pub fn source_date(
    epoch: Option<u32>,
    package: &Package,
    unit_files: &[UnitFile],
    files: &[&Utf8Path],
) -> u32 {
    epoch
        .or_else(|| commit_time(&package.directory))
        .or_else(|| newest(&inputs(package, unit_files, files)))
        .unwrap_or(0)
}

fn commit_time(directory: &Utf8Path) -> Option<u32> {
    let time = git(directory, &["log", "-1", "--format=%ct"])?;
    time.trim().parse().ok()
}

fn inputs(package: &Package, unit_files: &[UnitFile], files: &[&Utf8Path]) -> Vec<Utf8PathBuf> {
    let mut paths = vec![package.manifest_path.clone()];
    paths.extend(unit_files.iter().map(|unit| unit.path.clone()));
    paths.extend(files.iter().map(|path| (*path).to_owned()));
    paths.extend(package.readme.clone());
    paths.extend(package.license_file.clone());
    paths
}

fn newest(paths: &[Utf8PathBuf]) -> Option<u32> {
    let times = paths.iter().filter_map(|path| {
        let modified = std::fs::metadata(path).ok()?.modified().ok()?;
        u32::try_from(modified.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
    });
    times.max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_too_late_is_told_to_be_one() {
        let said = |text: &str| source_date_epoch(text).map_err(|error| error.to_string());
        assert_eq!(said(" 4294967295 "), Ok(u32::MAX));
        let late = said("99999999999").unwrap_err();
        assert!(late.starts_with("SOURCE_DATE_EPOCH is 99999999999, later than"));
        assert!(
            said("-1")
                .unwrap_err()
                .ends_with("not a number of seconds since 1970")
        );
    }
}
