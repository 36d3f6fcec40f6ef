//! Repodata: the metadata of a yum repository, read and written.
//!
//! In come files that anyone may have made, or packages that our reader read; out go [`Entry`]s, and
//! files again. A package that is kept keeps its elements byte for byte, whoever wrote them, and what
//! is not about packages (groups, advisories, modules) is not touched at all. `rpmrepo_metadata`
//! writes the elements of new packages and reads nothing: it panics on kinds of files that it does not
//! know, does not end on some files that end too early, and forgets what it does not know.

mod describe;
mod entry;
mod repomd;
mod requires;
mod unpack;
mod write;
mod xml;

pub use describe::FileFacts;
pub(super) use describe::describe;
pub(super) use entry::shipped;
pub use entry::{Entry, nevra};
pub use repomd::{Record, Repomd};
pub(super) use write::{UNFINISHED, unfinished, write_all};

use crate::rpm::hex;
use entry::package_id;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read};
use unpack::unpacked;
use xml::{Pieces, Problem};

/// What the metadata of a repository say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repodata {
    /// The packages, in the order in which they are there.
    pub entries: Vec<Entry>,
    /// Where all that lies.
    pub repomd: Repomd,
    /// The prefixes of names that the elements may use.
    namespaces: BTreeMap<String, String>,
}

/// Why metadata are not read.
#[derive(Debug)]
pub(super) enum Unread {
    /// A file cannot be read.
    Io(String, io::Error),
    /// A file is not what it should be.
    Bad(String, Problem),
}

impl Repodata {
    /// Reads the metadata of a repository whose files `open` opens, by their place in it.
    pub(super) fn read<R: Read>(
        repomd: Repomd,
        mut open: impl FnMut(&Record) -> io::Result<R>,
    ) -> Result<Self, Unread> {
        let mut data = Repodata::default();
        let mut filelists = HashMap::new();
        let mut other = HashMap::new();
        for (kind, root, known) in [
            ("filelists", "filelists", &mut filelists),
            ("other", "otherdata", &mut other),
        ] {
            data.each(&repomd, kind, root, &mut open, |piece| {
                known.insert(package_id(&piece)?, piece);
                Ok(())
            })?;
        }
        let mut entries = Vec::new();
        data.each(&repomd, "primary", "metadata", &mut open, |primary| {
            let mut entry = Entry::read_primary(primary)?;
            let of = |known: &HashMap<String, String>, what: &str| {
                let found = known.get(&entry.digest.1).cloned();
                found.ok_or_else(|| format!("a package of it is not in {what}"))
            };
            let (filelists, other) = (of(&filelists, "filelists")?, of(&other, "other")?);
            entry.complete(filelists, other)?;
            entries.push(entry);
            Ok(())
        })?;
        data.entries = entries;
        data.repomd = repomd;
        Ok(data)
    }

    /// Hands on the packages of one file.
    fn each<R: Read>(
        &mut self,
        repomd: &Repomd,
        kind: &str,
        root: &'static str,
        open: &mut impl FnMut(&Record) -> io::Result<R>,
        seen: impl FnMut(String) -> Result<(), Problem>,
    ) -> Result<(), Unread> {
        let Some(record) = repomd.record(kind) else {
            let what = format!("it names no {kind}");
            return Err(Unread::Bad("repodata/repomd.xml".to_owned(), what));
        };
        let file = open(record).map_err(|error| Unread::Io(record.href.clone(), error))?;
        let namespaces = each_package(file, record, root, seen);
        let namespaces = namespaces.map_err(|what| Unread::Bad(record.href.clone(), what))?;
        self.namespaces.extend(namespaces);
        Ok(())
    }

    /// The prefixes that the elements of the packages may use.
    pub(super) fn namespaces(&self) -> &BTreeMap<String, String> {
        &self.namespaces
    }
}

/// Hands on each `<package>` of a file, and holds the file against its digest.
pub(super) fn each_package(
    file: impl Read,
    record: &Record,
    root: &'static str,
    mut seen: impl FnMut(String) -> Result<(), Problem>,
) -> Result<BTreeMap<String, String>, Problem> {
    let mut hashed = Hashed {
        input: file,
        digest: Sha256::new(),
    };
    let text = |error: io::Error| error.to_string();
    let mut pieces = Pieces::new(unpacked(&mut hashed).map_err(text)?, root);
    while let Some(piece) = pieces.next()? {
        if piece.name == "package" {
            seen(piece.text)?;
        } else if piece.name.ends_with(":package") {
            // To pass over it would be to take it for gone.
            return Err(
                "its packages are written with a prefix, which is not read here".to_owned(),
            );
        }
    }
    let namespaces = pieces.namespaces().clone();
    drop(pieces);
    io::copy(&mut hashed, &mut io::sink()).map_err(text)?;
    let digest = hex(&hashed.digest.finalize());
    match &record.digest {
        Some((kind, recorded)) if kind == "sha256" && *recorded != digest => Err(format!(
            "its SHA-256 is {digest}, and repomd.xml says {}",
            crate::rpm::visible(recorded)
        )),
        _ => Ok(namespaces),
    }
}

/// A reader that computes the digest of what goes through it.
struct Hashed<R> {
    input: R,
    digest: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.digest.update(&buffer[..length]);
        Ok(length)
    }
}
