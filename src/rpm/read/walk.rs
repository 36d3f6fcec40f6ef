//! The walk through a raw payload, entry by entry, beside the file list.

use super::digest::{Check, FileDigest};
use super::files::FileEntry;
use super::header::Problem;
use crate::rpm::{cpio, hex, visible};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::{self, Read};

/// The most problems that are told of one package.
const MAX_PROBLEMS: usize = 100;
/// The longest target of a symbolic link.
const MAX_LINK: u32 = 4096;
/// The most bytes after the last entry; cpio programs pad to blocks.
const MAX_AFTER: u64 = 1 << 20;

/// What the payload had for one file of the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Bytes of its body.
    pub size: u64,
    /// Its content against the digest in the header; absent for what has no content.
    pub digest: Check,
}

/// What a raw payload tells.
pub(super) struct Walked {
    /// Per file of the header: what the payload had for it, if anything.
    pub(super) found: Vec<Option<Found>>,
    pub(super) problems: Vec<String>,
    /// SHA-256 of the raw payload.
    pub(super) sha256: String,
    /// Bytes of the raw payload.
    pub(super) length: u64,
}

/// Reads a raw payload to its end.
pub(super) fn run(
    input: impl Read,
    files: &[FileEntry<'_>],
    algorithm: u64,
) -> Result<Walked, Problem> {
    let mut walk = Walk {
        raw: Raw {
            input,
            sha256: Sha256::new(),
            length: 0,
        },
        by_name: files
            .iter()
            .zip(0..)
            .map(|(file, at)| (file.path_bytes(), at))
            .collect(),
        found: vec![None; files.len()],
        files,
        algorithm,
        problems: Vec::new(),
    };
    walk.entries()?;
    Ok(Walked {
        found: walk.found,
        problems: walk.problems,
        sha256: hex(&walk.raw.sha256.finalize()),
        length: walk.raw.length,
    })
}

/// The raw payload on its way, counted and digested.
struct Raw<R> {
    input: R,
    sha256: Sha256,
    length: u64,
}

impl<R: Read> Read for Raw<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        self.sha256.update(&buffer[..length]);
        self.length += length as u64;
        Ok(length)
    }
}

/// The walk through the cpio entries.
struct Walk<'a, R> {
    raw: Raw<R>,
    files: &'a [FileEntry<'a>],
    by_name: HashMap<Vec<u8>, usize>,
    found: Vec<Option<Found>>,
    algorithm: u64,
    problems: Vec<String>,
}

impl<R: Read> Walk<'_, R> {
    fn entries(&mut self) -> Result<(), Problem> {
        while let Some((entry, name)) = self.next()? {
            // A name begins with `./` (rpmlib(PayloadFilesHavePrefix)), in source packages with
            // nothing.
            let path = name
                .strip_prefix(b".")
                .filter(|rest| rest.starts_with(b"/"));
            let path = path.unwrap_or(&name);
            match self.by_name.get(path).copied() {
                Some(at) => self.body(at, entry)?,
                None => {
                    let name = visible(&String::from_utf8_lossy(path));
                    self.problem(format!("{name} is in the payload and not in the file list"));
                    self.skip(u64::from(entry.size))?;
                }
            }
            self.padding(u64::from(entry.size))?;
        }
        self.after()?;
        for (at, file) in self.files.iter().enumerate() {
            if self.found[at].is_none() && !file.is_ghost() {
                let path = shown(file);
                self.problem(format!("{path} is in the file list and not in the payload"));
            }
        }
        Ok(())
    }

    fn problem(&mut self, what: String) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(what);
        }
    }

    /// The next entry and its name, or nothing after the last.
    fn next(&mut self) -> Result<Option<(cpio::Entry, Vec<u8>)>, Problem> {
        let mut head = [0; cpio::HEADER_LENGTH];
        self.raw.read_exact(&mut head[..cpio::MAGIC.len()])?;
        if head.starts_with(cpio::MAGIC_STRIPPED) {
            return Err(Problem::Unsupported("stripped cpio"));
        }
        self.raw.read_exact(&mut head[cpio::MAGIC.len()..])?;
        let entry = cpio::Entry::read(&head)?;
        // At most 4096, which the reading has checked.
        let mut name = vec![0; entry.name_length as usize];
        self.raw.read_exact(&mut name)?;
        self.padding((head.len() + name.len()) as u64)?;
        if name.pop() != Some(0) || name.contains(&0) {
            return Err("a name in the payload does not end where it should"
                .to_owned()
                .into());
        }
        Ok((name != cpio::TRAILER.as_bytes()).then_some((entry, name)))
    }

    fn padding(&mut self, length: u64) -> Result<(), Problem> {
        let padding = cpio::padding(length);
        Ok(self.raw.read_exact(&mut [0; 4][..padding])?)
    }

    fn skip(&mut self, length: u64) -> Result<(), Problem> {
        let skipped = io::copy(&mut (&mut self.raw).take(length), &mut io::sink())?;
        if skipped == length {
            Ok(())
        } else {
            Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())
        }
    }

    /// Reads the body of an entry and holds it against the file of the header.
    fn body(&mut self, at: usize, entry: cpio::Entry) -> Result<(), Problem> {
        let file = self.files[at];
        if self.found[at].is_some() {
            self.problem(format!("{} is in the payload twice", shown(&file)));
            return self.skip(u64::from(entry.size));
        }
        if entry.mode != u32::from(file.mode) {
            let (in_payload, in_list) = (entry.mode, file.mode);
            self.problem(format!(
                "{} has mode {in_payload:o} in the payload and {in_list:o} in the file list",
                shown(&file)
            ));
        }
        // The content of hard links comes with the last of them.
        let comes_later = entry.links > 1 && entry.size == 0;
        let has_content = (file.is_regular() && !comes_later) || file.is_symlink();
        let expected = if has_content { file.size } else { 0 };
        if u64::from(entry.size) != expected {
            self.problem(format!(
                "{} has {} bytes in the payload and {expected} in the file list",
                shown(&file),
                entry.size
            ));
        }
        let digest = if file.is_symlink() && entry.size <= MAX_LINK {
            self.link(&file, entry.size)?
        } else if file.is_regular() && has_content {
            self.content(&file, entry.size)?
        } else {
            self.skip(u64::from(entry.size))?;
            Check::Absent
        };
        self.found[at] = Some(Found {
            size: u64::from(entry.size),
            digest,
        });
        Ok(())
    }

    /// rpm 4.11 makes a link from its body, later ones from the header: both must say the same.
    fn link(&mut self, file: &FileEntry<'_>, size: u32) -> Result<Check, Problem> {
        let mut body = vec![0; size as usize];
        self.raw.read_exact(&mut body)?;
        if body != file.link_bytes() {
            self.problem(format!(
                "the link {} points to `{}` in the payload and to `{}` in the file list",
                shown(file),
                visible(&String::from_utf8_lossy(&body)),
                visible(&file.link())
            ));
        }
        Ok(Check::Absent)
    }

    fn content(&mut self, file: &FileEntry<'_>, size: u32) -> Result<Check, Problem> {
        let Some(mut digest) = FileDigest::new(self.algorithm) else {
            self.skip(u64::from(size))?;
            return Ok(Check::Absent);
        };
        let mut chunk = [0; 16 << 10];
        let mut left = u64::from(size);
        while left > 0 {
            let want = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            self.raw.read_exact(&mut chunk[..want])?;
            digest.update(&chunk[..want]);
            left -= want as u64;
        }
        let recorded = Some(file.digest()).filter(|digest| !digest.is_empty());
        let check = Check::of(recorded, digest.finish());
        if check.is_bad() {
            self.problem(format!(
                "the content of {} does not match its digest",
                shown(file)
            ));
        }
        Ok(check)
    }

    /// Nothing but zeroes may follow the last entry.
    fn after(&mut self) -> Result<(), Problem> {
        let mut chunk = [0; 4096];
        let mut total = 0;
        loop {
            let length = self.raw.read(&mut chunk)?;
            if length == 0 {
                return Ok(());
            }
            total += length as u64;
            if total > MAX_AFTER || chunk[..length].iter().any(|byte| *byte != 0) {
                return Err("its payload goes on after its last entry".to_owned().into());
            }
        }
    }
}

/// A file's path in a message.
fn shown(file: &FileEntry<'_>) -> String {
    visible(&file.path())
}
