//! The three files of metadata about packages, written.
//!
//! gzip, because yum of CentOS 7 reads no zstd; and the same bytes whenever they are of the same
//! packages, so that what did not change keeps its name.

use super::entry::{Entry, Xml};
use crate::disk::{self, Readers};
use crate::rpm::hex;
use camino::Utf8Path;
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};
use quick_xml::escape::escape;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use tempfile::NamedTempFile;

/// What everything of a change is to end with that is not finished, whatever it is: who is killed
/// leaves it, and the next change, under the same lock, takes it away.
pub(in crate::repo) const UNFINISHED: &str = ".repo";

/// A file of metadata that is written and has no name yet.
#[derive(Debug)]
pub(in crate::repo) struct WrittenFile {
    /// `primary`, `filelists` or `other`.
    kind: &'static str,
    /// The name that it is to have in `repodata`: its digest, and what it is.
    pub(in crate::repo) name: String,
    digest: String,
    size: u64,
    open_digest: String,
    open_size: u64,
    /// The file, complete on the disk.
    pub(in crate::repo) file: NamedTempFile,
}

impl WrittenFile {
    /// Its element of `repomd.xml`; the time is that of the change.
    pub(in crate::repo) fn record(&self, time: u64) -> String {
        let WrittenFile {
            kind,
            name,
            digest,
            size,
            open_digest,
            open_size,
            ..
        } = self;
        format!(
            "<data type=\"{kind}\">\n    \
             <checksum type=\"sha256\">{digest}</checksum>\n    \
             <open-checksum type=\"sha256\">{open_digest}</open-checksum>\n    \
             <location href=\"repodata/{name}\"/>\n    \
             <timestamp>{time}</timestamp>\n    \
             <size>{size}</size>\n    \
             <open-size>{open_size}</open-size>\n  </data>"
        )
    }
}

/// A file in a folder without a name that anybody looks for; others may read it, as the umask says.
pub(in crate::repo) fn unfinished(folder: &Utf8Path) -> io::Result<NamedTempFile> {
    disk::unfinished(folder, UNFINISHED, Readers::Umask)
}

/// One of the three files: its kind, its root, the root's namespace, and the element of a package.
type Form = (&'static str, &'static str, &'static str, fn(&Xml) -> &str);

const FORMS: [Form; 3] = [
    ("primary", "metadata", "common", |xml| &xml.primary),
    ("filelists", "filelists", "filelists", |xml| &xml.filelists),
    ("other", "otherdata", "other", |xml| &xml.other),
];

/// Writes the three files into a folder, in which they are not seen yet.
pub(in crate::repo) fn write_all(
    folder: &Utf8Path,
    entries: &[&Entry],
    namespaces: &BTreeMap<String, String>,
) -> io::Result<Vec<WrittenFile>> {
    FORMS
        .into_iter()
        .map(|form| write(folder, form, entries, namespaces))
        .collect()
}

fn write(
    folder: &Utf8Path,
    (kind, root, namespace, element): Form,
    entries: &[&Entry],
    namespaces: &BTreeMap<String, String>,
) -> io::Result<WrittenFile> {
    let file = unfinished(folder)?;
    let packed = Counted::new(BufWriter::new(file.as_file().try_clone()?));
    // No time and no name in its header: the same bytes each time.
    let gzip: GzEncoder<_> = GzBuilder::new().write(packed, Compression::new(6));
    let mut open = Counted::new(gzip);
    let mut prefixes = namespaces.clone();
    if kind == "primary" {
        let rpm = "http://linux.duke.edu/metadata/rpm".to_owned();
        prefixes.insert("rpm".to_owned(), rpm);
    }
    let prefixes = prefixes.iter();
    let prefixes: String = prefixes
        .map(|(prefix, address)| format!(" xmlns:{prefix}=\"{}\"", escape(address.as_str())))
        .collect();
    write!(
        open,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <{root} xmlns=\"http://linux.duke.edu/metadata/{namespace}\"{prefixes} packages=\"{}\">\n",
        entries.len()
    )?;
    for entry in entries {
        open.write_all(element(&entry.xml).as_bytes())?;
        open.write_all(b"\n")?;
    }
    writeln!(open, "</{root}>")?;
    let (gzip, open_digest, open_size) = open.finish();
    let (buffer, digest, size) = gzip.finish()?.finish();
    buffer
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    Ok(WrittenFile {
        kind,
        name: format!("{digest}-{kind}.xml.gz"),
        digest,
        size,
        open_digest,
        open_size,
        file,
    })
}

/// A writer that knows the digest and the number of bytes that went through it.
struct Counted<W> {
    inner: W,
    digest: Sha256,
    size: u64,
}

impl<W: Write> Counted<W> {
    fn new(inner: W) -> Self {
        Counted {
            inner,
            digest: Sha256::new(),
            size: 0,
        }
    }

    fn finish(self) -> (W, String, u64) {
        (self.inner, hex(&self.digest.finalize()), self.size)
    }
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.digest.update(&buffer[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
