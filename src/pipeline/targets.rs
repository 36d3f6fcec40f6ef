//! Which targets a run is for.

use super::Error;
use crate::project::{self, CargoOptions, Project};
use crate::target::{TargetName, Targets};

/// Those of the command line; else those of the package's settings. Names are canonical and each
/// is there once, in the order in which they were written.
pub(super) fn of(project: &Project, words: &[String]) -> Result<Vec<TargetName>, Error> {
    let mut targets = Vec::new();
    for word in words
        .iter()
        .map(|word| word.trim())
        .filter(|word| !word.is_empty())
    {
        push(&mut targets, project.targets.find(word)?);
    }
    if targets.is_empty() {
        for word in project.settings(None)?.targets.unwrap_or_default() {
            let found =
                project
                    .targets
                    .find(&word.value)
                    .map_err(|source| project::Error::Target {
                        source,
                        span: word.span.clone(),
                    })?;
            push(&mut targets, found);
        }
    }
    if targets.is_empty() {
        return Err(Error::NoTarget {
            package: project.package.name.clone(),
        });
    }
    Ok(targets)
}

/// The targets that can be named in a folder: see [`project::targets`].
///
/// # Errors
/// As there.
pub fn known_targets(options: &CargoOptions) -> Result<Targets, Error> {
    Ok(project::targets(options)?)
}

fn push(targets: &mut Vec<TargetName>, target: TargetName) {
    if !targets.contains(&target) {
        targets.push(target);
    }
}
