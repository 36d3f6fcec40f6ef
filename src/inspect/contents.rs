//! What is looked at while a payload streams by: units, accounts, programs, scripts.

use super::openssl::Search;
use crate::build::ElfFacts;
use crate::rpm::read::{FileEntry, Visit};
use std::collections::HashMap;
use std::io::{self, Seek, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tempfile::SpooledTempFile;

/// The longest unit or list of accounts that is kept, and what is kept of all together.
const MAX_TEXT: u64 = 1 << 20;
const MAX_TEXTS: u64 = 4 << 20;
/// What of an ELF file is held in memory before it goes to a file without a name.
const MAX_SPOOL: usize = 4 << 20;
/// The largest ELF file that is looked at.
const MAX_ELF: u64 = 2 << 30;
/// What is kept of the names in all ELF files.
const MAX_NAMES: usize = 8 << 20;
/// The longest first line of a script.
const MAX_FIRST_LINE: usize = 256;
/// Scripts that are kept.
const MAX_SCRIPTS: usize = 10_000;

/// Where units of the system lie.
const UNIT_FOLDERS: [&str; 3] = [
    "/usr/lib/systemd/system/",
    "/lib/systemd/system/",
    "/etc/systemd/system/",
];
/// Where sysusers.d(5) and systemd.preset(5) look, and the scriptlets of this program.
const TEXT_FOLDERS: [&str; 3] = [
    "/usr/lib/sysusers.d/",
    "/usr/lib/systemd/system-preset/",
    UNIT_LISTS,
];
/// Where a package of this program lists its units, in `NAME.units`.
pub(super) const UNIT_LISTS: &str = "/usr/lib/ambot/";
/// Debug information is never run.
const DEBUG_FOLDER: &str = "/usr/lib/debug/";

/// A file whose text is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Where it is installed.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A program or library.
#[derive(Clone, Debug)]
pub struct Elf {
    /// Where it is installed.
    pub path: String,
    /// What it says of itself, or why that cannot be read.
    pub facts: Result<ElfFacts, String>,
    /// The folder in which an OpenSSL inside it looks for certificates.
    pub openssl: Option<String>,
}

/// A script with an interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Where it is installed.
    pub path: String,
    /// The program of its first line.
    pub interpreter: String,
}

/// What was found in the files of a package.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// The units of the system and their drop-ins.
    pub units: Vec<Text>,
    /// Lists of accounts, of presets and of units.
    pub texts: Vec<Text>,
    /// Programs and libraries.
    pub elves: Vec<Elf>,
    /// Executable scripts.
    pub scripts: Vec<Script>,
    /// How many files were passed over because they are too many or too large.
    pub passed_over: usize,
}

/// The file that streams by.
enum Current {
    Nothing,
    Text {
        is_unit: bool,
        text: Text,
    },
    /// Its first bytes decide.
    Unknown {
        path: String,
        size: u64,
        executable: bool,
    },
    Elf {
        path: String,
        spool: SpooledTempFile,
        openssl: Search,
    },
}

/// What was seen of a file.
#[derive(Clone, Debug)]
enum Looked {
    Nothing,
    Text(Vec<u8>),
    Script(String),
    Elf(Result<ElfFacts, String>, Option<String>),
}

/// What was seen of the files of a run, by their SHA-256.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<HashMap<String, Looked>>);

/// Takes from the stream what [`Contents`] holds.
pub(super) struct Collector {
    /// What was seen of files of other packages of the run.
    seen: Option<Arc<Seen>>,
    /// What is seen of the file that streams by.
    looked: Looked,
    contents: Contents,
    current: Current,
    texts: u64,
    names: usize,
}

impl Collector {
    pub(super) fn new() -> Self {
        Self::with(None)
    }

    /// One that knows what was seen of other packages of the run, and adds to it.
    pub(super) fn with(seen: Option<Arc<Seen>>) -> Self {
        Collector {
            seen,
            looked: Looked::Nothing,
            contents: Contents::default(),
            current: Current::Nothing,
            texts: 0,
            names: 0,
        }
    }

    pub(super) fn finish(mut self) -> Contents {
        self.contents.units.sort_by(|a, b| a.path.cmp(&b.path));
        self.contents.elves.sort_by(|a, b| a.path.cmp(&b.path));
        self.contents.scripts.sort_by(|a, b| a.path.cmp(&b.path));
        self.contents
    }

    /// What the first bytes of a file make of it.
    fn decide(&mut self, path: String, size: u64, executable: bool, bytes: &[u8]) -> Current {
        if bytes.starts_with(b"\x7fELF") {
            if size > MAX_ELF || self.names > MAX_NAMES {
                self.contents.passed_over += 1;
                return Current::Nothing;
            }
            return Current::Elf {
                path,
                spool: SpooledTempFile::new(MAX_SPOOL),
                openssl: Search::default(),
            };
        }
        if let Some(interpreter) = interpreter(bytes) {
            self.looked = Looked::Script(interpreter.clone());
            self.script(path, interpreter, executable);
        }
        Current::Nothing
    }

    fn script(&mut self, path: String, interpreter: String, executable: bool) {
        if executable && self.contents.scripts.len() < MAX_SCRIPTS {
            self.contents.scripts.push(Script { path, interpreter });
        }
    }

    fn text(&mut self, is_unit: bool, text: Text) {
        match is_unit {
            true => self.contents.units.push(text),
            false => self.contents.texts.push(text),
        }
    }

    fn elf(&mut self, path: String, mut spool: SpooledTempFile, openssl: Search) -> io::Result<()> {
        spool.rewind()?;
        let mut facts = ElfFacts::read_bounded(spool).map_err(|error| error.to_string());
        if let Ok(facts) = &mut facts {
            for version in &mut facts.versions {
                version.symbols.truncate(2);
            }
        }
        let openssl = openssl.found();
        self.looked = Looked::Elf(facts.clone(), openssl.clone());
        self.keep_elf(path, facts, openssl);
        Ok(())
    }

    fn keep_elf(&mut self, path: String, facts: Result<ElfFacts, String>, openssl: Option<String>) {
        if let Ok(facts) = &facts {
            let versions = facts.versions.iter();
            let lengths = versions.map(|one| one.library.len() + one.version.len() + 64);
            self.names += lengths.sum::<usize>();
            self.names += facts.needed.iter().map(String::len).sum::<usize>();
        }
        self.names += 512;
        self.contents.elves.push(Elf {
            path,
            facts,
            openssl,
        });
    }
}

impl Visit for Collector {
    fn begin(&mut self, _: usize, file: &FileEntry<'_>, size: u64) -> bool {
        let path = file.path();
        let is_below = |folders: &[&str]| folders.iter().any(|folder| path.starts_with(folder));
        let is_unit = is_below(&UNIT_FOLDERS);
        self.looked = Looked::Nothing;
        self.current = if is_unit || is_below(&TEXT_FOLDERS) {
            if size > MAX_TEXT || self.texts + size > MAX_TEXTS {
                self.contents.passed_over += 1;
                return false;
            }
            self.texts += size + path.len() as u64;
            let bytes = Vec::new();
            Current::Text {
                is_unit,
                text: Text { path, bytes },
            }
        } else if path.starts_with(DEBUG_FOLDER) {
            Current::Nothing
        } else {
            Current::Unknown {
                path,
                size,
                executable: file.permissions() & 0o111 != 0,
            }
        };
        !matches!(self.current, Current::Nothing)
    }

    fn content(&mut self, bytes: &[u8]) -> io::Result<()> {
        if matches!(self.current, Current::Unknown { .. }) {
            let current = std::mem::replace(&mut self.current, Current::Nothing);
            if let Current::Unknown {
                path,
                size,
                executable,
            } = current
            {
                self.current = self.decide(path, size, executable, bytes);
            }
        }
        match &mut self.current {
            Current::Text { text, .. } => text.bytes.extend_from_slice(bytes),
            Current::Elf { spool, openssl, .. } => {
                openssl.feed(bytes);
                spool.write_all(bytes)?;
            }
            Current::Nothing | Current::Unknown { .. } => {}
        }
        Ok(())
    }

    fn end(&mut self, sha256: Option<&str>) -> io::Result<()> {
        match std::mem::replace(&mut self.current, Current::Nothing) {
            Current::Text { is_unit, text } => {
                self.looked = Looked::Text(text.bytes.clone());
                self.text(is_unit, text);
            }
            Current::Elf {
                path,
                spool,
                openssl,
            } => self.elf(path, spool, openssl)?,
            Current::Nothing | Current::Unknown { .. } => {}
        }
        let looked = std::mem::replace(&mut self.looked, Looked::Nothing);
        if let Some((seen, sha256)) = self.seen.as_deref().zip(sha256) {
            seen.locked().insert(sha256.to_owned(), looked);
        }
        Ok(())
    }

    fn known(&mut self, at: usize, file: &FileEntry<'_>, size: u64, sha256: &str) -> bool {
        let looked = self.seen.as_deref();
        let Some(looked) = looked.and_then(|seen| seen.locked().get(sha256).cloned()) else {
            return false;
        };
        if !self.begin(at, file, size) {
            return true;
        }
        match (
            std::mem::replace(&mut self.current, Current::Nothing),
            looked,
        ) {
            (Current::Text { is_unit, mut text }, Looked::Text(bytes)) => {
                text.bytes = bytes;
                self.text(is_unit, text);
            }
            (Current::Text { text, .. }, _) => {
                // It will begin once more.
                self.texts -= size + text.path.len() as u64;
                return false;
            }
            (Current::Unknown { path, .. }, Looked::Elf(facts, openssl)) => {
                self.keep_elf(path, facts, openssl);
            }
            (
                Current::Unknown {
                    path, executable, ..
                },
                Looked::Script(interpreter),
            ) => self.script(path, interpreter, executable),
            // A text of elsewhere may be a script.
            (Current::Unknown { .. }, Looked::Text(_)) => return false,
            (_, _) => {}
        }
        true
    }
}

impl Seen {
    fn locked(&self) -> MutexGuard<'_, HashMap<String, Looked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The program of a script's first line, by its path.
fn interpreter(bytes: &[u8]) -> Option<String> {
    let line = bytes.strip_prefix(b"#!")?;
    let line = &line[..line.len().min(MAX_FIRST_LINE)];
    let line = line.split(|byte| *byte == b'\n').next()?;
    let text = std::str::from_utf8(line).ok()?;
    let program = text.split_ascii_whitespace().next()?;
    program.starts_with('/').then(|| program.to_owned())
}
