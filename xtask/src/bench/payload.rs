//! What is packaged: files of the toolchain, text, and bytes that nothing makes smaller.
//!
//! Payloads are made once, below cargo's build folder, and used again as long as the toolchain is
//! the same: two machines with one toolchain measure the same bytes, but for the text.

use crate::step::{Failure, Step};
use std::cmp::Reverse;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

const MIB: u64 = 1 << 20;
/// Goes up when the bytes that a payload is made of change.
const RECIPE: u32 = 1;
/// The files of the toolchain that are taken first; a dash at the end stands for any hash.
const FIRST: [&str; 5] = [
    "librustc_driver-",
    "cargo",
    "rustdoc",
    "rust-lld",
    "rustfmt",
];
/// In the largest payload, the bytes that begin with a word of their own: fewer than any window.
const BLOCK: usize = 64 << 10;

/// A set of files to package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Payload {
    Elf5,
    Elf200,
    Text200,
    Noise200,
    Elf2000,
}

impl Payload {
    /// All, in the order that they are measured in.
    pub(super) const ALL: [Payload; 5] = [
        Payload::Elf5,
        Payload::Elf200,
        Payload::Text200,
        Payload::Noise200,
        Payload::Elf2000,
    ];

    /// Its name: what is in it, and how much.
    pub(super) fn name(self) -> &'static str {
        match self {
            Payload::Elf5 => "elf-5MB",
            Payload::Elf200 => "elf-200MB",
            Payload::Text200 => "text-200MB",
            Payload::Noise200 => "noise-200MB",
            Payload::Elf2000 => "elf-2GB",
        }
    }

    /// Whether a word of `--size` means it: its name, or its size alone.
    pub(super) fn is_meant_by(self, word: &str) -> bool {
        let size = self.name().split_once('-').map(|(_, size)| size);
        word == self.name() || Some(word) == size
    }

    fn bytes(self) -> u64 {
        match self {
            Payload::Elf5 => 5 * MIB,
            Payload::Elf200 | Payload::Text200 | Payload::Noise200 => 200 * MIB,
            Payload::Elf2000 => 2048 * MIB,
        }
    }

    /// Makes the files in a folder, if they are not there already.
    ///
    /// # Errors
    /// When the machine has too little of what they are made of, or they cannot be written.
    pub(super) fn make(self, folder: &Path) -> Result<(), Failure> {
        let rustc = Step::new("Asking", "rustc", "rustc").args(["-vV"]);
        let recipe = format!("recipe {RECIPE}\n{}", rustc.quietly()?);
        let complete = folder.with_extension("complete");
        if fs::read_to_string(&complete).is_ok_and(|made| made == recipe) {
            return Ok(());
        }
        crate::say::status("Making", &format!("the payload {}", self.name()));
        let failed = |error| Failure::new(format!("{}: {error}", folder.display()));
        let anew = || {
            // Without its mark before anything else, so that half a payload is never used.
            remove(&complete)?;
            remove(folder)?;
            fs::create_dir_all(folder)
        };
        anew().map_err(failed)?;
        match self {
            Payload::Elf5 | Payload::Elf200 => {
                for file in toolchain(self.bytes())? {
                    let to = folder.join(file.file_name().unwrap_or_default());
                    copy(&file, &to).map_err(failed)?;
                }
            }
            Payload::Text200 => text(folder, self.bytes()).map_err(failed)?,
            Payload::Noise200 => noise(folder, self.bytes()).map_err(failed)?,
            Payload::Elf2000 => {
                varied(&toolchain(200 * MIB)?, folder, self.bytes()).map_err(failed)?;
            }
        }
        fs::write(&complete, recipe).map_err(failed)
    }
}

/// Removes a file or a folder that may not be there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// All files below a folder that are no links, in the order of their paths.
pub(super) fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type()?;
        if kind.is_dir() {
            files.extend(files_below(&entry.path())?);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}

fn sysroot() -> Result<PathBuf, Failure> {
    let rustc = Step::new("Asking", "rustc", "rustc").args(["--print", "sysroot"]);
    Ok(PathBuf::from(rustc.quietly()?.trim_end()))
}

/// ELF files of the toolchain that are so large together, give or take a little.
fn toolchain(bytes: u64) -> Result<Vec<PathBuf>, Failure> {
    let sysroot = sysroot()?;
    let mut files = Vec::new();
    for folder in ["bin", "lib"] {
        let folder = sysroot.join(folder);
        let unreadable = |error| Failure::new(format!("{}: {error}", folder.display()));
        for file in files_below(&folder).map_err(unreadable)? {
            if is_elf(&file) {
                let size = fs::metadata(&file).map_err(unreadable)?.len();
                files.push((file, size));
            }
        }
    }
    files.sort_by_key(|(file, size)| (rank(file), Reverse(*size)));
    choose(files, bytes).ok_or_else(|| {
        Failure::new(format!(
            "the ELF files of the toolchain below {} cannot make up {} MiB",
            sysroot.display(),
            bytes / MIB
        ))
    })
}

/// Takes files in their order while they fit, until there are enough.
fn choose(files: Vec<(PathBuf, u64)>, bytes: u64) -> Option<Vec<PathBuf>> {
    let (enough, most) = (bytes - bytes / 32, bytes + bytes / 16);
    let (mut chosen, mut total) = (Vec::new(), 0);
    for (file, size) in files {
        if total < enough && total + size <= most {
            total += size;
            chosen.push(file);
        }
    }
    (total >= enough).then_some(chosen)
}

fn rank(file: &Path) -> usize {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let is = |first: &str| match first.ends_with('-') {
        true => name.starts_with(first),
        false => name == first,
    };
    FIRST
        .iter()
        .position(|first| is(first))
        .unwrap_or(FIRST.len())
}

fn is_elf(file: &Path) -> bool {
    let mut start = [0; 4];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *b"\x7fELF"
}

/// Copies the bytes themselves: neither holes nor blocks that two files share are what is measured.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut to = BufWriter::with_capacity(1 << 20, File::create(to)?);
    io::copy(&mut BufferedBytes(File::open(from)?), &mut to)?;
    to.flush()
}

/// A file that [`io::copy`] cannot tell to be one, so that it does not leave the work to the kernel.
struct BufferedBytes(File);

impl Read for BufferedBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

/// What sources there are, and the toolchain's documentation, joined to sixteen files.
fn text(folder: &Path, bytes: u64) -> io::Result<()> {
    const FILES: u64 = 16;
    let sysroot = sysroot().map_err(|failure| io::Error::other(failure.what))?;
    let cargo_home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let mut texts = Vec::new();
    for source in [
        sysroot.join("lib/rustlib/src"),
        crate::workspace().join("src"),
        cargo_home.unwrap_or_default().join("registry/src"),
        // The last, because its pages are so alike that a twentieth of them remains.
        sysroot.join("share/doc/rust"),
    ] {
        texts.extend(files_below(&source).unwrap_or_default());
    }
    let kinds = ["html", "rs", "md", "txt"].map(|kind| Some(kind.as_ref()));
    texts.retain(|file| kinds.contains(&file.extension()));
    let (mut number, mut in_file, mut all) = (0, 0, 0);
    let mut out = text_file(folder, number)?;
    // Few sources are taken more than once, further apart than gzip looks back.
    for file in texts.iter().cycle() {
        let mut part = fs::read(file)?;
        part.truncate(usize::try_from(bytes - all).unwrap_or(usize::MAX));
        out.write_all(&part)?;
        all += part.len() as u64;
        in_file += part.len() as u64;
        if all == bytes {
            return out.flush();
        }
        if in_file >= bytes / FILES {
            out.flush()?;
            (number, in_file) = (number + 1, 0);
            out = text_file(folder, number)?;
        }
    }
    Err(io::Error::other("there is no text on this machine"))
}

fn text_file(folder: &Path, number: u32) -> io::Result<BufWriter<File>> {
    let file = File::create(folder.join(format!("text-{number:02}.txt")))?;
    Ok(BufWriter::with_capacity(1 << 20, file))
}

/// Four files of the same random bytes on every machine.
fn noise(folder: &Path, bytes: u64) -> io::Result<()> {
    let mut random = Xorshift::new();
    for number in 0..4 {
        let file = File::create(folder.join(format!("noise-{number}.bin")))?;
        let mut file = BufWriter::with_capacity(1 << 20, file);
        for _ in 0..bytes / 4 / 8 {
            file.write_all(&random.next().to_le_bytes())?;
        }
        file.flush()?;
    }
    Ok(())
}

/// Four files of the given ones again and again, no block the same as any before.
fn varied(files: &[PathBuf], folder: &Path, bytes: u64) -> io::Result<()> {
    let mut random = Xorshift::new();
    let mut source = files.iter().cycle();
    let mut open = || match source.next() {
        Some(file) => File::open(file),
        None => Err(io::Error::other("there is nothing to repeat")),
    };
    let mut current = open()?;
    let mut block = vec![0; BLOCK];
    for number in 0..4 {
        let mut file = File::create(folder.join(format!("blocks-{number}.bin")))?;
        for _ in 0..bytes / 4 / BLOCK as u64 {
            let mut filled = 0;
            while filled < block.len() {
                match current.read(&mut block[filled..])? {
                    0 => current = open()?,
                    read => filled += read,
                }
            }
            // Over the first bytes of a file too: a program cut in pieces is none.
            block[..8].copy_from_slice(&random.next().to_le_bytes());
            file.write_all(&block)?;
        }
    }
    Ok(())
}

/// xorshift64*, seeded with a number of no meaning.
struct Xorshift(u64);

impl Xorshift {
    fn new() -> Self {
        Xorshift(0x9e37_79b9_7f4a_7c15)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Payload, Xorshift, choose, files_below, noise, rank, varied};
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::{Path, PathBuf};

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_size_means_all_payloads_of_it_and_a_name_one() {
        let meant = |word: &str| {
            Payload::ALL
                .into_iter()
                .filter(|one| one.is_meant_by(word))
                .count()
        };
        assert_eq!(
            [
                meant("200MB"),
                meant("text-200MB"),
                meant("2GB"),
                meant("MB")
            ],
            [3, 1, 1, 0]
        );
    }

    #[test]
    fn files_are_taken_in_order_while_they_fit() {
        let files = |sizes: &[u64]| {
            let files = sizes
                .iter()
                .map(|size| (PathBuf::from(size.to_string()), *size));
            choose(files.collect(), 320)
        };
        assert_eq!(
            files(&[400, 300, 50, 12, 5]).unwrap(),
            [Path::new("300"), Path::new("12")]
        );
        assert_eq!(files(&[400, 300]), None);
        assert!(rank("/x/librustc_driver-0123.so".as_ref()) < rank("/x/cargo".as_ref()));
        assert!(rank("/x/cargo".as_ref()) < rank("/x/cargo-fmt".as_ref()));
    }

    #[test]
    fn noise_is_the_same_each_time_and_never_repeats() {
        let folder = folder("noise");
        noise(&folder, 4096).unwrap();
        let bytes: Vec<u8> = files_below(&folder)
            .unwrap()
            .iter()
            .flat_map(|file| fs::read(file).unwrap())
            .collect();
        fs::remove_dir_all(&folder).unwrap();
        let words: BTreeSet<&[u8]> = bytes.chunks(8).collect();
        assert_eq!((bytes.len(), words.len()), (4096, 512));
        assert_eq!(bytes[..8], Xorshift::new().next().to_le_bytes());
    }

    #[test]
    fn repeated_blocks_differ_and_are_no_programs() {
        let folder = folder("varied");
        let source = folder.join("source");
        fs::write(&source, b"\x7fELF".repeat(BLOCK / 8)).unwrap();
        let to = folder.join("to");
        fs::create_dir(&to).unwrap();
        varied(&[source], &to, 8 * BLOCK as u64).unwrap();
        let mut blocks = BTreeSet::new();
        for file in files_below(&to).unwrap() {
            let bytes = fs::read(file).unwrap();
            assert!(bytes.len() == 2 * BLOCK && !bytes.starts_with(b"\x7fELF"));
            blocks.extend(bytes.chunks(BLOCK).map(<[u8]>::to_vec));
        }
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(blocks.len(), 8);
    }
}
