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

/// The most packages of a repository: several times those of the largest distribution, and no more
/// than a machine has memory for.
const MAX_PACKAGES: usize = 500_000;

/// The files beside `primary`, and their roots.
const OTHERS: [(&str, &str); 2] = [("filelists", "filelists"), ("other", "otherdata")];

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
        // By their digest: one file may be there under several names.
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        let mut entries = Vec::new();
        data.each(&repomd, "primary", "metadata", &mut open, |primary| {
            if entries.len() == MAX_PACKAGES {
                return Err(format!("it has more than {MAX_PACKAGES} packages"));
            }
            let entry = Entry::read_primary(primary)?;
            let places = places.entry(entry.digest.1.clone()).or_default();
            places.push(entries.len());
            entries.push(entry);
            Ok(())
        })?;
        let mut texts = vec![<[Option<String>; 2]>::default(); entries.len()];
        for (number, (kind, root)) in OTHERS.into_iter().enumerate() {
            data.each(&repomd, kind, root, &mut open, |piece| {
                let of_it = places.get(&package_id(&piece)?);
                if let Some((last, before)) = of_it.and_then(|places| places.split_last()) {
                    for place in before {
                        texts[*place][number] = Some(piece.clone());
                    }
                    texts[*last][number] = Some(piece);
                }
                Ok(())
            })?;
        }
        for (entry, texts) in entries.iter_mut().zip(texts) {
            let completed = match texts {
                [Some(filelists), Some(other)] => entry.complete(filelists, other),
                [None, _] => Err("a package of it is not in filelists".to_owned()),
                [_, None] => Err("a package of it is not in other".to_owned()),
            };
            let href = || repomd.record("primary").map(|record| record.href.clone());
            completed.map_err(|what| Unread::Bad(href().unwrap_or_default(), what))?;
        }
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
