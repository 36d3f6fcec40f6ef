//! One header: an index of entries and the store that they point into.

use super::{MAX_ENTRIES, MAX_ITEMS, MAX_SIGNATURE_STORE, MAX_STORE};
use crate::rpm::tag::{self, Type};
use std::borrow::Cow;
use std::io::{self, Read};

const MAGIC: [u8; 8] = [0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0];
const INTRO: usize = 16;
const ENTRY: usize = 16;
/// The length of a region's trailer, which looks like an index entry.
const REGION: usize = 16;

/// Which of a package's two headers it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rpm) enum Kind {
    Signature,
    Main,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    tag: u32,
    kind: Type,
    count: usize,
    /// Where its data begins and ends in the store.
    start: usize,
    end: usize,
}

/// A header whose every entry is known to lie within it.
#[derive(Debug)]
pub struct Header {
    /// Everything from the magic on.
    raw: Vec<u8>,
    store: usize,
    entries: Vec<Entry>,
}

/// Why a header was not read.
#[derive(Debug)]
pub(in crate::rpm) enum Problem {
    Io(io::Error),
    Malformed(String),
    /// A kind of payload that we do not read.
    Unsupported(String),
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Problem::Io(error)
    }
}

impl From<String> for Problem {
    fn from(what: String) -> Self {
        Problem::Malformed(what)
    }
}

impl Header {
    /// Reads a header, and the padding after it where it is the signature header.
    pub(in crate::rpm) fn read(input: &mut impl Read, kind: Kind) -> Result<Self, Problem> {
        let mut intro = [0; INTRO];
        input.read_exact(&mut intro)?;
        if intro[..8] != MAGIC {
            return Err(format!("no {} begins where it should", kind.name()).into());
        }
        let (count, length) = (be_u32(&intro, 8), be_u32(&intro, 12));
        let limit = kind.max_store();
        if count == 0 || count > MAX_ENTRIES || length > limit {
            let what = format!(
                "the {} claims {count} entries and {length} bytes",
                kind.name()
            );
            return Err(what.into());
        }
        let store = INTRO + count * ENTRY;
        let mut raw = vec![0; store + length];
        raw[..INTRO].copy_from_slice(&intro);
        input.read_exact(&mut raw[INTRO..])?;
        if kind == Kind::Signature {
            let padding = raw.len().next_multiple_of(8) - raw.len();
            input.read_exact(&mut [0; 8][..padding])?;
        }
        let mut header = Header {
            raw,
            store,
            entries: Vec::with_capacity(count),
        };
        header.index(count, kind)?;
        Ok(header)
    }

    /// Checks each entry as rpm does (rpm 4.14.3, `hdrblobVerifyInfo`): in order, not
    /// overlapping, aligned, of a known type, within the store.
    fn index(&mut self, count: usize, kind: Kind) -> Result<(), String> {
        let has_region = be_u32(&self.raw, INTRO) == kind.region();
        // Signature headers of old packages have none.
        let (first, region_end) = if has_region || kind == Kind::Main {
            (1, self.region(count, kind)?)
        } else {
            (0, self.store_length())
        };
        let (mut end, mut filled) = (0, 0_usize);
        for index in first..count {
            let at = INTRO + index * ENTRY;
            let bad = |what: &str| {
                let tag = be_u32(&self.raw, at);
                format!("entry {tag} of the {} {what}", kind.name())
            };
            let entry = self
                .entry(at)
                .ok_or_else(|| bad("reaches beyond the header"))?;
            if entry.kind == Type::Null || entry.count == 0 {
                return Err(bad("is empty"));
            }
            // To rpm the number has a sign.
            if entry.tag < tag::HEADER_I18N_TABLE || entry.tag > i32::MAX as u32 {
                return Err(bad("is out of place"));
            }
            if entry.start % entry.kind.alignment() != 0 {
                return Err(bad("is not aligned"));
            }
            if entry.start < end || entry.end > region_end {
                return Err(bad("overlaps another"));
            }
            let is_list = !matches!(entry.kind, Type::Binary | Type::Char | Type::Int8);
            if is_list && entry.count > MAX_ITEMS {
                return Err(bad("has too many items"));
            }
            let fits = match kind {
                Kind::Main => fits(entry.tag, entry.kind),
                Kind::Signature => fits_signature(entry.tag, entry.kind),
            };
            if !fits {
                return Err(bad("has a type that it cannot have"));
            }
            end = entry.end;
            // Neither sum is beyond the store.
            filled = filled.next_multiple_of(entry.kind.alignment()) + (entry.end - entry.start);
            self.entries.push(entry);
        }
        // rpm adds up what it reads, and compares (rpm 4.14.3, `hdrblobImport`).
        if first == 1 && filled != region_end {
            return Err(format!("the entries of the {} do not fill it", kind.name()));
        }
        // rpm looks entries up by bisection.
        self.entries.sort_by_key(|entry| entry.tag);
        if self
            .entries
            .windows(2)
            .any(|pair| pair[0].tag == pair[1].tag)
        {
            return Err(format!("the {} has an entry twice", kind.name()));
        }
        Ok(())
    }

    /// Checks the region, which is the first entry and must cover all others (rpm 4.14.3,
    /// `hdrblobVerifyRegion`): where its trailer begins.
    fn region(&self, count: usize, kind: Kind) -> Result<usize, String> {
        let bad = || format!("the {} is not covered by its region", kind.name());
        let is_region = |bytes: &[u8]| {
            be_u32(bytes, 0) == kind.region()
                && be_u32(bytes, 4) == 7
                && be_u32(bytes, 12) == REGION
        };
        let store = &self.raw[self.store..];
        let first = &self.raw[INTRO..INTRO + ENTRY];
        let at = be_u32(first, 8);
        let trailer = at
            .checked_add(REGION)
            .filter(|end| *end == store.len())
            .and_then(|end| store.get(at..end))
            .ok_or_else(bad)?;
        // The offset of a trailer is minus the length of the index that it covers.
        let covered = (be_u32(trailer, 8) as u32).wrapping_neg() as usize;
        if !is_region(first) || !is_region(trailer) || covered != count * ENTRY {
            return Err(bad());
        }
        Ok(at)
    }

    fn entry(&self, at: usize) -> Option<Entry> {
        let raw = &self.raw;
        let store = &raw[self.store..];
        let kind = Type::from_number(u32::try_from(be_u32(raw, at + 4)).ok()?)?;
        let (start, count) = (be_u32(raw, at + 8), be_u32(raw, at + 12));
        let data = store.get(start..)?;
        let length = if kind.is_text() {
            // A lone string has one item, whatever the count says.
            if kind == Type::String && count != 1 {
                return None;
            }
            text_length(data, count)?
        } else {
            count.checked_mul(kind.alignment())?
        };
        let end = start
            .checked_add(length)
            .filter(|end| *end <= store.len())?;
        Some(Entry {
            tag: u32::try_from(be_u32(raw, at)).ok()?,
            kind,
            count,
            start,
            end,
        })
    }

    /// The bytes of the header from its magic on: what header digests and signatures cover.
    pub fn bytes(&self) -> &[u8] {
        &self.raw
    }

    /// The tags that it has, in order.
    pub fn tags(&self) -> impl Iterator<Item = u32> + '_ {
        self.entries.iter().map(|entry| entry.tag)
    }

    /// Every entry as it lies there: tag, type, number of items and data.
    pub(crate) fn raw_entries(&self) -> impl Iterator<Item = (u32, Type, usize, &[u8])> {
        let store = &self.raw[self.store..];
        let entries = self.entries.iter();
        entries.map(|entry| {
            (
                entry.tag,
                entry.kind,
                entry.count,
                &store[entry.start..entry.end],
            )
        })
    }

    /// The number of bytes of its data.
    pub(crate) fn store_length(&self) -> usize {
        self.raw.len() - self.store
    }

    fn find(&self, tag: u32) -> Option<(Entry, &[u8])> {
        let index = self
            .entries
            .binary_search_by_key(&tag, |entry| entry.tag)
            .ok()?;
        let entry = self.entries[index];
        let store = &self.raw[self.store..];
        Some((entry, &store[entry.start..entry.end]))
    }

    /// Whether it has an entry.
    pub fn has(&self, tag: u32) -> bool {
        self.find(tag).is_some()
    }

    /// A string, or the first of several; what is not UTF-8 is replaced.
    pub fn text(&self, tag: u32) -> Option<Cow<'_, str>> {
        self.texts(tag).next().map(String::from_utf8_lossy)
    }

    /// Strings as bytes; none where there is no such entry.
    pub fn texts(&self, tag: u32) -> impl Iterator<Item = &[u8]> {
        self.find(tag)
            .filter(|(entry, _)| entry.kind.is_text())
            .into_iter()
            .flat_map(|(entry, data)| data.split(|byte| *byte == 0).take(entry.count))
    }

    /// Bytes.
    pub fn binary(&self, tag: u32) -> Option<&[u8]> {
        let (entry, data) = self.find(tag)?;
        (entry.kind == Type::Binary).then_some(data)
    }

    /// Numbers of 16, 32 or 64 bits; none where there is no such entry.
    pub fn numbers(&self, tag: u32) -> impl Iterator<Item = u64> {
        self.find(tag)
            .filter(|(entry, _)| matches!(entry.kind, Type::Int16 | Type::Int32 | Type::Int64))
            .into_iter()
            .flat_map(|(entry, data)| data.chunks_exact(entry.kind.alignment()))
            .map(|bytes| {
                bytes
                    .iter()
                    .fold(0, |value, byte| value << 8 | u64::from(*byte))
            })
    }

    /// A number, or the first of several.
    pub fn number(&self, tag: u32) -> Option<u64> {
        self.numbers(tag).next()
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Signature => "signature header",
            Kind::Main => "header",
        }
    }

    fn region(self) -> usize {
        match self {
            Kind::Signature => tag::HEADER_SIGNATURES as usize,
            Kind::Main => tag::HEADER_IMMUTABLE as usize,
        }
    }

    fn max_store(self) -> usize {
        match self {
            Kind::Signature => MAX_SIGNATURE_STORE,
            Kind::Main => MAX_STORE,
        }
    }
}

/// The number at an offset that is known to be within.
fn be_u32(bytes: &[u8], at: usize) -> usize {
    bytes[at..at + 4]
        .iter()
        .fold(0, |value, byte| value << 8 | usize::from(*byte))
}

/// The length of so many strings with their NULs, if they all end within the data.
fn text_length(data: &[u8], count: usize) -> Option<usize> {
    let mut length = 0_usize;
    for _ in 0..count {
        length += data.get(length..)?.iter().position(|byte| *byte == 0)? + 1;
    }
    Some(length)
}

/// Whether a tag that we read may have this type (rpm 4.14.3, `hdrchkTagType`).
fn fits(number: u32, kind: Type) -> bool {
    match number {
        tag::NAME
        | tag::VERSION
        | tag::RELEASE
        | tag::ARCH
        | tag::OS
        | tag::LICENSE
        | tag::VENDOR
        | tag::PACKAGER
        | tag::URL
        | tag::BUILD_HOST
        | tag::SOURCE_RPM
        | tag::RPM_VERSION
        | tag::PAYLOAD_FORMAT
        | tag::PAYLOAD_COMPRESSOR
        | tag::PAYLOAD_FLAGS => kind == Type::String,
        tag::SUMMARY | tag::DESCRIPTION | tag::GROUP => {
            matches!(kind, Type::I18nString | Type::String)
        }
        tag::FILE_MODES | tag::FILE_RDEVS => kind == Type::Int16,
        tag::EPOCH | tag::FILE_SIZES | tag::FILE_MTIMES | tag::FILE_FLAGS | tag::DIR_INDEXES => {
            kind == Type::Int32
        }
        tag::LONG_FILE_SIZES | tag::LONG_SIZE => kind == Type::Int64,
        tag::BASE_NAMES
        | tag::DIR_NAMES
        | tag::FILE_DIGESTS
        | tag::FILE_LINKTOS
        | tag::PAYLOAD_DIGEST
        | tag::PAYLOAD_DIGEST_ALT => kind == Type::StringArray,
        _ => true,
    }
}

/// The same of the signature header, where a digest of another type is one that rpm refuses (seen on
/// 4.11.3, 4.14.3 and 4.18.0).
fn fits_signature(number: u32, kind: Type) -> bool {
    match number {
        tag::SIG_SHA1 | tag::SIG_SHA256 => kind == Type::String,
        tag::SIG_MD5 | tag::SIG_PGP | tag::SIG_GPG | tag::SIG_RSA | tag::SIG_DSA => {
            kind == Type::Binary
        }
        tag::SIG_SIZE => kind == Type::Int32,
        _ => true,
    }
}
