//! Starting: what is drafted for packages that have no configuration of ours.

use super::Error;
use crate::init::{self, Asked, Draft, Forge, PipelineAsked, Start};
use crate::project::{self, CargoOptions, Selection};
use crate::target::{self, TargetName};
use tracing::debug_span;

/// What is packaged for where nobody says.
const TARGETS: [&str; 2] = ["centos7", "centos8"];

/// What is asked of the start of a project.
#[derive(Clone, Debug)]
pub struct InitRequest {
    /// How cargo is asked.
    pub cargo: CargoOptions,
    /// Which packages.
    pub selection: Selection,
    /// The targets, as they were written; none means CentOS 7 and 8.
    pub targets: Vec<String>,
    /// What is written.
    pub what: Init,
    /// Whether what is there of ours is replaced.
    pub force: bool,
}

/// What a project is started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Init {
    /// A configuration for each package.
    Packages(Start),
    /// A pipeline for all of them.
    Pipeline(Forge),
}

/// Drafts what was asked for; nothing is written.
///
/// # Errors
/// When a package or target is not known, or something is in the way.
pub fn init(request: &InitRequest) -> Result<Vec<Draft>, Error> {
    let (workspace, packages) = debug_span!("project")
        .in_scope(|| project::packages(&request.cargo, &request.selection))?;
    let _init = debug_span!("init", packages = packages.len()).entered();
    let targets = targets(request)?;
    let start = match request.what {
        Init::Packages(start) => start,
        Init::Pipeline(forge) => {
            let draft = init::pipeline(&PipelineAsked {
                forge,
                workspace: &workspace,
                flags: &flags(request, &targets),
                force: request.force,
            })?;
            return Ok(vec![draft]);
        }
    };
    let drafts = packages.iter().map(|package| {
        init::draft(&Asked {
            workspace: &workspace,
            package,
            targets: &targets,
            start,
            force: request.force,
        })
    });
    Ok(drafts.collect::<Result<_, _>>()?)
}

/// The flags that a pipeline is to use; targets only where some were named, as the settings have
/// theirs.
fn flags(request: &InitRequest, targets: &[TargetName]) -> Vec<String> {
    let Selection {
        packages,
        workspace,
        exclude,
    } = &request.selection;
    let mut flags: Vec<String> = packages.iter().map(|name| format!("-p {name}")).collect();
    if *workspace {
        flags.push("--workspace".to_owned());
    }
    flags.extend(exclude.iter().map(|name| format!("--exclude {name}")));
    if !request.targets.is_empty() {
        let names: Vec<&str> = targets.iter().map(TargetName::as_str).collect();
        flags.push(format!("--target {}", names.join(",")));
    }
    flags
}

fn targets(request: &InitRequest) -> Result<Vec<TargetName>, Error> {
    let words = request.targets.iter().map(|word| word.trim());
    let mut words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        words.extend(TARGETS);
    }
    // The workspace's own are looked for only where one of ours is not meant: cargo takes its time.
    let ours: Result<Vec<TargetName>, target::Error> =
        words.iter().map(|word| target::find(word)).collect();
    let mut found = match ours {
        Ok(targets) => targets,
        Err(target::Error::Unknown { .. }) => {
            let known = project::targets(&request.cargo)?;
            words
                .iter()
                .map(|word| known.find(word))
                .collect::<Result<_, _>>()?
        }
        Err(error) => return Err(error.into()),
    };
    let mut seen = Vec::new();
    found.retain(|target| {
        let is_new = !seen.contains(target);
        seen.push(*target);
        is_new
    });
    Ok(found)
}
