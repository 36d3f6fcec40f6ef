//! What rpm's own generators would find in the files of a package.
//!
//! In comes a file that is shipped, whoever made it; out go the names of what it needs and has.
//! As rpm's `elf.attr` and `script.attr` have it: any ELF file, and any script that may be
//! executed. Files are read, never run, and only as far as it takes.

use super::elf::{self, ElfFacts, ReadError};
use crate::contents::Source;
use std::fs::File;
use std::io::{self, Read};

/// What a file needs and has for others, as names of capabilities, each list sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// What it needs.
    pub requires: Vec<String>,
    /// What it has.
    pub provides: Vec<String>,
}

/// Where files with nothing but debug information lie: rpm finds nothing in them.
const DEBUG_FILES: &str = "/usr/lib/debug/";

/// The longest first line of a script that is looked at, in bytes; the kernel looks at 256.
const MAX_LINE: u64 = 4096;

impl Capabilities {
    /// What a file with known facts needs and has; `path` is where it is installed, `mode` the
    /// permission bits that it gets.
    pub fn of_elf(facts: &ElfFacts, path: &str, mode: u16) -> Self {
        let file_name = path.rsplit('/').next().unwrap_or_default();
        Capabilities {
            requires: elf::requires(facts, mode & 0o111 != 0),
            provides: elf::provides(facts, file_name),
        }
    }

    /// What a file needs and has; nothing for one that is neither an ELF file nor an executable
    /// script. `mode` are the permission bits that it gets.
    ///
    /// # Errors
    /// When it cannot be read, or begins as an ELF file and is no sound one.
    pub fn of_file(path: &str, mode: u16, source: &Source) -> Result<Self, ReadError> {
        if path.starts_with(DEBUG_FILES) {
            return Ok(Capabilities::default());
        }
        let start = start(source)?;
        if start.starts_with(b"\x7fELF") {
            let facts = match source {
                Source::Path(file) => ElfFacts::read(file)?,
                Source::Bytes(bytes) => ElfFacts::parse(bytes)?,
            };
            return Ok(Self::of_elf(&facts, path, mode));
        }
        let interpreter = (mode & 0o111 != 0).then(|| interpreter(&start)).flatten();
        Ok(Capabilities {
            requires: interpreter.into_iter().collect(),
            provides: Vec::new(),
        })
    }
}

fn start(source: &Source) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    match source {
        Source::Path(path) => {
            File::open(path)?.take(MAX_LINE).read_to_end(&mut start)?;
        }
        Source::Bytes(bytes) => {
            bytes.as_slice().take(MAX_LINE).read_to_end(&mut start)?;
        }
    }
    Ok(start)
}

/// The program of the first line, as rpm's `script.req` finds it: what stands there, be it
/// `/usr/bin/env`; a full path after that is the program that is meant, and wanted too by rpm, which
/// nobody writes.
fn interpreter(start: &[u8]) -> Option<String> {
    let line = start.split(|byte| *byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line.strip_prefix(b"#!")?);
    let program = line.split_whitespace().next()?;
    (program.len() > 1 && program.starts_with('/')).then(|| program.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requires(path: &str, mode: u16, text: &str) -> Vec<String> {
        let source = Source::Bytes(text.as_bytes().to_vec());
        let found = Capabilities::of_file(path, mode, &source).unwrap();
        assert!(found.provides.is_empty());
        found.requires
    }

    #[test]
    fn an_executable_script_needs_the_program_of_its_first_line() {
        for (text, program) in [
            ("#!/bin/bash\necho", "/bin/bash"),
            ("#! /usr/bin/perl -w", "/usr/bin/perl"),
            ("#!/usr/bin/env python3\n", "/usr/bin/env"),
            ("#!/bin/sh\r\n", "/bin/sh"),
        ] {
            assert_eq!(requires("/usr/bin/a", 0o755, text), [program]);
            assert_eq!(requires("/usr/bin/a", 0o644, text), [""; 0], "{text}");
        }
        for text in [
            "",
            "#!",
            "#!bash",
            "#!/",
            "echo",
            " #!/bin/sh",
            "#!\n/bin/sh",
        ] {
            assert_eq!(requires("/usr/bin/a", 0o755, text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_broken_elf_file_is_an_error_unless_it_is_one_of_debug_information() {
        let source = Source::Bytes(b"\x7fELF\x02".to_vec());
        assert!(Capabilities::of_file("/usr/lib/a.so", 0o644, &source).is_err());
        let debug = Capabilities::of_file("/usr/lib/debug/a.debug", 0o644, &source);
        assert_eq!(debug.unwrap(), Capabilities::default());
    }
}
