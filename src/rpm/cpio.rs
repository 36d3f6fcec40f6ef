//! The cpio format that rpm calls newc: SVR4 without checksums, magic `070701`.
//!
//! Every entry is a header of 110 characters (magic and thirteen numbers of eight hexadecimal
//! digits), the name with its NUL, padding to four bytes, the body, padding to four bytes. The
//! last is named `TRAILER!!!` (rpm 4.14.3, `lib/cpio.c`).

/// The length of the fixed part.
pub(super) const HEADER_LENGTH: usize = 110;
/// What begins an entry.
pub(super) const MAGIC: &[u8; 6] = b"070701";
/// The same with checksums, which rpm reads too and ignores.
pub(super) const MAGIC_CRC: &[u8; 6] = b"070702";
/// What begins an entry of rpm's own form for files of 4 GiB and more.
pub(super) const MAGIC_STRIPPED: &[u8; 6] = b"07070X";
/// The length of the header of that form: magic and the number of the file, padded.
pub(super) const STRIPPED_LENGTH: usize = 16;
/// The name of the last entry.
pub(super) const TRAILER: &str = "TRAILER!!!";
/// The longest name that rpm reads, with its NUL.
pub(super) const MAX_NAME: u32 = 4096;

/// The numbers of an entry that we care for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) inode: u32,
    /// Type and permissions.
    pub(super) mode: u32,
    pub(super) links: u32,
    pub(super) mtime: u32,
    /// The length of the body in bytes.
    pub(super) size: u32,
    /// The minor number of the device.
    pub(super) device: u32,
    /// The length of the name with its NUL; set by [`Entry::write`].
    pub(super) name_length: u32,
}

impl Entry {
    /// Appends header, name and padding. Owners are 0: rpm takes them from the header by name.
    pub(super) fn write(&self, name: &str, out: &mut Vec<u8>) {
        let name_length = u32::try_from(name.len() + 1).unwrap_or(u32::MAX);
        let numbers = [
            self.inode,
            self.mode,
            0,
            0,
            self.links,
            self.mtime,
            self.size,
            0,
            self.device,
            0,
            0,
            name_length,
            0,
        ];
        let start = out.len();
        out.extend_from_slice(MAGIC);
        for number in numbers {
            out.extend_from_slice(format!("{number:08x}").as_bytes());
        }
        out.extend_from_slice(name.as_bytes());
        out.push(0);
        out.resize(start + (out.len() - start).next_multiple_of(4), 0);
    }

    /// The length of header, name and padding.
    pub(super) fn length(name: &str) -> u64 {
        (HEADER_LENGTH + name.len() + 1).next_multiple_of(4) as u64
    }

    /// Reads the fixed part, or says what is wrong with it.
    pub(super) fn read(bytes: &[u8; HEADER_LENGTH]) -> Result<Self, String> {
        let (magic, numbers) = bytes.split_at(MAGIC.len());
        if magic != MAGIC && magic != MAGIC_CRC {
            return Err("an entry of the payload does not begin as cpio entries do".into());
        }
        let number = |index: usize| {
            let digits = &numbers[index * 8..index * 8 + 8];
            digits.iter().try_fold(0_u32, |value, digit| {
                let digit = (*digit as char).to_digit(16)?;
                Some(value << 4 | digit)
            })
        };
        let field = |index| number(index).ok_or("a number of a cpio entry is not hexadecimal");
        let entry = Entry {
            inode: field(0)?,
            mode: field(1)?,
            links: field(4)?,
            mtime: field(5)?,
            size: field(6)?,
            device: field(8)?,
            name_length: field(11)?,
        };
        if entry.name_length == 0 || entry.name_length > MAX_NAME {
            return Err("the name of a cpio entry is longer than 4096 bytes".into());
        }
        Ok(entry)
    }
}

/// The number of the file that an entry of the stripped form is for, of the bytes after its magic
/// (rpm 4.14.3, `rpmcpioStrippedHeaderWrite`); nothing where it is no number.
pub(super) fn stripped_index(digits: &[u8]) -> Option<u32> {
    digits.iter().take(8).try_fold(0_u32, |value, digit| {
        let digit = (*digit as char).to_digit(16)?;
        Some(value << 4 | digit)
    })
}

/// Appends the header of an entry of the stripped form, which says nothing but which file it is
/// (rpm 4.14.3, `rpmcpioStrippedHeaderWrite`).
pub(super) fn write_stripped(index: u32, out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(MAGIC_STRIPPED);
    out.extend_from_slice(format!("{index:08x}").as_bytes());
    out.resize(start + STRIPPED_LENGTH, 0);
}

/// Appends the last entry.
pub(super) fn write_trailer(out: &mut Vec<u8>) {
    let entry = Entry {
        links: 1,
        ..Entry::default()
    };
    entry.write(TRAILER, out);
}

/// The zeroes after a body or header of this length.
pub(super) fn padding(length: u64) -> usize {
    // Less than four, whatever the width of a usize.
    (length.next_multiple_of(4) - length) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_trailer_is_the_one_that_rpm_writes() {
        let mut out = Vec::new();
        write_trailer(&mut out);
        let zeroes = "0".repeat(8);
        let expected = format!(
            "070701{}00000001{}0000000b{zeroes}TRAILER!!!\0\0\0\0",
            zeroes.repeat(4),
            zeroes.repeat(6)
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(inode: u32, mode: u32, size: u32, name in "[a-z/]{1,40}") {
            let entry = Entry { inode, mode, size, links: 1, ..Entry::default() };
            let mut out = Vec::new();
            entry.write(&name, &mut out);
            prop_assert_eq!(out.len() as u64, Entry::length(&name));
            let head: &[u8; HEADER_LENGTH] = out[..HEADER_LENGTH].try_into().unwrap();
            let name_length = u32::try_from(name.len() + 1).unwrap();
            prop_assert_eq!(Entry::read(head), Ok(Entry { name_length, ..entry }));
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes: [u8; 55], more: [u8; 55]) {
            let mut all = [b'0'; HEADER_LENGTH];
            all[..55].copy_from_slice(&bytes);
            all[55..].copy_from_slice(&more);
            let _ = Entry::read(&all);
            all[..6].copy_from_slice(MAGIC);
            let _ = Entry::read(&all);
        }
    }
}
