//! Lead and signature header with a signature in it.

use crate::rpm::read::Header;
use crate::rpm::tag;

const MAGIC: [u8; 8] = [0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0];
/// The length of an index entry, and of the trailer of a region.
const ENTRY: usize = 16;
/// `BIN`
const BINARY: u32 = 7;

/// What goes when a package is signed anew: signatures of every kind (278 is rpm 6's), and the
/// space, which is measured out again.
const REPLACED: [u32; 6] = [
    tag::SIG_DSA,
    tag::SIG_RSA,
    tag::SIG_OPENPGP,
    tag::SIG_PGP,
    tag::SIG_GPG,
    tag::SIG_RESERVED_SPACE,
];

struct Entry<'a> {
    tag: u32,
    kind: u32,
    alignment: usize,
    count: usize,
    data: &'a [u8],
}

/// The signature header with these signatures in place of all others, padded. It is as long as the
/// old one where that has room, so that nothing after it moves; else longer.
pub(super) fn signed(old: &Header, signatures: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let kept = old
        .raw_entries()
        .filter(|(tag, ..)| !REPLACED.contains(tag));
    let mut entries: Vec<Entry<'_>> = kept
        .map(|(tag, kind, count, data)| Entry {
            tag,
            kind: kind as u32,
            alignment: kind.alignment(),
            count,
            data,
        })
        .collect();
    entries.extend(signatures.iter().map(|(tag, data)| binary(*tag, data)));
    entries.sort_by_key(|entry| entry.tag);
    let tight = encode(&entries);
    let space = old.bytes().len().checked_sub(tight.len() + ENTRY);
    let Some(space) = space.filter(|space| *space > 0) else {
        return padded(tight);
    };
    let space = vec![0; space];
    entries.push(binary(tag::SIG_RESERVED_SPACE, &space));
    entries.sort_by_key(|entry| entry.tag);
    padded(encode(&entries))
}

fn binary(tag: u32, data: &[u8]) -> Entry<'_> {
    Entry {
        tag,
        kind: BINARY,
        alignment: 1,
        count: data.len(),
        data,
    }
}

/// A header as rpm reads it: the region first in the index, its trailer last in the data (rpm
/// 4.14.3, `hdrblobVerifyRegion`).
fn encode(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut index = Vec::new();
    let mut data = Vec::new();
    let add = |index: &mut Vec<u8>, tag: u32, kind: u32, offset: usize, count: usize| {
        for number in [tag, kind, word(offset), word(count)] {
            index.extend(number.to_be_bytes());
        }
    };
    for entry in entries {
        data.resize(data.len().next_multiple_of(entry.alignment), 0);
        add(&mut index, entry.tag, entry.kind, data.len(), entry.count);
        data.extend(entry.data);
    }
    let count = entries.len() + 1;
    let mut region = Vec::new();
    add(
        &mut region,
        tag::HEADER_SIGNATURES,
        BINARY,
        data.len(),
        ENTRY,
    );
    let covered = word(count * ENTRY).wrapping_neg();
    let trailer = [tag::HEADER_SIGNATURES, BINARY, covered, word(ENTRY)];
    data.extend(trailer.into_iter().flat_map(u32::to_be_bytes));

    let mut all = MAGIC.to_vec();
    all.extend(word(count).to_be_bytes());
    all.extend(word(data.len()).to_be_bytes());
    all.extend(region);
    all.extend(index);
    all.extend(data);
    all
}

/// What was read within bounds fits 32 bits.
fn word(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn padded(mut header: Vec<u8>) -> Vec<u8> {
    header.resize(header.len().next_multiple_of(8), 0);
    header
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::Interrupt;
    use crate::rpm::read::Kind;
    use crate::rpm::{Options, fixture, write};
    use camino::Utf8Path;

    fn header(bytes: &[u8]) -> Header {
        let mut input = &bytes[96..];
        Header::read(&mut input, Kind::Signature).unwrap()
    }

    #[test]
    fn signatures_take_the_space_and_nothing_moves() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let interrupt = Interrupt::new();
        let sink = crate::report::Quiet;
        let plan = fixture::plan();
        let written = write(&plan, folder, &Options::new(&interrupt), &sink).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut written.reopen().unwrap(), &mut bytes).unwrap();
        let old = header(&bytes);
        let unsigned = padded(old.bytes().to_vec());
        for lengths in [vec![566], vec![279, 280], vec![1, 2], vec![95], vec![4000]] {
            let tags = [tag::SIG_RSA, tag::SIG_PGP];
            let signatures: Vec<(u32, Vec<u8>)> = tags
                .into_iter()
                .zip(lengths)
                .map(|(tag, length)| (tag, vec![7; length]))
                .collect();
            let new = signed(&old, &signatures);
            assert_eq!(new.len(), unsigned.len());
            let mut file = bytes.clone();
            file[96..96 + new.len()].copy_from_slice(&new);
            let signed_once = header(&file);
            for (tag, data) in &signatures {
                assert_eq!(signed_once.binary(*tag), Some(&data[..]));
            }
            for tag in [tag::SIG_SHA1, tag::SIG_SHA256] {
                assert_eq!(signed_once.text(tag), old.text(tag));
            }
            assert_eq!(signed_once.binary(tag::SIG_MD5), old.binary(tag::SIG_MD5));
            // And back: what a signature took is space again.
            assert_eq!(signed(&signed_once, &[]), unsigned);
        }
        assert!(signed(&old, &[(tag::SIG_RSA, vec![7; 9000])]).len() > unsigned.len());
    }
}
