//! Two packages, read and compared.

use super::Error;
use crate::inspect;
use crate::inspect::diff::{self, Difference};
use crate::rpm::read::ReadRpm;
use camino::Utf8Path;
use std::fs::File;
use tracing::debug_span;

/// Reads two files to their ends, once each, and compares them: what changes where the new package
/// takes the place of the old one.
///
/// # Errors
/// When one cannot be read, is no RPM or ends too early, or its headers are too large for two of
/// them to be held at once.
pub fn diff(old: &Utf8Path, new: &Utf8Path) -> Result<Difference, Error> {
    let (old, new) = (open(old)?, open(new)?);
    let (before, after) = debug_span!("inspect").in_scope(|| diff::read_pair(old, new))?;
    Ok(debug_span!("diff").in_scope(|| diff::compare(before, after)))
}

fn open(path: &Utf8Path) -> Result<ReadRpm<File>, Error> {
    let rpm = ReadRpm::open(path)?;
    // A pipe has no length.
    if let Some(file) = path.metadata().ok().filter(std::fs::Metadata::is_file) {
        inspect::whole(rpm.metadata(), file.len())?;
    }
    Ok(rpm)
}
