//! A look into a repository.

use super::cache::Kept;
use super::http::{Answer, Network, Validators};
use super::{Address, Error, Shipped, Web};
use crate::build::Interrupt;
use crate::repo::regular;
use crate::repo::repodata::{Record, Repomd, each_package, shipped};
use crate::report::visible_line;
use camino::Utf8Path;
use std::cell::RefCell;
use std::io::{self, Read};

/// The most bytes of a `repomd.xml`; those of distributions have some 4 KiB.
const MAX_REPOMD: u64 = 4 << 20;
/// The most bytes of packed filelists; those of Fedora's Everything have some 60 MiB.
const MAX_PACKED: u64 = 512 << 20;
/// How often a repository that changes while it is read is read anew.
const TRIES: usize = 3;

/// How repositories are looked into.
#[derive(Clone, Copy, Debug)]
pub struct Looking<'a> {
    /// How the network is reached; none where it is not to be.
    pub network: Option<&'a Network>,
    /// The folder for what was found; none where there is no place for it.
    pub cache: Option<&'a Utf8Path>,
    /// Now, in seconds since 1970.
    pub now: u64,
    /// Set from outside to stop the work.
    pub interrupt: &'a Interrupt,
}

/// What is known of a repository.
#[derive(Debug)]
pub struct Known {
    /// The packages that ship units; none where nothing is known.
    pub packages: Option<Vec<Shipped>>,
    /// When it was so, in seconds since 1970; none where it is so now.
    pub as_of: Option<u64>,
    /// Why nothing newer is known.
    pub problem: Option<Error>,
}

/// Looks into a repository. A folder is always read; what is on the network is asked for where that
/// is allowed, and else what was found before counts.
pub fn look(address: &Address, looking: &Looking<'_>) -> Known {
    let url = match address {
        Address::Folder(folder) => return now(look_into_folder(folder)),
        Address::Web(url) => url,
    };
    let kept = looking.cache.and_then(|folder| Kept::read(folder, url));
    let problem = match looking.network {
        None => Error::Offline {
            address: address.to_string(),
        },
        Some(network) => match fetch(url, network, kept.as_ref(), looking) {
            Ok(found) => {
                if let Some(folder) = looking.cache {
                    found.write(folder, url);
                }
                return now(Ok(found.packages));
            }
            Err(error) => error,
        },
    };
    Known {
        as_of: kept.as_ref().map(|kept| kept.seen),
        packages: kept.map(|kept| kept.packages),
        problem: Some(problem),
    }
}

fn now(found: Result<Vec<Shipped>, Error>) -> Known {
    let (packages, problem) = match found {
        Ok(packages) => (Some(packages), None),
        Err(error) => (None, Some(error)),
    };
    Known {
        packages,
        as_of: None,
        problem,
    }
}

fn look_into_folder(folder: &Utf8Path) -> Result<Vec<Shipped>, Error> {
    let open = |href: &str| {
        let path = folder.join(href);
        let file = regular::open(&path);
        file.map_err(|source| Error::Read { path, source })
    };
    let damaged = |href: &str, what| Error::Damaged {
        address: folder.join(href).into_string(),
        what,
    };
    for _ in 0..TRIES {
        let repomd = Repomd::read(open(REPOMD)?.take(MAX_REPOMD));
        let repomd = repomd.map_err(|what| damaged(REPOMD, what))?;
        let record = filelists(&repomd).map_err(|what| damaged(REPOMD, what))?;
        match open(&record.href) {
            Ok(file) => {
                let found = units(file.take(MAX_PACKED), record);
                return found.map_err(|what| damaged(&record.href, what));
            }
            // Another change came between.
            Err(Error::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::Changing {
        address: folder.to_string(),
    })
}

const REPOMD: &str = "repodata/repomd.xml";

/// Asks for `repomd.xml`, and for filelists where those are others than the ones that are known.
fn fetch(
    url: &Web,
    network: &Network,
    kept: Option<&Kept>,
    looking: &Looking<'_>,
) -> Result<Kept, Error> {
    let address = |href: &str| url.join(href).to_string();
    let damaged = |href: &str, what| Error::Damaged {
        address: address(href),
        what,
    };
    let mut known = kept.map(Kept::validators).unwrap_or_default();
    let mut last = None;
    for _ in 0..TRIES {
        let answer = network.get(&url.join(REPOMD), &known)?;
        let (file, validators) = match (answer, kept) {
            (Answer::File(file, validators), _) => (file, validators),
            (Answer::NotModified, Some(kept)) => {
                let mut kept = kept.clone();
                kept.seen = looking.now;
                return Ok(kept);
            }
            (Answer::NotModified, None) => {
                let status = 304;
                return Err(Error::Status {
                    address: address(REPOMD),
                    status,
                });
            }
        };
        let watched = Watched::new(file, looking);
        let repomd = Repomd::read((&watched).take(MAX_REPOMD));
        let repomd = watched.sound(repomd, address(REPOMD))?;
        let record = filelists(&repomd).map_err(|what| damaged(REPOMD, what))?;
        let name = record
            .digest
            .as_ref()
            .map_or(&record.href, |(_, digest)| digest);
        let kept_of = |packages| Kept::new(url, validators, looking.now, name.clone(), packages);
        if let Some(kept) = kept.filter(|kept| kept.filelists == *name) {
            return Ok(kept_of(kept.packages.clone()));
        }
        let base = record.base.as_deref().map(Web::parse).transpose();
        let base = base.map_err(|why| damaged(REPOMD, format!("`xml:base`: {why}")))?;
        let file = base.as_ref().unwrap_or(url).join(&record.href);
        let fetched = network.get(&file, &Validators::default());
        let found = match fetched {
            Ok(Answer::File(file, _)) => {
                let limit = record.size.unwrap_or(MAX_PACKED).min(MAX_PACKED);
                let watched = Watched::new(file, looking);
                let found = units((&watched).take(limit), record);
                watched.sound(found, address(&record.href))
            }
            Ok(Answer::NotModified) => Err(damaged(&record.href, "it is not sent".to_owned())),
            Err(error) => Err(error),
        };
        match found {
            Ok(packages) => return Ok(kept_of(packages)),
            // Another repomd.xml may have come between, which names other files.
            Err(error @ (Error::Status { .. } | Error::Damaged { .. })) => last = Some(error),
            Err(error) => return Err(error),
        }
        known = Validators::default();
    }
    Err(last.unwrap_or_else(|| Error::Changing {
        address: address(""),
    }))
}

fn filelists(repomd: &Repomd) -> Result<&Record, String> {
    let record = repomd.record("filelists");
    record.ok_or_else(|| "it names no filelists".to_owned())
}

/// The packages that ship units.
fn units(file: impl Read, record: &Record) -> Result<Vec<Shipped>, String> {
    let mut packages = Vec::new();
    each_package(file, record, "filelists", |piece| {
        let (identity, version, units) = shipped(&piece)?;
        if !units.is_empty() {
            packages.push(Shipped {
                name: identity.name,
                version,
                arch: identity.arch,
                units: units.iter().map(ToString::to_string).collect(),
            });
        }
        Ok(())
    })?;
    Ok(packages)
}

/// A reader that ends when a signal came, and knows why it ended early: neither is a fault of what is
/// read.
struct Watched<'a, R> {
    input: RefCell<R>,
    interrupt: &'a Interrupt,
    broken: RefCell<Option<String>>,
}

impl<'a, R: Read> Watched<'a, R> {
    fn new(input: R, looking: &Looking<'a>) -> Self {
        Watched {
            input: RefCell::new(input),
            interrupt: looking.interrupt,
            broken: RefCell::default(),
        }
    }

    /// What was found in it.
    fn sound<T>(self, found: Result<T, String>, address: String) -> Result<T, Error> {
        if let Some(signal) = self.interrupt.signal() {
            return Err(Error::Interrupted { signal });
        }
        match (found, self.broken.into_inner()) {
            (Ok(found), _) => Ok(found),
            (Err(_), Some(why)) => Err(Error::Unfinished { address, why }),
            (Err(what), None) => Err(Error::Damaged { address, what }),
        }
    }
}

impl<R: Read> Read for &Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(signal) = self.interrupt.signal() {
            // Not of the kind that readers try again.
            return Err(io::Error::other(crate::report::ended_by(signal)));
        }
        self.input.borrow_mut().read(buffer).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.broken.replace(Some(visible_line(&error.to_string())));
            }
        })
    }
}
