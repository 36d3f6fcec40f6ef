//! A yum repository: packages are added, removed, pruned and listed.

use super::Error;
use super::signing::{Keys, SignRequest, guess, settings};
use crate::build::Interrupt;
use crate::project::CargoOptions;
use crate::repo::folder::{
    self, Candidate, Change, Folder, Maker, Outcome, Published, Signing, What, publish,
};
use crate::repo::{Entry, Repodata};
use crate::report::{Diagnostic, Sink};
use crate::rpm::{self, SignError, Signer};
use crate::target::TargetName;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use tracing::debug_span;

/// What is to be done with a repository.
#[derive(Clone, Debug)]
pub enum RepositoryChange {
    /// Packages come.
    Add {
        /// The RPMs.
        files: Vec<Utf8PathBuf>,
        /// Whether they take the place of others of the same name and version.
        replace: bool,
    },
    /// Packages go, which are named so, or by their files.
    Remove(Vec<String>),
    /// All but the newest versions go.
    Prune {
        /// How many of each name and architecture stay.
        keep: NonZeroUsize,
        /// Whether it is only said what would go.
        dry_run: bool,
    },
}

/// Whether `repomd.xml` is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignRepository {
    /// Where it was signed, and something says with what.
    AsItWas,
    /// It is.
    Yes,
    /// It is not, and a signature is taken away.
    No,
}

/// What is asked of a repository.
#[derive(Debug)]
pub struct RepositoryRequest {
    /// Its folder.
    pub folder: Utf8PathBuf,
    /// What is to be done.
    pub change: RepositoryChange,
    /// Who makes the metadata.
    pub maker: Maker,
    /// Whether it is signed.
    pub sign: SignRepository,
    /// What signs.
    pub keys: SignRequest,
    /// What its clients run; none means that the dist tags tell.
    pub target: Option<TargetName>,
    /// Now, in seconds since 1970.
    pub time: u64,
}

/// What became of a repository.
#[derive(Debug)]
pub struct RepositoryOutcome {
    /// What became of the packages that it was about.
    pub outcomes: Vec<Outcome>,
    /// The packages that are there now.
    pub entries: Vec<Entry>,
    /// What was done.
    pub published: Published,
}

/// Changes a repository.
///
/// # Errors
/// When it cannot be done. Then the repository is as it was.
pub fn change_repository(
    request: &RepositoryRequest,
    cargo: &CargoOptions,
    interrupt: &Interrupt,
    sink: &dyn Sink,
) -> Result<RepositoryOutcome, Error> {
    let candidates = match &request.change {
        RepositoryChange::Add { files, .. } => {
            debug_span!("inspect", files = files.len()).in_scope(|| read(files, interrupt, sink))?
        }
        _ => Vec::new(),
    };
    let is_add = matches!(request.change, RepositoryChange::Add { .. });
    let folder = Folder::open(&request.folder, is_add, interrupt, sink)?;
    let packages = folder.data.entries.len();
    let _repo = debug_span!("repo", packages).entered();
    let mut change = debug_span!("read").in_scope(|| folder.begin(sink))?;
    let is_bare =
        matches!(&request.change, RepositoryChange::Add { files, .. } if files.is_empty());
    if is_bare {
        warn_of_vanished(&change, sink);
    } else if let Some(gone) = change.vanished() {
        // A share that is not mounted is no reason to unpublish what lies on it.
        return Err(folder::Error::Vanished {
            folder: request.folder.clone(),
            href: gone.to_owned(),
        }
        .into());
    }
    let mut is_dry = false;
    change = match &request.change {
        RepositoryChange::Add { replace, .. } => {
            folder::add(&folder, change, &candidates, *replace)?
        }
        RepositoryChange::Remove(words) => folder::remove(&folder, change, words)?,
        RepositoryChange::Prune { keep, dry_run } => {
            is_dry = *dry_run;
            folder::prune(change, *keep)
        }
    };
    note_unknown(&folder, &change, sink);
    let published = if is_dry {
        Published {
            is_changed: false,
            is_signed: folder.is_signed(),
            revision: folder.data.repomd.revision.clone(),
        }
    } else {
        let signer = signer(request, &folder, &change, cargo, interrupt, sink)?;
        let signing = match (&signer, request.sign) {
            (Some(signer), _) => Signing::With(signer),
            (None, SignRepository::No) => Signing::Without,
            (None, _) => Signing::Unasked,
        };
        let (maker, time) = (request.maker, request.time);
        debug_span!("publish")
            .in_scope(|| publish(&folder, &change, signing, maker, time, interrupt, sink))?
    };
    Ok(RepositoryOutcome {
        outcomes: change.outcomes,
        entries: change.entries,
        published,
    })
}

/// What is in a repository.
///
/// # Errors
/// When there is none, or it cannot be read.
pub fn list_repository(folder: &Utf8Path) -> Result<Repodata, Error> {
    Ok(folder::list(folder)?)
}

/// All of them, before anything is written.
fn read(
    files: &[Utf8PathBuf],
    interrupt: &Interrupt,
    sink: &dyn Sink,
) -> Result<Vec<Candidate>, Error> {
    let total = u64::try_from(files.len()).ok();
    let text = match files {
        [] => return Ok(Vec::new()),
        [one] => one.to_string(),
        all => format!("{} RPMs", all.len()),
    };
    let step = sink.begin("Checking", &text, total);
    let mut candidates = Vec::new();
    for file in files {
        if let Some(signal) = interrupt.signal() {
            return Err(rpm::Error::Interrupted { signal }.into());
        }
        candidates.push(Candidate::read(file)?);
        step.advance(1);
    }
    Ok(candidates)
}

fn warn_of_vanished(change: &Change, sink: &dyn Sink) {
    for outcome in &change.outcomes {
        if outcome.what == What::Vanished {
            let (nevra, href) = (outcome.entry.nevra(), &outcome.entry.href);
            let text = format!("{nevra} leaves the repository: {href} is no longer there");
            sink.diagnostic(&Diagnostic::warning(text));
        }
    }
}

fn note_unknown(folder: &Folder, change: &Change, sink: &dyn Sink) {
    let unknown = folder.unknown(change);
    let Some(first) = unknown.first() else {
        return;
    };
    let text = match unknown.len() {
        1 => format!("{first} lies in the folder, and is not in the repository"),
        more => format!("{more} RPMs lie in the folder, and are not in the repository: {first} …"),
    };
    let path = &folder.path;
    let help = format!("to add it: cargo ambot repo add {path} {path}/{first}");
    sink.diagnostic(&Diagnostic::note(text).with_help(help));
}

/// What signs the change, if it is to be signed.
fn signer(
    request: &RepositoryRequest,
    folder: &Folder,
    change: &Change,
    cargo: &CargoOptions,
    interrupt: &Interrupt,
    sink: &dyn Sink,
) -> Result<Option<Signer>, Error> {
    let has_key = request.keys.key.is_some() || request.keys.command.is_some();
    let is_wanted = match request.sign {
        SignRepository::Yes => true,
        SignRepository::No => false,
        SignRepository::AsItWas => folder.is_signed() && has_key,
    };
    if !is_wanted {
        return Ok(None);
    }
    let mut targets = targets(request, &change.entries).into_iter();
    let Some(first) = targets.next() else {
        let error = SignError::NoTargetOfRepository {
            folder: folder.path.to_string(),
        };
        return Err(rpm::Error::from(error).into());
    };
    let mut keys = Keys::new(&request.keys, interrupt);
    let (table, folders) = settings(&request.keys, cargo, first)?;
    let folders: Vec<&Utf8PathBuf> = folders.iter().collect();
    let signer = keys.signer(&table, &folders, first, sink)?;
    // One signature serves all clients: none of them may refuse the key.
    for target in targets {
        keys.signer(&table, &folders, target, sink)?;
    }
    sink.status("Signing", &format!("repomd.xml with {}", signer.name()));
    Ok(Some(signer))
}

/// What the clients run, that with the oldest rpm first: the target that is given, or those of the
/// packages' dist tags.
fn targets(request: &RepositoryRequest, entries: &[Entry]) -> Vec<TargetName> {
    if let Some(target) = request.target {
        return vec![target];
    }
    let releases = entries.iter().map(|entry| entry.identity.release.as_str());
    let releases: BTreeSet<&str> = releases.collect();
    let mut targets: Vec<TargetName> = releases.into_iter().filter_map(guess).collect();
    targets.sort();
    targets.dedup();
    let rpm = |target: &TargetName| target.profile().rpm.value.clone();
    targets.sort_by(|a, b| rpm_version::rpm_evr_compare(&rpm(a), &rpm(b)));
    targets
}
