//! `repomd.xml`: which files of metadata there are, with their digests.

use super::xml::{Pieces, Problem, each_element};
use std::fmt::Write;
use std::io::Read;

/// The kinds that are written anew with every change, by what they are about.
pub(super) const OWN: [&str; 3] = ["primary", "filelists", "other"];

/// One `<data>`: a file of metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What it is: `primary`, `filelists`, `updateinfo` …
    pub kind: String,
    /// Where it lies, from the folder of the repository or from `base` on.
    pub href: String,
    /// The address that `href` is below, where that is not the repository's own.
    pub base: Option<String>,
    /// Its algorithm and its digest in hexadecimal.
    pub digest: Option<(String, String)>,
    /// Bytes of the file.
    pub size: Option<u64>,
    /// The element as it stands there.
    pub(in crate::repo) text: String,
}

/// What a `repomd.xml` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repomd {
    /// Its revision, which is most often a time.
    pub revision: Option<String>,
    /// The files.
    pub records: Vec<Record>,
    /// `<tags>`, as they stand there.
    tags: String,
}

impl Repomd {
    /// Reads one.
    pub(in crate::repo) fn read(input: impl Read) -> Result<Self, Problem> {
        let mut pieces = Pieces::new(input, "repomd");
        let mut repomd = Repomd::default();
        while let Some(piece) = pieces.next()? {
            match piece.name.as_str() {
                "data" => repomd.records.push(record(piece.text)?),
                "tags" => repomd.tags = piece.text,
                "revision" => each_element(&piece.text, |_, element| {
                    repomd.revision = Some(element.text.trim().to_owned());
                    Ok(())
                })?,
                _ => {}
            }
        }
        Ok(repomd)
    }

    /// The file of a kind.
    pub fn record(&self, kind: &str) -> Option<&Record> {
        self.records.iter().find(|record| record.kind == kind)
    }

    /// The files that describe packages, in all their forms; what else there is stays as it is.
    pub(in crate::repo) fn about_packages(&self) -> impl Iterator<Item = &Record> {
        self.records
            .iter()
            .filter(|record| is_about_packages(&record.kind))
    }

    /// The text of the next one: these elements in place of those of files that describe packages.
    /// `time` is that of the change, in seconds since 1970.
    pub(in crate::repo) fn next(&self, files: &[String], time: u64) -> String {
        let before = self.revision.as_deref().and_then(|text| text.parse().ok());
        // Clients take what has an older revision for a mirror that is behind.
        let revision = time.max(before.unwrap_or(0));
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <repomd xmlns=\"http://linux.duke.edu/metadata/repo\" \
             xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\">\n  \
             <revision>{revision}</revision>\n"
        );
        let kept = self.records.iter();
        let kept = kept.filter(|record| !is_about_packages(&record.kind));
        let tags = Some(self.tags.clone()).filter(|tags| !tags.is_empty());
        let own = files.iter().cloned();
        let kept = kept.map(|record| record.text.clone());
        for piece in tags.into_iter().chain(own).chain(kept) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {piece}");
        }
        text + "</repomd>\n"
    }
}

/// Whether a kind describes packages: one of the three, or a database or delta of it (`primary_db`,
/// `filelists_zck`), which would be of the packages before.
fn is_about_packages(kind: &str) -> bool {
    let stem = kind.split(['_', '-']).next().unwrap_or(kind);
    OWN.contains(&stem) || kind == "prestodelta"
}

fn record(text: String) -> Result<Record, Problem> {
    let (mut kind, mut location, mut digest, mut size) = (None, None, None, None);
    each_element(&text, |within, element| {
        match (within.len(), element.name.as_str()) {
            (0, _) => kind = element.get("type").map(str::to_owned),
            (1, "location") => {
                let base = element.get("xml:base").map(str::to_owned);
                location = element.get("href").map(|href| (href.to_owned(), base));
            }
            (1, "checksum") => {
                let algorithm = element.get("type").unwrap_or_default().to_owned();
                digest = Some((algorithm, element.text.trim().to_ascii_lowercase()));
            }
            (1, "size") => size = element.text.trim().parse().ok(),
            _ => {}
        }
        Ok(())
    })?;
    let (href, base) = location.ok_or("a file has no location")?;
    Ok(Record {
        kind: kind.ok_or("a file has no type")?,
        href,
        base,
        digest,
        size,
        text,
    })
}
