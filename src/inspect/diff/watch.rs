//! What is kept of the payloads of two packages so that they can be compared: the texts of files
//! that differ, and digests of one kind where the packages have two.

use crate::inspect::contents::Collector;
use crate::rpm::read::{FileEntry, Metadata, Visit};
use crate::rpm::{self, hex, tag};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;

/// The longest file whose lines are compared, and what is kept of all together.
pub(super) const MAX_TEXT: u64 = 64 << 10;
const MAX_TEXTS: u64 = 8 << 20;

/// What is wanted of the files of one package.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Interest {
    /// The files whose text is wanted, by their place in the file list.
    texts: BTreeSet<usize>,
    /// Whether every file is digested anew, as the packages record digests of two kinds.
    digests: bool,
}

impl Interest {
    /// What is wanted of an old and a new package: texts of the files that both have and that are
    /// not the same.
    pub(super) fn of(old: &Metadata, new: &Metadata) -> Result<[Self; 2], rpm::Error> {
        let algorithm = |of: &Metadata| of.header().number(tag::FILE_DIGEST_ALGO).unwrap_or(1);
        let mut both = [Interest::default(), Interest::default()];
        let is_mixed = algorithm(old) != algorithm(new);
        let old = old.files()?;
        let known: HashMap<Vec<u8>, usize> = old
            .iter()
            .enumerate()
            .filter(|(_, file)| file.is_regular() && file.size <= MAX_TEXT)
            .map(|(at, file)| (file.raw_path(), at))
            .collect();
        for (at, file) in new.files()?.iter().enumerate() {
            if !file.is_regular() || file.size > MAX_TEXT {
                continue;
            }
            let Some(&before) = known.get(&file.raw_path()) else {
                continue;
            };
            if is_mixed || old[before].digest() != file.digest() {
                both[0].texts.insert(before);
                both[1].texts.insert(at);
            }
        }
        for interest in &mut both {
            interest.digests = is_mixed;
        }
        Ok(both)
    }
}

/// Looks at the files as an inspection does, and keeps what is wanted besides.
pub(super) struct Watcher {
    collector: Collector,
    is_collected: bool,
    interest: Interest,
    current: Option<Current>,
    kept: u64,
    found: Watched,
}

/// What was kept.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// The texts, by path.
    pub(super) texts: BTreeMap<String, String>,
    /// SHA-256 of the files, by their place in the list, where it was asked for.
    pub(super) digests: BTreeMap<usize, String>,
}

struct Current {
    at: usize,
    path: String,
    text: Option<Vec<u8>>,
    digest: Option<Sha256>,
}

impl Watcher {
    pub(super) fn new(interest: Interest) -> Self {
        Watcher {
            collector: Collector::new(),
            is_collected: false,
            interest,
            current: None,
            kept: 0,
            found: Watched::default(),
        }
    }

    pub(super) fn finish(self) -> (Collector, Watched) {
        (self.collector, self.found)
    }
}

impl Visit for Watcher {
    fn begin(&mut self, at: usize, file: &FileEntry<'_>, size: u64) -> bool {
        self.is_collected = self.collector.begin(at, file, size);
        let fits = size <= MAX_TEXT && self.kept + size <= MAX_TEXTS;
        let is_text = fits && self.interest.texts.contains(&at);
        self.current = (is_text || self.interest.digests).then(|| Current {
            at,
            path: file.path(),
            text: is_text.then(Vec::new),
            digest: self.interest.digests.then(Sha256::new),
        });
        self.is_collected || self.current.is_some()
    }

    fn content(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(current) = &mut self.current {
            if let Some(text) = &mut current.text {
                text.extend_from_slice(bytes);
            }
            if let Some(digest) = &mut current.digest {
                digest.update(bytes);
            }
        }
        if self.is_collected {
            self.collector.content(bytes)?;
        }
        Ok(())
    }

    fn end(&mut self, sha256: Option<&str>) -> io::Result<()> {
        if let Some(current) = self.current.take() {
            if let Some(digest) = current.digest {
                let digest = hex(&digest.finalize());
                self.found.digests.insert(current.at, digest);
            }
            if let Some(text) = current.text.and_then(lines) {
                self.kept += text.len() as u64 + current.path.len() as u64;
                self.found.texts.insert(current.path, text);
            }
        }
        if self.is_collected {
            self.collector.end(sha256)?;
        }
        Ok(())
    }
}

/// A file that people write: UTF-8 without control characters but line ends, tabs and form feeds.
fn lines(bytes: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(bytes).ok()?;
    let is_other = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    (!text.contains(is_other)).then_some(text)
}
