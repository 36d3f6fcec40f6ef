//! A package that somebody made, read and judged.

use super::Error;
use crate::inspect::{self, Description, Refusal};
use crate::rpm::read::ReadRpm;
use crate::target::TargetName;
use camino::Utf8Path;

/// What is in a package, and what its targets would make of it.
#[derive(Debug)]
pub struct Inspection {
    /// What is in it.
    pub description: Description,
    /// For each target, why it is refused; nothing where it is not.
    pub verdicts: Vec<(TargetName, Vec<Refusal>)>,
}

/// Reads the headers of a file, and for each target the whole file.
///
/// # Errors
/// When it cannot be read or is no sound RPM.
pub fn inspect(path: &Utf8Path, targets: &[TargetName]) -> Result<Inspection, Error> {
    let rpm = ReadRpm::open(path)?;
    // A pipe has no length.
    if let Some(file) = path.metadata().ok().filter(std::fs::Metadata::is_file) {
        inspect::whole(rpm.metadata(), file.len())?;
    }
    let description = inspect::describe(rpm.metadata())?;
    let mut verdicts = Vec::new();
    for target in targets {
        let verdict = inspect::verdict(path, target.profile(), None)?;
        verdicts.push((*target, verdict.refusals));
    }
    Ok(Inspection {
        description,
        verdicts,
    })
}
