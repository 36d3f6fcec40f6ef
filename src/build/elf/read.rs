//! From bytes to [`ElfFacts`].

use super::{
    Arch, ByteOrder, Class, DefinedVersion, ElfFacts, Kind, MAX_SYMBOLS_NAMED, NeededSymbol,
    NeededVersion, ReadError,
};
use object::elf::{self, FileHeader32, FileHeader64};
use object::endian::{Endian, Endianness};
use object::read::ReadRef;
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader, SectionTable, Sym};
use std::collections::BTreeMap;

/// Version records in a file. glibc itself, which defines most of all, has some 40.
const MAX_VERSIONS: usize = 4096;
/// `DT_NEEDED` entries in a file.
const MAX_NEEDED: usize = 4096;
/// Bytes in a name. The longest that matter, mangled C++ ones, stay below; Linux paths too.
const MAX_NAME: usize = 4096;
/// Symbols that are kept by name, of all versions together.
const MAX_SYMBOLS: usize = 2048;
/// Bytes in a note section, and note sections in a file, that are searched for the build id.
const MAX_NOTE: u64 = 1 << 20;
const MAX_NOTES: usize = 64;

pub(super) fn facts<'data, R: ReadRef<'data>>(data: R) -> Result<ElfFacts, ReadError> {
    let ident = data
        .read_bytes_at(0, 16)
        .map_err(|()| ReadError::Odd("the file is too short to be an ELF file"))?;
    if !ident.starts_with(b"\x7fELF") {
        return Err(ReadError::Odd("not an ELF file"));
    }
    match ident[4] {
        1 => Reader::<FileHeader32<Endianness>, R>::new(data)?.facts(Class::Elf32),
        2 => Reader::<FileHeader64<Endianness>, R>::new(data)?.facts(Class::Elf64),
        _ => Err(ReadError::Odd("an ELF file of an unknown class")),
    }
}

struct Reader<'data, E: FileHeader, R: ReadRef<'data>> {
    data: R,
    header: &'data E,
    endian: E::Endian,
    segments: &'data [E::ProgramHeader],
    sections: SectionTable<'data, E, R>,
}

/// What the dynamic section says.
#[derive(Default)]
struct Dynamic {
    there: bool,
    needed: Vec<String>,
    soname: Option<String>,
    hash: bool,
    gnu_hash: bool,
    debug: bool,
    pie: bool,
}

/// The needed versions in order, and where a symbol's version index leads among them.
#[derive(Default)]
struct Versions {
    list: Vec<NeededVersion>,
    by_index: BTreeMap<u16, usize>,
}

impl<'data, E: FileHeader, R: ReadRef<'data>> Reader<'data, E, R> {
    fn new(data: R) -> Result<Self, ReadError> {
        let header = E::parse(data)?;
        let endian = header.endian()?;
        Ok(Reader {
            data,
            header,
            endian,
            segments: header.program_headers(endian, data)?,
            sections: header.sections(endian, data)?,
        })
    }

    fn facts(&self, class: Class) -> Result<ElfFacts, ReadError> {
        let interpreter = self.interpreter()?;
        let dynamic = self.dynamic()?;
        let mut versions = self.needed_versions()?;
        self.assign_symbols(&mut versions)?;
        let byte_order = if self.endian.is_big_endian() {
            ByteOrder::Big
        } else {
            ByteOrder::Little
        };
        let kind = match self.header.e_type(self.endian) {
            elf::ET_EXEC => Kind::Executable,
            elf::ET_DYN if interpreter.is_some() || dynamic.debug || dynamic.pie => {
                Kind::PositionIndependentExecutable
            }
            elf::ET_DYN => Kind::SharedLibrary,
            _ => Kind::Other,
        };
        Ok(ElfFacts {
            class,
            byte_order,
            arch: self.arch(class, byte_order),
            machine: self.header.e_machine(self.endian).0,
            kind,
            interpreter,
            needed: dynamic.needed,
            versions: versions.list,
            defined_versions: self.defined_versions()?,
            soname: dynamic.soname,
            has_debug: dynamic.debug,
            has_hash: dynamic.hash,
            has_gnu_hash: dynamic.gnu_hash,
            dynamic: dynamic.there,
            build_id: self.build_id()?,
            debug_info: self.has_section(b".debug_info") || self.has_section(b".zdebug_info"),
            load_alignment: self.load_alignment(),
        })
    }

    fn arch(&self, class: Class, order: ByteOrder) -> Option<Arch> {
        let hard_float = self.header.e_flags(self.endian).0 & elf::EF_ARM_ABI_FLOAT_HARD != 0;
        match (self.header.e_machine(self.endian), class, order) {
            (elf::EM_X86_64, Class::Elf64, ByteOrder::Little) => Some(Arch::X86_64),
            (elf::EM_AARCH64, Class::Elf64, ByteOrder::Little) => Some(Arch::Aarch64),
            (elf::EM_386, Class::Elf32, ByteOrder::Little) => Some(Arch::I686),
            (elf::EM_ARM, Class::Elf32, ByteOrder::Little) if hard_float => Some(Arch::Armv7hl),
            (elf::EM_PPC64, Class::Elf64, ByteOrder::Little) => Some(Arch::Ppc64le),
            (elf::EM_S390, Class::Elf64, ByteOrder::Big) => Some(Arch::S390x),
            (elf::EM_RISCV, Class::Elf64, ByteOrder::Little) => Some(Arch::Riscv64),
            _ => None,
        }
    }

    fn interpreter(&self) -> Result<Option<String>, ReadError> {
        for segment in self.segments {
            if segment.p_type(self.endian) != elf::PT_INTERP {
                continue;
            }
            if segment.p_filesz(self.endian).into() > MAX_NAME as u64 {
                return Err(ReadError::Odd("the path of its interpreter is too long"));
            }
            if let Some(path) = segment.interpreter(self.endian, self.data)? {
                return Ok(Some(text(path)?));
            }
        }
        Ok(None)
    }

    fn load_alignment(&self) -> Option<u64> {
        let loaded = self.segments.iter();
        let loaded = loaded.filter(|segment| segment.p_type(self.endian) == elf::PT_LOAD);
        loaded
            .map(|segment| segment.p_align(self.endian).into())
            .min()
    }

    fn dynamic(&self) -> Result<Dynamic, ReadError> {
        let mut found = Dynamic::default();
        let table = self.sections.dynamic_table(self.endian, self.data)?;
        let segment = self
            .segments
            .iter()
            .any(|segment| segment.p_type(self.endian) == elf::PT_DYNAMIC);
        if table.is_empty() {
            // rpm's generator sees nothing in such a file, and the loader does.
            return if segment {
                Err(ReadError::Odd(
                    "it has a dynamic segment but no section headers, so what it needs cannot be seen",
                ))
            } else {
                Ok(found)
            };
        }
        found.there = true;
        for entry in &table {
            match entry.tag {
                elf::DT_HASH => found.hash = true,
                elf::DT_GNU_HASH => found.gnu_hash = true,
                elf::DT_DEBUG => found.debug = true,
                elf::DT_FLAGS_1 => found.pie |= entry.val & elf::DF_1_PIE.0 != 0,
                elf::DT_SONAME => found.soname = Some(text(table.string(entry)?)?),
                elf::DT_NEEDED => {
                    if found.needed.len() >= MAX_NEEDED {
                        return Err(ReadError::Odd("it needs more libraries than can be"));
                    }
                    found.needed.push(text(table.string(entry)?)?);
                }
                _ => {}
            }
        }
        Ok(found)
    }

    fn needed_versions(&self) -> Result<Versions, ReadError> {
        let mut versions = Versions::default();
        let Some((needs, link)) = self.sections.gnu_verneed(self.endian, self.data)? else {
            return Ok(versions);
        };
        let strings = self.sections.strings(self.endian, self.data, link)?;
        // Records may overlap, so that a small file could hold millions: count them. A library
        // without versions counts too.
        let mut count = 0;
        for need in needs {
            let (need, auxiliaries) = need?;
            count_version(&mut count)?;
            let library = text(need.file(self.endian, strings)?)?;
            for auxiliary in auxiliaries {
                let auxiliary = auxiliary?;
                count_version(&mut count)?;
                versions.by_index.insert(
                    auxiliary.vna_other(self.endian).index().0,
                    versions.list.len(),
                );
                let flags = auxiliary.vna_flags.get(self.endian);
                versions.list.push(NeededVersion {
                    library: library.clone(),
                    version: text(auxiliary.name(self.endian, strings)?)?,
                    weak: flags.contains(elf::VER_FLG_WEAK),
                    symbols: Vec::new(),
                    symbol_count: 0,
                });
            }
        }
        Ok(versions)
    }

    /// The first name of a record is the version's own; those after it are its parents, which have
    /// records of their own.
    fn defined_versions(&self) -> Result<Vec<DefinedVersion>, ReadError> {
        let Some((definitions, link)) = self.sections.gnu_verdef(self.endian, self.data)? else {
            return Ok(Vec::new());
        };
        let strings = self.sections.strings(self.endian, self.data, link)?;
        let mut base: Option<String> = None;
        let mut versions = Vec::new();
        let mut count = 0;
        for definition in definitions {
            let (definition, mut auxiliaries) = definition?;
            count_version(&mut count)?;
            let Some(auxiliary) = auxiliaries.next()? else {
                continue;
            };
            let name = text(auxiliary.name(self.endian, strings)?)?;
            let flags = definition.vd_flags.get(self.endian);
            if flags.contains(elf::VER_FLG_BASE) {
                base = Some(name);
            } else if let Some(library) = &base {
                versions.push(DefinedVersion {
                    library: library.clone(),
                    version: name,
                });
            }
        }
        Ok(versions)
    }

    /// Puts the undefined symbols with their versions; one without a version decides nothing.
    fn assign_symbols(&self, versions: &mut Versions) -> Result<(), ReadError> {
        let symbols = self
            .sections
            .symbols(self.endian, self.data, elf::SHT_DYNSYM)?;
        let versyms = self.sections.gnu_versym(self.endian, self.data)?;
        let versyms = versyms.map_or(&[][..], |(versyms, _)| versyms);
        let mut named = 0;
        for (index, symbol) in symbols.enumerate() {
            if !symbol.is_undefined(self.endian) || index.0 == 0 {
                continue;
            }
            let version = versyms
                .get(index.0)
                .map(|versym| versym.0.get(self.endian).index().0)
                .and_then(|index| versions.by_index.get(&index))
                .and_then(|&at| versions.list.get_mut(at));
            let Some(version) = version else { continue };
            version.symbol_count += 1;
            if version.symbols.len() < MAX_SYMBOLS_NAMED && named < MAX_SYMBOLS {
                named += 1;
                version.symbols.push(NeededSymbol {
                    name: text(symbol.name(self.endian, symbols.strings())?)?,
                    weak: symbol.is_weak(),
                });
            }
        }
        Ok(())
    }

    fn build_id(&self) -> Result<Option<String>, ReadError> {
        let notes = self.sections.iter().filter(|section| {
            section.sh_type(self.endian) == elf::SHT_NOTE
                && section.sh_size(self.endian).into() <= MAX_NOTE
        });
        for section in notes.take(MAX_NOTES) {
            let Some(mut notes) = section.notes(self.endian, self.data)? else {
                continue;
            };
            while let Some(note) = notes.next()? {
                if note.name() == elf::ELF_NOTE_GNU
                    && note.n_type(self.endian) == elf::NT_GNU_BUILD_ID
                    && note.desc().len() <= 64
                {
                    return Ok(Some(hexadecimal(note.desc())));
                }
            }
        }
        Ok(None)
    }

    fn has_section(&self, name: &[u8]) -> bool {
        self.sections.section_by_name(self.endian, name).is_some()
    }
}

fn count_version(count: &mut usize) -> Result<(), ReadError> {
    *count += 1;
    if *count > MAX_VERSIONS {
        return Err(ReadError::Odd("it has more symbol versions than can be"));
    }
    Ok(())
}

/// A name as text. Names of libraries, versions and symbols are ASCII in practice; what is not
/// UTF-8 is shown with replacement characters and matches nothing.
fn text(bytes: &[u8]) -> Result<String, ReadError> {
    if bytes.len() > MAX_NAME {
        return Err(ReadError::Odd("a name in it is longer than can be"));
    }
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
