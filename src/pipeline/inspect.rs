//! A package that somebody made, read and judged.

use super::Error;
use crate::build::{Input, Interrupt};
use crate::inspect::{self, Account, DescribedUnit, Description, Refusal, Verdict};
use crate::lint::Levels;
use crate::project::input;
use crate::rpm;
use crate::rpm::openpgp::{Certificate, Secret, SignatureCheck, check_file};
use crate::rpm::read::{Check, Metadata, ReadRpm};
use crate::target::TargetName;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::File;
use tracing::debug_span;

/// What is asked of packages.
#[derive(Debug)]
pub struct InspectRequest {
    /// The targets that they are judged for.
    pub targets: Vec<TargetName>,
    /// The keys that their signatures are held against.
    pub keys: Option<Vec<Certificate>>,
    /// The folder that one is unpacked into.
    pub folder: Option<Utf8PathBuf>,
}

/// What is in a package, and what its targets would make of it.
#[derive(Debug)]
pub struct Inspection {
    /// What is in it.
    pub description: Description,
    /// The units of its payload.
    pub units: Vec<DescribedUnit>,
    /// The accounts that it makes.
    pub accounts: Vec<Account>,
    /// Its digests and sizes that are recorded, by what they cover; none where the payload cannot
    /// be read.
    pub digests: Vec<(&'static str, Check)>,
    /// What became of its signatures, where keys were given.
    pub checks: Option<Vec<SignatureCheck>>,
    /// What is wrong with it wherever it is installed.
    pub damage: Vec<Refusal>,
    /// What each target makes of it.
    pub verdicts: Vec<(TargetName, Verdict)>,
}

impl Inspection {
    /// Whether anything speaks against it.
    pub fn is_refused(&self) -> bool {
        let refused = |(_, verdict): &(TargetName, Verdict)| !verdict.refusals.is_empty();
        let unsigned = |checks: &Vec<SignatureCheck>| {
            let is_bad = checks.iter().any(|check| !check.result.is_good());
            is_bad || checks.is_empty()
        };
        let is_unsigned = self.checks.as_ref().is_some_and(unsigned);
        is_unsigned || !self.damage.is_empty() || self.verdicts.iter().any(refused)
    }
}

/// The public keys of a file.
///
/// # Errors
/// When it cannot be read or holds none, or a signal came.
pub fn public_keys(path: &Utf8Path, interrupt: &Interrupt) -> Result<Vec<Certificate>, Error> {
    let unreadable = |source| rpm::Error::Read {
        file: path.to_string(),
        source,
    };
    let input = Input::open(path, interrupt).map_err(unreadable)?;
    // A secret key has its public half.
    let read = Secret::read(input, input::MAX_KEY).map_err(unreadable)?;
    Ok(
        Certificate::read_all(read.bytes()).map_err(|what| rpm::Error::Keys {
            file: path.to_string(),
            what,
        })?,
    )
}

/// Reads a file to its end, once, and judges it for each target; unpacks it where a folder is
/// given. With keys, what is signed with its payload is read once more.
///
/// # Errors
/// When it cannot be read or is no RPM, the folder cannot be written to, or a signal came: then
/// nothing is left of what was unpacked.
pub fn inspect(
    path: &Utf8Path,
    request: &InspectRequest,
    interrupt: &Interrupt,
) -> Result<Inspection, Error> {
    let _inspect = debug_span!("inspect", targets = request.targets.len()).entered();
    let input = Input::open(path, interrupt).map_err(|source| rpm::Error::Read {
        file: path.to_string(),
        source,
    })?;
    let rpm = ReadRpm::parse(input, path.as_str())?;
    // A pipe has no length.
    if let Some(file) = path.metadata().ok().filter(std::fs::Metadata::is_file) {
        inspect::whole(rpm.metadata(), file.len())?;
    }
    let examined = match &request.folder {
        Some(folder) => inspect::extract(rpm, folder, interrupt)?,
        None => inspect::examine(rpm)?,
    };
    let mut verdicts = Vec::new();
    for target in &request.targets {
        let levels = Levels::default();
        let verdict = inspect::judge(&examined, target.profile(), None, &levels)?;
        verdicts.push((*target, verdict));
    }
    let digests = examined.payload.iter().flat_map(|payload| {
        let checks = payload
            .checks()
            .filter(|(_, check)| **check != Check::Absent);
        checks.map(|(what, check)| (what, check.clone()))
    });
    Ok(Inspection {
        digests: digests.collect(),
        checks: request
            .keys
            .as_ref()
            .map(|keys| signatures(&examined.metadata, path, keys)),
        damage: inspect::soundness(&examined),
        units: inspect::units(&examined),
        accounts: inspect::accounts(&examined),
        description: inspect::describe(&examined.metadata)?,
        verdicts,
    })
}

/// What became of the signatures; a pipe is not read a second time.
fn signatures(metadata: &Metadata, path: &Utf8Path, keys: &[Certificate]) -> Vec<SignatureCheck> {
    let regular = path.metadata().is_ok_and(|file| file.is_file());
    match File::open(path) {
        Ok(file) if regular => check_file(metadata, &file, keys),
        _ => rpm::openpgp::check(metadata, || None, keys),
    }
}
