//! One of the two packages that are compared: read once, and everything that is compared of it.

use super::named::{self, Named};
use super::unit_lists::{self, UnitLists};
use super::watch::{Interest, Watched, Watcher};
use crate::inspect::examine::{Examined, examined};
use crate::inspect::{self, Account, DescribedUnit, Description, Error, Refusal};
use crate::rpm;
use crate::rpm::read::{Check, FileEntry, Metadata, ReadRpm};
use crate::target::GlibcVersion;
use std::collections::{BTreeMap, HashMap};
use std::io::Read;

/// The most bytes that the descriptions of a package may take: two are held at once, beside a
/// decompressor. It is that of a package with some 80,000 files; the distributions' largest have
/// 40,000.
const MAX_DESCRIBED: usize = 40 << 20;
/// What the description of a file takes beside its path.
const FILE: usize = 400;

/// A package as it is compared.
#[derive(Clone, Debug)]
pub struct Side {
    /// What it says of itself. Digests of files are those of its header, or SHA-256 of what is in
    /// them where the two packages record digests of two kinds.
    pub description: Description,
    /// The units of its payload.
    pub units: Vec<DescribedUnit>,
    /// The accounts that it makes.
    pub accounts: Vec<Account>,
    /// The digests and sizes that are recorded, by what they cover.
    pub digests: Vec<(&'static str, Check)>,
    /// What is wrong with it wherever it is installed.
    pub damage: Vec<Refusal>,
    /// The highest version of glibc that it asks for: its programs, or its `Requires`.
    pub glibc: Option<GlibcVersion>,
    /// The texts of files that are not the same in the other package, by path.
    pub texts: BTreeMap<String, String>,
    /// The files of it that its units name.
    pub(super) named: Named,
    /// The units that it lists for the scriptlets of the next version.
    pub(super) unit_lists: UnitLists,
}

/// Reads an old and a new package to their ends.
///
/// # Errors
/// When one cannot be read, or is so large that two of them cannot be held at once.
pub fn read_pair<R: Read, S: Read>(
    old: ReadRpm<R>,
    new: ReadRpm<S>,
) -> Result<(Side, Side), Error> {
    fits(old.metadata())?;
    fits(new.metadata())?;
    let [before, after] = Interest::of(old.metadata(), new.metadata())?;
    Ok((Side::read(old, before)?, Side::read(new, after)?))
}

/// Two descriptions are held at once, beside one decompressor.
fn fits(metadata: &Metadata) -> Result<(), Error> {
    let headers = metadata.header().bytes().len() + metadata.signature().bytes().len();
    let files = metadata.files()?;
    let paths = files.iter().map(|file| file.raw_path().len() + FILE);
    if headers + paths.sum::<usize>() > MAX_DESCRIBED {
        return Err(Error::TooLarge {
            file: metadata.file().to_owned(),
        });
    }
    Ok(())
}

impl Side {
    fn read<R: Read>(rpm: ReadRpm<R>, interest: Interest) -> Result<Self, Error> {
        let mut watcher = Watcher::new(interest);
        let (metadata, payload) = rpm.verify_with(&mut watcher);
        let (collector, watched) = watcher.finish();
        Side::of(&examined(metadata, payload, collector)?, watched)
    }

    fn of(examined: &Examined, watched: Watched) -> Result<Self, Error> {
        let mut description = inspect::describe(&examined.metadata)?;
        if !watched.digests.is_empty() {
            redigest(&mut description, &examined.metadata, &watched.digests)?;
        }
        let digests = examined.payload.iter().flat_map(|payload| {
            let checks = payload
                .checks()
                .filter(|(_, check)| **check != Check::Absent);
            checks.map(|(what, check)| (what, check.clone()))
        });
        let units = inspect::units(examined);
        Ok(Side {
            named: named::find(&units, &description.files),
            unit_lists: unit_lists::read(&examined.contents.texts),
            units,
            accounts: inspect::accounts(examined),
            digests: digests.collect(),
            damage: inspect::soundness(examined),
            glibc: glibc(examined, &description),
            texts: watched.texts,
            description,
        })
    }
}

/// Digests of the content in the place of those recorded. Of a file with several names the payload
/// has the content once.
fn redigest(
    description: &mut Description,
    metadata: &Metadata,
    digests: &BTreeMap<usize, String>,
) -> Result<(), rpm::Error> {
    let files = metadata.files()?;
    let shared: HashMap<(u64, u64), &String> = digests
        .iter()
        .filter_map(|(at, digest)| Some((files.get(*at)?.inode()?, digest)))
        .collect();
    for (at, file) in description.files.iter_mut().enumerate() {
        let inode = files.get(at).and_then(FileEntry::inode);
        let of_inode = inode.and_then(|inode| shared.get(&inode).copied());
        if let Some(digest) = digests.get(&at).or(of_inode).filter(|_| file.is_regular()) {
            file.digest.clone_from(digest);
        }
    }
    Ok(())
}

fn glibc(examined: &Examined, description: &Description) -> Option<GlibcVersion> {
    let elves = examined.contents.elves.iter();
    let of_programs = elves.filter_map(|elf| elf.facts.as_ref().ok()?.glibc());
    let of_requires = description.requires.iter().filter_map(|line| {
        let (library, rest) = line.split_once("(GLIBC_")?;
        let version = rest.split_once(')')?.0.parse().ok()?;
        library.contains(".so").then_some(version)
    });
    of_programs.chain(of_requires).max()
}
