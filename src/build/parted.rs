//! Programs parted from their debug information, as files.

use super::elf::ReadError;
use super::elf::split::{self, DebugLink, Image, Strip};
use super::{Binary, Error};
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::File;
use std::io::{self, BufWriter};
use std::os::unix::fs::PermissionsExt;

/// A program as it is packaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parted {
    /// The program: a new file, or the one that was built where nothing is taken out of it.
    pub program: Utf8PathBuf,
    /// Its debug information, where that became a file of its own.
    pub debug: Option<Utf8PathBuf>,
}

impl Parted {
    /// A program that stays as it was built.
    pub fn whole(binary: &Binary) -> Self {
        Parted {
            program: binary.path.clone(),
            debug: None,
        }
    }
}

/// What becomes of a program and its debug information.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Parting {
    /// What is taken out of the program; nothing where it is `None`.
    pub strip: Option<Strip>,
    /// Whether the debug information that is taken out becomes a file.
    pub keep_debug: bool,
}

impl Parting {
    /// Whether there is something in a program that it takes out.
    pub fn changes(self, binary: &Binary) -> bool {
        match self.strip {
            None => false,
            Some(Strip::DebugInfo) => binary.facts.debug_info,
            Some(Strip::Symbols) => true,
        }
    }
}

/// What [`part`] will make of a program.
///
/// # Errors
/// When the program is no sound ELF file or cannot be read.
pub fn promised(binary: &Binary, parting: Parting, folder: &Utf8Path) -> Result<Parted, Error> {
    let work = Work::of(binary, parting, folder)?;
    Ok(work.map_or_else(|| Parted::whole(binary), |work| work.parted))
}

/// Takes out of a program what is to be taken out, and makes a file of the debug information where
/// it is to be kept. New files are made in `folder`, as `NAME` and `NAME.debug`.
///
/// A program in which there is nothing to take stays as it is, and so does one that cannot be
/// stripped without moving what is loaded.
///
/// # Errors
/// When the program is no sound ELF file, or a file cannot be read or written.
pub fn part(binary: &Binary, parting: Parting, folder: &Utf8Path) -> Result<Parted, Error> {
    let Some(work) = Work::of(binary, parting, folder)? else {
        return Ok(Parted::whole(binary));
    };
    let mut link = work.link;
    if let (Some(path), Some(link)) = (&work.parted.debug, &mut link) {
        let image = split::debug_file(&work.input).map_err(|source| unsound(binary, source))?;
        let written = write(&image, &work.input, path, 0o644);
        link.crc = written.map_err(|source| unparted(binary, source))?;
    }
    let image = split::stripped(&work.input, work.strip, link.as_ref());
    // That it can be done does not depend on the checksum.
    if let Some(image) = image.map_err(|source| unsound(binary, source))? {
        let written = write(&image, &work.input, &work.parted.program, 0o755);
        written.map_err(|source| unparted(binary, source))?;
    }
    Ok(work.parted)
}

/// A program that is to be parted and can be.
struct Work {
    input: File,
    strip: Strip,
    /// Without the checksum.
    link: Option<DebugLink>,
    parted: Parted,
}

impl Work {
    fn of(binary: &Binary, parting: Parting, folder: &Utf8Path) -> Result<Option<Self>, Error> {
        let Some(strip) = parting.strip.filter(|_| parting.changes(binary)) else {
            return Ok(None);
        };
        let input = File::open(&binary.path).map_err(|source| unparted(binary, source))?;
        let keeps = parting.keep_debug && binary.facts.debug_info;
        let file_name = format!("{}.debug", binary.name);
        let debug = keeps.then(|| folder.join(&file_name));
        let link = keeps.then_some(DebugLink { file_name, crc: 0 });
        let image = split::stripped(&input, strip, link.as_ref());
        let image = image.map_err(|source| unsound(binary, source))?;
        Ok(image.is_some().then(|| Work {
            input,
            strip,
            link,
            parted: Parted {
                program: folder.join(&binary.name),
                debug,
            },
        }))
    }
}

fn unsound(binary: &Binary, source: ReadError) -> Error {
    Error::Elf {
        path: binary.path.clone(),
        source,
    }
}

fn unparted(binary: &Binary, source: io::Error) -> Error {
    Error::Part {
        path: binary.path.clone(),
        source,
    }
}

/// Writes a file and gives back the CRC-32 of its bytes.
fn write(image: &Image, input: &File, path: &Utf8Path, mode: u32) -> io::Result<u32> {
    let file = File::create(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(mode))?;
    let mut out = BufWriter::new(file);
    let (_, crc) = image.write(input, &mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_data()?;
    Ok(crc)
}
