//! The walk through a raw payload, entry by entry, beside the file list.

use super::digest::{Check, FileDigest};
use super::files::FileEntry;
use super::header::Problem;
use super::hooks::Visit;
use super::names::Names;
use super::raw::{Computed, Raw};
use crate::rpm::{cpio, visible};
use std::io::{self, Read};

/// The most problems that are told of one package.
const MAX_PROBLEMS: usize = 100;
/// The longest target of a symbolic link.
const MAX_LINK: u64 = 4096;
/// The most bytes after the last entry; cpio programs pad to blocks.
const MAX_AFTER: u64 = 1 << 20;
/// OpenPGP's number of SHA-256.
const SHA256: u64 = 8;

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
    /// Of the raw payload.
    pub(super) digests: Computed,
    /// Bytes of the raw payload.
    pub(super) length: u64,
}

/// A raw payload as it comes out of what unpacks it.
pub(super) trait Input: Read {
    /// What is done at its end; whether the file goes on after it.
    fn finish(&mut self) -> io::Result<bool>;

    /// What an end that came too early means.
    fn early_end(&mut self) -> io::Error;

    /// The SHA-256 of the file of this many bytes that begins here, if it is known.
    fn known_file(&self, _size: u64) -> Option<String> {
        None
    }

    /// Passes over the file that begins here and is known.
    fn pass_file(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// A file of this many bytes was read, and this is its SHA-256.
    fn read_file(&mut self, _size: u64, _digest: &str) {}
}

/// Reads a raw payload to its end, and the file behind it.
pub(super) fn run<R: Input>(
    raw: Raw<R>,
    files: &[FileEntry<'_>],
    algorithm: u64,
    visit: &mut dyn Visit,
) -> Result<Walked, Problem> {
    let mut walk = Walk {
        raw,
        names: Names::of(files),
        found: vec![None; files.len()],
        files,
        algorithm,
        problems: Vec::new(),
        visit,
    };
    if let Err(problem) = walk.entries() {
        return Err(match problem {
            Problem::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                walk.raw.input.early_end().into()
            }
            other => other,
        });
    }
    if walk.raw.input.finish()? {
        walk.problem("the file goes on after its compressed payload".to_owned());
    }
    let (digests, length) = walk.raw.finish();
    Ok(Walked {
        found: walk.found,
        problems: walk.problems,
        digests,
        length,
    })
}

/// One entry: what its own header says, or in the stripped form that of the package.
#[derive(Clone, Copy, Debug)]
struct Body {
    at: usize,
    size: u64,
    /// Whether its content comes with a later name of the same file.
    comes_later: bool,
}

/// What begins an entry.
enum Next {
    Named(cpio::Entry, Vec<u8>),
    Numbered(u32),
    End,
}

/// The walk through the cpio entries.
struct Walk<'a, 'v, R> {
    raw: Raw<R>,
    files: &'a [FileEntry<'a>],
    names: Names<'a>,
    found: Vec<Option<Found>>,
    algorithm: u64,
    problems: Vec<String>,
    visit: &'v mut dyn Visit,
}

impl<R: Input> Walk<'_, '_, R> {
    fn entries(&mut self) -> Result<(), Problem> {
        loop {
            let size = match self.next()? {
                Next::Named(entry, name) => self.named(entry, &name)?,
                Next::Numbered(number) => self.numbered(number)?,
                Next::End => break,
            };
            self.padding(size)?;
        }
        self.after()?;
        for (at, file) in self.files.iter().enumerate() {
            if self.found[at].is_none() && !file.is_ghost() {
                let path = shown(file);
                self.problem(format!("{path} is in the file list and not in the payload"));
            }
        }
        for name in self.names.without_content(&self.found) {
            let path = shown(&self.files[name]);
            self.problem(format!("the content of {path} is not in the payload"));
        }
        Ok(())
    }

    fn problem(&mut self, what: String) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(what);
        }
    }

    /// The next entry.
    fn next(&mut self) -> Result<Next, Problem> {
        let mut head = [0; cpio::HEADER_LENGTH];
        self.raw.read_exact(&mut head[..cpio::MAGIC.len()])?;
        if head.starts_with(cpio::MAGIC_STRIPPED) {
            let head = &mut head[..cpio::STRIPPED_LENGTH];
            self.raw.read_exact(&mut head[cpio::MAGIC.len()..])?;
            let number = cpio::stripped_index(&head[cpio::MAGIC.len()..]);
            return Ok(match number {
                None => {
                    let what = "the number of a cpio entry is not hexadecimal".to_owned();
                    return Err(what.into());
                }
                Some(u32::MAX) => Next::End,
                Some(number) => Next::Numbered(number),
            });
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
        Ok(if name == cpio::TRAILER.as_bytes() {
            Next::End
        } else {
            Next::Named(entry, name)
        })
    }

    /// An entry that says its name and its size, which is given back.
    fn named(&mut self, entry: cpio::Entry, name: &[u8]) -> Result<u64, Problem> {
        let size = u64::from(entry.size);
        // A name begins with `./` (rpmlib(PayloadFilesHavePrefix)), in source packages with
        // nothing.
        let path = name
            .strip_prefix(b".")
            .filter(|rest| rest.starts_with(b"/"));
        let path = path.unwrap_or(name);
        let Some(at) = self.names.find(path) else {
            let name = visible(&String::from_utf8_lossy(path));
            self.problem(format!("{name} is in the payload and not in the file list"));
            self.skip(size)?;
            return Ok(size);
        };
        let file = self.files[at];
        if self.is_twice(at) {
            self.skip(size)?;
            return Ok(size);
        }
        if entry.mode != u32::from(file.mode) {
            let (in_payload, in_list) = (entry.mode, file.mode);
            self.problem(format!(
                "{} has mode {in_payload:o} in the payload and {in_list:o} in the file list",
                shown(&file)
            ));
        }
        let body = Body {
            at,
            size,
            // The content of hard links comes with the last of them.
            comes_later: entry.links > 1 && entry.size == 0 && file.size > 0 && file.is_regular(),
        };
        let expected = match body.comes_later {
            false if file.is_regular() || file.is_symlink() => file.size,
            _ => 0,
        };
        if size != expected {
            self.problem(format!(
                "{} has {size} bytes in the payload and {expected} in the file list",
                shown(&file)
            ));
        }
        self.body(body)?;
        Ok(size)
    }

    /// An entry of the stripped form, which says nothing but which file it is.
    fn numbered(&mut self, number: u32) -> Result<u64, Problem> {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        let Some(file) = self.files.get(at).copied() else {
            let what = format!("the payload has a file {number}, and the list ends before");
            return Err(what.into());
        };
        let comes_later = file.is_regular() && !self.names.is_last_link(at);
        let has_content = file.is_regular() || file.is_symlink();
        let size = if has_content && !comes_later {
            file.size
        } else {
            0
        };
        if self.is_twice(at) {
            self.skip(size)?;
            return Ok(size);
        }
        self.body(Body {
            at,
            size,
            comes_later,
        })?;
        Ok(size)
    }

    fn is_twice(&mut self, at: usize) -> bool {
        let is_twice = self.found[at].is_some();
        if is_twice {
            let path = shown(&self.files[at]);
            self.problem(format!("{path} is in the payload twice"));
        }
        is_twice
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
    fn body(&mut self, body: Body) -> Result<(), Problem> {
        let Body { at, size, .. } = body;
        let file = self.files[at];
        let digest = if file.is_symlink() && size <= MAX_LINK {
            self.link(&file, size)?
        } else if file.is_regular() && !body.comes_later {
            self.content(at, &file, size)?
        } else {
            if body.comes_later {
                self.names.comes_later(at);
            }
            self.skip(size)?;
            Check::Absent
        };
        self.found[at] = Some(Found { size, digest });
        Ok(())
    }

    /// rpm 4.11 makes a link from its body, later ones from the header: both must say the same.
    fn link(&mut self, file: &FileEntry<'_>, size: u64) -> Result<Check, Problem> {
        // At most 4096.
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

    fn content(&mut self, at: usize, file: &FileEntry<'_>, size: u64) -> Result<Check, Problem> {
        if self.algorithm == SHA256
            && let Some(digest) = self.raw.input.known_file(size)
            && self.visit.known(at, file, size, &digest)
        {
            self.raw.pass_file(size)?;
            return Ok(self.check(file, digest));
        }
        let mut digest = FileDigest::new(self.algorithm);
        let is_wanted = self.visit.begin(at, file, size);
        let mut chunk = [0; 16 << 10];
        let mut left = size;
        while left > 0 {
            let want = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            self.raw.read_exact(&mut chunk[..want])?;
            if let Some(digest) = &mut digest {
                digest.update(&chunk[..want]);
            }
            if is_wanted {
                self.visit.content(&chunk[..want])?;
            }
            left -= want as u64;
        }
        let digest = digest.map(FileDigest::finish);
        let sha256 = digest.as_deref().filter(|_| self.algorithm == SHA256);
        if is_wanted {
            self.visit.end(sha256)?;
        }
        if let Some(digest) = sha256 {
            self.raw.input.read_file(size, digest);
        }
        Ok(digest.map_or(Check::Absent, |digest| self.check(file, digest)))
    }

    /// Holds a file's digest against that in the header.
    fn check(&mut self, file: &FileEntry<'_>, digest: String) -> Check {
        let recorded = Some(file.digest()).filter(|digest| !digest.is_empty());
        let check = Check::of(recorded, digest);
        if check.is_bad() {
            self.problem(format!(
                "the content of {} does not match its digest",
                shown(file)
            ));
        }
        check
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
