//! Programs parted from their debug information, as files.

use super::elf::split::{self, DebugLink, Image, Strip};
use super::{Binary, Error};
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::File;
use std::io::BufWriter;
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

/// Takes out of a program what is to be taken out, and makes a file of the debug information where
/// it is to be kept. New files are made in `folder`, as `NAME` and `NAME.debug`.
///
/// A program in which there is nothing to take stays as it is, and so does one that cannot be
/// stripped without moving what is loaded.
///
/// # Errors
/// When the program is no sound ELF file, or a file cannot be read or written.
pub fn part(binary: &Binary, parting: Parting, folder: &Utf8Path) -> Result<Parted, Error> {
    let whole = Parted::whole(binary);
    let Some(strip) = parting.strip.filter(|_| parting.changes(binary)) else {
        return Ok(whole);
    };
    let input = File::open(&binary.path).map_err(|source| Error::Part {
        path: binary.path.clone(),
        source,
    })?;
    let unsound = |source| Error::Elf {
        path: binary.path.clone(),
        source,
    };
    let mut debug = None;
    let mut link = None;
    if parting.keep_debug && binary.facts.debug_info {
        let file_name = format!("{}.debug", binary.name);
        let path = folder.join(&file_name);
        let crc = write(
            &split::debug_file(&input).map_err(unsound)?,
            &input,
            &path,
            0o644,
        )?;
        (debug, link) = (Some(path), Some(DebugLink { file_name, crc }));
    }
    let Some(image) = split::stripped(&input, strip, link.as_ref()).map_err(unsound)? else {
        return Ok(whole);
    };
    let program = folder.join(&binary.name);
    write(&image, &input, &program, 0o755)?;
    Ok(Parted { program, debug })
}

/// Writes a file and gives back the CRC-32 of its bytes.
fn write(image: &Image, input: &File, path: &Utf8Path, mode: u32) -> Result<u32, Error> {
    let failed = |source| Error::Part {
        path: path.to_owned(),
        source,
    };
    let file = File::create(path).map_err(failed)?;
    file.set_permissions(std::fs::Permissions::from_mode(mode))
        .map_err(failed)?;
    let mut out = BufWriter::new(file);
    let (_, crc) = image.write(input, &mut out).map_err(failed)?;
    let file = out
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    file.sync_data().map_err(failed)?;
    Ok(crc)
}
