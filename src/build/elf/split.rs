//! Parting a program from its debug information.
//!
//! In comes an ELF file, out go the pieces of two: what is loaded, and what only debuggers read.
//! The second is what `objcopy --only-keep-debug` and `eu-strip -f` make: all section headers at
//! their places, with the content of loaded sections gone (`SHT_NOBITS`) but for the notes, which
//! hold the build id. The first names the second in `.gnu_debuglink`, with its CRC-32 (gdb's
//! manual, "Debugging Information in Separate Files").
//!
//! Nothing that is loaded moves or changes, so a program that ran before runs after. Files are
//! never held in memory: an [`Image`] says which bytes of the input go where.

use super::ReadError;
use super::headers::{self, Headers, Section};
use object::read::ReadRef;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// What is taken out of a program; the words are those of cargo's `strip`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strip {
    /// Debug information. The names of functions stay, for the backtraces of panics.
    DebugInfo,
    /// All that is not loaded.
    Symbols,
}

/// The file with the debug information, as the program names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugLink {
    /// Its name without a folder.
    pub file_name: String,
    /// The CRC-32 of its content.
    pub crc: u32,
}

/// A file made from another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    pieces: Vec<Piece>,
    length: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Copy { offset: u64, length: u64 },
    Bytes(Vec<u8>),
}

impl Image {
    fn new() -> Self {
        Image {
            pieces: Vec::new(),
            length: 0,
        }
    }

    fn copy(&mut self, offset: u64, length: u64) {
        self.pieces.push(Piece::Copy { offset, length });
        self.length += length;
    }

    fn bytes(&mut self, bytes: Vec<u8>) {
        self.length += bytes.len() as u64;
        self.pieces.push(Piece::Bytes(bytes));
    }

    fn align(&mut self, to: u64) {
        let missing = self.length.next_multiple_of(to.max(1)) - self.length;
        // An alignment is that of a page at most: headers that say more are refused.
        self.bytes(vec![0; usize::try_from(missing).unwrap_or(0)]);
    }

    /// Writes it, and gives back its length and the CRC-32 of its bytes.
    ///
    /// # Errors
    /// When the input cannot be read or the output not be written.
    pub fn write(&self, mut input: &File, out: &mut impl Write) -> io::Result<(u64, u32)> {
        let mut crc = crc32fast::Hasher::new();
        let mut chunk = vec![0; 256 << 10];
        for piece in &self.pieces {
            match piece {
                Piece::Bytes(bytes) => {
                    crc.update(bytes);
                    out.write_all(bytes)?;
                }
                Piece::Copy { offset, length } => {
                    input.seek(SeekFrom::Start(*offset))?;
                    let mut left = *length;
                    while left > 0 {
                        let wanted = left.min(chunk.len() as u64) as usize;
                        input.read_exact(&mut chunk[..wanted])?;
                        crc.update(&chunk[..wanted]);
                        out.write_all(&chunk[..wanted])?;
                        left -= wanted as u64;
                    }
                }
            }
        }
        Ok((self.length, crc.finalize()))
    }
}

/// The file with the debug information of a program.
///
/// # Errors
/// When the program cannot be read or is no sound ELF file.
pub fn debug_file(input: &File) -> Result<Image, ReadError> {
    debug_part(&object::ReadCache::new(input))
}

fn debug_part<'data>(data: impl ReadRef<'data>) -> Result<Image, ReadError> {
    let headers = Headers::read(data)?;
    let mut image = Image::new();
    let front = headers.front_length();
    // Both headers come last, when the offsets are known.
    let mut body = Image {
        length: front,
        ..Image::new()
    };
    let mut sections = headers.sections.clone();
    for section in &mut sections {
        if section.kind == headers::NULL {
            continue;
        }
        let is_empty = section.kind == headers::NOBITS;
        if is_empty || section.is_loaded() && section.kind != headers::NOTE {
            section.kind = headers::NOBITS;
            section.offset = body.length;
            continue;
        }
        body.align(section.alignment);
        let offset = body.length;
        body.copy(section.offset, section.size);
        section.offset = offset;
    }
    body.align(8);
    let mut segments = headers.segments.clone();
    for segment in &mut segments {
        let note = headers.sections.iter().zip(&sections).find(|(before, _)| {
            segment.kind == headers::PT_NOTE
                && before.kind == headers::NOTE
                && before.offset == segment.offset
        });
        match note {
            Some((_, after)) => segment.offset = after.offset,
            None => segment.file_size = 0,
        }
    }
    let table = body.length;
    let segments_at = headers.header_length() as u64;
    let count = sections.len();
    image.bytes(headers.encode_file_header(segments_at, table, count, headers.names_at));
    image.bytes(headers.encode_segments(&segments));
    image.pieces.extend(body.pieces);
    image.length = table;
    image.bytes(headers.encode_sections(&sections));
    Ok(image)
}

/// A program without what `strip` names, and with a link to its debug information if there is one;
/// `None` where that cannot be done without moving what is loaded.
///
/// # Errors
/// When the program cannot be read or is no sound ELF file.
pub fn stripped(
    input: &File,
    strip: Strip,
    link: Option<&DebugLink>,
) -> Result<Option<Image>, ReadError> {
    stripped_part(&object::ReadCache::new(input), strip, link)
}

fn stripped_part<'data>(
    data: impl ReadRef<'data>,
    strip: Strip,
    link: Option<&DebugLink>,
) -> Result<Option<Image>, ReadError> {
    let headers = Headers::read(data)?;
    let Some(kept) = kept(&headers, strip) else {
        return Ok(None);
    };
    let end = headers.loaded_end();
    let mut image = Image::new();
    let mut body = Image {
        length: end,
        ..Image::new()
    };
    let mut sections: Vec<Section> = Vec::new();
    for &index in &kept {
        let mut section = headers.sections[index].clone();
        section.link = renumbered(&kept, section.link);
        if section.kind == headers::SYMTAB {
            let (bytes, locals) = headers.symbols(data, index, &kept)?;
            body.align(section.alignment);
            (section.offset, section.size) = (body.length, bytes.len() as u64);
            section.info = locals;
            body.bytes(bytes);
        } else if section.moves() {
            body.align(section.alignment);
            let offset = body.length;
            body.copy(section.offset, section.size);
            section.offset = offset;
        }
        sections.push(section);
    }
    if let Some(link) = link {
        body.align(4);
        let content = headers.debug_link(&link.file_name, link.crc);
        sections.push(Section::plain(
            ".gnu_debuglink",
            body.length,
            content.len(),
            4,
        ));
        body.bytes(content);
    }
    let names_at = sections.len();
    sections.push(Section::names(body.length));
    let names = headers::name_table(&mut sections);
    if let Some(section) = sections.last_mut() {
        section.size = names.len() as u64;
    }
    body.bytes(names);
    body.align(8);
    let table = body.length;
    // The program headers are among what is loaded.
    let front = headers.encode_file_header(headers.segments_at, table, sections.len(), names_at);
    let begin = front.len() as u64;
    image.bytes(front);
    image.copy(begin, end - begin);
    image.pieces.extend(body.pieces);
    image.length = table;
    image.bytes(headers.encode_sections(&sections));
    Ok(Some(image))
}

/// The sections that stay, by their numbers; `None` where a loaded one would get another number,
/// which its symbols know it by, and where the loader's own are not loaded or name one that is not, so
/// that nobody could tell any more what the program needs.
fn kept(headers: &Headers, strip: Strip) -> Option<Vec<usize>> {
    let stays = |index: usize| {
        let section = &headers.sections[index];
        let is_symbols = section.kind == headers::SYMTAB
            || section.kind == headers::SYMTAB_SHNDX
            || headers.is_names_of_symbols(index);
        if index == 0 || section.is_loaded() {
            true
        } else if section.is_debug() || section.name == b".gnu_debuglink" || is_relocation(section)
        {
            false
        } else if is_symbols {
            strip == Strip::DebugInfo
        } else {
            // Names of sections are written anew.
            index != headers.names_at && strip == Strip::DebugInfo
        }
    };
    let kept: Vec<usize> = (0..headers.sections.len())
        .filter(|index| stays(*index))
        .collect();
    let in_place = kept
        .iter()
        .enumerate()
        .all(|(new, old)| new == *old || !headers.sections[*old].is_loaded());
    let mut sections = headers.sections.iter();
    let is_whole = sections.all(|section| {
        !headers::FOR_LOADER.contains(&section.kind)
            || (section.is_loaded() && kept.contains(&(section.link as usize)))
    });
    (in_place && is_whole).then_some(kept)
}

/// Those that `--emit-relocs` leaves in a program; nothing that runs reads them.
fn is_relocation(section: &Section) -> bool {
    matches!(section.kind, headers::RELA | headers::REL)
}

fn renumbered(kept: &[usize], old: u32) -> u32 {
    let new = kept.iter().position(|index| *index == old as usize);
    new.and_then(|index| u32::try_from(index).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::elf::tests::{LIBRARIES, program};
    use proptest::prelude::*;

    fn written(image: &Image, input: &File) -> Vec<u8> {
        let mut bytes = Vec::new();
        let (length, crc) = image.write(input, &mut bytes).unwrap();
        assert_eq!(length, bytes.len() as u64);
        assert_eq!(crc, crc32fast::hash(&bytes));
        bytes
    }

    #[test]
    fn what_is_loaded_stays_where_it_is_and_as_it_is() {
        let input = File::open(std::env::current_exe().unwrap()).unwrap();
        let mut before = Vec::new();
        (&input).read_to_end(&mut before).unwrap();
        let link = DebugLink {
            file_name: "tests.debug".to_owned(),
            crc: 7,
        };
        let old = Headers::read(&before[..]).unwrap();
        for strip in [Strip::DebugInfo, Strip::Symbols] {
            let image = stripped(&input, strip, Some(&link)).unwrap().unwrap();
            let after = written(&image, &input);
            let new = Headers::read(&after[..]).unwrap();
            let begin = old.header_length();
            let end = old.loaded_end() as usize;
            assert!(before[begin..end] == after[begin..end]);
            let symbols = new
                .sections
                .iter()
                .any(|section| section.kind == headers::SYMTAB);
            assert_eq!(symbols, strip == Strip::DebugInfo);
            assert!(!new.sections.iter().any(Section::is_debug));
            let names = new
                .sections
                .iter()
                .filter(|section| section.name == b".gnu_debuglink");
            assert_eq!(names.count(), 1);
        }
    }

    #[test]
    fn the_debug_file_has_every_section_and_no_program() {
        let input = File::open(std::env::current_exe().unwrap()).unwrap();
        let mut before = Vec::new();
        (&input).read_to_end(&mut before).unwrap();
        let after = written(&debug_file(&input).unwrap(), &input);
        let old = Headers::read(&before[..]).unwrap();
        let new = Headers::read(&after[..]).unwrap();
        let names = |headers: &Headers| -> Vec<Vec<u8>> {
            headers
                .sections
                .iter()
                .map(|section| section.name.clone())
                .collect()
        };
        assert_eq!(names(&old), names(&new));
        let id = |headers: &Headers, bytes: &[u8]| {
            let name = b".note.gnu.build-id";
            let section = headers.sections.iter().find(|section| section.name == name);
            section.map(|section| {
                let begin = section.offset as usize;
                bytes[begin..begin + section.size as usize].to_vec()
            })
        };
        assert_eq!(id(&old, &before), id(&new, &after));
        let text = new
            .sections
            .iter()
            .find(|section| section.name == b".text")
            .unwrap();
        assert_eq!(text.kind, headers::NOBITS);
    }

    proptest! {
        #[test]
        fn a_damaged_program_is_split_or_refused(
            changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = program(&LIBRARIES, true);
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            bytes.truncate(cut.index(bytes.len() + 1));
            let _ = debug_part(&bytes[..]);
            let _ = stripped_part(&bytes[..], Strip::Symbols, None);
        }
    }
}
