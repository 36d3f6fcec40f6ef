//! The headers of an ELF file as plain numbers, to be read, changed and written again.

use super::ReadError;
use object::elf::{FileHeader32, FileHeader64};
use object::endian::{Endian, Endianness};
use object::read::ReadRef;
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};

pub(super) const NULL: u32 = 0;
pub(super) const SYMTAB: u32 = 2;
pub(super) const RELA: u32 = 4;
pub(super) const NOTE: u32 = 7;
pub(super) const NOBITS: u32 = 8;
pub(super) const REL: u32 = 9;
pub(super) const SYMTAB_SHNDX: u32 = 18;
pub(super) const PT_NOTE: u32 = 4;
/// What a loader reads: `SHT_DYNAMIC`, `SHT_DYNSYM`, `SHT_GNU_verdef`, `SHT_GNU_verneed`,
/// `SHT_GNU_versym`.
pub(super) const FOR_LOADER: [u32; 5] = [6, 11, 0x6fff_fffd, 0x6fff_fffe, 0x6fff_ffff];

const STRTAB: u32 = 3;
const PROGBITS: u32 = 1;
const SHF_ALLOC: u64 = 2;
/// Numbers of sections from here on are not sections but marks (`SHN_LORESERVE`).
const FIRST_MARK: u16 = 0xff00;
/// The largest alignment of a section that only debuggers read: the largest page that any kernel has.
const MAX_ALIGNMENT: u64 = 64 << 10;
/// Bytes of a symbol table that is read whole. The largest programs have some 50 MB.
const MAX_SYMBOLS: u64 = 512 << 20;

/// The headers of a file.
pub(super) struct Headers {
    is_64: bool,
    endian: Endianness,
    /// The file header as it stands.
    file_header: Vec<u8>,
    /// Where the program headers stand.
    pub(super) segments_at: u64,
    /// The program headers.
    pub(super) segments: Vec<Segment>,
    /// The section headers, the empty one at 0 among them.
    pub(super) sections: Vec<Section>,
    /// The number of the section that holds the names of sections.
    pub(super) names_at: usize,
}

/// A program header.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) kind: u32,
    flags: u32,
    pub(super) offset: u64,
    virtual_address: u64,
    physical_address: u64,
    pub(super) file_size: u64,
    memory_size: u64,
    alignment: u64,
}

/// A section header with its name.
#[derive(Clone, Debug)]
pub(super) struct Section {
    pub(super) name: Vec<u8>,
    name_offset: u32,
    pub(super) kind: u32,
    flags: u64,
    address: u64,
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) link: u32,
    pub(super) info: u32,
    pub(super) alignment: u64,
    entry_size: u64,
}

impl Section {
    pub(super) fn plain(name: &str, offset: u64, size: usize, alignment: u64) -> Self {
        Section {
            name: name.as_bytes().to_vec(),
            name_offset: 0,
            kind: PROGBITS,
            flags: 0,
            address: 0,
            offset,
            size: size as u64,
            link: 0,
            info: 0,
            alignment,
            entry_size: 0,
        }
    }

    pub(super) fn names(offset: u64) -> Self {
        Section {
            kind: STRTAB,
            ..Section::plain(".shstrtab", offset, 0, 1)
        }
    }

    /// Whether it is part of the program in memory.
    pub(super) fn is_loaded(&self) -> bool {
        self.flags & SHF_ALLOC != 0
    }

    /// Whether its bytes lie behind what is loaded.
    pub(super) fn moves(&self) -> bool {
        !self.is_loaded() && self.kind != NULL && self.kind != NOBITS
    }

    /// Whether only debuggers read it.
    pub(super) fn is_debug(&self) -> bool {
        let named = |prefix: &[u8]| self.name.starts_with(prefix);
        !self.is_loaded()
            && (named(b".debug_") || named(b".zdebug_") || named(b".gdb_index") || named(b".stab"))
    }
}

impl Headers {
    pub(super) fn read<'data, R: ReadRef<'data>>(data: R) -> Result<Self, ReadError> {
        let class = data.read_bytes_at(0, 5).map_err(|()| SHORT)?[4];
        match class {
            1 => Self::of::<FileHeader32<Endianness>, R>(data, false),
            2 => Self::of::<FileHeader64<Endianness>, R>(data, true),
            _ => Err(ReadError::Odd("an ELF file of an unknown class")),
        }
    }

    fn of<'data, E, R>(data: R, is_64: bool) -> Result<Self, ReadError>
    where
        E: FileHeader<Endian = Endianness>,
        R: ReadRef<'data>,
    {
        let header = E::parse(data)?;
        let endian = header.endian()?;
        if header.e_shnum(endian) == 0 || header.e_shnum(endian) >= FIRST_MARK {
            return Err(ReadError::Odd("it has no section headers, or too many"));
        }
        let table = header.sections(endian, data)?;
        let mut sections = Vec::new();
        for section in table.iter() {
            sections.push(Section {
                name: table.section_name(endian, section)?.to_vec(),
                name_offset: section.sh_name(endian),
                kind: section.sh_type(endian).0,
                flags: section.sh_flags(endian).0,
                address: section.sh_addr(endian).into(),
                offset: section.sh_offset(endian).into(),
                size: section.sh_size(endian).into(),
                link: section.sh_link(endian),
                info: section.sh_info(endian),
                alignment: section.sh_addralign(endian).into(),
                entry_size: section.sh_entsize(endian).into(),
            });
        }
        let segments = header.program_headers(endian, data)?.iter();
        let segments = segments.map(|segment| Segment {
            kind: segment.p_type(endian).0,
            flags: segment.p_flags(endian).0,
            offset: segment.p_offset(endian).into(),
            virtual_address: segment.p_vaddr(endian).into(),
            physical_address: segment.p_paddr(endian).into(),
            file_size: segment.p_filesz(endian).into(),
            memory_size: segment.p_memsz(endian).into(),
            alignment: segment.p_align(endian).into(),
        });
        let headers = Headers {
            is_64,
            endian,
            file_header: Vec::new(),
            segments_at: header.e_phoff(endian).into(),
            segments: segments.collect(),
            sections,
            names_at: usize::from(header.e_shstrndx(endian).0),
        };
        headers.sound(data)
    }

    /// Held against the length of the file, so that what is made of them can be read.
    fn sound<'data, R: ReadRef<'data>>(mut self, data: R) -> Result<Self, ReadError> {
        let length = data.len().map_err(|()| SHORT)?;
        let inside =
            |offset: u64, size: u64| offset.checked_add(size).is_some_and(|end| end <= length);
        for section in &self.sections {
            let here = section.kind == NOBITS || section.kind == NULL;
            if !(here || inside(section.offset, section.size)) {
                return Err(ReadError::Odd("a section reaches beyond its end"));
            }
            // They are written elsewhere, with zeroes before them.
            let is_written = !section.is_loaded() || section.kind == NOTE;
            if is_written && section.alignment > MAX_ALIGNMENT {
                return Err(ReadError::Odd("a section is aligned to more than a page"));
            }
        }
        let sections = self.sections.iter();
        let written = sections.filter(|section| section.kind != NOBITS && section.kind != NULL);
        if written.map(|section| section.size).sum::<u64>() > length.saturating_mul(2) {
            return Err(ReadError::Odd("its sections lie within each other"));
        }
        if !self
            .segments
            .iter()
            .all(|segment| segment.file_size == 0 || inside(segment.offset, segment.file_size))
        {
            return Err(ReadError::Odd("a segment reaches beyond its end"));
        }
        let header = data.read_bytes_at(0, self.header_length() as u64);
        self.file_header = header.map_err(|()| SHORT)?.to_vec();
        Ok(self)
    }

    /// The bytes of the file header.
    pub(super) fn header_length(&self) -> usize {
        if self.is_64 { 64 } else { 52 }
    }

    /// The bytes of file header and program headers where they stand side by side.
    pub(super) fn front_length(&self) -> u64 {
        let segment = if self.is_64 { 56 } else { 32 };
        (self.header_length() + segment * self.segments.len()) as u64
    }

    /// Where what is loaded ends.
    pub(super) fn loaded_end(&self) -> u64 {
        let sections = self.sections.iter().filter(|section| section.is_loaded());
        let sections = sections
            .filter(|section| section.kind != NOBITS)
            .map(|section| section.offset + section.size);
        let segments = self.segments.iter().filter(|segment| segment.file_size > 0);
        let segments = segments.map(|segment| segment.offset + segment.file_size);
        let header = self.header_length() as u64;
        // Without program headers their place is any number.
        let table = match self.segments.is_empty() {
            true => header,
            false => self.segments_at + self.front_length() - header,
        };
        let table = table.max(header);
        sections.chain(segments).fold(table, u64::max)
    }

    /// Whether a section holds the names of symbols, and not of sections too.
    pub(super) fn is_names_of_symbols(&self, index: usize) -> bool {
        let symbols = self
            .sections
            .iter()
            .filter(|section| section.kind == SYMTAB);
        symbols
            .map(|section| section.link as usize)
            .any(|link| link == index)
    }

    /// A symbol table for other numbers of sections, and the number of its local symbols, which
    /// come first. Symbols of sections that are gone are left out: nothing refers to them.
    pub(super) fn symbols<'data, R: ReadRef<'data>>(
        &self,
        data: R,
        index: usize,
        kept: &[usize],
    ) -> Result<(Vec<u8>, u32), ReadError> {
        let section = &self.sections[index];
        let (size, at) = if self.is_64 { (24, 6) } else { (16, 14) };
        if section.size > MAX_SYMBOLS {
            return Err(ReadError::Odd("it has more symbols than can be"));
        }
        let bytes = data
            .read_bytes_at(section.offset, section.size)
            .map_err(|()| SHORT)?;
        let info = if self.is_64 { 4 } else { 12 };
        let (mut table, mut locals) = (Vec::with_capacity(bytes.len()), 0);
        for symbol in bytes.chunks_exact(size) {
            let number = self.endian.read_u16([symbol[at], symbol[at + 1]]);
            let number = match number {
                0 | FIRST_MARK.. => number,
                _ => match kept.iter().position(|old| *old == usize::from(number)) {
                    Some(new) => u16::try_from(new).unwrap_or(0),
                    None => continue,
                },
            };
            let begin = table.len();
            table.extend_from_slice(symbol);
            table[begin + at..begin + at + 2].copy_from_slice(&self.endian.write_u16(number));
            locals += u32::from(symbol[info] >> 4 == 0);
        }
        Ok((table, locals))
    }

    /// `.gnu_debuglink`: the name, padded to four bytes, and the CRC.
    pub(super) fn debug_link(&self, file_name: &str, crc: u32) -> Vec<u8> {
        let mut bytes = file_name.as_bytes().to_vec();
        bytes.push(0);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend(self.endian.write_u32(crc));
        bytes
    }

    /// The file header, for tables at these places.
    pub(super) fn encode_file_header(
        &self,
        segments_at: u64,
        sections_at: u64,
        sections: usize,
        names_at: usize,
    ) -> Vec<u8> {
        let mut out = self.file_header.clone();
        // e_phoff and e_shoff, and at the end e_shnum and e_shstrndx (elf(5)).
        let (at, wide) = if self.is_64 { (32, 8) } else { (28, 4) };
        out[at..at + wide].copy_from_slice(&self.word(segments_at));
        out[at + wide..at + 2 * wide].copy_from_slice(&self.word(sections_at));
        let end = out.len();
        for (at, number) in [(end - 4, sections), (end - 2, names_at)] {
            let number = u16::try_from(number).unwrap_or(0);
            out[at..at + 2].copy_from_slice(&self.endian.write_u16(number));
        }
        out
    }

    /// The program headers.
    pub(super) fn encode_segments(&self, segments: &[Segment]) -> Vec<u8> {
        let mut out = Vec::new();
        for segment in segments {
            out.extend(self.half(segment.kind));
            if self.is_64 {
                out.extend(self.half(segment.flags));
            }
            for number in [
                segment.offset,
                segment.virtual_address,
                segment.physical_address,
                segment.file_size,
                segment.memory_size,
            ] {
                out.extend(self.word(number));
            }
            if !self.is_64 {
                out.extend(self.half(segment.flags));
            }
            out.extend(self.word(segment.alignment));
        }
        out
    }

    /// The section headers.
    pub(super) fn encode_sections(&self, sections: &[Section]) -> Vec<u8> {
        let mut out = Vec::new();
        for section in sections {
            out.extend(self.half(section.name_offset));
            out.extend(self.half(section.kind));
            for number in [section.flags, section.address, section.offset, section.size] {
                out.extend(self.word(number));
            }
            out.extend(self.half(section.link));
            out.extend(self.half(section.info));
            out.extend(self.word(section.alignment));
            out.extend(self.word(section.entry_size));
        }
        out
    }

    fn half(&self, number: u32) -> [u8; 4] {
        self.endian.write_u32(number)
    }

    /// A number as wide as an address.
    fn word(&self, number: u64) -> Vec<u8> {
        if self.is_64 {
            self.endian.write_u64(number).to_vec()
        } else {
            // It came from 32 bits, or is an offset in a file that they address.
            self.half(u32::try_from(number).unwrap_or(u32::MAX))
                .to_vec()
        }
    }
}

const SHORT: ReadError = ReadError::Odd("the file is too short to be an ELF file");

/// Gives each section the place of its name, and back the table of names.
pub(super) fn name_table(sections: &mut [Section]) -> Vec<u8> {
    let mut names = vec![0];
    for section in sections {
        section.name_offset = 0;
        if !section.name.is_empty() {
            section.name_offset = u32::try_from(names.len()).unwrap_or(0);
            names.extend_from_slice(&section.name);
            names.push(0);
        }
    }
    names
}
