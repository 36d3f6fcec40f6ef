//! Programs and libraries.

use cargo_ambot::build::elf::split::{self, DebugLink, Image, Strip};
use cargo_ambot::build::elf::{self, ElfFacts};
use std::fs::File;
use std::io::{Cursor, Seek, SeekFrom, Write};

/// A program is read whole or in bounded parts with the same facts; what is stripped of it has the
/// length that was said, is no program of another kind, and stripping takes neither time nor space that
/// the program does not have.
pub fn program(data: &[u8]) {
    let facts = ElfFacts::parse(data);
    let bounded = ElfFacts::read_bounded(Cursor::new(data));
    // Each may refuse what the other reads: the one has bounds, and to the other a table that reaches
    // beyond the end of the file has no names at all.
    if let (Ok(facts), Ok(bounded)) = (&facts, &bounded) {
        assert_eq!(facts, bounded);
    }
    if let Ok(facts) = &facts {
        elf::requires(facts, true);
        elf::provides(facts, "hello");
        facts.glibc();
    }
    parted(data, facts.as_ref().ok());
}

fn parted(data: &[u8], facts: Option<&ElfFacts>) {
    let mut input = tempfile::tempfile().expect("a temporary file");
    input.write_all(data).expect("room for it");
    if let Ok(image) = split::debug_file(&input) {
        fits(&image, &input, data.len());
    }
    let link = DebugLink {
        file_name: "hello.debug".to_owned(),
        crc: 7,
    };
    for (strip, link) in [
        (Strip::Symbols, None),
        (Strip::DebugInfo, Some(&link)),
        (Strip::Symbols, Some(&link)),
    ] {
        let Ok(Some(image)) = split::stripped(&input, strip, link) else {
            continue;
        };
        let Some(bytes) = fits(&image, &input, data.len()) else {
            continue;
        };
        if let (Some(before), Ok(after)) = (facts, ElfFacts::parse(&bytes)) {
            assert_eq!(before.needed, after.needed);
            assert_eq!(before.interpreter, after.interpreter);
            assert_eq!(before.kind, after.kind);
        }
    }
}

/// Writes an image; nothing where its parts lie outside the file.
fn fits(image: &Image, mut input: &File, length: usize) -> Option<Vec<u8>> {
    input.seek(SeekFrom::Start(0)).expect("a file");
    let mut out = Bounded {
        bytes: Vec::new(),
        // Headers, alignment and a link are added; sections may be named more than once.
        most: (length + 4096) * 64,
    };
    let (written, _) = image.write(input, &mut out).ok()?;
    assert_eq!(written, out.bytes.len() as u64);
    Some(out.bytes)
}

/// What takes no more than it should.
struct Bounded {
    bytes: Vec<u8>,
    most: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        assert!(
            self.bytes.len() + bytes.len() <= self.most,
            "far more is written than there was"
        );
        self.bytes.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
