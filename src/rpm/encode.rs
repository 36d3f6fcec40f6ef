//! The only module that names the `rpm` crate: header entries in, the bytes of lead and headers
//! out.
//!
//! The crate encodes: it sorts entries, aligns their data and adds the region that makes a header
//! immutable. What the entries are is decided elsewhere in this room.

use super::Error;
use rpm::{
    Header, HeaderEntry, IndexData, IndexSignatureTag, IndexTag, Lead, PackageMetadata, Tag,
};

/// Entries of a header while they are collected.
#[derive(Default)]
pub(super) struct Entries(Vec<HeaderEntry>);

impl Entries {
    /// A string.
    pub(super) fn string(&mut self, tag: u32, what: &'static str, text: &str) -> Result<(), Error> {
        let text = checked(what, text)?;
        self.push(tag, IndexData::StringTag(text));
        Ok(())
    }

    /// A string that could be translated, in the C locale.
    pub(super) fn translated(
        &mut self,
        tag: u32,
        what: &'static str,
        text: &str,
    ) -> Result<(), Error> {
        let text = checked(what, text)?;
        self.push(tag, IndexData::I18NString(vec![text]));
        Ok(())
    }

    /// Strings, if there are any: rpm takes an entry without items for a damaged one.
    pub(super) fn strings<'a>(
        &mut self,
        tag: u32,
        what: &'static str,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), Error> {
        let texts = texts.into_iter().map(|text| checked(what, text));
        let texts = texts.collect::<Result<Vec<String>, Error>>()?;
        if !texts.is_empty() {
            self.push(tag, IndexData::StringArray(texts));
        }
        Ok(())
    }

    /// 16-bit numbers, if there are any.
    pub(super) fn u16s(&mut self, tag: u32, numbers: impl IntoIterator<Item = u16>) {
        let numbers: Vec<u16> = numbers.into_iter().collect();
        if !numbers.is_empty() {
            self.push(tag, IndexData::Int16(numbers));
        }
    }

    /// 32-bit numbers, if there are any.
    pub(super) fn u32s(&mut self, tag: u32, numbers: impl IntoIterator<Item = u32>) {
        let numbers: Vec<u32> = numbers.into_iter().collect();
        if !numbers.is_empty() {
            self.push(tag, IndexData::Int32(numbers));
        }
    }

    /// 64-bit numbers, if there are any.
    pub(super) fn u64s(&mut self, tag: u32, numbers: impl IntoIterator<Item = u64>) {
        let numbers: Vec<u64> = numbers.into_iter().collect();
        if !numbers.is_empty() {
            self.push(tag, IndexData::Int64(numbers));
        }
    }

    /// A size: as 32 bits where they hold it, else as 64 bits under the other tag.
    pub(super) fn size(&mut self, tag: u32, long_tag: u32, size: u64) {
        match u32::try_from(size) {
            Ok(size) => self.push(tag, IndexData::Int32(vec![size])),
            Err(_) => self.long_size(long_tag, size),
        }
    }

    /// A size as 64 bits.
    pub(super) fn long_size(&mut self, tag: u32, size: u64) {
        self.push(tag, IndexData::Int64(vec![size]));
    }

    /// Bytes.
    pub(super) fn binary(&mut self, tag: u32, bytes: Vec<u8>) {
        self.push(tag, IndexData::Bin(bytes));
    }

    fn push(&mut self, tag: u32, data: IndexData) {
        self.0.push(HeaderEntry::new(tag, data));
    }

    fn header<T: Tag>(&self, region: T) -> Header<T> {
        Header::from_entries(self.0.clone(), region)
    }
}

fn checked(what: &'static str, text: &str) -> Result<String, Error> {
    if text.contains('\0') {
        return Err(Error::Nul { what });
    }
    Ok(text.to_owned())
}

/// The bytes of a main header, which digests and signatures cover.
pub(super) fn header(entries: &Entries) -> Result<Vec<u8>, Error> {
    metadata("", &Entries::default(), entries)
        .header_bytes()
        .map_err(|error| internal(&error))
}

/// The bytes before the main header: the lead, and the signature header with its padding. The
/// lead's name (name, version and release) is read by nothing any more; whether it is a source
/// package is.
pub(super) fn front(name: &str, is_source: bool, signature: &Entries) -> Result<Vec<u8>, Error> {
    let metadata = metadata(name, signature, &Entries::default());
    let mut all = Vec::new();
    metadata.write(&mut all).map_err(|error| internal(&error))?;
    let empty_header = metadata.header_bytes().map_err(|error| internal(&error))?;
    all.truncate(all.len() - empty_header.len());
    // The crate writes 0, a binary package (`struct rpmlead_s` in lib/rpmlead.c: after the magic and
    // two bytes of version).
    if let Some(kind) = all.get_mut(6..8) {
        kind.copy_from_slice(&u16::from(is_source).to_be_bytes());
    }
    Ok(all)
}

fn metadata(name: &str, signature: &Entries, header: &Entries) -> PackageMetadata {
    PackageMetadata {
        lead: Lead::new(name),
        signature: signature.header(IndexSignatureTag::HEADER_SIGNATURES),
        header: header.header(IndexTag::RPMTAG_HEADERIMMUTABLE),
    }
}

fn internal(error: &rpm::Error) -> Error {
    Error::Internal {
        what: error.to_string(),
    }
}
