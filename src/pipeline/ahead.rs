//! The build that a run will most likely need, started before cargo has said anything of the
//! project: the command that the last run of this kind ran.
//!
//! A run finds out everything afresh, beside the build, and goes on with it only where it comes to
//! the very same command. So what is kept here costs time where it is wrong, and nothing else.

use super::check::Checked;
use super::package::PackageRequest;
use super::record::{self, kept, read};
use super::signing::SignRequest;
use crate::build::{self, CommandLine, HeadStart};
use crate::report::Sink;
use crate::rpm::Stamp;
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

/// What the first build of a run was, and what it follows from.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    /// The manifests. Where one has changed, a build by the old one could fail out loud.
    manifests: Vec<(Utf8PathBuf, Stamp)>,
    line: CommandLine,
}

/// Starts the build of the last run that was asked for the same.
pub(super) fn start(request: &PackageRequest, sink: &dyn Sink) -> Option<HeadStart> {
    let name = name_of(request)?;
    let folders = likely_target_directories(request).into_iter();
    let mut kept = folders.filter_map(|folder| read::<First>(&record::folder(&folder).join(&name)));
    let first = kept.find(|first| {
        let unchanged =
            |(path, stamp): &(Utf8PathBuf, Stamp)| Stamp::read(path).ok() == Some(*stamp);
        !first.manifests.is_empty() && first.manifests.iter().all(unchanged)
    })?;
    HeadStart::start(first.line, sink)
}

/// Keeps the first build of this run for the next one.
pub(super) fn keep(request: &PackageRequest, checked: &Checked, line: Option<&CommandLine>) {
    let (Some(name), Some(line)) = (name_of(request), line) else {
        return;
    };
    let root = checked.workspace.root.join("Cargo.toml");
    let own = checked.packages.iter();
    let own = own.map(|package| package.project.package.manifest_path.clone());
    let mut manifests = Vec::new();
    for path in own.chain([root]) {
        match Stamp::read(&path) {
            Ok(stamp) => manifests.push((path, stamp)),
            Err(_) => return,
        }
    }
    let first = First {
        manifests,
        line: line.clone(),
    };
    let folder = record::folder(&checked.workspace.target_directory);
    kept(&folder.join(name), &first);
}

/// The name of what is kept for this command line in this folder; none where nothing is.
fn name_of(request: &PackageRequest) -> Option<String> {
    let is_built = request.formats.iter().all(|format| format.is_built());
    let is_plain = match &request.source {
        build::Source::Existing => false,
        build::Source::Cargo { .. } => true,
        build::Source::Command { command, .. } => !command.contains('='),
    };
    // What is handed on as it is may hold a secret, which is nothing to write down.
    let options = &request.cargo;
    let is_plain = is_plain && options.config.is_empty() && options.extra.is_empty();
    // A person who is asked for a passphrase is not to be talked over.
    let asks = |sign: &SignRequest| sign.passphrase.is_none();
    if !is_built || !is_plain || request.sign.as_ref().is_some_and(asks) {
        return None;
    }
    let PackageRequest {
        project,
        triple,
        source,
        cargo,
        ..
    } = request;
    let asked = format!("{project:?} {triple:?} {source:?} {cargo:?}");
    Some(format!("build-{}.json", record::short_digest(&asked)))
}

/// Where cargo may build; asking it is what is to be saved.
fn likely_target_directories(request: &PackageRequest) -> Vec<Utf8PathBuf> {
    let options = &request.project.cargo;
    let here = &options.current_dir;
    if let Some(given) = &options.target_dir {
        return vec![here.join(given)];
    }
    if let Some(configured) = build::configured_target_directory() {
        return vec![here.join(configured)];
    }
    let manifest = options.manifest_path.as_ref().map(|path| here.join(path));
    let folder = manifest.as_deref().and_then(Utf8Path::parent);
    let above = folder.unwrap_or(here).ancestors();
    let with_manifest = above.filter(|folder| folder.join("Cargo.toml").is_file());
    with_manifest.map(|folder| folder.join("target")).collect()
}
