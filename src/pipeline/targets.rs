//! Which targets a run is for.

use super::Error;
use crate::project::{self, Project};
use crate::target::{self, TargetName};

/// Those of the command line; else those of the package's settings. Names are canonical and each
/// is there once, in the order in which they were written.
pub(super) fn of(project: &Project, words: &[String]) -> Result<Vec<TargetName>, Error> {
    let mut targets = Vec::new();
    for word in words
        .iter()
        .map(|word| word.trim())
        .filter(|word| !word.is_empty())
    {
        push(&mut targets, target::find(word)?);
    }
    if targets.is_empty() {
        for word in project.settings(None)?.targets.unwrap_or_default() {
            let found = target::find(&word.value).map_err(|source| project::Error::Target {
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

fn push(targets: &mut Vec<TargetName>, target: TargetName) {
    if !targets.contains(&target) {
        targets.push(target);
    }
}
